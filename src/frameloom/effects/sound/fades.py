"""How loud a sound is as it goes: fades, gain between keyframes, balance.

equal-power   two different sounds keep their loudness while one gives way to the other: in^2 + out^2 = 1
linear        two takes of the same sound: in + out = 1
exponential   even to the ear: decibels change at a steady pace, the last of 60 go to nothing
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import ConfigError
from frameloom.effects.easing import EasingName, ease
from frameloom.media.sound import Sound

Factors = NDArray[np.float32]
"""What each sample is multiplied by, (N,)."""

Curve = Callable[[NDArray[np.int64]], Factors]
"""Factors at numbers of samples, counted from where the thing that has the curve begins."""

FadeShape = Literal["equal-power", "linear", "exponential"]

SILENT_DB = -90.0
"""A gain at or below it is no sound at all."""

_EXPONENTIAL_RANGE = math.log(1000)
_EASING_STEPS = 512


@dataclass(frozen=True)
class Fade:
    """A fade of this many samples; none where it has no length."""

    samples: int = 0
    shape: FadeShape = "equal-power"


NO_FADE = Fade()


@dataclass(frozen=True)
class GainKey:
    """The gain at one sample; until the next it changes in decibels, at the pace of its easing."""

    sample: int
    gain_db: float
    easing: EasingName = "linear"


def factor(gain_db: float) -> float:
    """Return a gain as a factor; at SILENT_DB and below it is zero.

    >>> factor(0), round(factor(-6), 4), factor(-120)
    (1.0, 0.5012, 0.0)
    """
    return 10 ** (gain_db / 20) if gain_db > SILENT_DB else 0.0


def rise(shape: FadeShape, progress: NDArray[np.float64]) -> Factors:
    """Return the factors of a fade-in at these shares of it; `rise(shape, 1 - progress)` is its fade-out."""
    share = np.clip(progress, 0, 1)
    if shape == "equal-power":
        share = np.sin(share * (np.pi / 2))
    elif shape == "exponential":
        share = np.expm1(share * _EXPONENTIAL_RANGE) / math.expm1(_EXPONENTIAL_RANGE)
    return share.astype(np.float32)


def fade_factors(fade_in: Fade, fade_out: Fade, numbers: NDArray[np.int64], samples: int) -> Factors | None:
    """Return the factors of a sound of `samples` at these numbers; None where neither fade reaches.

    A sample stands in the middle of its step: the factors of a fade in and out of the same length mirror each other.
    """
    result: Factors | None = None
    if fade_in.samples > 0 and numbers[0] < fade_in.samples:
        result = rise(fade_in.shape, (numbers + 0.5) / fade_in.samples)
    if fade_out.samples > 0 and numbers[-1] >= samples - fade_out.samples:
        falling = rise(fade_out.shape, (samples - numbers - 0.5) / fade_out.samples)
        result = falling if result is None else result * falling
    return result


def gain_curve(keys: Sequence[GainKey]) -> Curve:
    """Return the curve through keyframes; before the first and after the last it stays as there.

    Raises:
        ConfigError: no keys, or not one after the other.
    """
    places = np.array([key.sample for key in keys], np.int64)
    if not len(places) or (np.diff(places) <= 0).any():
        raise ConfigError(f"gain: keys at samples {places.tolist()}; give at least one, each later than the one before")
    levels_db = np.maximum([key.gain_db for key in keys], SILENT_DB)
    steps = np.linspace(0, 1, _EASING_STEPS + 1)
    shapes = {key.easing: np.array([ease(key.easing, float(step)) for step in steps]) for key in keys}

    def curve(numbers: NDArray[np.int64]) -> Factors:
        level_db = np.interp(numbers, places, levels_db)
        for index in range(int(np.searchsorted(places, numbers[0], "right")) - 1, len(keys) - 1):
            easing = keys[max(index, 0)].easing
            if index < 0 or easing == "linear":
                continue
            if places[index] > numbers[-1]:
                break
            inside = (numbers >= places[index]) & (numbers < places[index + 1])
            progress = (numbers[inside] - places[index]) / (places[index + 1] - places[index])
            if easing == "hold":
                level_db[inside] = levels_db[index]
                continue
            done = np.interp(progress, steps, shapes[easing])
            level_db[inside] = levels_db[index] + done * (levels_db[index + 1] - levels_db[index])
        return np.where(level_db > SILENT_DB, 10 ** (level_db / 20), 0).astype(np.float32)

    return curve


def balance(block: Sound, channels: int, pan: float) -> Sound:
    """Return the block spread to this many channels; pan -1 is left only, 1 right only, of stereo.

    One channel is placed with constant power, unchanged in the middle; of two, the side that pan points away from
    gets softer.
    """
    if block.shape[1] == channels and (not pan or channels != 2):
        return block
    if block.shape[1] == 1:
        angle = (pan + 1) * math.pi / 4
        sides = (math.cos(angle), math.sin(angle)) if channels == 2 else (math.sqrt(0.5),) * channels
        return block * (np.array(sides, np.float32) * np.float32(math.sqrt(2)))
    return block * np.array([min(1.0, 1 - pan), min(1.0, 1 + pan)], np.float32)
