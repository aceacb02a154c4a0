"""The floor: exact inference against rejection sampling, exact overlap against enumeration, and its shipped figures."""

import json
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from frameloom.core.errors import DataError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation import floor
from frameloom.evaluation.protocol import Protocol, find_protocol


def fly(start: Tensor, angle: Tensor, frames: int) -> Tensor:
    """The generator restated: (N, frames, 2) whole places of starts (N, 2) in [0, 1] and angles (N,)."""
    y, x = start.double().unbind(1)
    down, across = angle.double().sin(), angle.double().cos()
    places = []
    for _ in range(frames):
        y, x = y + 0.1 * down, x + 0.1 * across
        down = torch.where((y <= 0) | (y >= 1), -down, down)
        across = torch.where((x <= 0) | (x >= 1), -across, across)
        y, x = y.clamp(0, 1), x.clamp(0, 1)
        places.append(torch.stack([(36 * y).long(), (36 * x).long()], dim=1))
    return torch.stack(places, dim=1)


@pytest.mark.parametrize(("y", "x", "angle"), [(0.5, 0.4, 0.7), (0.9, 0.3, 1.2), (0.02, 0.97, -0.6), (0.5, 0.05, 3.1)])
def test_posterior_is_what_rejection_sampling_finds(y: float, x: float, angle: float) -> None:
    """Draw flights from the prior, keep those seen to pass the same four places, and count where they go on to."""
    past, future = 4, 6
    truth = fly(torch.tensor([[y, x]]), torch.tensor([angle]), past + future)
    generator = torch.Generator().manual_seed(1)
    # Only flights that begin near the truth (2.5 px, half a radian) can pass: drawing these alone rejects the rest.
    count = 800_000
    start = torch.tensor([[y, x]]) + (torch.rand(count, 2, generator=generator) - 0.5) * 0.14
    angles = angle + torch.rand(count, generator=generator) - 0.5
    places = fly(start, angles, past + future)
    inside = ((start >= 0) & (start <= 1)).all(dim=1)
    kept = places[inside & (places[:, :past] == truth[:, :past]).all(dim=(1, 2))][:, past:]
    assert len(kept) > 150
    found = floor.posterior(truth[0, :past], future)
    for frame in range(future):
        counted = torch.zeros(37, 37).double()
        counted.index_put_(tuple(kept[:, frame].T), torch.ones(len(kept)).double(), accumulate=True)
        share = counted / len(kept)
        noise = (share * (1 - share) / len(kept)).sqrt()
        assert ((found[frame] - share).abs() <= 5 * noise + 6 / len(kept) + 0.004).all()


def test_posterior_sums_to_one_and_holds_the_truth() -> None:
    batch = MovingMnist(MovingMnistConfig(), split="val").batch(0, 20)
    for clip in range(20):
        track = batch["positions"][clip, :, 0]
        chances = floor.posterior(track[:10], 10)
        assert torch.allclose(chances.sum(dim=(1, 2)), torch.ones(10).double())
        assert all(chances[t, row, column] > 0 for t, (row, column) in enumerate(track[10:].tolist()))


def test_expected_maximum_enumerates_all_pairs_of_places() -> None:
    generator = torch.Generator().manual_seed(0)
    patches = (torch.rand(2, 28, 28, generator=generator) * 255).round() / 255
    chances = [torch.zeros(1, 37, 37).double() for _ in range(2)]
    places = [[(0, 0, 0.5), (36, 36, 0.5)], [(3, 5, 0.2), (10, 12, 0.3), (30, 30, 0.5)]]
    for chance, spots in zip(chances, places, strict=True):
        for row, column, share in spots:
            chance[0, row, column] = share
    mean, square = torch.zeros(64, 64), torch.zeros(64, 64)
    for row, column, share in places[0]:
        for other_row, other_column, other_share in places[1]:
            one, two = torch.zeros(64, 64), torch.zeros(64, 64)
            one[row : row + 28, column : column + 28] = patches[0]
            two[other_row : other_row + 28, other_column : other_column + 28] = patches[1]
            both = torch.maximum(one, two)
            mean += share * other_share * both
            square += share * other_share * both.square()
    found_mean, found_square = floor.expected_maximum(chances, patches)
    assert torch.allclose(found_mean[0], mean, atol=1e-5)
    assert torch.allclose(found_square[0], square, atol=1e-5)


