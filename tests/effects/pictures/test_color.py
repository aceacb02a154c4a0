"""Colour effects, against values by hand."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effects.clips import context, grey, picture

from frameloom.effects.curve import Keyframe
from frameloom.effects.pictures.color import LOOKS, Adjust, ColorTableFile, Grade, Look, WhiteBalance, cast_of
from frameloom.effects.pictures.color_table import Colors, bake
from frameloom.media.image import from_rgb, to_rgb
from frameloom.media.planes import Depth, Planes, plain, yuv_of

NOW = Fraction(0)


def through(effect: Adjust | WhiteBalance | Grade | Look | ColorTableFile, one: Planes) -> Planes:
    return effect.begin(context([one]))(one, NOW)


@pytest.mark.parametrize("depth", [8, 10])
def test_exposure_is_a_power_of_two_of_light(depth: Depth) -> None:
    # 2^(2.4 / 2.4) = 2 times the signal above black: 16 + 2 * (66 - 16) = 116; chroma 128 + 2 * (108 - 128) = 88.
    gain = 1 << (depth - 8)
    result = through(Adjust(exposure=2.4), grey(66, depth=depth, u=108))
    assert (int(result.y[0, 0]), int(result.u[0, 0]), int(result.v[0, 0])) == (116 * gain, 88 * gain, 128 * gain)


def test_contrast_brightness_gamma_and_saturation_by_hand() -> None:
    one = grey(71, u=100)  # (71 - 16) / 219 = 0.2511
    assert through(Adjust(contrast=2), one).y[0, 0] == 16  # (0.2511 - 0.5) * 2 + 0.5 = 0.0023 -> 16.5
    assert through(Adjust(brightness=0.1), one).y[0, 0] == 93  # 71 + 21.9
    assert through(Adjust(gamma=2), one).y[0, 0] == 126  # sqrt(0.2511) = 0.5011 -> 125.7
    grey_one = through(Adjust(saturation=0), one)
    assert (grey_one.u == 128).all()
    assert (grey_one.y == 71).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.sampled_from([8, 10]))
def test_a_table_of_no_change_leaves_luma_exactly(seed: int, depth: Depth) -> None:
    dice, most = np.random.default_rng(seed), (1 << depth) - 1
    kind = np.uint8 if depth == 8 else np.uint16
    one = Planes(*(dice.integers(0, most + 1, size).astype(kind) for size in ((16, 32), (8, 16), (8, 16))))
    result = bake(lambda rgb: rgb, depth, "bt709").apply(one)
    assert np.array_equal(result.y, one.y)
    assert np.abs(result.u.astype(int) - one.u).max() <= 1
    assert np.abs(result.v.astype(int) - one.v).max() <= 1


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("rgb", [(200, 40, 30), (10, 150, 90), (128, 128, 128), (30, 30, 220), (250, 245, 20)])
def test_a_table_does_what_it_computes(rgb: tuple[int, int, int], depth: Depth) -> None:
    def swap(colors: Colors) -> Colors:
        return colors[:, [2, 0, 1]]

    one = plain(16, 16, rgb, depth)
    result = bake(swap, depth, "bt709").apply(one)
    wanted = yuv_of((rgb[2], rgb[0], rgb[1]), depth)
    found = (int(result.y[3, 3]), int(result.u[3, 3]), int(result.v[3, 3]))
    assert np.abs(np.subtract(found, wanted)).max() <= 2 * (1 << (depth - 8))


def test_strength_is_a_mix_and_follows_its_curve() -> None:
    one = plain(8, 8, (200, 100, 50))
    fade = (Keyframe(t=0, value=0), Keyframe(t=1, value=1, easing="linear"))
    change = Grade(saturation=0, strength=fade).begin(context([one]))
    half, whole = change(one, Fraction(1, 2)), change(one, Fraction(1))
    assert change(one, NOW) is one
    assert whole.u[0, 0] == 128
    assert abs(int(half.u[0, 0]) - (128 + int(one.u[0, 0])) / 2) <= 1


def test_lift_gamma_gain_by_hand() -> None:
    # 0.5 * 1.2 + 0.1 * (1 - 0.5) = 0.65; sqrt of it = 0.806 -> 206.
    one = plain(8, 8, (128, 128, 128))
    result = to_rgb(through(Grade(lift=(0.1,) * 3, gamma=(2.0,) * 3, gain=(1.2,) * 3), one))
    assert np.abs(result[4, 4].astype(int) - 206).max() <= 2
    only_red = to_rgb(through(Grade(gain=(0.5, 1, 1)), one))
    assert np.abs(only_red[4, 4].astype(int) - [64, 128, 128]).max() <= 2


def test_white_balance_keeps_the_luma_of_grey_and_moves_its_colour() -> None:
    one = grey(126)
    for settings_, warmer in (({"temperature": 0.8}, True), ({"temperature": -0.8}, False)):
        result = through(WhiteBalance.model_validate(settings_), one)
        assert abs(int(result.y[0, 0]) - 126) <= 1
        red, _, blue = (int(part) for part in to_rgb(result)[4, 4])
        assert (red > blue) is warmer
    pink = to_rgb(through(WhiteBalance(tint=0.8), one))[4, 4].astype(int)
    assert pink[1] < min(pink[0], pink[2])


def test_auto_white_balance_finds_a_known_cast() -> None:
    dice = np.random.default_rng(0)
    light = dice.uniform(0.15, 0.8, (12, 16, 1)).repeat(8, 0).repeat(8, 1)
    scene = light * np.array([0.95, 0.8, 0.6]) * 255  # a warm light on grey things
    scene[:20, :40] = [200, 20, 10]  # and one that is really red
    one = from_rgb(scene.astype(np.uint8))
    gains = cast_of(context([one]))
    assert gains[0] / gains[1] == pytest.approx(0.8 / 0.95, rel=0.03)
    assert gains[2] / gains[1] == pytest.approx(0.8 / 0.6, rel=0.03)
    balanced = to_rgb(through(WhiteBalance(auto=1), one))[60:, 60:].astype(float).reshape(-1, 3).mean(axis=0)
    assert np.ptp(balanced) < 8
    half = to_rgb(through(WhiteBalance(auto=0.5), one))[60:, 60:].astype(float).reshape(-1, 3).mean(axis=0)
    assert 10 < np.ptp(half) < np.ptp(scene[60:, 60:].reshape(-1, 3).mean(axis=0)) - 10


def test_auto_white_balance_without_enough_to_see_does_nothing() -> None:
    black = grey(16)
    assert cast_of(context([black])).tolist() == [1, 1, 1]
    assert cast_of(replace(context([black]), read=lambda: iter(()))).tolist() == [1, 1, 1]
    assert through(WhiteBalance(auto=1), black) is black


def test_black_white_has_no_colour_and_sepia_has_one() -> None:
    one = picture()
    for name in ("black-white", "noir"):
        result = through(Look(name=name), one)
        assert np.abs(result.u.astype(int) - 128).max() <= 1
        assert np.abs(result.v.astype(int) - 128).max() <= 1
    sepia = through(Look(name="sepia"), one)
    assert sepia.v.min() > 129
    assert sepia.u.max() < 127


@pytest.mark.parametrize("name", LOOKS)
def test_every_look_changes_something_and_half_of_it_less(name: str) -> None:
    one = picture()
    whole, half = (through(Look.model_validate({"name": name, "strength": part}), one) for part in (1, 0.5))

    def change(result: Planes) -> float:
        return sum(
            float(np.abs(a.astype(int) - b).mean())
            for a, b in ((result.y, one.y), (result.u, one.u), (result.v, one.v))
        )

    assert 0 < change(half) < change(whole)


def test_a_cube_file_is_used(tmp_path: Path) -> None:
    file = tmp_path / "swap.cube"
    file.write_text("LUT_3D_SIZE 2\n" + "\n".join(f"{g} {r} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)))
    one = plain(8, 8, (200, 60, 90))
    assert np.abs(to_rgb(through(ColorTableFile(path=file), one))[4, 4].astype(int) - [60, 200, 90]).max() <= 2
