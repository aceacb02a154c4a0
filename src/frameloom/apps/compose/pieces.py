r"""Pieces of a film that are kept: what did not change is not drawn again.

    .film.mp4.pieces/  KEY.mp4  KEY.jpg  KEY.mp4 ...      a body and a seam for each beat, by what they depend on
                          \_______|________/
                            packets copied --> film.mp4

A piece begins with a key frame and refers to no other. Its key is a hash of all that it shows: scene, words and their
times, look, what is in its files, encoder, versions; not of where they lie, nor of when they were written.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from frameloom.apps.compose.captions import captions_of
from frameloom.apps.compose.overall import overall_key
from frameloom.apps.compose.pictures import pictures_of, seam_of
from frameloom.apps.compose.scenes import SceneConfig
from frameloom.apps.compose.scenes.clips import Clip
from frameloom.apps.compose.scenes.footage import Picture
from frameloom.apps.compose.scenes.layered import Layered
from frameloom.apps.compose.scenes.series import Series
from frameloom.apps.compose.timing import Laid, Placed, shows_captions
from frameloom.core.config import Config
from frameloom.core.files import refuse
from frameloom.core.hashes import state_of
from frameloom.core.provenance import commit, version
from frameloom.media.files.encode import VideoTrack
from frameloom.media.files.formats import VideoFormat, choose
from frameloom.media.files.pictures import jpeg
from frameloom.media.files.segments import Segment, Work, holds, segment_file, segment_suffix
from frameloom.media.files.sink import pick_encoder
from frameloom.media.files.workplace import fingerprint, work_folder
from frameloom.media.image import resize_planes, to_rgb
from frameloom.media.planes import Planes

THUMB_EVERY_S = 2
THUMB_SIDE = 120
"""Shorter side in px."""


@dataclass(frozen=True)
class Piece:
    """Pictures that are drawn and kept together."""

    placed: Placed
    is_seam: bool
    first: int
    """Number of its first picture in the film."""
    count: int
    path: Path

    def thumb(self, number: int) -> Path:
        """Return where a small picture of the piece is kept."""
        return self.path.with_name(f"{self.path.stem}.{number}.jpg")


def pieces_folder(out: Path) -> Path:
    """Return the folder beside a film that keeps its pieces."""
    return out.with_name(f".{out.name}.pieces")


def pieces_of(laid: Laid, track: VideoTrack, folder: Path, suffix: str) -> list[Piece]:
    """Return the pieces of a film, in order."""
    pieces = []
    for placed in laid.beats:
        if placed.changing:
            before = laid.beats[placed.number - 1]
            both = [_shown(laid, before, last=True), _shown(laid, placed)]
            shown: list[Any] = [*both, _words(laid, placed), placed.transition]
            pieces.append(_piece(laid, placed, True, shown, track, folder, suffix))
        shown = [_shown(laid, placed), _words(laid, placed), placed.changing]
        pieces.append(_piece(laid, placed, False, shown, track, folder, suffix))
    return pieces


def _piece(
    laid: Laid, placed: Placed, is_seam: bool, shown: list[Any], track: VideoTrack, folder: Path, suffix: str
) -> Piece:
    told = partial(_plain, laid.folder)
    text = json.dumps([is_seam, shown, version(), commit()], default=told, sort_keys=True)
    track = suited(track, placed.scene)
    key = fingerprint(text, replace(track, path=Path()), {})[:32]
    first = placed.first if is_seam else placed.first + placed.changing
    count = placed.changing if is_seam else placed.frames - placed.changing
    return Piece(placed, is_seam, first, count, folder / f"{key}{suffix}")


def _shown(laid: Laid, placed: Placed, last: bool = False) -> list[Any]:
    """Return what the picture of a beat depends on."""
    stage = laid.stage(placed)
    named = [state_of(path) for path in sorted(laid.named(placed))]
    overall = [] if last else [overall_key(laid, placed, title) for title in laid.storyboard.over]
    form = [
        stage.width,
        stage.height,
        stage.rate,
        stage.duration,
        stage.cues,
        stage.seed,
        stage.safe,
        stage.floor,
        stage.captions,
        stage.opens,
    ]
    said = [stage.speech.start, stage.speech.sound.name] if placed.scene.kind == "presenter" and stage.speech else []
    own = [] if last else list(placed.beat.over)
    return [placed.scene, laid.theme, form, named, own, overall, said]


def _words(laid: Laid, placed: Placed) -> list[Any]:
    """Return what the captions of a beat depend on, in the times of the beat."""
    if not shows_captions(laid.storyboard, placed.beat):
        return []
    begin = placed.first / laid.rate
    return [
        laid.storyboard.captions,
        placed.beat.language or laid.storyboard.language,
        laid.caption_box_of(placed),
        [
            [one.text, one.start - begin, one.end - begin, [[word.first, word.start - begin] for word in one.words]]
            for one in captions_of(laid, placed)
        ],
    ]


def _plain(folder: Path, value: Any) -> Any:
    """Return what JSON takes; a file of a folder is told by what is in it."""
    if isinstance(value, Path):
        return state_of(folder / value)
    if isinstance(value, Config):
        seen = (name for name, field in type(value).model_fields.items() if not field.exclude)
        return {name: getattr(value, name) for name in seen}
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"{type(value)}: has no place in a key")


def track_for(out: Path, laid: Laid, video: VideoFormat) -> tuple[VideoTrack, str, str]:
    """Return how the pictures of a film are encoded, the suffix of its pieces, and a note of the choice.

    Raises:
        MediaError: the suffix is unknown, or its format is not put together of pieces.
    """
    codec = choose(out, video, None).video or "h264"
    encoder, note = pick_encoder(out, codec, video, 8, laid.rate, False)
    track = VideoTrack(out, encoder, laid.width, laid.height, laid.rate, "bt709")
    return track, segment_suffix(codec, False), note


def missing_pieces(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces that are not there; equal ones once."""
    missing = {piece.path: piece for piece in pieces if not holds(piece.path, piece.count)}
    return list(missing.values())


