"""The Bayes floor of Moving MNIST: the score that no predictor can beat on average.

    places of a digit in the past --> every flight that fits --> where the digit may be in each future frame
    digits + where they may be    --> E[frame], the prediction of least squared error

The generator draws at whole pixels, so ten frames leave start and angle of a flight a little uncertain, and with them
the future. The oracle here is told the digits and their past places (what a perfect reader could see at best; knowing
more never hurts), and predicts the mean frame under the exact posterior:

    p(row, column | past) = integral over angle of  p(row | angle, past rows) p(column | angle, past columns) w(angle)

Rows and columns are independent once the angle is known, and for a known angle the starts that fit the past are
a few intervals, one for each frame in which the first wall can have been met: they are computed exactly. What remains
is integrated numerically: the angle, and the start within an interval. The two digits fly independently, so the
overlap by maximum is exact too: P(max <= u) is the product over digits of P(digit <= u), for each grey level u.

Run `python -m frameloom.evaluation.floor` to compute the figures that ship in floor.json again.
Source: own; the generator is Srivastava et al.'s (see data/moving_mnist.py).
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TypeGuard

import torch
import torch.nn.functional as F
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError
from frameloom.core.files import whole_file
from frameloom.data.moving_mnist import CANVAS_PX, RANGE_PX, STEP, MovingMnist, MovingMnistConfig
from frameloom.evaluation.protocol import Protocol, find_protocol
from frameloom.evaluation.tally import Estimate, Method, Tally
from frameloom.models.base import Batch

SPEED_PX = STEP * RANGE_PX
COARSE_ANGLES = 8192
FINE_ANGLES = 1024
CLOSER_LOOKS = 6
"""How often the grid of angles is made eight times finer before giving up."""
STARTS = 16
"""Points at which each interval of starts is sampled."""
LEVELS = 255


class Floor(Config):
    """The floor on one set of clips."""

    protocol: str
    """Name of the protocol."""
    digits: str
    """Which digits fly: "shipped", or "mnist" for the full test file."""
    method: Method
    """Scores of the mean frame under the posterior."""
    expected_mse_sum: Estimate
    """Mean posterior variance: the same figure as the method's mse_sum in expectation, without the luck of the draw."""


def stored_floor(protocol: Protocol, config: object) -> Floor | None:
    """Return the shipped floor for this protocol and data; None where it was not computed."""
    if isinstance(config, MovingMnistConfig) and config.file:
        config = config.model_copy(
            update={"file": None, "digits": config.file}
        )  # the published clips are of all digits
    if not floor_fits(config) or config.sprites != 2:
        return None
    wanted = "mnist" if config.digits else "shipped"
    stored = json.loads(files("frameloom.evaluation").joinpath("floor.json").read_text(encoding="utf-8"))
    floors = [Floor.model_validate(entry) for entry in stored]
    return next((floor for floor in floors if (floor.protocol, floor.digits) == (protocol.name, wanted)), None)


def floor_fits(config: object) -> TypeGuard[MovingMnistConfig]:
    """Return whether the posterior here is that of these clips: generated, standard preset, whole canvas."""
    return (
        isinstance(config, MovingMnistConfig)
        and config.preset == "standard"
        and (config.file, config.crop, config.resize) == (None, None, None)
    )


def bayes_prediction(batch: Batch, past: int, future: int) -> tuple[Tensor, Tensor]:
    """Return mean and variance of future frames in [0, 1] given digits and past places, both (B, future, 1, 64, 64).

    Raises:
        DataError: the batch does not tell digits and places, or no flight passes through the places.
    """
    if "positions" not in batch or "patches" not in batch:
        raise DataError("the floor needs clips whose digits and places are known: Moving MNIST as generated")
    pairs = [
        expected_maximum([posterior(places[:past, digit], future) for digit in range(len(patches))], patches)
        for places, patches in zip(batch["positions"].cpu(), batch["patches"].cpu(), strict=True)
    ]
    mean, square = (torch.stack(parts)[:, :, None] for parts in zip(*pairs, strict=True))
    return mean, (square - mean.square()).clamp_min(0)


