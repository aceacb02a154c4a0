"""The convolutional world: flows, layers, memory."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.models.vaegan import VaeganConfig
from frameloom.models.vaegan.pixel_world import PixelWorld, _move

SMALL: dict[str, Any] = {"past": 2, "future": 3, "size": 16, "channels": 3, "c_dim": 16, "h_dim": 8, "z_dim": 3}


def world(**other: Any) -> PixelWorld:
    torch.manual_seed(0)
    return PixelWorld(VaeganConfig(**{**SMALL, **other}))


@settings(max_examples=20, deadline=None)
@given(across=st.integers(-3, 3), down=st.integers(-3, 3))
def test_a_whole_flow_moves_the_picture_by_whole_px(across: int, down: int) -> None:
    image = torch.rand(1, 2, 12, 10)
    flow = torch.tensor([across, down], dtype=torch.float32).view(1, 2, 1, 1).expand(1, 2, 12, 10)
    moved = _move(image, flow)
    torch.testing.assert_close(
        moved[:, :, 3:-3, 3:-3], image[:, :, 3 + down : 9 + down, 3 + across : 7 + across], rtol=0, atol=1e-5
    )


def test_half_a_px_of_flow_is_the_mean_of_two() -> None:
    image = torch.tensor([[[[0.0, 1.0, 0.0, 0.5]]]]).expand(1, 1, 4, 4)
    flow = torch.stack([torch.full((1, 4, 4), 0.5), torch.zeros(1, 4, 4)], 1)
    assert _move(image, flow)[0, 0, 0].tolist() == pytest.approx([0.5, 0.5, 0.25, 0.5], abs=1e-5)


def test_a_new_world_copies_the_last_frame() -> None:
    fresh, video = world(), torch.rand(2, 2, 3, 16, 16)
    state = fresh.attend(fresh.look(fresh.observe(video, video.new_zeros(2, 1, 0))), video.new_zeros(2, 0))
    _, frame = fresh.advance(state, torch.zeros(2, 3))
    assert (frame - video[:, 1]).abs().mean() < 0.06


def test_a_pixel_that_is_one_deviation_off_costs_half_a_nat() -> None:
    target = torch.rand(2, 3, 16, 16)
    frame = target.clone()
    frame[1, 0, 0, 0] += 0.4
    assert world(noise=0.4).nats({}, frame, target).tolist() == pytest.approx([0.0, 0.5], abs=1e-5)


def fixed(one: PixelWorld, share: int, flow: float = 0.0) -> PixelWorld:
    """Make a world take one layer alone, moved by so many px to the right."""
    with torch.no_grad():
        for parameter in one.paint.parameters():
            parameter.zero_()
        one.paint[0].bias[8 + 4 * share : 12 + 4 * share] = 50
        one.paint[0].bias[:4] = flow
    return one


def test_the_four_layers_are_shared_out() -> None:
    last, still = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)
    for layer, expected in ((0, last), (1, still), (2, still), (3, torch.full((1, 3, 16, 16), 0.5))):
        one = fixed(world(), layer)
        memory, origin = torch.zeros(1, 8, 4, 4), torch.zeros(1, 2, 16, 16)
        state = {"memory": memory, "frame": last, "still": still, "origin": origin}
        _, frame = one.advance(one.attend(one.look(state), torch.zeros(1, 0)), torch.zeros(1, 3))
        torch.testing.assert_close(frame, expected, rtol=0, atol=1e-5)


def test_what_is_traced_back_stays_sharp_where_what_is_moved_again_and_again_blurs() -> None:
    """Half a px a step, four steps: two px in all. The trace reads whole pixels again; moving has averaged them."""
    half = 0.5 + 0.5**3 / (3 * 8**2)  # tanh(x / 8) * 8 = 0.5
    first = torch.rand(1, 1, 3, 16, 16)
    frames = []
    for layer in (0, 1):
        one = fixed(world(), layer, half)
        state = one.observe(first, first.new_zeros(1, 0, 0))
        for _ in range(4):
            state, frame = one.advance(one.attend(one.look(state), torch.zeros(1, 0)), torch.zeros(1, 3))
        frames.append(frame)
    expected = first[:, 0, :, :, 4:]  # what lies two px to the right, away from the border
    torch.testing.assert_close(frames[1][..., 2:-2], expected, rtol=0, atol=2e-3)
    assert (frames[0][..., 2:-2] - expected).abs().mean() > 0.05


def test_truth_is_fed_to_the_clips_that_are_told_so() -> None:
    state = {"memory": torch.zeros(2, 8, 4, 4), "frame": torch.zeros(2, 3, 16, 16), "still": torch.zeros(2, 3, 16, 16)}
    fed = world().feed(state, torch.ones(2, 3, 16, 16), torch.tensor([True, False]))
    assert fed["frame"].mean(dim=(1, 2, 3)).tolist() == [1.0, 0.0]
    assert not state["frame"].any()


def test_one_frame_is_enough_to_begin_and_the_last_observed_one_is_kept() -> None:
    one, video = world(), torch.rand(2, 3, 3, 16, 16)
    for seen in (1, 2, 3):
        state = one.observe(video[:, :seen], video.new_zeros(2, 2, 0))
        assert torch.equal(state["still"], video[:, seen - 1])
        assert torch.equal(state["frame"], video[:, seen - 1])
        assert bool(state["memory"].any()) == (seen > 1)


def test_realism_does_not_train_the_posterior() -> None:
    one = world()
    shown = {id(parameter) for parameter in one.shown()}
    for name, parameter in one.named_parameters():
        assert (id(parameter) in shown) == (not name.startswith("guess."))
    assert len(one.trained()) == len(list(one.parameters()))
