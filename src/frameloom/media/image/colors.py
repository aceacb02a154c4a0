"""RGB and planes, one into the other; chroma has half the size."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.image.mixing import within_depth
from frameloom.media.image.scaling import resize
from frameloom.media.planes import ColorName, Depth, Plane, Planes, Rgb, rgb_to_yuv_matrix


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


def eight_bit(plane: Plane) -> NDArray[np.uint8]:
    """Return a plane in 8 bits."""
    return cast(NDArray[np.uint8], plane if plane.dtype == np.uint8 else cv2.convertScaleAbs(plane, alpha=0.25))
