"""Shared blocks: sizes, and what they compute before they have learnt anything."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from frameloom.models.layers import FrameDecoder, FrameEncoder, Residual, perceptron


@pytest.mark.parametrize(("inputs", "outputs", "stride"), [(4, 4, 1), (4, 6, 1), (4, 4, 2)])
def test_a_residual_block_starts_as_its_shortcut(inputs: int, outputs: int, stride: int) -> None:
    block = Residual(inputs, outputs, stride)
    image = torch.randn(2, inputs, 8, 8)
    bias = block.second.bias
    assert bias is not None
    assert isinstance(block.shortcut, nn.Identity) == (inputs == outputs and stride == 1)
    torch.testing.assert_close(block(image), F.silu(block.shortcut(image) + bias[:, None, None]))
    assert block(image).shape == (2, outputs, 8 // stride, 8 // stride)


@settings(max_examples=15, deadline=None)
@given(st.integers(4, 40), st.integers(1, 3), st.integers(8, 40))
def test_a_frame_is_painted_in_any_size(size: int, channels: int, width: int) -> None:
    assert FrameDecoder(5, channels, size, width)(torch.randn(2, 5)).shape == (2, channels, size, size)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40), st.integers(1, 3), st.integers(8, 40))
def test_a_frame_of_any_size_is_encoded(size: int, channels: int, width: int) -> None:
    assert FrameEncoder(channels, 5, size, width)(torch.randn(2, channels, size, size)).shape == (2, 5)


@pytest.mark.parametrize(("size", "smallest"), [(64, 4), (28, 7), (24, 3), (7, 7)])
def test_painting_starts_from_a_small_map(size: int, smallest: int) -> None:
    assert FrameDecoder(5, 1, size, 32).start[1:] == (smallest, smallest)


def test_a_perceptron_ends_in_a_linear_layer() -> None:
    layers = perceptron([1, 1, 1])
    for parameter, value in zip(layers.parameters(), (2.0, 1.0, 3.0, -50.0), strict=True):
        nn.init.constant_(parameter, value)
    hidden = 5 / (1 + torch.tensor(-5.0).exp())  # silu(2 * 2 + 1)
    assert layers(torch.tensor([[2.0]])).item() == pytest.approx(3 * hidden.item() - 50)