def test_certain_flights_are_predicted_without_error() -> None:
    """Straight down at full speed from a wall, twenty frames seen: what comes next is known but for a px."""
    places = fly(torch.tensor([[0.5, 0.5]]), torch.tensor([math.pi / 2]), 24)[0]
    chances = floor.posterior(places[:20], 4)
    assert chances.flatten(1).argmax(dim=1).tolist() == (places[20:, 0] * 37 + places[20:, 1]).tolist()
    assert chances.amax(dim=(1, 2)).min() > 0.8


def test_expected_and_realised_error_agree() -> None:
    measured = floor.measure_floor(MovingMnistConfig(), find_protocol("openstl"), clips=16)
    realised, expected = measured.method.metrics["mse_sum"], measured.expected_mse_sum
    assert measured.method.clips == 16
    assert abs(realised.mean - expected.mean) < 2 * (realised.ci95 + expected.ci95)
    assert 4 < expected.mean < 16


def test_shipped_floor_is_found_for_its_protocol_and_data_only() -> None:
    protocol = find_protocol("openstl")
    stored = floor.stored_floor(protocol, MovingMnistConfig())
    assert stored is not None
    assert stored.digits == "shipped"
    assert stored.method.kind == "floor"
    assert 8 < stored.method.metrics["mse_sum"].mean < 10
    assert stored.method.metrics["mse_sum"].ci95 < 0.4
    curve = stored.method.per_frame["mse_sum"]
    assert len(curve) == 10
    assert 3.5 < curve[0] < 6 < 11 < curve[-1] < 16
    for settings in (MovingMnistConfig(digits="folder"), MovingMnistConfig(file="mnist_test_seq.npy")):
        full = floor.stored_floor(protocol, settings)
        assert full is not None
        assert full.digits == "mnist"
    assert floor.stored_floor(find_protocol("srvp"), MovingMnistConfig(preset="stochastic")) is None
    assert floor.stored_floor(protocol, MovingMnistConfig(crop=24)) is None
    assert floor.stored_floor(protocol, MovingMnistConfig(sprites=1)) is None
    assert floor.stored_floor(protocol, object()) is None


def test_what_has_no_floor_is_refused() -> None:
    with pytest.raises(DataError, match="standard preset on the whole canvas alone"):
        floor.measure_floor(MovingMnistConfig(crop=24), find_protocol("openstl"), clips=2)
    with pytest.raises(DataError, match="digits and places are known"):
        floor.bayes_prediction({"video": torch.zeros(1, 20, 1, 64, 64)}, 10, 10)
    for jump in (torch.tensor([[0, 0], [30, 0]]), torch.tensor([[5, 5]] * 6)):
        with pytest.raises(DataError, match=r"no flight of 3\.6 px per frame passes"):
            floor.posterior(jump, 3)


def test_script_adds_to_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "floor.json"
    other = {"protocol": "other", "digits": "shipped"}
    target.write_text(json.dumps([other, {"protocol": "openstl", "digits": "shipped"}]))
    floor.main(["--clips", "2", "--output", str(target)])
    kept, added = json.loads(target.read_text())
    assert kept == other
    assert floor.Floor.model_validate(added).method.clips == 2
    assert capsys.readouterr().out.startswith("shipped: mse_sum ")


def test_protocol_without_floor_is_none_even_when_standard() -> None:
    assert floor.stored_floor(Protocol(name="mine", past=3), MovingMnistConfig()) is None
