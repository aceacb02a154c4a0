"""A run: from a recipe to a model folder that can be used, and resumed, at any moment.

    recipe --> runs/NAME/  config.json  model.safetensors  README.md   the model, with averaged weights
                           state.pt                                    what --resume needs
                           log.jsonl  tensorboard/                     curves

Each file appears whole or not at all, so that a kill at any moment leaves a state that can be resumed.
"""

import shlex
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch.nn.utils import convert_conv2d_weight_memory_format

from frameloom.core.errors import ConfigError, OutputError, TrainingError
from frameloom.core.memory import keep_freed_memory
from frameloom.data.source import open_source
from frameloom.models.base import Model
from frameloom.models.store import CONFIG_NAME, build, load_model, read_config, save_model
from frameloom.training.card import card
from frameloom.training.config import Recipe, read_recipe
from frameloom.training.curves import open_curves
from frameloom.training.distributed import Ranks, default_device, joined
from frameloom.training.fit import Report, fit
from frameloom.training.schedule import progress_of
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
    keep_freed_memory()
    again = _command(recipe, folder, assignments, minutes)
    _check_folder(target, settings, resume)
    with joined() as ranks, _Signals() as signals:
        place = torch.device(device) if device is not None else default_device()
        if place.type == "cuda":
            torch.cuda.set_device(place)
        state = _new_state(settings, place, {} if resume else settings.start)
        if resume:
            state.restore(target / STATE_NAME)
            for rest in target.glob(".*.part*"):  # left by a kill in the middle of a save
                rest.unlink(missing_ok=True)
            _require_budget(target, settings, state)
        ranks.wait()
        source = open_source(settings.data, "train", settings.seed, place)
        _require_clips_fit(settings, source.shape)
        run = fit(state.model, source, settings.training, state, ranks, signals.arrived)
        if ranks.leads:
            yield from _kept(run, state, settings, target, again, ranks)
            if signals.arrived():
                raise KeyboardInterrupt(f"stopped at step {state.step}; to go on: {again}")
        else:
            for _ in run:
                pass
            ranks.wait()


def _kept(
    run: Iterator[Report], state: TrainingState, recipe: Recipe, folder: Path, again: str, ranks: Ranks
) -> Iterator[Report]:
    """Yield the reports of a run while its curves and its state are kept in the folder."""
    save_every_s = 60 * recipe.training.save_every_minutes
    saved_at, saved_step = 0.0, 0

    def save() -> None:
        nonlocal saved_at, saved_step
        state.save(folder / STATE_NAME)
        save_model(folder, state.average, card(recipe, state, again), half=False, recipe=recipe.model_dump(mode="json"))
        saved_at, saved_step = time.monotonic(), state.step

    save()
    with open_curves(folder, state.step, recipe.training.tensorboard) as curves:
        try:
            for report in run:
                curves.write(report)
                if time.monotonic() - saved_at >= save_every_s:
                    save()
                yield report
            save()
            ranks.wait()
        except GeneratorExit:
            ranks.agree(state.elapsed_s, stop=True)
            save()
            ranks.wait()
            raise
        except TrainingError as error:
            raise TrainingError(f"{error}; {folder} keeps the last good state, of step {saved_step}") from error


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


def _new_state(recipe: Recipe, device: torch.device, start: Mapping[str, str]) -> TrainingState:
    with random_numbers(recipe.seed, step=-1, rank=0, device=device):
        model = build(recipe.model).to(device)
    _begin_with(model, start)
    if recipe.training.channels_last:
        convert_conv2d_weight_memory_format(model, torch.channels_last)
    return TrainingState(model, recipe.training, recipe.seed)


def _begin_with(model: Model, start: Mapping[str, str]) -> None:
    """Copy trained weights into the parts of a new model that its recipe names.

    Raises:
        ConfigError: one of the two models has no such part, or the parts differ in size.
    """
    for part, origin in start.items():
        donor = load_model(origin)
        parts = {name for name, _ in donor.named_modules()}
        words = part.split(".")
        tails = [".".join(words[first:]) for first in range(len(words))]
        try:
            weights = donor.get_submodule(next((tail for tail in tails if tail in parts), tails[-1])).state_dict()
            model.get_submodule(part).load_state_dict(weights)
        except (AttributeError, RuntimeError) as error:
            reason = str(error).splitlines()[-1].strip()
            raise ConfigError(f"start.{part}: does not begin from {origin}: {reason}") from error


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


def _require_budget(folder: Path, recipe: Recipe, state: TrainingState) -> None:
    training = recipe.training
    if progress_of(state.step, state.elapsed_s, training.steps, training.minutes) >= 1:
        raise TrainingError(
            f"{folder}: the run has used its whole budget (step {state.step}, {state.elapsed_s / 60:.1f} minutes); "
            "give it more with --minutes or training.steps"
        )


def _require_clips_fit(recipe: Recipe, shape: tuple[int, int, int, int]) -> None:
    """Refuse clips (T, C, H, W) that are not of the size for which the model is built."""
    settings = recipe.model.model_dump()
    frames, channels, height, width = shape
    for name, found in [("channels", channels), *product(("size", "canvas"), (height, width))]:
        if settings.get(name, found) != found:
            raise ConfigError(f"model.{name}: {settings[name]}, but the clips have {found}; make them equal")
    needed = sum(settings.get(name, 0) for name in ("frames", "past", "future")) + 2 * settings.get("window", 0)
    if frames < needed:
        raise ConfigError(f"data.frames: clips of {frames} frames are too short; the model needs {needed}")


def _command(
    recipe: Recipe | Path | str, folder: Path | None, assignments: Iterable[str], minutes: float | None
) -> str:
    """Return the command that goes on with a run."""
    words = ["frameloom", "train", f"{recipe.name}.toml" if isinstance(recipe, Recipe) else str(recipe)]
    words += [word for assignment in assignments for word in ("--set", assignment)]
    words += ["--minutes", f"{minutes:g}"] if minutes is not None else []
    words += ["--folder", str(folder)] if folder is not None else []
    return shlex.join([*words, "--resume"])
