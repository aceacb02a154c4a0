"""Networks on large pictures, in tiles without seams.

A tile is given with a border as wide as the network looks, and its result is cut to what lies within: tiles and the
whole give the same.
"""

from itertools import pairwise

import numpy as np

from frameloom.apps.enhance.network import Luma, Network

TILE_PX = 512
"""Longest side of a tile, without its border."""


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
