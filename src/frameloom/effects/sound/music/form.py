"""The plan of a piece: a tempo at which whole bars fill the length, sections, chords, and where it ends.

0                                                        last        duration
|intro|A       |A'      |B       |A'      |..  |cadence| tonic --- rings out |
|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|.|
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from frameloom.core.errors import ConfigError
from frameloom.effects.sound.music.chance import Chance
from frameloom.effects.sound.music.config import VERSION, MusicConfig
from frameloom.effects.sound.music.harmony import TONICS, Pitches, chord
from frameloom.effects.sound.music.moods import STYLES, Harmony, MoodStyle
from frameloom.media.sound import SAMPLE_RATE, sample_at

BEATS = 4
"""Of a bar."""
LONGEST_S = 24 * 3600

_PHRASE = 8
_ORDER = ("A", "A'", "B", "A'", "break", "B")
_ENERGY = {"A": 0.65, "A'": 0.8, "B": 1.0, "break": 0.45, "cadence": 0.8, "end": 0.7}
_INTRO_ENERGY = (0.3, 0.5)
_SHORTEST_RING_S, _LONGEST_RING_S = Fraction(5, 2), Fraction(4)


@dataclass(frozen=True)
class Bar:
    """One bar of the piece."""

    number: int
    section: str
    """intro, A, A', B, break, cadence or end."""
    cycle: int
    """How often the sections have come round; each time they come otherwise."""
    energy: float
    """0 to 1.5: how much plays, and how strongly."""
    degree: int
    """Of its chord."""
    last_of_phrase: bool
    """The last of a section's eight leads over to the next: it has the chord before the tonic."""


@dataclass(frozen=True)
class Piece:
    """A plan that is made for one length."""

    config: MusicConfig
    style: MoodStyle
    harmony: Harmony
    tonic: int
    """Semitones above C."""
    period: Fraction
    """Seconds from beat to beat."""
    count: int
    """Bars before the last chord."""
    duration: Fraction

    @property
    def samples(self) -> int:
        """Return how many there are, exactly."""
        return sample_at(self.duration)

    @property
    def bpm(self) -> float:
        """Return beats a minute."""
        return float(60 / self.period)

    @property
    def key(self) -> str:
        """Return its tonic and scale, such as "D dorian"."""
        return f"{next(name for name, number in TONICS.items() if number == self.tonic)} {self.harmony.mode}"

    @property
    def ring(self) -> Fraction:
        """Return the seconds from the last chord to the end."""
        return self.duration - self.count * BEATS * self.period

    def classes(self, bar: Bar) -> Pitches:
        """Return the pitch classes of a bar's chord, its root first; the last of all is at rest, without a ninth."""
        form = self.style.form
        if bar.section == "end" and form == "ninth":
            form = "triad"
        return chord(self.tonic, self.harmony.mode, bar.degree, form)

    def chance(self, *what: str | int) -> Chance:
        """Return the chance that this piece's seed gives a decision."""
        return Chance(VERSION, self.config.mood, self.config.seed, *what)

    def bar(self, number: int) -> Bar:
        """Return the bar of a number; that after the others is the last chord."""
        intro = next(bars for least, bars in ((20, 4), (10, 2), (5, 1), (0, 0)) if self.count >= least)
        cadence = min(self.count, 2 if self.count >= 4 else 1)
        scale = 0.5 + self.config.intensity
        if number >= self.count:
            return Bar(number, "end", 0, _ENERGY["end"] * scale, 1, True)
        if number >= self.count - cadence:
            degree = self.harmony.cadence[number - self.count]
            return Bar(number, "cadence", 0, _ENERGY["cadence"] * scale, degree, False)
        if number < intro:
            energy = _INTRO_ENERGY[number * 2 // intro] * scale
            return Bar(number, "intro", 0, energy, self._chords("A", 0)[number % 4], number == intro - 1)
        phrase, place = divmod(number - intro, _PHRASE)
        cycle, turn = divmod(phrase, len(_ORDER))
        section = _ORDER[turn]
        last = place == _PHRASE - 1 or number == self.count - cadence - 1
        chords = self._chords(section[0], cycle)
        degree = self.harmony.cadence[1] if place == _PHRASE - 1 else chords[place % len(chords)]
        return Bar(number, section, cycle, _ENERGY[section] * scale, degree, last)

    def _chords(self, letter: str, cycle: int) -> tuple[int, ...]:
        chance = self.chance("chords", letter, cycle)
        return chance.pick(self.harmony.bridges if letter == "B" else self.harmony.verses)


def piece_of(config: MusicConfig, duration: Fraction | int) -> Piece | None:
    """Return the plan of a bed of this length, None where its mood is none.

    Raises:
        ConfigError: the length is not above zero, or above a day.
    """
    duration = Fraction(duration)
    if not 0 < duration <= LONGEST_S or sample_at(duration) == 0:
        raise ConfigError(f"music: length of {float(duration):g} s; give more than 0 s and up to {LONGEST_S} s")
    if config.mood == "none":
        return None
    style = STYLES[config.mood]
    slowest, fastest = config.tempo or style.bpm
    chance = Chance(VERSION, config.mood, config.seed, "plan")
    wanted_bpm = slowest + (fastest - slowest) * chance.uniform(0.2, 0.8)
    harmony = chance.pick(style.harmonies)
    tonic = TONICS[config.key] if config.key else int(chance.uniform(0, 12))
    periods = 60 / Fraction(str(fastest)), 60 / Fraction(str(slowest))
    period, count = _fitted(duration, 60 / wanted_bpm, periods)
    return Piece(config, style, harmony, tonic, period, count, duration)


def beats(config: MusicConfig, duration: Fraction | int) -> tuple[Fraction, ...]:
    """Return the seconds of every beat, that of the last chord included; none where the mood is none.

    Raises:
        ConfigError: as piece_of.
    """
    piece = piece_of(config, duration)
    return () if piece is None else tuple(number * piece.period for number in range(piece.count * BEATS + 1))


def bars(config: MusicConfig, duration: Fraction | int) -> tuple[Fraction, ...]:
    """Return the seconds at which bars begin, that of the last chord included; none where the mood is none.

    Raises:
        ConfigError: as piece_of.
    """
    return beats(config, duration)[::BEATS]


def _fitted(duration: Fraction, wanted_s: float, periods: tuple[Fraction, Fraction]) -> tuple[Fraction, int]:
    """Return a beat between the shortest and the longest, and the bars that leave room for the last chord to ring."""
    shortest, longest = periods
    ring = min(max(Fraction(round(BEATS * wanted_s * 1000), 1000), _SHORTEST_RING_S), _LONGEST_RING_S)
    near = max(0.0, float(duration - ring)) / (BEATS * wanted_s)
    best, found = math.inf, (Fraction(round(wanted_s * SAMPLE_RATE), SAMPLE_RATE), 0)
    found = (min(max(found[0], shortest), longest), 0)
    for count in range(max(1, math.floor(near * 0.8) - 1), math.ceil(near * 1.25) + 2):
        period = min(max((duration - ring) / (BEATS * count), shortest), longest)
        left = duration - BEATS * count * period
        if left < _SHORTEST_RING_S:
            continue
        cost = 5 * abs(math.log2(float(period) / wanted_s)) + (0, 0.5, 0.15, 0.5)[count % 4]
        cost += abs(float(left / ring) - 1) * 2
        if cost < best:
            best, found = cost, (period, count)
    return found
