"""Before and after, to look at: a film that is split in the middle, or a page that plays both.

    +--------+--------+          before | after         page: the most detailed part of three moments, twice,
    | before | after  |          ---------------                with what was measured
    +--------+--------+

What was before is enlarged by Lanczos, so that nothing but the enhancement differs.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import numpy as np

from frameloom.apps.enhance.alike import check_match, unlike
from frameloom.apps.enhance.beside import as_large, beside
from frameloom.apps.enhance.report import Report, measure
from frameloom.apps.enhance.stages import Span, Stage, of_one_span, staged
from frameloom.core.config import Config
from frameloom.core.errors import MediaError
from frameloom.core.files import spare
from frameloom.core.provenance import version
from frameloom.core.times import clock
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.passing import passing, tags_of
from frameloom.media.files.source import Picture, probe, read_pictures
from frameloom.media.files.timed import assemble_pieces, codec_for, encode_piece, missing_pieces, ticks_of, timed
from frameloom.media.files.workplace import alone
from frameloom.media.frames import Pixels
from frameloom.media.image import eight_bit, to_rgb
from frameloom.media.pages.page import Clip, Metric, Page, Score
from frameloom.media.planes import Plane, Planes

_MOMENTS = (Fraction(1, 6), Fraction(1, 2), Fraction(5, 6))
"""Of a film, that its page shows."""
_CLIP_PICTURES = 10
_CROP_WIDTH_PX, _CROP_HEIGHT_PX = 448, 252


class CompareConfig(Config):
    """What is compared, and where it is shown."""

    before: Path
    after: Path
    out: Path | None = None
    """A .mp4, .mov, .mkv or .webm file for a film that is split in the middle, .html for a page."""
    reference: Path | None = None
    """The film as it should be, to measure both against."""
    video: VideoFormat = VideoFormat()
    """How a split film is stored."""


@dataclass(frozen=True)
class Compared:
    """What was measured, and where it is shown."""

    report: Report
    out: Path | None
    notes: tuple[str, ...] = ()


def compare(config: CompareConfig) -> Compared:
    """Measure a film against what it was, and show both.

    Raises:
        MediaError: a film is missing, damaged or without pictures, or one cannot have been made of the other.
        OutputError: the place cannot be written, or is no film or page.
    """
    sources = [config.before, config.after, *filter(None, [config.reference])]
    if config.out is not None:
        spare(config.out, sources)
        if config.out.suffix.lower() != ".html":
            codec_for(config.out, config.video)
    infos = [probe(path) for path in sources]
    for info in infos:
        if info.video is None:
            raise MediaError(f"{info.path}: no video stream; give a file with video")
    for info in infos[1:]:
        check_match(infos[0], info)
    notes = tuple(filter(None, (unlike(infos[0], info) for info in infos[1:])))
    report = measure(config.before, config.after, config.reference)
    if config.out is None:
        return Compared(report, None, notes)
    if config.out.suffix.lower() == ".html":
        write_page(config.out, infos[0], infos[1], report)
    else:
        write_split(config.out, infos[0], infos[1], config.video)
    return Compared(report, config.out, notes)


def write_split(out: Path, before: MediaInfo, after: MediaInfo, video: VideoFormat) -> None:
    """Write the film after with its left half from before, and a thin line between; stopped work goes on.

    Raises:
        MediaError: a film is damaged.
        OutputError: the place cannot be written.
    """
    shown = after.videos[0]
    stats = [(str(info.path.resolve()), info.size, info.path.stat().st_mtime_ns) for info in (before, after)]
    with alone(out):
        work = timed(
            out,
            hashlib.sha256(json.dumps([stats, version()]).encode()).hexdigest(),
            duration=after.duration,
            ticks=ticks_of(after.path),
            rate=shown.rate.limit_denominator(1001),
            width=after.width,
            height=after.height,
            depth=shown.depth,
            color=shown.color,
            tags=tags_of(shown),
            video=video,
        )
        missing = missing_pieces(work)
        spans = [Span(piece.start, piece.stop) for piece in missing]
        with closing(staged(after.path, (splitting(before, after),), spans)) as made:
            for piece in missing:
                encode_piece(work, piece, of_one_span(made))
        assemble_pieces(work, passing(after, out), f"frameloom {version()} compare")


def splitting(before: MediaInfo, after: MediaInfo) -> Stage:
    """Return a stage that puts the left half of what was before into pictures."""
    begin = after.videos[0].start

    def run(pictures: Iterator[Picture]) -> Iterator[Picture]:
        first = next(pictures, None)
        if first is None:
            return
        with beside(before, after, first.time - begin) as was:
            for picture in chain([first], pictures):
                old = was.at(picture.time - begin)
                planes = picture.planes if old is None else split(old, picture.planes)
                yield Picture(planes, picture.time, picture.duration)

    return Stage("split", run)


def split(before: Planes, after: Planes) -> Planes:
    """Return a picture whose left half is another, enlarged by Lanczos, with a white line between."""
    old = as_large(before, after.width, after.height)
    middle, line = after.width // 4 * 2, 2 * max(1, after.width // 1920)
    unit = 1 << (after.depth - 8)

    def joined(left: Plane, right: Plane, at: int, width: int, level: int) -> Plane:
        plane = right.copy()
        plane[:, :at] = left[:, :at]
        plane[:, at : at + width] = level * unit
        return plane

    return Planes(
        joined(old.y, after.y, middle, line, 235),
        joined(old.u, after.u, middle // 2, line // 2, 128),
        joined(old.v, after.v, middle // 2, line // 2, 128),
    )


def write_page(out: Path, before: MediaInfo, after: MediaInfo, report: Report) -> None:
    """Write a page with the most detailed part of some moments, before and after, and what was measured.

    Raises:
        MediaError: a film is damaged.
        OutputError: the place cannot be written.
    """
    rate = max(1, round(after.rate))
    page = Page(f"{before.path.name}: before and after", rate=rate, made_by=f"frameloom {version()} compare")
    page.section("Before and after", "Left as it was, enlarged by Lanczos; right enhanced. All clips play together.")
    moments = [share * after.videos[0].duration for share in _MOMENTS]
    shown = [clip for moment in moments for clip in _clips(before, after, moment)]
    length = min(len(clip.frames) for clip in shown)
    page.videos([replace(clip, frames=clip.frames[:length]) for clip in shown], columns=2, zoom=1)
    page.section("Measured").code(report.text())
    if report.after and report.before:
        metrics = [Metric("PSNR, dB", "higher"), Metric("SSIM", "higher", 4), Metric("VMAF", "higher", 1)]
        rows = [("enhanced", report.after), ("source by Lanczos", report.before)]
        page.scores(metrics, [Score(name, [row.psnr_db, row.ssim, row.vmaf]) for name, row in rows])
    page.save(out)


def _clips(before: MediaInfo, after: MediaInfo, moment: Fraction) -> tuple[Clip, ...]:
    """Return the most detailed part of both films from a moment on; none where nothing comes any more."""
    begin = after.videos[0].start
    pictures = list(islice(read_pictures(after.path, begin + moment), _CLIP_PICTURES))
    if not pictures:
        return ()
    top, left = most_detailed(pictures[0].planes.y, _CROP_HEIGHT_PX, _CROP_WIDTH_PX)
    window = np.s_[top : top + _CROP_HEIGHT_PX, left : left + _CROP_WIDTH_PX]
    old: list[Pixels] = []
    new: list[Pixels] = []
    color = after.videos[0].color
    with beside(before, after, moment) as was:
        for picture in pictures:
            planes = was.at(picture.time - begin)
            if planes is not None:
                old.append(to_rgb(as_large(planes, after.width, after.height), color)[window])
                new.append(to_rgb(picture.planes, color)[window])
    said = clock(moment)
    return Clip(np.stack(old), f"{said}, before"), Clip(np.stack(new), f"{said}, after")


def most_detailed(luma: Plane, height: int, width: int) -> tuple[int, int]:
    """Return top and left of the window of at most this size in which neighbours differ most."""
    whole = eight_bit(luma).astype(np.float64)
    height, width = min(height, luma.shape[0]), min(width, luma.shape[1])
    detail = np.abs(np.diff(whole, axis=0))[:, :-1] + np.abs(np.diff(whole, axis=1))[:-1]
    sums = np.pad(detail, 1).cumsum(0).cumsum(1)
    windows = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    top, left = np.unravel_index(int(windows.argmax()), windows.shape)
    return int(top), int(left)
