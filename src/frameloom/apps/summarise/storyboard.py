"""A storyboard: a picture for each shot, as one page to read or one sheet to look at.

page.html   key frames with times and reasons, the course of the interest, chapters
sheet.png   key frames with their times
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from frameloom.apps.edit.preview import MAX_PICTURES, sheet
from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.interest import HEARD, SEEN, Interest
from frameloom.apps.summarise.keyframes import KeyFrame
from frameloom.apps.summarise.reading import damage_notes
from frameloom.apps.summarise.shots import Shot
from frameloom.core.errors import MediaError, OutputError
from frameloom.core.files import spare, whole_file
from frameloom.core.provenance import version
from frameloom.core.times import clock, counted
from frameloom.media.files.pictures import of_jpeg, write_still
from frameloom.media.frames import Chapter
from frameloom.media.pages.page import Line, Page, Photo

MOST_ON_PAGE = 1000
"""Key frames of a page; of more, the best are shown."""


def write_storyboard(analysis: Analysis, interest: Interest, chapters: Sequence[Chapter], out: Path) -> Path:
    """Write a page or a sheet.

    Raises:
        OutputError: the place cannot be written, or is neither .html nor .png.
        MediaError: a sheet would have no picture.
    """
    spare(out, [analysis.path])
    suffix = out.suffix.lower()
    if suffix == ".html":
        page_of(analysis, interest, chapters).save(out)
    elif suffix == ".png":
        _write_sheet(analysis, out)
    else:
        raise OutputError(f"{out}: a storyboard is a page or a picture; give .html or .png")
    return out


def page_of(analysis: Analysis, interest: Interest, chapters: Sequence[Chapter]) -> Page:
    """Return the page of a film."""
    told = f"{clock(analysis.duration)}, {counted(len(analysis.shots), 'shot')}"
    page = Page(analysis.path.name, told, made_by=f"frameloom {version()} summarise")
    if analysis.damage:
        page.section("Damage").text("\n\n".join(damage_notes(analysis.path, analysis.damage)))
    best = _best_of_shots(analysis, MOST_ON_PAGE)
    for chapter in chapters:
        photos = [
            _photo(interest, number, shot, key)
            for number, shot, key in best
            if chapter.start <= shot.start < chapter.stop
        ]
        if photos:
            page.section(chapter.title if len(chapters) > 1 else "Shots").photos(photos)
    page.section("Interest")
    rows = {"all": interest.score, "seen": interest.worth(SEEN), "heard": interest.worth(HEARD)}
    seconds = np.arange(len(interest.score), dtype=np.float64)
    lines = [Line(name, seconds.tolist(), row.tolist()) for name, row in rows.items()]
    page.curve("What each second is worth", lines, x_label="seconds", y_label="score")
    return page


def _photo(interest: Interest, number: int, shot: Shot, key: KeyFrame) -> Photo:
    first, stop = int(shot.start), max(int(-(-shot.stop // 1)), int(shot.start) + 1)
    score = float(interest.score[first:stop].mean())
    caption = f"{number}. {clock(shot.start)} - {clock(shot.stop)}; {score:.2f}: {interest.why(first, stop)}"
    return Photo(key.thumb, caption, f"shot {number} at {clock(key.time)}")


def _best_of_shots(analysis: Analysis, most: int) -> list[tuple[int, Shot, KeyFrame]]:
    """Return each shot with its number and its best key frame; of more than so many, those of the best grade."""
    found = [(number, shot, key) for number, shot in enumerate(analysis.shots, 1) for key in analysis.keys_of(shot)[:1]]
    return sorted(sorted(found, key=lambda each: -each[2].grade)[:most], key=lambda each: each[0])


def _write_sheet(analysis: Analysis, out: Path) -> None:
    best = _best_of_shots(analysis, MAX_PICTURES)
    keys = [key for _, _, key in best] if len(best) > 1 else sorted(analysis.keys, key=lambda key: key.time)
    if not keys:
        raise MediaError(f"{analysis.path}: no picture of it can be shown; give an undamaged copy")
    pictures = [(of_jpeg(key.thumb), clock(key.time)) for key in keys]
    with whole_file(out) as part:
        write_still(part, sheet(pictures, 4 if len(pictures) < 20 else 6))
