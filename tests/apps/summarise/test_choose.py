"""The knapsack against sums by hand, and all that must hold whatever the segments are."""

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.apps.summarise.choose import chosen, fitted, runs_of, summary_of, worths
from frameloom.apps.summarise.segments import Segment


def segment(first: int, stop: int, shot: int, slack: int = 0) -> Segment:
    return Segment(first, stop, (first - slack, first + slack), (stop - slack, stop + slack), shot)


def chain(lengths: list[int], slack: int = 0) -> list[Segment]:
    """Return segments side by side, each of a shot of its own."""
    ends = np.cumsum([0, *lengths]).tolist()
    return [segment(begin, end, number, slack) for number, (begin, end) in enumerate(pairwise(ends))]


def test_the_best_sum_is_found() -> None:
    segments = chain([10, 20, 30, 40])
    worth = np.array([6.0, 10.0, 12.0, 15.0])
    assert chosen(segments, worth, 60, 0.0) == (0, 1, 2)  # 28, where 20 + 40 gives 25
    assert chosen(segments, worth, 70, 0.0) == (0, 1, 3)  # 31, where 30 + 40 gives 27


def test_a_jump_within_a_shot_costs() -> None:
    segments = [segment(0, 10, 0), segment(10, 20, 0), segment(20, 30, 0)]
    worth = np.array([5.0, 1.0, 5.0])
    assert chosen(segments, worth, 20, 0.0) == (0, 2)
    # The first begins the shot and costs nothing; the third alone costs 4.5: 5 + 1 beats 5 + 5 - 4.5.
    assert chosen(segments, worth, 20, 4.5) == (0, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 20)), min_size=1, max_size=8), st.integers(1, 60))
def test_no_other_choice_is_worth_more(sizes: list[tuple[int, int]], budget: int) -> None:
    segments = chain([size for size, _ in sizes])
    worth = np.array([float(value) for _, value in sizes])
    picked = chosen(segments, worth, budget, 0.0)
    assert sum(segments[number].length for number in picked) <= budget
    every = [set(some) for count in range(len(sizes) + 1) for some in combinations(range(len(sizes)), count)]
    fitting = [some for some in every if sum(segments[number].length for number in some) <= budget]
    assert worth[list(picked)].sum() == max(worth[list(some)].sum() for some in fitting)


def test_what_looks_like_a_better_one_is_worth_less() -> None:
    segments = chain([10, 10, 10])
    looks = np.array([[0.0], [0.0], [9.0]], np.float32)
    worth = worths(segments, np.array([1.0, 0.9, 0.5]), looks)
    np.testing.assert_allclose(worth, [10, 9 * 0.4, 5])


def test_segments_that_meet_become_one_run() -> None:
    segments = chain([10, 20, 30, 40])
    runs = runs_of(segments, (0, 1, 3))
    assert [(run.first, run.stop, run.segments) for run in runs] == [(0, 30, (0, 1)), (60, 100, (3,))]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(4, 30), min_size=2, max_size=12), st.integers(0, 6), st.integers(10, 200), st.integers(0, 9)
)
def test_runs_stay_in_order_and_within_bounds(lengths: list[int], slack: int, budget: int, seed: int) -> None:
    segments = chain(lengths, slack)
    worth = np.random.default_rng(seed).random(len(segments)) + 0.1
    runs = summary_of(segments, worth, budget, 0.2)
    assert sum(run.length for run in runs) <= budget
    for run in runs:
        assert run.first_bounds[0] <= run.first <= run.first_bounds[1]
        assert run.stop_bounds[0] <= run.stop <= run.stop_bounds[1]
        assert run.first < run.stop
    assert all(before.stop <= after.first for before, after in pairwise(runs))


def test_ends_move_until_the_budget_is_filled() -> None:
    runs = runs_of(chain([10, 20, 30], slack=4), (0, 2))
    assert sum(run.length for run in fitted(runs, 46)) == 46
    assert sum(run.length for run in fitted(runs, 36)) == 36
    assert sum(run.length for run in fitted(runs, 90)) == 40 + 4 + 2 * 4  # the film begins at 0


def test_a_stretch_that_cannot_be_the_best_is_passed_over_without_a_trace() -> None:
    """Ten segments, one of them worth all: the best stretch of its length is that one, whatever was tried before."""
    segments = [Segment(n * 20, n * 20 + 20, (n * 20, n * 20), (n * 20 + 20, n * 20 + 20), n) for n in range(10)]
    worth = np.array([1.0, 1, 1, 1, 9, 1, 1, 1, 1, 1])
    (run,) = summary_of(segments, worth, 20, 0.1)
    assert (run.first, run.stop) == (80, 100)
