"""Beds: exact length, the same samples every time, on the beat, in key, clean; and silence where nothing is wanted."""

import hashlib
import itertools
from fractions import Fraction
from functools import cache
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.core.errors import ConfigError
from frameloom.effects.sound.beats import find_pulse
from frameloom.effects.sound.features import measure_features
from frameloom.effects.sound.music.bed import bed
from frameloom.effects.sound.music.config import Mood, MusicConfig
from frameloom.effects.sound.music.form import Piece, bars, beats, piece_of
from frameloom.effects.sound.music.harmony import MODES
from frameloom.effects.sound.music.moods import STYLES
from frameloom.effects.sound.music.score import Played, score
from frameloom.media.ffmpeg import measure_loudness
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at

MOODS: tuple[Mood, ...] = tuple(STYLES)
RHYTHMIC: tuple[Mood, ...] = ("bright", "tense", "warm", "curious", "proud", "urgent")
LENGTH = Fraction(2001, 100)


def planned(config: MusicConfig, length: Fraction | int = LENGTH) -> Piece:
    piece = piece_of(config, length)
    assert piece is not None
    return piece


@cache
def heard(mood: Mood) -> Sound:
    return np.concatenate(list(bed(MusicConfig(mood=mood, seed=7), LENGTH)))


def test_every_mood_has_a_style() -> None:
    assert {*STYLES, "none"} == set(get_args(Mood))


@pytest.mark.parametrize("mood", MOODS)
def test_a_bed_is_clean(mood: Mood) -> None:
    sound = heard(mood)
    assert (sound.shape, sound.dtype) == ((sample_at(LENGTH), 2), np.float32)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 0.95
    assert np.abs(sound.mean(axis=0)).max() < 1e-3
    assert np.abs(np.diff(sound, axis=0)).max() < 0.25  # a click would leap further
    assert np.abs(sound[-48:]).max() < 1e-4
    assert 0.0 < np.corrcoef(sound.T)[0, 1] < 0.95


@pytest.mark.parametrize("mood", MOODS)
def test_moods_are_about_as_loud(mood: Mood) -> None:
    assert measure_loudness([heard(mood)]).integrated_lufs == pytest.approx(-20, abs=2)


