"""Glyphs to pixels: coverage of outlines, pictures of emoji, borders and soft shadows.

    outlines --exact area of each pixel--> coverage --largest within a disc--> border --blur--> shadow

Outlines are filled and layers painted by HarfBuzz (hb-raster); pictures are scaled by pillow.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import uharfbuzz as harfbuzz  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from frameloom.core.errors import MediaError
from frameloom.media.text.faces import Face, picture_of

Coverage = NDArray[np.uint8]
"""Share of each pixel that is covered, (H, W), 0 to 255."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in px; y downwards."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One glyph to draw: where its origin lies in px, y downwards."""

    face: Face
    number: int
    x: float
    y: float


def ink_box(spots: Iterable[Spot], size: float) -> Box | None:
    """Return the box, in whole px, outside of which no glyph leaves ink; None when there is none at all."""
    lefts, tops, rights, bottoms = [], [], [], []
    for spot in spots:
        extents = spot.face.font.get_glyph_extents(spot.number)
        if extents is None or not extents.width or not extents.height:
            continue
        unit = size / spot.face.units
        lefts.append(spot.x + extents.x_bearing * unit)
        tops.append(spot.y - extents.y_bearing * unit)
        rights.append(spot.x + (extents.x_bearing + extents.width) * unit)
        bottoms.append(spot.y - (extents.y_bearing + extents.height) * unit)
    if not lefts:
        return None
    return (
        math.floor(min(lefts)) - 1,
        math.floor(min(tops)) - 1,
        math.ceil(max(rights)) + 1,
        math.ceil(max(bottoms)) + 1,
    )


def fill_outlines(spots: Iterable[Spot], size: float, box: Box) -> Coverage:
    """Return the coverage of all glyphs that are shapes of one colour, in a box."""
    left, top, right, bottom = box
    raster = harfbuzz.RasterDraw()
    for spot in spots:
        unit = size / spot.face.units
        raster.transform = (unit, 0, 0, unit, spot.x - left, bottom - spot.y)
        raster.draw_glyph(spot.face.font, spot.number)
    raster.extents = harfbuzz.RasterExtents(0, 0, right - left, bottom - top, 0)
    image = raster.render()
    if image is None:
        raise MediaError(f"text of {right - left}x{bottom - top} px cannot be drawn; make it smaller")
    form = image.extents
    rows = np.frombuffer(image.buffer, np.uint8).reshape(form.height, form.stride)
    return rows[::-1, : form.width]


def paint(spot: Spot, size: float, foreground: tuple[int, int, int, int], box: Box) -> NDArray[np.uint8]:
    """Return a glyph made of layers in colour, (H, W, 4) with straight alpha, in a box."""
    left, top, right, bottom = box
    raster = harfbuzz.RasterPaint()
    unit = size / spot.face.units
    raster.transform = (unit, 0, 0, unit, spot.x - left, bottom - spot.y)
    red, green, blue, alpha = foreground
    raster.foreground = harfbuzz.Color(red, green, blue, alpha)
    raster.extents = harfbuzz.RasterExtents(0, 0, right - left, bottom - top, 0)
    raster.paint_glyph(spot.face.font, spot.number)
    image = raster.render()
    if image is None:
        raise MediaError(f"{spot.face.name}: glyph {spot.number} cannot be painted; use another font")
    form = image.extents
    blocks = np.frombuffer(image.buffer, np.uint8).reshape(form.height, form.stride // 4, 4)[::-1, : form.width]
    weight = np.maximum(blocks[..., 3:].astype(np.float32), 1)
    straight = np.minimum(blocks[..., 2::-1] * (255 / weight) + 0.5, 255)
    return np.concatenate([straight.astype(np.uint8), blocks[..., 3:]], axis=2)


def picture(spot: Spot, size: float) -> tuple[Image.Image, int, int]:
    """Return a glyph that is a picture at its size, and where its left and top lie."""
    extents = spot.face.font.get_glyph_extents(spot.number)
    unit = size / spot.face.units
    width, height = max(1, round(extents.width * unit)), max(1, round(-extents.height * unit))
    image = Image.fromarray(picture_of(spot.face, spot.number)).convert("RGBa")
    scaled = image.resize((width, height), Image.Resampling.LANCZOS).convert("RGBA")
    return scaled, round(spot.x + extents.x_bearing * unit), round(spot.y - extents.y_bearing * unit)


def widen(coverage: Coverage, radius: float) -> Coverage:
    """Return the largest coverage within a disc around each pixel: letters grown by px, with round corners."""
    reach = math.ceil(radius)
    height, width = coverage.shape
    result = coverage.copy()
    spread = np.zeros((height, width + 2 * reach), np.uint8)
    spread[:, reach : reach + width] = coverage
    runs: dict[int, Coverage] = {0: spread}
    for row in range(reach + 1):
        half = int(math.sqrt(radius**2 - row**2)) if row <= radius else -1
        wide = _row_maximum(spread, half, runs)[:, reach : reach + width] if half >= 0 else None
        for column in range(half + 1, reach + 1):
            share = radius + 1 - math.hypot(row, column)  # 1: from the middle of a pixel to the edge of one beside it
            if share <= 0:
                break
            sides = np.maximum(
                spread[:, reach - column : reach - column + width], spread[:, reach + column : reach + column + width]
            )
            faded = sides if share >= 1 else (sides * np.uint16(share * 256) >> 8).astype(np.uint8)
            wide = faded if wide is None else np.maximum(wide, faded)
        if wide is None:
            continue
        for source, target in (
            (slice(row, None), slice(None, height - row)),
            (slice(None, height - row), slice(row, None)),
        ):
            np.maximum(result[target], wide[source], out=result[target])
    return result


def _row_maximum(spread: Coverage, half: int, runs: dict[int, Coverage]) -> Coverage:
    """Return the largest value within `half` px to both sides; each width is built from a narrower one."""
    if half not in runs:
        inner = max(known for known in runs if known < half)
        step = min(half - inner, 2 * inner + 1)
        base = runs[inner]
        grown = base.copy()
        np.maximum(grown[:, step:], base[:, :-step], out=grown[:, step:])
        np.maximum(grown[:, :-step], base[:, step:], out=grown[:, :-step])
        runs[inner + step] = grown
        return _row_maximum(spread, half, runs)
    return runs[half]


def soften(coverage: Coverage, radius: float) -> Coverage:
    """Return coverage blurred by a Gaussian with this standard deviation in px."""
    return np.array(Image.fromarray(coverage).filter(ImageFilter.GaussianBlur(radius)))
