"""Where everything of a timeline comes to lie, and every problem that it has.

    Timeline --lay_out--> Layout: exact begin and end of each clip, size, rate, duration
                          Problems: place, what is wrong, what to do

Nothing is decoded here beyond what `probe` reads of each file, once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from frameloom.apps.edit.timeline import (
    STILL_S,
    Clip,
    FileSource,
    Gap,
    ImageSource,
    ModelSource,
    Timeline,
    Track,
    Transition,
)
from frameloom.apps.edit.timemap import TimeMap, duration_for
from frameloom.core.errors import ConfigError, FrameloomError
from frameloom.core.times import clock
from frameloom.media.files.source import MediaInfo, probe
from frameloom.media.planes import ColorName, Depth

DEFAULT_SIZE = (1280, 720)
DEFAULT_RATE = Fraction(25)
SLOWEST, FASTEST = 0.05, 100.0
"""Bounds of a clip's speed."""
MAX_DURATION_S = 48 * 3600


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a timeline, or that a person should know."""

    where: str
    """As tracks[0].items[2].start."""
    text: str
    """What is wrong, what was given, what to do."""
    grave: bool = True
    """Whether it keeps the timeline from being rendered."""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True)
class Placed:
    """A clip with its exact time on the timeline."""

    clip: Clip
    begin: Fraction
    end: Fraction
    where: str
    info: MediaInfo | None = None
    """What its file says of itself, if it has one."""
    into: Transition | None = None
    """Overlaps its first seconds."""
    out_of: Transition | None = None
    """Overlaps its last seconds."""

    @property
    def duration(self) -> Fraction:
        """Return its length in seconds."""
        return self.end - self.begin

    @property
    def times(self) -> TimeMap:
        """Return which moment of the source it shows when."""
        clip = self.clip
        return TimeMap(clip.start, self.duration, clip.speed, clip.reverse, clip.freeze)

    @property
    def has_pictures(self) -> bool:
        """Return whether there is anything to see."""
        return self.info is None or self.info.video is not None

    @property
    def has_sound(self) -> bool:
        """Return whether there is anything to hear."""
        return self.clip.sound and not self.clip.freeze and self.info is not None and self.info.sound is not None


@dataclass(frozen=True)
class Laid:
    """A track with its clips in order of time."""

    track: Track
    clips: tuple[Placed, ...]

    @property
    def end(self) -> Fraction:
        """Return when its last clip ends."""
        return max((placed.end for placed in self.clips), default=Fraction(0))


@dataclass(frozen=True)
class Layout:
    """A timeline with every choice made."""

    timeline: Timeline
    width: int
    height: int
    rate: Fraction
    depth: Depth
    color: ColorName
    tracks: tuple[Laid, ...]
    duration: Fraction
    problems: tuple[Problem, ...] = field(default=())

    @property
    def frames(self) -> int:
        """Return how many pictures it has: its duration, to the nearest one, and at least one."""
        return max(1, int(self.duration * self.rate + Fraction(1, 2)))


def layout(timeline: Timeline) -> Layout:
    """Return a layout that can be rendered.

    Raises:
        ConfigError: lists every problem, one a line.
    """
    laid = lay_out(timeline)
    if grave := [str(problem) for problem in laid.problems if problem.grave]:
        raise ConfigError("\n".join(grave))
    return laid


def lay_out(timeline: Timeline) -> Layout:
    """Return a layout and all its problems; what cannot be placed is left out of it."""
    problems: list[Problem] = []
    infos = _probed(timeline, problems)
    tracks = tuple(
        Laid(track, tuple(_placed(track, f"tracks[{number}]", infos, problems)))
        for number, track in enumerate(timeline.tracks)
    )
    duration = max((laid.end for laid in tracks), default=Fraction(0))
    if not duration and not problems:
        problems.append(Problem("tracks", "nothing to show or hear; give at least one clip"))
    if duration > MAX_DURATION_S:
        problems.append(Problem("tracks", f"{clock(duration)} long; at most {MAX_DURATION_S // 3600} hours"))
    problems += _of_tracks(timeline)
    width, height, rate, color = _form(timeline, tracks)
    depth: Depth = timeline.depth or (10 if color in ("hlg", "pq") else 8)
    told = tuple(dict.fromkeys(problems))
    return Layout(timeline, width, height, rate, depth, color, tracks, duration, told)


def _probed(timeline: Timeline, problems: list[Problem]) -> Mapping[Path, MediaInfo]:
    """Return what each file says of itself; files that cannot be read become problems."""
    infos: dict[Path, MediaInfo] = {}
    failed: dict[Path, str] = {}
    for number, track in enumerate(timeline.tracks):
        for index, item in enumerate(track.items):
            if not isinstance(item, Clip) or not isinstance(item.source, FileSource | ImageSource):
                continue
            path = item.source.path
            if path not in infos and path not in failed:
                try:
                    infos[path] = probe(path)
                except FrameloomError as error:
                    failed[path] = str(error)
            if path in failed:
                problems.append(Problem(f"tracks[{number}].items[{index}].source", failed[path]))
    return infos


def _placed(track: Track, where: str, infos: Mapping[Path, MediaInfo], problems: list[Problem]) -> Iterator[Placed]:
    """Yield a track's clips with their times."""
    now = Fraction(0)
    into: Transition | None = None
    items = track.items
    for index, item in enumerate(items):
        place = f"{where}.items[{index}]"
        if isinstance(item, Gap):
            now += item.duration
            continue
        if isinstance(item, Transition):
            before = items[index - 1] if index else None
            if isinstance(before, Transition):
                problems.append(Problem(place, "a transition follows another one; put a clip between them"))
            if into is None and index + 1 < len(items) and isinstance(items[index + 1], Clip):
                into = item
                now -= item.duration if isinstance(before, Clip) else 0
            continue
        info = infos.get(item.source.path) if isinstance(item.source, FileSource | ImageSource) else None
        if isinstance(item.source, FileSource | ImageSource) and info is None:
            into = None
            continue
        duration = _duration(item, info, place, problems)
        if item.at is not None:
            if item.at < now:
                text = f"begins at {clock(item.at)}, but what is before it ends at {clock(now)}"
                problems.append(Problem(f"{place}.at", f"{text}; begin later, or use another track"))
            now = item.at
        following = items[index + 1] if index + 1 < len(items) else None
        out_of = following if isinstance(following, Transition) else None
        overlap = (into.duration if into else 0) + (out_of.duration if out_of else 0)
        if overlap > duration:
            text = f"its transitions take {clock(Fraction(overlap))}, but it lasts {clock(duration)}"
            problems.append(Problem(place, f"{text}; make the transitions shorter or the clip longer"))
        yield Placed(item, now, now + duration, place, info, into, out_of)
        now += duration
        into = None


