"""Frechet distances of dealt clips: closed forms, halves, intervals."""

import pytest
import torch

from frameloom.evaluation.crowd import PARTS, Crowd, Jackknifed, half_distance, whole_distance
from frameloom.metrics.distribution import Moments, frechet_distance


def crowd(features: torch.Tensor, *, batch: int = 7) -> Crowd:
    found = Crowd()
    for part in features.split(batch):
        found.add(part)
    return found


def normal(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_dealing_changes_nothing_of_the_whole() -> None:
    a, b = normal(0, 53, 3), normal(1, 53, 3)
    plain = [Moments(), Moments()]
    for moments, features in zip(plain, (a, b), strict=True):
        moments.add(features)
    assert whole_distance(crowd(a), crowd(b, batch=20))(range(PARTS)) == pytest.approx(frechet_distance(*plain))


def test_a_shift_is_its_square_and_equal_crowds_are_not_apart() -> None:
    a = normal(0, 40, 2)
    shifted = Jackknifed.of(whole_distance(crowd(a), crowd(a + torch.tensor([3.0, 4.0]))))
    assert shifted.value == pytest.approx(25, rel=1e-5)
    assert shifted.estimate().ci95 == pytest.approx(0, abs=1e-4)  # the shift is the same without any part
    assert Jackknifed.of(whole_distance(crowd(a), crowd(a))).value == pytest.approx(0, abs=1e-6)


def test_halves_of_one_crowd_are_disjoint_and_so_apart() -> None:
    a = normal(0, 200, 4)
    even_and_odd = half_distance(crowd(a), crowd(a))(range(PARTS))
    one, other = Moments(), Moments()
    one.add(a[torch.arange(200) % 2 == 0])
    other.add(a[torch.arange(200) % 2 == 1])
    assert even_and_odd == pytest.approx(frechet_distance(one, other))
    assert even_and_odd > 0.01


def test_the_interval_covers_what_repetition_shows() -> None:
    found = [
        Jackknifed.of(
            whole_distance(crowd(normal(seed, 300, 1) + 1, batch=300), crowd(normal(seed + 500, 300, 1), batch=300))
        ).estimate()
        for seed in range(25)
    ]
    covered = sum(abs(each.mean - 1) <= each.ci95 for each in found)  # the true distance is 1, the bias small
    assert 20 <= covered <= 25


def test_a_difference_is_that_of_the_pairs() -> None:
    real, a = crowd(normal(0, 60, 2)), normal(1, 60, 2)
    one, other = (Jackknifed.of(whole_distance(crowd(each), real)) for each in (a + 2, a))
    apart = one.minus(other)
    assert apart.value == pytest.approx(one.value - other.value)
    assert one.minus(one).estimate().ci95 == 0


def test_several_vectors_a_clip_stay_together() -> None:
    pairs = Crowd()
    pairs.add(normal(0, 12, 2, 3))
    assert pairs.clips == 12
    assert [part.count for part in pairs.parts] == [4, 4, *[2] * 8]
