"""What music is asked for: a mood and a seed, and what else shall be fixed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from frameloom.core.config import Config

VERSION = 2
"""Of the music: the same settings give the same samples as long as it stays."""
LICENCE = "made by Frameloom from nothing but its settings; free to use for anything"
"""What is written into files, and told to whoever asks whose the music is."""

Mood = Literal["calm", "bright", "tense", "warm", "curious", "proud", "urgent", "none"]
KeyName = Literal["C", "C#", "Db", "D", "D#", "Eb", "E", "F", "F#", "Gb", "G", "G#", "Ab", "A", "A#", "Bb", "B"]

SLOWEST_BPM, FASTEST_BPM = 40.0, 200.0

Bpm = Annotated[float, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)]


class MusicConfig(Config):
    """A bed of music."""

    mood: Mood = "calm"
    """What it feels like; none is silence."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Another seed is another piece of the same mood."""
    tempo: tuple[Bpm, Bpm] | None = None
    """Slowest and fastest beats a minute; by default those of the mood. In between, it is fitted to the length."""
    key: KeyName | None = None
    """Its tonic; by default one that the seed chooses. Major or minor belongs to the mood."""
    intensity: Annotated[float, Field(ge=0, le=1)] = 0.5
    """0 few instruments, played softly, to 1 all of them."""
    melody: bool = False
    """Whether an instrument leads; not under narration, which it would talk over."""

    @model_validator(mode="after")
    def _tempo_rises(self) -> Self:
        if self.tempo is not None and self.tempo[0] > self.tempo[1]:
            raise ValueError(
                f"the slowest tempo, {self.tempo[0]:g}, is above the fastest, {self.tempo[1]:g}; swap them"
            )
        return self
