"""A contact sheet of a timeline, to look at before it is rendered.

0:00.00  0:02.50  0:05.00  ...      one picture for each clip's middle and each transition's middle
"""

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, PositiveInt

from frameloom.apps.edit.compose import compose
from frameloom.apps.edit.layout import Layout, layout
from frameloom.apps.edit.timeline import Timeline, files_of
from frameloom.apps.edit.words import burned
from frameloom.core.config import Config
from frameloom.core.errors import OutputError
from frameloom.core.files import spare, whole_file
from frameloom.core.times import clock
from frameloom.media.files.pictures import write_still
from frameloom.media.image import Rgb, resize_planes, to_rgb
from frameloom.media.text import TextStyle, draw_text

MAX_PICTURES = 96
_GAP_PX = 12
_LABEL_PX = 30
_GROUND = (24, 24, 28)


class PreviewConfig(Config):
    """What the sheet looks like."""

    out: Path
    """A .png file."""
    columns: Annotated[PositiveInt, Field(le=12)] = 4
    width: Annotated[PositiveInt, Field(le=1920)] = 320
    """Width of one picture in px."""


def preview(timeline: Timeline, config: PreviewConfig) -> Path:
    """Write a contact sheet and return its path.

    Raises:
        ConfigError: the timeline has problems.
        MediaError: a source is damaged.
        OutputError: the place cannot be written, or is not a .png file.
    """
    if config.out.suffix.lower() != ".png":
        raise OutputError(f"{config.out}: a contact sheet is a picture; give a .png file")
    spare(config.out, files_of(timeline))
    laid = layout(timeline)
    moments = sheet_moments(laid)
    width = config.width
    height = max(2, round(laid.height * width / laid.width / 2) * 2)
    pictures = []
    with burned(laid) as overlays:
        for number, label in moments:
            picture = next(compose(laid, number, number + 1, overlays))
            pictures.append((to_rgb(resize_planes(picture, width // 2 * 2, height), laid.color), label))
    with whole_file(config.out) as part:
        write_still(part, sheet(pictures, config.columns))
    return config.out


def sheet_moments(laid: Layout) -> list[tuple[int, str]]:
    """Return which frames stand for a timeline, with a word on each, in order of time."""
    found: dict[int, str] = {}
    for track in laid.tracks:
        if track.track.kind != "video":
            continue
        for placed in track.clips:
            begin, end = placed.begin, placed.end
            if placed.into:
                begin += placed.into.duration
                _note(found, laid, placed.begin + placed.into.duration / 2, placed.into.name)
            if placed.out_of:
                end -= placed.out_of.duration
                _note(found, laid, placed.end - placed.out_of.duration / 2, placed.out_of.name)
            _note(found, laid, (begin + end) / 2, placed.clip.name)
    chosen = sorted(found.items()) or [(0, "")]
    if len(chosen) > MAX_PICTURES:
        chosen = [chosen[round(index)] for index in np.linspace(0, len(chosen) - 1, MAX_PICTURES)]
    return chosen


def _note(found: dict[int, str], laid: Layout, time: Fraction, what: str) -> None:
    number = min(int(time * laid.rate), laid.frames - 1)
    said = clock(number / laid.rate)
    found.setdefault(number, f"{said}  {what}" if what else said)


def sheet(pictures: list[tuple[Rgb, str]], columns: int) -> Rgb:
    """Return pictures of one size in rows, each with its label below, (H, W, 3)."""
    height, width = pictures[0][0].shape[:2]
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    across, down = width + _GAP_PX, height + _LABEL_PX + _GAP_PX
    page = np.empty((rows * down + _GAP_PX, columns * across + _GAP_PX, 3), np.uint8)
    page[:] = _GROUND
    for index, (picture, label) in enumerate(pictures):
        top, left = _GAP_PX + index // columns * down, _GAP_PX + index % columns * across
        page[top : top + height, left : left + width] = picture
        _write(page, label, left, top + height + 4, width)
    return page


def _write(page: Rgb, label: str, left: int, top: int, width: int) -> None:
    """Draw a label into a page, cut to this width."""
    if not label:
        return
    drawn = draw_text(label, TextStyle(size=1, color="#c8ccd4"), _LABEL_PX // 2)[: _LABEL_PX - 4, :width]
    area = page[top : top + drawn.shape[0], left : left + drawn.shape[1]]
    share = drawn[..., 3:].astype(np.uint16)
    area[:] = (drawn[..., :3] * share + area * (255 - share)) // 255
