"""From what a decoder gives to the picture as it is shown: upright, square pixels, 4:2:0, limited range.

    decoder's frame --matrix, range, size, format (one pass of swscale, or none)--> planes --turn--> Planes

A frame that already is what is wanted is not touched: its planes are views. Between standard range, wide gamut and high
dynamic range swscale converts transfer and primaries too; between BT.601 and BT.709 only the matrix, as players do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.sidedata.sidedata import SideData
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from frameloom.core.errors import MediaError
from frameloom.media.files.container import LIBAV_ERRORS, reason
from frameloom.media.frames import check_size
from frameloom.media.planes import ColorName, Depth, Plane, Planes, dtype_of


@dataclass(frozen=True)
class PictureForm:
    """What pictures are asked to be: upright, with square pixels; width and height in px, both even.

    Raises:
        MediaError: a side is odd, not positive or too long.
    """

    width: int
    height: int
    depth: Depth = 8
    color: ColorName = "bt709"

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 2 or self.width % 2 or self.height % 2:
            raise MediaError(f"a picture form of {self.width}x{self.height} px: give even sides from 2 px up")
        check_size(Path("picture form"), self.width, self.height)


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture, when it comes on screen and how long it stays, in seconds on the file's clock."""

    planes: Planes
    time: Fraction
    duration: Fraction
    damaged_from: Fraction | None = None
    """Since when pictures before it are damaged and left out, in a strict reading; None where all before it came."""


@dataclass(frozen=True)
class Turn:
    """How stored pictures become upright: mirrored left to right, then turned clockwise by quarters."""

    quarters: int = 0
    mirrored: bool = False

    def of(self, plane: Plane) -> Plane:
        """Return a plane upright; the same one where nothing is to do."""
        if not self.quarters and not self.mirrored:
            return plane
        turned = np.rot90(plane[:, ::-1] if self.mirrored else plane, -self.quarters)
        return cast(Plane, np.ascontiguousarray(turned))


def turn_of(frame: av.VideoFrame) -> Turn:
    """Return how a frame is to be turned, from its display matrix; odd angles count as the nearest quarter.

    Source: ISO/IEC 14496-12, 6.2.2 (a point of the picture, as a row, times the matrix is its place on screen).
    """
    items = cast(Mapping[SideData, SideData], frame.side_data)  # its stub says otherwise
    for item in items:
        if item.type == SideDataType.DISPLAYMATRIX:
            a, b, _, c, d = np.frombuffer(memoryview(item), np.int32, 5).tolist()
            mirrored = a * d - b * c < 0
            if mirrored:
                a, b = -a, -b
            return Turn(round(float(np.degrees(np.arctan2(b, a))) / 90) % 4, mirrored)
    return Turn()


MATRIX_OF: dict[ColorName, Colorspace] = {
    "bt601": Colorspace.ITU601,
    "bt709": Colorspace.ITU709,
    "bt2020": Colorspace.BT2020,
    "hlg": Colorspace.BT2020,
    "pq": Colorspace.BT2020,
}
_MATRICES: dict[int, Colorspace] = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
"""swscale's name of each matrix in H.273 that it knows."""
_TAGS_OF: dict[ColorName, tuple[ColorPrimaries, ColorTrc]] = {
    "bt601": (ColorPrimaries.SMPTE170M, ColorTrc.SMPTE170M),
    "bt709": (ColorPrimaries.BT709, ColorTrc.BT709),
    "bt2020": (ColorPrimaries.BT2020, ColorTrc.BT2020_10),
    "hlg": (ColorPrimaries.BT2020, ColorTrc.ARIB_STD_B67),
    "pq": (ColorPrimaries.BT2020, ColorTrc.SMPTE2084),
}
_PQ, _HLG = 16, 18
_LONGEST_STRETCH = 16
"""Pixels longer than this are a defect of the file."""


def color_of(matrix: int, primaries: int, transfer: int, height: int, rgb: bool = False) -> ColorName:
    """Return the colour space that tags of H.273 mean; without tags, height decides, as in players."""
    if transfer == _PQ:
        return "pq"
    if transfer == _HLG:
        return "hlg"
    known = matrix if matrix in _MATRICES else primaries
    if known in (9, 10):
        return "bt2020"
    if known in (1, 7) or rgb:
        return "bt709"
    if known in (4, 5, 6):
        return "bt601"
    return "bt709" if height >= 720 else "bt601"


