"""Text as it is spoken: sentence by sentence, so that the first sound comes early."""

import re
from collections.abc import Iterator

from frameloom.core.errors import MediaError

LONGEST = 280
"""Characters beyond which a sentence is cut at a comma, and where there is none at a space."""

_ENDS = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=\S)|(?<=[。！？；।؟۔])[”’」』）]*\s*(?=\S)|\s*\n+\s*")
_CLAUSES = re.compile(r"(?<=[,;:—])\s+|(?<=[，、：；])")
_TITLES = re.compile(
    r"(?:^|[\s(\"'“‘])"
    r"(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Fig|approx|Hr|Fr|Nr|ca|bzw|Mme|Mlle|e\.g|i\.e|z\.B|d\.h|u\.a|a\.m|p\.m)\.$"
)
_TITLE = 10
"""Letters within which a title and what stands before it lie."""
_UNSPOKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and bytes that were no text."""
_BLANKS = re.compile(r"[^\S\n]+")


def sentences(text: str) -> Iterator[str]:
    """Yield what is spoken at one go, of all but empty text.

    >>> list(sentences("Dr. No left. Why? 好。走！"))
    ['Dr. No left.', 'Why?', '好。', '走！']

    Raises:
        MediaError: there is neither a letter nor a digit in it.
    """
    if not any(character.isalnum() for character in text):
        shown = text if len(text) <= 40 else f"{text[:40]}..."
        raise MediaError(f"text {shown!r}: has nothing to speak; give words")
    for sentence in _split(plain(text).strip()):
        for part in _cut(sentence):
            if any(character.isalnum() for character in part):
                yield part


def is_shortened(text: str) -> bool:
    """Return whether the stop at the end of a text shortens a word and ends no sentence.

    >>> is_shortened("asked Dr."), is_shortened("it rains.")
    (True, False)
    """
    return bool(_TITLES.search(text))


def plain(text: str) -> str:
    r"""Return text with one space for blanks and control characters, however many; lines stay.

    >>> plain("Hello\x00\t  there\n")
    'Hello there\n'
    """
    return _BLANKS.sub(" ", _UNSPOKEN.sub(" ", text))


def _split(text: str) -> Iterator[str]:
    begin = 0
    for found in _ENDS.finditer(text):
        is_break = "\n" in found.group()
        before = text[max(begin, found.start() - _TITLE) : found.start()]
        if not is_break and (is_shortened(before) or text[found.end()].islower()):
            continue
        yield text[begin : found.end()].strip()
        begin = found.end()
    yield text[begin:]


def _cut(sentence: str) -> Iterator[str]:
    """Yield a sentence in parts of bearable length."""
    held = ""
    for clause in _CLAUSES.split(sentence):
        for piece in _pieces(clause):
            glue = "" if not held or held[-1] in "，、：；" else " "
            if held and len(held) + len(piece) >= LONGEST:
                yield held
                held, glue = "", ""
            held += glue + piece
    if held:
        yield held


def _pieces(clause: str) -> Iterator[str]:
    """Yield a clause, at its spaces where it is too long, and in the middle of words where that is not enough."""
    while len(clause) > LONGEST:
        space = clause.rfind(" ", 1, LONGEST)
        end = space if space > 0 else LONGEST
        yield clause[:end]
        clause = clause[end:].lstrip()
    yield clause
