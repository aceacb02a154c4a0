"""Everything that is known of a film after one pass: shots, key frames, seconds, words, damage.

    film --pieces, one a minute--> store --join--> Analysis
                 (only what is missing)

Memory holds one piece's pictures, and of the whole film some numbers a second (1 kB of sound, .4 kB of sight) and up to
four small pictures a shot.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path
from time import monotonic
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.footage import is_still
from frameloom.apps.edit.automatic.spans import Span, Spans, between, merged
from frameloom.apps.summarise.detected import best_finder
from frameloom.apps.summarise.heard import heard_in
from frameloom.apps.summarise.keyframes import KeyFrame, key_frames
from frameloom.apps.summarise.passes import Step, watch
from frameloom.apps.summarise.pieces import PIECE_S, SECOND, Piece, look_at
from frameloom.apps.summarise.reading import Damage, damage_notes
from frameloom.apps.summarise.shots import Kind, MakesFinder, Shot, without_blinks
from frameloom.apps.summarise.store import Keeper, default_folder
from frameloom.core.errors import MediaError
from frameloom.core.progress import View
from frameloom.core.times import clock
from frameloom.media.files.container import missing_bytes
from frameloom.media.files.source import MediaInfo, probe

VERSION = 3
"""Grows whenever the analysis changes; older ones are then not taken for it."""

Table = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Analysis:
    """What was seen and heard of a film; times are exact and on its own clock."""

    info: MediaInfo
    shots: tuple[Shot, ...]
    keys: tuple[KeyFrame, ...]
    """Those of each shot, the best first, in the order of the shots."""
    seconds: Table
    """As pieces.SECOND, (S, columns); a row of zeros where nothing was seen."""
    features: Table
    """Mean look of each second, (S, FEATURES)."""
    level_db: Table
    """Of each second, (S,): the root mean square of its loudest 400 ms, -100 without sound."""
    flux: Table
    """How suddenly something begins to sound in each second, (S,)."""
    speech: Table
    """Share of each second in which somebody speaks, (S,)."""
    silences: Spans = ()
    spoken: Spans = ()
    """Where somebody speaks, with short pauses."""
    words: Spans = ()
    """Where a cut would split a word."""
    damage: tuple[Damage, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else a person should be told of the look: the film is cut off, nothing of it is kept."""

    @property
    def notes(self) -> list[str]:
        """Return what a person should be told of the look."""
        return [*damage_notes(self.path, self.damage), *self.remarks]

    @property
    def path(self) -> Path:
        """Return the film's file."""
        return self.info.path

    @property
    def duration(self) -> Fraction:
        """Return its length in seconds."""
        return self.info.duration

    @property
    def rate(self) -> Fraction:
        """Return pictures a second to cut at: its own, or the nearest whole one where its rate varies."""
        video = self.info.videos[0]
        return video.rate if video.constant_rate else Fraction(max(round(video.rate), 1))

    @property
    def good(self) -> Spans:
        """Return what can be read of it."""
        shown = [Span(shot.start, shot.stop) for shot in self.shots]
        lost = [Span(damage.start, damage.stop) for damage in self.damage]
        return tuple(part for span in merged(shown) for part in between(lost, *span))

    def column(self, name: str) -> Table:
        """Return one column of the table of seconds, (S,)."""
        return self.seconds[:, SECOND.index(name)]

    def keys_of(self, shot: Shot) -> tuple[KeyFrame, ...]:
        """Return the key frames of a shot, the best first."""
        return self._keys.get(shot.start, ())

    @cached_property
    def _keys(self) -> dict[Fraction, tuple[KeyFrame, ...]]:
        """Return the key frames of each shot by when it starts."""
        starts = [shot.start for shot in self.shots]
        found: dict[Fraction, tuple[KeyFrame, ...]] = {}
        for key in self.keys:
            start = starts[bisect_right(starts, key.time) - 1]
            found[start] = (*found.get(start, ()), key)
        return found


def analyse(
    path: Path,
    *,
    cache: Path | None = None,
    keep: bool = True,
    make_finder: MakesFinder | None = None,
    view: View = "auto",
) -> Analysis:
    """Return what is known of a film, looking only at what no cache knows; stopped work goes on with the next minute.

    Args:
        path: a film.
        cache: the folder of the cache; by default the user's, and where that cannot be written nothing is kept.
        keep: whether to keep what was seen in it.
        make_finder: what finds shots; else the shipped network, or the watch on changes.
        view: how progress is shown.

    Raises:
        MediaError: not a film, or nothing of it can be read.
        OutputError: the cache cannot be written.
        KeyboardInterrupt: stopped; the message says how to go on.
    """
    info = probe(path)
    if info.video is None:
        raise MediaError(f"{path}: no video stream; give a file with video")
    if path.is_file() and is_still(path):
        raise MediaError(f"{path}: one picture, which has no parts to choose from; give a film")
    make_finder = make_finder or best_finder()
    folder = (cache or default_folder()) if keep and path.is_file() else None
    kept = Keeper.of(path, _kind(make_finder), folder)
    pieces: list[Piece] = []
    watch(_looked_at(info, make_finder, kept, pieces), path, view, kept, pieces)
    if kept.store is not None:
        kept.store.use()
    found = join(info, pieces)
    return replace(found, remarks=tuple(filter(None, [_cut_off(found), kept.why_not])))


