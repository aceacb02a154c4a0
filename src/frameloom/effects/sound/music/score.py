"""Who plays what in a bar: patterns become notes with a place, a strength and a little human unevenness."""

from collections.abc import Iterator
from dataclasses import dataclass

from frameloom.effects.sound.music.chance import Chance
from frameloom.effects.sound.music.drums import SWELL_S, TAKES
from frameloom.effects.sound.music.form import BEATS, Bar, Piece
from frameloom.effects.sound.music.harmony import LOWEST_VOICE, Pitches, step, voicing
from frameloom.effects.sound.music.moods import Layer
from frameloom.media.sound import SAMPLE_RATE

STEPS = 16
_ACCENTS = (1.0, 0.62, 0.8, 0.62)
"""How strongly steps are played where a pattern does not say: on the beat, between."""
_UNEVEN_S = 0.004
_UNEVEN_SHARE = 0.14
_LOWEST_BASS = 33
_FILLS = {
    "tom": ("4567", "5.67", "8.78"),
    "snare": ("4567", "..67", "4.67"),
    "shaker": ("5555", "7373"),
    "kick": ("9..9", "9.6.", "9.69"),
    "clap": ("8..8", "8.88"),
    "snap": ("8..8", "8.8."),
    "rim": ("8..6", "8.66"),
}
"""The last beat of a phrase, one of which leads over to the next."""
_WALKING = 0.65
"""How often a bass that can walk does."""
_TUNES = (
    "x---x-x-x---....",
    "x-x-x---..x-x---",
    "x-----x-x-------",
    "..x-x-x-x---x---",
    "x-------....x-x-",
    "................",
)


@dataclass(frozen=True)
class Played:
    """A note as it is to be heard."""

    start: int
    """Number of its first sample."""
    instrument: str
    pitch: int
    """MIDI number; of a drum, which of its takes."""
    seconds: float
    """How long it is held."""
    velocity: float
    """0 to 1.2."""
    level_db: float
    pan: float
    send: float
    drum: bool


def score(piece: Piece) -> Iterator[tuple[Bar, list[Played]]]:
    """Yield each bar with its notes; the last bar is the last chord, which rings to the end."""
    voices: Pitches | None = None
    for number in range(piece.count + 1):
        bar = piece.bar(number)
        voices = voicing(piece.classes(bar), voices, root_on_top=bar.section == "end")
        layers = [layer for layer in piece.style.layers if _plays(piece, bar, layer)]
        yield bar, [*_cymbals(piece, bar), *(note for layer in layers for note in _part(piece, bar, layer, voices))]


def _cymbals(piece: Piece, bar: Bar) -> Iterator[Played]:
    """Yield the cymbal that opens a section, and in the bar before, the one that grows towards it."""
    level_db = piece.style.cymbal_db
    if level_db is None or bar.energy < 0.5:
        return
    chance, bar_s = piece.chance("cymbal", bar.number), float(BEATS * piece.period)
    strength, take = 0.5 + 0.3 * min(bar.energy, 1.2), int(chance.uniform(0, TAKES))
    opens = bar.section == "end" or (bar.number > 0 and piece.bar(bar.number - 1).last_of_phrase)
    if opens and bar.section != "cadence":
        yield Played(round(bar.number * bar_s * SAMPLE_RATE), "cymbal", take, 0, strength, level_db, 0.2, 0.35, True)
    ends = bar.number == piece.count - 1 or (bar.last_of_phrase and piece.bar(bar.number + 1).section != "cadence")
    if ends and bar.section != "end" and bar_s >= SWELL_S:
        start = round(((bar.number + 1) * bar_s - SWELL_S) * SAMPLE_RATE)
        yield Played(start, "swell", take, 0, strength, level_db - 2, -0.2, 0.35, True)


def _plays(piece: Piece, bar: Bar, layer: Layer) -> bool:
    if layer.kind == "melody":
        return piece.config.melody and bar.section in ("A", "A'", "B", "cadence")
    return layer.least <= bar.energy <= layer.most


def _part(piece: Piece, bar: Bar, layer: Layer, voices: Pitches) -> Iterator[Played]:
    """Yield what one layer plays in a bar."""
    index = piece.style.layers.index(layer)
    chance = piece.chance("bar", bar.number, index)
    pattern = _pattern(piece, bar, layer, index)
    melody = _Melody(piece, bar, voices, layer) if layer.kind == "melody" else None
    for place, sign in enumerate(pattern):
        if sign in ".-":
            continue
        held = len(pattern[place + 1 :]) - len(pattern[place + 1 :].lstrip("-")) + 1
        strength = int(sign) / 9 if layer.kind in ("drum", "chord") else 0.8 * _ACCENTS[place % 4]
        velocity = strength * (0.75 + 0.25 * min(bar.energy, 1.2)) * (1 + chance.uniform(-1, 1) * _UNEVEN_SHARE)
        beat = bar.number * BEATS + place * BEATS / STEPS + (piece.style.swing if place % 4 == 2 else 0.0)
        at_s = float(beat * piece.period) + chance.uniform(-1, 1) * _UNEVEN_S
        seconds = float(piece.ring) if bar.section == "end" else round(held * float(piece.period) * BEATS / STEPS, 2)
        for pitch, late_s, pan in _pitches(piece, bar, layer, sign, voices, chance, melody):
            start = max(0, round((at_s + late_s) * SAMPLE_RATE))
            drum = layer.kind == "drum"
            yield Played(start, layer.instrument, pitch, seconds, velocity, layer.level_db, pan, layer.send, drum)


