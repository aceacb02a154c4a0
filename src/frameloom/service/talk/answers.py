"""Where answers come from: the line itself, a local program, or a chat endpoint; each gives text bit by bit.

    line --echo-------------------------> the same
         --program: standard input------> its standard output, as it comes
         --endpoint: /chat/completions--> its deltas, as they come              all within bounds of time and length

What goes wrong is one line for the page, and nothing that is spoken.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from frameloom.core.errors import FrameloomError

LONGEST_S = 60
"""Within which an answer must be there as a whole."""
MOST_LETTERS = 4000
"""Of an answer; what is more is not taken."""

_SHOWN = 160
"""Letters of what a stranger wrote."""

Put = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """A line, and who is to answer it."""

    line: str
    name: str
    """Of the character."""
    language: str
    """Code of the language that is to be spoken."""


Ask = Callable[[Asked, Put], Awaitable[None]]
"""Puts an answer, bit by bit; ends with it, or with an AnswerError."""


@runtime_checkable
class Remembers(Protocol):
    """Keeps what it answered, for the next answer."""

    def stopped(self, asked: Asked, heard: str) -> None:
        """Remember of the answer to a line what was heard of it, before it was stopped."""


class AnswerError(FrameloomError, RuntimeError):
    """There is no answer, or not all of it; says why in one line."""


def shown(text: str) -> str:
    r"""Return what a stranger wrote as one line of bounded length, signs that cannot be printed escaped.

    >>> shown("it  broke\n\x1b[31mhere")
    'it broke \\x1b[31mhere'
    """
    line = " ".join(text[: 4 * _SHOWN].split())
    told = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)
    return told if len(told) <= _SHOWN else told[: _SHOWN - 1] + "\u2026"


async def echo(asked: Asked, put: Put) -> None:
    """Answer with what was typed."""
    put(asked.line)


async def answer(ask: Ask, asked: Asked, *, longest_s: float = LONGEST_S) -> AsyncGenerator[str]:
    """Yield the answer bit by bit; whoever stops listening ends whatever gives it.

    Raises:
        AnswerError: it failed, took too long, or is too long; what was yielded stands.
    """
    bits: asyncio.Queue[str | None] = asyncio.Queue()
    giving = asyncio.create_task(_give(ask, asked, bits, longest_s))
    try:
        while (bit := await bits.get()) is not None:
            yield bit
        await giving
    finally:
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)


async def _give(ask: Ask, asked: Asked, bits: asyncio.Queue[str | None], longest_s: float) -> None:
    letters = 0

    def put(text: str) -> None:
        nonlocal letters
        kept = text[: MOST_LETTERS - letters]
        letters += len(kept)
        if kept:
            bits.put_nowait(kept)
        if len(kept) < len(text):
            raise AnswerError(f"answer of more than {MOST_LETTERS} letters; the rest was not taken")

    try:
        async with asyncio.timeout(longest_s):
            await ask(asked, put)
        if not letters:
            raise AnswerError("empty answer; nothing is said")
    except TimeoutError as error:
        raise AnswerError(f"no whole answer within {longest_s:g} s; it was ended") from error
    finally:
        bits.put_nowait(None)
