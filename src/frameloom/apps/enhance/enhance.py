"""A film made better: larger, cleaner, steadier; everything else of it is kept as it is.

    source --decode--> stages --> encode, in pieces --+
       |                                              +--> out.mp4, whole or not at all
       +-- sound, subtitles, chapters, metadata ------+

Decoding, stages and encoding work at the same time. Pieces stay when the work is stopped: the same command goes on from
there, what is whole can be watched as out.partial.mp4, and the result is the same as if nothing had happened.
"""

import gc
import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import accumulate
from time import monotonic
from typing import TYPE_CHECKING

from frameloom.apps.enhance.ahead import ahead
from frameloom.apps.enhance.choice import Chosen, choose, refiner_of
from frameloom.apps.enhance.condition import condition_of
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.network import Network
from frameloom.apps.enhance.planning import Plan, plan
from frameloom.apps.enhance.stages import Span, staged
from frameloom.core.errors import MediaError
from frameloom.core.files import spare
from frameloom.core.progress import View, showing
from frameloom.core.provenance import commit, version
from frameloom.core.times import clock
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.passing import Passed, passing, tags_of
from frameloom.media.files.pictures import pictures_in
from frameloom.media.files.source import Picture, probe
from frameloom.media.files.timed import (
    Piece,
    TimedWork,
    assemble_pieces,
    codec_for,
    encode_piece,
    finest,
    keep_pieces_playable,
    missing_pieces,
    ticks_of,
    timed,
)
from frameloom.media.files.workplace import alone, clear
from frameloom.media.frames import Written

if TYPE_CHECKING:
    from frameloom.apps.enhance.report import Report

LINE_S = 5
"""Seconds between two lines of progress, where there is no bar."""
_HIGHEST_RATE = 1001
"""Largest denominator of a mean rate that is written."""


@dataclass(frozen=True)
class Enhanced:
    """What was made."""

    written: Written
    duration: Fraction
    """Seconds of the source."""
    report: "Report | None" = None
    """What was measured, if that was asked for."""


@dataclass(frozen=True)
class _Step:
    """A picture on its way to the encoder, or the end of a piece, and how far the work is."""

    picture: Picture | None
    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


def enhance(config: EnhanceConfig, view: View = "auto", network: Network | None = None) -> Enhanced:
    """Write a better film, while progress is shown.

    Args:
        config: what to do.
        view: how progress is shown.
        network: what makes pictures larger, instead of what the settings name.

    Raises:
        ModelError: there is no such network.
        MediaError: the source is missing, damaged or has no pictures, or the format does not fit.
        OutputError: the place cannot be written.
        KeyboardInterrupt: stopped; the message says what is there and how to go on.
    """
    spare(config.out, filter(None, [config.input, config.reference]))
    codec_for(config.out, config.video)
    info = probe(config.input)
    if config.reference is not None and probe(config.reference).video is None:
        raise MediaError(f"{config.reference}: no video stream; give a film to measure against")
    if info.video is None:
        raise MediaError(f"{config.input}: no video stream; give a file with video")
    condition = condition_of(config, info)
    chosen = Chosen(network) if network else choose(config, condition)
    network = chosen.network
    with alone(config.out):
        passed = passing(info, config.out)
        planned = plan(config, info, network, condition.noise)
        work = begin(config, info, planned, network)
        spare(work.partial, [config.input])
        try:
            _encode(info, planned, work, view)
        except KeyboardInterrupt:
            there = _left(config, work, passed) or "nothing is whole yet"
            raise KeyboardInterrupt(f"{config.out}: stopped; {there}; the same command goes on from there") from None
        except MediaError as error:
            there = _left(config, work, passed)
            if not there:
                clear(config.out)
                raise
            raise MediaError(f"{error}; {there}") from error
        try:
            written = assemble_pieces(work, passed, made_by(config))
        except KeyboardInterrupt:
            told = f"{config.out}: stopped; all pictures are done; the same command puts them together"
            raise KeyboardInterrupt(told) from None
    report = _measured(config) if config.report else None
    notes = (*planned.notes, *condition.notes, *chosen.notes, *written.notes)
    return Enhanced(replace(written, notes=notes), info.duration, report)


def _measured(config: EnhanceConfig) -> "Report":
    from frameloom.apps.enhance.report import measure  # its metrics need torch, which nothing else here does

    return measure(config.input, config.out, config.reference)


