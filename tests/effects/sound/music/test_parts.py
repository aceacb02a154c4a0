"""What beds are made of: chords by hand, tones at their pitch, a room that fades as fast as it says, sound marks."""

from typing import get_args

import numpy as np
import pytest

from frameloom.effects.sound.music.chance import Chance
from frameloom.effects.sound.music.drums import DRUMS, TAKES, stroke
from frameloom.effects.sound.music.harmony import chord, hertz, voicing
from frameloom.effects.sound.music.marks import MarkConfig, MarkName, mark
from frameloom.effects.sound.music.moods import STYLES
from frameloom.effects.sound.music.reverb import Reverb
from frameloom.effects.sound.music.tones import INSTRUMENTS
from frameloom.media.sound import SAMPLE_RATE

MARKS: tuple[MarkName, ...] = get_args(MarkName)


def test_chords_are_those_of_the_books() -> None:
    assert chord(2, "ionian", 1, "seventh") == (2, 6, 9, 1)  # D F# A C#
    assert chord(9, "aeolian", 6, "triad") == (5, 9, 0, 5)  # F A C
    assert chord(0, "dorian", 4, "ninth") == (5, 9, 0, 7)  # F A C G
    assert chord(0, "lydian", 2, "triad") == (2, 6, 9, 2)  # D F# A


def test_voices_move_little_and_do_not_cross() -> None:
    voices = voicing(chord(0, "ionian", 1, "seventh"), None)
    for degree in (6, 2, 5, 1, 4, 5, 1):
        following = voicing(chord(0, "ionian", degree, "seventh"), voices)
        assert list(following) == sorted(set(following))
        assert max(abs(a - b) for a, b in zip(voices, following, strict=True)) <= 5
        voices = following


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.parametrize("pitch", [45, 64])
def test_a_note_sounds_at_its_pitch(name: str, pitch: int) -> None:
    note = INSTRUMENTS[name](hertz(pitch), 1.0, 0.5)
    assert np.abs(note).max() < 2
    assert np.abs(note[:, -1]).max() < 1e-2
    spectrum = np.abs(np.fft.rfft(note[0] * np.hanning(note.shape[1]), 1 << 19))
    at = np.fft.rfftfreq(1 << 19, 1 / SAMPLE_RATE)
    near = (at > hertz(pitch - 1)) & (at < hertz(pitch + 1))
    found = at[near][np.argmax(spectrum[near])]
    assert abs(1200 * np.log2(found / hertz(pitch))) < 8  # cents
    assert spectrum[near].max() > 0.3 * spectrum.max()


@pytest.mark.parametrize("name", DRUMS)
def test_strokes_are_alike_and_not_the_same(name: str) -> None:
    takes = [stroke(name, take) for take in range(TAKES)]
    assert {take.shape for take in takes} == {takes[0].shape}
    assert not any(np.array_equal(takes[0], other) for other in takes[1:])
    assert all(abs(float(take.mean())) < 0.02 and 0.02 < np.abs(take).max() < 1.3 for take in takes)


def test_every_instrument_and_pattern_of_the_moods_is_known() -> None:
    for style in STYLES.values():
        for layer in style.layers:
            assert layer.instrument in (DRUMS if layer.kind == "drum" else INSTRUMENTS)
            signs = {"drum": "123456789", "chord": "123456789", "arp": "01234567", "bass": "rfo", "melody": ""}
            assert all(len(pattern) == 16 for pattern in layer.patterns)
            assert {sign for pattern in layer.patterns for sign in pattern} <= {*signs[layer.kind], ".", "-"}


def test_the_room_fades_by_60_db_in_its_time() -> None:
    room = Reverb(1.0, 0.0)
    send = np.zeros(2 * SAMPLE_RATE, np.float32)
    send[0] = 1
    answer = np.concatenate([room.heard(piece) for piece in np.split(send, 8)], axis=1)
    energy_db = 10 * np.log10(np.cumsum(np.square(answer).sum(axis=0)[::-1])[::-1])
    slope = np.polyfit(np.arange(0.2, 1.2, 0.1), energy_db[np.arange(9600, 57600, 4800)], 1)[0]
    assert slope == pytest.approx(-60, rel=0.05)
    assert abs(np.corrcoef(answer)[0, 1]) < 0.2


def test_the_room_does_not_hear_how_its_input_is_cut() -> None:
    send = Chance("a").noise(60_000)
    whole = Reverb(2.0, 0.15).heard(send)
    room = Reverb(2.0, 0.15)
    pieces = [room.heard(send[begin:stop]) for begin, stop in ((0, 700), (700, 30_000), (30_000, 60_000))]
    assert np.abs(np.concatenate(pieces, axis=1) - whole).max() < 1e-4


def test_chance_is_even_and_stays_what_it_is() -> None:
    assert Chance("frameloom", 1).uniform() == Chance("frameloom", 1).uniform()
    numbers = np.array([Chance("frameloom", seed).uniform() for seed in range(500)])
    assert 0 <= numbers.min() < 0.05
    assert 0.95 < numbers.max() < 1
    noise = Chance("noise").noise(20_000)
    assert (noise.min() >= -1, noise.max() < 1) == (True, True)
    assert noise.var() == pytest.approx(1 / 3, rel=0.03)


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_is_short_clean_and_seeded(name: MarkName) -> None:
    made = mark(MarkConfig(name=name, seed=1))
    assert made.sound.shape[1] == 2
    assert 0.03 * SAMPLE_RATE < len(made.sound) < 3.5 * SAMPLE_RATE
    assert np.abs(made.sound).max() == pytest.approx(0.5, abs=1e-3)
    assert np.abs(made.sound[-1]).max() < 1e-3
    assert 0 <= made.accent < len(made.sound)
    assert np.array_equal(made.sound, mark(MarkConfig(name=name, seed=1)).sound)
    others = [mark(MarkConfig(name=name, seed=seed)).sound for seed in range(2, 5)]
    assert any(other.shape != made.sound.shape or not np.array_equal(other, made.sound) for other in others)


def test_a_whoosh_is_loudest_where_it_passes() -> None:
    for seed in range(4):
        made = mark(MarkConfig(name="whoosh", seed=seed))
        level = np.convolve(np.square(made.sound).sum(axis=1), np.hanning(4800), "same")
        assert abs(int(np.argmax(level)) - made.accent) < 0.06 * SAMPLE_RATE
