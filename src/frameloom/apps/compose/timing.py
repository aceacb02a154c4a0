"""When everything happens: words give beats their length, captions their times and the parts of a picture their cues.

beat    |lead|=========== narration ===========|breath|
frames  |.....................................................|   whole, never less than the words take
cues         ^ first part named      ^ second part named
"""

import math
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from frameloom.apps.compose.scenes import SceneConfig, begin, parts
from frameloom.apps.compose.speaking import Narration
from frameloom.apps.compose.stage import Draw, Speech, Stage
from frameloom.apps.compose.storyboard import Beat, Storyboard, Transition
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.theme import Theme
from frameloom.apps.compose.tokens import Token, is_sign
from frameloom.effects import titles
from frameloom.effects.titles.motion import Box
from frameloom.effects.titles.settings import Ticker

_STEM, _LEAST_STEM = 6, 3
"""Letters by which words count as the same, without these endings."""
_ENDINGS = ("ings", "ing", "ed", "es", "s", "e")
_LEAST_S = Fraction(1)
"""That a beat is shown."""

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
            self._safe(shows_captions(board, placed.beat)),
            _speech(placed),
        )

    def _safe(self, captions: bool) -> Box:
        """Return what a scene may fill: above its captions, between the tickers."""
        left, top, right, bottom = self.theme.safe_box(self.width, self.height, captions=captions)
        above, below = self.free
        room = self.caption_box[1] if captions else below
        return left, max(top, above), right, min(bottom, room)

    @property
    def caption_box(self) -> Box:
        """Return left, top, right and bottom in px of where captions stand: above a ticker."""
        left, top, right, bottom = self.theme.caption_box(self.width, self.height)
        up = max(0, bottom - self.free[1])
        return left, top - up, right, bottom - up

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
        one = _place(storyboard, number, beat, scene, narration, first, snap)
        placed.append(one)
        first = one.stop
    return Laid(storyboard, folder, theme, width, height, tuple(placed), _free(storyboard, width, height))


