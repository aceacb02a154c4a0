"""The loop against steps worked out by hand: what moves, when, how far, and what stops it."""

import math
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from frameloom.core.errors import ConfigError, DataError, TrainingError
from frameloom.models.base import Loss
from frameloom.training.config import TrainingConfig
from frameloom.training.distributed import Ranks
from frameloom.training.fit import fit, uses_bfloat16
from frameloom.training.state import TrainingState


def settings(**given: Any) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {"batch": 4, "steps": 4, "log_every": 1, "precision": "float32", "rate": 0.1, "ema": 0.0, **given}
    )


def test_the_first_step_of_adam_goes_downhill_by_the_rate(toys: SimpleNamespace) -> None:
    model = toys.Line(weight=0.0)
    next(fit(model, toys.Ones(), settings(rate=0.25)))
    assert model.weight.item() == pytest.approx(0.25, abs=1e-6)  # Adam's first step is rate * sign(gradient)


def test_adamw_pulls_the_weight_towards_zero_beside_its_step(toys: SimpleNamespace) -> None:
    model = toys.Line(weight=2.0)
    next(fit(model, toys.Ones(), settings(optimiser="adamw", weight_decay=0.5)))
    assert model.weight.item() == pytest.approx(2.0 * (1 - 0.1 * 0.5) - 0.1, abs=1e-6)


def test_reports_say_how_far_and_how_good(toys: SimpleNamespace) -> None:
    reports = list(fit(toys.Line(weight=3.0), toys.Ones(), settings()))
    assert [report.step for report in reports] == [1, 2, 3, 4]
    assert [report.progress for report in reports] == [0.25, 0.5, 0.75, 1.0]
    assert reports[-1].clips == 16
    assert reports[0].values["line_loss"] == pytest.approx(4.0)  # (3 - 1)^2
    assert reports[0].values["line_gradient"] == pytest.approx(4.0)  # 2 (3 - 1)
    assert reports[0].record["step"] == 1
    assert reports[0].text.endswith("line_loss 4")


def test_values_are_means_since_the_last_line(toys: SimpleNamespace) -> None:
    every = [report.values["line_loss"] for report in fit(toys.Line(), toys.Ones(), settings(steps=5))]
    some = [report.values for report in fit(toys.Line(), toys.Ones(), settings(steps=5, log_every=2))]
    assert some[0] == {}
    assert some[1]["line_loss"] == pytest.approx((every[0] + every[1]) / 2)
    assert some[3]["line_loss"] == pytest.approx((every[2] + every[3]) / 2)
    assert some[4]["line_loss"] == pytest.approx(every[4])  # the last step always has a line


def test_phases_are_stepped_in_order_and_only_when_due(toys: SimpleNamespace) -> None:
    model = toys.TwoPlayers()
    seconds = []
    for _ in fit(model, toys.Ones(), settings(steps=4)):
        seconds.append(model.second.bias.item())
    assert [name for name, _ in model.calls] == ["first", "second", "first", "first", "second", "first"]
    assert [progress for _, progress in model.calls] == [0, 0, 0.25, 0.5, 0.5, 0.75]
    assert seconds[0] == seconds[1] != seconds[2]


def test_a_phase_that_begins_later_waits_for_its_share_of_the_run(toys: SimpleNamespace) -> None:
    model = toys.TwoPlayers()
    late = model.phases()[1]
    model.phases = lambda: [toys.TwoPlayers.phases(model)[0], replace(late, begins=0.5, every=1)]
    list(fit(model, toys.Ones(), settings(steps=4)))
    assert [(name, progress) for name, progress in model.calls if name == "second"] == [
        ("second", 0.5),
        ("second", 0.75),
    ]


def test_a_phase_has_a_rate_of_its_own(toys: SimpleNamespace) -> None:
    model = toys.TwoPlayers()
    before = model.second.bias.item()
    next(fit(model, toys.Ones(), settings(rate=0.1)))
    assert abs(model.second.bias.item() - before) == pytest.approx(0.05, abs=1e-6)  # Phase(..., rate=0.5)


def test_a_phase_moves_its_own_parameters_only(toys: SimpleNamespace) -> None:
    model = toys.TwoPlayers()
    model.second_loss = lambda batch, progress: Loss((model.second.weight.sum() * model.first.weight.sum()).square())
    run = fit(model, toys.Ones(), settings(steps=1))
    next(run)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_gradients_are_clipped_by_the_norm_of_the_phase(toys: SimpleNamespace) -> None:
    """Two gradients of one sign and unlike size, clipped to one norm, move Adam alike; unclipped they would not."""
    moved = []
    for clip in (None, 1e-3):
        model = toys.Line(scale=1e4)
        run = fit(model, toys.Ones(), settings(clip=clip, betas=(0.9, 0.9), rate=0.3))
        norms = [report.values["line_gradient"] for report in islice(run, 2)]
        assert norms[0] == pytest.approx(2e4)  # the norm before clipping
        moved.append(model.weight.item())
    assert moved[0] != pytest.approx(moved[1], abs=1e-3)
    assert moved[1] == pytest.approx(0.6, abs=1e-3)  # two steps of equal gradient: two full rates


def test_the_rate_follows_the_schedule(toys: SimpleNamespace) -> None:
    rates = [report.rate for report in fit(toys.Line(), toys.Ones(), settings(rate=1.0, warmup=0.5, decay=0.5))]
    assert rates == pytest.approx([0.01, 0.5, 1.0, 1 - math.sqrt(0.5)])


