"""Fast operations on planes: the only place that touches OpenCV.

Each returns new arrays of the type it was given (uint8, or uint16 with 10 bits) and keeps to straight, readable steps.
"""

import math
from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.planes import ColorName, Depth, Plane, Planes, rgb_to_yuv_matrix

Rgb = NDArray[np.uint8]
"""Picture, (H, W, 3), or with straight alpha (H, W, 4)."""

Smoothing = Literal["nearest", "linear", "cubic", "area", "lanczos"]

_METHODS: dict[Smoothing, int] = {
    "nearest": cv2.INTER_NEAREST,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos": cv2.INTER_LANCZOS4,
}


def mix(a: Plane, b: Plane, weight: float) -> Plane:
    """Return a where weight is 0, b where it is 1, and the sum in shares between."""
    return cast(Plane, cv2.addWeighted(a, 1 - weight, b, weight, 0))


def mix_by(a: Plane, b: Plane, weight: NDArray[np.float32]) -> Plane:
    """Return a where weight, (H, W) in [0, 1], is 0 and b where it is 1."""
    if a.dtype == np.uint8:
        return cast(Plane, cv2.blendLinear(a, b, 1 - weight, weight))
    change = cv2.multiply(cv2.subtract(b, a, dtype=cv2.CV_32F), weight)  # blendLinear knows 8 bits and floats only
    return cast(Plane, cv2.add(a, change, dtype=cv2.CV_16U))


def resize(
    plane: NDArray[np.uint8] | NDArray[np.uint16], width: int, height: int, how: Smoothing | None = None
) -> Plane:
    """Return a plane in another size; without a method, areas are averaged when it shrinks, else cubic."""
    if plane.shape[:2] == (height, width):
        return plane
    chosen: Smoothing = how or ("area" if width <= plane.shape[1] and height <= plane.shape[0] else "cubic")
    return within_depth(cast(Plane, cv2.resize(plane, (width, height), interpolation=_METHODS[chosen])))


def resize_planes(picture: Planes, width: int, height: int, how: Smoothing | None = None) -> Planes:
    """Return a picture in another size, both sides even; in its own, the very same object."""
    if (picture.width, picture.height) == (width, height):
        return picture
    half = (width // 2, height // 2)
    alpha = None if picture.alpha is None else resize(picture.alpha, width, height, how)
    u, v = resize(picture.u, *half, how), resize(picture.v, *half, how)
    return Planes(resize(picture.y, width, height, how), u, v, alpha)


def resize_rgb(rgb: Rgb, width: int, height: int) -> Rgb:
    """Return RGB in another size, each pixel the mean of what it covers."""
    return cast(Rgb, cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA))


def to_rgb(picture: Planes, color: ColorName = "bt709") -> Rgb:
    """Return RGB of 8 bits, (H, W, 3); alpha is left out."""
    y, u, v = picture.y, picture.u, picture.v
    if picture.depth == 10:
        y, u, v = (eight_bit(plane) for plane in (y, u, v))
    size = (picture.width, picture.height)
    packed = cv2.merge([y, cv2.resize(u, size), cv2.resize(v, size)])
    forward = rgb_to_yuv_matrix(color)
    back = np.linalg.inv(forward[:, :3])
    matrix = np.concatenate([back, -(back @ forward[:, 3:]) * 255], axis=1)
    return cast(Rgb, cv2.transform(packed, matrix))