def _free(board: Storyboard, width: int, height: int) -> tuple[int, int]:
    """Return the rows that the tickers of a film leave free."""
    top, bottom = 0, height
    for title in board.over:
        if isinstance(title, Ticker):
            shown = titles.begin(title, width, height, Fraction(10))(Fraction(5))
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
) -> Placed:
    template, rate = TEMPLATES[board.template], board.rate
    asked = beat.transition or board.transition or template.transition
    transition = None if number == 0 or asked is None or asked.name == "cut" else asked
    lead = template.lead if narration else Fraction(0)
    least = max(_LEAST_S, template.quiet if narration is None and beat.length is None else _LEAST_S)
    if narration:
        breath = template.breath if beat.breath is None else beat.breath
        least = max(_LEAST_S, lead + narration.duration + breath)
    if beat.length is not None:
        least = max(beat.length, lead + narration.duration if narration else Fraction(0))
    begins = first / rate
    if snap and beat.length is None:
        least = snap(begins + least) - begins
    frames = max(2, math.ceil(least * rate))
    changing = min(max(1, round(transition.duration * rate)), frames // 2) if transition else 0
    cues = cues_of(beat, scene, narration, lead)
    return Placed(number, beat, scene, narration, first, frames, lead, cues, transition, changing)


def cues_of(beat: Beat, scene: SceneConfig, narration: Narration | None, lead: Fraction) -> tuple[Fraction, ...]:
    """Return when each part of a scene appears, in s from the begin of its beat; nothing where no words name any."""
    if narration is None:
        return tuple(cue for cue in beat.cues if isinstance(cue, Fraction))
    names = parts(scene)
    given: list[Fraction | None] = [
        cue if isinstance(cue, Fraction) else _named(cue, narration, 0)[0] for cue in beat.cues
    ]
    found: list[Fraction | None] = list(given)
    cursor = 0
    for part in names[len(given) :]:
        time, cursor = _named(part, narration, cursor)
        found.append(time)
    if all(time is None for time in found):
        return ()
    times = [_from_begin(time, at, beat, lead) for at, time in enumerate(found)]
    first = min([lead, *(time for time in times if time is not None)])
    filled = _filled(times, first, lead + narration.duration)
    waits = bool(beat.cues) or _has_heading(scene, names)
    return filled if waits else (Fraction(0), *filled[1:])


def _from_begin(time: Fraction | None, at: int, beat: Beat, lead: Fraction) -> Fraction | None:
    """Return a time of the narration, or one that was given, in s from the begin of the beat."""
    is_given = at < len(beat.cues) and isinstance(beat.cues[at], Fraction)
    return time if time is None or is_given else time + lead


def _has_heading(scene: SceneConfig, names: Sequence[str]) -> bool:
    """Return whether something is seen before the first part: else that does not wait for its words."""
    heading = getattr(scene, "title", "")
    return bool(heading) and heading not in names[:1]


def _named(part: str, narration: Narration, cursor: int) -> tuple[Fraction | None, int]:
    """Return when a part is named at or after the cursor's word, and the place behind its words."""
    wanted = stems_of(part)
    if not wanted:
        return None, cursor
    heard = [_stem(narration.text[one.first : one.stop]) for one in narration.tokens]
    best, at, stop = 0.0, -1, cursor
    named: set[str] = set()
    reach = max(3, 2 * len(wanted))
    for place in range(cursor, len(heard)):
        if heard[place] not in wanted:
            continue
        said: dict[str, int] = {}
        for each in range(place, min(place + reach, len(heard))):
            if heard[each] in wanted:
                said.setdefault(heard[each], each)
        weight = sum(len(word) for word in said) / sum(len(word) for word in wanted)
        is_closer = set(said) == named and max(said.values()) + 1 == stop
        if weight > best * 1.25 or is_closer:
            best, at, stop, named = weight, place, max(said.values()) + 1, set(said)
    if at < 0 or best < _ENOUGH:
        return None, cursor
    return narration.tokens[at].start, stop


_ENOUGH = 0.2
"""Share of a part's letters that must be said for it to count as named."""
_COMMON = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "had", "has", "have", "in", "is", "it", "its",
        "of", "on", "or", "our", "that", "the", "their", "this", "to", "was", "we", "were", "with", "you", "your",
        "das", "de", "der", "des", "die", "ein", "eine", "el", "et", "il", "ist", "la", "las", "le", "les", "los",
        "un", "una", "und", "une", "y",
    )
)  # fmt: skip
"""Words that every text has."""


def stems_of(text: str) -> set[str]:
    """Return what matters of the words of a text: their beginnings, without those that every text has."""
    words = re.findall(r"\w+(?:[.,]\d+)*", text.casefold())
    stems: set[str] = set()
    for word in words:
        if word in _COMMON:
            continue
        stems |= set(word) if is_sign(word) else {_shortened(word)}
    return stems


def _stem(word: str) -> str:
    bare = "".join(re.findall(r"\w+(?:[.,]\d+)*", word.casefold())[:1])
    return bare if is_sign(bare) or bare in _COMMON else _shortened(bare)


def _shortened(word: str) -> str:
    """Return a word without its ending, and no longer than counts.

    >>> {_shortened(word) for word in ("rain", "rains", "rained", "raining")}, _shortened("roads")
    ({'rain'}, 'road')
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word.removesuffix(ending)[:_STEM]
    return word[:_STEM]


def _filled(times: Sequence[Fraction | None], begin: Fraction, end: Fraction) -> tuple[Fraction, ...]:
    """Return times that never fall, with those that are missing spread between their neighbours."""
    known = [(-1, begin), *((at, time) for at, time in enumerate(times) if time is not None), (len(times), end)]
    result = [Fraction(0)] * len(times)
    for (one, early), (other, late) in pairwise(known):
        late = max(early, late)
        for at in range(one + 1, min(other, len(times))):
            result[at] = early + (late - early) * Fraction(at - one, other - one)
        if other < len(times):
            result[other] = late
    return tuple(result)
