"""The analysis of a minute of film: one look at its pictures, one at its sound, kept as arrays that a file can hold.

    pictures --every one------> finder of shots            starts of shots
             --one a second---> face (that of each candidate too)
             --four a second--> Sight --> seconds (S, ..)  means of each second, the best picture of each as a candidate
    sound    --every 10 ms----> levels (F, 5)

Pieces are looked at each by itself, so that work that was stopped goes on with the next one. Their borders are not seen
in the result: the finder begins a little early and goes on a little late, and only starts within the piece count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.spans import Span, touches
from frameloom.apps.summarise.facing import NOBODY, Facing, facing
from frameloom.apps.summarise.reading import Damage, pictures_around, sound_around
from frameloom.apps.summarise.shots import MakesFinder, Shot
from frameloom.apps.summarise.sight import FEATURES, Seen, Sight
from frameloom.core.errors import MediaError
from frameloom.effects.sound.features import measure_features
from frameloom.media.files.pictures import jpeg, of_jpeg
from frameloom.media.files.source import MediaInfo, Picture, PictureForm
from frameloom.media.image import resize_planes, to_rgb

PIECE_S = 60
SAMPLES_PER_S = 4
THUMB_WIDTH = 320
"""Width in px that a candidate is kept in."""
CANDIDATES_PER_SHOT = 4
"""Most that a piece keeps of one shot."""
APART_S = Fraction(1)
"""Least time between two of them."""
EDGE_S = Fraction(1, 5)
"""Pictures that near to a cut may be blurred by it: they are taken last."""

SECOND = (
    *("pictures", "sharpness", "exposure", "lightness", "camera", "bustle", "focus_x", "focus_y"),
    *("step", "face", "face_x", "face_y"),
)
"""What is known of each second: how many pictures were measured, means of what was seen, the longest step of its
features from one picture to the next, and the face in its first picture: height and place in shares of the picture."""
_MEANS = SECOND.index("step")

Table = NDArray[np.float32]
Small = NDArray[np.float16]
"""What is held of the whole film at once; its steps, .06 dB or .25 Hz at most, are less than what is told from it."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A picture that may stand for its shot."""

    time: Fraction
    quality: float
    sharpness: float
    exposure: float
    face: float
    """Height of the face in it, as a share of the picture's; 0 without one."""
    feature: Small
    """As `Seen.feature`."""
    thumb: bytes
    """JPEG."""


@dataclass(frozen=True, eq=False)
class Piece:
    """What was seen and heard from `start` until `stop`, whole seconds but for the end of the film."""

    start: Fraction
    stop: Fraction
    starts: tuple[tuple[Fraction, str], ...]
    """When each shot begins that begins here, and how."""
    seconds: Table
    """(S, len(SECOND))."""
    features: Small
    """Mean of each second, (S, FEATURES)."""
    levels: Small
    """Of every 10 ms of sound, as effects.sound.features has them, (F, 5); none without sound."""
    candidates: tuple[Candidate, ...]
    damage: tuple[Damage, ...] = ()


