"""A voice that hums and an ear that hears an O: for tests that need no speech."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from frameloom.apps.recorded import Mono
from frameloom.core.errors import MediaError
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, Word
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

VOICE_RATE = 24_000


class Hum:
    """A voice that hums a tone of half a second for each word, at 24 kHz."""

    name = "hum"

    def __init__(self, loud: float = 0.1) -> None:
        self.loud = loud

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Yield one piece, of which each word lasts for half a second over the pace."""
        if manner.language != "en":
            raise MediaError(f"language {manner.language!r}: hums in English alone")
        words = [word.strip(".,!?") for word in text.split()]
        each = Fraction(1, 2) / Fraction(manner.pace)
        spans = [(number * each, (number + 1) * each) for number in range(len(words))]
        samples = round(len(words) * each * VOICE_RATE)
        tone = self.loud * np.sin(np.arange(samples) * (2 * np.pi * 440 / VOICE_RATE))
        yield Spoken(
            tone.astype(np.float32)[:, None],
            VOICE_RATE,
            tuple(Phoneme("a", *span) for span in spans),
            tuple(Word(word, *span) for word, span in zip(words, spans, strict=True)),
        )


def deaf(sound: Mono) -> VisemeTrack:
    """Hear an O all the time."""
    rows = -(-len(sound) * RATE // SAMPLE_RATE)
    weights = np.zeros((rows, len(VISEMES)), np.float32)
    weights[:, VISEMES.index("O")] = 1
    return VisemeTrack(weights, np.ones(rows, np.float32))
