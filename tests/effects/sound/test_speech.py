"""Silence to the frame, speech against music and noise, gaps between words."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.effects.hearing import RATE, chords, clicks, melody, noise, stereo, voice

from frameloom.effects.sound.features import measure_features
from frameloom.effects.sound.speech import Gap, Listening, Span, find_gaps, find_silences, find_speech
from frameloom.media.ffmpeg import run
from frameloom.media.sound import Sound

REAL = Path(__file__).parents[4] / "shared/data"


def silences(wave: np.ndarray, **settings: float) -> list[tuple[float, float]]:
    return seconds(find_silences(measure_features([stereo(wave)]), Listening(**settings)))


def speech(wave: np.ndarray) -> list[tuple[float, float]]:
    return seconds(find_speech(measure_features([stereo(wave)]), Listening()))


def gaps(wave: np.ndarray, **settings: float) -> tuple[Gap, ...]:
    features = measure_features([stereo(wave)])
    listening = Listening(**settings)
    return find_gaps(features, listening, find_speech(features, listening))


def seconds(spans: tuple[Span, ...]) -> list[tuple[float, float]]:
    return [(float(span.start), float(span.stop)) for span in spans]


def flat(spans: list[tuple[float, float]]) -> list[float]:
    return [time for span in spans for time in span]


def bursts(spans: list[tuple[float, float]], length_s: float, floor_db: float = -60) -> np.ndarray:
    """Return noise at -20 dB in these spans, and a floor of noise."""
    wave = noise(length_s, floor_db)
    loud = noise(length_s, -20, seed=1)
    for start, stop in spans:
        wave[round(start * RATE) : round(stop * RATE)] += loud[round(start * RATE) : round(stop * RATE)]
    return wave


@pytest.mark.parametrize("floor_db", [-90, -60, -45])
def test_silences_lie_between_sounds_whatever_the_floor(floor_db: float) -> None:
    found = silences(bursts([(1, 2), (3, 4.5)], 6, floor_db))
    assert flat(found) == pytest.approx([0, 1, 2, 3, 4.5, 6], abs=0.03)


def test_short_silences_and_short_sounds_do_not_count() -> None:
    wave = bursts([(1, 2), (2.3, 3), (4, 4.03), (5, 6)], 6)
    assert flat(silences(wave)) == pytest.approx([0, 1, 3, 5], abs=0.03)
    assert flat(silences(wave, least_silence_s=0.2)) == pytest.approx([0, 1, 2, 2.3, 3, 5], abs=0.03)
    found = silences(wave, least_sound_s=0.01)
    assert flat(found) == pytest.approx([0, 1, 3, 4, 4.03, 5], abs=0.03)


def test_a_threshold_of_ones_own() -> None:
    wave = bursts([(1, 2), (3, 4)], 5, floor_db=-40)
    assert silences(wave, threshold_db=-60) == []
    assert flat(silences(wave, threshold_db=-30)) == pytest.approx([0, 1, 2, 3, 4, 5], abs=0.03)


def test_a_level_that_wavers_about_the_threshold_makes_no_pieces() -> None:
    """Noise that swings by 3 dB about the threshold stays on one side of it: hysteresis is 4 dB."""
    wave = bursts([(0, 1)], 4, floor_db=-90)
    swing = noise(3, -30, seed=2) * 10 ** (1.5 / 20 * np.sign(np.sin(2 * np.pi * 1 * np.arange(3 * RATE) / RATE)))
    wave[RATE:] += swing
    assert len(silences(wave, threshold_db=-31.5, least_silence_s=0.1, least_sound_s=0.1)) <= 1


def test_the_floor_is_that_of_the_place() -> None:
    """A noisy second half has pauses too, though louder than the first half's sounds would be at night."""
    wave = bursts([(1, 6), (8, 20)], 60, floor_db=-70)
    wave[30 * RATE :] = bursts([(1, 15), (17, 30)], 30, floor_db=-42)
    assert silences(wave)[-1] == pytest.approx((45, 47), abs=0.05)


def test_steady_sound_has_no_silence_and_nothing_is_all_silence() -> None:
    assert silences(noise(3, -40)) == []
    assert silences(np.zeros(3 * RATE)) == [(0, 3)]
    assert silences(noise(3, -80)) == [(0, 3)]
    assert silences(np.zeros(0)) == []


def test_spans_are_fractions_within_the_sound() -> None:
    spans = find_silences(measure_features([stereo(np.zeros(48_007))]), Listening())
    assert spans == (Span(Fraction(0), Fraction(48_007, 48_000)),)


WORDS = [(0.5, 1.1), (1.3, 2.1), (2.25, 3.0), (4.5, 5.3), (5.5, 6.2)]


@pytest.mark.parametrize("floor_db", [-80, -50])
def test_a_voice_is_speech_where_it_speaks(floor_db: float) -> None:
    found = speech(voice(WORDS, 8) + noise(8, floor_db))
    assert flat(found) == pytest.approx([0.5, 3.0, 4.5, 6.2], abs=0.12)


