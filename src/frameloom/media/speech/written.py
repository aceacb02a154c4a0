"""Where the words of a voice stand in the text that it was given: captions show what was written.

text    |Robots do not sleep.|        words   Robots, do, sleep
spans   |------|-----|------|         what a voice swallowed belongs to the word before
"""

from collections.abc import Sequence
from itertools import pairwise

from frameloom.media.speech.spoken import Word


def spans_of(text: str, words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """Return where each word begins and ends in a text, one after the other without a gap.

    The first begins at 0, the last ends with the text. A word that is not written like that, as a number that was read
    out, has no letters of its own.

    >>> from fractions import Fraction
    >>> said = [Word(text, Fraction(0), Fraction(1)) for text in ("robots", "do", "sleep")]
    >>> [("Robots do not sleep."[a:b]) for a, b in spans_of("Robots do not sleep.", said)]
    ['Robots ', 'do not ', 'sleep.']
    """
    lowered = text.lower() if len(text.lower()) == len(text) else text
    begins = []
    at = 0
    for word in words:
        found = lowered.find(word.text.lower(), at) if word.text else -1
        begins.append(found if found >= 0 else at)
        at = max(at, found + len(word.text) if found >= 0 else at)
    return tuple(pairwise([0, *begins[1:], len(text)])) if begins else ()
