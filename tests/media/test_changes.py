"""Cuts, repeats and motion, told apart on clips made by rule."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.media.moving import texture, window

from frameloom.media.changes import Change, Watch, is_cut, likeness, look, most_changed

SIZE = 320, 180
Luma = NDArray[np.uint8]


def scene(x: float = 0, y: float = 0, seed: int = 0) -> Luma:
    return np.asarray(window(texture(*SIZE, seed=seed, lump_px=20), x, y).y, np.uint8)


def told(lumas: Sequence[Luma]) -> list[str]:
    """Return what a watch says of each picture after the first."""
    watch = Watch()
    assert watch.see(lumas[0]) is Change.CUT
    return [watch.see(luma).value for luma in lumas[1:]]


def lit(luma: Luma, gain: float, more: float = 0.0) -> Luma:
    return np.clip((luma.astype(float) - 16) * gain + 16 + more, 0, 255).astype(np.uint8)


def test_another_scene_is_a_cut_and_only_there() -> None:
    clip = [scene(3 * step) for step in range(4)] + [scene(-2 * step, seed=1) for step in range(4)]
    assert told(clip) == ["moves"] * 3 + ["cut"] + ["moves"] * 3


@pytest.mark.parametrize("step", [1, 8, 24, 40])
def test_a_pan_is_no_cut(step: int) -> None:
    assert told([scene(x) for x in range(-60, 61, step)]) == ["moves"] * (120 // step)


def test_a_fade_to_black_and_back_is_no_cut() -> None:
    gains = [*np.linspace(1, 0, 13), *np.linspace(0, 1, 13)[1:]]
    assert set(told([lit(scene(), gain) for gain in gains])) == {"moves"}


def test_a_dissolve_is_no_cut() -> None:
    a, b = scene().astype(float), scene(seed=1).astype(float)
    assert set(told([(a + (b - a) * share).astype(np.uint8) for share in np.linspace(0, 1, 13)])) == {"moves"}


@pytest.mark.parametrize(("gain", "more"), [(1.6, 40), (1.0, 90), (0.4, 0)])
def test_a_flash_is_no_cut(gain: float, more: float) -> None:
    clip = [scene(2), lit(scene(4), gain, more), scene(6)]
    assert told(clip) == ["moves", "moves"]


def test_from_black_to_a_scene_at_once_is_a_cut() -> None:
    assert told([np.full((180, 320), 16, np.uint8), scene()]) == ["cut"]


def test_another_size_is_a_cut() -> None:
    assert told([scene(), scene()[:, :160]]) == ["cut"]


def test_a_picture_shown_again_is_the_same_with_an_encoders_noise_too() -> None:
    noise = np.random.default_rng(0)

    def stored(luma: Luma) -> Luma:
        return np.clip(luma + noise.normal(0, 1.5, luma.shape), 0, 255).astype(np.uint8)

    twos = [stored(scene(6 * (number // 2))) for number in range(8)]
    assert told(twos) == ["moves", "moves", "same", "moves", "same", "moves", "same"]  # once it has seen what moves
    assert told([scene(), scene(), scene()]) == ["same", "same"]


def test_slow_motion_is_not_the_same() -> None:
    assert told([scene(0.5 * number) for number in range(6)]) == ["moves"] * 5


def test_a_small_thing_that_moves_is_not_the_same() -> None:
    def dot(x: int) -> Luma:
        luma = np.full((180, 320), 60, np.uint8)
        luma[90:96, x : x + 6] = 200
        return luma

    assert told([dot(100), dot(106), dot(112)]) == ["moves", "moves"]


@settings(deadline=None, max_examples=20)
@given(st.floats(0.3, 1.1), st.floats(0, 20), st.integers(-20, 20), st.integers(-10, 10))
def test_likeness_does_not_mind_light_or_a_shift(gain: float, more: float, x: int, y: int) -> None:
    assert likeness(look(scene()), look(lit(scene(x, y), gain, more))) > 0.9


def test_likeness_of_a_negative_is_not_there() -> None:
    one = scene()
    assert likeness(look(one), look((255 - one).astype(np.uint8))) < 0.5


def test_most_changed_is_the_mean_of_the_worst_block() -> None:
    one = np.full((64, 64), 50, np.uint8)
    other = one.copy()
    other[16:32, 16:32] = 58
    other[48:64, 0:8] = 60  # half a block: 5 levels
    assert most_changed(look(one), look(other)) == pytest.approx(8)


def test_what_barely_changes_is_no_cut_whatever_it_looks_like() -> None:
    rng = np.random.default_rng(1)
    one, other = (rng.integers(16, 26, (180, 320)).astype(np.uint8) for _ in range(2))
    assert not is_cut(look(one), look(other))


def test_ten_bits_are_looked_at_as_eight() -> None:
    ten = scene().astype(np.uint16) * 4
    assert np.array_equal(look(ten).luma, look(scene()).luma)
