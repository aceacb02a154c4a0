"""Pictures of 48x27 px, all of them stretched to this size: enough to see where shots begin, and cheap to keep.

    planes (Y, U, V) --area means--> (3, 27, 48)

Source: the size, Soucek & Lokoc, "TransNet V2", arXiv:2008.04838, section 3.1.
Differs from it: planes as decoded, not RGB.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.media.image import Smoothing, eight_bit, resize
from frameloom.media.planes import Plane, Planes

WIDTH, HEIGHT = 48, 27

_ROWS = 6
"""At least so many rows of a picture are looked at for each row of the small one; the others would cost time alone."""

Thumb = NDArray[np.uint8]
"""Y, U and V of 8 bits in limited range, (3, 27, 48)."""


def thumb_of(picture: Planes) -> Thumb:
    """Return the small picture; alpha is left out."""
    planes = (eight_bit(_shrunk(plane)) for plane in (picture.y, picture.u, picture.v))
    return np.stack(list(planes))


def _shrunk(plane: Plane) -> Plane:
    how: Smoothing = "area" if plane.shape[0] >= HEIGHT and plane.shape[1] >= WIDTH else "linear"
    step = max(plane.shape[0] // (_ROWS * HEIGHT), 1)
    return resize(plane[::step], WIDTH, HEIGHT, how)
