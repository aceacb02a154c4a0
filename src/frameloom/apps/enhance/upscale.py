r"""Larger pictures: a network sees luma, in tiles where it is large; colour, which the eye sees less of, is resampled.

    y --[0, 1]--> tiles --network--> joined --+-- strength --+-- steady --> y, scale times as wide and high
      |             +-- moved along flow <--+               |
      \-------------- Lanczos --------------+               |
    u, v --cubic--------------------------------------------+------------> u, v

A recurrent network sees what it made of the picture before, with all that moves where it is now; a cut begins anew.
What hardly changes in the source stays nearly as it was. A picture that equals the one before is not computed again.
"""

from collections.abc import Iterator
from typing import cast

import numpy as np

from frameloom.apps.enhance.network import Lanczos, Luma, Network
from frameloom.apps.enhance.past import REMEMBERED, STEADIED, Past, Steady
from frameloom.apps.enhance.stages import Stage
from frameloom.apps.enhance.tiles import TILE_PX, tiled
from frameloom.media.files.source import Picture
from frameloom.media.image import resize, samples, stretch
from frameloom.media.planes import Planes


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

    seen = REMEMBERED if network.recurrent else STEADIED
    return Stage("upscale" if scale > 1 else "mend", run, seen if is_network else 0)


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
    return Planes(samples(large, levels, picture.depth), u, v, alpha)


def _are_equal(one: Planes, other: Planes) -> bool:
    pairs = (one.y, other.y), (one.u, other.u), (one.v, other.v), (one.alpha, other.alpha)
    return all(a is b or (a is not None and b is not None and np.array_equal(a, b)) for a, b in pairs)