def usable_aspect(aspect: Fraction | None) -> Fraction:
    """Return width by height of a pixel; what no camera makes counts as square."""
    return aspect if aspect and 1 <= max(aspect, 1 / aspect) <= _LONGEST_STRETCH else Fraction(1)


def square(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """Return the size with square pixels and even sides: the side along which pixels are longer is stretched.

    >>> square(1440, 1080, Fraction(4, 3)), square(640, 360, Fraction(2, 3)), square(33, 16, Fraction(1))
    ((1920, 1080), (640, 540), (34, 16))
    """
    if aspect > 1:
        return max(2, 2 * round(width * aspect / 2)), even(height)
    if aspect < 1:
        return even(width), max(2, 2 * round(height / aspect / 2))
    return even(width), even(height)


def even(side: int) -> int:
    """Return a side with an odd pixel filled up."""
    return side + side % 2


def has_alpha(frame: av.VideoFrame) -> bool:
    """Return whether a frame's format has transparency."""
    return frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)


def is_full_range(frame: av.VideoFrame) -> bool:
    """Return whether black is 0; grey without a tag counts as full, as in swscale."""
    name = frame.format.name
    if frame.color_range:
        return frame.color_range == ColorRange.JPEG or frame.format.is_rgb
    return frame.format.is_rgb or name.startswith(("yuvj", "pal8", *_GREY))


_GREY = ("gray", "ya8", "ya16", "mono")


@dataclass(frozen=True)
class _Plan:
    """What one pass of swscale does to frames that are alike; nothing where they are untouched."""

    name: str
    width: int
    height: int
    matrix: Colorspace
    full: bool
    own: ColorName
    untouched: bool
    grey: bool


_EXACT = (
    Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP
)
"""Without these, luma of 8 bits comes out 1.6 levels too dark from one matrix to another; they take longer."""


class Shaper:
    """Makes every frame of one stream fit one form; without a form, the first frame's own.

    Keep one for a stream: it reuses the tables of swscale.
    """

    def __init__(self, path: Path, form: PictureForm | None, aspect: Fraction | None = None):
        self.path, self.aspect = path, usable_aspect(aspect)
        self.form, self.given = form, form is not None
        self.first: tuple[int, int] | None = None
        self.turn = Turn()
        self.reformatter = VideoReformatter()
        self.plans: dict[tuple[str | int, ...], _Plan] = {}

    def planes(self, frame: av.VideoFrame, time: Fraction) -> Planes:
        """Return a frame as it is shown.

        Raises:
            MediaError: too large, of a format that cannot be converted, or (without a form) of a new size.
        """
        size = frame.width, frame.height
        if self.first is None:
            check_size(self.path, *size)
            self.first, self.turn = size, turn_of(frame)
        if size != self.first and not self.given:
            raise MediaError(
                f"{self.path}: its size changes from {self.first[0]}x{self.first[1]} to {size[0]}x{size[1]} px "
                f"at {float(time):.2f} s; give a size to read it in, or cut it there"
            )
        form = self.form = self.form or self._own_form(frame)
        tags = frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range
        key = (frame.format.name, *size, *tags)
        plan = self.plans.get(key)
        if plan is None:
            check_size(self.path, *size)
            plan = self.plans[key] = self._plan(frame, form)
        return self._upright(frame if plan.untouched else self._convert(frame, plan, form), plan)

    def _own_form(self, frame: av.VideoFrame) -> PictureForm:
        width, height = square(frame.width, frame.height, self.aspect)
        check_size(self.path, width, height)
        if self.turn.quarters % 2:
            width, height = height, width
        depth: Depth = 10 if max(part.bits for part in frame.format.components) > 8 else 8
        return PictureForm(width, height, depth, _color_of(frame))

    def _plan(self, frame: av.VideoFrame, form: PictureForm) -> _Plan:
        width, height = (form.height, form.width) if self.turn.quarters % 2 else (form.width, form.height)
        if not self.given and self.aspect == 1:
            width, height = frame.width, frame.height  # an odd side is filled up afterwards
        name = ("yuva420p" if has_alpha(frame) else "yuv420p") + ("10le" if form.depth == 10 else "")
        own = _color_of(frame)
        matrix = _MATRICES.get(frame.colorspace, MATRIX_OF[own])
        full = is_full_range(frame)
        keeps_color = not full and matrix == MATRIX_OF[form.color] and not _needs_transfer(own, form.color)
        fits = (frame.format.name, frame.width, frame.height) == (name, width, height)
        grey = frame.format.name.startswith(_GREY)
        return _Plan(name, width, height, matrix, full, own, fits and keeps_color, grey)

    def _convert(self, frame: av.VideoFrame, plan: _Plan, form: PictureForm) -> av.VideoFrame:
        primaries, transfer = None, None
        recolored = plan.full or plan.matrix != MATRIX_OF[form.color]
        try:
            if plan.grey and not plan.full:
                frame = _with_chroma(frame)  # swscale takes all grey for full range
            if _needs_transfer(plan.own, form.color):
                frame.color_primaries, frame.color_trc = _TAGS_OF[plan.own]
                primaries, transfer = _TAGS_OF[form.color]
            return self.reformatter.reformat(
                frame,
                plan.width,
                plan.height,
                plan.name,
                src_colorspace=plan.matrix,
                dst_colorspace=MATRIX_OF[form.color],
                src_color_range=ColorRange.JPEG if plan.full else ColorRange.MPEG,
                dst_color_range=ColorRange.MPEG,
                dst_color_primaries=primaries,
                dst_color_trc=transfer,
                interpolation=_EXACT if recolored else Interpolation.BICUBIC,
            )
        except LIBAV_ERRORS as error:
            raise MediaError(
                f"{self.path}: its {frame.format.name} pictures cannot be converted ({reason(error)}); convert it first"
            ) from error

    def _upright(self, frame: av.VideoFrame, plan: _Plan) -> Planes:
        """Return a frame's planes with even sides, turned; views where nothing is to do."""
        y, u, v, *rest = (
            _view(frame, index, 10 if plan.name.endswith("10le") else 8) for index in range(len(frame.planes))
        )
        alpha = _filled(rest[0]) if rest and not _is_opaque(rest[0]) else None
        if plan.grey:
            middle = np.full(u.shape, 128 if u.dtype == np.uint8 else 512, u.dtype)  # swscale gives 127
            return Planes(self.turn.of(_filled(y)), self.turn.of(middle), self.turn.of(middle), alpha)
        whole = self.turn == Turn() and frame.width % 2 == 0 and frame.height % 2 == 0
        if whole:
            return Planes(y, u, v, alpha, frame)
        turned = None if alpha is None else self.turn.of(alpha)
        return Planes(self.turn.of(_filled(y)), self.turn.of(u), self.turn.of(v), turned)