def form_of(info: MediaInfo, width: int = THUMB_WIDTH) -> PictureForm:
    """Return a form as wide as this, or as the film is, in its shape."""
    within = min(width, info.width)
    return PictureForm(max(within // 2 * 2, 2), max(round(info.height * within / info.width / 2) * 2, 2))


def look_at(info: MediaInfo, start: Fraction, stop: Fraction, make_finder: MakesFinder) -> Piece:
    """Return what is seen and heard of a film from start until stop.

    Raises:
        MediaError: the file is gone, or nothing of it can be read.
    """
    looking = _Looking(info, start, stop, make_finder)
    looking.run()
    damage = list(looking.damage)
    levels = np.zeros((0, 5), np.float16)
    if info.sound is not None:
        levels = _levels(info.path, start, stop, damage)
    seconds, features = looking.of_seconds()
    return Piece(
        start,
        stop,
        tuple((shot.start, shot.begins_by) for shot in looking.shots if start <= shot.start < stop),
        seconds,
        features.astype(np.float16),
        levels,
        tuple(looking.candidates()),
        tuple(damage),
    )


def _levels(path: Path, start: Fraction, stop: Fraction, damage: list[Damage]) -> Small:
    try:
        heard = measure_features(sound_around(path, start, stop, damage.append))
    except MediaError:
        damage.append(Damage(start, stop, "sound"))
        return np.zeros((0, 5), np.float16)
    rows = [heard.level_db, heard.speech_db, heard.flux, heard.periodicity, heard.pitch_hz]
    return np.stack(rows, axis=1).astype(np.float16)


@dataclass
class _Sample:
    seen: Seen
    thumb: bytes
    facing: Facing | None
    """The face in it; None where nobody looked for one."""


@dataclass
class _Looking:
    """One pass over the pictures of a piece."""

    info: MediaInfo
    start: Fraction
    stop: Fraction
    make_finder: MakesFinder
    shots: list[Shot] = field(default_factory=list)
    samples: list[_Sample] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    followed: Facing = NOBODY

    def run(self) -> None:
        finder = self.make_finder()
        reach = finder.reach
        begin, end = max(Fraction(0), self.start - reach), min(self.info.duration, self.stop + reach)
        video = self.info.videos[0]
        color = video.color
        own = PictureForm(video.width, video.height, video.depth, color)  # pictures of another size come in that of all
        sight, due = Sight(color), self.start
        kind = "begin" if begin == 0 else ""
        first, last = None, begin
        for picture in pictures_around(self.info.path, begin, end, own):
            if isinstance(picture, Damage):
                self._found(finder.finish(picture.start), kind, first)
                finder, sight, kind, first = self.make_finder(), Sight(color), "damage", None
                lost = Span(max(picture.start, self.start), min(picture.stop, self.stop))
                if lost.end > lost.begin:
                    self.damage.append(Damage(lost.begin, lost.end, "pictures"))
                last = picture.stop
                continue
            first = picture.time if first is None else first
            self._found(finder.see(picture), kind, first)
            last = picture.time + picture.duration
            if max(due, self.start) <= picture.time < self.stop or (
                not self.samples and picture.time < self.stop <= last
            ):
                self.samples.append(self._sample(sight, picture))
                due = max(due + Fraction(1, SAMPLES_PER_S), picture.time)
            sight.pass_by(picture.time, picture.planes)
        self._found(finder.finish(min(last, self.info.duration)), kind, first)
        if not self.samples and not self.damage and self.start == 0:
            raise MediaError(f"{self.info.path}: no pictures in its video stream; give a file that plays")

    def _found(self, shots: Iterable[Shot], kind: str, first: Fraction | None) -> None:
        """Keep shots; the first of a stretch begins as the stretch does, and counts only where that is known."""
        for shot in shots:
            if shot.start != first:
                self.shots.append(shot)
            elif kind == "begin":
                self.shots.append(Shot(shot.start, shot.stop, "begin"))
            elif kind == "damage":
                self.shots.append(Shot(shot.start, shot.stop, "damage"))

    def _sample(self, sight: Sight, picture: Picture) -> _Sample:
        seen = sight.measure(picture.time, picture.planes)
        form = form_of(self.info)
        small = resize_planes(picture.planes, form.width, form.height, "area")
        rgb = to_rgb(small, self.info.videos[0].color)
        found = None
        if not self.samples or int(picture.time) > int(self.samples[-1].seen.time):
            self.followed = found = facing(rgb, self.followed)
        return _Sample(seen, jpeg(rgb), found)

    def of_seconds(self) -> tuple[Table, Table]:
        """Return the table of seconds and their mean features."""
        count = int(-(-(self.stop - self.start) // 1))
        seconds = np.zeros((count, len(SECOND)), np.float32)
        features = np.zeros((count, FEATURES), np.float32)
        before: Seen | None = None
        for sample in self.samples:
            seen = sample.seen
            index = min(max(int(seen.time - self.start), 0), count - 1)
            seconds[index, :_MEANS] += (
                1,
                seen.sharpness,
                seen.exposure,
                seen.lightness,
                seen.camera,
                seen.bustle,
                *seen.focus,
            )
            features[index] += seen.feature
            if sample.facing is not None:
                seconds[index, _MEANS + 1 :] = sample.facing.size, sample.facing.x, sample.facing.y
            if before is not None:
                step = float(np.linalg.norm(seen.feature - before.feature))
                seconds[index, _MEANS] = max(seconds[index, _MEANS], step)
            before = seen
        number = np.maximum(seconds[:, :1], 1)
        seconds[:, 1:_MEANS] /= number
        features /= number
        return seconds, features

    def candidates(self) -> list[Candidate]:
        """Return the best pictures of each shot, in order of time."""
        cuts = sorted({shot.start for shot in self.shots if self.start < shot.start < self.stop})
        edges = [self.start, *cuts, self.stop]
        kept: list[Candidate] = []
        for begin, end in pairwise(edges):
            near = [Span(edge - EDGE_S, edge + EDGE_S) for edge in (begin, end) if edge in cuts]
            own = [sample for sample in self.samples if begin <= sample.seen.time < end]
            kept += _best(own, near)
        return sorted(kept, key=lambda candidate: candidate.time)


def _best(samples: list[_Sample], edges: list[Span]) -> list[Candidate]:
    """Return the best of the pictures of a shot, apart from each other."""
    graded = [
        (sample.seen.quality * (0.5 if touches(edges, sample.seen.time, sample.seen.time) else 1), sample)
        for sample in samples
    ]
    chosen: list[Candidate] = []
    for quality, sample in sorted(graded, key=lambda pair: -pair[0]):
        seen = sample.seen
        if len(chosen) < CANDIDATES_PER_SHOT and all(abs(seen.time - other.time) >= APART_S for other in chosen):
            face = facing(of_jpeg(sample.thumb)) if sample.facing is None else sample.facing
            measured = seen.sharpness, seen.exposure, face.size, seen.feature.astype(np.float16)
            chosen.append(Candidate(seen.time, quality, *measured, sample.thumb))
    return chosen
