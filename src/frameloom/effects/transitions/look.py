"""What all transitions share: their names, their settings, and the picture they work on.

A transition is a pure function of two pictures and progress, 0 (all of the first) to 1 (all of the second). What only
depends on the size of the picture is made once, by a maker.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, Field, NonNegativeInt, model_validator

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.effects.easing import EasingName
from frameloom.media.colors import parse_color
from frameloom.media.image import mix, mix_by, stretch
from frameloom.media.planes import ColorName, Depth, Plane, Planes, plain, yuv_of


def _known_name(name: object) -> object:
    """Refuse a name that no transition has, with the nearest ones; all of them would bury what is wrong."""
    if not isinstance(name, str) or name in TRANSITION_NAMES:
        return name
    near = difflib.get_close_matches(name, TRANSITION_NAMES, n=3)
    nearest = f"did you mean {' or '.join(map(repr, near))}?" if near else "try fade, wipeleft or dissolve;"
    raise ValueError(f"no transition {name!r}; {nearest} `frameloom transitions` shows all {len(TRANSITION_NAMES)}")


_Name = Literal[
    "fade", "wipeleft", "wiperight", "wipeup", "wipedown", "slideleft", "slideright", "slideup", "slidedown",
    "circlecrop", "rectcrop", "distance", "fadeblack", "fadewhite", "radial",
    "smoothleft", "smoothright", "smoothup", "smoothdown", "circleopen", "circleclose",
    "vertopen", "vertclose", "horzopen", "horzclose", "dissolve", "pixelize", "diagtl", "diagtr", "diagbl", "diagbr",
    "hlslice", "hrslice", "vuslice", "vdslice", "hblur", "fadegrays", "wipetl", "wipetr", "wipebl", "wipebr",
    "squeezeh", "squeezev", "zoomin", "fadefast", "fadeslow", "hlwind", "hrwind", "vuwind", "vdwind",
    "coverleft", "coverright", "coverup", "coverdown", "revealleft", "revealright", "revealup", "revealdown",
    "cut", "dip", "zoom", "whip", "film-burn", "morph", "matte",
    "ripple", "swirl", "kaleidoscope", "cube", "page-curl", "glitch", "bokeh",
]  # fmt: skip
"""The first 58 are FFmpeg's (filter xfade), by its names; the rest are ours."""

TransitionName = Annotated[_Name, BeforeValidator(_known_name)]

TRANSITION_NAMES: tuple[_Name, ...] = get_args(_Name)

Direction = Literal["left", "right", "up", "down"]


def _known_color(text: str) -> str:
    try:
        parse_color(text)
    except ConfigError as error:
        raise ValueError(str(error)) from error
    return text


class Look(Config):
    """Which transition, and how it looks."""

    name: TransitionName = "fade"
    easing: EasingName = "linear"
    """How fast it goes on its way; what would pass its ends stays there."""
    color: Annotated[str, AfterValidator(_known_color)] = "black"
    """What `dip`, `circlecrop` and `rectcrop` go through, and what lies behind `cube`: a CSS name or #rrggbb."""
    matte: Path | None = None
    """Picture for `matte`: its black places change first, its white ones last."""
    softness: float | None = Field(default=None, ge=0, le=1)
    """Width of the edge of wipes, openings, slices and mattes, as a share of the way; 0 is crisp."""
    direction: Direction = "left"
    """Where `whip` and `cube` move to, and which side `page-curl` is turned to."""
    seed: NonNegativeInt = 0
    """Fixes what is random in `dissolve`, the winds, `film-burn` and `glitch`."""

    @model_validator(mode="after")
    def _matte_is_given(self) -> Self:
        if self.name == "matte" and self.matte is None:
            raise ValueError("the transition 'matte' needs a picture; give matte = 'picture.png'")
        return self


Change = Callable[[Planes, Planes, float], Planes]
"""Two pictures without alpha or both with it, and progress in (0, 1) -> a picture."""


@dataclass(frozen=True)
class Canvas:
    """Form of the pictures; width and height in px, even."""

    width: int
    height: int
    depth: Depth
    color: ColorName

    def yuv(self, color: str) -> tuple[int, int, int]:
        """Return Y, U and V of a colour by name."""
        red, green, blue, _ = parse_color(color)
        return yuv_of((red, green, blue), self.depth, self.color)

    def filled(self, color: str) -> Planes:
        """Return a picture of one colour, opaque."""
        red, green, blue, _ = parse_color(color)
        picture = plain(self.width, self.height, (red, green, blue), self.depth, self.color)
        return Planes(picture.y, picture.u, picture.v, np.full_like(picture.y, self.most))

    @property
    def most(self) -> int:
        """Return the largest sample, which is also opaque alpha."""
        return (1 << self.depth) - 1

    @property
    def black(self) -> int:
        """Return luma of black."""
        return 16 << (self.depth - 8)

    @property
    def grey(self) -> int:
        """Return chroma of what has no colour."""
        return 128 << (self.depth - 8)

    def grid(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return x, (1, W), and y, (H, 1), of the middle of each pixel, in (0, 1)."""
        x, y = ((np.arange(side) + 0.5) / side for side in (self.width, self.height))
        return x[None, :].astype(np.float32), y[:, None].astype(np.float32)


Maker = Callable[[Look, Canvas], Change]


def each_plane(
    a: Planes, b: Planes, full: Callable[[Plane, Plane], Plane], half: Callable[[Plane, Plane], Plane]
) -> Planes:
    """Return the picture that comes of joining luma (and alpha) of both in one way and chroma in another."""
    alpha = None if a.alpha is None or b.alpha is None else full(a.alpha, b.alpha)
    return Planes(full(a.y, b.y), half(a.u, b.u), half(a.v, b.v), alpha)


def mixed(a: Planes, b: Planes, weight: float) -> Planes:
    """Return both pictures in shares, all of the second at weight 1."""
    if weight <= 0 or weight >= 1:
        return a if weight <= 0 else b

    def share(one: Plane, other: Plane) -> Plane:
        return mix(one, other, weight)

    return each_plane(a, b, share, share)


def mixed_by(a: Planes, b: Planes, weight: NDArray[np.float32]) -> Planes:
    """Return picture a where weight, (H, W) in [0, 1], is 0 and b where it is 1."""
    half = stretch(weight, weight.shape[1] // 2, weight.shape[0] // 2, "area")
    return each_plane(a, b, lambda one, other: mix_by(one, other, weight), lambda one, other: mix_by(one, other, half))


def smoothstep(low: float, high: float, value: float) -> float:
    """Return how far a value is between two bounds, in [0, 1], slow at both."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3 - 2 * share)