def _left(config: EnhanceConfig, work: TimedWork, passed: Passed) -> str:
    """Leave what is whole where it can be watched, and say so; return nothing where nothing is."""
    kept = keep_pieces_playable(work, passed, made_by(config))
    return "" if kept is None else f"{clock(kept[1])} can be watched as {work.partial}"


def made_by(config: EnhanceConfig) -> str:
    """Return what stands in a file as its maker."""
    names = ("scale", "quality", "model", "strength", "denoise", "deblock", "stabilise", "color", "fps")
    default = {name: field.default for name, field in EnhanceConfig.model_fields.items()}
    chosen = [f"{name}={getattr(config, name)}" for name in names if getattr(config, name) != default[name]]
    return " ".join([f"frameloom {version()} enhance", *chosen])


def begin(config: EnhanceConfig, info: MediaInfo, planned: Plan, network: Network) -> TimedWork:
    """Begin the work, or go on with what was begun."""
    video = info.videos[0]
    return timed(
        config.out,
        _key(config, network),
        duration=info.duration,
        ticks=finest(ticks_of(config.input), config.fps.numerator if config.fps else 1),
        rate=config.fps or video.rate.limit_denominator(_HIGHEST_RATE) or Fraction(1, _HIGHEST_RATE),
        width=planned.width,
        height=planned.height,
        depth=video.depth,
        color=video.color,
        tags=tags_of(video),
        video=config.video,
        alpha=video.alpha,
    )


def _key(config: EnhanceConfig, network: Network) -> str:
    """Return what the pictures depend on: the source as it is now, what is asked for, and who does it."""
    source = config.input
    files = pictures_in(source) if source.is_dir() else [source]
    weights = getattr(network, "path", None)
    files += filter(None, [weights, refiner_of(config)])
    stats = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    settings = config.model_dump_json(
        exclude={"out", "input", "profile", "reference", "report", "model", "quality", "precision", "device"}
    )
    made_by = "" if weights else repr(network)
    text = json.dumps([settings, stats, made_by, version(), commit()])
    return hashlib.sha256(text.encode()).hexdigest()


def _encode(info: MediaInfo, planned: Plan, work: TimedWork, view: View) -> None:
    """Encode the pieces that are missing."""
    missing = missing_pieces(work)
    gc.collect()
    with closing(_watched(info, planned, work, missing, view)) as steps:
        for piece in missing:
            encode_piece(work, piece, _up_to_end(steps))
            gc.collect()  # a frame of PyAV's and its side data hold each other, and with them all memory of a decoder


def _up_to_end(steps: Iterator[_Step]) -> Iterator[Picture]:
    """Yield the pictures of one piece."""
    for step in steps:
        if step.picture is None:
            return
        yield step.picture


def _watched(
    info: MediaInfo, planned: Plan, work: TimedWork, missing: tuple[Piece, ...], view: View
) -> Generator[_Step, None, None]:
    """Yield the pictures of pieces while progress is shown."""
    if not missing:
        return
    spans = [Span(piece.start, piece.stop) for piece in missing]
    with closing(ahead(staged(info.path, planned.stages, spans))) as made:
        yield from showing(_steps(info, made, spans), work.path.name, view)


def _steps(info: MediaInfo, made: Iterator[tuple[Span, Picture | None]], spans: Sequence[Span]) -> Iterator[_Step]:
    began = said = monotonic()
    total = max(info.duration, Fraction(1, 1000))
    lengths = [max((span.stop or total) - span.start, Fraction(0)) for span in spans]
    ahead_of = dict(zip(spans, accumulate(lengths, initial=total - sum(lengths)), strict=False))
    count, done = 0, ahead_of[spans[0]]
    for span, picture in made:
        if picture is None:
            yield _Step(None, float(done / total), "")
            continue
        count += 1
        now = monotonic()
        done = min(ahead_of[span] + picture.time + picture.duration - span.start, total)
        speed = count / max(now - began, 1e-6)
        text = f"{clock(done, 0)} of {clock(total, 0)}, {speed:.1f} pictures/s"
        worth_a_line = now - said >= LINE_S
        said = now if worth_a_line else said
        record = {"done_s": round(float(done), 2), "of_s": round(float(total), 2), "pictures_per_s": round(speed, 1)}
        yield _Step(picture, float(done / total), text, record if worth_a_line else {})
