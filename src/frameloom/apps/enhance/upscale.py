r"""Larger pictures: a network sees luma, in tiles where it is large; colour, which the eye sees less of, is resampled.

    y --[0, 1]--> tiles --network--> joined --+-- strength --+--> y, scale times as wide and high
      |             +-- moved along flow <--+               |
      \-------------- Lanczos --------------+               |
    u, v --cubic--------------------------------------------+--> u, v

A tile is given with a border as wide as the network looks, and its result is cut to what lies within: tiles and the
whole give the same, and there are no seams. A recurrent network sees what it made of the picture before, with all that
moves where it is now; a cut begins anew. What hardly changes in the source stays nearly as it was. A picture that
equals the one before is not computed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.enhance.stages import Stage
from frameloom.media.changes import Change, Watch
from frameloom.media.files.source import Picture
from frameloom.media.flow import carried, way_back
from frameloom.media.image import blur_box, difference, eight_bit, look_up, mix_by, resize, stretch
from frameloom.media.planes import Depth, Plane, Planes, dtype_of

Luma = NDArray[np.float32]
"""(H, W): samples of limited range over 255, or over 1020 where they have 10 bits."""

TILE_PX = 512
"""Longest side of a tile, without its border."""
_LANCZOS_REACH = 4
_REMEMBERED, _STEADIED = 8, 3
"""Pictures before a piece that are seen first, by recurrent networks and by others, so that no piece begins anew."""
_STEADY = np.zeros(256, np.float32)
_STEADY[:3] = 0.9, 0.8, 0.4
"""Share of what was shown before, by how much the surroundings of a place change, in levels of 8 bits."""


class Network(Protocol):
    """What makes luma larger, or only better where its scale is 1."""

    @property
    def scale(self) -> int:
        """Return how many times as wide and high its result is."""
        ...

    @property
    def radius(self) -> int:
        """Return how far it looks, in px of what it is given: no result depends on anything farther away."""
        ...

    @property
    def cell(self) -> int:
        """Return what places where a picture may be cut are multiples of."""
        ...

    @property
    def takes_levels(self) -> bool:
        """Return whether it was told how noisy and how compressed pictures are."""
        ...

    @property
    def recurrent(self) -> bool:
        """Return whether it looks at what it made of the picture before."""
        ...

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        """Return luma, (H, W), as (H * scale, W * scale).

        A recurrent one is given what it made of the picture before, with everything where it is now, if there was one.
        """
        ...


@dataclass(frozen=True)
class Lanczos:
    """No network: resampling with a windowed sinc of 8x8 px."""

    scale: int

    @property
    def radius(self) -> int:
        """Return how far it looks, in px."""
        return _LANCZOS_REACH

    @property
    def cell(self) -> int:
        """Return that it may be cut anywhere."""
        return 1

    @property
    def takes_levels(self) -> bool:
        """Return that it mends nothing."""
        return False

    @property
    def recurrent(self) -> bool:
        """Return that it does not look at the picture before."""
        return False

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        """Return luma in its larger size."""
        return stretch(luma, luma.shape[1] * self.scale, luma.shape[0] * self.scale, "lanczos")


def upscaling(network: Network, scale: int, strength: float = 1.0, tile_px: int = TILE_PX) -> Stage:
    """Return a stage that makes pictures larger.

    Args:
        network: sees their luma; where its scale is another, its result is resampled.
        scale: how many times as wide and high they become; with 1 they are only mended.
        strength: share of the network, in [0, 1]; the rest is Lanczos.
        tile_px: longest side of a tile.
    """
    is_network = not isinstance(network, Lanczos) and strength > 0

    def run(pictures: Iterator[Picture]) -> Iterator[Picture]:
        before: Planes | None = None
        made: Planes | None = None
        past = Past() if network.recurrent else None
        steady = Steady()
        for picture in pictures:
            now = picture.planes
            if before is None or made is None or not _are_equal(before, now):
                before, made = now, upscaled(now, network, scale, strength, tile_px, past)
                made = steady.shown(now, made) if is_network else made
            yield Picture(made, picture.time, picture.duration)

    seen = _REMEMBERED if network.recurrent else _STEADIED
    return Stage("upscale" if scale > 1 else "mend", run, seen if is_network else 0)


class Steady:
    """What hardly changes in the source stays as it was shown, but for a share: a network would sharpen its flicker.

    What is compared is what the picture shown was made of, which goes on as slowly, so that slow changes are not lost.
    """

    def __init__(self) -> None:
        self._shown: tuple[Plane, Plane] | None = None

    def shown(self, now: Planes, large: Planes) -> Planes:
        """Return a large picture of this one with what stays of those before."""
        source, luma = now.y, large.y
        if self._shown is not None and self._shown[0].shape == source.shape and self._shown[1].shape == luma.shape:
            was, shown = self._shown
            share = look_up(eight_bit(blur_box(difference(source, was), 1)), _STEADY)
            source = mix_by(source, was, share)
            luma = mix_by(luma, shown, stretch(share, large.width, large.height))
        self._shown = source, luma
        return replace(large, y=luma)


class Past:
    """What a recurrent network made of the picture before."""

    def __init__(self) -> None:
        self._watch = Watch()
        self._made: tuple[Plane, Luma] | None = None

    def seen_by(self, network: Network, plane: Plane, luma: Luma, tile_px: int) -> Luma:
        """Return what the network makes of luma, (H, W), the samples of a plane, after what it made before."""
        is_cut = self._watch.see(plane) is Change.CUT
        before = None
        if self._made is not None and not is_cut:
            was, large = self._made
            before = carried(large, way_back(plane, was))
        made = tiled(network, luma, tile_px, before)
        self._made = plane, made
        return made


def upscaled(
    picture: Planes,
    network: Network,
    scale: int,
    strength: float = 1.0,
    tile_px: int = TILE_PX,
    past: Past | None = None,
) -> Planes:
    """Return a picture scale times as wide and high; see `upscaling`. The past changes with it."""
    width, height = picture.width * scale, picture.height * scale
    levels = 255 << (picture.depth - 8)
    luma = cast(Luma, picture.y.astype(np.float32) / np.float32(levels))
    if not strength:
        large = luma
    elif past:
        large = past.seen_by(network, picture.y, luma, tile_px)
    else:
        large = tiled(network, luma, tile_px)
    if large.shape != (height, width):
        large = stretch(large, width, height, "area" if large.shape[0] > height else "lanczos")
    if 0 < strength < 1:
        plain = stretch(luma, width, height, "lanczos")
        large = plain + np.float32(strength) * (large - plain)
    u, v = (resize(plane, width // 2, height // 2, "cubic") for plane in (picture.u, picture.v))
    alpha = None if picture.alpha is None else resize(picture.alpha, width, height, "cubic")
    return Planes(_samples(large, picture.depth), u, v, alpha)


def tiled(network: Network, luma: Luma, tile_px: int = TILE_PX, before: Luma | None = None) -> Luma:
    """Return what a network makes of luma, (H, W), computed in tiles with sides of at most tile_px.

    Before is what it made of the picture before, (H * scale, W * scale), with everything where it is now.
    """
    height, width = luma.shape
    scale, reach = network.scale, network.radius
    if max(height, width) <= tile_px:
        return network(luma, before)
    large = np.empty((height * scale, width * scale), np.float32)
    for top, bottom in pairwise(_cuts(height, tile_px, network.cell)):
        for left, right in pairwise(_cuts(width, tile_px, network.cell)):
            above, aside = max(top - reach, 0), max(left - reach, 0)
            below, beside = bottom + reach, right + reach
            was = None
            if before is not None:
                was = np.ascontiguousarray(before[above * scale : below * scale, aside * scale : beside * scale])
            tile = network(np.ascontiguousarray(luma[above:below, aside:beside]), was)
            large[top * scale : bottom * scale, left * scale : right * scale] = tile[
                (top - above) * scale : (bottom - above) * scale, (left - aside) * scale : (right - aside) * scale
            ]
    return large


def _cuts(side: int, tile_px: int, cell: int = 1) -> list[int]:
    """Return where a side is cut so that all parts are about as long, none longer than a tile or one cell.

    >>> _cuts(1280, 512), _cuts(100, 512), _cuts(1280, 512, 2)
    ([0, 426, 853, 1280], [0, 100], [0, 426, 852, 1280])
    """
    cells = -(-side // cell)
    count = -(-cells // max(tile_px // cell, 1))
    return [*(cells * index // count * cell for index in range(count)), side]


def _samples(luma: Luma, depth: Depth) -> Plane:
    levels, most = 255 << (depth - 8), (1 << depth) - 1
    return cast(Plane, np.clip(np.rint(luma * np.float32(levels)), 0, most).astype(dtype_of(depth)))


def _are_equal(one: Planes, other: Planes) -> bool:
    pairs = (one.y, other.y), (one.u, other.u), (one.v, other.v), (one.alpha, other.alpha)
    return all(a is b or (a is not None and b is not None and np.array_equal(a, b)) for a, b in pairs)
