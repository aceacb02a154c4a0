"""Pictures as video: stills, folders of stills, animated GIF, PNG and WebP, through pillow.

    frame_00000.png, frame_00001.png, ... <--> frames <--> animation.webp

Source of the WebP container: Google, "WebP Container Specification", RFC 9649. libwebp's own animation
encoder drops frames that repeat; ours keeps every frame and stores only the box that changed.
"""

import io
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from frameloom.core.errors import MediaError, OutputError
from frameloom.media.frames import IMAGE_RATE, Frame, Pixels, check_size, duration_in_ticks

PICTURE_SUFFIXES = (".apng", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
MAX_WEBP_RATE = 90
"""Frames per second; browsers slow down frames of 10 ms and less."""

_DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError, MemoryError),
    *(struct.error, zlib.error, Image.DecompressionBombError),
)
"""What pillow raises on broken files."""
_FRAME_NAME = re.compile(r"frame_\d{5,}\.png")


@dataclass(frozen=True)
class Still:
    """One picture with its transparency, (H, W, 4), when it is shown and for how long, in seconds."""

    pixels: Pixels
    time: Fraction
    duration: Fraction


def read_picture(path: Path) -> Iterator[Frame]:
    """Yield the frames of a still or an animation; what is transparent becomes black.

    Raises:
        MediaError: not a picture, damaged, or too large.
    """
    with closing(_read(path, _pixels)) as stills:
        for still in stills:
            yield Frame(still.pixels, still.time)


def read_stills(path: Path) -> Generator[Still, None, None]:
    """Yield the frames of a still or an animation with their transparency.

    Raises:
        MediaError: not a picture, damaged, or too large.
    """
    return _read(path, _rgba)


def _read(path: Path, pixels_of: Callable[[Image.Image], Pixels]) -> Generator[Still, None, None]:
    time = Fraction(0)
    index = 0
    with _open(path) as image:
        while True:
            try:
                with _quiet():
                    image.seek(index)
                    pixels = pixels_of(image)
            except _DAMAGE as error:
                if isinstance(error, EOFError) and index:
                    return  # pillow's way to say that there are no more frames
                raise MediaError(f"{path}: damaged after {index} frames ({error}); give an undamaged copy") from error
            duration = _duration(image)
            yield Still(pixels, time, duration)
            time += duration
            index += 1


