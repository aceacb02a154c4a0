"""Squares to tokens and back, attention along time and along space, windows after windows."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from frameloom.models.base import Batch
from frameloom.models.predictor import GatedBlock, Predictor, PredictorConfig

Clips = Callable[..., Batch]


def transparent(channels: int = 2) -> Predictor:
    """Return a predictor whose tokens are the pixels of their squares."""
    dim = channels * 16
    model = Predictor(PredictorConfig(window=3, size=8, patch=4, channels=channels, dim=dim, heads=2, depth=1))
    with torch.no_grad():
        model.input.weight.copy_(torch.eye(dim))
        for parameter in (model.input.bias, model.when, model.where):
            parameter.zero_()
    model.output = nn.Sequential()
    return model


class Mean(nn.Module):
    """In the place of attention: every token becomes the mean of those it may look at."""

    def forward(self, tokens: Tensor) -> Tensor:
        return tokens.mean(1, keepdim=True).expand_as(tokens)


def test_squares_are_put_back_where_they_came_from() -> None:
    past = torch.randn(2, 3, 2, 8, 8)
    torch.testing.assert_close(transparent()(past), torch.tanh(past / 2))  # 2 sigmoid(x) - 1


@pytest.mark.parametrize(("index", "along"), [(0, "time"), (1, "space"), (2, "space"), (3, "time")])
def test_attention_alternates_between_time_and_space(index: int, along: str) -> None:
    model = transparent()
    model.blocks[index] = Mean()
    past = torch.randn(2, 3, 2, 8, 8)
    squares = past.unflatten(4, (2, 4)).unflatten(3, (2, 4))  # (B, T, C, h, p, w, p)
    mean = squares.mean(1, keepdim=True) if along == "time" else squares.mean((3, 5), keepdim=True)
    torch.testing.assert_close(model(past), torch.tanh(mean.expand_as(squares).reshape(past.shape) / 2))


def test_a_block_starts_as_nothing_and_knows_no_order() -> None:
    block, tokens = GatedBlock(8, 2), torch.randn(3, 5, 8)
    assert torch.equal(block(tokens), tokens)
    for layer in (block.join, block.output):
        nn.init.normal_(layer.weight)
    changed, order = block(tokens), torch.randperm(5)
    assert not torch.allclose(changed, tokens)
    torch.testing.assert_close(block(tokens[:, order]), changed[:, order], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(block(tokens[1:2]), changed[1:2], rtol=1e-4, atol=1e-5)


def test_tokens_know_when_and_where_they_are() -> None:
    model = transparent()
    with torch.no_grad():
        model.when[1] += 1.0
        model.where[2] += 2.0
    seen = torch.atanh(model(torch.zeros(1, 3, 2, 8, 8))) * 2
    expected = torch.zeros(1, 3, 2, 8, 8)
    expected[:, 1] += 1
    expected[..., 4:, :4] += 2  # the third square is the lower left one
    torch.testing.assert_close(seen, expected, rtol=1e-4, atol=1e-4)


def test_the_loss_is_squared_error_summed_over_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    model = transparent()
    asked: list[Tensor] = []
    monkeypatch.setattr(model, "forward", lambda past: (asked.append(past), -torch.ones_like(past))[1])
    video = torch.rand(2, 7, 2, 8, 8)
    video[:, 3:6], video[1, 3:6] = 1.0, 0.0  # wholly wrong, and half wrong
    loss = model.prediction_loss({"video": video}, 0.0)
    assert loss.total.item() == loss.parts["mse"].item() == pytest.approx(2 * 8 * 8 * (1 + 0.25) / 2)
    assert torch.equal(asked[0], video[:, :3])


@pytest.mark.parametrize(("seen", "known"), [(1, [0, 0, 0]), (2, [0, 0, 1]), (3, [0, 1, 2]), (5, [2, 3, 4])])
def test_windows_go_on_from_windows(seen: int, known: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    model = transparent(channels=1)
    asked: list[Any] = []

    def later(past: Tensor) -> Tensor:
        asked.append(past[0, :, 0, 0, 0].tolist())
        return past + 10

    monkeypatch.setattr(model, "forward", later)
    past = torch.arange(float(seen))[None, :, None, None, None].expand(1, -1, 1, 8, 8)
    future = model.predict(past, 7)[0, :, 0, 0, 0].tolist()
    assert asked == [known, [k + 10 for k in known], [k + 20 for k in known]]
    assert future == [k + ahead for ahead in (10, 20, 30) for k in known][:7]
