"""Two worlds that are carried from frame to frame, and how much truth they are fed while they learn."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.models.base import Batch, Loss, State
from frameloom.models.seq2seq import PixelWorld, Seq2Seq, Seq2SeqConfig, SpriteWorld

Clips = Callable[..., Batch]
Maker = Callable[..., Tensor]
SIZES: dict[str, Any] = {"past": 2, "future": 3, "size": 24, "patch": 8, "c_dim": 4, "h_dim": 6, "localiser_width": 8}


@pytest.fixture
def pixels() -> PixelWorld:
    return PixelWorld(Seq2SeqConfig(**SIZES))


@pytest.fixture
def sprites() -> SpriteWorld:
    return SpriteWorld(Seq2SeqConfig(decoder="sprites", corruption=0.0, **SIZES))


@pytest.mark.parametrize("decoder", ["pixels", "sprites"])
@pytest.mark.parametrize(
    ("end", "progress", "share"),
    [(0.6, 0.0, 1.0), (0.6, 0.3, 0.5), (0.6, 0.6, 0.0), (0.6, 0.9, 0.0), (1.0, 0.25, 0.75), (0.0, 0.0, 0.0)],
)
def test_the_truth_is_fed_ever_less_often(
    end: float, progress: float, share: float, decoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Seq2Seq(Seq2SeqConfig.model_validate({**SIZES, "decoder": decoder, "sampling_end": end}))
    shares: list[float] = []
    monkeypatch.setattr(
        model.world, "loss", lambda batch, truth_share: (shares.append(truth_share), Loss(torch.zeros(())))[1]
    )
    model.prediction_loss({}, progress)
    assert shares == pytest.approx([share])


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.3, 0.2, 0.4), (1.0, 1, 1)])
def test_pixels_go_on_from_the_truth_in_that_share(
    share: float, low: float, high: float, pixels: PixelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Tensor] = []

    def advance(state: State) -> tuple[State, Tensor]:
        given.append(state["frame"])
        frame = torch.full_like(state["frame"], 0.75)
        return {"frame": frame}, frame

    monkeypatch.setattr(pixels, "observe", lambda past: {"frame": past[:, -1]})
    monkeypatch.setattr(pixels, "advance", advance)
    shades = torch.tensor([0.0, 0.125, 0.25, 0.375, 0.5])[None, :, None, None, None]  # of each frame's ink
    pixels.loss({"video": (shades * 2 - 1).expand(300, -1, 1, 4, 4)}, share)
    assert (given[0] == 0.125).all()  # y_prev is the last frame that was seen
    for frame, truth in zip(given[1:], (0.25, 0.375), strict=True):
        told = (frame == truth).all(3).all(2).all(1)
        assert (frame[~told] == 0.75).all()
        assert low <= told.float().mean() <= high


def test_the_pixel_loss_by_hand(pixels: PixelWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = torch.full((2, 1, 24, 24), 0.25)
    monkeypatch.setattr(pixels, "advance", lambda state: (dict(state), frame))
    loss = pixels.loss({"video": torch.ones(2, 5, 1, 24, 24)}, 0.0)
    error = 0.75**2 * 24 * 24
    assert loss.parts["nats"].item() == pytest.approx(math.log(4))
    assert loss.parts["mse"].item() == pytest.approx(error)
    assert loss.total.item() == pytest.approx(10 * math.log(4) + error / 100)


def test_the_pixel_world_remembers_what_it_advances_from(pixels: PixelWorld) -> None:
    past = torch.rand(2, 3, 1, 24, 24)
    state, _ = pixels.advance(pixels.observe(past))
    longer = pixels.observe(torch.cat([past, torch.rand(2, 1, 1, 24, 24)], 1))
    torch.testing.assert_close(state["memory"], longer["memory"])
    assert pixels.observe(past[:, :1])["memory"].eq(0).all()


def test_the_gates_of_the_pixel_world() -> None:
    pixels = PixelWorld(Seq2SeqConfig(**SIZES))
    memory, other, frame = torch.rand(2, 6, 6, 6), torch.rand(2, 6, 6, 6), torch.rand(2, 1, 24, 24)
    nn.init.zeros_(pixels.gates.weight)
    bias = pixels.gates.bias
    assert bias is not None

    def remembered(update: float, reset: float, before: Tensor) -> Tensor:
        bias.data = torch.tensor([update] * 6 + [reset] * 6).float()
        return pixels._remember(before, frame)

    torch.testing.assert_close(remembered(-99, 99, memory), memory)  # no update: nothing changes
    proposal = remembered(99, -99, memory)
    torch.testing.assert_close(proposal, remembered(99, -99, other))  # a reset forgets
    assert not torch.allclose(remembered(99, 99, memory), remembered(99, 99, other))
    torch.testing.assert_close(remembered(0, -99, memory), (memory + proposal) / 2)


def test_sprites_keep_their_patch_and_move_their_place(sprites: SpriteWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sprites, "_move", lambda memory, place: (memory + 1, (place.roll(1, 2) + 1e-12).log()))
    corners, patch = torch.tensor([[[2, 3], [9, 12]]]), torch.rand(1, 2, 8, 8)
    state = {"memory": torch.zeros(1, 2, 6), "place": F.one_hot(corners, 17).float(), "patch": patch}
    state, _ = sprites.advance(state)
    state, frame = sprites.advance(state)
    expected = torch.zeros(1, 1, 24, 24)
    expected[0, 0, 4:12, 5:13] = patch[0, 0]  # two steps down and to the right
    expected[0, 0, 11:19, 14:22] = patch[0, 1]
    torch.testing.assert_close(frame, expected)
    assert state["patch"] is patch
    assert (state["memory"] == 2).all()
    assert state["place"].argmax(3).tolist() == [[[4, 5], [11, 14]]]


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.3, 0.2, 0.4), (1.0, 1, 1)])
def test_places_go_on_from_the_truth_in_that_share(
    share: float, low: float, high: float, sprites: SpriteWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Tensor] = []
    own = F.one_hot(torch.zeros(300, 2, dtype=torch.int64), 17).float()

    def move(memory: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        given.append(place.argmax(2))
        return memory, (own + 1e-12).log()

    monkeypatch.setattr(sprites, "_move", move)
    corners = torch.arange(1, 6)[None, :, None].expand(300, -1, 2)
    nats, logs = sprites._motion_loss(F.one_hot(corners[:, :2], 17).float(), corners, share)
    assert nats.item() == pytest.approx(12 * math.log(10), rel=1e-3)  # sure, and always wrong
    assert logs.shape == (300, 3, 2, 17)
    assert (given[0] == 2).all()
    for place, truth in zip(given[1:], (3, 4), strict=True):
        told = (place == truth).all(1)
        assert (place[~told] == 0).all()
        assert low <= told.float().mean() <= high


def test_knowing_nothing_of_motion_costs_the_log_of_the_places(sprites: SpriteWorld) -> None:
    nn.init.zeros_(sprites.next[-1].weight)
    nn.init.zeros_(sprites.next[-1].bias)
    corners = torch.randint(0, 17, (4, 5, 2))
    nats, _ = sprites._motion_loss(F.one_hot(corners[:, :2], 17).float(), corners, 0.5)
    assert nats.item() == pytest.approx(math.log(17))


def test_sprites_move_in_use_as_in_training(sprites: SpriteWorld, toy_clips: Clips, located: Maker) -> None:
    batch = toy_clips(frames=5)
    corners = batch["positions"].transpose(1, 2)
    sprites.localiser.forward = lambda window: located(corners[:, :, :2])
    state = sprites.observe((batch["video"][:, :2] + 1) / 2)
    places = []
    for _ in range(3):
        state, _ = sprites.advance(state)
        places.append(state["place"])
    seen = F.one_hot(corners[:, :, :2].flatten(0, 1), 17).float()
    _, logs = sprites._motion_loss(seen, corners.flatten(0, 1), 0.0)
    torch.testing.assert_close(torch.stack(places, 2).flatten(0, 1), logs.exp())


@pytest.fixture
def perfect(
    sprites: SpriteWorld,
    toy_clips: Clips,
    located: Maker,
    found: Maker,
    given_answers: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[SpriteWorld, Batch]:
    """A world whose parts know the batch, and name the sprites in an order of their own."""
    batch = toy_clips(count=4, frames=5)
    corners, patches = found(batch["positions"].transpose(1, 2)), found(batch["patches"])
    sprites.localiser = given_answers(located(corners[:, :, :2]))
    sprites.appearance = given_answers(torch.stack([patches, patches], 1).requires_grad_())
    ahead = (F.one_hot(corners[:, :, 2:].flatten(0, 1), 17).float() + 1e-12).log()
    steps = given_answers(*ahead.unbind(1))
    monkeypatch.setattr(sprites, "_move", lambda memory, place: (memory, steps(place)))
    return sprites, batch


def test_perfect_parts_lose_nothing(perfect: tuple[SpriteWorld, Batch]) -> None:
    sprites, batch = perfect
    loss = sprites.loss(batch, 0.5)
    assert {name: part.item() for name, part in loss.parts.items()} == pytest.approx(
        {"mse": 0, "localisation": 0, "appearance": 0, "motion": 0, "extra": 0}, abs=1e-4
    )
    assert loss.total.item() == pytest.approx(0, abs=1e-3)


def test_the_parts_of_the_sprite_loss_by_hand(
    perfect: tuple[SpriteWorld, Batch], given_answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sprites, batch = perfect
    sprites.localiser = given_answers(torch.full((4, 2, 2, 17, 17), -math.log(17 * 17)))
    sprites.appearance = given_answers(torch.zeros(4, 2, 2, 8, 8, requires_grad=True))
    monkeypatch.setattr(sprites, "_move", lambda memory, place: (memory, torch.full_like(place, -math.log(17))))
    batch = {**batch, "paths": torch.rand(8, 5, 2) * 16}
    loss = sprites.loss(batch, 0.5)
    ink = ((batch["video"][:, 2:] + 1) / 2).square().sum((2, 3, 4)).mean().item()  # nothing is painted
    appearance = batch["patches"].mean().item() * -math.log(1e-5)
    expected = {
        "mse": ink,
        "localisation": 2 * math.log(17),
        "appearance": appearance,
        "motion": math.log(17),
        "extra": math.log(17),
    }
    assert {name: part.item() for name, part in loss.parts.items()} == pytest.approx(expected, rel=1e-4)
    assert loss.total.item() == pytest.approx(ink / 50 + 4 * math.log(17) + 4 * appearance, rel=1e-4)


@pytest.mark.parametrize(("seen", "shown"), [(1, [0, 0]), (2, [0, 1]), (4, [2, 3])])
def test_the_last_frames_are_looked_at(seen: int, shown: list[int], perfect: tuple[SpriteWorld, Batch]) -> None:
    sprites, batch = perfect
    video = (batch["video"] + 1) / 2
    sprites.observe(video[:, :seen])
    assert torch.equal(sprites.localiser.questions[0], video[:, shown, 0])


def test_frames_go_in_and_come_out_on_the_scale_of_video(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Seq2Seq(Seq2SeqConfig(**SIZES))
    monkeypatch.setattr(model.world, "observe", lambda past: {"frame": past[:, -1]})
    monkeypatch.setattr(model.world, "advance", lambda state: ({"frame": state["frame"] / 2}, state["frame"] / 2))
    past = torch.ones(1, 1, 1, 24, 24)  # ink 1, then 0.5, 0.25
    assert model.predict(past, 2)[0, :, 0, 0, 0].tolist() == [0.0, -0.5]
