"""Loudness to a target, after EBU R128: measure all, then one gain for all, and a limiter only where peaks need it.

    sound --measure--> loudness, true peak --plan--> gain, limited? --adjust--> sound at the target

Dynamics stay as they are: nothing is compressed, and the limiter touches only the few milliseconds around a peak.

Sources: EBU R 128 (2020) and its supplements; ATSC A/85; AES TD1008 (streaming); what the services ask for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from frameloom.core.config import Config
from frameloom.effects.sound.limiter import limit
from frameloom.media.ffmpeg import Loudness, measure_loudness
from frameloom.media.sound import SAMPLE_RATE, Sound

TargetName = Literal["ebu", "atsc", "film", "streaming", "social", "podcast", "loud"]


class Target(Config):
    """How loud a whole programme shall be, and how high its peaks may go."""

    lufs: Annotated[float, Field(ge=-50, le=-5)] = -14.0
    """Integrated loudness."""
    peak_dbtp: Annotated[float, Field(ge=-20, le=0)] = -1.0
    """Highest true peak."""
    most_gain_db: Annotated[float, Field(ge=0, le=40)] = 20.0
    """A recording that would need more is made this much louder, not more: its noise would come up with it."""


TARGETS: dict[TargetName, Target] = {
    "ebu": Target(lufs=-23, peak_dbtp=-1),
    "atsc": Target(lufs=-24, peak_dbtp=-2),
    "film": Target(lufs=-27, peak_dbtp=-2),
    "streaming": Target(lufs=-18, peak_dbtp=-1),
    "social": Target(lufs=-14, peak_dbtp=-1),
    "podcast": Target(lufs=-16, peak_dbtp=-1),
    "loud": Target(lufs=-9, peak_dbtp=-1),
}
"""Broadcast in Europe and America, film by subscription, streamed radio (AES TD1008), video sites, podcasts, clubs."""


@dataclass(frozen=True)
class Adjustment:
    """What is done to a sound as a whole."""

    gain_db: float = 0.0
    ceiling_dbtp: float | None = None
    """Where the limiter stands; None where no peak can pass it."""
    note: str = ""
    """What a person should be told; empty where the target is met."""


def target_of(target: TargetName | float | Target) -> Target:
    """Return a target by its name or its loudness in LUFS, with peaks up to -1 dBTP.

    >>> target_of("ebu").lufs, target_of(-19.0).lufs
    (-23.0, -19.0)

    Raises:
        ValidationError: a loudness beyond -50 to -5.
    """
    if isinstance(target, Target):
        return target
    return TARGETS[target] if isinstance(target, str) else Target(lufs=target)


def plan(loudness: Loudness, target: Target) -> Adjustment:
    """Return the gain from a loudness to a target, with the limiter if a peak would pass the target's.

    Silence, and what is too short to have a loudness (0.4 s), stays as it is, but for peaks above the target's.
    """
    gain_db, note = target.lufs - loudness.integrated_lufs, ""
    if not np.isfinite(gain_db):
        gain_db, note = 0.0, "silent, or shorter than 0.4 s: its loudness stays as it is"
    elif gain_db > target.most_gain_db:
        note = f"{loudness.integrated_lufs:.1f} LUFS is very soft: raised by {target.most_gain_db:g} dB only"
        gain_db = target.most_gain_db
    peak_db = loudness.true_peak_dbtp + gain_db + _PEAK_ERROR_DB
    return Adjustment(gain_db, target.peak_dbtp if peak_db > target.peak_dbtp else None, note)


def adjust(blocks: Iterable[Sound], adjustment: Adjustment, *, rate: int = SAMPLE_RATE) -> Iterator[Sound]:
    """Yield the same samples at the new loudness."""
    gain = np.float32(10 ** (adjustment.gain_db / 20))
    louder = blocks if gain == 1 else (block * gain for block in blocks)
    if adjustment.ceiling_dbtp is None:
        yield from louder
    else:
        yield from limit(louder, adjustment.ceiling_dbtp, rate=rate)


def plan_for(
    read: Callable[[], Iterable[Sound]], target: Target, *, rate: int = SAMPLE_RATE, channels: int = 2
) -> Adjustment:
    """Measure a sound and return what brings it to the target; `adjust(read(), ...)` then does it.

    Where the limiter takes so much that the result would be too soft by more than 0.2 LU, the gain is raised for what
    it takes, by at most 6 dB: each such step reads the sound once more, at most twice.

    Args:
        read: gives the whole sound from its begin, each time it is called.
        target: where it shall come to.
        rate: samples per second.
        channels: of each block.

    Raises:
        MissingDependencyError: there is no ffmpeg binary to measure with.
    """
    adjustment = plan(measure_loudness(read(), rate=rate, channels=channels), target)
    if adjustment.ceiling_dbtp is None or adjustment.note:
        return adjustment
    most_db = adjustment.gain_db + _MOST_CORRECTION_DB
    for _ in range(_MOST_CORRECTIONS):
        limited = measure_loudness(adjust(read(), adjustment, rate=rate), rate=rate, channels=channels)
        missing_db = target.lufs - limited.integrated_lufs
        if missing_db < _GOOD_ENOUGH_LU:
            return adjustment
        gain_db = min(adjustment.gain_db + missing_db * _OVERSHOOT, most_db)
        note = f"its peaks hold it below {target.lufs:g} LUFS: more would squash it" if gain_db == most_db else ""
        adjustment = Adjustment(gain_db, target.peak_dbtp, note)
    return adjustment


_PEAK_ERROR_DB = 0.06
"""The peak is known to 0.1 dB."""
_GOOD_ENOUGH_LU = 0.2
_MOST_CORRECTIONS = 2
_MOST_CORRECTION_DB = 6.0
_OVERSHOOT = 1.25
"""Of what is added, the limiter takes a part again."""
