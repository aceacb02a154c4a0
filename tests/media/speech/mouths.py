"""Texts whose signs are sounds, and mouths that are heard: for tests that need no speech."""

from fractions import Fraction

import numpy as np

from frameloom.media.speech.spoken import Phoneme, Spoken, Word
from frameloom.media.visemes import VISEMES, VisemeTrack

S = Fraction


def text(*words: str) -> Spoken:
    """Return words, each sign a phoneme of a tenth of a second."""
    sounds = [(sign, number) for number, word in enumerate(words) for sign in word]
    phonemes = tuple(Phoneme(sign, S(at, 10), S(at + 1, 10)) for at, (sign, _) in enumerate(sounds))
    told, at = [], 0
    for word in words:
        told.append(Word(word, S(at, 10), S(at + len(word), 10)))
        at += len(word)
    return Spoken(np.zeros((at * 100, 1), np.float32), 1000, phonemes, tuple(told))


def heard(*parts: tuple[str, int], sure: float = 0.9) -> VisemeTrack:
    """Return visemes for so many rows each, heard with a likelihood."""
    rows = np.repeat([VISEMES.index(name) for name, _ in parts], [count for _, count in parts])
    weights = np.full((len(rows), len(VISEMES)), (1 - sure) / (len(VISEMES) - 1), np.float32)
    weights[np.arange(len(rows)), rows] = sure
    return VisemeTrack(weights, np.ones(len(rows), np.float32))
