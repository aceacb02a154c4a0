"""The viseme net: its objective by hand, how far it looks ahead, and row by row as at once."""

import math
from itertools import pairwise

import pytest
import torch

from frameloom.core.errors import ModelError
from frameloom.models.viseme import MOUTHS, Viseme, VisemeConfig


@pytest.fixture
def net() -> Viseme:
    torch.manual_seed(0)
    return Viseme(VisemeConfig()).eval()


def test_the_size_is_small(net: Viseme) -> None:
    assert 100_000 < sum(weights.numel() for weights in net.parameters()) < 500_000


def test_the_objective_by_hand() -> None:
    net = Viseme(VisemeConfig(closed=3.0, loud=2.0))
    for weights in (net.answer.weight, net.answer.bias):
        torch.nn.init.zeros_(weights)
    mouths = torch.zeros(1, 2, MOUTHS)
    mouths[0, 0, 4] = 1  # open
    mouths[0, 1, 1] = 1  # shut: counts three times
    batch = {"video": torch.zeros(1, 2, 1, 1, 48), "mouths": mouths, "intensity": torch.tensor([[0.5, 1.0]])}
    loss = net.visemes_loss(batch, 0.0)
    # every viseme has a chance of 1/15, intensity is .5: ln 15 a row, weighted 1 and 3; (0 + .25) / 2, weighted 2
    assert float(loss.total.detach()) == pytest.approx(2 * math.log(15) + 0.25, abs=1e-5)
    assert float(loss.parts["entropy"]) == pytest.approx(math.log(15), abs=1e-5)
    assert float(loss.parts["intensity"]) == pytest.approx(0.125)


def test_half_of_a_row_is_half_of_the_surprise() -> None:
    net = Viseme(VisemeConfig(closed=1.0, loud=0.0))
    torch.nn.init.zeros_(net.answer.weight)
    with torch.no_grad():
        net.answer.bias.zero_()
        net.answer.bias[4] = 100.0  # sure of viseme 4
        net.answer.bias[5] = 99.0
    mouths = torch.zeros(1, 1, MOUTHS)
    mouths[..., 4] = mouths[..., 5] = 0.5
    batch = {"video": torch.zeros(1, 1, 1, 1, 48), "mouths": mouths, "intensity": torch.zeros(1, 1)}
    expected = math.log(1 + math.exp(-1)) + 0.5
    assert float(net.visemes_loss(batch, 0.0).total.detach()) == pytest.approx(expected, abs=1e-5)


def test_it_looks_ahead_by_eleven_rows_and_no_further(net: Viseme) -> None:
    rows = torch.rand(1, 60, 48) * 2 - 1
    changed = rows.clone()
    changed[:, 40] = 1.0
    weights, other = (net.track(each)[0][0] for each in (rows, changed))
    differs = (weights - other).abs().amax(1) > 1e-7
    assert not differs[: 40 - net.config.ahead].any()
    assert differs[40 - net.config.ahead]


def test_rows_in_pieces_are_as_at_once(net: Viseme) -> None:
    rows = torch.rand(2, 50, 48) * 2 - 1
    weights, intensity = net.track(rows)
    later = torch.cat([rows, rows.new_full((2, net.config.ahead, 48), -1.0)], 1)
    state, parts = net.listen(2), []
    for first, stop in pairwise([0, 1, 2, 20, 21, 55, later.shape[1]]):
        state, *heard = net.hear(state, later[:, first:stop])
        parts.append(heard)
    assert all(tensor.shape == net.listen(2)[name].shape for name, tensor in state.items())
    for whole, number in ((weights, 0), (intensity, 1)):
        pieces = torch.cat([part[number] for part in parts], 1)[:, net.config.ahead :]
        torch.testing.assert_close(pieces, whole, atol=1e-6, rtol=1e-5)


def test_weights_sum_to_one(net: Viseme) -> None:
    weights, intensity = net.track(torch.rand(3, 7, 48))
    assert weights.shape == (3, 7, MOUTHS)
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 7))
    assert 0 <= float(intensity.min()) <= float(intensity.max()) <= 1


def test_other_forms_are_refused(net: Viseme) -> None:
    with pytest.raises(ModelError, match=r"rows are \(1, 5, 40\); this model takes \(B, T, 48\)"):
        net.track(torch.zeros(1, 5, 40))
