"""Moods as data: how fast, in which scales, over which chords, with which instruments, in which patterns.

A pattern is a bar of sixteen steps. `.` rests and `-` holds; what else stands there depends on what plays:

    drum, chord   1 to 9     how strongly it is struck
    arp           0 to 7     which voice of the chord, from below; from 4 on an octave higher
    bass          r f o w    root, fifth, octave, a step beside the next root
    melody        x          a note, chosen as it goes
"""

from dataclasses import dataclass
from typing import Literal

from frameloom.effects.sound.music.config import Mood
from frameloom.effects.sound.music.harmony import Form, Mode

Kind = Literal["drum", "chord", "arp", "bass", "melody"]
Degrees = tuple[int, ...]

WHOLE = "7---------------"
HALVES = "7-------6-------"
LOW = "r---------------"
STEADY = "8...5...8...5..."
BACKBEAT = "....8.......8..."
ROLLING = "5.3.6.3.5.3.6.3."


@dataclass(frozen=True)
class Layer:
    """An instrument and what it may play."""

    kind: Kind
    instrument: str
    patterns: tuple[str, ...]
    """One of them is chosen for each section."""
    level_db: float = 0.0
    pan: float = 0.0
    """-1 left to 1 right; of chords, how far they are spread."""
    send: float = 0.2
    """How much of it goes into the room."""
    least: float = 0.0
    """Energy of a section from which it plays."""
    most: float = 9.0
    """Energy up to which it plays."""
    octave: int = 0
    strum_s: float = 0.008
    """Time from voice to voice of a chord."""
    walks: bool = False
    """Whether a bass leads by a step into the next chord where that is another."""


@dataclass(frozen=True)
class Harmony:
    """A scale with its successions of chords, one a bar."""

    mode: Mode
    verses: tuple[Degrees, ...]
    """For the sections that come back."""
    bridges: tuple[Degrees, ...]
    """For those that stand against them."""
    cadence: tuple[int, int] = (4, 5)
    """The chords that lead into the last, which is the tonic."""


@dataclass(frozen=True)
class MoodStyle:
    """All that makes a mood."""

    bpm: tuple[float, float]
    harmonies: tuple[Harmony, ...]
    form: Form
    layers: tuple[Layer, ...]
    swing: float = 0.0
    """By how much of a beat the second eighth comes late."""
    room_s: float = 1.6
    damping: float = 0.15
    level_db: float = 0.0
    """Brings the moods to the same loudness."""
    cymbal_db: float | None = None
    """Of the cymbal that opens a section, and of the one that grows towards it; None: neither is heard."""


_MAJOR = Harmony(
    "ionian",
    ((1, 5, 6, 4), (1, 4, 6, 5), (1, 6, 4, 5), (4, 1, 5, 6)),
    ((6, 4, 1, 5), (2, 4, 1, 5), (4, 5, 3, 6)),
)
_GENTLE = Harmony(
    "ionian", ((1, 4, 1, 4), (1, 3, 4, 4), (1, 6, 2, 4), (4, 1, 4, 5)), ((6, 3, 4, 1), (2, 5, 1, 6), (4, 4, 6, 5))
)
_JAZZ = Harmony(
    "ionian", ((2, 5, 1, 6), (1, 6, 2, 5), (1, 3, 4, 5), (4, 3, 2, 1)), ((4, 5, 3, 6), (6, 2, 5, 1)), (2, 5)
)
_LYDIAN = Harmony("lydian", ((1, 2, 1, 2), (1, 5, 2, 1), (1, 2, 6, 5)), ((6, 2, 1, 5), (3, 2, 6, 5)), (2, 5))
_DORIAN = Harmony("dorian", ((1, 4, 1, 4), (1, 3, 4, 1), (1, 7, 4, 1)), ((3, 4, 7, 1), (7, 3, 4, 4)), (4, 7))
_MIXOLYDIAN = Harmony("mixolydian", ((1, 7, 4, 1), (1, 4, 7, 4), (1, 5, 4, 7)), ((4, 1, 7, 4), (6, 4, 7, 4)), (4, 7))
_MINOR = Harmony(
    "aeolian", ((1, 6, 3, 7), (1, 1, 6, 7), (1, 4, 6, 5), (1, 6, 4, 7)), ((6, 7, 1, 3), (4, 1, 6, 7)), (6, 7)
)
_HOVERING = Harmony("aeolian", ((1, 1, 6, 6), (1, 6, 1, 4), (1, 1, 4, 6)), ((4, 4, 6, 7), (6, 4, 1, 5)), (6, 7))