@pytest.mark.parametrize("mood", MOODS)
def test_a_bed_leaves_room_for_a_voice(mood: Mood) -> None:
    spectrum = np.abs(np.fft.rfft(heard(mood).mean(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(heard(mood)), 1 / SAMPLE_RATE)
    speech = spectrum[(hertz > 1000) & (hertz < 4000)].sum()
    assert 10 * np.log10(speech / spectrum[hertz > 30].sum()) < -10


@pytest.mark.parametrize("mood", RHYTHMIC)
def test_the_beats_are_heard_where_they_are_said_to_be(mood: Mood) -> None:
    config = MusicConfig(mood=mood, seed=7)
    pulse, expected = find_pulse(measure_features([heard(mood)])), np.array(beats(config, LENGTH), float)
    assert pulse is not None
    assert pulse.bpm == pytest.approx(planned(config).bpm, rel=0.02)
    found = np.array([float(beat) for beat in pulse.beats if beat <= beats(config, LENGTH)[-1] + Fraction(1, 10)])
    error = np.abs(found[:, None] - expected).min(axis=1)
    assert np.percentile(error, 95) < 0.04
    assert error.max() < 0.06
    assert len(found) > 0.9 * len(expected)


def test_every_section_goes_over_into_the_next_without_a_gap() -> None:
    config = MusicConfig(mood="calm", seed=7)
    level = np.sqrt(np.square(heard("calm")).reshape(-1, 480, 2).mean((1, 2)))
    inside = level[50 : int(beats(config, LENGTH)[-1] * 100)]
    assert inside.min() > 0.02 * inside.max()


@pytest.mark.parametrize("block", [777, 10**7])
def test_how_it_is_cut_changes_no_sample(block: int) -> None:
    config, length = MusicConfig(mood="curious", seed=1), Fraction(8)
    whole = np.concatenate(list(bed(config, length)))
    blocks = list(bed(config, length, block=block))
    assert {len(one) for one in blocks[:-1]} <= {block}
    assert np.array_equal(np.concatenate(blocks), whole)


def test_a_seed_fixes_it_and_another_is_another() -> None:
    def print_of(seed: int) -> str:
        blocks = bed(MusicConfig(mood="bright", seed=seed), Fraction(2))
        return hashlib.sha256(b"".join(block.tobytes() for block in blocks)).hexdigest()

    assert print_of(1) == print_of(1)
    assert len({print_of(seed) for seed in range(3)}) == 3


def test_a_note_sounds_on_its_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    config = MusicConfig(mood="bright", seed=1)
    piece = planned(config, 12)
    places = {0: 0, 1000: 0, sample_at(piece.period * 8) + 37: 2, sample_at(piece.period * 12) - 90: 3}

    for place, in_bar in places.items():
        note = Played(place, "kick", 0, 0.0, 1.0, 0.0, 0.0, 0.0, True)
        written = [(piece.bar(number), [note] if number == in_bar else []) for number in range(piece.count + 1)]
        monkeypatch.setattr("frameloom.effects.sound.music.bed.score", lambda _, written=written: written)
        sound = np.concatenate(list(bed(config, 12)))
        assert np.flatnonzero(sound.any(axis=1))[0] == place


@pytest.mark.parametrize("mood", MOODS)
def test_notes_stand_near_the_grid(mood: Mood) -> None:
    piece = planned(MusicConfig(mood=mood, seed=2, intensity=1.0), 60)
    for bar, played in score(piece):
        for note in played:
            if note.instrument == "swell":
                continue
            beat = Fraction(note.start, SAMPLE_RATE) / piece.period - 4 * bar.number
            straight = abs(beat * 4 - round(beat * 4)) / 4
            swung = abs(beat - Fraction(str(piece.style.swing)) - Fraction(round(2 * beat), 2))
            strummed_s = 0.16 if len(played) > 1 and not note.drum else 0.0
            assert float(min(straight, swung) * piece.period) < 0.0045 + strummed_s


def test_it_begins_at_once_and_asks_for_no_more_than_a_bar() -> None:
    blocks = bed(MusicConfig(mood="proud"), 3600)
    first = list(itertools.islice(blocks, 12))
    assert sum(map(len, first)) == 12 * 4096
    blocks.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seed", range(2))
def test_every_note_is_in_key(mood: Mood, seed: int) -> None:
    piece = planned(MusicConfig(mood=mood, seed=seed, melody=True, intensity=1.0), 90)
    scale = {(piece.tonic + above) % 12 for above in MODES[piece.harmony.mode]}
    notes = [note for _, played in score(piece) for note in played]
    assert {note.pitch % 12 for note in notes if not note.drum} <= scale
    assert all(24 <= note.pitch <= 105 for note in notes if not note.drum)


@pytest.mark.parametrize("mood", MOODS)
def test_it_ends_with_a_cadence_on_the_tonic(mood: Mood) -> None:
    piece = planned(MusicConfig(mood=mood, key="D"), 60)
    last = list(score(piece))[-3:]
    assert [bar.degree for bar, _ in last] == [*piece.harmony.cadence, 1]
    lowest = min(note.pitch for note in last[-1][1] if not note.drum)
    assert lowest % 12 == 2
    assert 2.4 < piece.ring < 6


@pytest.mark.parametrize("mood", MOODS)
def test_the_last_chord_is_at_rest(mood: Mood) -> None:
    piece = planned(MusicConfig(mood=mood, key="D", seed=3), 60)
    end, played = list(score(piece))[-1]
    held = sorted({note.pitch for note in played if note.instrument in {"pad", "strings", "keys", "piano"}})
    assert held[-1] % 12 == 2
    assert {pitch % 12 for pitch in held} == set(piece.classes(end))
    if piece.style.form != "seventh":
        assert len(set(piece.classes(end))) == 3


@pytest.mark.parametrize("mood", ["bright", "warm", "curious", "proud"])
def test_a_bass_leads_by_a_step_into_the_next_chord(mood: Mood) -> None:
    piece = planned(MusicConfig(mood=mood, seed=4, intensity=0.8), 90)
    written = list(score(piece))
    steps = 0
    for (bar, played), (following, then) in itertools.pairwise(written):
        bass = [
            sorted((note.start, note.pitch) for note in notes if note.instrument == "bass") for notes in (played, then)
        ]
        last = Fraction(bass[0][-1][0], SAMPLE_RATE) / piece.period - 4 * bar.number if bass[0] else 0
        if bass[0] and bass[1] and bar.degree != following.degree and last == pytest.approx(3.55, abs=0.08):
            steps += abs(bass[0][-1][1] - bass[1][0][1]) in {1, 2}
    assert steps >= 5


@pytest.mark.parametrize("mood", ["bright", "warm", "curious", "proud"])
def test_the_last_note_of_the_bass_before_the_end_lies_a_step_beside_the_tonic(mood: Mood) -> None:
    for seed in range(6):
        *_, (_, before), (_, end) = score(planned(MusicConfig(mood=mood, seed=seed, intensity=0.8), 30))
        leading, last = (
            max((note.start, note.pitch) for note in notes if note.instrument == "bass")[1] for notes in (before, end)
        )
        assert abs(leading - last) in {1, 2}


def test_cymbals_open_sections_and_grow_towards_them() -> None:
    piece = planned(MusicConfig(mood="proud", seed=1), 90)
    written = list(score(piece))
    starts = {note.start: note.instrument for _, played in written for note in played if "cymbal" in note.instrument}
    bar = 4 * piece.period
    opened = [
        number
        for number, ((before, _), (after, _)) in enumerate(itertools.pairwise(written), 1)
        if before.last_of_phrase and after.section not in {"cadence", "break"}
    ]
    assert sorted(starts) == [round(float(number * bar) * SAMPLE_RATE) for number in [*opened, piece.count]]
    ends = [note.start + 1.8 * SAMPLE_RATE for _, played in written for note in played if note.instrument == "swell"]
    assert ends
    assert all(min(abs(end - start) for start in starts) <= 1 for end in ends if end < piece.count * bar * SAMPLE_RATE)


def test_the_eighth_bar_of_a_section_leads_on_and_its_last_beat_is_filled() -> None:
    piece = planned(MusicConfig(mood="bright", seed=1, intensity=1.0), 120)
    last = [bar for bar, _ in score(piece) if bar.last_of_phrase and bar.section in {"A", "A'", "B"}][:-1]
    assert last
    assert {bar.degree for bar in last} == {piece.harmony.cadence[1]}
    written = list(score(piece))
    fills = set()
    for bar in last:
        hits = {
            round(float(Fraction(note.start, SAMPLE_RATE) / piece.period * 4)) - 16 * bar.number
            for note in written[bar.number][1]
            if note.instrument in {"clap", "kick"}
        }
        fills.add(tuple(sorted(place for place in hits if place >= 12)))
    assert len(fills) >= 2


def test_a_lead_is_heard_only_when_asked_for() -> None:
    for config, expected in ((MusicConfig(mood="calm"), False), (MusicConfig(mood="calm", melody=True), True)):
        names = {note.instrument for _, played in score(planned(config, 60)) for note in played}
        assert ("vibes" in names) == expected


def test_intensity_adds_instruments() -> None:
    counts = []
    for intensity in (0.0, 0.5, 1.0):
        piece = planned(MusicConfig(mood="proud", intensity=intensity), 60)
        counts.append(sum(len(played) for _, played in score(piece)))
    assert counts == sorted(set(counts))


@given(
    length=st.fractions(min_value=Fraction(1, 10), max_value=600, max_denominator=1001),
    mood=st.sampled_from(MOODS),
    seed=st.integers(0, 2**63 - 1),
)
@settings(max_examples=40, deadline=None)
def test_whole_bars_fill_any_length(length: Fraction, mood: Mood, seed: int) -> None:
    config = MusicConfig(mood=mood, seed=seed)
    piece, times = planned(config, length), beats(config, length)
    slowest, fastest = STYLES[mood].bpm
    assert slowest - 1e-9 <= piece.bpm <= fastest + 1e-9
    assert times[0] == 0
    assert set(np.diff(times)) <= {piece.period}
    assert bars(config, length) == times[::4]
    assert times[-1] + piece.ring == length
    assert piece.ring >= min(length, Fraction(5, 2))
    assert piece.ring < 16 * piece.period


def test_a_tempo_that_is_fixed_stays() -> None:
    times = beats(MusicConfig(mood="bright", tempo=(120, 120)), 60)
    assert (times[1], times[-1]) == (Fraction(1, 2), 56)


@pytest.mark.parametrize("length", [Fraction(1, SAMPLE_RATE), Fraction(1, 50), Fraction(1), Fraction(4)])
def test_a_short_bed_is_exact_too(length: Fraction) -> None:
    sound = np.concatenate(list(bed(MusicConfig(mood="warm"), length)))
    assert len(sound) == length * SAMPLE_RATE


def test_no_mood_is_silence() -> None:
    config = MusicConfig(mood="none")
    sound = np.concatenate(list(bed(config, Fraction(1, 2), block=1000)))
    assert sound.shape == (24_000, 2)
    assert not sound.any()
    assert (beats(config, 9), bars(config, 9)) == ((), ())


@pytest.mark.parametrize("length", [0, -1, Fraction(1, 10**6), 10**6])
def test_a_length_out_of_range_is_refused(length: Fraction) -> None:
    with pytest.raises(ConfigError, match=r"music: length of .* s; give more than 0 s and up to 86400 s"):
        bed(MusicConfig(), length)


@pytest.mark.parametrize(
    "settings",
    [{"mood": "sad"}, {"seed": -1}, {"tempo": (110, 100)}, {"tempo": (1, 2)}, {"key": "H"}, {"intensity": 2}],
)
def test_settings_out_of_range_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"(?s)MusicConfig.*{next(iter(settings))}|slowest tempo, 110, is above"):
        MusicConfig.model_validate(settings)