def test_the_average_follows_the_weights_and_copies_buffers(toys: SimpleNamespace) -> None:
    model = toys.TwoPlayers()
    config = settings(ema=0.5)
    state = TrainingState(model, config)
    expected = state.average.first.bias.clone()
    for step, _ in enumerate(fit(model, toys.Ones(), config, state)):
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model.first.bias.detach()
    torch.testing.assert_close(state.average.first.bias, expected)
    assert state.average.get_buffer("seen").item() == 16
    assert not state.average.training
    assert not any(parameter.requires_grad for parameter in state.average.parameters())


def test_without_an_average_the_weights_are_their_own(toys: SimpleNamespace) -> None:
    model = toys.Line()
    assert TrainingState(model, settings(ema=0.0)).average is model


def test_a_budget_of_minutes_ends_the_run(toys: SimpleNamespace) -> None:
    reports = list(fit(toys.Line(), toys.Ones(), settings(steps=None, minutes=0.001)))
    assert reports[-1].progress == 1
    assert reports[-1].elapsed_s >= 0.06


def test_a_stop_is_heeded_between_steps(toys: SimpleNamespace) -> None:
    taken: list[int] = []
    for report in fit(toys.Line(), toys.Ones(), settings(), wants_stop=lambda: len(taken) == 2):
        taken.append(report.step)
    assert taken == [1, 2]


def test_random_numbers_of_the_caller_are_left_alone_and_do_not_matter(toys: SimpleNamespace) -> None:
    results = []
    for noise in (1, 2):
        torch.manual_seed(0)
        model = toys.TwoPlayers()
        torch.manual_seed(noise)
        expected = torch.get_rng_state()
        for _ in fit(model, toys.Ones(), settings()):
            assert torch.equal(torch.get_rng_state(), expected)
        results.append(model.first.weight.detach().clone())
    assert torch.equal(*results)


def test_a_loss_that_is_not_finite_stops_before_the_weights_are_touched(toys: SimpleNamespace) -> None:
    model = toys.Line(weight=5.0)
    model.loss = lambda batch, progress: Loss(model.weight.sum() * float("nan"), {"part": torch.tensor(1.5)})
    with pytest.raises(
        TrainingError, match=r"step 0, phase 'line': the loss is not finite \(part 1.5\); lower training.rate"
    ):
        next(fit(model, toys.Ones(), settings()))
    assert model.weight.item() == 5.0


def test_a_gradient_that_is_not_finite_stops_too(toys: SimpleNamespace) -> None:
    model = toys.Line(weight=0.0)
    model.loss = lambda batch, progress: Loss(model.weight.sqrt().sum())  # derivative at 0 is infinite
    with pytest.raises(TrainingError, match=r"the gradient is not finite \(no parts\)"):
        next(fit(model, toys.Ones(), settings()))


def test_the_model_s_own_guard_stops_the_run_with_its_cause(toys: SimpleNamespace) -> None:
    model = toys.TwoPlayers()
    run = fit(model, toys.Ones(), settings())
    next(run)
    model.failure = "the discriminator has won"
    with pytest.raises(TrainingError, match="step 2: the discriminator has won"):
        next(run)


def test_what_the_data_lacks_is_named(toys: SimpleNamespace) -> None:
    model = toys.Line()
    model.loss = lambda batch, progress: Loss(batch["positions"].sum())
    with pytest.raises(DataError, match=r"the data has no positions \(it has video\)"):
        next(fit(model, toys.Ones(), settings()))


def test_a_batch_that_cannot_be_shared_is_refused(toys: SimpleNamespace) -> None:
    with pytest.raises(ConfigError, match=r"training.batch: 4 clips do not share out over 3 processes evenly"):
        next(fit(toys.Line(), toys.Ones(), settings(), ranks=Ranks(0, 3)))


def test_bfloat16_is_used_only_where_it_is_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    for fast in (True, False):
        monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda fast=fast: fast)
        assert uses_bfloat16(settings(precision="auto"), cpu) is fast
        assert uses_bfloat16(settings(precision="float32"), cpu) is False
    with pytest.raises(ConfigError, match="bfloat16 is many times slower than float32 on this machine"):
        uses_bfloat16(settings(precision="bfloat16"), cpu)


def test_losses_see_bfloat16_while_weights_stay_float32(toys: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    model, kinds = toys.Line(), []

    def loss(batch: Any, progress: float) -> Loss:
        kinds.append((model.weight[None] @ model.weight[:, None]).dtype)
        return Loss(model.weight.square().sum())

    model.loss = loss
    next(fit(model, toys.Ones(), settings(precision="bfloat16")))
    assert kinds == [torch.bfloat16]
    assert model.weight.dtype == torch.float32


def test_every_step_sees_the_batch_of_its_number(toys: SimpleNamespace) -> None:
    model, means = toys.Line(), []

    def loss(batch: Any, progress: float) -> Loss:
        means.append(batch["video"].mean().item())
        return Loss(model.weight.square().sum())

    model.loss = loss
    list(fit(model, toys.Counting(), settings(steps=3)))
    assert means == pytest.approx([0.015, 0.055, 0.095])  # clips 0-3, 4-7, 8-11 of number / 100


def test_compiled_losses_are_called(toys: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    monkeypatch.setattr(torch, "compile", lambda loss: compiled.append(loss) or loss)
    next(fit(toys.TwoPlayers(), toys.Ones(), settings(compile=True)))
    assert len(compiled) == 2
