"""Signs that a network has read, and how long each lasts: phonemes and words.

    h ə l ˈ o ʊ _ w ˈ ɜ ...        a stress is part of the vowel after it, a space of what follows, a comma is a pause
"""

import math
from collections.abc import Sequence
from fractions import Fraction

from frameloom.media.speech.phones import MODIFIERS, PAUSES, STRESSES
from frameloom.media.speech.spoken import Phoneme, Word


def placed(signs: Sequence[str], lengths: Sequence[Fraction], begin: Fraction) -> list[tuple[int, Phoneme]]:
    """Return phonemes with their times, each with the number of the group between spaces to which it belongs.

    A stress is part of the vowel that it stands before, a space of what follows; marks of punctuation are pauses.
    """
    placed: list[tuple[int, Phoneme]] = []
    at, since, group, is_pause = begin, begin, 0, True
    for sign, length in zip(signs, lengths, strict=True):
        at += length
        if sign in PAUSES or (sign == " " and is_pause):
            since, is_pause = at, True
        elif sign in MODIFIERS and placed and not is_pause:
            group_of, last = placed[-1]
            placed[-1] = group_of, Phoneme(last.ipa + sign, last.start, at)
            since = at
        elif sign not in STRESSES and sign != " ":
            placed.append((group, Phoneme(sign, since, at)))
            since, is_pause = at, False
        group += sign == " "
    return placed


def words_of(heard: Sequence[tuple[int, Phoneme]], written: Sequence[str]) -> tuple[Word, ...]:
    """Return words as they are written; where one is read as several, it lasts over all of them."""
    spans: dict[int, tuple[Fraction, Fraction]] = {}
    for group, one in heard:
        spans[group] = (spans[group][0] if group in spans else one.start), one.stop
    groups = list(spans.values())
    if not written or not groups:
        return ()
    share = len(groups) / len(written)
    words = []
    for number, word in enumerate(written):
        first = min(math.floor(number * share), len(groups) - 1)
        last = max(min(math.ceil((number + 1) * share) - 1, len(groups) - 1), first)
        words.append(Word(word.strip(".,;:!?…\"“”()"), groups[first][0], groups[last][1]))
    return tuple(words)
