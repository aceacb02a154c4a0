"""Gestures fall on stressed syllables, vary, pass into each other, and bend no elbow in an instant."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from frameloom.apps.talk.characterfile import MannerConfig
from frameloom.apps.talk.drawn.arms import _bent
from frameloom.apps.talk.gestures import GESTURES, Gesture, GestureKind, arms, chosen_gestures
from frameloom.apps.talk.speaking import Phrase, Stress

LIVELY = MannerConfig(gestures=1)


def phrases(count: int, strength: float = 0.8, stresses: int = 2) -> tuple[Phrase, ...]:
    """Return phrases of two seconds, one every three, with stresses from half a second on."""
    return tuple(
        Phrase(3.0 * n, 3.0 * n + 2, tuple(Stress(3.0 * n + 0.5 + 0.4 * k, strength) for k in range(stresses)))
        for n in range(count)
    )


def test_a_hand_is_there_with_the_first_stress_and_goes_after_the_last() -> None:
    (one,) = chosen_gestures(LIVELY, phrases(1, stresses=3), seed=1)
    assert one.start == pytest.approx(0.05)  # 0.45 s before the stress
    assert one.stop == pytest.approx(1.3 + 0.35 + 0.55)
    assert chosen_gestures(LIVELY, phrases(3, stresses=0), seed=1) == ()


@given(some.integers(0, 2**32 - 1), some.integers(0, 9))
def test_no_gesture_comes_again_before_three_others(seed: int, first: int) -> None:
    said = phrases(20)
    kinds = [one.kind for one in chosen_gestures(LIVELY, said, seed, first)]
    assert len(kinds) == 20
    assert all(len(set(kinds[at : at + 4])) == 4 for at in range(17))
    assert all({"point", "count"} != {one, other} != {"both", "open"} for one, other in pairwise(kinds))
    half = chosen_gestures(LIVELY, said[:10], seed, first)
    assert (*half, *chosen_gestures(LIVELY, said[10:], seed, first + 10, half)) == chosen_gestures(
        LIVELY, said, seed, first
    )


def test_kinds_fit_what_is_said_and_none_prevails() -> None:
    def share(said: Sequence[Phrase], kind: GestureKind) -> float:
        kinds = Counter(one.kind for seed in range(20) for one in chosen_gestures(LIVELY, said, seed))
        assert max(kinds.values()) < 0.3 * kinds.total()
        assert len(kinds) == 8
        return kinds[kind] / kinds.total()

    calm, strong, many = phrases(30, 0.7), phrases(30, 1.0), phrases(30, 0.7, stresses=4)
    assert share(strong, "both") > 1.5 * share(calm, "both")
    assert share(calm, "low") > 1.5 * share(strong, "low")
    assert share(many, "count") > 1.5 * share(calm, "count")


def test_one_gesture_takes_the_hand_over_from_the_one_before() -> None:
    both = [Gesture(0.0, 2.0, "open"), Gesture(1.6, 4.0, "beat")]
    heights = [arms(both, time, 0.0)[1].y for time in np.arange(0.6, 3.4, 0.02)]
    assert max(heights) < 420  # and never hangs in between
    assert np.abs(np.diff(heights)).max() < 25


def test_a_stress_moves_a_hand_as_its_gesture_does() -> None:
    def moved(kind: GestureKind) -> float:
        rest, beat = (arms([Gesture(0.0, 4.0, kind)], 2.0, strength)[1].y for strength in (0.0, 1.0))
        return beat - rest

    assert moved("beat") == pytest.approx(52)
    assert moved("low") == pytest.approx(-22)
    assert moved("think") == 0


@pytest.mark.parametrize("kind", GESTURES)
def test_no_elbow_jumps(kind: GestureKind) -> None:
    places = [arms([Gesture(0.2, 2.8, kind)], time, 0.0)[1] for time in np.arange(0, 3, 0.01)]
    elbows = np.array([_bent((100.0, 175.0), (one.x, one.y), 1)[0] for one in places])
    assert np.hypot(*np.diff(elbows, axis=0).T).max() < 40
