"""From what a decoder gives to the picture as it is shown: upright, square pixels, 4:2:0, limited range.

    decoder's frame --matrix, range, size, format (one pass of swscale, or none)--> planes --turn--> Planes

A frame that already is what is wanted is not touched: its planes are views.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from frameloom.core.errors import MediaError
from frameloom.media.container import LIBAV_ERRORS, reason
from frameloom.media.frames import check_size
from frameloom.media.planes import ColorName, Depth, Plane, Planes, dtype_of


@dataclass(frozen=True)
class PictureForm:
    """What pictures are asked to be: width and height in px, square pixels, upright."""

    width: int
    height: int
    depth: Depth = 8
    color: ColorName = "bt709"


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture, when it comes on screen and how long it stays, in seconds on the file's clock."""

    planes: Planes
    time: Fraction
    duration: Fraction


@dataclass(frozen=True)
class Turn:
    """How stored pictures become upright: first mirrored left to right, then turned clockwise by quarters."""

    quarters: int = 0
    mirrored: bool = False

    def of(self, plane: Plane) -> Plane:
        """Return a plane upright; the same one where nothing is to do."""
        if not self.quarters and not self.mirrored:
            return plane
        return np.ascontiguousarray(np.rot90(plane[:, ::-1] if self.mirrored else plane, -self.quarters))


def turn_of(frame: av.VideoFrame) -> Turn:
    """Return how a frame is to be turned, from its display matrix; odd angles count as the nearest quarter."""
    for item in frame.side_data.keys():  # noqa: SIM118  a mapping whose keys are the items
        if item.type == SideDataType.DISPLAYMATRIX:
            a, b, _, c, d = (int(value) for value in np.frombuffer(item, np.int32, 5))
            mirrored = a * d - b * c < 0
            if mirrored:
                a, c = -a, -c
            angle = np.degrees(np.arctan2(b, a))
            return Turn(round(float(angle) / 90) % 4, mirrored)
    return Turn()


MATRICES: dict[int, Colorspace] = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
"""swscale's name of each matrix in H.273 that it knows."""

_MATRIX_OF: dict[ColorName, Colorspace] = {
    "bt601": Colorspace.ITU601,
    "bt709": Colorspace.ITU709,
    "bt2020": Colorspace.BT2020,
    "hlg": Colorspace.BT2020,
    "pq": Colorspace.BT2020,
}
_PQ, _HLG = 16, 18
_LONGEST_STRETCH = 16
"""Pixels longer than this are a defect of the file."""


def color_of(matrix: int, primaries: int, transfer: int, height: int, rgb: bool = False) -> ColorName:
    """Return the colour space that the tags of H.273 mean; without tags, height decides, as in players."""
    if transfer == _PQ:
        return "pq"
    if transfer == _HLG:
        return "hlg"
    if rgb:
        return "bt709"
    known = matrix if matrix in MATRICES else primaries
    if known in (9, 10):
        return "bt2020"
    if known in (1, 7):
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
        return 2 * round(width * aspect / 2), even(height)
    if aspect < 1:
        return even(width), 2 * round(height / aspect / 2)
    return even(width), even(height)


def even(side: int) -> int:
    """Return a side with an odd pixel filled up."""
    return side + side % 2


class Shaper:
    """Makes every frame of one stream fit one form; without a form, the first frame's own.

    Keep one for a stream: it reuses the tables of swscale.
    """

    def __init__(self, path: Path, form: PictureForm | None, aspect: Fraction | None):
        self.path, self.aspect = path, usable_aspect(aspect)
        self.form, self.given = form, form is not None
        self.first: tuple[int, int] | None = None
        self.reformatter = VideoReformatter()

    def planes(self, frame: av.VideoFrame, time: Fraction) -> Planes:
        """Return a frame as it is shown.

        Raises:
            MediaError: too large, of a format that cannot be converted, or (without a form) of a new size.
        """
        check_size(self.path, frame.width, frame.height)
        turn = turn_of(frame)
        size = frame.width, frame.height
        if self.form is None:
            self.form = self._own(frame, turn)
        self.first = self.first or size
        if not self.given and size != self.first:
            now = f"{size[0]}x{size[1]}"
            raise MediaError(
                f"{self.path}: its size changes from {self.first[0]}x{self.first[1]} to {now} px at {float(time):.2f} s; "
                "give a size to read it in, or cut it there"
            )
        upright = self.form.width, self.form.height
        width, height = upright[::-1] if turn.quarters % 2 else upright
        try:
            fitting = self._fit(frame, width, height, self.form)
        except LIBAV_ERRORS as error:
            raise MediaError(
                f"{self.path}: its {frame.format.name} pictures cannot be converted ({reason(error)}); convert it first"
            ) from error
        y, u, v, alpha = self._views(fitting, frame)
        if turn == Turn():
            return Planes(y, u, v, alpha, fitting if (fitting.width, fitting.height) == (width, height) else None)
        return Planes(turn.of(y), turn.of(u), turn.of(v), None if alpha is None else turn.of(alpha))

    def _own(self, frame: av.VideoFrame, turn: Turn) -> PictureForm:
        width, height = square(frame.width, frame.height, self.aspect)
        check_size(self.path, width, height)
        if turn.quarters % 2:
            width, height = height, width
        depth: Depth = 10 if max(part.bits for part in frame.format.components) > 8 else 8
        color = color_of(frame.colorspace, frame.color_primaries, frame.color_trc, frame.height, frame.format.is_rgb)
        return PictureForm(width, height, depth, color)

    def _fit(self, frame: av.VideoFrame, width: int, height: int, form: PictureForm) -> av.VideoFrame:
        """Return a frame in the wanted format and size; the same one where nothing is to do."""
        name = ("yuva420p" if has_alpha(frame) else "yuv420p") + ("10le" if form.depth == 10 else "")
        own = color_of(frame.colorspace, frame.color_primaries, frame.color_trc, frame.height)
        matrix = MATRICES.get(frame.colorspace, _MATRIX_OF[own])
        full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj") or frame.format.is_rgb
        same = frame.format.name == name and not full and matrix == _MATRIX_OF[form.color]
        if same and (frame.width, frame.height) == (width, height):
            return frame
        return self.reformatter.reformat(
            frame,
            width,
            height,
            name,
            src_colorspace=matrix,
            dst_colorspace=_MATRIX_OF[form.color],
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
        )

    def _views(self, frame: av.VideoFrame, source: av.VideoFrame) -> tuple[Plane, Plane, Plane, Plane | None]:
        y, u, v, *rest = [_view(frame, index) for index in range(len(frame.planes))]
        return y, u, v, rest[0] if rest else None


def has_alpha(frame: av.VideoFrame) -> bool:
    """Return whether a frame's format has transparency."""
    return any(part.is_alpha for part in frame.format.components)


def _view(frame: av.VideoFrame, index: int) -> Plane:
    plane = frame.planes[index]
    kind = np.dtype(dtype_of(10 if "10" in frame.format.name else 8))
    view = np.ndarray((plane.height, plane.width), kind, plane, 0, (abs(plane.line_size), kind.itemsize))
    view.flags.writeable = False
    return view[::-1] if plane.line_size < 0 else view
