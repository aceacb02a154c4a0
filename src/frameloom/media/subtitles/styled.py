"""Subtitles of ASS and SSA files in their own styles, drawn by the ffmpeg binary's libass.

    a.ass --read--> events --our fonts--> our.ass --libass, where something is shown--> RGBA --box--> pixels

What libass reads is what we have read and written anew, so no file of another kind reaches it under this name.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Generator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pysubs2

from frameloom.media import ffmpeg
from frameloom.media.frames import check_size
from frameloom.media.subtitles import format_styled, parse_styled, read_text
from frameloom.media.subtitles.fonts import name_fonts, write_embedded_fonts
from frameloom.media.text import DrawnText, Rgba

_JOINED_GAP_S = 4
"""Pauses shorter than this are drawn through, not left out: starting libass takes about a quarter of a second."""


class StyledCues:
    """What a styled file shows, frame by frame; the same object while nothing changes."""

    def __init__(self, path: Path, width: int, height: int, rate: Fraction, spans: list[tuple[int, int]], folder: Path):
        self._path, self._width, self._height, self._rate = path, width, height, rate
        self._spans, self._folder = spans, folder
        self._removed = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._pictures: Generator[DrawnText | None, None, None] | None = None
        self._next = self._stop = 0
        self._now: DrawnText | None = None

    def at(self, frame: int) -> DrawnText | None:
        """Return what is shown in a frame, counted from 0; fast while frames are asked for in order.

        Raises:
            MediaError: libass cannot draw it.
        """
        span = next(((first, stop) for first, stop in self._spans if first <= frame < stop), None)
        if span is None:
            self._end()
            return None
        if self._pictures is None or not self._next - 1 <= frame < self._stop:
            self._end()
            self._pictures = self._draw(frame, span[1])
            self._next, self._stop = frame, span[1]
        while self._next <= frame:
            self._now = next(self._pictures, None)
            self._next += 1
        return self._now

    def close(self) -> None:
        """End the process, and remove what was written for it."""
        self._end()
        self._removed()

    def _end(self) -> None:
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
        self._now = None

    def _draw(self, first: int, stop: int) -> Generator[DrawnText | None, None, None]:
        """Yield what is shown in each frame from one to another."""
        script = ffmpeg.escape_filter_value((self._folder / "styled.ass").as_posix())
        fonts = ffmpeg.escape_filter_value((self._folder / "fonts").as_posix())
        rate = f"{self._rate.numerator}/{self._rate.denominator}"
        source = f"color=black@0:s={self._width}x{self._height}:r={rate},format=rgba"
        late = f"setpts=PTS+{first * self._rate.denominator}/{self._rate.numerator}/TB"
        picture = ["-vf", f"{late},subtitles=f={script}:fontsdir={fonts}:alpha=1", "-frames:v", str(stop - first)]
        arguments = ["-f", "lavfi", "-i", source, *picture, "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"]
        size = self._width * self._height * 4
        before: bytes | None = None
        drawn: DrawnText | None = None
        pieces = ffmpeg.stream(arguments, piece_bytes=size, about=str(self._path))
        try:
            for piece in pieces:
                if piece != before:
                    before = piece
                    drawn = _cut_out(np.frombuffer(piece, np.uint8).reshape(self._height, self._width, 4))
                yield drawn
        finally:
            pieces.close()


def open_styled(path: Path, width: int, height: int, rate: Fraction, shift: Fraction = Fraction(0)) -> StyledCues:
    """Return the pictures of an ASS or SSA file for frames of a size and rate; close them when done.

    Raises:
        MediaError: no such file, damaged, or too large a picture.
    """
    check_size(path, width, height)
    text, _, _ = read_text(path)
    parsed = parse_styled(path, text)
    parsed.events = [event for event in parsed.events if not event.is_comment]
    for event in parsed.events:
        event.start, event.end = (int(time + shift * 1000) for time in (event.start, event.end))
    spans = _shown_frames(parsed, rate)
    folder = Path(tempfile.mkdtemp(prefix="frameloom-"))
    try:
        fonts = folder / "fonts"
        fonts.mkdir()
        own = write_embedded_fonts(path, parsed, fonts)
        for file in name_fonts(parsed, own):
            _link(file, fonts / file.name)
        parsed.info["YCbCr Matrix"] = "None"  # what it draws is RGB of full range: ffmpeg would squeeze it for TV.601
        (folder / "styled.ass").write_text(format_styled(parsed), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return StyledCues(path, width, height, rate, spans, folder)


def _shown_frames(parsed: pysubs2.SSAFile, rate: Fraction) -> list[tuple[int, int]]:
    """Return the frames in which something may be shown, first and one past the last, in order and apart."""
    gap = int(_JOINED_GAP_S * rate)
    spans: list[tuple[int, int]] = []
    for event in sorted(parsed.events, key=lambda event: event.start):
        first, stop = max(0, int(event.start * rate / 1000)), int(event.end * rate / 1000) + 1
        if stop <= first or event.end <= max(event.start, 0):
            continue
        if spans and first <= spans[-1][1] + gap:
            spans[-1] = (spans[-1][0], max(spans[-1][1], stop))
        else:
            spans.append((first, stop))
    return spans


def _link(file: Path, place: Path) -> None:
    """Put a font into a folder, without a copy where the system can."""
    try:
        os.symlink(file.resolve(), place)  # noqa: PTH211 (the same call for both kinds of paths)
    except OSError:
        shutil.copyfile(file, place)


def _cut_out(premultiplied: Rgba) -> DrawnText | None:
    """Return what is to be seen in the smallest even box, with straight alpha; libass has mixed colours with black."""
    alpha = premultiplied[..., 3]
    rows = np.flatnonzero(alpha.any(axis=1))
    if not rows.size:
        return None
    columns = np.flatnonzero(alpha[rows[0] : rows[-1] + 1].any(axis=0))
    top, left = int(rows[0]) & ~1, int(columns[0]) & ~1
    bottom, right = int(rows[-1]) + 1, int(columns[-1]) + 1
    box = premultiplied[top : bottom + bottom % 2, left : right + right % 2]
    weight = np.maximum(box[..., 3:], 1).astype(np.uint32)
    color = np.minimum((box[..., :3] * np.uint32(255) + weight // 2) // weight, 255).astype(np.uint8)
    return DrawnText(np.concatenate([color, box[..., 3:]], axis=2), left, top)
