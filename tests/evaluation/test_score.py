"""Scores end to end on generated clips: known predictors get known scores."""

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from frameloom.core.errors import DataError, ModelError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.baselines import CopyLast, Zeros
from frameloom.evaluation.protocol import Protocol, find_protocol
from frameloom.evaluation.score import score, scoring
from frameloom.evaluation.tally import Method

SHORT = Protocol(name="short", past=3, future=2)


class Recorded:
    """A finite source of given clips."""

    def __init__(self, video: Tensor) -> None:
        self.video, self.count = video, len(video)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        frames, channels, height, width = self.video.shape[1:]
        return frames, channels, height, width

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Mapping[str, Tensor]:
        return {"video": self.video[index * size : (index + 1) * size]}


class Constant:
    """Predicts one brightness in [-1, 1]."""

    def __init__(self, value: float) -> None:
        self.value = value

    def predict(self, past: Tensor, frames: int) -> Tensor:
        return torch.full((len(past), frames, *past.shape[2:]), self.value)


class Noisy:
    """Predicts noise."""

    def predict(self, past: Tensor, frames: int) -> Tensor:
        return torch.rand(len(past), frames, *past.shape[2:]) * 2 - 1


def by_name(methods: list[Method]) -> dict[str, Method]:
    return {method.name: method for method in methods}


def grey(*levels: float) -> Recorded:
    """Clips of one brightness each, in [0, 1]."""
    return Recorded(torch.tensor(levels).view(-1, 1, 1, 1, 1).expand(-1, 5, 1, 16, 16) * 2 - 1)


def test_mean_and_interval_over_clips_not_over_batches() -> None:
    scores = score(Constant(-1.0), grey(0.0, 0.5, 1.0), SHORT, batch=2)
    estimate = scores.methods[0].metrics["mae_sum"]
    assert scores.clips == 3
    assert estimate.mean == pytest.approx(256 * 0.5)
    assert estimate.ci95 == pytest.approx(1.96 * 256 * 0.5 / 3**0.5, rel=1e-4)  # deviation of 0, .5, 1 is .5


def test_fewer_clips_are_the_first_ones() -> None:
    scores = score(Constant(-1.0), grey(0.25, 0.75, 1.0), SHORT, clips=2, batch=5)
    assert scores.clips == 2
    assert scores.methods[0].metrics["mae_sum"].mean == pytest.approx(256 * 0.5)


def test_baselines_and_floor_stand_beside_the_model() -> None:
    source = MovingMnist(MovingMnistConfig(), split="test")
    train = MovingMnist(MovingMnistConfig(), split="train")
    scores = score(CopyLast(), source, find_protocol("openstl"), name="still", clips=40, batch=25, train=train)
    methods = by_name(scores.methods)
    assert [method.kind for method in scores.methods] == ["model", *["baseline"] * 4, "floor"]
    assert methods["still"].metrics == methods["copy last"].metrics
    # on other digits: zeros 171.9 / 200, copy last 283.7 / 336, mean of the data 151.1, mean of the past 183.1
    expected = {"zeros": 171.9, "copy last": 283.7, "mean of data": 151.1, "mean of past": 183.1}
    for name, value in expected.items():
        assert methods[name].metrics["mse_sum"].mean == pytest.approx(value, rel=0.15)
    assert methods["Bayes floor"].metrics["mse_sum"].mean < 11
    assert len(methods["still"].per_frame["ssim"]) == 10
    assert "oracle" in " ".join(scores.notes)
    assert scores.data["preset"] == "standard"


def test_examples_hold_the_clips_with_the_floor() -> None:
    source = MovingMnist(MovingMnistConfig(), split="test")
    steps = list(scoring(Zeros(), source, find_protocol("openstl"), clips=2, batch=2))
    assert [step.progress for step in steps] == [1.0, 1.0]
    assert steps[0].scores is None
    assert steps[0].text.startswith("2/2 clips, mse_sum 1")
    assert steps[0].record["clips"] == 2
    kept = steps[-1].examples
    assert kept is not None
    assert kept.floor is not None
    assert kept.past.shape == kept.truth.shape == kept.prediction.shape == kept.uncertainty.shape == (2, 10, 1, 64, 64)
    assert kept.prediction.abs().max() == kept.uncertainty.max() == 0
    assert (kept.floor - kept.truth).square().sum(dim=(2, 3, 4)).mean() < 40


