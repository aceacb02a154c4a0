"""Whether two films can be one film before and after: as long, of the same shape, and showing the same."""

from fractions import Fraction
from itertools import islice

import numpy as np

from frameloom.core.errors import MediaError
from frameloom.core.times import clock
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.source import PictureForm, read_pictures

_GLANCES = (Fraction(1, 6), Fraction(1, 2), Fraction(5, 6))
"""Moments of a film at which it is looked what it shows."""
_LENGTH_S, _LENGTH_SHARE = Fraction(1), Fraction(1, 50)
"""By how many seconds, or which share of it, the length of a film may change."""
_SHAPE_SHARE = 0.05
_GLANCE_PX = 32, 18
"""Size in which it is looked whether two films show the same."""
_ALIKE = 0.5
"""Correlation of lightness at one of some moments, from which on they do."""


def check_match(one: MediaInfo, other: MediaInfo) -> None:
    """Refuse a film that cannot have been made of another: it lasts longer or shorter, or has another shape.

    Raises:
        MediaError: says which.
    """
    lasts, other_lasts = one.duration, other.duration
    if abs(lasts - other_lasts) > max(_LENGTH_S, lasts * _LENGTH_SHARE):
        raise MediaError(
            f"{other.path}: {clock(other_lasts)} long, and {one.path} {clock(lasts)}; "
            "give a film and what was made of it"
        )
    if abs(other.width * one.height - one.width * other.height) > _SHAPE_SHARE * one.width * other.height:
        raise MediaError(
            f"{other.path}: {other.width}x{other.height} px is another shape than {one.width}x{one.height} px of "
            f"{one.path}; give a film and what was made of it"
        )


def unlike(one: MediaInfo, other: MediaInfo) -> str:
    """Return a note if two films show other things at the same moments; nothing if they do not."""
    begins, form = (one.videos[0].start, other.videos[0].start), PictureForm(*_GLANCE_PX)
    found: list[float] = []
    for share in _GLANCES:
        moment = share * one.videos[0].duration
        lumas = [
            picture.planes.y.astype(np.float64)
            for info, begin in zip((one, other), begins, strict=True)
            for picture in islice(read_pictures(info.path, begin + moment, begin + moment, form), 1)
        ]
        if len(lumas) == 2 and min(luma.std() for luma in lumas) > 1:
            found.append(float(np.corrcoef(lumas[0].ravel(), lumas[1].ravel())[0, 1]))
    if not found or max(found) >= _ALIKE:
        return ""
    return f"{other.path}: looks unlike {one.path} at the same moments; are they the same film?"
