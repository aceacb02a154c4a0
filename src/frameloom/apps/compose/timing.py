"""When everything happens: words give beats their length, captions their times and the parts of a picture their cues.

beat    |lead|=========== narration ===========|breath|
frames  |.....................................................|   whole, never less than the words take
cues         ^ first part named      ^ second part named
"""

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameloom.apps.compose.naming import cues_of
from frameloom.apps.compose.scenes import SceneConfig, begin
from frameloom.apps.compose.scenes.clips import Clip, Model
from frameloom.apps.compose.scenes.layered import Layered
from frameloom.apps.compose.scenes.overlays import Ticker as Running
from frameloom.apps.compose.scenes.overlays import top_of
from frameloom.apps.compose.scenes.presenter import Presenter, character_at, is_path
from frameloom.apps.compose.scenes.series import Series
from frameloom.apps.compose.speaking import Narration
from frameloom.apps.compose.stage import Draw, Speech, Stage
from frameloom.apps.compose.storyboard import Beat, Storyboard, Transition
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.theme import Theme
from frameloom.apps.edit.timeline import files_of
from frameloom.apps.talk.store import files_of_character
from frameloom.effects import titles
from frameloom.effects.titles.motion import Box
from frameloom.effects.titles.settings import Ticker
from frameloom.media.speech.tokens import Token

_LEAST_S = Fraction(1)
"""That a beat is shown."""
_TWO_LINES = 0.16
"""Height of captions of two lines with their band, as a share of the shorter side."""
_SEEN_S = Fraction(6, 5)
"""That the part of a picture which comes last is seen, unless the beat says how long it breathes."""

Snap = Callable[[Fraction], Fraction]
"""Returns the time, no earlier than the one given, at which a cut falls on the music."""


@dataclass(frozen=True)
class Placed:
    """A beat in its place."""

    number: int
    beat: Beat
    scene: SceneConfig
    narration: Narration | None
    first: int
    """Number of its first picture."""
    frames: int
    lead: Fraction
    """Seconds from its begin to the first sample of its narration."""
    cues: tuple[Fraction, ...]
    transition: Transition | None
    changing: int
    """Pictures in which the beat before becomes this one."""

    @property
    def stop(self) -> int:
        """Return the number of the picture after its last."""
        return self.first + self.frames


@dataclass(frozen=True)
class Laid:
    """A storyboard with every beat in its place."""

    storyboard: Storyboard
    folder: Path
    theme: Theme
    width: int
    height: int
    beats: tuple[Placed, ...]
    free: tuple[int, int]
    """First row and the row after the last that tickers over the whole film leave free."""

    @property
    def rate(self) -> Fraction:
        """Return the pictures per second."""
        return self.storyboard.rate

    @property
    def frames(self) -> int:
        """Return how many pictures there are."""
        return self.beats[-1].stop

    @property
    def duration(self) -> Fraction:
        """Return how long it is, in s."""
        return self.frames / self.rate

    def stage(self, placed: Placed) -> Stage:
        """Return what the scene of a beat is drawn for."""
        board = self.storyboard
        return Stage(
            self.width,
            self.height,
            self.rate,
            self.theme,
            placed.frames / self.rate,
            placed.cues,
            board.seed + zlib.crc32(placed.scene.model_dump_json().encode()),
            self.folder,
            self._safe(placed),
            _speech(placed),
            opens=placed.first == 0,
            floor=self._floor,
            captions=self._caption_row(placed),
        )

    @property
    def _floor(self) -> int:
        """Return the row on which tickers of single scenes stand: above those of the film."""
        return min(self.free[1], self.theme.safe_box(self.width, self.height, captions=False)[3])

    def _safe(self, placed: Placed) -> Box:
        """Return what a scene may fill: above its captions, between the tickers."""
        captions = shows_captions(self.storyboard, placed.beat)
        left, top, right, bottom = self.theme.safe_box(self.width, self.height, captions=captions)
        above, below = self.free
        if captions:
            below = bottom - self.theme.caption_box(self.width, self.height)[1] + self.caption_box_of(placed)[1]
        return left, max(top, above), right, min(bottom, below)

    @property
    def caption_box(self) -> Box:
        """Return left, top, right and bottom in px of where captions stand: above a ticker of the film."""
        return self._above(self.free[1])

    def caption_box_of(self, placed: Placed) -> Box:
        """Return where the captions of a beat stand: above a ticker of its scene, too."""
        left, top, right, _ = self.theme.safe_box(self.width, self.height, captions=False)
        area = left, top, right, self._floor
        own = placed.scene.over if isinstance(placed.scene, Layered) else ()
        tops = [
            top_of(one, self.theme, self.width, self.height, area) - self.height // 50
            for one in own
            if isinstance(one, Running)
        ]
        return self._above(min([self.free[1], *tops]))

    def _above(self, row: int) -> Box:
        """Return where captions stand above a row."""
        left, top, right, bottom = self.theme.caption_box(self.width, self.height)
        up = max(0, bottom - row) + 1 & ~1
        return left, top - up, right, bottom - up

    def _caption_row(self, placed: Placed) -> int | None:
        """Return the first row of captions of two lines in a beat; None where none stand at its foot."""
        asked = self.storyboard.captions
        if asked.place != "bottom" or not shows_captions(self.storyboard, placed.beat):
            return None
        _, top, _, bottom = self.caption_box_of(placed)
        return max(top, bottom - round(_TWO_LINES * asked.scale * min(self.width, self.height)))

    def files(self, placed: Placed) -> set[Path]:
        """Return the files and folders that the scene of a beat is drawn from, those of its look among them."""
        named = {self.folder / path for path in files_of(_under(placed.scene))} | set(files_of(self.theme))
        return named | self.named(placed)

    def named(self, placed: Placed) -> set[Path]:
        """Return the files and folders of the scene of a beat that have names besides paths: characters, models."""
        scene = _under(placed.scene)
        if isinstance(scene, Presenter) and is_path(scene.character):
            return set(files_of_character(character_at(scene.character, self.folder)))
        if isinstance(scene, Model) and (self.folder / scene.model).is_dir():
            return {self.folder / scene.model}
        return set()

    def draw(self, placed: Placed) -> Draw:
        """Return what draws the scene of a beat."""
        return begin(placed.scene, self.stage(placed))

    def words(self, placed: Placed) -> tuple[Token, ...]:
        """Return the words of a beat, at their times in the film."""
        if placed.narration is None:
            return ()
        begins = placed.first / self.rate + placed.lead
        return tuple(
            Token(one.first, one.stop, one.start + begins, one.end + begins) for one in placed.narration.tokens
        )


