"""Blur, sharpening, glow, noise: by hand."""

from fractions import Fraction

import numpy as np
import pytest
from tests.effects.clips import context, grey, picture

from frameloom.effects.pictures.blur import Blur, Denoise, Glow, Sharpen
from frameloom.effects.pictures.regions import Box
from frameloom.media.planes import Planes

NOW = Fraction(0)


def step(depth: int = 8) -> Planes:
    """Dark on the left, bright on the right."""
    one = grey(60, 100, 100)
    y = one.y.copy()
    y[:, 50:] = 180
    return (
        Planes(y, one.u, one.v)
        if depth == 8
        else Planes(y.astype(np.uint16) * 4, *(x.astype(np.uint16) * 4 for x in (one.u, one.v)))
    )


def test_box_blur_of_a_step_is_a_ramp_of_its_width() -> None:
    result = Blur(kind="box", radius=0.05).begin(context([step()]))(step(), NOW)  # 5 px: a mean of 11
    ramp = [60 + 120 * part / 11 for part in range(12)]
    assert np.abs(result.y[50, 44:56] - ramp).max() <= 0.51


def test_gaussian_blur_of_a_step_is_the_normal_distribution() -> None:
    result = Blur(radius=0.04).begin(context([step()]))(step(), NOW)  # sigma of 4 px
    # Half a px right of the edge: 60 + 120 * Phi(0.125) = 60 + 120 * 0.5497.
    assert result.y[50, 50] == pytest.approx(126, abs=1)
    assert result.y[50, 53] == pytest.approx(60 + 120 * 0.8092, abs=1)  # Phi(3.5 / 4)


def test_directional_blur_goes_one_way_only() -> None:
    along = Blur(kind="directional", radius=0.1, angle=90).begin(context([step()]))(step(), NOW)
    assert np.array_equal(along.y, step().y)
    across = Blur(kind="directional", radius=0.1, angle=0).begin(context([step()]))(step(), NOW)
    assert (np.diff(across.y[50].astype(int)) != 0).sum() >= 15


def test_region_and_outside_share_the_picture() -> None:
    one = picture(100, 100)
    box = Box(left=0.3, top=0.3, width=0.4, height=0.4)
    inside = Blur(radius=0.05, region=box, shape="box", feather=0).begin(context([one]))(one, NOW)
    outside = Blur(radius=0.05, region=box, shape="box", feather=0, outside=True).begin(context([one]))(one, NOW)
    whole = Blur(radius=0.05).begin(context([one]))(one, NOW)
    assert np.array_equal(inside.y[:28], one.y[:28])
    assert (
        np.abs(inside.y[35:65, 35:65].astype(int) - whole.y[35:65, 35:65]).max() <= 6
    )  # the region sees its surroundings
    assert np.array_equal(outside.y[30:70, 30:70], one.y[30:70, 30:70])
    assert np.abs(outside.y[:28].astype(int) - whole.y[:28]).max() <= 1


@pytest.mark.parametrize("depth", [8, 10])
def test_sharpening_overshoots_at_an_edge_and_nowhere_else(depth: int) -> None:
    one, gain = step(depth), 1 << (depth - 8)
    result = Sharpen(amount=1, radius=0.02).begin(context([one]))(one, NOW)
    row = result.y[50].astype(int)
    # Unsharp mask: 180 + (180 - (60 + 120 * Phi(0.25))), Phi(0.25) = 0.5987.
    assert row[50] == pytest.approx((360 - 60 - 120 * 0.5987) * gain, abs=2 * gain)
    assert row[49] == pytest.approx((120 - 60 - 120 * 0.4013) * gain, abs=2 * gain)
    assert row[[10, 90]].tolist() == [60 * gain, 180 * gain]


def test_glow_shines_around_what_is_bright() -> None:
    one = grey(40, 100, 100)
    y = one.y.copy()
    y[45:55, 45:55] = 235
    result = Glow(strength=1, threshold=0.5, radius=0.05).begin(context([one]))(Planes(y, one.u, one.v), NOW)
    assert result.y[50, 60] > 50
    assert result.y[5, 5] == 40


def test_denoise_averages_what_stands_still_and_spares_what_moves() -> None:
    dice = np.random.default_rng(0)
    still = [
        Planes(np.clip(dice.normal(120, 4, (48, 64)), 16, 235).astype(np.uint8), one.u, one.v) for one in [grey(0)] * 12
    ]
    change = Denoise(temporal=0.8).begin(context(still))
    results = [change(one, index / Fraction(25)) for index, one in enumerate(still)]
    assert results[-1].y.std() < 0.6 * still[-1].y.std()
    jump = grey(200)
    assert np.array_equal(change(jump, Fraction(1)).y, jump.y)


def test_denoise_leaves_no_trail_of_colour_where_light_stays_the_same() -> None:
    """A red thing before a grey wall of its own luma: where it was, the wall is grey again at once."""
    red, wall = grey(81, u=90, v=240), grey(81)
    change = Denoise(temporal=0.8).begin(context([red, wall]))
    change(red, NOW)
    result = change(wall, Fraction(1, 25))
    assert np.array_equal(result.u, wall.u)
    assert np.array_equal(result.v, wall.v)


def test_spatial_denoise_keeps_edges() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (100, 100))
    one = Planes(np.clip(step().y + noise, 0, 255).astype(np.uint8), step().u, step().v)
    result = Denoise(temporal=0, spatial=1).begin(context([one]))(one, NOW)
    assert result.y[:, 10:40].std() < 0.6 * one.y[:, 10:40].std()
    assert result.y[:, 52].mean() - result.y[:, 47].mean() > 110