def draw_piece(laid: Laid, piece: Piece) -> Iterator[Planes]:
    """Yield the pictures of a piece, while small ones of some are kept.

    Raises:
        MediaError: a file that is shown is damaged.
    """
    placed = piece.placed
    if piece.is_seam:
        yield from seam_of(laid, placed)
        return
    kept = thumb_numbers(laid, piece)
    for number, picture in enumerate(pictures_of(laid, placed, placed.changing, placed.frames)):
        if number in kept:
            _keep_thumb(piece.thumb(number), jpeg(to_rgb(_small(laid, picture))))
        yield picture


def _keep_thumb(path: Path, data: bytes) -> None:
    """Write a small picture; it counts only once its piece is whole, and need not be so itself before."""
    try:
        path.write_bytes(data)
    except OSError as error:
        refuse(path, error)


def encode_piece(piece: Piece, track: VideoTrack, pictures: Iterable[Planes]) -> None:
    """Encode a piece; afterwards it is whole, or not there.

    Raises:
        OutputError: the place cannot be written.
    """
    with segment_file(piece.path, suited(track, piece.placed.scene), pictures):
        pass


def suited(track: VideoTrack, scene: SceneConfig) -> VideoTrack:
    """Return how the pictures of a scene are encoded.

    x264 spends bits on what is smooth, lest footage show bands there. What is drawn has none: without that, the lesson
    that comes along takes less than half the bytes at a higher PSNR, and two thirds of the time. Nor are
    there motions by parts of a pixel that would be worth a long search: with one step of it instead of two, encoding
    takes a fifth less for the same bytes.
    """
    under = scene.under if isinstance(scene, Layered) else scene
    if track.encoder.name != "libx264" or isinstance(under, Picture | Clip | Series):
        return track
    options = {**track.encoder.options, "aq-mode": "0", "subq": "1"}
    return replace(track, encoder=replace(track.encoder, options=options))


def thumb_numbers(laid: Laid, piece: Piece) -> range:
    """Return which pictures of a piece are kept small: one from the middle of each few seconds."""
    every = max(1, round(THUMB_EVERY_S * laid.rate))
    return range(min(every, piece.count) // 2, piece.count, every)


def thumbs_of(laid: Laid, pieces: Iterable[Piece]) -> Iterator[tuple[int, Path]]:
    """Yield numbers of pictures in the film, and the files that hold them small."""
    for piece in pieces:
        if not piece.is_seam:
            for number in thumb_numbers(laid, piece):
                if (path := piece.thumb(number)).exists():
                    yield piece.first + number, path


def _small(laid: Laid, picture: Planes) -> Planes:
    factor = THUMB_SIDE / min(laid.width, laid.height)
    width, height = (max(2, round(side * factor / 2) * 2) for side in (laid.width, laid.height))
    return resize_planes(picture, width, height, "area")


def work_of(out: Path, track: VideoTrack, pieces: Iterable[Piece]) -> Work:
    """Return the pieces as what a film is put together of."""
    segments = tuple(Segment(index, one.first, one.count, one.path) for index, one in enumerate(pieces))
    return Work(out, work_folder(out), track, segments)