def _speech(placed: Placed) -> Speech | None:
    said = placed.narration
    if said is None or said.sound is None:
        return None
    return Speech(placed.lead, said.phonemes, said.sound)


def shows_captions(board: Storyboard, beat: Beat) -> bool:
    """Return whether what is said in a beat is shown in the picture."""
    asked = board.captions.show if beat.captions is None else beat.captions
    return asked and bool(beat.say.strip())


def lay_out(
    storyboard: Storyboard,
    scenes: Sequence[SceneConfig],
    narrations: Sequence[Narration | None],
    theme: Theme,
    folder: Path,
    snap: Snap | None = None,
) -> Laid:
    """Return every beat in its place; scenes and narrations are one for each."""
    width, height = storyboard.size
    placed: list[Placed] = []
    first = 0
    for number, (beat, scene, narration) in enumerate(zip(storyboard.beats, scenes, narrations, strict=True)):
        plays = playing_s(scene, folder)
        one = _place(storyboard, number, beat, scene, narration, first, snap, plays)
        placed.append(one)
        first = one.stop
    return Laid(storyboard, folder, theme, width, height, tuple(placed), _free(storyboard, theme, width, height))


def _under(scene: SceneConfig) -> SceneConfig:
    """Return a scene without what lies over it."""
    return scene.under if isinstance(scene, Layered) else scene


def clip_of(scene: SceneConfig) -> Clip | None:
    """Return the clip that a scene shows; None where it is another."""
    under = _under(scene)
    return under if isinstance(under, Clip) else None


def playing_s(scene: SceneConfig, folder: Path) -> Fraction:
    """Return how long a clip plays that has a stop, or is heard, in s; 0 for all else, which takes the words' time."""
    clip = clip_of(scene)
    return clip.plays_s(folder) if clip and (clip.stop is not None or clip.sound) else Fraction(0)


def _free(board: Storyboard, theme: Theme, width: int, height: int) -> tuple[int, int]:
    """Return the rows that the tickers of a film leave free."""
    top, bottom = 0, height
    area = theme.safe_box(width, height, captions=False)
    for title in board.over:
        if isinstance(title, Ticker):
            shown = titles.begin(title, width, height, Fraction(10), area=area)(Fraction(5))
            if shown is not None and title.place == "top":
                top = max(top, shown.top + shown.planes.height + height // 50)
            elif shown is not None:
                bottom = min(bottom, shown.top - height // 50)
    return top & ~1, bottom & ~1


def _place(
    board: Storyboard,
    number: int,
    beat: Beat,
    scene: SceneConfig,
    narration: Narration | None,
    first: int,
    snap: Snap | None,
    plays: Fraction,
) -> Placed:
    template, rate = TEMPLATES[board.template], board.rate
    asked = beat.transition or board.transition or template.transition
    transition = None if number == 0 or asked is None or asked.name == "cut" else asked
    lead = template.lead if narration else Fraction(0)
    quiet = template.quiet * (len(scene.shots) if isinstance(scene, Series) else 1)
    cues = cues_of(beat, scene, narration, lead)
    least = max(_LEAST_S, quiet if narration is None and beat.length is None else _LEAST_S)
    if plays:
        least = max(_LEAST_S, plays)
    if narration:
        breath = template.breath if beat.breath is None else beat.breath
        least = max(_LEAST_S, plays, lead + narration.duration + breath)
        least = max(least, cues[-1] + _SEEN_S) if cues and beat.breath is None else least
    if beat.length is not None:
        least = max(beat.length, lead + narration.duration if narration else Fraction(0))
    begins = first / rate
    if snap and beat.length is None:
        least = snap(begins + least) - begins
    frames = max(2, math.ceil(least * rate))
    changing = min(max(1, round(transition.duration * rate)), frames // 2) if transition else 0
    return Placed(number, beat, scene, narration, first, frames, lead, cues, transition, changing)