STYLES: dict[Mood, MoodStyle] = {
    "calm": MoodStyle(
        (62, 76),
        (_GENTLE, _LYDIAN),
        "ninth",
        (
            Layer("chord", "pad", (WHOLE,), -5, send=0.35),
            Layer("bass", "sub", (LOW, "r-----------f---"), -9, send=0.03, least=0.3),
            Layer("arp", "keys", ("0-1-2-3-5-3-2-1-", "0---2---3---5---", "0-2-1-3-2-5-3-2-"), -9, -0.25, 0.4, 0.5),
            Layer(
                "arp",
                "piano",
                ("....3-------5---", "..........5-4---", "5-------........"),
                -9,
                0.3,
                0.45,
                0.3,
            ),
            Layer("chord", "keys", (WHOLE, "6-------4-------"), -12, 0.2, 0.4, 0.7, strum_s=0.05),
            Layer("melody", "vibes", (), -9, 0.1, 0.45, 0.5, octave=1),
        ),
        level_db=-12.0,
        room_s=2.8,
        damping=0.12,
    ),
    "bright": MoodStyle(
        (112, 124),
        (_MAJOR, _MIXOLYDIAN),
        "triad",
        (
            Layer(
                "chord",
                "plucked",
                ("7...6.5.7...6.5.", "7.4.6.4.7.4.6.4.", "7...6...7.5.6.5."),
                -6,
                0.5,
                0.2,
                strum_s=0.012,
            ),
            Layer(
                "bass",
                "bass",
                ("r---r-r-f---r-o-", "r---r---f---r---", "r-..r-o-r-..f-r-"),
                -5,
                send=0.02,
                least=0.5,
                walks=True,
            ),
            Layer("arp", "kalimba", ("4.5.6.5.4.5.7.5.", "4...6.5.4...7.5.", "7.6.5.4.5.6.4.5."), -12, -0.35, 0.3, 0.7),
            Layer("chord", "pad", (WHOLE,), -14, send=0.3, least=0.6),
            Layer("drum", "kick", ("9...4...9...4...", "9...4...9.3.4..."), -7, send=0.03, least=0.55),
            Layer("drum", "soft_kick", (STEADY,), -7, send=0.03, most=0.55),
            Layer("drum", "clap", (BACKBEAT,), -11, 0.05, 0.25, 0.55),
            Layer("drum", "snap", (BACKBEAT,), -11, -0.1, 0.3, most=0.55),
            Layer("drum", "shaker", ("7.3.7.3.7.3.7.3.", "7.347.347.347.34"), -16, 0.35, 0.1, 0.5),
            Layer("melody", "marimba", (), -9, 0.15, 0.3, 0.5, octave=1),
        ),
        level_db=-8.6,
        cymbal_db=-15.0,
        room_s=1.2,
    ),
    "tense": MoodStyle(
        (100, 112),
        (_HOVERING, _MINOR),
        "ninth",
        (
            Layer("chord", "pad", (WHOLE,), -8, send=0.35),
            Layer("bass", "pulse", ("r.r.r.r.r.r.r.r.", "r.r.r.f.r.r.r.o."), -4, send=0.12, octave=1),
            Layer("bass", "sub", (LOW,), -9, send=0.03, least=0.5),
            Layer("arp", "pulse", ("0.1.0.2.0.1.0.2.", "0.0.2.0.0.0.1.0."), -12, 0.3, 0.25, 0.7),
            Layer("drum", "tom", ("8...4...7...4...", "8...4...7..34..."), -7, -0.1, 0.3, 0.5),
            Layer("drum", "soft_kick", (STEADY,), -7, send=0.05),
            Layer("drum", "tick", ("7...5...7...5...",), -10, 0.3, 0.2, most=0.6),
            Layer("drum", "hat", ("6.2.5.2.6.2.5.2.", "6.225.226.225.22"), -14, 0.25, 0.1, 0.65),
            Layer("arp", "bell", ("5...............", "........6......."), -16, -0.4, 0.6, 0.4),
            Layer("melody", "strings", (), -12, 0.0, 0.4, 0.5),
        ),
        level_db=-9.3,
        cymbal_db=-15.0,
        room_s=2.6,
        damping=0.2,
    ),
    "warm": MoodStyle(
        (76, 90),
        (_JAZZ, _DORIAN),
        "seventh",
        (
            Layer(
                "chord",
                "keys",
                ("7-----4---5-----", "7-------..5-----", "6---..5-----4---"),
                -4,
                0.4,
                0.25,
                strum_s=0.014,
            ),
            Layer(
                "bass",
                "bass",
                ("r-----..r-f-....", "r-------f---r---", "r---..r-f---o---"),
                -5,
                send=0.02,
                least=0.4,
                walks=True,
            ),
            Layer("chord", "pad", (WHOLE,), -14, send=0.3, least=0.7),
            Layer("drum", "soft_kick", ("9.......8.5.....", "9.....4.8......."), -6, send=0.03, least=0.5),
            Layer("drum", "rim", (BACKBEAT, "....8.......8..3"), -11, 0.1, 0.25, 0.5),
            Layer("drum", "brush", (ROLLING,), -11, -0.25, 0.12),
            Layer("drum", "hat", ("5...5...5...5...",), -17, 0.3, 0.1, 0.7),
            Layer("arp", "vibes", ("........5---6---", "..4-----5-......", "............7---"), -14, -0.3, 0.35, 0.7),
            Layer("melody", "vibes", (), -10, 0.15, 0.35, 0.5, octave=1),
        ),
        swing=0.1,
        level_db=-9.3,
        room_s=1.4,
        damping=0.18,
    ),
    "curious": MoodStyle(
        (100, 114),
        (_LYDIAN, _DORIAN, _MIXOLYDIAN),
        "ninth",
        (
            Layer("arp", "marimba", ("0.2.3.1.0.2.3.5.", "0..2..3.0..2.1..", "3.0.2.1.3.0.2.4."), -6, -0.25, 0.25),
            Layer("arp", "plucked", ("4...2.3.....3.2.", "2.3.....4.3.....", "....2.3.5...3..."), -10, 0.35, 0.3, 0.5),
            Layer(
                "bass",
                "bass",
                ("r-....r-f-......", "r-..f-..r-..o-..", "r-......f-..r-.."),
                -5,
                send=0.03,
                least=0.4,
                walks=True,
            ),
            Layer("drum", "soft_kick", ("8.......8.......", "8...4...8...4..."), -7, send=0.05),
            Layer("drum", "snap", (BACKBEAT,), -12, 0.1, 0.3, 0.4),
            Layer("drum", "shaker", (ROLLING,), -15, 0.35, 0.1, 0.55),
            Layer("drum", "rim", ("......4...4.....", "...4......4....."), -20, -0.4, 0.3, 0.8),
            Layer(
                "arp",
                "bell",
                ("........6.......", "7...............", "....5..........."),
                -17,
                0.4,
                0.5,
                0.5,
            ),
            Layer("chord", "pad", (WHOLE,), -14, send=0.35, least=0.6),
            Layer("melody", "kalimba", (), -8, 0.1, 0.3, 0.5, octave=1),
        ),
        level_db=-7.6,
        room_s=1.5,
    ),
    "proud": MoodStyle(
        (98, 110),
        (_MAJOR, _MIXOLYDIAN),
        "triad",
        (
            Layer("chord", "strings", (WHOLE, HALVES), -6, send=0.35, strum_s=0.0),
            Layer("chord", "piano", ("8...6...7...6...", "8.6.7.6.8.6.7.6."), -7, 0.3, 0.25),
            Layer("bass", "bass", ("r---r---r---r---", "r-r-r-r-f-f-r-r-"), -5, send=0.03, least=0.5, walks=True),
            Layer("bass", "sub", (LOW,), -10, send=0.03, least=0.7),
            Layer("drum", "kick", ("9.......9.......", "9.......9...4..."), -6, send=0.06, least=0.5),
            Layer("drum", "soft_kick", (STEADY,), -8, send=0.05, most=0.5),
            Layer("drum", "tom", ("6...4...6...4.5.", "6...4...6..34.5."), -11, -0.2, 0.35, 0.8),
            Layer("drum", "snare", ("....7.......7...", "....7..2....7.32"), -12, 0.05, 0.3, 0.6),
            Layer("drum", "hat", ("5.3.5.3.5.3.5.3.",), -15, 0.3, 0.1, 0.7),
            Layer("arp", "keys", ("4-5-6-5-4-5-6-5-", "4-6-5-6-4-6-5-7-"), -13, -0.3, 0.3, 0.8),
            Layer("melody", "strings", (), -9, 0.0, 0.4, 0.5, octave=1),
        ),
        level_db=-13.7,
        cymbal_db=-12.0,
        room_s=2.0,
    ),
    "urgent": MoodStyle(
        (116, 126),
        (_MINOR, _DORIAN),
        "triad",
        (
            Layer("bass", "pulse", ("r.r.r.r.r.r.r.r.", "r.rrr.r.r.rrr.r."), -4, send=0.1, octave=1),
            Layer("chord", "strings", (WHOLE, "7-----5-----5---"), -11, send=0.3, strum_s=0.0),
            Layer("chord", "piano", ("7.....6.....5...", "7...........6..."), -10, 0.3, 0.3, 0.5),
            Layer("arp", "pulse", ("4.2.3.2.4.2.3.2.", "4..3..2.4..3..2."), -13, 0.35, 0.25, 0.6),
            Layer("bass", "sub", (LOW,), -10, send=0.03, least=0.5),
            Layer("drum", "kick", ("9...6...9...6...", "9...6...9...6.4."), -6, send=0.03),
            Layer("drum", "clap", ("....6.......6...",), -13, 0.0, 0.25, 0.65),
            Layer("drum", "hat", ("6.3.6.3.6.3.6.3.", "6.326.326.326.32"), -14, 0.3, 0.08, 0.5),
            Layer("drum", "tick", ("6...6...6...6...",), -14, -0.3, 0.15, most=0.5),
            Layer("melody", "piano", (), -9, 0.1, 0.3, 0.5, octave=1),
        ),
        level_db=-9.2,
        cymbal_db=-15.0,
        room_s=1.5,
    ),
}
