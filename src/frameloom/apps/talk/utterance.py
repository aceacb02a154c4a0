"""A piece of speech made ready for a live talk: at one rate, on whole rows, as loud as all others, its pauses bearable.

Spoken --trim, resample, gain--> 16 bits at 24 kHz, a whole number of rows of 10 ms, the mouth's track beside it
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.dialogue import LOUDNESS
from frameloom.effects.sound.loudness import plan_for
from frameloom.effects.sound.resample import resampled
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.spoken import Spoken
from frameloom.media.speech.track import track_of
from frameloom.media.speech.written import spans_of
from frameloom.media.visemes import RATE as ROWS
from frameloom.media.visemes import VisemeTrack

RATE = 24_000
"""Samples in a second of a live talk."""
ROW = RATE // ROWS
"""Samples for which a row of a track lasts."""
BREATH, STOP = Fraction(14, 100), Fraction(36, 100)
"""Seconds from the last sound of a piece to the next one: within a sentence, and after it."""

_PEAK = 0.95
_FADE = 120
"""Samples over which a piece ends."""
_ENDS = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f", "\u061f", "\u0964", "\u06d4")
"""Of sentences: the last ones are the ellipsis, and the signs of Chinese, Japanese, Arabic, Hindi and Urdu."""
_CLOSING = "\"')] \u201d\u2019\u00bb\u300d\u300f"

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class Heard:
    """A word as it is written, and its samples, counted from the start of the piece."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Utterance:
    """A piece of speech."""

    samples: Samples
    """(N,) at RATE; N is a multiple of ROW."""
    track: VisemeTrack
    """As long as the samples."""
    words: tuple[Heard, ...]


def utterance_of(spoken: Spoken, text: str, gain: float = 1.0) -> Utterance:
    """Return what was spoken of a text, ready to be heard after what came before it."""
    pause = STOP if text.rstrip(_CLOSING).endswith(_ENDS) else BREATH
    last = max((one.stop for one in spoken.phonemes), default=spoken.duration)
    rows = -(-(last + pause) * ROWS // 1)
    kept = spoken.sound[: int(Fraction(rows, ROWS) * spoken.rate)]
    sound = np.zeros(rows * ROW, np.float32)
    made = resampled(kept.mean(axis=1), spoken.rate, RATE)[: len(sound)] * np.float32(gain)
    made[-_FADE:] *= np.linspace(1, 0, len(made[-_FADE:]), dtype=np.float32)
    sound[: len(made)] = made
    lasting = np.zeros((int(Fraction(rows, ROWS) * spoken.rate), 1), np.float32)
    lasting[: len(kept)] = kept
    track = track_of(replace(spoken, sound=lasting))
    samples = np.clip(sound * 32767, -32767, 32767).astype(np.int16)
    words = zip(spoken.words, spans_of(text, spoken.words), strict=True)
    heard = tuple(Heard(text[a:b], int(one.start * RATE), int(one.stop * RATE)) for one, (a, b) in words)
    return Utterance(samples, VisemeTrack(track.weights[:rows], track.intensity[:rows]), heard)


def gain_of(spoken: Spoken) -> float:
    """Return what makes a voice as loud as the others, and clips nothing of this piece."""
    sound = resampled(spoken.sound.mean(axis=1), spoken.rate, SAMPLE_RATE)[:, None]
    gain = 10 ** (plan_for(lambda: [sound], LOUDNESS, channels=1).gain_db / 20)
    return float(min(gain, _PEAK / max(float(np.abs(sound).max()), 1e-3)))
