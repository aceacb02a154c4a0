"""Who looks at us: the one face of a picture that is followed.

largest face; the one nearest to the last picture's, unless another is half as large again
"""

from dataclasses import dataclass
from math import hypot

from frameloom.media.faces import find_faces
from frameloom.media.image import Rgb

SURE = 0.8
"""Least chance of a face. Of birds, drawings and bright spots in test films none was surer than .75."""
LARGER = 1.5
"""By how many times another face must be as high to be followed in place of the last one."""


@dataclass(frozen=True)
class Facing:
    """A face in a picture, in shares of it."""

    size: float
    """Its height as a share of the picture's; 0 where there is none."""
    x: float
    y: float
    """Its middle, in shares of width and height."""


NOBODY = Facing(0.0, 0.5, 0.5)


def facing(rgb: Rgb, before: Facing = NOBODY) -> Facing:
    """Return the face that is followed, after the one that was followed before."""
    height, width = rgb.shape[:2]
    found = [
        Facing(face.height / height, face.center[0] / width, face.center[1] / height) for face in find_faces(rgb, SURE)
    ]
    if not found:
        return NOBODY
    if not before.size:
        return found[0]
    nearest = min(found, key=lambda one: hypot(one.x - before.x, one.y - before.y))
    return found[0] if found[0].size > LARGER * nearest.size else nearest