def from_rgb(rgb: Rgb, depth: Depth = 8, color: ColorName = "bt709") -> Planes:
    """Return planes of RGB or RGBA of 8 bits whose sides are even; RGBA gives alpha."""
    forward = rgb_to_yuv_matrix(color)
    gain = 1 << (depth - 8)
    matrix = np.concatenate([forward[:, :3], forward[:, 3:] * 255], axis=1) * gain
    source = np.ascontiguousarray(rgb[..., :3])
    packed = cv2.transform(source if depth == 8 else source.astype(np.uint16), matrix)
    y, u, v = cast(list[Plane], cv2.split(packed))
    half = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    u, v = (resize(plane, *half, "area") for plane in (u, v))
    if rgb.shape[2] == 3:
        return Planes(y, u, v)
    alpha = np.ascontiguousarray(rgb[..., 3])
    return Planes(y, u, v, alpha if depth == 8 else (alpha.astype(np.uint32) * 1023 // 255).astype(np.uint16))


def without_alpha(rgba: Rgb) -> Rgb:
    """Return RGB of contiguous RGBA, its first three channels as they are."""
    return cast(Rgb, cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB))


def from_premultiplied(rgba: Rgb, color: ColorName = "bt709") -> Planes:
    """Return planes of 8 bits of RGBA with its alpha multiplied in, sides even; chroma is a mean by alpha."""
    packed = cv2.transform(np.ascontiguousarray(rgba), rgb_to_yuv_matrix(color))  # what is added is multiplied in too
    y, u, v = cast(list[Plane], cv2.split(packed))
    alpha = np.ascontiguousarray(rgba[..., 3])
    half = (rgba.shape[1] // 2, rgba.shape[0] // 2)
    u, v, share = (resize(plane, *half, "area") for plane in (u, v, alpha))
    y = cast(Plane, cv2.divide(y, alpha, scale=255))
    u, v = (cast(Plane, cv2.divide(plane, share, scale=255)) for plane in (u, v))
    return Planes(y, u, v, alpha)


# What effects need


def within_depth(plane: Plane) -> Plane:
    """Return a plane whose 10-bit samples end at 1023: OpenCV's own limit is that of 16 bits."""
    return plane if plane.dtype == np.uint8 else np.minimum(plane, np.uint16(1023))


def mix_planes_by(a: Planes, b: Planes, weight: NDArray[np.float32]) -> Planes:
    """Return picture a where weight, (H, W) in [0, 1], is 0 and b where it is 1; alpha stays that of a."""
    half = cast(NDArray[np.float32], cv2.resize(weight, (a.u.shape[1], a.u.shape[0]), interpolation=cv2.INTER_AREA))
    return Planes(mix_by(a.y, b.y, weight), mix_by(a.u, b.u, half), mix_by(a.v, b.v, half), a.alpha)


def look_up(plane: Plane, table: NDArray[Any]) -> NDArray[Any]:
    """Return table[sample] for each sample; a table has 256 entries for 8 bits and 1024 for 10, of any type."""
    if plane.dtype == np.uint8:
        return cast(NDArray[Any], cv2.LUT(plane, table))
    return np.take(table, plane, mode="clip")


def add_scaled(a: NDArray[Any], b: NDArray[Any], a_share: float, b_share: float, rest: float = 0.0) -> Plane:
    """Return a times its share plus b times its share plus the rest, of the type of a, cut off at its limits."""
    kind = cv2.CV_8U if a.dtype == np.uint8 else cv2.CV_16U
    return within_depth(cast(Plane, cv2.addWeighted(a, a_share, b, b_share, rest, dtype=kind)))


def scaled(plane: Plane, factor: NDArray[np.float32], pivot: float = 0.0) -> Plane:
    """Return pivot + (sample - pivot) * factor, with a factor for each place, (H, W)."""
    kind = cv2.CV_8U if plane.dtype == np.uint8 else cv2.CV_16U
    if not pivot:
        return within_depth(cast(Plane, cv2.multiply(plane, factor, dtype=kind)))
    product = cv2.multiply(plane, factor, dtype=cv2.CV_32F)
    return within_depth(cast(Plane, cv2.addWeighted(product, 1, factor, -pivot, pivot, dtype=kind)))


def samples(field: NDArray[np.float32], levels: int, depth: Depth) -> Plane:
    """Return a float field, (H, W), times so many levels, as samples of a depth, rounded and cut off at its limits."""
    kind = cv2.CV_8U if depth == 8 else cv2.CV_16U
    return within_depth(cast(Plane, cv2.addWeighted(field, levels, field, 0, 0, dtype=kind)))


def stretch(field: NDArray[np.float32], width: int, height: int, how: Smoothing = "linear") -> NDArray[np.float32]:
    """Return a float field, (h, w), in another size."""
    return cast(NDArray[np.float32], cv2.resize(field, (width, height), interpolation=_METHODS[how]))


def sample(table: NDArray[Any], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[Any]:
    """Return the table's values, (R, C) or (R, C, channels), at columns x and rows y between which it is linear."""
    return cast(NDArray[Any], cv2.remap(table, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def sample_at(table: NDArray[Any], places: NDArray[np.float32]) -> NDArray[Any]:
    """Return the table's values, (R, C) or (R, C, channels), at places (H, W, 2) of columns and rows; see `sample`."""
    return cast(NDArray[Any], cv2.remap(table, places, _NONE, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


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
    flags = _METHODS[how] | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(plane, matrix, size, flags=flags, borderMode=_EDGES[edge], borderValue=outside)
    return within_depth(cast(Plane, moved))


def blur(plane: NDArray[Any], sigma: float) -> NDArray[Any]:
    """Return a plane or float field blurred by a Gaussian of this deviation in px; wide ones on a smaller copy."""
    if sigma <= 0:
        return plane
    factor = 1
    while sigma / factor > 5 and min(plane.shape[:2]) // (2 * factor) >= 4:
        factor *= 2
    if factor == 1:
        return cast(NDArray[Any], cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
    height, width = plane.shape[:2]
    small = cv2.resize(plane, (-(-width // factor), -(-height // factor)), interpolation=cv2.INTER_AREA)
    # A mean over f px has the variance (f^2 - 1) / 12, and going back by straight lines (f^2 - 1) / 6.
    left = max(sigma**2 - (factor**2 - 1) / 4, 0.01) ** 0.5 / factor
    small = cv2.GaussianBlur(small, (0, 0), left, borderType=cv2.BORDER_REPLICATE)
    return cast(NDArray[Any], cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def blur_box(plane: Plane, radius: int) -> Plane:
    """Return the mean of the square of 2 * radius + 1 px about each sample."""
    side = 2 * radius + 1
    return cast(Plane, cv2.blur(plane, (side, side), borderType=cv2.BORDER_REPLICATE)) if radius else plane


def blur_along(plane: Plane, across: float, down: float) -> Plane:
    """Return the mean along a line of this many px about each sample, made by halves: each step doubles the line."""
    length = math.hypot(across, down)
    steps = max(math.ceil(math.log2(max(length, 1))), 0)
    margin = math.ceil(length / 2) + 2
    height, width = plane.shape
    result = cv2.copyMakeBorder(plane, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    for step in range(steps):
        share = 2 ** (step - steps)
        ahead = round(across * share / 2), round(down * share / 2)
        behind = ahead[0] - round(across * share), ahead[1] - round(down * share)
        result = cv2.addWeighted(_shifted(result, *ahead), 0.5, _shifted(result, *behind), 0.5, 0)
    return cast(Plane, np.ascontiguousarray(result[margin : margin + height, margin : margin + width]))


def _shifted(plane: NDArray[Any], across: int, down: int) -> NDArray[Any]:
    """Return a plane moved by whole px; what comes in at its border is its border again."""
    top, bottom, left, right = (max(part, 0) for part in (down, -down, across, -across))
    wide = cv2.copyMakeBorder(plane, top, bottom, left, right, cv2.BORDER_REPLICATE)
    return cast(NDArray[Any], wide[bottom : bottom + plane.shape[0], right : right + plane.shape[1]])


def smooth_keeping_edges(plane: Plane, spread: float, diameter: int = 5) -> Plane:
    """Return a plane through a bilateral filter, which leaves apart what differs by more than the spread (of 255)."""
    if plane.dtype == np.uint8:
        return cast(Plane, cv2.bilateralFilter(plane, diameter, spread, diameter / 2))
    floats = cv2.bilateralFilter(plane.astype(np.float32), diameter, spread * 4, diameter / 2)
    return cast(Plane, np.rint(floats).astype(np.uint16))


# What moves between two pictures; all of luma, uint8

Points = NDArray[np.float32]
"""(N, 2): x and y in px."""

_NONE = cast(NDArray[Any], None)
"""OpenCV takes None for arrays that it may make itself; its types do not say so."""


def eight_bit(plane: Plane) -> NDArray[np.uint8]:
    """Return a plane in 8 bits."""
    return cast(NDArray[np.uint8], plane if plane.dtype == np.uint8 else cv2.convertScaleAbs(plane, alpha=0.25))


def corners(luma: NDArray[np.uint8], most: int, apart: float, where: NDArray[np.uint8] | None = None) -> Points:
    """Return up to so many corners, (N, 2), at least so many px apart, where the mask, (H, W), is not 0."""
    found = cv2.goodFeaturesToTrack(luma, most, 0.01, apart, mask=where)
    return np.zeros((0, 2), np.float32) if found is None else cast(Points, found.reshape(-1, 2))


def follow(before: NDArray[np.uint8], after: NDArray[np.uint8], points: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Return where points, (N, 2), have gone, and which came back within half a px when followed backwards."""
    if not len(points):
        return points, np.zeros(0, bool)
    there, seen = _follow(before, after, points)
    back, seen_back = _follow(after, before, there)
    return there, seen & seen_back & (np.linalg.norm(back - points, axis=1) < 0.5)


def _follow(before: NDArray[np.uint8], after: NDArray[np.uint8], points: Points) -> tuple[Points, NDArray[np.bool_]]:
    start = np.ascontiguousarray(points.reshape(-1, 1, 2))
    there, seen, _ = cv2.calcOpticalFlowPyrLK(before, after, start, _NONE, winSize=(15, 15), maxLevel=3)
    return cast(Points, there.reshape(-1, 2)), cast(NDArray[np.bool_], seen.ravel() == 1)


def similarity(before: Points, after: Points, tolerance: float = 1.0) -> tuple[Matrix, float] | None:
    """Return the move, turn and scale, (2, 3), that takes most points along, and their share; None if none does."""
    if len(before) < 4:
        return None
    cv2.setRNGSeed(0)
    matrix, inliers = cv2.estimateAffinePartial2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=tolerance)
    return None if matrix is None else (cast(Matrix, matrix), float(inliers.mean()))


def best_match(luma: NDArray[np.uint8], pattern: NDArray[np.uint8]) -> tuple[int, int, float]:
    """Return left and top of where a pattern fits best, and its correlation there, in [-1, 1]."""
    _, best, _, place = cv2.minMaxLoc(cv2.matchTemplate(luma, pattern, cv2.TM_CCOEFF_NORMED))
    return int(place[0]), int(place[1]), float(best)


Effort = Literal["ultrafast", "fast", "medium"]
"""How finely flow is looked for: down to a quarter of the size, the same with more care, or down to half of it."""

_EFFORTS: dict[Effort, int] = {
    "ultrafast": cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST,
    "fast": cv2.DISOPTICAL_FLOW_PRESET_FAST,
    "medium": cv2.DISOPTICAL_FLOW_PRESET_MEDIUM,
}


def flow(before: NDArray[np.uint8], after: NDArray[np.uint8], effort: Effort = "medium") -> NDArray[np.float32]:
    """Return how far each pixel of the first goes to reach the second, (H, W, 2) of x and y in px.

    Source: Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016.
    """
    search = cv2.DISOpticalFlow.create(_EFFORTS[effort])
    pictures = np.ascontiguousarray(before), np.ascontiguousarray(after)  # views with gaps are refused
    return cast(NDArray[np.float32], search.calc(*pictures, _NONE))


# What transitions need


def difference(a: Plane, b: Plane) -> Plane:
    """Return by how much samples differ."""
    return cast(Plane, cv2.absdiff(a, b))


def blur_rectangle(plane: Plane, width: int, height: int) -> Plane:
    """Return the mean of the rectangle of this size in px about each sample; the picture is mirrored at its border."""
    return cast(Plane, cv2.blur(plane, (width, height), borderType=cv2.BORDER_REFLECT_101))


def blur_disc(field: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Return the mean of the disc of this radius in px about each place, as a lens out of focus makes it."""
    reach = int(radius + 1)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    kernel = (disc / disc.sum()).astype(np.float32)
    return cast(NDArray[np.float32], cv2.filter2D(field, -1, kernel, borderType=cv2.BORDER_REFLECT))


def bend_planes(
    picture: Planes, x: NDArray[np.float32], y: NDArray[np.float32], edge: Edge = "mirror", how: Smoothing = "linear"
) -> Planes:
    """Return a picture whose places, (H, W), come from columns x and rows y of the source, in px of luma."""
    size = (x.shape[1] // 2, x.shape[0] // 2)
    half_x, half_y = ((cv2.resize(place, size, interpolation=cv2.INTER_AREA) - 0.5) / 2 for place in (x, y))

    def bent(plane: Plane, from_x: NDArray[Any], from_y: NDArray[Any]) -> Plane:
        return within_depth(cast(Plane, cv2.remap(plane, from_x, from_y, _METHODS[how], borderMode=_EDGES[edge])))

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


# What blending needs


def rgb_shares(picture: Planes, color: ColorName = "bt709") -> NDArray[np.float32]:
    """Return R'G'B' as shares of white, float in [0, 1], (H, W, 3), of either depth; alpha is left out."""
    size = (picture.width, picture.height)
    y, u, v = (cv2.resize(plane, size) for plane in (picture.y, picture.u, picture.v))
    packed = cv2.merge([y, u, v]).astype(np.float32)
    forward = rgb_to_yuv_matrix(color)
    back = np.linalg.inv(forward[:, :3])
    gain = 255 << (picture.depth - 8)
    matrix = np.concatenate([back / gain, -(back @ forward[:, 3:])], axis=1)
    return np.clip(cast(NDArray[np.float32], cv2.transform(packed, matrix)), 0, 1)


def add_rgb_change(picture: Planes, change: NDArray[np.float32], color: ColorName = "bt709") -> Planes:
    """Return a picture with a change of its R'G'B', (H, W, 3), in shares of white, added to its planes."""
    gain = 255 << (picture.depth - 8)
    y, u, v = cv2.split(cv2.transform(change, rgb_to_yuv_matrix(color)[:, :3] * gain))
    half = (picture.u.shape[1], picture.u.shape[0])
    kind = cv2.CV_8U if picture.depth == 8 else cv2.CV_16U

    def added(plane: Plane, part: NDArray[Any]) -> Plane:
        return within_depth(cast(Plane, cv2.add(plane, part, dtype=kind)))

    u, v = (cv2.resize(part, half, interpolation=cv2.INTER_AREA) for part in (u, v))
    return Planes(added(picture.y, y), added(picture.u, u), added(picture.v, v), picture.alpha)


def between_samples(plane: Plane, right: int, down: int) -> Plane:
    """Return the means of neighbours along the axes that are 1, not 0: one sample more there, the border repeated."""
    wide = cv2.copyMakeBorder(plane, down, down, right, right, cv2.BORDER_REPLICATE)
    if right:
        wide = cv2.addWeighted(wide[:, 1:], 0.5, wide[:, :-1], 0.5, 0)
    if down:
        wide = cv2.addWeighted(wide[1:], 0.5, wide[:-1], 0.5, 0)
    return cast(Plane, wide)


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


def fill_polygon(corners_px: NDArray[Any], width: int, height: int) -> NDArray[np.float32]:
    """Return the share of each pixel, (height, width), in a polygon, (N, 2); middles of pixels are whole numbers."""
    sharper = 4
    mask = np.zeros((height * sharper, width * sharper), np.uint8)
    fine = np.rint(((corners_px + 0.5) * sharper - 0.5) * 256).astype(np.int32)  # 8 bits after the point
    cv2.fillPoly(mask, [fine], 255, lineType=cv2.LINE_AA, shift=8)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    return cast(NDArray[np.float32], small.astype(np.float32) / 255)