def test_uncertainty_of_a_point_prediction_is_that_of_a_black_or_white_pixel() -> None:
    kept = list(scoring(Constant(-0.6), grey(0.0, 1.0), SHORT))[-1].examples
    assert kept is not None
    assert not kept.drawn
    assert torch.allclose(kept.uncertainty, torch.full_like(kept.uncertainty, 0.4))  # p = .2


def test_the_best_draw_counts_per_clip_and_per_metric() -> None:
    """Draws alternate between two brightnesses; each clip is matched by one of them."""

    class Alternating:
        draws = 0

        def predict(self, past: Tensor, frames: int) -> Tensor:
            self.draws += 1
            return Constant((-1.0, 1.0)[self.draws % 2]).predict(past, frames)

    protocol = SHORT.model_copy(update={"samples": 4, "metrics": ("mse_sum", "psnr")})
    model = Alternating()
    steps = list(scoring(model, grey(0.0, 1.0), protocol, batch=2))
    scores, kept = steps[-1].scores, steps[-1].examples
    assert scores is not None
    assert kept is not None
    assert model.draws == 4
    assert scores.methods[0].metrics["mse_sum"].mean == 0
    assert scores.methods[0].metrics["psnr"].mean == pytest.approx(100)
    assert scores.notes[0].startswith("The best of 4 draws counts")
    assert kept.drawn
    assert torch.allclose(kept.uncertainty, torch.full_like(kept.uncertainty, 0.5))


def test_more_draws_never_score_worse_and_a_seed_fixes_them() -> None:
    def mse(samples: int, seed: int) -> float:
        protocol = SHORT.model_copy(update={"samples": samples})
        return score(Noisy(), grey(0.2, 0.8), protocol, seed=seed).methods[0].metrics["mse_sum"].mean

    assert mse(5, seed=1) < mse(1, seed=1)
    assert mse(3, seed=1) == mse(3, seed=1) != mse(3, seed=2)


def test_scoring_leaves_the_random_state_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    score(Noisy(), grey(0.2, 0.8), SHORT)
    assert torch.equal(torch.rand(1), expected)


def test_a_deterministic_model_is_drawn_once_and_said_so() -> None:
    protocol = SHORT.model_copy(update={"samples": 100})
    notes = score(Constant(0.0), grey(0.2, 0.8), protocol).notes
    assert notes == [
        "The model is deterministic: its draws are equal, and one was scored.",
        "No floor is known for this protocol and data.",
    ]


def test_clips_that_do_not_fit_the_protocol_are_refused() -> None:
    openstl, srvp = find_protocol("openstl"), find_protocol("srvp")
    with pytest.raises(DataError, match=r"clips have 5 frames; protocol openstl takes 20, set data\.frames=20"):
        score(Zeros(), grey(0.0, 1.0), openstl)
    with pytest.raises(DataError, match=r"set mean and deviation to 0\.5, got \(0\.0, 1\.0\)"):
        score(Zeros(), MovingMnist(MovingMnistConfig(mean=0.0, deviation=1.0), "test"), openstl)
    with pytest.raises(DataError, match="protocol srvp is for preset 'stochastic', the clips are 'standard'"):
        score(Zeros(), MovingMnist(MovingMnistConfig(frames=25), "test"), srvp)
    with pytest.raises(DataError, match="no clips to score"):
        score(Zeros(), grey(0.0), SHORT, clips=0)
    with pytest.raises(DataError, match="at least 2 clips, got 1"):
        score(Zeros(), grey(0.0), SHORT)


def test_a_prediction_of_the_wrong_shape_is_refused() -> None:
    class Short:
        def predict(self, past: Tensor, frames: int) -> Tensor:
            return past[:, :1]

    with pytest.raises(ModelError, match=r"predicted \(2, 1, 1, 16, 16\) where \(2, 2, 1, 16, 16\) was asked for"):
        score(Short(), grey(0.0, 1.0), SHORT)