def _pattern(piece: Piece, bar: Bar, layer: Layer, index: int) -> str:
    """Return sixteen signs; the last bar of a phrase leads over to the next, the last of all is struck once."""
    if bar.section == "end":
        return {"drum": "8", "chord": "8", "arp": "0.1.2.3.5", "bass": "r", "melody": "x"}[layer.kind].ljust(STEPS, ".")
    if layer.kind == "melody":
        return piece.chance("tune", bar.section[0], bar.cycle, bar.number % 4).pick(_TUNES)
    letter = "B" if bar.section == "B" else "A"
    first = int(piece.chance("pattern", index, bar.cycle).uniform(0, len(layer.patterns)))
    pattern = layer.patterns[(first + (letter == "B")) % len(layer.patterns)]
    if bar.last_of_phrase and layer.instrument in _FILLS and bar.energy > 0.6:
        return pattern[:12] + piece.chance("fill", bar.number, index).pick(_FILLS[layer.instrument])
    if layer.walks and _walks(piece, bar):
        return pattern[:12] + "r.w."
    return pattern


def _walks(piece: Piece, bar: Bar) -> bool:
    """Return whether the bass leads into the next bar, whose chord is another."""
    if bar.energy < 0.5 or piece.bar(bar.number + 1).degree == bar.degree:
        return False
    return bar.section == "cadence" or piece.chance("walk", bar.number).uniform() < _WALKING


def _pitches(
    piece: Piece, bar: Bar, layer: Layer, sign: str, voices: Pitches, chance: Chance, melody: "_Melody | None"
) -> Iterator[tuple[int, float, float]]:
    """Yield pitch, delay in seconds and balance of each note that one sign stands for."""
    if layer.kind == "drum":
        yield int(chance.uniform(0, TAKES)), 0.0, layer.pan
    elif melody is not None:
        yield melody.next(chance), 0.0, layer.pan
    elif layer.kind == "chord":
        for number, pitch in enumerate(voices):
            yield pitch + 12 * layer.octave, number * layer.strum_s, layer.pan * (number - 1.5) / 1.5
    elif layer.kind == "arp":
        octave, voice = divmod(int(sign), len(voices))
        yield voices[voice] + 12 * (octave + layer.octave), 0.0, layer.pan
    else:
        classes = piece.classes(bar)
        name = classes[2] if sign == "f" else classes[0]
        low = _beside_next(piece, bar) if sign == "w" else _lowest(name)
        yield low + 12 * (layer.octave + (sign == "o")), 0.0, layer.pan


def _lowest(name: int) -> int:
    """Return the lowest pitch of a class that a bass plays."""
    return _LOWEST_BASS + (name - _LOWEST_BASS) % 12


def _beside_next(piece: Piece, bar: Bar) -> int:
    """Return the pitch a step beside the next bar's root, on the side of this bar's."""
    mode, following = piece.harmony.mode, piece.bar(bar.number + 1).degree
    this, root = (step(piece.tonic, mode, degree) for degree in (bar.degree, following))
    goal, side = _lowest(root), -1 if _lowest(this) < _lowest(root) else 1
    return goal + step(piece.tonic, mode, following + side) - root


class _Melody:
    """A line that goes by steps of the scale and comes back to the chord."""

    def __init__(self, piece: Piece, bar: Bar, voices: Pitches, layer: Layer):
        base = 60 + piece.tonic - 12 * (piece.tonic > 5)
        self._scale = [step(base, piece.harmony.mode, degree) for degree in range(1, 16)]
        self._chord = {voice % 12 for voice in voices}
        self._shift = 12 * (layer.octave - 1)
        tones = [place for place, pitch in enumerate(self._scale) if pitch % 12 in self._chord]
        self._place = tones[
            int(piece.chance("line", bar.section[0], bar.cycle, bar.number % 8).uniform(1, len(tones) - 1))
        ]
        self._first = True

    def next(self, chance: Chance) -> int:
        """Return the next pitch: a tone of the chord first, then the neighbours."""
        if not self._first:
            self._place = min(max(self._place + chance.pick((-2, -1, -1, 1, 1, 2)), 0), len(self._scale) - 1)
        self._first = False
        pitch = self._scale[self._place]
        return pitch + self._shift + (12 if pitch + self._shift < LOWEST_VOICE else 0)
