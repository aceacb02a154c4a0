"""All that is heard, at once."""

import numpy as np
from tests.effects.hearing import RATE, clicks, noise, stereo, voice

from frameloom.effects.sound.listening import Listening, listen
from frameloom.media.sound import silence


def test_speech_then_music() -> None:
    wave = voice([(0.5, 1.4), (1.7, 2.6), (2.9, 3.6)], 16) + noise(16, -70)
    beats = np.arange(6, 15.5, 0.5)
    wave += clicks(beats.tolist(), 16)
    heard = listen(np.array_split(stereo(wave), 50))
    assert heard.features.duration == 16
    assert len(heard.speech) == 1
    assert any(span.start < 4.2 < span.stop for span in heard.silences)
    assert any(1.4 < gap.quietest < 1.7 for gap in heard.gaps)
    assert {round(float(onset.time), 1) for onset in heard.onsets} >= {round(float(beat), 1) for beat in beats}
    assert heard.pulse is not None
    assert abs(heard.pulse.bpm - 120) < 1


def test_settings_reach_what_listens() -> None:
    wave = noise(3, -20)
    wave[RATE : RATE + RATE // 4] *= 1e-3
    assert listen([stereo(wave)]).silences == ()
    assert len(listen([stereo(wave)], Listening(least_silence_s=0.2)).silences) == 1


def test_nothing_says_nothing() -> None:
    heard = listen([silence(0)])
    assert (heard.silences, heard.speech, heard.gaps, heard.onsets, heard.pulse) == ((), (), (), (), None)
