"""What is said becomes subtitles: whole sentences where they fit, short ones together, long ones in like parts.

"Yes. I think so."  "One network paints, and another one" | "says whether the painting looks real."
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from frameloom.media.speech.spoken import Spoken
from frameloom.media.speech.written import spans_of
from frameloom.media.subtitles import Cue

Spans = Sequence[tuple[int, int]]
"""Where each word stands in a text, with the marks behind it."""

_CUE_LETTERS, _CUE_S, _CUE_LEAST_S = 72, Fraction(6), Fraction(1)
"""Most of a cue, and the least that a sentence lasts to have one of its own."""
_COMMAS = (",", ";", ":", "\u2014", "\uff0c", "\u3001", "\uff1b", "\uff1a")
_COMMA_WORTH = 0.2
"""By which share of its length a part may be cut off its middle, to be cut after a comma."""
_CLOSING = "\"')] \u201d\u2019\u00bb\u300d\u300f"
_ENDS = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f", "\u061f", "\u0964")
"""Of sentences: the last ones are the ellipsis, and the signs of Chinese, Japanese, Arabic and Hindi."""


def cues_of(text: str, said: Spoken, start: Fraction) -> Iterator[Cue]:
    """Yield cues of some words each: short sentences together, and long ones in parts of about the same length."""
    spans = spans_of(text, said.words)
    for first, last in _parts(text, said, spans):
        words = " ".join(text[spans[first][0] : spans[last][1]].split())
        yield Cue(start + said.words[first].start, start + said.words[last].stop, words)


def breaks_of(text: str, said: Spoken, start: Fraction) -> tuple[Fraction, ...]:
    """Return when each sentence ends but the last."""
    spans = spans_of(text, said.words)
    ends = [number for number, (_, end) in enumerate(spans) if _ends(text, spans, number)]
    return tuple(start + said.words[number].stop for number in ends if number < len(spans) - 1)


def _ends(text: str, spans: Spans, number: int) -> bool:
    return text[spans[number][0] : spans[number][1]].rstrip(_CLOSING).endswith(_ENDS)


def _parts(text: str, said: Spoken, spans: Spans) -> Iterator[tuple[int, int]]:
    """Yield first and last word of each cue."""

    def fits(first: int, last: int) -> bool:
        letters = len(text[spans[first][0] : spans[last][1]].strip())
        return letters <= _CUE_LETTERS and said.words[last].stop - said.words[first].start <= _CUE_S

    held: tuple[int, int] | None = None
    first = 0
    for number in range(len(spans)):
        if number < len(spans) - 1 and not _ends(text, spans, number):
            continue
        sentence = first, number
        first = number + 1
        if held is not None and fits(held[0], number) and _is_short(said, held, sentence):
            held = held[0], number
            continue
        if held is not None:
            yield from _halved(text, said, spans, *held, fits)
        held = sentence
    if held is not None:
        yield from _halved(text, said, spans, *held, fits)


def _is_short(said: Spoken, *parts: tuple[int, int]) -> bool:
    """Return whether one of some sentences would be gone before it is read."""
    return any(said.words[last].stop - said.words[first].start < _CUE_LEAST_S for first, last in parts)


def _halved(
    text: str, said: Spoken, spans: Spans, first: int, last: int, fits: Callable[[int, int], bool]
) -> Iterator[tuple[int, int]]:
    """Yield a part in halves of halves that fit, cut near the middle, and rather after a comma."""
    if first == last or fits(first, last):
        yield first, last
        return
    begin, end = spans[first][0], spans[last][1]

    def cost(number: int) -> float:
        comma = text[: spans[number][1]].rstrip(_CLOSING).endswith(_COMMAS)
        return abs((spans[number][1] - begin) / (end - begin) - 0.5) - (_COMMA_WORTH if comma else 0)

    middle = min(range(first, last), key=cost)
    yield from _halved(text, said, spans, first, middle, fits)
    yield from _halved(text, said, spans, middle + 1, last, fits)
