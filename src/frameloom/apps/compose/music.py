"""Music and sound marks of a film: beds that are made once and kept, beats for cuts to fall on, and marks at cuts.

Music(mood, seed) + length --bed--> KEY.wav      period of the beat --> cuts a little later, on it
"""

import hashlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

from frameloom.apps.compose.storyboard import Music, Storyboard
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.timing import Laid, Placed, Snap
from frameloom.core.errors import MediaError
from frameloom.effects.sound.mixing import Part
from frameloom.effects.sound.music.bed import bed
from frameloom.effects.sound.music.config import LICENCE as LICENCE
from frameloom.effects.sound.music.config import VERSION, MusicConfig
from frameloom.effects.sound.music.form import piece_of
from frameloom.effects.sound.music.marks import Mark, MarkConfig, MarkName, mark
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_sound
from frameloom.media.sound import Sound, sample_at

_MARKS_DB = -15.0


def settings_of(board: Storyboard, music: Music, period: Fraction | None = None) -> MusicConfig:
    """Return the settings of a bed, with a beat of this length in s if one is given."""
    bpm = None if period is None else round(float(60 / period), 3)
    return MusicConfig(
        mood=music.mood,
        seed=board.seed if music.seed is None else music.seed,
        intensity=music.intensity,
        melody=music.melody,
        tempo=None if bpm is None else (bpm, bpm),
    )


def beat_of(board: Storyboard, duration: Fraction) -> Fraction | None:
    """Return the seconds from beat to beat of the music of a film of about this length; None where there is none."""
    music = board.music
    if music is None or music.path is not None:
        return None
    piece = piece_of(settings_of(board, music), duration)
    return None if piece is None else Fraction(60) / Fraction(str(round(float(60 / piece.period), 3)))


def snap_to(period: Fraction) -> Snap:
    """Return what finds the beat at or after a time.

    >>> snap_to(Fraction(1, 2))(Fraction(26, 25))
    Fraction(3, 2)
    """
    return lambda time: -(-time // period) * period


def bed_file(board: Storyboard, music: Music, duration: Fraction, period: Fraction | None, folder: Path) -> Path:
    """Return a file with the music of a film, which is made where it is not there yet.

    Raises:
        OutputError: the folder cannot be written.
    """
    config = settings_of(board, music, period)
    key = hashlib.sha256(f"{config.model_dump_json()} {duration} {VERSION}".encode()).hexdigest()[:24]
    path = folder / f"{key}.wav"
    if not path.exists():
        write_media(path, None, bed(config, duration), metadata={"copyright": LICENCE})
    return path


def opened(path: Path, again: bool) -> Callable[[], Iterator[Sound]]:
    """Return what reads a file's sound, over and over where it is to be played again."""
    return (lambda: _again(path)) if again else (lambda: read_sound(path))


def _again(path: Path) -> Iterator[Sound]:
    """Yield a file's sound without end.

    Raises:
        MediaError: the file cannot be read, or holds no sound.
    """
    while True:
        some = False
        for block in read_sound(path):
            some = some or len(block) > 0
            yield block
        if not some:
            raise MediaError(f"{path}: holds no sound; give a file that does")


@cache
def _mark(name: MarkName) -> Mark:
    return mark(MarkConfig(name=name))


def marks_of(laid: Laid) -> Iterator[Part]:
    """Yield the sound marks of a film, each with its accent where it belongs."""
    board = laid.storyboard
    if not board.marks:
        return
    for placed in laid.beats:
        for name, time in _marked(board, placed, laid.rate):
            made = _mark(name)
            start = sample_at(placed.first / laid.rate + time) - made.accent
            yield Part(start, len(made.sound), lambda made=made: iter([made.sound]), gain_db=_MARKS_DB)  # type: ignore[misc]


def _marked(board: Storyboard, placed: Placed, rate: Fraction) -> Iterator[tuple[MarkName, Fraction]]:
    """Yield the marks of a beat and their times in it."""
    template = TEMPLATES[board.template]
    if placed.number == 0 and template.opening:
        yield template.opening, Fraction(0)
    elif placed.changing and template.cut:
        yield template.cut, placed.changing / rate / 2
    if placed.scene.kind == "quiz" and placed.cues:
        yield "correct", placed.cues[-1]
