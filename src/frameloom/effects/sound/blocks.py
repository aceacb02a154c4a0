"""A stream of sound in any cutting, taken in the pieces that a computation wants.

    |---|-|------|--|   --take, ahead, windows-->   |----|----|----|--|

What works on pieces of a fixed grid gives the same result, bit for bit, however its input was cut.
"""

from collections.abc import Generator, Iterable

import numpy as np

from frameloom.core.errors import MediaError
from frameloom.media.sound import Sound, silence


class Supply:
    """Takes samples from blocks in any number; holds no more than was asked for and the rest of one block."""

    def __init__(self, blocks: Iterable[Sound], channels: int | None = None):
        """Take from blocks, (N, channels) each; the number of channels is that of the first block unless given.

        Close it to close a generator that it takes from.
        """
        self._blocks = iter(blocks)
        self._held = silence(0, channels or 0)
        self.channels = channels

    def ahead(self, samples: int) -> Sound:
        """Return the next samples without taking them, fewer only at the end; not to be written to.

        Raises:
            MediaError: a block has not the channels of the first.
        """
        if samples > len(self._held):
            pieces = [self._held]
            missing = samples - len(self._held)
            while missing > 0 and (block := next(self._blocks, None)) is not None:
                pieces.append(self._checked(block))
                missing -= len(block)
            if len(pieces) > 1:
                self._held = np.concatenate([piece for piece in pieces if piece.shape[1] == self.channels])
        return self._held[:samples]

    def take(self, samples: int) -> Sound:
        """Return the next samples, fewer only at the end; not to be written to.

        Raises:
            MediaError: a block has not the channels of the first.
        """
        taken = self.ahead(samples)
        self._held = self._held[len(taken) :]
        return taken

    def skip(self, samples: int) -> None:
        """Let samples go by, without holding them."""
        while samples > 0 and len(taken := self.take(min(samples, 1 << 16))):
            samples -= len(taken)

    def close(self) -> None:
        """End the generator that it takes from."""
        if isinstance(self._blocks, Generator):
            self._blocks.close()

    def _checked(self, block: Sound) -> Sound:
        if self.channels is None and block.ndim == 2:
            self.channels = block.shape[1]
            self._held = silence(0, self.channels)
        if block.ndim != 2 or block.shape[1] != self.channels:
            raise MediaError(f"sound: block of shape {block.shape} in a stream of (N, {self.channels}); mix it first")
        return np.ascontiguousarray(block, np.float32)


def regrid(blocks: Iterable[Sound], size: int) -> Generator[Sound, None, None]:
    """Yield the same samples in blocks of one size; the last may be shorter.

    Raises:
        MediaError: blocks differ in channels.
    """
    supply = Supply(blocks)
    try:
        while len(block := supply.take(size)):
            yield block
    finally:
        supply.close()


def windows(blocks: Iterable[Sound], size: int, before: int, after: int) -> Generator[Sound, None, None]:
    """Yield each block of the grid with its neighbourhood: (before + N + after, channels), silence past both ends.

    N is the size, in the last block what is left; the next window begins N samples later.

    Raises:
        MediaError: blocks differ in channels.
    """
    supply = Supply(blocks)
    past: Sound | None = None
    try:
        while len(ahead := supply.ahead(size + after)):
            count = min(size, len(ahead))
            window = silence(before + count + after, ahead.shape[1])
            if past is not None:
                window[:before] = past
            window[before : before + len(ahead)] = ahead[: count + after]
            yield window
            past = window[count : count + before].copy()
            supply.skip(count)
    finally:
        supply.close()
