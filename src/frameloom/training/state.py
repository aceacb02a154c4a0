"""Everything a run needs to go on as if it had never stopped.

    weights, average, optimisers, step, elapsed time  <--state.pt-->  file

Random numbers and data are pure functions of seed and step (see `random_numbers`), so the step is their state.
"""

import copy
import hashlib
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch.optim import Adam, AdamW
from torch.optim.swa_utils import get_ema_multi_avg_fn

from frameloom.core.errors import TrainingError
from frameloom.core.files import whole_file
from frameloom.models.base import Model, Phase
from frameloom.training.config import TrainingConfig
from frameloom.training.schedule import average_decay

FORMAT = 1


class TrainingState:
    """A model in training: its average, one optimiser for each phase, and how far it has come."""

    def __init__(self, model: Model, config: TrainingConfig, seed: int = 0) -> None:
        self.model = model
        self.seed = seed
        self.step = 0
        self.elapsed_s = 0.0
        self.decay = config.ema
        self.average = copy.deepcopy(model).eval().requires_grad_(False) if config.ema else model
        self.phases = model.phases()
        self.optimisers = {phase.name: _optimiser(phase, config) for phase in self.phases}

    def update_average(self) -> None:
        """Move the average towards the weights; buffers are copied."""
        if self.average is self.model:
            return
        decay = average_decay(self.step, self.decay)
        get_ema_multi_avg_fn(decay)(list(self.average.parameters()), list(self.model.parameters()), self.step)
        for kept, new in zip(self.average.buffers(), self.model.buffers(), strict=True):
            kept.copy_(new)

    def is_finite(self) -> bool:
        """Return whether no weight is infinite or not a number."""
        return bool(torch.stack([weights.detach().isfinite().all() for weights in self.model.parameters()]).all())

    def save(self, path: Path) -> None:
        """Write the state whole or not at all.

        Raises:
            TrainingError: a weight is not finite; the file keeps the last good state.
            OutputError: the file cannot be written.
        """
        if not self.is_finite():
            raise TrainingError(f"step {self.step}: a weight is not finite; lower training.rate or set training.clip")
        record = {
            "format": FORMAT,
            "seed": self.seed,
            "step": self.step,
            "elapsed_s": self.elapsed_s,
            "model": self.model.state_dict(),
            "average": None if self.average is self.model else self.average.state_dict(),
            "optimisers": {name: optimiser.state_dict()["state"] for name, optimiser in self.optimisers.items()},
        }
        with whole_file(path) as part:
            torch.save(record, part)

    def restore(self, path: Path) -> None:
        """Take over a saved state; rates and budgets stay those of the recipe at hand.

        Raises:
            TrainingError: the file is missing, damaged, or belongs to another model.
        """
        record = _read(path)
        try:
            self.model.load_state_dict(record["model"])
            if self.average is not self.model:
                self.average.load_state_dict(record["average"] or record["model"])
            for name, optimiser in self.optimisers.items():
                groups = optimiser.state_dict()["param_groups"]
                optimiser.load_state_dict({"state": record["optimisers"][name], "param_groups": groups})
            self.seed, self.step, self.elapsed_s = record["seed"], record["step"], record["elapsed_s"]
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise TrainingError(f"{path}: does not fit this model ({reason}); train into another folder") from error


@contextmanager
def random_numbers(seed: int, step: int, rank: int, device: torch.device) -> Iterator[None]:
    """Give torch the random numbers of one step of one process; put the caller's back afterwards."""
    digest = hashlib.blake2b(f"{seed}/{step}/{rank}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big") >> 1
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.default_generator.manual_seed(number)  # torch.manual_seed visits every kind of device: 1 ms
        if device.type == "cuda":
            with torch.cuda.device(device):
                torch.cuda.manual_seed(number)
        yield


def _optimiser(phase: Phase, config: TrainingConfig) -> Adam:
    kind: type[Adam] = AdamW if config.optimiser == "adamw" else Adam
    rate = config.rate * phase.rate
    return kind(phase.parameters, lr=rate, betas=config.betas, weight_decay=config.weight_decay, fused=True)


def _read(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise TrainingError(f"{path}: there is no saved state to resume; leave out --resume to begin")
    try:
        record = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{path}: damaged or not a saved state; remove the folder and begin again") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise TrainingError(f"{path}: not a saved state of format {FORMAT}; begin again in another folder")
    return record
