"""Pictures moved, turned, bent and seen at an angle: each place of the result comes from one in the source."""

from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.image.mixing import within_depth
from frameloom.media.image.scaling import METHODS, Smoothing
from frameloom.media.planes import Plane, Planes

Matrix = NDArray[np.float64]
"""(2, 3): where in the source a place of the result lies, in px of luma; the middle of a pixel has whole numbers."""

Edge = Literal["black", "repeat", "mirror"]
"""What lies outside a picture."""

_EDGES: dict[Edge, int] = {
    "black": cv2.BORDER_CONSTANT,
    "repeat": cv2.BORDER_REPLICATE,
    "mirror": cv2.BORDER_REFLECT_101,
}


def warp_planes(picture: Planes, matrix: Matrix, edge: Edge = "black", how: Smoothing = "linear") -> Planes:
    """Return a picture of the same size, moved, turned and scaled about by a matrix; alpha outside is 0."""
    to_luma = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])  # of a place in chroma, which lies amid four of luma
    for_chroma = (np.linalg.inv(to_luma) @ np.vstack([matrix, [0, 0, 1]]) @ to_luma)[:2]
    gain = 1 << (picture.depth - 8)
    black, grey = 16 * gain, 128 * gain
    u, v = (_warp(plane, for_chroma, edge, how, grey) for plane in (picture.u, picture.v))
    alpha = None if picture.alpha is None else _warp(picture.alpha, matrix, edge, how, 0)
    return Planes(_warp(picture.y, matrix, edge, how, black), u, v, alpha)


def window(picture: Planes, left: float, top: float, scale: float, width: int, height: int) -> Planes:
    """Return a part of an opaque picture as a picture of width x height px.

    Args:
        picture: what is looked at.
        left: where the part begins, in px of the picture, between them too.
        top: as left.
        scale: how many px of the picture one px of the result is wide; up to about 1.5, or it would flicker.
        width: of the result, even.
        height: of the result, even.
    """
    planes = []
    for plane, half in ((picture.y, 1), (picture.u, 2), (picture.v, 2)):
        shift = (scale - 1) / 2
        matrix = np.array([[scale, 0, left / half + shift], [0, scale, top / half + shift]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (width // half, height // half)
        planes.append(cast(Plane, cv2.warpAffine(plane, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)))
    return Planes(*planes)


def _warp(plane: Plane, matrix: Matrix, edge: Edge, how: Smoothing, outside: int) -> Plane:
    size = (plane.shape[1], plane.shape[0])
    flags = METHODS[how] | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(plane, matrix, size, flags=flags, borderMode=_EDGES[edge], borderValue=outside)
    return within_depth(cast(Plane, moved))


def place_planes(picture: Planes, matrix: Matrix, width: int, height: int) -> Planes:
    """Return what is seen of a picture in a window of another size, between pixels too; outside it alpha is 0."""
    to_luma = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    for_chroma = (np.linalg.inv(to_luma) @ np.vstack([matrix, [0, 0, 1]]) @ to_luma)[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    half = (width // 2, height // 2)
    y = cv2.warpAffine(picture.y, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    u, v = (
        cv2.warpAffine(plane, for_chroma, half, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        for plane in (picture.u, picture.v)
    )
    full = 255 if picture.depth == 8 else 1023
    alpha = np.full_like(picture.y, full) if picture.alpha is None else picture.alpha
    seen = cv2.warpAffine(alpha, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return Planes(cast(Plane, y), cast(Plane, u), cast(Plane, v), cast(Plane, seen))


def bend_planes(
    picture: Planes, x: NDArray[np.float32], y: NDArray[np.float32], edge: Edge = "mirror", how: Smoothing = "linear"
) -> Planes:
    """Return a picture whose places, (H, W), come from columns x and rows y of the source, in px of luma."""
    size = (x.shape[1] // 2, x.shape[0] // 2)
    half_x, half_y = ((cv2.resize(place, size, interpolation=cv2.INTER_AREA) - 0.5) / 2 for place in (x, y))

    def bent(plane: Plane, from_x: NDArray[Any], from_y: NDArray[Any]) -> Plane:
        return within_depth(cast(Plane, cv2.remap(plane, from_x, from_y, METHODS[how], borderMode=_EDGES[edge])))

    alpha = None if picture.alpha is None else bent(picture.alpha, x, y)
    return Planes(bent(picture.y, x, y), bent(picture.u, half_x, half_y), bent(picture.v, half_x, half_y), alpha)


def seen_at(corners_px: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """Return the (3, 3) matrix to a picture's places from those on a canvas where its corners, (4, 2), are seen.

    The corners go round from left top to left bottom, in px from the outer corner of the canvas.
    """
    own = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    return cast(NDArray[np.float64], cv2.getPerspectiveTransform((corners_px - 0.5).astype(np.float32), own))


def seen_planes(picture: Planes, matrix: NDArray[np.float64]) -> tuple[Planes, NDArray[np.float32]]:
    """Return a picture seen through a (3, 3) matrix of places in luma, and how much of each pixel it covers, (H, W)."""
    to_luma = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    for_chroma = np.linalg.inv(to_luma) @ matrix @ to_luma

    def seen(plane: NDArray[Any], how: NDArray[np.float64], border: int) -> Any:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpPerspective(plane, how, (plane.shape[1], plane.shape[0]), flags=flags, borderMode=border)

    u, v = (seen(plane, for_chroma, cv2.BORDER_REPLICATE) for plane in (picture.u, picture.v))
    y = seen(picture.y, matrix, cv2.BORDER_REPLICATE)
    alpha = None if picture.alpha is None else seen(picture.alpha, matrix, cv2.BORDER_REPLICATE)
    cover = seen(np.full(picture.y.shape, 255, np.uint8), matrix, cv2.BORDER_CONSTANT)
    return Planes(y, u, v, alpha), cover.astype(np.float32) / 255


def sample(table: NDArray[Any], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[Any]:
    """Return the table's values, (R, C) or (R, C, channels), at columns x and rows y between which it is linear."""
    return cast(NDArray[Any], cv2.remap(table, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def sample_at(table: NDArray[Any], places: NDArray[np.float32]) -> NDArray[Any]:
    """Return the table's values, (R, C) or (R, C, channels), at places (H, W, 2) of columns and rows; see `sample`."""
    return cast(NDArray[Any], cv2.remap(table, places, NONE, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def between_samples(plane: Plane, right: int, down: int) -> Plane:
    """Return the means of neighbours along the axes that are 1, not 0: one sample more there, the border repeated."""
    wide = cv2.copyMakeBorder(plane, down, down, right, right, cv2.BORDER_REPLICATE)
    if right:
        wide = cv2.addWeighted(wide[:, 1:], 0.5, wide[:, :-1], 0.5, 0)
    if down:
        wide = cv2.addWeighted(wide[1:], 0.5, wide[:-1], 0.5, 0)
    return cast(Plane, wide)


def fill_polygon(corners_px: NDArray[Any], width: int, height: int) -> NDArray[np.float32]:
    """Return the share of each pixel, (height, width), in a polygon, (N, 2); middles of pixels are whole numbers."""
    sharper = 4
    mask = np.zeros((height * sharper, width * sharper), np.uint8)
    fine = np.rint(((corners_px + 0.5) * sharper - 0.5) * 256).astype(np.int32)  # 8 bits after the point
    cv2.fillPoly(mask, [fine], 255, lineType=cv2.LINE_AA, shift=8)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    return cast(NDArray[np.float32], small.astype(np.float32) / 255)


NONE = cast(NDArray[Any], None)
"""OpenCV takes None for arrays that it may make itself; its types do not say so."""
