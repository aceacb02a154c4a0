"""Subtitles over pictures: plain cues drawn in our own captions, styled ones as their file wants them.

cues --which are shown now--> words --drawn once--> planes with alpha, left, top
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from frameloom.effects.titles.designs import caption_parts, place_caption
from frameloom.effects.titles.motion import At, Part, Pose, Scene, Shown, to_planes
from frameloom.effects.titles.settings import CaptionLook
from frameloom.effects.titles.stage import Stage, joined
from frameloom.media.planes import ColorName, Depth
from frameloom.media.subtitles import Cue, read_subtitles, shift_cues
from frameloom.media.subtitles.styled import StyledCues, open_styled
from frameloom.media.text import DrawnText

_MOST_AT_ONCE = 8
"""Cues that are shown together; what else overlaps is left out."""


def begin_captions(
    cues: Sequence[Cue],
    width: int,
    height: int,
    depth: Depth = 8,
    color: ColorName = "bt709",
    look: CaptionLook | None = None,
) -> At:
    """Return what cues show at each time, in seconds; the very same object while the words stay.

    Raises:
        MediaError: a font cannot be read.
    """
    chosen = look or CaptionLook()
    stage = Stage(width, height, Fraction(0), depth, color)
    times, shown = _spans(cues)
    last: tuple[tuple[Cue, ...], Scene] = ((), Scene(()))

    def scene(time: Fraction) -> Scene:
        nonlocal last
        index = bisect_right(times, time) - 1
        now = shown[index] if index >= 0 else ()
        if now != last[0]:
            last = now, Scene(tuple(Pose(part) for part in _draw(now, chosen, stage)))
        return last[1]

    return stage.play(scene)


def _spans(cues: Sequence[Cue]) -> tuple[list[Fraction], list[tuple[Cue, ...]]]:
    """Return the times at which something changes, and what is shown from each on."""
    times = sorted({time for cue in cues for time in (cue.start, cue.end)})
    waiting = sorted(cues, key=lambda cue: cue.start, reverse=True)
    active: list[Cue] = []
    shown: list[tuple[Cue, ...]] = []
    for time in times:
        active = [cue for cue in active if cue.end > time]
        while waiting and waiting[-1].start <= time:
            active.append(waiting.pop())
        shown.append(tuple(active[:_MOST_AT_ONCE]))
    return times, shown


def _draw(cues: Sequence[Cue], look: CaptionLook, stage: Stage) -> list[Part]:
    """Return the captions of all cues that are shown at once: those of one place stand in one caption."""
    parts = []
    for place in ("bottom", "center", "top"):
        together = [cue for cue in cues if cue.place == place]
        if together:
            here = look if place == "bottom" else look.model_copy(update={"place": place})
            words = "\n".join(cue.text for cue in together)
            block, left, top = place_caption(here, words, stage, all(cue.italic for cue in together))
            ground, letters = caption_parts(here, stage, block, left, top)
            parts.append(joined([*ground, letters]))
    return parts


class Captions(Protocol):
    """What draws subtitles: called with a time in seconds, and closed when done."""

    def __call__(self, time: Fraction) -> Shown | None:
        """Return what is shown at a time."""
        ...

    def close(self) -> None:
        """Let go of files and processes."""
        ...


def begin_subtitles(
    path: Path,
    width: int,
    height: int,
    rate: Fraction,
    depth: Depth = 8,
    color: ColorName = "bt709",
    *,
    shift: Fraction = Fraction(0),
    look: CaptionLook | None = None,
) -> Captions:
    """Return what draws a file of subtitles: ASS and SSA in their own styles unless a look is given, all else in ours.

    Args:
        path: .srt, .vtt, .ass or .ssa.
        width: of the picture, in px.
        height: of the picture, in px.
        rate: pictures per second.
        depth: bits of a sample.
        color: the picture's colour space.
        shift: seconds by which all come later.
        look: how plain captions look; by default boxed.

    Raises:
        MediaError: the file is missing or damaged, or a font cannot be read.
        MissingDependencyError: there is no ffmpeg binary that draws styles.
    """
    if look is None and path.suffix.lower() in {".ass", ".ssa"}:
        return StyledCaptions(path, width, height, rate, depth, color, shift)
    return PlainCaptions(shift_cues(read_subtitles(path).cues, shift), width, height, depth, color, look)


class PlainCaptions:
    """Cues in our own captions."""

    def __init__(
        self,
        cues: Sequence[Cue],
        width: int,
        height: int,
        depth: Depth = 8,
        color: ColorName = "bt709",
        look: CaptionLook | None = None,
    ):
        self._at = begin_captions(cues, width, height, depth, color, look)

    def __call__(self, time: Fraction) -> Shown | None:
        """Return what is shown at a time in seconds."""
        return self._at(time)

    def close(self) -> None:
        """Do nothing: nothing is open."""


class StyledCaptions:
    """Subtitles of an ASS or SSA file in its own styles; ask in order of time, and close it when done."""

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        rate: Fraction,
        depth: Depth = 8,
        color: ColorName = "bt709",
        shift: Fraction = Fraction(0),
    ):
        self._rate, self._depth, self._color = rate, depth, color
        self._cues: StyledCues = open_styled(path, width, height, rate, shift)
        self._last: tuple[DrawnText | None, Shown | None] = (None, None)

    def __call__(self, time: Fraction) -> Shown | None:
        """Return what is shown at a time in seconds."""
        drawn = self._cues.at(round(time * self._rate))
        if drawn is not self._last[0]:
            planes = None if drawn is None else to_planes(drawn.pixels, self._depth, self._color)
            self._last = drawn, None if drawn is None or planes is None else Shown(planes, drawn.left, drawn.top)
        return self._last[1]

    def close(self) -> None:
        """End the process that draws."""
        self._cues.close()
