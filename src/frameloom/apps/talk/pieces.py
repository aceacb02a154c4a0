"""Text that arrives bit by bit becomes pieces that are spoken at one go: the first one short, to be heard early.

    "Well, I think" " so. And " "you?"  -->  "Well, I think so."   "And you?"
    "Since you ask, the answer is long ..."  -->  "Since you ask,"   "the answer is long ..."

A first piece ends where a speaker may take breath: after a comma or its like; without one, at a space before it grows
long.
"""

import re
from collections.abc import Iterator

from frameloom.media.speech.sentences import plain, sentences

LEAST_FIRST, MOST_FIRST = 12, 90
"""Letters of a first piece: fewer would be heard as a stumble, more would come late. Signs of Chinese count thrice."""

_CLAUSE = re.compile(r"(?<=[,;:—])\s+|(?<=[\uff0c\u3001\uff1a\uff1b])")
"""The last four are the commas, the colon and the semicolon of Chinese and Japanese."""

_SIGNS = re.compile(r"[*_#`|~]+")
"""Marks that a program writes for the eye."""


class Pieces:
    """The pieces of one answer."""

    def __init__(self) -> None:
        self._held = ""
        self._is_first = True

    def feed(self, text: str) -> Iterator[str]:
        """Yield the pieces that are whole now that more text has come."""
        self._held = plain(_SIGNS.sub("", self._held + text))
        yield from self._first()
        while not self._is_first and len(parts := self._parts()) > 1:
            yield self._taken(parts[0])

    def end(self) -> Iterator[str]:
        """Yield what is left."""
        yield from self.feed("")
        yield from self._parts()
        self._held = ""

    def _first(self) -> Iterator[str]:
        """Yield the first piece once it is whole."""
        if not self._is_first or not (parts := self._parts()):
            return
        sentence = parts[0]
        for found in _CLAUSE.finditer(sentence):
            if _length(sentence[: found.start()]) >= LEAST_FIRST:
                yield self._taken(sentence[: found.start()])
                return
        if _length(sentence) > MOST_FIRST and (space := sentence.rfind(" ", LEAST_FIRST, MOST_FIRST)) > 0:
            yield self._taken(sentence[:space])
        elif len(parts) > 1:
            yield self._taken(sentence)

    def _taken(self, piece: str) -> str:
        self._is_first = False
        self._held = self._held[max(self._held.find(piece), 0) + len(piece) :]
        return piece

    def _parts(self) -> list[str]:
        return list(sentences(self._held)) if any(map(str.isalnum, self._held)) else []


def _length(text: str) -> int:
    """Return how long a text is when it is spoken, in letters.

    >>> _length("Well,"), _length("你好")
    (5, 6)
    """
    return sum(3 if character >= "\u2e80" else 1 for character in text)
