"""Frechet distance against the normal distributions for which it is known."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from frameloom.core.errors import DataError
from frameloom.metrics.distribution import Moments, frechet_distance


def moments(features: Tensor) -> Moments:
    result = Moments()
    result.add(features)
    return result


def test_one_axis_is_mean_gap_squared_plus_deviation_gap_squared() -> None:
    one = moments(torch.tensor([[-1.0], [0.0], [1.0]]))  # mean 0, deviation 1
    two = moments(torch.tensor([[2.0], [5.0], [8.0]]))  # mean 5, deviation 3
    assert frechet_distance(one, two) == pytest.approx(25 + 4)


def test_rotated_covariances_agree_with_the_eigenvalues_of_their_product() -> None:
    generator = torch.Generator().manual_seed(0)
    one = torch.randn(50, 3, generator=generator, dtype=torch.float64)
    mix = torch.tensor([[2, 1, 0], [0, 1, 0], [1, 0, 0.5]], dtype=torch.float64)
    two = torch.randn(60, 3, generator=generator, dtype=torch.float64) @ mix
    first, second = torch.cov(one.T), torch.cov(two.T)
    root = torch.linalg.eigvals(first @ second).real.sqrt().sum()
    expected = (one.mean(0) - two.mean(0)).square().sum() + first.trace() + second.trace() - 2 * root
    assert frechet_distance(moments(one), moments(two)) == pytest.approx(expected.item())


@given(st.integers(0, 1000), st.lists(st.integers(0, 7), min_size=1, max_size=5))
def test_batches_add_up_to_the_whole(seed: int, sizes: list[int]) -> None:
    features = 1e3 + torch.randn(sum(sizes) + 2, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    streamed = Moments()
    for part in features.split([*sizes, 2]):
        streamed.add(part)
    assert streamed.count == len(features)
    assert torch.allclose(streamed.mean, features.mean(0))
    assert torch.allclose(streamed.covariance, torch.cov(features.T), atol=1e-9)
    assert frechet_distance(streamed, moments(features)) == pytest.approx(0, abs=1e-6)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(DataError, match="must be \\(N, F\\), got shape \\(3,\\)"):
        Moments().add(torch.zeros(3))
    with pytest.raises(DataError, match="features are not finite"):
        Moments().add(torch.full((2, 2), torch.nan))
    with pytest.raises(DataError, match="features have 3 values where earlier ones had 2"):
        moments(torch.zeros(2, 2)).add(torch.zeros(2, 3))
    with pytest.raises(DataError, match="at least 2 samples, got 1"):
        frechet_distance(moments(torch.zeros(1, 2)), moments(torch.zeros(2, 2)))
    with pytest.raises(DataError, match="features have 2 values in one set and 3 in the other"):
        frechet_distance(moments(torch.zeros(2, 2)), moments(torch.zeros(2, 3)))


@given(st.integers(0, 1000), st.lists(st.integers(0, 7), min_size=1, max_size=5))
def test_moments_of_parts_join_to_those_of_the_whole(seed: int, sizes: list[int]) -> None:
    features = 50 + torch.randn(sum(sizes) + 2, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    joined = Moments.of_all(moments(part) for part in features.split([*sizes, 2]))
    assert joined.count == len(features)
    assert torch.allclose(joined.mean, features.mean(dim=0))
    assert torch.allclose(joined.covariance, torch.cov(features.T))


def test_joining_leaves_the_parts_alone_and_refuses_other_widths() -> None:
    one, two = moments(torch.rand(5, 2)), moments(torch.rand(4, 2))
    before = one.covariance.clone()
    Moments.of_all([one, two])
    assert torch.equal(one.covariance, before)
    assert Moments.of_all([Moments()]).count == 0
    with pytest.raises(DataError, match="features have 3 values where earlier ones had 2"):
        Moments.of_all([one, moments(torch.rand(4, 3))])
