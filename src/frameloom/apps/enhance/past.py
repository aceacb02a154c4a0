"""What is remembered from picture to picture, so that nothing flickers that stands.

    made before --moved along flow--> what a recurrent network sees beside luma
    shown before --where the source hardly changes--> stays, but for a share

The first helps the network to tell noise from what is there; the second keeps what it makes from dancing.
"""

from dataclasses import replace

import numpy as np

from frameloom.apps.enhance.network import Luma, Network
from frameloom.apps.enhance.tiles import tiled
from frameloom.media.changes import Change, Watch
from frameloom.media.flow import carried, way_back
from frameloom.media.image import blur_box, difference, eight_bit, look_up, mix_by, stretch
from frameloom.media.planes import Plane, Planes

REMEMBERED, STEADIED = 8, 3
"""Pictures before a piece that are seen first, by recurrent networks and by others, so that no piece begins anew."""

_STEADY = np.zeros(256, np.float32)
_STEADY[:3] = 0.9, 0.8, 0.4
"""Share of what was shown before, by how much the surroundings of a place change, in levels of 8 bits."""


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
