"""Objectives against values worked out on paper."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Normal, kl_divergence

from frameloom.metrics.pixel import ssim
from frameloom.models.losses import (
    bernoulli_nll,
    gradient_penalty,
    hinge_loss,
    normal_kl,
    relativistic_loss,
    structural_difference,
)

numbers = st.floats(-3, 3)


def test_normal_kl_to_the_standard_normal() -> None:
    mean, log_variance = torch.tensor([0.0, 2.0, 0.0]), torch.tensor([0.0, 0.0, math.log(4)])
    expected = [0.0, 2.0, 0.5 * (4 - 1 - math.log(4))]
    assert normal_kl(mean, log_variance).tolist() == pytest.approx(expected)


def test_normal_kl_to_a_general_prior() -> None:
    # N(1, 4) to N(3, 2): (4/2 + (1-3)^2/2 - 1 - ln 4 + ln 2) / 2 = (3 - ln 2) / 2
    value = normal_kl(
        torch.tensor([1.0]), torch.tensor([math.log(4)]), torch.tensor([3.0]), torch.tensor([math.log(2)])
    )
    assert value.item() == pytest.approx((3 - math.log(2)) / 2)


@settings(deadline=None)
@given(numbers, numbers, numbers, numbers)
def test_normal_kl_is_never_negative_and_agrees_with_torch(
    mean: float, log: float, other: float, other_log: float
) -> None:
    q = torch.tensor([mean, log, other, other_log], dtype=torch.float64)
    value = normal_kl(q[0], q[1], q[2], q[3])
    expected = kl_divergence(Normal(q[0], (q[1] / 2).exp()), Normal(q[2], (q[3] / 2).exp()))
    assert value >= -1e-12
    torch.testing.assert_close(value, expected)
    assert normal_kl(q[0], q[1], q[0], q[1]).item() == pytest.approx(0)


def test_bernoulli_nll_per_pixel() -> None:
    probability = torch.tensor([0.5, 0.5, 0.25, 0.25, 0.25])
    target = torch.tensor([0.0, 1.0, 1.0, 0.0, 0.5])
    grey = -0.5 * math.log(0.25) - 0.5 * math.log(0.75)
    expected = [math.log(2), math.log(2), math.log(4), -math.log(0.75), grey]
    assert bernoulli_nll(probability, target).tolist() == pytest.approx(expected)


def test_bernoulli_nll_of_a_sure_mistake_is_bounded() -> None:
    value = bernoulli_nll(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0]))
    assert value.tolist() == pytest.approx([math.log(1e4)] * 2, rel=1e-3)


def test_relativistic_loss_wants_the_preferred_above_the_other() -> None:
    preferred = torch.tensor([0.0, math.log(3)], requires_grad=True)
    loss = relativistic_loss(preferred, torch.zeros(2))
    assert loss.item() == pytest.approx((math.log(2) + math.log(4 / 3)) / 2)
    loss.backward()
    assert preferred.grad is not None
    assert preferred.grad.tolist() == pytest.approx([-1 / 4, -1 / 8])  # -sigmoid(other - preferred) / 2


@settings(deadline=None)
@given(st.lists(numbers, min_size=2, max_size=5), st.floats(-5, 5))
def test_relativistic_loss_looks_at_differences_only(scores: list[float], shift: float) -> None:
    one, other = torch.tensor(scores), torch.tensor(scores[::-1])
    torch.testing.assert_close(relativistic_loss(one + shift, other + shift), relativistic_loss(one, other))


def test_hinge_loss_by_hand() -> None:
    loss = hinge_loss(torch.tensor([2.0, 0.0]), torch.tensor([-2.0, 0.5]))
    assert loss.item() == pytest.approx((0 + 1) / 2 + (0 + 1.5) / 2)


def test_gradient_penalty_of_a_linear_score() -> None:
    video = torch.randn(2, 3, 1, 1, 2, requires_grad=True)
    slope = torch.tensor([2.0, 1.0], requires_grad=True)  # of the first and of the second clip
    penalty = gradient_penalty((slope[:, None] * video.flatten(1)).sum(1), video)
    assert penalty.item() == pytest.approx(0.5 * (6 * 4 + 6 * 1) / 2)
    penalty.backward()
    assert slope.grad is not None
    assert slope.grad.tolist() == pytest.approx([6.0, 3.0])  # d/ds of 0.5 * 6 s^2 / 2


def test_the_difference_in_structure_is_one_less_the_metric() -> None:
    made, truth = torch.rand(2, 3, 1, 40, 30)
    expected = 1 - ssim(made[:, None], truth[:, None]).mean()
    torch.testing.assert_close(structural_difference(made, truth), expected, rtol=1e-5, atol=1e-6)
    assert structural_difference(truth, truth).item() == 0
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(structural_difference(made, truth), expected, rtol=1e-5, atol=1e-6)
