"""Several pictures and clips in one beat, each from the words on that name it: cut on the words, not by the clock.

say      The bridge is closed.      A ferry takes people over.
shots   |bridge.jpg                |ferry.mp4
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from frameloom.apps.compose.scenes.clips import Clip
from frameloom.apps.compose.scenes.footage import Picture
from frameloom.apps.compose.scenes.heading import Text
from frameloom.apps.compose.scenes.layout import cue_times
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.media.planes import Planes

Shot = Picture | Clip

MOST_SHOTS = 24
_LEAST_S = Fraction(1, 2)
"""That a shot is seen where the one before could end earlier."""


class Series(Config):
    """Pictures and clips of your own, one after the other, each from the words on that name it."""

    kind: Literal["series"] = "series"
    shots: Annotated[
        tuple[Annotated[Shot, Field(discriminator="kind")], ...], Field(min_length=2, max_length=MOST_SHOTS)
    ]
    """The first is there from the begin. Clips are not heard here."""
    named: Annotated[tuple[Text, ...], Field(max_length=MOST_SHOTS)] = ()
    """What is said when each shot comes; by default its caption, or the words of its file's name."""

    @model_validator(mode="after")
    def _is_mute(self) -> Self:
        for number, shot in enumerate(self.shots):
            if isinstance(shot, Clip) and shot.sound:
                raise ValueError(f"shots[{number}]: a clip of a series is not heard; give it a beat of its own")
        if len(self.named) > len(self.shots):
            raise ValueError(f"named has {len(self.named)} texts for {len(self.shots)} shots; leave out the last")
        return self

    def parts(self) -> tuple[str, ...]:
        """Return what names each shot, in the order of cues."""
        return (*self.named, *map(_name_of, self.shots[len(self.named) :]))

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        return _OneByOne(self.shots, stage)


def _name_of(shot: Shot) -> str:
    """Return what a shot is called.

    >>> _name_of(Picture(path="old_bridge-2.jpg"))
    'old bridge 2'
    """
    return shot.caption or shot.path.stem.replace("_", " ").replace("-", " ")


class _OneByOne:
    """The shot whose time it is; each is opened when it comes, and let go when the next does."""

    def __init__(self, shots: Sequence[Shot], stage: Stage) -> None:
        self._shots, self._stage = shots, stage
        self._starts = starts_of([Fraction(time) for time in cue_times(stage, len(shots))], stage.duration)
        self._now: tuple[int, Draw] | None = None

    def __call__(self, time: Fraction) -> Planes:
        """Return the picture at a time in s from the start of the scene."""
        number = max(0, bisect_right(self._starts, time) - 1)
        start = self._starts[number]
        if self._now is None or number != self._now[0]:
            end = self._starts[number + 1] if number + 1 < len(self._starts) else self._stage.duration
            opens = self._stage.opens and number == 0
            part = replace(self._stage, duration=max(end - start, Fraction(0)), cues=(), opens=opens)
            self._now = number, self._shots[number].begin(part)
        return self._now[1](time - start)


def starts_of(cues: Sequence[Fraction], duration: Fraction) -> list[Fraction]:
    """Return when each shot comes, in s: the first at once, none so soon that the one before is not seen.

    >>> [float(one) for one in starts_of([Fraction(1), Fraction(2), Fraction(2)], Fraction(5))]
    [0.0, 2.0, 2.5]
    """
    starts = [Fraction(0)]
    for cue in cues[1:]:
        starts.append(max(cue, starts[-1] + min(_LEAST_S, duration / (2 * len(cues)))))
    return starts