def read_folder(path: Path) -> Iterator[Frame]:
    """Yield the pictures in a folder in the order of the numbers in their names.

    Raises:
        MediaError: no pictures, or one that is damaged or of another size than the first.
    """
    first: tuple[int, ...] | None = None
    for index, name in enumerate(pictures_in(path)):
        frame = next(read_picture(name))
        first = first or frame.pixels.shape
        if frame.pixels.shape != first:
            given = f"{frame.pixels.shape[1]}x{frame.pixels.shape[0]}"
            raise MediaError(f"{name}: {given} px but the first picture is {first[1]}x{first[0]}; give one size")
        yield Frame(frame.pixels, index / IMAGE_RATE)


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures in a folder, frame2 before frame10.

    Raises:
        MediaError: there are none.
    """
    try:
        files = [name for name in folder.iterdir() if not name.name.startswith(".")]
    except OSError as error:
        raise MediaError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error
    names = [name for name in files if name.suffix.lower() in PICTURE_SUFFIXES]
    if not names:
        raise MediaError(f"{folder}: no pictures in this folder; it must hold {', '.join(PICTURE_SUFFIXES)}")
    return sorted(names, key=_natural_order)


def _natural_order(path: Path) -> list[int | str]:
    """Return text and numbers in turn, so that keys compare part by part."""
    return [
        int(part) if odd else part for odd, part in zip(cycle((0, 1)), re.split(r"([0-9]+)", path.name), strict=False)
    ]


def check_folder(folder: Path) -> None:
    """Refuse to replace a folder that holds anything but frames of ours.

    Raises:
        OutputError: names a file that would be lost.
    """
    if folder.is_dir():
        for name in folder.iterdir():
            if not _FRAME_NAME.fullmatch(name.name):
                raise OutputError(f"{folder}: holds {name.name}, which is no frame of ours; give a new or empty folder")


def write_folder(folder: Path, frames: Iterable[Pixels], made_by: str) -> int:
    """Write each frame as frame_00000.png and so on into an empty folder; return how many."""
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", made_by)
    count = 0
    for frame in frames:
        Image.fromarray(frame).save(folder / f"frame_{count:05}.png", pnginfo=note)
        count += 1
    return count


def write_webp(
    path: Path, frames: Iterable[Pixels], rate: Fraction, made_by: str, quality: int = 100, method: int = 4
) -> int:
    """Write an animation of (H, W, 3) or (H, W, 4) that loops for ever; return the number of frames.

    Quality goes from 1 to 100, which is lossless; the method from 0, fast, to 6, small.
    """
    with path.open("wb") as handle:
        return _write_webp(handle, frames, rate, made_by, quality, method)


def _write_webp(
    handle: BinaryIO, frames: Iterable[Pixels], rate: Fraction, made_by: str, quality: int, method: int
) -> int:
    before: Pixels | None = None
    count = 0
    for frame in frames:
        height, width = frame.shape[:2]
        if before is None:
            has_exif, is_animated, has_alpha = 8, 2, 16 * (frame.shape[2] == 4)
            canvas = struct.pack("<I", has_exif | is_animated | has_alpha) + _int24(width - 1) + _int24(height - 1)
            handle.write(b"RIFF\0\0\0\0WEBP" + _chunk(b"VP8X", canvas))
            handle.write(_chunk(b"ANIM", struct.pack("<IH", 0, 0)))  # black ground, loop for ever
        top, left, bottom, right = (0, 0, height, width) if before is None else _changed_box(before, frame)
        still = io.BytesIO()
        box = Image.fromarray(frame[top:bottom, left:right])
        box.save(still, "WEBP", lossless=quality == 100, quality=quality if quality < 100 else 80, method=method)
        place = _int24(left // 2) + _int24(top // 2) + _int24(right - left - 1) + _int24(bottom - top - 1)
        do_not_blend = b"\x02"
        timing = _int24(duration_in_ticks(count, rate, 1000)) + do_not_blend
        handle.write(_chunk(b"ANMF", place + timing + _bitstream(still.getvalue())))
        before = frame
        count += 1
    exif = Image.Exif()
    exif[270] = made_by  # 270: ImageDescription
    handle.write(_chunk(b"EXIF", exif.tobytes().removeprefix(b"Exif\0\0")))
    size = handle.tell() - 8
    handle.seek(4)
    handle.write(struct.pack("<I", size))
    return count


def _bitstream(still: bytes) -> bytes:
    """Return the chunks of a still without its RIFF and VP8X headers, as a frame holds them."""
    return still[12 + 18 :] if still[12:16] == b"VP8X" else still[12:]


def _changed_box(before: Pixels, after: Pixels) -> tuple[int, int, int, int]:
    """Return top, left, bottom and right of the smallest box that holds all change, at even corners as WebP wants."""
    rows, columns = np.nonzero((before != after).any(axis=2))
    if not rows.size:
        return 0, 0, 1, 1
    return int(rows.min()) & ~1, int(columns.min()) & ~1, int(rows.max()) + 1, int(columns.max()) + 1


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _int24(value: int) -> bytes:
    return struct.pack("<I", value)[:3]


@contextmanager
def _quiet() -> Iterator[None]:
    """Pass over pillow's warnings: check_size is stricter on large pictures, and what is broken is an error or read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _open(path: Path) -> Image.Image:
    """Return a picture whose size is within bounds; its pixels are not read yet."""
    try:
        with _quiet():
            image = Image.open(path)
    except Image.DecompressionBombError as error:
        raise MediaError(f"{path}: too large a picture ({error}); make it smaller") from error
    except _DAMAGE as error:
        reason = (
            "unknown format" if isinstance(error, UnidentifiedImageError) else getattr(error, "strerror", None) or error
        )
        raise MediaError(f"{path}: cannot be read as a picture ({reason}); give PNG, JPEG, GIF or WebP") from error
    try:
        check_size(path, *image.size)
    except MediaError:
        image.close()
        raise
    return image


def _pixels(image: Image.Image) -> Pixels:
    """Return the current picture upright, (H, W, 3)."""
    upright = _upright(image)
    if upright.has_transparency_data:
        ground = Image.new("RGBA", upright.size, (0, 0, 0, 255))
        upright = Image.alpha_composite(ground, upright.convert("RGBA"))
    return np.array(upright.convert("RGB"))


def _rgba(image: Image.Image) -> Pixels:
    """Return the current picture upright with its transparency, (H, W, 4)."""
    return np.array(_upright(image).convert("RGBA"))


def _upright(image: Image.Image) -> Image.Image:
    """Return the current picture upright; grey of 16 bits keeps its high byte."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
    return upright


def _duration(image: Image.Image) -> Fraction:
    """Return how long the current picture is shown; as in browsers, 10 ms or less means 100 ms."""
    milliseconds = Fraction(image.info.get("duration") or 0).limit_denominator(1000)
    return (milliseconds if milliseconds > 10 else Fraction(100)) / 1000


def write_still(path: Path, pixels: Pixels) -> None:
    """Write one picture, (H, W, 3) or (H, W, 4), as PNG."""
    Image.fromarray(pixels).save(path, "PNG")


def jpeg(pixels: Pixels, quality: int = 85) -> bytes:
    """Return a picture, (H, W, 3), as the bytes of a JPEG file."""
    with io.BytesIO() as held:
        Image.fromarray(pixels).save(held, "JPEG", quality=quality)
        return held.getvalue()


def of_jpeg(data: bytes) -> Pixels:
    """Return the picture, (H, W, 3), in the bytes of a JPEG file of our own."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        return np.asarray(image.convert("RGB"))
