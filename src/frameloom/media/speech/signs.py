"""Signs that a network has read, and how long each lasts: phonemes and words.

h ə l ˈ o ʊ _ w ˈ ɜ ...        a stress is part of the vowel after it, a space of what follows, a comma is a pause
"""

from collections.abc import Sequence
from fractions import Fraction

from frameloom.media.speech.phones import AFFRICATES, MODIFIERS, PAUSES, STRESSES
from frameloom.media.speech.spoken import Phoneme, Word

MARKS = ".,;:!?…“”()"
"""Around a word, no part of it."""
_READ = frozenset("&+=%@#$€£")
"""Signs that are read though they are no letters."""


def placed(signs: Sequence[str], lengths: Sequence[Fraction], begin: Fraction) -> list[tuple[int, Phoneme]]:
    """Return phonemes with their times, each with the number of the group between spaces to which it belongs.

    A stress is part of the vowel that it stands before, a space of what follows; marks of punctuation are pauses; t and
    ʃ in one word are one.
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
        elif (
            placed and placed[-1][0] == group and placed[-1][1].ipa + sign in AFFRICATES and since == placed[-1][1].stop
        ):
            placed[-1] = group, Phoneme(placed[-1][1].ipa + sign, placed[-1][1].start, at)
            since, is_pause = at, False
        elif sign not in STRESSES and sign != " ":
            placed.append((group, Phoneme(sign, since, at)))
            since, is_pause = at, False
        group += sign == " "
    return placed


def words_of(heard: Sequence[tuple[int, Phoneme]], written: str) -> tuple[Word, ...]:
    """Return the words of a text over the groups that were read; what is read as several lasts over all of them."""
    spans: dict[int, tuple[Fraction, Fraction]] = {}
    for group, one in heard:
        spans[group] = (spans[group][0] if group in spans else one.start), one.stop
    groups = list(spans.values())
    words = [word for word in written.split() if any(sign.isalnum() or sign in _READ for sign in word)]
    if not words or not groups:
        return ()
    found, first = [], 0
    for number, (word, count) in enumerate(zip(words, _counts(words, len(groups)), strict=True)):
        begin = min(first, len(groups) - 1)
        last = len(groups) if number == len(words) - 1 else min(max(first + count, begin + 1), len(groups))
        found.append(Word(word.strip('.,;:!?…"“”()'), groups[begin][0], groups[last - 1][1]))
        first += count
    return tuple(found)


def _counts(words: Sequence[str], groups: int) -> list[int]:
    """Return how many groups each word is read as: one, and of what is left over most go to the longest numbers."""
    counts = [1] * len(words)
    for _ in range(groups - len(words)):
        needs = [sum(not sign.isalpha() for sign in word) / count for word, count in zip(words, counts, strict=True)]
        counts[needs.index(max(needs))] += 1
    return counts
