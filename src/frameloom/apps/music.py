"""A bed of music, or a sound mark, in a file of its own, at the loudness that is wanted.

MusicJob --bed--> samples --measure, adjust--> target --write--> .wav, .flac, .m4a, .mp3, ...
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field

from frameloom.core.config import Config
from frameloom.core.provenance import version
from frameloom.core.times import Duration
from frameloom.effects.sound.loudness import Target, adjust, plan_for
from frameloom.effects.sound.music.bed import bed
from frameloom.effects.sound.music.config import LICENCE, VERSION, MusicConfig
from frameloom.effects.sound.music.form import LONGEST_S, bars, beats, piece_of
from frameloom.effects.sound.music.marks import MarkConfig, mark
from frameloom.media.files.sink import write_media
from frameloom.media.sound import SAMPLE_RATE, Sound


class MusicJob(Config):
    """What music to write, and where."""

    out: Path = Path("out/bed.wav")
    """The file; its suffix names the format: .wav, .flac, .m4a, .mp3, .opus, .ogg, .mka."""
    length: Annotated[Duration, Field(le=LONGEST_S)] = Fraction(60)
    """How long it is, exactly."""
    music: MusicConfig = MusicConfig()
    """Mood, seed and more."""
    mark: MarkConfig | None = None
    """Write this sound mark instead of a bed."""
    lufs: Annotated[float, Field(ge=-50, le=-5)] | None = -20.0
    """Loudness of the whole bed, peaks up to -1 dBTP; none leaves it as it comes. A mark is never changed."""


@dataclass(frozen=True)
class Music:
    """What was written."""

    path: Path
    seconds: float
    bpm: float | None
    """None of silence and marks, as the rest."""
    key: str | None
    beats: tuple[float, ...] = ()
    """Seconds."""
    bars: tuple[float, ...] = ()
    accent: float | None = None
    """Of a mark: seconds to what belongs on the cut."""

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        return {**asdict(self), "path": str(self.path), "licence": LICENCE}

    def text(self) -> str:
        """Return it for people."""
        if self.accent is not None:
            return f"{self.path}: {self.seconds:.2f} s, accent at {self.accent:.2f} s"
        told = f", {self.bpm:.1f} beats a minute, {len(self.bars)} bars, {self.key}" if self.bpm else ", silence"
        return f"{self.path}: {self.seconds:g} s{told}"


def make_music(job: MusicJob) -> Music:
    """Write the music that is asked for and return what it is.

    Raises:
        MediaError: the file's format holds no sound.
        OutputError: the place cannot be written.
    """
    if job.mark is not None:
        made = mark(job.mark)
        _write(job, [made.sound], f"mark {job.mark.model_dump_json(exclude_defaults=True)}")
        return Music(job.out, len(made.sound) / SAMPLE_RATE, None, None, accent=made.accent / SAMPLE_RATE)
    config, length = job.music, job.length
    piece = piece_of(config, length)
    sound = bed(config, length)
    if job.lufs is not None and piece is not None:
        adjustment = plan_for(lambda: bed(config, length), Target(lufs=job.lufs, most_gain_db=40))
        sound = adjust(sound, adjustment)
    _write(job, sound, f"bed {config.model_dump_json(exclude_defaults=True)} of {length} s")
    if piece is None:
        return Music(job.out, float(length), None, None)
    every, first = (tuple(float(time) for time in grid(config, length)) for grid in (beats, bars))
    return Music(job.out, float(length), piece.bpm, piece.key, every, first)


def _write(job: MusicJob, sound: Iterable[Sound], what: str) -> None:
    made_by = f"frameloom {version()} music, version {VERSION}: {what}"
    write_media(job.out, None, sound, made_by=made_by, metadata={"copyright": LICENCE})
