r"""Ducking: music gives way while someone speaks, early enough for the first syllable.

    voice   ________________|=====|____|====|____________________
    music   ============\                          /=============      down within the attack, before the voice;
                         \________________________/                    up after hold, slowly; no pumping in short pauses

A voice is heard where its level in a step of 10 ms passes a threshold (and until it is 6 dB below). The gain moves in
decibels at a steady pace.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from frameloom.core.config import Config
from frameloom.effects.sound.blocks import regrid
from frameloom.effects.sound.fades import Factors
from frameloom.media.sound import SAMPLE_RATE, Sound

_STEP_S = 0.01
_HYSTERESIS_DB = 6.0

Seconds = Annotated[float, Field(ge=0, le=10)]


class Ducking(Config):
    """How far and how fast one track gives way to another."""

    amount_db: Annotated[float, Field(ge=0, le=60)] = 12.0
    """How much softer it gets."""
    threshold_db: Annotated[float, Field(ge=-80, le=0)] = -42.0
    """Level (RMS, against full scale) from which the other counts as heard."""
    attack_s: Seconds = 0.15
    """Time it takes to go down."""
    hold_s: Seconds = 0.6
    """Time that it stays down after the other; bridges pauses between words."""
    release_s: Seconds = 0.8
    """Time it takes to come back."""
    lookahead_s: Annotated[float, Field(ge=0, le=2)] = 0.2
    """How long before the other begins it starts to go down; from attack_s on, the first syllable is clear."""


def duck(
    blocks: Iterable[Sound], keys: Iterable[Sound], ducking: Ducking, *, rate: int = SAMPLE_RATE
) -> Generator[Sound, None, None]:
    """Yield the blocks, as they were cut, softer while the other sound is heard; holds the look-ahead of it.

    Both begin at the same time; where the other ends first, silence follows.
    """
    factors = _Factors(keys, ducking, rate)
    try:
        for block in blocks:
            yield block * factors.take(len(block))[:, None]
    finally:
        factors.close()


class _Factors:
    """The gain at each sample, computed a step of the grid at a time."""

    def __init__(self, keys: Iterable[Sound], ducking: Ducking, rate: int):
        self._step = max(1, round(_STEP_S * rate))
        self._keys = regrid(keys, self._step)
        self._heard = _heard(self._keys, ducking.threshold_db)
        steps_per_s = rate / self._step
        self._floor_db = -ducking.amount_db
        self._down_db = ducking.amount_db / max(1.0, ducking.attack_s * steps_per_s)
        self._up_db = ducking.amount_db / max(1.0, ducking.release_s * steps_per_s)
        self._hold = round(ducking.hold_s * steps_per_s)
        self._ahead: deque[bool] = deque(maxlen=round(ducking.lookahead_s * steps_per_s) + 1)
        while len(self._ahead) < (self._ahead.maxlen or 1) - 1:
            self._ahead.append(next(self._heard))
        self._since_heard = self._hold + 1
        self._gain_db = self._floor_db if any(self._ahead) else 0.0  # nothing can be heard before the beginning
        self._left: Factors = np.ones(0, np.float32)

    def take(self, samples: int) -> Factors:
        pieces = [self._left]
        given = len(self._left)
        while given < samples:
            pieces.append(self._next_step())
            given += self._step
        joined = np.concatenate(pieces)
        self._left = joined[samples:]
        return joined[:samples]

    def close(self) -> None:
        self._keys.close()

    def _next_step(self) -> Factors:
        self._ahead.append(next(self._heard))
        self._since_heard = 0 if any(self._ahead) else self._since_heard + 1
        before_db = self._gain_db
        if self._since_heard <= self._hold:
            self._gain_db = max(before_db - self._down_db, self._floor_db)
        else:
            self._gain_db = min(before_db + self._up_db, 0.0)
        if before_db == self._gain_db:
            return np.full(self._step, 10 ** (before_db / 20), np.float32)
        course_db = before_db + (self._gain_db - before_db) * (np.arange(self._step) + 0.5) / self._step
        return (10 ** (course_db / 20)).astype(np.float32)


def _heard(steps: Iterator[Sound], threshold_db: float) -> Iterator[bool]:
    """Yield of each step whether it is heard; False for ever after the last."""
    heard = False
    for step in steps:
        level = float(np.sqrt(np.mean(np.square(step, dtype=np.float64)))) if len(step) else 0.0
        limit_db = threshold_db - _HYSTERESIS_DB if heard else threshold_db
        heard = level > 10 ** (limit_db / 20)
        yield heard
    while True:
        yield False
