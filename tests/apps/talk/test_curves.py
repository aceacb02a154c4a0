"""How a mouth moves: ahead of the sound, closed where lips meet, opened by loudness, never in jumps."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.talk.tracks import SENTENCE, track_of

from frameloom.apps.talk.curves import TARGETS, mouth_curves, viseme_curves
from frameloom.apps.talk.pose import Mouth
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

said = st.lists(st.tuples(st.sampled_from(VISEMES), st.integers(3, 25)), min_size=1, max_size=14)


def spoken(parts: list[tuple[str, int]]) -> VisemeTrack:
    at, found = 0.3, []
    for name, rows in parts:
        found.append((name, at, at + rows / RATE))
        at += rows / RATE
    return track_of(found, at + 0.3)


def test_there_is_a_target_for_each_viseme_and_no_two_are_alike() -> None:
    assert tuple(TARGETS) == VISEMES
    shapes = [np.array(astuple(mouth)) for mouth in TARGETS.values()]
    for number, one in enumerate(shapes):
        assert all(np.abs(one - other).max() >= 0.1 for other in shapes[number + 1 :])


def test_a_long_sound_reaches_its_target() -> None:
    """In the middle of half a second of "ah", loud as 0.8, the mouth is as open as target times loudness says."""
    mouth = mouth_curves(track_of([("aa", 0.3, 0.8)], 1.2, intensity=0.8)).at(0.55)
    assert mouth.open == pytest.approx(1.0 * (0.5 + 0.62 * 0.8), abs=0.01)
    assert mouth.teeth == pytest.approx(TARGETS["aa"].teeth, abs=0.01)


def test_the_mouth_runs_ahead_by_30_to_60_ms_and_never_lags() -> None:
    curves = mouth_curves(track_of([("aa", 0.5, 1.0)], 1.5))
    opened = np.array([curves.at(t / 1000).open for t in range(1500)])
    half = opened.max() / 2
    begun = int(np.argmax(opened > 0.02 * opened.max()))
    risen, fallen = int(np.argmax(opened > half)), 1500 - int(np.argmax(opened[::-1] > half))
    assert 430 <= begun <= 475
    assert risen < 500  # half open before the sound begins
    assert fallen <= 1010


@given(said)
def test_lips_meet_in_each_pp_and_the_lower_one_is_bitten_in_each_ff(parts: list[tuple[str, int]]) -> None:
    track = spoken(parts)
    curves = mouth_curves(track)
    at = 0.3
    for name, rows in parts:
        mouth = curves.at(at + rows / RATE / 2)
        if name == "PP":
            assert mouth.open == pytest.approx(0, abs=0.01)
            assert mouth.press == pytest.approx(1, abs=0.01)
        elif name == "FF":
            assert mouth.bite > 0.9
        at += rows / RATE


@given(st.integers(0, 39), st.sampled_from([24, 25, 30]))
def test_no_closed_mouth_falls_between_two_pictures(offset: int, rate: int) -> None:
    """A PP of 30 ms between two vowels shows in some picture, wherever the pictures fall."""
    start = 0.6 + offset / 1000
    curves = mouth_curves(track_of([("aa", 0.3, 0.6), ("PP", 0.6, 0.63), ("aa", 0.63, 1.0)], 1.3))
    opened = [curves.at(start - 0.2 + number / rate, 1 / rate).open for number in range(rate // 2)]
    assert min(opened) < 0.02


@given(said)
def test_curves_keep_within_bounds_and_do_not_jump(parts: list[tuple[str, int]]) -> None:
    curves = mouth_curves(spoken(parts))
    rows = np.array([astuple(curves.at(number / RATE)) for number in range(len(curves.values))])
    assert np.isfinite(rows).all()
    assert rows.min() >= -1
    assert rows.max() <= 1.3
    assert np.abs(np.diff(curves.values, axis=0)).max() < 0.45


@given(said)
def test_exported_curves_are_shares_and_close_where_they_must(parts: list[tuple[str, int]]) -> None:
    track = spoken(parts)
    curves = viseme_curves(track)
    assert curves.shape == track.weights.shape
    assert curves.sum(axis=1) == pytest.approx(np.ones(len(curves)))
    assert curves.min() >= 0
    shut = track.weights[:, VISEMES.index("PP")] == 1
    assert (curves[shut, VISEMES.index("PP")] > 0.99).all()


def test_loud_speech_opens_wider_than_quiet_speech() -> None:
    quiet, loud = (mouth_curves(track_of(SENTENCE, 3, level)).at(0.55) for level in (0.2, 0.9))
    assert loud.open > 1.3 * quiet.open
    assert loud.jaw > 1.3 * quiet.jaw


def test_silence_and_nothing_at_all_are_mouths_at_rest() -> None:
    assert astuple(mouth_curves(track_of([], 1)).at(0.5)) == pytest.approx(astuple(Mouth()), abs=1e-4)
    empty = VisemeTrack(np.zeros((0, 15), np.float32), np.zeros(0, np.float32))
    assert mouth_curves(empty).at(0.5) == Mouth()
    assert viseme_curves(empty).shape == (0, 15)
