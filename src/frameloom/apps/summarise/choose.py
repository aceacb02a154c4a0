"""Which segments make the best summary of a length: a knapsack in which neighbours like to stay together.

    worth = score x pictures, less for what looks like a better segment         diversity
    each begin of a run that is not the begin of a shot costs a little          coherence
    best sum of worths within the budget, exactly, over runs                    dynamic programming
    then ends are moved within pauses until the length is the one asked for     to the picture

Source of the knapsack over shots: Song et al., "TVSum: Summarizing web videos using titles", CVPR 2015.
Differs from it: a second state, whether the segment before is taken, which makes coherence exact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.summarise.segments import Segment

JUMP_COST = 0.25
"""What a begin within a shot costs, in seconds of the best segment."""
SAMENESS = 0.6
"""Share of its worth that a segment loses which looks just like a better one of another shot."""
ALIKE_SCALE = 0.3
"""Distance of looks at which sameness has fallen to a third."""
MOST_STEPS = 4000
"""Steps that a budget is counted in, at most."""

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """Pictures of the film from first until stop that are shown in one go."""

    first: int
    stop: int
    first_bounds: tuple[int, int]
    stop_bounds: tuple[int, int]
    segments: tuple[int, ...]
    """Numbers of the segments that it is made of."""

    @property
    def length(self) -> int:
        """Return its length in pictures."""
        return self.stop - self.first


def worths(segments: Sequence[Segment], scores: Row, looks: NDArray[np.float32]) -> Row:
    """Return what each segment adds to a summary; scores (N,) are means a second, looks (N, F) mean features."""
    order = np.argsort(-scores, kind="stable")
    share = np.ones(len(segments))
    shots = np.array([segment.shot for segment in segments])
    for rank, index in enumerate(order[1:], 1):
        better = order[:rank][shots[order[:rank]] != shots[index]]
        if len(better):
            nearest = float(np.linalg.norm(looks[better] - looks[index], axis=1).min())
            share[index] = 1 - SAMENESS * np.exp(-((nearest / ALIKE_SCALE) ** 2))
    worth: Row = scores * share * np.array([segment.length for segment in segments])
    return worth


def chosen(segments: Sequence[Segment], worth: Row, budget: int, jump_cost: float) -> tuple[int, ...]:
    """Return the numbers of the segments of greatest worth that fit into a budget of pictures, in order.

    A segment that does not begin its shot and whose neighbour before it is left out costs `jump_cost`.
    """
    unit = max(-(-budget // MOST_STEPS), 1)
    room = budget // unit
    # best[taken][w]: greatest worth of the segments so far in w units, the last one left out or taken
    best = np.full((2, room + 1), -np.inf)
    best[0, 0] = 0
    came: list[tuple[NDArray[np.bool_], NDArray[np.bool_], int]] = []
    before: Segment | None = None
    for segment, value in zip(segments, worth, strict=True):
        size = -(-segment.length // unit)
        joins = before is not None and segment.first - before.stop <= 1
        begins_shot = before is None or before.shot != segment.shot
        left = best.max(axis=0)
        from_taken_left = best[1] > best[0]
        alone, joined = (
            best[0] - (0 if begins_shot else jump_cost),
            best[1] - (0 if joins or begins_shot else jump_cost),
        )
        into = np.maximum(alone, joined)
        from_taken = joined > alone
        taken = np.full(room + 1, -np.inf)
        if size <= room:
            taken[size:] = into[: room + 1 - size] + value
        came.append((from_taken_left, from_taken, size))
        best = np.stack([left, taken])
        before = segment
    at = int(np.argmax(best.max(axis=0)))
    is_taken = bool(best[1, at] > best[0, at])
    picked: list[int] = []
    for index in range(len(segments) - 1, -1, -1):
        from_taken_left, from_taken, size = came[index]
        if is_taken:
            picked.append(index)
            at -= size
            is_taken = bool(from_taken[at])
        else:
            is_taken = bool(from_taken_left[at])
    return tuple(reversed(picked))


def runs_of(segments: Sequence[Segment], numbers: Sequence[int]) -> list[Run]:
    """Return chosen segments with those that meet made one."""
    runs: list[Run] = []
    for number in numbers:
        one = segments[number]
        last = runs[-1] if runs else None
        if last is not None and last.segments[-1] == number - 1 and one.first - last.stop <= 1:
            # a cut between two pictures' times leaves one picture between the segments
            runs[-1] = replace(last, stop=one.stop, stop_bounds=one.stop_bounds, segments=(*last.segments, number))
        else:
            runs.append(Run(one.first, one.stop, one.first_bounds, one.stop_bounds, (number,)))
    return runs


def fitted(runs: Sequence[Run], budget: int) -> list[Run]:
    """Return runs, in order of the film, whose ends are moved within their bounds so that they fill the budget.

    They fill it as nearly as the bounds allow: none grows into the next, none shrinks by more than half.
    """
    grown = list(runs)
    for index in sorted(range(len(grown)), key=lambda number: -grown[number].length):
        missing = budget - sum(run.length for run in grown)
        if not missing:
            break
        grown[index] = _moved(grown[index], missing, *_room(grown, index))
    return grown


def _room(runs: Sequence[Run], index: int) -> tuple[int, int]:
    """Return how early a run may begin and how late it may end without touching its neighbours."""
    earliest = runs[index - 1].stop if index else 0
    latest = runs[index + 1].first if index + 1 < len(runs) else runs[index].stop_bounds[1]
    return earliest, latest


def _moved(run: Run, missing: int, earliest: int, latest: int) -> Run:
    """Return a run made longer by up to so many pictures, or shorter where it is less than none."""
    low, high = run.first_bounds
    soonest, last = run.stop_bounds
    if missing > 0:
        stop = max(run.stop, min(run.stop + missing, last, latest))
        missing -= stop - run.stop
        first = min(run.first, max(run.first - missing, low, earliest))
        return replace(run, first=first, stop=stop)
    least = -(-run.length // 2)
    stop = min(run.stop, max(run.stop + missing, soonest, run.first + least))
    missing += run.stop - stop
    first = max(run.first, min(run.first - missing, high, stop - least))
    return replace(run, first=first, stop=stop)


def summary_of(segments: Sequence[Segment], worth: Row, budget: int, jump_cost: float) -> list[Run]:
    """Return the runs of the best summary that fills a budget of pictures; what is missing costs as the best is worth.

    The best for a budget somewhat larger or smaller may be the one whose ends can be moved to fit; so may one stretch.
    """
    lengths = np.array([segment.length for segment in segments])
    dearest = max(float((worth / np.maximum(lengths, 1)).max()), 0.0)
    best: tuple[float, list[Run]] | None = None
    for numbers in _candidates(segments, worth, budget, jump_cost):
        if best is not None and float(worth[list(numbers)].sum()) <= best[0]:
            continue  # what else there is to a grade only lowers it
        runs = fitted(runs_of(segments, numbers), budget)
        missing = budget - sum(run.length for run in runs)
        if missing < 0:
            continue
        value = float(sum(worth[list(run.segments)].sum() for run in runs)) - jump_cost * len(runs)
        grade = value - _STILL_COST * dearest * missing
        if best is None or grade > best[0]:
            best = grade, runs
    return best[1] if best else []


def _candidates(segments: Sequence[Segment], worth: Row, budget: int, jump_cost: float) -> Iterator[tuple[int, ...]]:
    """Yield numbers of segments: the best for budgets about this one, and every stretch that is about as long."""
    tried: set[tuple[int, ...]] = {()}
    for share in _SHARES:
        numbers = chosen(segments, worth, max(round(budget * share), 1), jump_cost)
        if numbers not in tried:
            tried.add(numbers)
            yield numbers
    for first in range(len(segments)):
        length = 0
        for last in range(first, len(segments)):
            length += segments[last].length
            if length > _LONGEST * budget and last > first:
                break
            numbers = tuple(range(first, last + 1))
            if length >= _SHORTEST * budget and numbers not in tried:
                yield numbers


_STILL_COST = 2.0
"""By how much a picture that stands still costs more than the best is worth."""
_SHORTEST, _LONGEST = 0.6, 1.6
"""Of the budget, between which a stretch is tried."""
_SHARES = (1.0, 1.02, 0.98, 1.05, 0.95, 1.1, 0.9, 1.2, 0.8, 1.4, 1.7, 2.0, 0.7, 0.6, 0.4)
"""Of the budget, that are tried."""
