"""The mixture over actions, against values worked out by hand."""

import math

import pytest
import torch

from frameloom.models.vaegan.policy import COMPONENTS, LARGEST, SMALLEST, Policy, outputs, policy


def test_one_standard_normal_costs_what_it_should() -> None:
    one = Policy(torch.zeros(2, 1), torch.zeros(2, 1, 4), torch.zeros(2, 1, 4))
    nats = one.nats(torch.tensor([[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]]))
    assert nats.tolist() == pytest.approx([2 * math.log(2 * math.pi), 2 * math.log(2 * math.pi) + 1], rel=1e-6)


def test_two_far_normals_of_equal_share_cost_ln_2_more_than_the_right_one() -> None:
    means = torch.tensor([[[-50.0], [50.0]]])
    two = Policy(torch.full((1, 2), math.log(0.5)), means, torch.zeros(1, 2, 1))
    assert two.nats(torch.tensor([[50.0]])).item() == pytest.approx(0.5 * math.log(2 * math.pi) + math.log(2), rel=1e-5)


def test_draws_follow_shares_means_and_deviations_and_stay_within_one() -> None:
    torch.manual_seed(0)
    count = 20_000
    shares = torch.tensor([0.25, 0.75]).log().expand(count, 2)
    means = torch.tensor([[-0.5], [0.4]]).expand(count, 2, 1)
    drawn = Policy(shares, means, torch.full((count, 2, 1), math.log(0.05**2))).draw()[:, 0]
    low = drawn < 0
    assert low.float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert drawn[low].mean().item() == pytest.approx(-0.5, abs=0.01)
    assert drawn[~low].std().item() == pytest.approx(0.05, abs=0.003)
    wide = Policy(torch.zeros(99, 1), torch.zeros(99, 1, 4), torch.full((99, 1, 4), LARGEST)).draw()
    assert wide.abs().max() == 1.0


def test_any_output_is_a_policy_whose_shares_sum_to_one() -> None:
    found = policy(100 * torch.randn(3, outputs(4)))
    assert found.log_shares.exp().sum(1).tolist() == pytest.approx([1.0] * 3)
    assert found.means.shape == found.log_variances.shape == (3, COMPONENTS, 4)
    assert found.log_variances.min() >= SMALLEST
    assert found.log_variances.max() <= LARGEST
