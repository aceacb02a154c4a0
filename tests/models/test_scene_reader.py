"""The instrument for robot video: its losses have the values of hand and paper; what it reads moves with the frame."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from frameloom.core.errors import ModelError
from frameloom.models import scene_reader
from frameloom.models.base import Batch
from frameloom.models.scene_reader import (
    LABELS,
    SceneReader,
    SceneReaderConfig,
    bell,
    log_heat,
    mean_place,
    place_px,
    project,
    spoil,
)
from frameloom.training.config import read_recipe

OVERHEAD = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1)
"""Row is x and column is y: shares of the picture."""
ELEVATION, DISTANCE, HALF_HEIGHT = 1.02, 1.25, math.radians(17)
"""Of camera aux1 of the simulator: radians above the bin, m from what it looks at, half the angle that it sees."""
AIM = torch.tensor([0.0, 0.03, 0.02])
"""What it looks at: right, away, up in m from the middle of the bin."""


@pytest.fixture
def reader() -> SceneReader:
    return SceneReader(SceneReaderConfig(camera=OVERHEAD, size=32, width=8, features=8))


def scenes(count: int, frames: int, size: int = 32) -> Batch:
    """Return clips of a bright cross on a dim table, at random places, with all that is known about them."""
    places = torch.randint(6, size - 6, (count, frames, 2))
    rows, columns = ((torch.arange(size) - places[..., axis, None]).abs() for axis in range(2))  # (B, T, size)
    upright, lying = (
        (rows[..., :, None] <= 3) & (columns[..., None, :] < 1),
        (rows[..., :, None] < 1) & (columns[..., None, :] <= 3),
    )
    arm = upright | lying
    labels = torch.where(arm, 2, 1)
    labels[:, :, :4] = 0
    labels[:, :, -3:, :3] = 5
    colours = torch.tensor([[-0.8, -0.8, -0.6], [-0.2, -0.3, -0.4], [0.9, -0.5, -0.5]] + 3 * [[-0.6, 0.7, -0.5]])
    states = torch.cat([(places + 0.5) / size, torch.rand(count, frames, 1)], 2)
    return {"video": colours[labels].movedim(-1, 2), "states": states, "labels": labels}


def test_the_camera_of_the_recipe_shows_known_points_where_they_are() -> None:
    """By hand: at its distance from what it looks at, half the picture is the tangent of half the angle."""
    model = read_recipe("scene-reader").model
    assert isinstance(model, SceneReaderConfig)

    def shown(offset: Tensor) -> list[float]:
        return project(model.camera, AIM + offset).tolist()

    edge = DISTANCE * math.tan(HALF_HEIGHT)
    right = torch.tensor([edge, 0, 0])
    down = torch.tensor([0, -math.sin(ELEVATION), -math.cos(ELEVATION)]) * edge  # as the picture's height lies in space
    nearer = torch.tensor([0, -math.cos(ELEVATION), math.sin(ELEVATION)]) * DISTANCE / 2
    assert shown(torch.zeros(3)) == pytest.approx([0.5, 0.5], abs=1e-4)
    assert shown(right) == pytest.approx([0.5, 1.0], abs=1e-4)
    assert shown(-right) == pytest.approx([0.5, 0.0], abs=1e-4)
    assert shown(down) == pytest.approx([1.0, 0.5], abs=1e-4)
    assert shown(-down) == pytest.approx([0.0, 0.5], abs=1e-4)
    assert shown(nearer) == pytest.approx([0.5, 0.5], abs=1e-4)  # towards the camera nothing moves,
    assert shown(nearer + right / 4 + down / 8) == pytest.approx([0.625, 0.75], abs=1e-4)  # and all grows


@pytest.mark.parametrize(("row", "column", "place", "inside"), [
    (0.5, 0.25, (31.5, 7.5), True),
    (1.0, 0.0, (63.5, -0.5), True),
    (1.2, 0.5, (63.5, 15.5), False),
    (0.5, -0.1, (31.5, -0.5), False),
])  # fmt: skip
def test_shares_become_px(row: float, column: float, place: tuple[float, float], inside: bool) -> None:
    places, seen = place_px(OVERHEAD, torch.tensor([[row, column, 5.0]]), 64, 32)
    assert places[0].tolist() == pytest.approx(place)
    assert seen.tolist() == [inside]


def test_the_mean_place_of_one_sure_pixel_is_that_pixel() -> None:
    heat = torch.full((3, 1, 8, 12), -1e9)
    heat[0, 0, 5, 2] = heat[1, 0, 0, 11] = 1e9
    heat[2, 0, 1, 4] = heat[2, 0, 3, 10] = 1e9
    torch.testing.assert_close(mean_place(log_heat(heat)), torch.tensor([[5.0, 2.0], [0.0, 11.0], [2.0, 7.0]]))
    assert log_heat(heat).exp().sum((1, 2)).tolist() == pytest.approx([1, 1, 1])


@given(st.floats(8, 22), st.floats(8, 30))
@settings(max_examples=30, deadline=None)
def test_a_bell_has_its_mean_and_its_width(row: float, column: float) -> None:
    heat = bell(torch.tensor([[row, column]]), 31, 39)
    assert heat.sum().item() == pytest.approx(1)
    assert mean_place(heat.log())[0].tolist() == pytest.approx([row, column], abs=1e-2)
    assert heat.sum((0, 2)) @ (torch.arange(31) - row).square() == pytest.approx(1.5**2, rel=0.01)


def test_places_are_exact_whatever_matmul_runs_in() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        place, _ = place_px(OVERHEAD, torch.tensor([[0.7012, 0.8034, 0.1]]), 64, 64)
        assert place[0].tolist() == pytest.approx([44.3768, 50.9176], abs=1e-4)
        assert mean_place(bell(place, 64, 64).log())[0].tolist() == pytest.approx(place[0].tolist(), abs=1e-3)


class Told(nn.Module):
    """A part of the net that has its answer ready."""

    def __init__(self, answer: Tensor) -> None:
        super().__init__()
        self.answer = nn.Parameter(answer)

    def forward(self, question: Tensor) -> Tensor:
        return self.answer


def informed(reader: SceneReader, batch: Batch, amounts: Tensor, sure: float) -> None:
    """Give a reader parts that know the batch; at sure = 0 they know nothing."""
    places = (batch["states"][..., :2].flatten(0, 1) * 32 - 0.5).float()
    kinds = torch.nn.functional.one_hot(batch["labels"].flatten(0, 1).clamp(max=3), 4).movedim(3, 1).float()
    tiles = kinds.unflatten(3, (4, 8)).unflatten(2, (4, 8)).mean((3, 5))
    told = torch.cat([batch["states"][..., :2].flatten(0, 1), amounts.flatten(0, 1), tiles.flatten(1)], 1)
    reader.heat = Told(min(sure, 1) * (bell(places, 32, 32) + 1e-30).log().clamp(-14.9, 14.9)[:, None])
    reader.paint = Told(sure * kinds)
    reader.telling = Told(told if sure else torch.zeros_like(told))


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Tensor:
    """Frames stay as they are, and the spoiling is said to have been this."""
    amounts = torch.rand(3, 2, 4)
    monkeypatch.setattr(scene_reader, "spoil", lambda video: (video, amounts))
    return amounts


def test_perfect_parts_read_without_a_mistake(reader: SceneReader, plain: Tensor, monkeypatch: Any) -> None:
    batch = scenes(3, 2)
    monkeypatch.setattr(scene_reader, "log_heat", lambda heat: heat[:, 0].flatten(1).log_softmax(1).view(-1, 32, 32))
    informed(reader, batch, plain, sure=50.0)
    loss = reader.reading_loss(batch, 0.0)
    assert loss.parts["heat"].item() == pytest.approx(0, abs=0.05)
    assert loss.parts["distance_px"].item() == pytest.approx(0, abs=0.1)
    assert loss.parts["telling"].item() == pytest.approx(0, abs=1e-6)
    assert loss.parts["label"].item() == pytest.approx(0, abs=1e-6)
    assert loss.parts["label_accuracy"].item() == 1


def test_knowing_nothing_costs_what_paper_says(reader: SceneReader, plain: Tensor) -> None:
    batch = scenes(3, 2)
    informed(reader, batch, plain, sure=0.0)
    parts = {name: part.item() for name, part in reader.reading_loss(batch, 0.0).parts.items()}
    entropy = math.log(2 * math.pi * math.e * 1.5**2)  # of a normal distribution over two axes
    assert parts["heat"] == pytest.approx(2 * math.log(32) - entropy, abs=0.02)
    places = batch["states"][..., :2].flatten(0, 1)
    assert parts["distance_px"] == pytest.approx((32 * (places - 0.5)).square().sum(1).sqrt().mean().item(), rel=1e-3)
    assert parts["label"] == pytest.approx(math.log(4))
    shares = (
        torch.nn.functional.one_hot(batch["labels"].clamp(max=3), 4).float().unflatten(3, (4, 8)).unflatten(2, (4, 8))
    )
    tiles = shares.mean((3, 5)).square().mean()
    told = places.square().mean() + plain.square().mean() + tiles
    assert parts["telling"] == pytest.approx(told.item(), rel=1e-4)


def test_the_parts_are_weighed(reader: SceneReader, plain: Tensor) -> None:
    batch = scenes(3, 2)
    loss = reader.reading_loss(batch, 0.0)
    parts = {name: part.item() for name, part in loss.parts.items()}
    wanted = parts["heat"] + 0.2 * parts["distance_px"] + 2 * parts["label"] + 5 * parts["telling"]
    assert loss.total.item() == pytest.approx(wanted, rel=1e-5)


def test_labels_are_asked_for_where_they_are_known(reader: SceneReader, plain: Tensor) -> None:
    batch = scenes(3, 2)
    unlabelled = {name: value for name, value in batch.items() if name != "labels"}
    loss = reader.reading_loss(unlabelled, 0.0)
    assert set(loss.parts) == {"heat", "distance_px", "telling"}
    loss.total.backward()
    assert reader.paint[0].weight.grad is None
    assert reader.trunk.input[1].weight.grad.abs().max() > 0
    parts = reader.reading_loss(batch, 0.0).parts
    assert parts["heat"] == loss.parts["heat"]
    assert parts["distance_px"] == loss.parts["distance_px"]


def test_a_hand_outside_the_picture_teaches_nothing(reader: SceneReader, plain: Tensor) -> None:
    batch = dict(scenes(3, 2))
    once = reader.reading_loss(batch, 0.0).parts
    half = {name: value[:, :1].clone() for name, value in batch.items()}
    batch["states"] = batch["states"].clone()
    batch["states"][:, 1, 0] = torch.tensor([-0.1, 1.1, -3.0])
    again = reader.reading_loss(batch, 0.0).parts
    plain.resize_(3, 1, 4)
    alone = reader.reading_loss(half, 0.0).parts
    for name in ("heat", "distance_px"):
        assert again[name].item() == pytest.approx(alone[name].item(), rel=1e-4)
        assert again[name].item() != pytest.approx(once[name].item(), rel=1e-4)


def test_spoiling_says_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    video = torch.rand(40, 5, 3, 16, 16) * 1.4 - 0.7
    spoilt, amounts = spoil(video)
    assert spoilt.shape == video.shape
    assert amounts.shape == (40, 5, 4)
    assert spoilt.abs().max() <= 1
    assert amounts.min() >= 0
    assert amounts.max() <= 1
    done = (amounts > 0).float().mean((0, 1))
    assert done[:3].tolist() == pytest.approx([0.5] * 3, abs=0.12)
    assert 0.25 < done[3] < 0.5  # a frame's own ghost is none
    down, across = (spoilt.diff(dim=axis).abs().mean((2, 3, 4)).flatten() for axis in (3, 4))
    quiet = (amounts[..., 2] == 0).flatten()
    for steps, by in ((down, 0), (across, 1)):
        strong, none = (amounts[..., by] > 0.5).flatten(), (amounts[..., by] == 0).flatten()
        assert steps[quiet & strong].mean() < 0.5 * steps[quiet & none].mean()


def test_what_is_not_spoilt_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "rand", lambda *shape, device=None: torch.zeros(shape))
    monkeypatch.setattr(torch, "randn", lambda *shape, device=None: torch.zeros(shape))
    video = torch.linspace(-1, 1, 2 * 3 * 3 * 8 * 12).view(2, 3, 3, 8, 12)
    spoilt, amounts = spoil(video)
    assert amounts.abs().max() == 0
    torch.testing.assert_close(spoilt, video)


def test_ghosts_are_other_frames_of_the_same_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    video = torch.tensor([[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], [-1.0] * 8])[:, :, None, None, None].expand(
        2, 8, 1, 8, 8
    )
    monkeypatch.setattr(torch, "randn", lambda *shape, device=None: torch.zeros(shape))
    monkeypatch.setattr(torch, "rand", lambda *shape, device=None: torch.ones(shape))
    monkeypatch.setattr(torch, "rand_like", torch.zeros_like)
    monkeypatch.setattr(torch, "randn_like", torch.zeros_like)
    spoilt, amounts = spoil(video)
    moved = ((spoilt - video)[0, :, 0, 4, 4] / 0.45 / 0.1).round()
    assert moved.abs().max() <= 3
    assert ((moved != 0) == (amounts[0, :, 3] > 0)).all()
    torch.testing.assert_close(spoilt[1], video[1])


@pytest.fixture(scope="module")
def taught() -> SceneReader:
    """A reader after a few seconds of crosses."""
    torch.manual_seed(0)
    reader = SceneReader(SceneReaderConfig(camera=OVERHEAD, size=32, width=8, features=8))
    optimiser = torch.optim.AdamW(reader.parameters(), 1e-2)
    for _ in range(60):
        loss = reader.reading_loss(scenes(4, 2), 0.0)
        optimiser.zero_grad()
        loss.total.backward()
        optimiser.step()
    return reader.eval()


def test_crosses_are_found_and_painted_even_when_spoilt(taught: SceneReader) -> None:
    batch = scenes(20, 2)
    truth = batch["states"][..., :2].flatten(0, 1) * 32 - 0.5
    for video, near in ((batch["video"], 0.6), (spoil(batch["video"])[0], 1.2)):
        reading = taught.read(video.flatten(0, 1))
        assert (reading.pose - truth).norm(dim=1).median() < near
        right = reading.labels.argmax(1) == batch["labels"].flatten(0, 1).clamp(max=3)
        assert right.float().mean() > 0.93


def test_a_shifted_frame_has_its_hand_shifted(taught: SceneReader) -> None:
    frames = torch.full((1, 3, 48, 48), -0.3)
    frames[:, :, :8] = -0.7
    frames[0, :, 20, 17:24] = frames[0, :, 17:24, 20] = torch.tensor([0.9, -0.5, -0.5])[:, None]
    before = taught.pose(frames)
    for rows, columns in ((0, 5), (7, 0), (4, 8)):
        moved = frames.clone()
        moved[:, :, 8:] = frames[:, :, 8:].roll((rows, columns), (2, 3))
        assert (taught.pose(moved) - before)[0].tolist() == pytest.approx([rows, columns], abs=0.7)


def test_one_look_or_three_it_reads_the_same(reader: SceneReader) -> None:
    frames = torch.rand(3, 3, 32, 40) * 2 - 1
    reading = reader.read(frames)
    assert reading.pose.shape == (3, 2)
    assert reading.labels.shape == (3, len(LABELS), 32, 40)
    assert reading.features.shape == (3, 8)
    torch.testing.assert_close(reader.pose(frames), reading.pose)
    torch.testing.assert_close(reader.labels(frames), reading.labels)
    torch.testing.assert_close(reader.features(frames), reading.features)
    assert not any(value.requires_grad for value in (reading.pose, reading.labels, reading.features))
    torch.testing.assert_close(reader.features(frames[1:2]), reading.features[1:2], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(3, 32, 32), (2, 1, 32, 32), (2, 3, 30, 32), (2, 3, 32, 36)])
@pytest.mark.parametrize("what", ["read", "pose", "labels", "features"])
def test_frames_of_another_kind_are_refused(what: str, shape: tuple[int, ...], reader: SceneReader) -> None:
    read: Callable[[Tensor], Any] = getattr(reader, what)
    with pytest.raises(ModelError, match=r"this reader reads \(N, 3, H, W\) with H and W multiples of 8"):
        read(torch.zeros(shape))