def posterior(places: Tensor, future: int) -> Tensor:
    """Return the probability of each place in each future frame, float64 (future, 37, 37), given past places (T, 2).

    Raises:
        DataError: no flight passes through the places.
    """
    rows, columns = places.double().unbind(-1)
    angles, spacing = _likely_angles(rows, columns)
    for _ in range(CLOSER_LOOKS if len(angles) else 0):
        down, across = angles.sin() * SPEED_PX, angles.cos() * SPEED_PX
        row_low, row_high = _starts(down, rows)
        column_low, column_high = _starts(across, columns)
        fits = (row_high - row_low).sum(dim=1) * (column_high - column_low).sum(dim=1) > 0
        if fits.any():
            likely_rows = _future_cells(down[fits], row_low[fits], row_high[fits], len(places), future)
            likely_columns = _future_cells(across[fits], column_low[fits], column_high[fits], len(places), future)
            joint = torch.einsum("ntr,ntc->trc", likely_rows, likely_columns)
            return joint / joint.sum(dim=(1, 2), keepdim=True)
        angles, spacing = _divided(angles, spacing, 8)  # those that fit lie between the angles tried
    raise DataError(f"no flight of {SPEED_PX:g} px per frame passes through the places {places.tolist()}")


def expected_maximum(chances: list[Tensor], patches: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean of frame and of squared frame, (future, 64, 64), of digits (K, 28, 28) with chances of places.

    Exact for independent digits: E[max] = sum over grey levels u of P(max > u).
    """
    levels = torch.arange(LEVELS).view(-1, 1, 1)
    above = (patches * LEVELS).round()[:, None] > levels  # (K, 255, 28, 28)
    moments = []
    for frame in zip(*chances, strict=True):
        below = torch.ones(LEVELS, CANVAS_PX, CANVAS_PX)
        for chance, mask in zip(frame, above.float(), strict=True):
            exceeds = torch.zeros(LEVELS, CANVAS_PX, CANVAS_PX)
            for row, column in (chance > 1e-9).nonzero().tolist():
                window = exceeds[:, row : row + mask.shape[1], column : column + mask.shape[2]]
                window.add_(mask, alpha=float(chance[row, column]))
            below *= 1 - exceeds
        tail = 1 - below
        moments.append((tail.sum(0) / LEVELS, ((2 * levels + 1) * tail).sum(0) / LEVELS**2))
    means, squares = zip(*moments, strict=True)
    return torch.stack(means), torch.stack(squares)


def _likely_angles(rows: Tensor, columns: Tensor) -> tuple[Tensor, float]:
    """Return angles at which flights can fit, and the spacing of the grid that they are part of."""
    spacing = 2 * math.pi / COARSE_ANGLES
    angles = (torch.arange(COARSE_ANGLES, dtype=torch.float64) + 0.5) * spacing
    slack = len(rows) * SPEED_PX * spacing  # px: twice as far as a flight strays within half a cell
    row_low, row_high = _starts(angles.sin() * SPEED_PX, rows, slack)
    column_low, column_high = _starts(angles.cos() * SPEED_PX, columns, slack)
    kept = angles[(row_high > row_low).any(dim=1) & (column_high > column_low).any(dim=1)]
    return _divided(kept, spacing, max(FINE_ANGLES // max(len(kept), 1), 4))


def _divided(angles: Tensor, spacing: float, parts: int) -> tuple[Tensor, float]:
    """Return the centres of the parts into which the cell around each angle is cut, and their spacing."""
    offsets = (torch.arange(parts, dtype=torch.float64) + 0.5) / parts - 0.5
    return (angles[:, None] + offsets * spacing).flatten(), spacing / parts


def _starts(velocity: Tensor, track: Tensor, slack: float = 0.0) -> tuple[Tensor, Tensor]:
    """Return the intervals of starts that fit a track along one axis, low and high, both (N, T + 1) in px.

    Column k < T: the first wall is met in frame k (from 0); column T: none is. An empty interval has high = low.
    A digit is drawn at the whole part of its position, so a place says floor(position); 36 is met only on the wall.
    """
    frames = len(track)
    steps = torch.arange(1, frames + 1, dtype=torch.float64)
    moved = velocity[:, None] * steps  # (N, T)
    before_low = F.pad((track - slack - moved).cummax(dim=1).values, (1, 0), value=0.0).clamp_min(0)
    before_high = F.pad((track + 1 + slack - moved).cummin(dim=1).values, (1, 0), value=RANGE_PX).clamp_max(RANGE_PX)
    forward = (velocity > 0)[:, None]
    # Meeting the wall in step k: the start lies beyond `wall - k v` and not yet beyond `wall - (k - 1) v`.
    wall = torch.where(forward, float(RANGE_PX), 0.0)
    at, earlier = wall - moved, wall - moved + velocity[:, None]
    low = before_low.clone()
    high = before_high.clone()
    low[:, :frames] = torch.maximum(low[:, :frames], torch.where(forward, at, earlier) - slack)
    high[:, :frames] = torch.minimum(high[:, :frames], torch.where(forward, earlier, at) + slack)
    low[:, frames] = torch.maximum(low[:, frames], torch.where(forward, 0.0, at)[:, -1] - slack)
    high[:, frames] = torch.minimum(high[:, frames], torch.where(forward, at, float(RANGE_PX))[:, -1] + slack)
    after = torch.stack(list(_fly(wall[:, 0], -velocity, frames - 1, include_start=True)), dim=1)  # (N, T)
    for met in range(frames):
        gap = after[:, : frames - met] - track[met:]
        low[:, met].masked_fill_(~((gap >= -slack) & (gap < 1 + slack)).all(dim=1), math.inf)
    return torch.minimum(low, high), high


def _fly(start: Tensor, velocity: Tensor, frames: int, include_start: bool = False) -> Iterator[Tensor]:
    """Yield positions of the generator: move, then clamp and turn round at a wall."""
    position = start
    if include_start:
        yield position
    for _ in range(frames):
        position = position + velocity
        velocity = torch.where((position <= 0) | (position >= RANGE_PX), -velocity, velocity)
        position = position.clamp(0, RANGE_PX)
        yield position


def _future_cells(velocity: Tensor, low: Tensor, high: Tensor, past: int, future: int) -> Tensor:
    """Return for each velocity the weight of each place in each future frame, (N, future, 37); sums tell the fit."""
    angle, column = (high > low).nonzero(as_tuple=True)
    length = (high - low)[angle, column]
    share = (torch.arange(STARTS, dtype=torch.float64) + 0.5) / STARTS
    starts = low[angle, column][:, None] + length[:, None] * share  # (M, STARTS)
    positions = list(_fly(starts, velocity[angle][:, None].expand_as(starts), past + future))[past:]
    cells = torch.stack([position.floor().long() for position in positions], dim=1)  # (M, future, STARTS)
    weights = (length / STARTS)[:, None, None].expand(cells.shape)
    histogram = torch.zeros(len(velocity), future, RANGE_PX + 1, dtype=torch.float64)
    frame = torch.arange(future)[None, :, None].expand(cells.shape)
    return histogram.index_put_((angle[:, None, None].expand(cells.shape), frame, cells), weights, accumulate=True)


def measure_floor(config: MovingMnistConfig, protocol: Protocol, clips: int, batch: int = 50) -> Floor:
    """Return the floor on the first clips of the test split.

    Raises:
        DataError: the posterior here is not that of these clips.
    """
    if not floor_fits(config):
        raise DataError("the floor is known for generated clips of the standard preset on the whole canvas alone")
    frames = protocol.past + protocol.future
    source = MovingMnist(config.model_copy(update={"frames": frames}), split="test")
    scores, variances = Tally(), Tally()
    for index in range(math.ceil(clips / batch)):
        drawn = {name: values[: clips - index * batch] for name, values in source.batch(index, batch).items()}
        mean, variance = bayes_prediction(drawn, protocol.past, protocol.future)
        truth = (drawn["video"][:, protocol.past :] + 1) / 2
        scores.add(protocol.measure(mean, truth))
        variances.add({"mse_sum": variance.sum(dim=(2, 3, 4))})
    return Floor(
        protocol=protocol.name,
        digits="mnist" if config.digits else "shipped",
        method=scores.method("Bayes floor", "floor"),
        expected_mse_sum=variances.method("expected").metrics["mse_sum"],
    )


def main(arguments: list[str] | None = None) -> None:
    """Compute the floor and keep it beside the floors of other digits in a JSON file."""
    parser = argparse.ArgumentParser(prog="python -m frameloom.evaluation.floor", description="The Bayes floor.")
    parser.add_argument("--clips", type=int, default=2000, help="clips of the test split")
    parser.add_argument("--digits", help="folder of the official idx files; without it, the shipped test digits")
    parser.add_argument("--protocol", default="openstl", help="a protocol of the standard preset")
    parser.add_argument("--output", type=Path, default=Path("floor.json"), help="JSON file to write or add to")
    chosen = parser.parse_args(arguments)
    floor = measure_floor(MovingMnistConfig(digits=chosen.digits), find_protocol(chosen.protocol), chosen.clips)
    kept = json.loads(chosen.output.read_text(encoding="utf-8")) if chosen.output.exists() else []
    kept = [entry for entry in kept if (entry["protocol"], entry["digits"]) != (floor.protocol, floor.digits)]
    with whole_file(chosen.output) as part:
        part.write_text(json.dumps([*kept, floor.model_dump()], indent=1) + "\n", encoding="utf-8")
    table = ", ".join(f"{name} {estimate}" for name, estimate in floor.method.metrics.items())
    sys.stdout.write(f"{floor.digits}: {table}; expected mse_sum {floor.expected_mse_sum}\n")


if __name__ == "__main__":
    main()
