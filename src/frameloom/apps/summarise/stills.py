"""Pictures that stand for a film: a poster, and the small ones that a player shows over its time line.

    thumbs.vtt   00:00.000 --> 00:05.000        poster.png   the best key frame, in full size
                 thumbs.jpg#xywh=0,0,160,90

Source: W3C, "Media Fragments URI 1.0", section 4.2.2, for `#xywh`, as players read it in WebVTT.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.interest import Interest
from frameloom.apps.summarise.keyframes import KeyFrame
from frameloom.apps.summarise.pieces import form_of
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.core.files import spare, whole_file
from frameloom.core.times import Duration
from frameloom.media.files.pictures import jpeg, write_still
from frameloom.media.files.source import read_pictures
from frameloom.media.frames import Pixels
from frameloom.media.image import resize_planes, to_rgb
from frameloom.media.subtitles import Cue, format_vtt

SPRITE_WIDTH = 160
COLUMNS = 10
MOST_SPRITES = 400
"""Of a sheet; a longer film has them further apart."""
EVERY_S = Fraction(2)


class SpritesConfig(Config):
    """Where the small pictures go, and how many there are."""

    out: Path
    """A .vtt file; the sheet, a .jpg, lies beside it."""
    every: Duration | None = None
    """Seconds from one to the next; by default two, or as many as it takes for a sheet to hold them."""


@dataclass(frozen=True)
class Sprites:
    """What was written."""

    sheet: Path
    vtt: Path
    count: int
    every: Fraction
    """Seconds from one to the next."""


def write_sprites(analysis: Analysis, config: SpritesConfig) -> Sprites:
    """Write a sheet of small pictures, .jpg, and beside it the .vtt that says when each is shown.

    Raises:
        OutputError: the place cannot be written, or is no .vtt file.
        ConfigError: there would be too many.
        MediaError: none can be read.
    """
    out = config.out
    if out.suffix.lower() != ".vtt":
        raise OutputError(f"{out}: thumbnails are listed in a .vtt file, with the sheet beside it; give a .vtt file")
    sheet = out.with_suffix(".jpg")
    spare(out, [analysis.path])
    spare(sheet, [analysis.path])
    step = config.every or max(EVERY_S, Fraction(-(-analysis.duration // MOST_SPRITES)))
    count = int(-(-analysis.duration // step))
    if count > MOST_SPRITES:
        raise ConfigError(f"{count} thumbnails do not fit on a sheet, at most {MOST_SPRITES}; give a longer --every")
    form = form_of(analysis.info, SPRITE_WIDTH)
    columns = min(COLUMNS, count)
    page = np.zeros((-(-count // columns) * form.height, columns * form.width, 3), np.uint8)
    cues = []
    for number in range(count):
        top, left = number // columns * form.height, number % columns * form.width
        begin, end = number * step, min((number + 1) * step, analysis.duration)
        picture = _at(analysis, (begin + end) / 2, form.width, form.height)
        if picture is None:
            continue
        page[top : top + form.height, left : left + form.width] = picture
        cues.append(Cue(begin, end, f"{sheet.name}#xywh={left},{top},{form.width},{form.height}"))
    if not cues:
        raise MediaError(f"{analysis.path}: no picture of it can be read; give an undamaged copy")
    with whole_file(sheet) as part, whole_file(out) as listed:
        part.write_bytes(jpeg(page))
        listed.write_text(format_vtt(cues), encoding="utf-8")
    return Sprites(sheet, out, len(cues), step)


def write_poster(analysis: Analysis, interest: Interest, out: Path) -> KeyFrame:
    """Write the best key frame in full size, .png or .jpg, and return it.

    Raises:
        OutputError: the place cannot be written, or is no picture.
        MediaError: it cannot be read any more.
    """
    suffix = out.suffix.lower()
    if suffix not in {".png", ".jpg", ".jpeg"}:
        raise OutputError(f"{out}: a poster is a picture; give .png or .jpg")
    spare(out, [analysis.path])
    key = best_key(analysis, interest)
    video = analysis.info.videos[0]
    pixels = _at(analysis, key.time, video.width, video.height)
    if pixels is None:
        raise MediaError(f"{analysis.path}: damaged at {float(key.time):.2f} s; give an undamaged copy")
    with whole_file(out) as part:
        if suffix == ".png":
            write_still(part, pixels)
        else:
            part.write_bytes(jpeg(pixels, 92))
    return key


def best_key(analysis: Analysis, interest: Interest) -> KeyFrame:
    """Return the key frame that stands best for the film: good to look at, and of an interesting moment.

    Raises:
        MediaError: there is none.
    """
    if not analysis.keys:
        raise MediaError(f"{analysis.path}: no picture of it can be read; give an undamaged copy")
    most = float(interest.score.max()) or 1.0
    last = len(interest.score) - 1

    def worth(key: KeyFrame) -> float:
        return key.grade * (0.5 + 0.5 * float(interest.score[min(int(key.time), last)]) / most)

    return max(analysis.keys, key=worth)


def _at(analysis: Analysis, time: Fraction, width: int, height: int) -> Pixels | None:
    """Return the picture on screen at a time, None where it is damaged."""
    if any(one.start <= time < one.stop for one in analysis.damage if one.of == "pictures"):
        return None
    try:
        picture = next(read_pictures(analysis.path, time, time), None)
    except MediaError:
        return None
    if picture is None:
        return None
    return to_rgb(resize_planes(picture.planes, width, height, "area"), analysis.info.videos[0].color)