def _color_of(frame: av.VideoFrame) -> ColorName:
    rgb = frame.format.is_rgb or frame.format.name == "pal8"
    return color_of(frame.colorspace, frame.color_primaries, frame.color_trc, frame.height, rgb)


def _needs_transfer(own: ColorName, wanted: ColorName) -> bool:
    """Return whether more than the matrix differs: gamut or dynamic range."""
    standard = ("bt601", "bt709")
    return own != wanted and not (own in standard and wanted in standard)


def _with_chroma(grey: av.VideoFrame) -> av.VideoFrame:
    """Return grey of 8 or 10 bits as 4:2:0 with the same samples; anything else as it is."""
    if grey.format.name not in ("gray", "gray10le"):
        return grey
    depth: Depth = 8 if grey.format.name == "gray" else 10
    frame = av.VideoFrame(grey.width, grey.height, "yuv420p" if depth == 8 else "yuv420p10le")
    for index, plane in enumerate(frame.planes):
        kind = np.dtype(dtype_of(depth))
        target = np.ndarray((plane.height, plane.line_size // kind.itemsize), kind, memoryview(plane))
        source = _view(grey, 0, depth)
        target[:, : plane.width] = source if index == 0 else 128 << (depth - 8)
    return frame


def _view(frame: av.VideoFrame, index: int, depth: Depth) -> Plane:
    """Return a plane as the decoder's memory holds it; not to be written to."""
    plane = frame.planes[index]
    kind = np.dtype(dtype_of(depth))
    view = np.ndarray((plane.height, plane.width), kind, memoryview(plane), 0, (abs(plane.line_size), kind.itemsize))
    view.flags.writeable = False
    return view[::-1] if plane.line_size < 0 else view


def _filled(plane: Plane) -> Plane:
    """Return a plane with even sides, its last row or column repeated where they were not."""
    height, width = plane.shape
    if height % 2 == 0 and width % 2 == 0:
        return plane
    return cast(Plane, np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge"))


def _is_opaque(alpha: Plane) -> bool:
    return bool(alpha.min() == (255 if alpha.dtype == np.uint8 else 1023))
