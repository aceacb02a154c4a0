"""Data, training step and streaming: clips a second of each, beside peers measured in the same run.

    generator       ours, against the published generator as a plain NumPy loop
    training step   every packaged recipe, against a plain ConvLSTM of the predictor's size
    streaming       one clip, frame by frame: p50 and p95

Peers are restated here from their papers: Srivastava et al., arXiv:1502.04681 (generator); Shi et al.,
arXiv:1506.04214, in the set-up that OpenSTL trains (patch 4, four layers, 5x5 gates, errors of all frames).
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from _record import Bar, Row, amount, at_least, record, row, seconds_of
from frameloom.data.digits import load_digits
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.data.source import open_source
from frameloom.models.base import Batch, Model, Steps
from frameloom.models.store import build
from frameloom.training.config import PACKAGED, Recipe, read_recipe
from frameloom.training.fit import fit, uses_bfloat16
from frameloom.training.state import TrainingState

BUDGET_S = amount(quick=1.0, usual=4.0, full=20.0)
BATCH = 64
LARGEST_STEP = 32
"""Clips in a timed training step at most: recipes for a GPU take more than a small machine can hold."""
GPU_BATCH = 4096


def main() -> None:
    """Measure everything and write benchmarks/results/generation.json."""
    rows = [numpy_row(), *generator_rows()]
    bars = gpu_bars(rows)
    recipes = {name: small_batch(read_recipe(name)) for name in recipe_names()}
    shares = []
    for name, recipe in recipes.items():
        data = source_row(name, recipe)
        step = step_row(name, recipe)
        rows += [data, step]
        shares.append(data.median / step.median)
    bars.append(at_least("data generator, against the training step it has least room over", min(shares), "x", 10))
    rows += peer_rows(rows, recipes["mnist-predictor"])
    frames, bar = streaming_rows(build(recipes["mnist-seq2seq"].model))
    path = record("generation", rows + frames, [*bars, bar])
    print(f"wrote {path}")


def recipe_names() -> list[str]:
    """Return the packaged recipes that train on generated clips."""
    names = sorted(str(path.relative_to(PACKAGED).with_suffix("")) for path in PACKAGED.rglob("*.toml"))
    return [name for name in names if isinstance(read_recipe(name).data, MovingMnistConfig)]


def small_batch(recipe: Recipe) -> Recipe:
    """Return a recipe whose batch fits a small machine."""
    batch = min(recipe.training.batch, LARGEST_STEP)
    return recipe.model_copy(update={"training": recipe.training.model_copy(update={"batch": batch})})


def clips_per_second(name: str, call: Callable[[], object], batch: int, note: str = "") -> Row:
    """Return the speed of a call that makes or eats a batch of clips."""
    return row(name, "clips/s", [batch / seconds for seconds in seconds_of(call, BUDGET_S)], note)


@dataclass
class Numbers:
    """Counts up, so that no two batches are the same."""

    last: int = -1

    def next(self) -> int:
        """Return the next number."""
        self.last += 1
        return self.last


def numpy_row() -> Row:
    """Return the speed of the published generator as a plain loop, on one core."""
    digits = load_digits("train").images.numpy().astype(np.float32) / 255
    chance = np.random.default_rng(0)
    return clips_per_second("generator: NumPy loop", lambda: numpy_clips(digits, chance, 16), 16, "peer, one core")


def numpy_clips(digits: NDArray[np.float32], chance: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Return clips of 20 frames, (N, 20, 64, 64), made one frame of one digit at a time."""
    clips = np.zeros((count, 20, 64, 64), np.float32)
    for clip in clips:
        for _ in range(2):
            digit = digits[chance.integers(len(digits))]
            column, line, angle = *chance.random(2), chance.random() * 2 * math.pi
            step_column, step_line = math.cos(angle) * 0.1, math.sin(angle) * 0.1
            for frame in clip:
                line, column = line + step_line, column + step_column
                if line <= 0 or line >= 1:
                    line, step_line = min(max(line, 0.0), 1.0), -step_line
                if column <= 0 or column >= 1:
                    column, step_column = min(max(column, 0.0), 1.0), -step_column
                top, left = int(36 * line), int(36 * column)
                window = frame[top : top + 28, left : left + 28]
                np.maximum(window, digit, out=window)
    return clips


def generator_rows() -> list[Row]:
    """Return the speed of our generator on each kind of device that is here."""
    numbers = Numbers()
    clips = MovingMnist(MovingMnistConfig())
    rows = [clips_per_second("generator: ours", lambda: clips.batch(numbers.next(), BATCH), BATCH, "20 frames")]
    if torch.cuda.is_available():
        fast = MovingMnist(MovingMnistConfig(), device="cuda")

        def wait_for_batch() -> None:
            fast.batch(numbers.next(), GPU_BATCH)
            torch.cuda.synchronize()

        rows.append(clips_per_second("generator: ours, GPU", wait_for_batch, GPU_BATCH, "20 frames"))
    return rows


def gpu_bars(rows: list[Row]) -> list[Bar]:
    """Return the bar of the GPU, where there is one."""
    found = [line.median for line in rows if line.name == "generator: ours, GPU"]
    return [at_least("data generator on a GPU", speed, "clips/s", 50_000) for speed in found]