def _duration(clip: Clip, info: MediaInfo | None, where: str, problems: list[Problem]) -> Fraction:
    """Return how long a clip is shown."""
    speeds = [clip.speed] if isinstance(clip.speed, int | float) else [frame.value for frame in clip.speed]
    if not all(SLOWEST <= speed <= FASTEST for speed in speeds):
        text = f"from {SLOWEST} to {FASTEST:g}, got {', '.join(f'{speed:g}' for speed in speeds)}"
        problems.append(Problem(f"{where}.speed", f"must be {text}"))
        return clip.duration or Fraction(STILL_S)
    if info is None or isinstance(clip.source, ImageSource) or clip.freeze:
        fallback = Fraction(2) if isinstance(clip.source, ModelSource) else Fraction(STILL_S)
        return clip.duration or fallback
    left = info.duration - clip.start
    if left <= 0:
        text = f"begins at {clock(clip.start)} of a file that ends at {clock(info.duration)}; begin earlier"
        problems.append(Problem(f"{where}.start", text))
        return clip.duration or Fraction(STILL_S)
    longest = duration_for(clip.speed, left)
    if clip.duration is None:
        return longest
    if clip.duration > longest + Fraction(1, 10):
        text = f"{clock(clip.duration)} asked for, but the file gives {clock(longest)} from there"
        problems.append(Problem(f"{where}.duration", f"{text}; its last picture will stand still", grave=False))
    return clip.duration


def _of_tracks(timeline: Timeline) -> Iterator[Problem]:
    """Yield what is wrong between tracks."""
    names = [track.name for track in timeline.tracks]
    for index, track in enumerate(timeline.tracks):
        if track.duck and track.duck.under not in names:
            known = ", ".join(repr(name) for name in names if name) or "none has a name"
            text = f"no track is called {track.duck.under!r}; there are: {known}"
            yield Problem(f"tracks[{index}].duck.under", text)
        if track.duck and track.duck.under == track.name:
            yield Problem(f"tracks[{index}].duck.under", "a track cannot fall under itself; name another one")
        if track.name and names.index(track.name) < index:
            yield Problem(f"tracks[{index}].name", f"{track.name!r} is the name of two tracks; rename one")
    for index, subtitles in enumerate(timeline.subtitles):
        if not subtitles.path.is_file():
            yield Problem(f"subtitles[{index}].path", f"{subtitles.path}: no such file; give .srt, .vtt or .ass")


def _form(timeline: Timeline, tracks: tuple[Laid, ...]) -> tuple[int, int, Fraction, ColorName]:
    """Return width, height, rate and colour space: those given, else those of the first clip with pictures."""
    videos = [
        placed.info.video
        for laid in tracks
        for placed in laid.clips
        if laid.track.kind == "video" and placed.info and placed.info.video
    ]
    width, height, rate = timeline.width, timeline.height, timeline.rate
    if videos:
        own_width, own_height = videos[0].width + videos[0].width % 2, videos[0].height + videos[0].height % 2
        rates = [video.rate for video in videos if video.rate]
        rate = rate or (rates[0] if rates else DEFAULT_RATE)
    else:
        own_width, own_height = DEFAULT_SIZE
    if width and not height:
        height = round(own_height * width / own_width / 2) * 2
    elif height and not width:
        width = round(own_width * height / own_height / 2) * 2
    color = timeline.color or (videos[0].color if videos else "bt709")
    return width or own_width, height or own_height, rate or DEFAULT_RATE, color
