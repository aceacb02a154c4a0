"""The training loop: every phase in order, one report a step.

    batch --phase.loss--> total --backward--> gradients --average, clip--> optimiser --> average of the weights

There is no trainer and there are no callbacks: whoever iterates decides what to print, save, stream or stop.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from frameloom.core.errors import ConfigError, DataError, TrainingError
from frameloom.data.source import Source
from frameloom.models.base import Loss, Model, Phase
from frameloom.training.config import TrainingConfig
from frameloom.training.distributed import Ranks
from frameloom.training.schedule import progress_of, rate_factor
from frameloom.training.state import TrainingState, random_numbers


@runtime_checkable
class Guards(Protocol):
    """A model that can tell from its curves that training has failed."""

    def guard(self, values: Mapping[str, float]) -> str | None:
        """Return what has failed and what to do, or None; values are means since the last line of the log."""
        ...


@dataclass(frozen=True)
class Report:
    """What one step says about itself."""

    step: int
    """Steps taken so far."""
    clips: int
    progress: float
    """Share of the budget used, in [0, 1]."""
    elapsed_s: float
    clips_per_s: float
    rate: float
    """Learning rate of the step."""
    values: Mapping[str, float] = field(default_factory=dict)
    """Means since the last line of the log; empty between lines."""

    @property
    def text(self) -> str:
        """Return the step, the speed and the losses in a few words."""
        losses = ", ".join(f"{name} {value:.4g}" for name, value in self.values.items() if name.endswith("loss"))
        return f"step {self.step}, {self.clips_per_s:.0f} clips/s" + (f", {losses}" if losses else "")

    @property
    def record(self) -> Mapping[str, float | int | str]:
        """Return a line of the log; empty between lines."""
        if not self.values:
            return {}
        return {
            "step": self.step,
            "clips": self.clips,
            "progress": round(self.progress, 6),
            "elapsed_s": round(self.elapsed_s, 3),
            "clips_per_s": round(self.clips_per_s, 2),
            "rate": self.rate,
            **self.values,
        }


def fit(
    model: Model,
    source: Source,
    config: TrainingConfig,
    state: TrainingState | None = None,
    ranks: Ranks = Ranks(),  # noqa: B008  (frozen)
    wants_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Report]:
    """Train until the budget is used or a stop is wanted, and yield a report after every step.

    Between two reports the state is whole: it may be saved, and a run that goes on from there
    is the same, bit for bit on a CPU, as one that never stopped.

    Raises:
        TrainingError: a loss or gradient is not finite, or the model's guard has found a failure.
        ConfigError: the batch or the precision does not suit the machine.
        DataError: the model needs what the data does not have.
    """
    state = state or TrainingState(model, config)
    ranks.require_even(config.batch)
    device = model.device
    half = uses_bfloat16(config, device)
    losses = {phase.name: torch.compile(phase.loss) if config.compile else phase.loss for phase in state.phases}
    means = _Means()
    clips_per_s, logged_at, logged_step = 0.0, time.monotonic(), state.step
    began = time.monotonic() - state.elapsed_s
    model.train()
    while True:
        state.elapsed_s, stopped = ranks.agree(time.monotonic() - began, wants_stop())
        progress = progress_of(state.step, state.elapsed_s, config.steps, config.minutes)
        if stopped or progress >= 1:
            return
        factor = rate_factor(progress, config.warmup, config.decay)
        logs = (state.step + 1) % config.log_every == 0 or state.step + 1 == config.steps
        with random_numbers(state.seed, state.step, ranks.rank, device):
            batch = _Named(source.batch(state.step, config.batch, ranks.share))
            for phase in state.phases:
                if progress >= phase.begins and state.step % phase.every == 0:
                    optimiser = state.optimisers[phase.name]
                    for group in optimiser.param_groups:
                        group["lr"] = config.rate * phase.rate * factor
                    with torch.autocast(device.type, torch.bfloat16, enabled=half):
                        loss = losses[phase.name](batch, progress)
                    norm = _gradients(phase, loss, config, ranks)
                    means.add(phase, loss, norm)
                    if logs or device.type == "cpu":  # elsewhere each look would wait for the device
                        _require_finite(phase, loss, norm, state.step)
                    optimiser.step()
                    optimiser.zero_grad(set_to_none=True)
        state.update_average()
        state.step += 1
        values: Mapping[str, float] = {}
        if logs:
            values = means.take(ranks)
            now = time.monotonic()
            clips_per_s = (state.step - logged_step) * config.batch / max(now - logged_at, 1e-9)
            logged_at, logged_step = now, state.step
            _heed_guard(model, values, state.step)
        state.elapsed_s = time.monotonic() - began
        yield Report(
            step=state.step,
            clips=state.step * config.batch,
            progress=progress_of(state.step, state.elapsed_s, config.steps, config.minutes),
            elapsed_s=state.elapsed_s,
            clips_per_s=clips_per_s,
            rate=config.rate * factor,
            values=values,
        )


def uses_bfloat16(config: TrainingConfig, device: torch.device) -> bool:
    """Return whether losses are computed in bfloat16.

    Raises:
        ConfigError: bfloat16 is asked for where it would be many times slower.
    """
    if config.precision == "float32":
        return False
    if device.type == "cuda":
        fast = bool(torch.cuda.is_bf16_supported(including_emulation=False))
    else:
        fast = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    if config.precision == "bfloat16" and not fast:
        raise ConfigError("training.precision: bfloat16 is many times slower than float32 on this machine; use 'auto'")
    return fast


def _gradients(phase: Phase, loss: Loss, config: TrainingConfig, ranks: Ranks) -> Tensor:
    """Leave the clipped gradients of a phase, averaged over the processes; return their norm before clipping."""
    torch.autograd.backward(loss.total, inputs=phase.parameters)
    gradients = [parameter.grad for parameter in phase.parameters if parameter.grad is not None]
    ranks.average([loss.total, *gradients])
    return clip_grad_norm_(phase.parameters, config.clip or float("inf"))


def _require_finite(phase: Phase, loss: Loss, norm: Tensor, step: int) -> None:
    if bool(torch.isfinite(loss.total) & torch.isfinite(norm)):
        return
    what = "gradient" if bool(torch.isfinite(loss.total)) else "loss"
    parts = ", ".join(f"{name} {float(part):.4g}" for name, part in loss.parts.items())
    raise TrainingError(
        f"step {step}, phase {phase.name!r}: the {what} is not finite ({parts or 'no parts'}); "
        "lower training.rate or set training.clip"
    )


def _heed_guard(model: Model, values: Mapping[str, float], step: int) -> None:
    failure = model.guard(values) if isinstance(model, Guards) else None
    if failure is not None:
        raise TrainingError(f"step {step}: {failure}")


class _Named(dict[str, Tensor]):
    """A batch that says what is missing."""

    def __missing__(self, name: str) -> Tensor:
        raise DataError(f"the data has no {name} (it has {', '.join(self)}); choose other data or another model")


class _Means:
    """Running means by name that stay on the device until they are taken."""

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}

    def add(self, phase: Phase, loss: Loss, norm: Tensor) -> None:
        """Count in one step of a phase."""
        new = {f"{phase.name}_loss": loss.total, **loss.parts, f"{phase.name}_gradient": norm}
        for name, value in new.items():
            value = value.detach().float()
            self.sums[name] = self.sums[name] + value if name in self.sums else value
            self.counts[name] = self.counts.get(name, 0) + 1

    def take(self, ranks: Ranks) -> dict[str, float]:
        """Return the means over steps and processes, and begin anew; nothing if no phase has been stepped."""
        if not self.sums:
            return {}
        values = torch.stack([total / self.counts[name] for name, total in self.sums.items()])
        ranks.average([values])
        result = dict(zip(self.sums, values.tolist(), strict=True))
        self.sums, self.counts = {}, {}
        return result
