"""The judge of pictures: its game, its penalties, and what it looks at."""

import math

import pytest
import torch

from frameloom.models.patch_judge import PatchJudge


def judge(penalty: float = 0.0, every: int = 1) -> PatchJudge:
    torch.manual_seed(0)
    return PatchJudge(4, penalty, every)


def test_of_the_same_pictures_it_can_tell_nothing() -> None:
    pictures, given = torch.rand(2, 2, 1, 16, 16)
    game, _ = judge().judging_losses(pictures, pictures, given)
    fooling, likeness = judge().fooling_losses(pictures, pictures, given)
    assert game.item() == pytest.approx(math.log(2))
    assert fooling.item() == pytest.approx(math.log(2))
    assert likeness.item() == 0


def test_it_learns_to_tell_pictures_apart_that_differ_only_beside_what_was_given() -> None:
    """True pictures are the given ones; made ones are those of another: alone, nothing tells them apart."""
    one = judge()
    optimiser = torch.optim.Adam(one.parameters(), 1e-2)
    for _ in range(120):
        true = torch.rand(8, 1, 1, 1).expand(-1, -1, 16, 16) * 2 - 1
        optimiser.zero_grad()
        game, _ = one.judging_losses(true.roll(1, 0), true, true)
        game.backward()
        optimiser.step()
    assert game.item() < 0.45


def test_penalties_come_every_few_steps_and_weigh_as_much_more() -> None:
    made, true, given = torch.rand(3, 2, 1, 16, 16)
    each = judge(0.5, 1).judging_losses(made, true, given)[1].item()
    rare = judge(0.5, 3)
    found = [rare.judging_losses(made, true, given)[1].item() for _ in range(4)]
    assert found == [0, 0, pytest.approx(3 * each), 0]
    assert each > 0


def test_a_score_stands_for_a_patch() -> None:
    """A pixel changes the scores about it, and none far away."""
    one, pictures, given = judge(), torch.zeros(1, 1, 64, 64), torch.zeros(1, 1, 64, 64)
    spot = pictures.clone()
    spot[0, 0, 32, 32] = 1
    apart = (one(spot, given)[0] - one(pictures, given)[0])[0, 0].abs() > 0
    assert apart.shape == (16, 16)
    assert apart.any()
    assert not apart[:4].any()
    assert not apart[:, 13:].any()
