"""The pushing policy in a world without physics: the hand goes where it is sent, things stand still."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.data.robot_push.policy import HIGHEST, LARGEST_STEP, LOWEST, PushingPolicy, carried_out

START = np.array([0.2, 0.1, 0.1, 0.0])


def path(seed: int, objects: np.ndarray, steps: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Return where the hand went, (steps + 1, 4), and the actions, (steps, 4)."""
    policy = PushingPolicy(np.random.default_rng(seed))
    hands, actions = [START], []
    for _ in range(steps):
        actions.append(policy.action(hands[-1], objects))
        hands.append(np.clip(hands[-1] + actions[-1] * LARGEST_STEP, LOWEST, HIGHEST))
    return np.array(hands), np.array(actions)


def test_an_action_is_carried_out_as_far_as_the_bounds_allow() -> None:
    hand = np.array([HIGHEST[0] - 0.5 * LARGEST_STEP[0], 0.0, LOWEST[2], 0.0])
    goal, executed = carried_out(hand, (1.0, 7.0, -1.0, -0.5))
    assert executed == pytest.approx([0.5, 1.0, 0.0, -0.5])
    assert goal == pytest.approx([HIGHEST[0], LARGEST_STEP[1], LOWEST[2], -0.5 * LARGEST_STEP[3]])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 6))
def test_actions_are_four_numbers_within_one(seed: int, count: int) -> None:
    objects = np.random.default_rng(seed).uniform(-0.3, 0.3, (count, 3))
    _, actions = path(seed, objects)
    assert actions.shape == (30, 4)
    assert np.abs(actions).max() <= 1.0


def test_a_seed_fixes_the_actions() -> None:
    objects = np.array([[0.0, 0.0, 0.03]])
    assert np.array_equal(path(7, objects)[1], path(7, objects)[1])
    assert not np.array_equal(path(7, objects)[1], path(8, objects)[1])


def test_the_hand_goes_through_objects_at_their_height() -> None:
    place = np.array([-0.1, -0.05])
    objects = np.array([[*place, 0.03]])
    nearest = []
    for seed in range(40):
        hands, _ = path(seed, objects)
        low = hands[hands[:, 2] < 0.05]
        nearest.append(np.hypot(*(low[:, :2] - place).T).min(initial=1.0))
    assert np.mean(np.array(nearest) < 0.03) > 0.8


def test_what_lies_out_of_reach_is_left_alone() -> None:
    far = np.array([[0.0, 3.0, -0.7]])
    hands, _ = path(0, far, 200)
    assert hands[:, 1].mean() < 0.1  # it wanders about, in place of leaning against the bound


@pytest.mark.parametrize(("side", "turn"), [(np.array([0.2, 0.0]), 1.4), (np.array([0.0, -0.2]), 0.0)])
def test_a_push_is_broadside(side: np.ndarray, turn: float) -> None:
    """Pushed along the picture's width, fingers stand along its depth, and the other way round."""
    objects = np.array([[*side, 0.03]])
    turns = []
    for seed in range(60):
        hands, _ = path(seed, objects, 20)
        near = hands[(hands[:, 2] < 0.03) & (np.hypot(*(hands[:, :2] - side).T) < 0.04)]
        turns += [abs(hand[3]) for hand in near[:1]]
    assert len(turns) > 30
    assert np.median(turns) == pytest.approx(turn, abs=0.45)
