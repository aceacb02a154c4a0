"""Text that arrives bit by bit becomes pieces that are spoken at one go: the first one short, to be heard early.

    "Well, I think" " so. And " "you?"  -->  "Well, I think so."   "And you?"
    "Since you ask, the answer is long ..."  -->  "Since you ask,"   "the answer is long ..."

A first piece ends where a speaker may take breath: after a comma or its like; without one, at a space before it grows
long. So does a later one whose sentence has no end: while it is being spoken, a voice can say nothing else.
"""

import re
import unicodedata
from collections.abc import Iterator

from frameloom.apps.talk.aloud import Aloud, Cue
from frameloom.media.speech.sentences import plain, sentences

LEAST_FIRST, MOST_FIRST = 12, 90
"""Letters of a first piece: fewer would be heard as a stumble, more would come late. Signs of Chinese count thrice."""
MOST = 240
"""Letters of any other piece: a quarter of a minute."""

_CLAUSE = re.compile(r"(?<=[,;:—])\s+|(?<=[\uff0c\u3001\uff1a\uff1b])")
"""The last four are the commas, the colon and the semicolon of Chinese and Japanese."""


class Pieces:
    """The pieces of one answer."""

    def __init__(self) -> None:
        self._aloud = Aloud()
        self._held = ""
        self._is_first = True

    def feed(self, text: str) -> Iterator[str | Cue]:
        """Yield the pieces that are whole now that more text has come, and the cues between them."""
        yield from self._take(self._aloud.feed(text))

    def end(self) -> Iterator[str | Cue]:
        """Yield what is left."""
        yield from self._take(self._aloud.end())
        yield from self._rest()

    def _take(self, read: Iterator[str | Cue]) -> Iterator[str | Cue]:
        for part in read:
            if isinstance(part, Cue):
                yield from self._rest()
                yield part
            else:
                self._held = plain(self._held + part)
                yield from self._whole()

    def _whole(self) -> Iterator[str]:
        yield from self._first()
        while not self._is_first and (parts := self._parts()):
            if _length(parts[0]) > MOST:
                yield self._taken(_breath(parts[0], MOST))
            elif len(parts) > 1:
                yield self._taken(parts[0])
            else:
                return

    def _rest(self) -> Iterator[str]:
        yield from self._whole()
        for part in self._parts():
            self._is_first = False
            yield part
        self._held = ""

    def _first(self) -> Iterator[str]:
        """Yield the first piece once it is whole."""
        if not self._is_first or not (parts := self._parts()):
            return
        sentence = parts[0]
        if clauses := _clauses(sentence[: _most(sentence, MOST_FIRST)]):
            yield self._taken(clauses[0])
        elif _length(sentence) > MOST_FIRST:
            yield self._taken(_breath(sentence, MOST_FIRST))
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


def _most(text: str, most: int) -> int:
    """Return how many characters of a text are of no more letters, and part no letter from its marks.

    >>> _most("abcdef", 4), _most("\u4f60\u597d\u554a", 7), _most("e\u0301e\u0301", 3)
    (4, 2, 2)
    """
    end = length = 0
    for end, character in enumerate(text):  # noqa: B007 (where it breaks)
        length += _length(character)
        if length > most:
            break
    else:
        return len(text)
    while end > 1 and unicodedata.category(text[end]).startswith("M"):
        end -= 1
    return max(end, 1)


def _breath(text: str, most: int) -> str:
    """Return as much of a text as can be said at one go: to a comma, a space, or any letter."""
    head = text[: _most(text, most)]
    clauses = _clauses(head)
    return clauses[-1] if clauses else head[: max(head.rfind(" "), 0)] or head


def _clauses(text: str) -> list[str]:
    """Return what stands before each comma or its like, where that is enough to be said by itself."""
    heads = [text[: found.start()] for found in _CLAUSE.finditer(text)]
    return [head for head in heads if _length(head) >= LEAST_FIRST]
