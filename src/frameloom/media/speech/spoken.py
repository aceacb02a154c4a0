"""What a voice gives, and what a voice is.

sound     |--------------------------------|
phonemes   [h][ə][l][  o  ][ʊ]   [w][ɜː]...       in order, apart where there is a pause
words      [     hello      ]    [  world
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Protocol

import numpy as np
from pydantic import Field

from frameloom.core.config import Config
from frameloom.media.sound import Sound

Factor = Annotated[float, Field(ge=0.5, le=2)]


class Manner(Config):
    """How something is said."""

    language: str = "en"
    """A code such as en, en-gb, de, zh, ja."""
    pace: Factor = 1.0
    """How fast, as a multiple of the voice's own pace."""
    pitch: Factor = 1.0
    """How high, as a multiple of the voice's own pitch."""


@dataclass(frozen=True)
class Phoneme:
    """A sound of speech and its time in s."""

    ipa: str
    start: Fraction
    stop: Fraction


@dataclass(frozen=True)
class Word:
    """A word as it was written, and its time in s."""

    text: str
    start: Fraction
    stop: Fraction


@dataclass(frozen=True, eq=False)
class Spoken:
    """A piece of speech from its first sample."""

    sound: Sound
    """(N, 1)."""
    rate: int
    """Samples per second."""
    phonemes: tuple[Phoneme, ...]
    words: tuple[Word, ...]

    @property
    def duration(self) -> Fraction:
        """Return how long it is, in s."""
        return Fraction(len(self.sound), self.rate)


class Voice(Protocol):
    """Speaks."""

    @property
    def name(self) -> str:
        """Return the name by which it is opened."""
        ...

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Yield sentences as soon as each is spoken.

        Raises:
            MediaError: the text has nothing to speak, or the voice does not speak like that.
        """
        ...


def joined(parts: Iterable[Spoken]) -> Spoken:
    """Return pieces of the same rate one after the other.

    Raises:
        ValueError: there is none.
    """
    pieces = list(parts)
    if not pieces:
        raise ValueError("nothing to join")
    phonemes: list[Phoneme] = []
    words: list[Word] = []
    begins = Fraction(0)
    for piece in pieces:
        phonemes += [Phoneme(one.ipa, one.start + begins, one.stop + begins) for one in piece.phonemes]
        words += [Word(one.text, one.start + begins, one.stop + begins) for one in piece.words]
        begins += piece.duration
    return Spoken(np.concatenate([piece.sound for piece in pieces]), pieces[0].rate, tuple(phonemes), tuple(words))


def moved(phonemes: Sequence[Phoneme], by: Fraction, duration: Fraction) -> tuple[Phoneme, ...]:
    """Return phonemes earlier or later by so many s, kept inside the sound; one that is left no time is dropped."""
    placed = [(one.ipa, max(one.start + by, Fraction(0)), min(one.stop + by, duration)) for one in phonemes]
    return tuple(Phoneme(ipa, start, stop) for ipa, start, stop in placed if stop > start)


def without_lead(spoken: Spoken, kept: Fraction) -> Spoken:
    """Return speech that begins so many s before its first phoneme at most, so that it is heard early."""
    first = spoken.phonemes[0].start if spoken.phonemes else Fraction(0)
    cut = int(max(first - kept, Fraction(0)) * spoken.rate)
    by = Fraction(cut, spoken.rate)
    words = tuple(Word(one.text, one.start - by, one.stop - by) for one in spoken.words)
    return Spoken(spoken.sound[cut:], spoken.rate, moved(spoken.phonemes, -by, spoken.duration), words)
