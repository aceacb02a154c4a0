"""What is spoken of an answer that was written for the eye, while it comes: no marks, and cues that are obeyed instead.

    "[happy] **Yes**, see [the page](http://a.b/c)"  -->  Cue("happy")  " Yes, see the page"

Of Markdown the text of links and pictures, headings and lists is left, and no block of code; of an address its host;
no emoji. A number that counts a list on gets a comma. A text gives the same however it arrives: what may still become
a mark is held back.

Source: CommonMark 0.31.2, 2.4, 4.2, 4.5, 5.2, 6; links that hold links or span lines are left as they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast, get_args

from frameloom.apps.talk.characterfile import Mood
from frameloom.apps.talk.gestures import GESTURES, GestureKind

MOST_HELD = 1000
"""Characters that are held back for a mark to end."""

_MOODS: tuple[Mood, ...] = get_args(Mood)
_FENCE = re.compile(r"[ \t]*(?:`{3,}[^`\n]*|~{3,}[^\n]*)(?:\n|$)")
_MARKS = re.compile(r"[ \t]*(?:[-*_](?:[ \t]*[-*_]){2,}[ \t]*(?=\n|$)|(?:(?:#{1,6}|>|[-*+\u2022])[ \t]+)*)")
_NUMBER = re.compile(r"(\d{1,3})[.)][ \t]+")
_UNDECIDED = re.compile(r"[ \t]*(?:[#>*+_\u2022 \t-]*(?:\d{1,3}[.)]?[ \t]*)?|`{2,}[^`\n]*|`|~+[^\n]*)")
_CUE = re.compile(r"\[[ \t]*([a-z]+)[ \t]*\]")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\](\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]\n]*\])?")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'\])]*", re.IGNORECASE)
_MAYBE_ADDRESS = re.compile(r"h|ht|htt|https?|https?:|https?:/|https?://\S*|w|ww|www|www\.\S*", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U000e0020-\U000e007f]")
_PLAIN = re.compile(r"[^\W\d_]+|\d+|[^\S\n]+")


@dataclass(frozen=True)
class Cue:
    """A mood from here on, or a gesture here."""

    mood: Mood | None = None
    gesture: GestureKind | None = None


class Aloud:
    """One answer."""

    def __init__(self) -> None:
        self._held = ""
        self._begins_line, self._is_code = True, False
        self._item = 0
        """Number of the last item of a list."""
        self._last = ""
        """Sign before what is held."""

    def feed(self, text: str) -> Iterator[str | Cue]:
        """Yield what is spoken, and the cues in it, as far as that is certain now that more text has come."""
        self._held += text
        yield from self._read(is_whole=False)

    def end(self) -> Iterator[str | Cue]:
        """Yield what is left."""
        yield from self._read(is_whole=True)

    def _read(self, *, is_whole: bool) -> Iterator[str | Cue]:
        said = ""
        while self._held:
            found = self._next(is_whole or len(self._held) > MOST_HELD)
            if found is None:
                break
            length, given = found
            self._last = self._held[length - 1 : length] or self._last
            self._held = self._held[length:]
            if isinstance(given, Cue):
                if said:
                    yield said
                said = ""
                yield given
            else:
                said += given
        if said:
            yield said

    def _next(self, is_whole: bool) -> tuple[int, str | Cue] | None:
        """Return how much is read next, and what it gives; None if more must come first."""
        held = self._held
        if self._is_code:
            return self._code(is_whole)
        if self._begins_line:
            if not is_whole and _UNDECIDED.fullmatch(held):
                return None
            if fence := _FENCE.match(held):
                self._is_code = True
                return fence.end(), "\n"
            self._begins_line = False
            return self._line_start()
        first = held[0]
        if first == "\n":
            self._begins_line = True
            return 1, "\n"
        if first == "[" or held.startswith("!["):
            return self._bracket(is_whole)
        if first in "!_<" and len(held) == 1 and not is_whole:
            return None
        if first.lower() in ("h", "w") and not self._last.isalnum():
            return self._word(is_whole)
        if _EMOJI.match(held) or (first == "\u200d" and _EMOJI.match(self._last)):
            return 1, ""
        if first in "*`~|_\\<>":
            return 1, self._sign(first, held[1:2])
        plain = _PLAIN.match(held)
        return (plain.end(), plain.group()) if plain else (1, first)

    def _sign(self, sign: str, following: str) -> str:
        """Return what is left of a sign that is most often a mark."""
        if sign == "|" or (sign == "_" and self._last.isalnum() and following.isalnum()):
            return " "
        compares = following.isdigit() or following.isspace() if sign == "<" else self._last.isspace()
        return sign if sign in "<>" and compares else ""

    def _code(self, is_whole: bool) -> tuple[int, str] | None:
        """Leave a line of code out."""
        line, newline, _ = self._held.partition("\n")
        if not newline and not is_whole:
            return None
        if _FENCE.fullmatch(line) and not line.strip("`~ \t"):
            self._is_code, self._begins_line = False, True
        return len(line) + len(newline), ""

    def _line_start(self) -> tuple[int, str]:
        """Leave marks of headings, quotations, lists and rules out; numbers that count on stay."""
        marks = _MARKS.match(self._held)
        length = marks.end() if marks else 0
        number = _NUMBER.match(self._held, length)
        if number and int(number[1]) == self._item + 1:
            self._item += 1
            return number.end(), f"{number[1]}, "
        return length, ""

    def _bracket(self, is_whole: bool) -> tuple[int, str | Cue] | None:
        """Take a cue, or the text of a link or a picture."""
        held = self._held
        cue = _CUE.match(held)
        if cue and cue[1] in _MOODS:
            return cue.end(), Cue(mood=cast(Mood, cue[1]))
        if cue and cue[1] in GESTURES:
            return cue.end(), Cue(gesture=cast(GestureKind, cue[1]))
        link = _LINK.match(held)
        if not is_whole and "\n" not in held:
            rest = held[link.end() :] if link else ""
            if link is None or (link[2] is None and (not rest or rest[0] in "([")):
                return None
        if link is None:
            return 1, ""
        return link.end(), aloud(link[1])

    def _word(self, is_whole: bool) -> tuple[int, str] | None:
        """Take a word that may be an address; the host is left of one."""
        word = re.match(r"\S+", self._held)
        length = word.end() if word else 1
        if length == len(self._held) and not is_whole and _MAYBE_ADDRESS.fullmatch(self._held):
            return None
        if address := _ADDRESS.match(self._held):
            written = address.group().rstrip(".,;:!?*_`~|\u3002\uff0c")
            host = re.split(r"[/?#:]", written.split("://")[-1])[0].split("@")[-1].removeprefix("www.")
            return len(written), host
        plain = _PLAIN.match(self._held)
        return (plain.end(), plain.group()) if plain else (1, self._held[0])


def aloud(text: str) -> str:
    r"""Return what is spoken of a whole text, without its cues.

    >>> aloud("# Two\n- *one* at [home](http://a.b)\n- see https://www.a.org/x?y.")
    'Two\none at home\nsee a.org.'
    """
    reading = Aloud()
    return "".join(part for part in (*reading.feed(text), *reading.end()) if isinstance(part, str))
