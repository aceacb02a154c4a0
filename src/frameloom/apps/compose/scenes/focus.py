"""What of a picture stays in sight where it is cut to a frame: faces, else what stands out.

    picture --faces, else colours and details that are rare--> what matters + form of the frame --> Cut

A face gets air above it and stands a little above the middle, as in a picture that is taken of it.

Source: Hou & Zhang, "Saliency Detection: A Spectral Residual Approach", CVPR 2007, for details.
Differs from it: of OKLab's three parts instead of grey, weighed by how far a colour is from the picture's mean, and by
how near to its middle.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.watching import to_oklab
from frameloom.media.faces import Face, find_faces
from frameloom.media.image import Rgb, blur, resize_rgb

Place = tuple[float, float]
"""x and y as shares of a picture's width and height."""

_FACE_PX, _DETAIL_PX = 640, 64
"""Longer side of the picture in which faces and details are looked for."""
_SURE = 0.8
"""Chance of a face, below which it may be an animal or a bright spot."""
_OF_LARGEST = 0.5
"""Height of the largest face that others have at least that are kept in sight with it."""
_ABOVE, _BELOW, _BESIDE = 0.6, 0.4, 0.25
"""What is kept about faces: hair, chin and ears, as shares of their height and width."""
_FACE_AT = 0.42
"""Share of the frame's height at which the middle of a face stands."""
_RARE = 0.85
"""Share of a picture that does not stand out."""


@dataclass(frozen=True)
class Cut:
    """What of a picture is shown, and where zooming goes."""

    left: float
    top: float
    right: float
    bottom: float
    """In px of the picture."""
    aim: Place
    """As shares of what is shown."""


def cut_of(picture: Rgb, form: float, x: float | None = None, y: float | None = None) -> Cut:
    """Return the largest part of a picture in a form that keeps in sight what matters.

    Args:
        picture: RGB, (H, W, 3).
        form: width by height of the frame.
        x: what matters, as a share of the picture's width; found if left out.
        y: the same for its height.

    Raises:
        MediaError: the net that finds faces is not in the package.
    """
    high, wide = picture.shape[:2]
    part = min(1.0, high * form / wide), min(1.0, wide / form / high)
    middle, aim = (0.5, 0.5), (0.5, 0.5)
    if x is None or y is None:
        middle, aim = _found(picture, part)
    if x is not None:
        middle, aim = (x, middle[1]), (x, aim[1])
    if y is not None:
        middle, aim = (middle[0], y), (aim[0], y)
    left, top = (min(max(at - size / 2, 0.0), 1 - size) for at, size in zip(middle, part, strict=True))
    shown = tuple(
        min(max((at - begin) / size, 0.0), 1.0) for at, begin, size in zip(aim, (left, top), part, strict=True)
    )
    return Cut(left * wide, top * high, (left + part[0]) * wide, (top + part[1]) * high, (shown[0], shown[1]))


def _found(picture: Rgb, part: Place) -> tuple[Place, Place]:
    """Return the middle of what to show of a picture, so large a part of it, and what is to be seen there."""
    small = _at_most(picture, _FACE_PX)
    faces = find_faces(small, _SURE)
    if not faces:
        place = standing_out(picture)
        return place, place
    size = small.shape[1], small.shape[0]
    box = _about([one for one in faces if one.height >= faces[0].height * _OF_LARGEST], size)
    if any(end - begin > room for begin, end, room in zip(box[:2], box[2:], part, strict=True)):
        box = _about(faces[:1], size)
    aim = (box[0] + box[2]) / 2, box[1] + (box[3] - box[1]) * (_ABOVE + 0.5) / (_ABOVE + 1 + _BELOW)
    middle = (box[1] + box[3]) / 2
    if box[3] - box[1] <= part[1]:  # hair must not be cut off
        middle = min(aim[1] + part[1] * (0.5 - _FACE_AT), box[1] + part[1] / 2)
    return (aim[0], middle), aim


def _about(faces: list[Face], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the box about faces with their hair, chins and ears, as shares of a picture of so many px."""
    sides = [
        (
            (one.left - one.width * _BESIDE) / size[0],
            (one.top - one.height * _ABOVE) / size[1],
            (one.right + one.width * _BESIDE) / size[0],
            (one.bottom + one.height * _BELOW) / size[1],
        )
        for one in faces
    ]
    lefts, tops, rights, bottoms = zip(*sides, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def standing_out(picture: Rgb) -> Place:
    """Return the middle of what stands out of a picture: its rare colours and details, near its middle."""
    lab = to_oklab(_at_most(picture, _DETAIL_PX))
    high, wide = lab.shape[:2]
    apart = blur(np.linalg.norm(lab - lab.mean(axis=(0, 1)), axis=-1).astype(np.float32), 1.5)
    rows, columns = (np.mgrid[:high, :wide] + 0.5) / np.array([high, wide])[:, None, None]
    near = np.exp(-(((columns - 0.5) / 0.5) ** 2 + ((rows - 0.5) / 0.5) ** 2))
    weight = apart * blur(_residual(lab), 2) * near
    weight = np.where(weight >= np.quantile(weight, _RARE), weight, 0)
    total = float(weight.sum())
    if total < 1e-9:  # a picture of one colour
        return 0.5, 0.5
    return float((columns * weight).sum()) / total, float((rows * weight).sum()) / total


def _residual(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how rare the details at each place are, (h, w): what is left of the spectrum without its smooth course."""
    high, wide = lab.shape[:2]
    mirrored = np.pad(lab, ((high // 2,) * 2, (wide // 2,) * 2, (0, 0)), mode="reflect")  # else borders stand out
    total = np.zeros((high, wide), np.float32)
    for part in np.moveaxis(mirrored, -1, 0):
        spectrum = np.fft.fft2(part)
        log = np.log(np.abs(spectrum) + 1e-6)
        smooth = sum(np.roll(log, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)) / 9
        back = np.abs(np.fft.ifft2(np.exp(log - smooth + 1j * np.angle(spectrum)))) ** 2
        total += back[high // 2 : high // 2 + high, wide // 2 : wide // 2 + wide].astype(np.float32)
    return total


def _at_most(picture: Rgb, longest: int) -> Rgb:
    high, wide = picture.shape[:2]
    factor = min(1.0, longest / max(high, wide))
    return resize_rgb(picture, max(1, round(wide * factor)), max(1, round(high * factor)))