def source_row(name: str, recipe: Recipe) -> Row:
    """Return the speed at which a recipe's clips are made."""
    numbers, batch = Numbers(), recipe.training.batch
    source = open_source(recipe.data, "train")
    return clips_per_second(f"data of {name}", lambda: source.batch(numbers.next(), batch), batch)


class Same:
    """A source whose batches cost nothing."""

    count = None

    def __init__(self, recipe: Recipe) -> None:
        """Make the one batch."""
        source = open_source(recipe.data, "train")
        self.shape, self.kept = source.shape, source.batch(0, recipe.training.batch)

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return the one batch."""
        return self.kept


def step_row(name: str, recipe: Recipe) -> Row:
    """Return the speed of a recipe's training step, without its data."""
    model = build(recipe.model)
    if recipe.training.channels_last:
        model = model.to(memory_format=torch.channels_last)
    config = recipe.training.model_copy(update={"steps": None, "minutes": 60.0})
    batch = config.batch
    steps = fit(model, Same(recipe), config, TrainingState(model, config))
    speed = clips_per_second(f"training step of {name}", lambda: next(steps), batch, f"{size_of(model)}, batch {batch}")
    steps.close()
    return speed


def size_of(model: nn.Module) -> str:
    """Return how many parameters are trained, in words."""
    return f"{sum(parameter.numel() for parameter in model.parameters()) / 1e6:.2f} M parameters"


class PlainConvLstm(nn.Module):
    """ConvLSTM as it is usually stated: (B, T, 1, 64, 64) to the prediction of frames 1 to T-1, fed the truth."""

    def __init__(self, width: int, layers: int = 4, patch: int = 4) -> None:
        """Lay the gates."""
        super().__init__()
        self.width, self.patch = width, patch
        planes = [patch * patch, *[width] * (layers - 1)]
        self.gates = nn.ModuleList(nn.Conv2d(plane + width, 4 * width, 5, padding=2) for plane in planes)
        self.output = nn.Conv2d(width, patch * patch, 1, bias=False)

    def forward(self, video: Tensor) -> Tensor:
        """Return patches of the predicted frames, (B, T - 1, patch^2, H / patch, W / patch)."""
        frames = self.patches(video)
        shape = (len(video), self.width, *frames.shape[3:])
        hidden = [video.new_zeros(shape) for _ in self.gates]
        memory = [video.new_zeros(shape) for _ in self.gates]
        predicted = []
        for frame in frames.unbind(1)[:-1]:
            below = frame
            for layer, gates in enumerate(self.gates):
                enter, forget, leave, new = gates(torch.cat([below, hidden[layer]], 1)).chunk(4, 1)
                memory[layer] = torch.sigmoid(forget) * memory[layer] + torch.sigmoid(enter) * torch.tanh(new)
                below = hidden[layer] = torch.sigmoid(leave) * torch.tanh(memory[layer])
            predicted.append(self.output(below))
        return torch.stack(predicted, 1)

    def patches(self, video: Tensor) -> Tensor:
        """Return frames with each square of pixels as channels."""
        return nn.functional.pixel_unshuffle(video, self.patch)


def peer_rows(rows: list[Row], recipe: Recipe) -> list[Row]:
    """Return the speed of a ConvLSTM of the predictor's size and batch, and the ratio of ours to it."""
    wanted = sum(parameter.numel() for parameter in build(recipe.model).parameters())
    width = min(range(8, 129), key=lambda w: abs(sum(p.numel() for p in PlainConvLstm(w).parameters()) - wanted))
    peer, batch = PlainConvLstm(width), recipe.training.batch
    optimiser = torch.optim.Adam(peer.parameters(), lr=1e-3)
    half = uses_bfloat16(recipe.training, torch.device("cpu"))
    video = (MovingMnist(MovingMnistConfig()).batch(0, batch)["video"] + 1) / 2

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):  # the precision that ours has on this machine
            loss = nn.functional.mse_loss(peer(video), peer.patches(video[:, 1:]))
        loss.backward()
        optimiser.step()

    theirs = clips_per_second("training step of a plain ConvLSTM", step, batch, f"peer, {size_of(peer)}, batch {batch}")
    ours = next(line for line in rows if line.name == "training step of mnist-predictor")
    return [theirs, row("mnist-predictor against plain ConvLSTM", "x", [ours.median / theirs.median])]


def streaming_rows(model: Model) -> tuple[list[Row], Bar]:
    """Return how long the next frame of one clip takes, its percentiles, and the bar on frames a second."""
    if not isinstance(model, Steps):
        raise SystemExit("the recipe mnist-seq2seq is of a family that does not step")
    model.eval()
    state = model.start(MovingMnist(MovingMnistConfig(), "test").batch(0, 1)["video"][:, :10])
    times: list[float] = []
    with torch.inference_mode():
        for _ in range(int(amount(300, 2000, 10000))):
            began = time.perf_counter()
            state, _ = model.step(state)
            times.append(time.perf_counter() - began)
    p50, p95 = (1000 * float(np.percentile(times, share)) for share in (50, 95))
    rows = [
        row("streaming mnist-seq2seq", "frames/s", [1 / seconds for seconds in times], "one clip, 64x64"),
        row("streaming mnist-seq2seq, p50", "ms", [p50]),
        row("streaming mnist-seq2seq, p95", "ms", [p95]),
    ]
    return rows, at_least("streaming mnist-seq2seq, one clip", len(times) / sum(times), "frames/s", 60)


if __name__ == "__main__":
    main()
