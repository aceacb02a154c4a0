"""What a scene is drawn for: a picture's size and look, and when its parts are to appear.

scene + Stage --begin--> Draw: time in s from the start of the scene --> planes
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameloom.apps.compose.theme import Theme
from frameloom.effects.titles.motion import Box
from frameloom.media.planes import Planes
from frameloom.media.speech.spoken import Phoneme

Draw = Callable[[Fraction], Planes]
"""Returns the opaque picture at a time in s from the start of the scene; the very same object while nothing moves."""


@dataclass(frozen=True)
class Speech:
    """What is said while a scene is shown, for those who are seen to say it."""

    start: Fraction
    """Seconds from the start of the scene to the first sample."""
    phonemes: tuple[Phoneme, ...]
    """None where they are not known."""
    sound: Path
    """A file of one channel."""


@dataclass(frozen=True)
class Stage:
    """The picture that a scene fills, and its time."""

    width: int
    height: int
    """In px, both even."""
    rate: Fraction
    """Pictures per second."""
    theme: Theme
    duration: Fraction
    """Seconds."""
    cues: tuple[Fraction, ...]
    """When the parts that the words name are to appear, in s from the start of the scene; parts beyond these are spread
    evenly over the time that is left."""
    seed: int
    folder: Path
    """What the storyboard's paths are relative to."""
    safe: Box
    """Left, top, right, bottom in px: all text stays within."""
    speech: Speech | None = None
    """None where nothing is heard."""
    opens: bool = False
    """Whether the film begins with it: what comes first is there at once, for sites show a film's first picture."""
    floor: int | None = None
    """Row on which a ticker of the scene's own stands, below the captions; None: at the foot of what is safe."""
    captions: int | None = None
    """First row of captions of two lines; None where none stand at its foot."""

    @property
    def side(self) -> int:
        """Return the shorter side in px, which sizes are shares of."""
        return min(self.width, self.height)

    @property
    def is_upright(self) -> bool:
        """Return whether the picture is a telephone's: higher than wide."""
        return self.height > self.width
