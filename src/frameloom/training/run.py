"""A run: from a recipe to a model folder that can be used, and resumed, at any moment.

    recipe --> runs/NAME/  config.json  model.safetensors  README.md   the model, with averaged weights
                           state.pt                                    what --resume needs
                           log.jsonl  tensorboard/                     curves
"""

import shlex
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from frameloom.core.errors import ConfigError, OutputError
from frameloom.data.source import open_source
from frameloom.models.store import CONFIG_NAME, build, read_config, save_model
from frameloom.training.card import card
from frameloom.training.config import Recipe, read_recipe
from frameloom.training.curves import open_curves
from frameloom.training.distributed import Ranks, default_device, joined
from frameloom.training.fit import Report, fit
from frameloom.training.state import TrainingState, random_numbers

STATE_NAME = "state.pt"


def train(
    recipe: Recipe | Path | str,
    folder: Path | None = None,
    *,
    assignments: Iterable[str] = (),
    minutes: float | None = None,
    resume: bool = False,
    device: torch.device | str | None = None,
) -> Iterator[Report]:
    """Train what a recipe says into a run folder, runs/NAME by default, and yield a report after every step.

    Recipe files take assignments ("model.z_dim=64") and minutes in place of their own. The state is saved at the
    start, every few minutes, and at the end, whether the budget is used, the caller stops iterating, or a first
    Ctrl-C or SIGTERM arrives; a second one stops at once. Under torchrun only the first process yields reports.

    Raises:
        ConfigError: the recipe is unknown or does not fit, or resume meets another model.
        OutputError: the folder holds a run already, or cannot be written.
        TrainingError: there is nothing to resume, or training has failed; the last good state is kept.
        KeyboardInterrupt: a signal has stopped the run; the message says how to go on.
    """
    settings = recipe if isinstance(recipe, Recipe) else read_recipe(recipe, assignments, minutes)
    target = folder or Path("runs") / settings.name
    again = _command(recipe, folder, assignments, minutes)
    _check_folder(target, settings, resume)
    with joined() as ranks, _Signals() as signals:
        place = torch.device(device) if device is not None else default_device()
        state = _new_state(settings, place)
        if resume:
            state.restore(target / STATE_NAME)
        ranks.wait()
        source = open_source(settings.data, "train", settings.seed, place)
        run = fit(state.model, source, settings.training, state, ranks, signals.arrived)
        if ranks.leads:
            yield from _kept(run, state, settings, target, again, ranks)
            if signals.arrived():
                raise KeyboardInterrupt(f"stopped at step {state.step}; to go on: {again}")
        else:
            for _ in run:
                pass


def _kept(
    run: Iterator[Report], state: TrainingState, recipe: Recipe, folder: Path, again: str, ranks: Ranks
) -> Iterator[Report]:
    """Yield the reports of a run while its curves and its state are kept in the folder."""
    save_every_s = 60 * recipe.training.save_every_minutes

    def save() -> None:
        state.save(folder / STATE_NAME)
        save_model(folder, state.average, card(recipe, state, again), half=False, recipe=recipe.model_dump(mode="json"))

    save()
    saved_at = time.monotonic()
    with open_curves(folder, state.step, recipe.training.tensorboard) as curves:
        try:
            for report in run:
                curves.write(report)
                if time.monotonic() - saved_at >= save_every_s:
                    save()
                    saved_at = time.monotonic()
                yield report
        except GeneratorExit:
            ranks.agree(state.elapsed_s, stop=True)
            save()
            raise
    save()


class _Signals:
    """Remembers the first Ctrl-C or SIGTERM instead of raising it; the second acts as usual."""

    def __init__(self) -> None:
        self.came = False
        self.before: dict[signal.Signals, Any] = {}

    def arrived(self) -> bool:
        """Return whether a signal has come."""
        return self.came

    def __enter__(self) -> "_Signals":
        if threading.current_thread() is threading.main_thread():
            self.before = {name: signal.signal(name, self._take) for name in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            for name, handler in self.before.items():
                signal.signal(name, handler)

    def _take(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        self.__exit__()


def _new_state(recipe: Recipe, device: torch.device) -> TrainingState:
    with random_numbers(recipe.seed, step=-1, rank=0, device=device):
        model = build(recipe.model).to(device)
    if recipe.training.channels_last:
        model = model.to(memory_format=torch.channels_last)
    return TrainingState(model, recipe.training, recipe.seed)


def _check_folder(folder: Path, recipe: Recipe, resume: bool) -> None:
    if not resume:
        if (folder / STATE_NAME).exists():
            raise OutputError(f"{folder}: holds a run already; add --resume to go on with it, or choose another folder")
        return
    if not (folder / CONFIG_NAME).exists():
        return
    before, now = read_config(folder), recipe.model_dump(mode="json")
    for part in ("seed", "model"):
        if before.get(part) != now[part]:
            raise ConfigError(
                f"{folder}: its run has {part} {before.get(part)}, the recipe has {now[part]}; "
                "resume with what it began with, or choose another folder"
            )


def _command(recipe: Recipe | Path | str, folder: Path | None, assignments: Iterable[str], minutes: float | None) -> str:
    """Return the command that goes on with a run."""
    words = ["frameloom", "train", f"{recipe.name}.toml" if isinstance(recipe, Recipe) else str(recipe)]
    words += [word for assignment in assignments for word in ("--set", assignment)]
    words += ["--minutes", f"{minutes:g}"] if minutes is not None else []
    words += ["--folder", str(folder)] if folder is not None else []
    return shlex.join([*words, "--resume"])