def sliding() -> np.ndarray:
    """Return a rich tone that slides, broken by hiss of the same level: pitch moves, level does not."""
    time_s = np.arange(8 * RATE) / RATE
    phase = np.cumsum(200 * 2 ** (0.5 * np.sin(2 * np.pi * 1.3 * time_s))) / RATE
    tone = sum(np.sin(2 * np.pi * partial * phase) / partial for partial in range(1, 12)) * 0.1
    return np.where(time_s % 0.4 < 0.3, np.asarray(tone), noise(8, -21))


@pytest.mark.parametrize(
    "wave",
    [
        noise(8, -20),
        sliding(),
        noise(8, -20) * (1 + 0.9 * np.sin(2 * np.pi * 3 * np.arange(8 * RATE) / RATE)),
        chords(8),
        chords(8) + noise(8, -50),
        melody(8),
        clicks(np.arange(0.2, 7.8, 0.25).tolist(), 8),
        chords(8, 0.25) + clicks(np.arange(0.2, 7.8, 0.25).tolist(), 8),
        0.2 * np.sin(np.cumsum(2 * np.pi * (500 + 300 * np.sin(2 * np.pi * 0.5 * np.arange(8 * RATE) / RATE)) / RATE)),
        np.zeros(8 * RATE),
    ],
    ids=["noise", "sliding", "surf", "chords", "noisy chords", "song", "clicks", "band", "siren", "silence"],
)
def test_music_and_noise_are_no_speech(wave: np.ndarray) -> None:
    assert speech(wave) == []


def test_music_after_speech_is_told_from_it() -> None:
    wave = voice(WORDS, 14)
    wave[8 * RATE :] += chords(6)
    assert flat(speech(wave)) == pytest.approx([0.5, 3.0, 4.5, 6.2], abs=0.3)


def test_gaps_lie_between_words_and_nowhere_else() -> None:
    """The words' inner pauses (60 ms between syllables) are too short for a cut."""
    words = [(0.5, 1.1), (1.3, 2.1), (2.4, 3.0)]
    found = gaps(voice(words, 3.5) + noise(3.5, -70))
    inner = [gap for gap in found if 0.6 < gap.quietest < 2.9]
    assert flat(seconds(inner)) == pytest.approx([1.1, 1.3, 2.1, 2.4], abs=0.06)  # type: ignore[arg-type]
    assert all(gap.start <= gap.quietest <= gap.stop for gap in found)
    assert all(20 < gap.depth_db < 70 for gap in inner)
    assert found[0].start == 0
    assert found[-1].stop == Fraction(7, 2)


def test_gaps_over_music_have_less_depth() -> None:
    quiet = gaps(voice(WORDS, 8) + noise(8, -70))
    loud = gaps(voice(WORDS, 8) + noise(8, -42), gap_depth_db=10)
    assert max(gap.depth_db for gap in loud) < min(gap.depth_db for gap in quiet)


def test_without_speech_there_are_no_gaps() -> None:
    assert gaps(chords(5)) == ()
    assert gaps(np.zeros(0)) == ()


def real_sound(path: Path) -> Sound:
    raw = run(["-i", path, "-vn", "-f", "f32le", "-ac", "2", "-ar", str(RATE), "pipe:1"]).output
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


@pytest.mark.skipif(not REAL.exists(), reason="real footage is not in this checkout")
@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("speech/RD_Radio31_000.flac", 0.85, 1),
        ("speech/deyu.flac", 0.7, 1),
        ("speech/eluosi.flac", 0.8, 1),
        ("speech/fayu.flac", 0.8, 1),
        ("speech/japanese.flac", 0.8, 1),
        ("footage/free/nasa_13013.mp4", 0.75, 1),
        ("footage/free/chaplin.mp4", 0, 0.05),
        ("footage/free/big_buck_bunny_0_30.webm", 0, 0.08),
    ],
)
def test_real_speech_and_real_music(name: str, least: float, most: float) -> None:
    """English, German, Russian, French, Japanese; a piano; an orchestra with animals."""
    features = measure_features([real_sound(REAL / name)])
    spoken = sum(span.stop - span.start for span in find_speech(features, Listening()))
    assert least <= spoken / features.duration <= most


@pytest.mark.skipif(not REAL.exists(), reason="real footage is not in this checkout")
def test_the_pauses_of_a_real_recording() -> None:
    """Read off a plot of its waveform: two pauses, and a long silence with one word in it."""
    features = measure_features([real_sound(REAL / "footage/free/example.mp4")])
    found = flat(seconds(find_silences(features, Listening())))
    assert found[-8:] == pytest.approx([0.65, 1.3, 13.0, 13.9, 17.3, 40.0, 40.5, 42.4], abs=0.15)
