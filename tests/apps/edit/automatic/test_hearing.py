from fractions import Fraction

import numpy as np
import pytest
from tests.effects.hearing import clicks, noise, stereo, voice

from frameloom.apps.edit.automatic.beats import read_beats
from frameloom.apps.edit.automatic.hearing import loud_spans, pulse_of, words_in
from frameloom.apps.edit.automatic.spans import Span, between, touches
from frameloom.core.errors import MediaError
from frameloom.effects.sound.speech import Listening
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import probe

SPOKEN = [(1.0, 2.2), (2.6, 3.4), (5.2, 6.6)]


def spoken(path):
    write_media(path, None, iter([stereo(voice(SPOKEN, 8) + noise(8, -60))]))
    return path


def test_words_are_found_without_the_pauses_between_them(tmp_path):
    path = spoken(tmp_path / "talk.wav")
    words = words_in(path, probe(path))
    for begin, end in SPOKEN:
        assert touches(words, Fraction(begin) + Fraction(1, 20), Fraction(end) - Fraction(1, 20))
    pauses = [span for span in between(words, Fraction(0), Fraction(8)) if span.duration > Fraction(3, 10)]
    assert np.allclose([(float(a), float(b)) for a, b in pauses], [(0, 1), (2.2, 2.6), (3.4, 5.2), (6.6, 8)], atol=0.1)


def test_noise_and_beats_are_no_words(tmp_path):
    path = tmp_path / "beats.wav"
    write_media(path, None, iter([stereo(clicks([n / 2 for n in range(16)], 8) + noise(8, -40))]))
    assert words_in(path, probe(path)) == ()


def test_the_first_beat_of_a_bar_is_the_stressed_one(tmp_path):
    path = tmp_path / "bars.wav"
    times = [0.4 + n / 2 for n in range(32)]
    beat = clicks(times, 17) + clicks(times[2::4], 17, level=0.8, seed=1)
    write_media(path, None, iter([stereo(beat)]))
    beats, bars = pulse_of(path)
    assert max(min(abs(float(beat) - time) for time in times) for beat in beats) < 0.02
    assert max(min(abs(float(bar) - time) for time in times[2::4]) for bar in bars) < 0.02
    assert len(bars) >= 6
    found = read_beats(path)
    assert float(found.period) == pytest.approx(0.5, abs=0.01)
    assert found.loop == (bars[0], bars[-1])


def test_even_beats_have_no_bars(tmp_path):
    path = tmp_path / "even.wav"
    one = clicks([0.1], 0.5)
    write_media(path, None, iter([stereo(np.tile(one, 32))]))
    beats, bars = pulse_of(path)
    assert len(beats) > 28
    assert bars == ()
    assert read_beats(path).loop == (beats[0], beats[(len(beats) - 1) // 4 * 4])


def test_noise_has_no_beat(tmp_path):
    path = tmp_path / "noise.wav"
    write_media(path, None, iter([stereo(noise(8, -20))]))
    assert pulse_of(path) == ((), ())


def test_what_is_loud_and_how_loud(tmp_path):
    path = spoken(tmp_path / "talk.wav")
    loudness, spans = loud_spans(path, probe(path), Listening(least_silence_s=0.5))
    assert loudness.noise == pytest.approx(-60, abs=1)
    assert loudness.noise < loudness.threshold < loudness.voice
    assert np.allclose([(float(a), float(b)) for a, b in spans], [(1, 3.4), (5.2, 6.6)], atol=0.1)
    given, _ = loud_spans(path, probe(path), Listening(threshold_db=-33))
    assert given.threshold == -33
    assert isinstance(spans[0], Span)


def test_sound_must_be_there(tmp_path):
    path = tmp_path / "empty.wav"
    write_media(path, None, iter([np.zeros((4800, 2), np.float32)]))
    with pytest.raises(MediaError, match="no sound to find silence in"):
        loud_spans(path, probe(path).__class__(path, "wav", Fraction(1), Fraction(0), 0, 0), Listening())
