"""Every problem of a timeline at once: what keeps it from being rendered, and what a person should know before.

tracks[0].items[2].start: begins at 0:09.00 of a file that ends at 0:05.00; begin earlier
"""

from collections.abc import Iterator
from pathlib import Path

from frameloom.apps.edit.layout import Layout, Placed, Problem, lay_out
from frameloom.apps.edit.timeline import FileSource, ImageSource, Timeline, TitleSource
from frameloom.core.config import Config
from frameloom.core.errors import FrameloomError
from frameloom.effects.titles import missing_in
from frameloom.media.subtitles import read_subtitles

BLURRED_FROM = 2.0
"""Pictures enlarged more than this look soft."""


def check(timeline: Timeline) -> list[Problem]:
    """Return every problem, the grave ones first."""
    laid = lay_out(timeline)
    problems = [*laid.problems, *_missing_files(timeline, ""), *_notes(laid), *_of_subtitles(timeline)]
    return sorted(dict.fromkeys(problems), key=lambda problem: not problem.grave)


def _missing_files(value: object, where: str) -> Iterator[Problem]:
    """Yield a problem for each file that is named and not there; sources are probed by the layout."""
    if isinstance(value, Config) and not isinstance(value, FileSource | ImageSource):
        for name in type(value).model_fields:
            yield from _missing_files(getattr(value, name), f"{where}.{name}" if where else name)
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _missing_files(inner, f"{where}[{index}]")
    elif isinstance(value, Path) and not value.exists():
        yield Problem(where, f"{value}: no such file; give one that is there")


def _notes(laid: Layout) -> Iterator[Problem]:
    for track in laid.tracks:
        for placed in track.clips:
            yield from _of_pictures(placed, laid)
            source = placed.clip.source
            if isinstance(source, TitleSource) and (letters := missing_in(source.title)):
                text = f"no font has {letters!r}; it is drawn as an empty box; give a font file that has it"
                yield Problem(f"{placed.where}.source.title", text, grave=False)


def _of_subtitles(timeline: Timeline) -> Iterator[Problem]:
    for index, subtitles in enumerate(timeline.subtitles):
        if subtitles.path.is_file():
            try:
                for note in read_subtitles(subtitles.path).notes:
                    yield Problem(f"subtitles[{index}].path", note, grave=False)
            except FrameloomError as error:
                yield Problem(f"subtitles[{index}].path", str(error))


def _of_pictures(placed: Placed, laid: Layout) -> Iterator[Problem]:
    video = placed.info.video if placed.info else None
    if video is None:
        return
    if video.color in ("hlg", "pq") and laid.color not in ("hlg", "pq"):
        text = (
            f"has a high dynamic range ({video.color}) and will look pale; set color = {video.color!r} and depth = 10"
        )
        yield Problem(placed.where, text, grave=False)
    growth = min(laid.width / video.width, laid.height / video.height)
    if growth > BLURRED_FROM and placed.clip.fit in ("contain", "cover"):
        size = f"{video.width}x{video.height} px in a picture of {laid.width}x{laid.height}"
        yield Problem(placed.where, f"{size}: enlarged {growth:.1f} times, it will look soft", grave=False)