def known(path: Path, cache: Path) -> Analysis | None:
    """Return what a cache knows of a film without looking at it; None where it does not know all of it.

    Raises:
        MediaError: the file cannot be read.
        OutputError: the cache cannot be written.
    """
    info = probe(path)
    if not cache.is_dir() or info.video is None:
        return None
    kept = Keeper.of(path, _kind(best_finder()), cache)
    pieces = [kept.find(number) for number in range(max(int(-(-info.duration // PIECE_S)), 1))]
    whole = [piece for piece in pieces if piece is not None]
    return join(info, whole) if len(whole) == len(pieces) else None


def _kind(make_finder: MakesFinder) -> str:
    """Return what else than the film an analysis depends on."""
    return f"{VERSION}-{make_finder().name}"


def _cut_off(analysis: Analysis) -> str:
    """Return a note where the end of a film is missing and no damage says so; what is missing has no times."""
    if not analysis.path.is_file() or any(
        one.of == "pictures" and one.stop >= analysis.duration for one in analysis.damage
    ):
        return ""
    missing = missing_bytes(analysis.path)
    end = clock(analysis.duration)
    return f"{analysis.path}: cut off at {end}, {missing} bytes are missing at its end" if missing else ""


def _looked_at(info: MediaInfo, make_finder: MakesFinder, kept: Keeper, pieces: list[Piece]) -> Iterator[Step]:
    began = monotonic()
    looked = Fraction(0)
    for number, start in enumerate(range(0, max(-(-info.duration // 1), 1), PIECE_S)):
        stop = min(Fraction(start + PIECE_S), info.duration)
        found = kept.find(number)
        if found is None:
            found = look_at(info, Fraction(start), stop, make_finder)
            looked += stop - start
            kept.keep(info.path, number, found)
            yield Step("seen", stop, info.duration, float(looked) / max(monotonic() - began, 1e-6))
        pieces.append(found)


def join(info: MediaInfo, pieces: Sequence[Piece]) -> Analysis:
    """Return the analysis of a film from that of its pieces.

    Raises:
        MediaError: nothing of it can be read.
    """
    damage = _joined_damage([one for piece in pieces for one in piece.damage])
    shots = without_blinks(_shots(pieces, damage, _end_of_pictures(info)))
    if not shots:
        raise MediaError(f"{info.path}: nothing of its pictures can be read; give an undamaged copy")
    seconds = np.concatenate([piece.seconds for piece in pieces])
    candidates = [candidate for piece in pieces for candidate in piece.candidates]
    heard = heard_in(pieces, info.duration, len(seconds))
    features = np.concatenate([piece.features for piece in pieces], dtype=np.float32)
    return Analysis(info, shots, key_frames(shots, candidates), seconds, features, damage=damage, **vars(heard))


def _end_of_pictures(info: MediaInfo) -> Fraction:
    video = info.videos[0]
    return min(info.duration, video.start + video.duration) if video.duration > 0 else info.duration


def _shots(pieces: Sequence[Piece], damage: Sequence[Damage], end: Fraction) -> Iterator[Shot]:
    """Yield shots from start to start, none over damage."""
    lost = [one for one in damage if one.of == "pictures"]
    starts = [begin for piece in pieces for begin in piece.starts]
    for (start, kind), (following, _) in pairwise([*starts, (end, "")]):
        stop = min([following, end, *(one.start for one in lost if one.start > start)])
        if stop > start:
            yield Shot(start, stop, _begins_by(kind))


def _begins_by(text: str) -> Kind:
    kinds: tuple[Kind, ...] = get_args(Kind)
    return next((kind for kind in kinds if kind == text), "cut")


def _joined_damage(found: Sequence[Damage]) -> tuple[Damage, ...]:
    """Return damage with what meets at the border of two pieces made one."""
    joined: list[Damage] = []
    for _, group in groupby(sorted(found, key=lambda one: (one.of, one.start)), key=lambda one: one.of):
        for one in group:
            if joined and joined[-1].of == one.of and joined[-1].stop >= one.start:
                joined[-1] = replace(joined[-1], stop=max(joined[-1].stop, one.stop))
            else:
                joined.append(one)
    return tuple(sorted(joined, key=lambda one: one.start))


def distances(features: Table, others: Table) -> NDArray[np.float32]:
    """Return how far each look is from each other one, (N, M)."""
    squares = (features**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2 * features @ others.T
    apart: Table = np.sqrt(np.maximum(squares, 0)).astype(np.float32)
    return apart
