"""Larger pictures: tiles without seams, in 8 and 10 bits, with the share of the network that was asked for."""

from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.apps.enhance.network import Lanczos, Luma
from frameloom.apps.enhance.tiles import tiled
from frameloom.apps.enhance.upscale import upscaled, upscaling
from frameloom.media.files.source import Picture
from frameloom.media.planes import Depth, Planes, dtype_of, plain


class Blurred:
    """A network that looks as far as it says: a box of 2 * radius + 1 px, black beyond the border."""

    cell, takes_levels = 1, False

    def __init__(self, scale: int, radius: int) -> None:
        self.scale, self.radius, self.recurrent = scale, radius, False
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        self.sizes.append(luma.shape)
        side = 2 * self.radius + 1
        seen = cv2.boxFilter(luma, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
        return np.kron(seen, np.ones((self.scale, self.scale), np.float32))


class Brighter:
    """A network that adds a tenth of white to every pixel and makes it larger."""

    radius, cell, takes_levels = 0, 1, False

    def __init__(self, scale: int) -> None:
        self.scale, self.calls, self.recurrent = scale, 0, False

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        self.calls += 1
        return np.kron(luma + np.float32(0.1), np.ones((self.scale, self.scale), np.float32))


def noise(height: int, width: int, depth: Depth = 8, seed: int = 0) -> Planes:
    draw = np.random.default_rng(seed)
    most = 1 << depth

    def plane(*size: int) -> Any:
        return draw.integers(most // 16, most * 15 // 16, size).astype(dtype_of(depth))

    return Planes(plane(height, width), plane(height // 2, width // 2), plane(height // 2, width // 2))


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(2, 60),
    width=st.integers(2, 60),
    tile=st.integers(1, 40),
    scale=st.integers(1, 4),
    radius=st.integers(0, 5),
)
def test_tiles_have_no_seams(height: int, width: int, tile: int, scale: int, radius: int) -> None:
    """Whole numbers are summed exactly, so tiles and the whole agree to the bit."""
    luma = np.random.default_rng(1).integers(0, 256, (height, width)).astype(np.float32)
    network = Blurred(scale, radius)
    assert np.array_equal(tiled(network, luma, tile), network(luma))


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_tiles_of_lanczos_have_no_seams(scale: int) -> None:
    luma = np.random.default_rng(0).random((90, 130), np.float32)
    whole, parts = Lanczos(scale)(luma), tiled(Lanczos(scale), luma, 32)
    assert np.abs(whole - parts).max() * 255 < 0.01  # places are reckoned in floats


def test_too_small_a_radius_would_show() -> None:
    """The tests above see seams where there are any."""
    luma = np.random.default_rng(1).integers(0, 256, (40, 40)).astype(np.float32)
    honest = Blurred(2, 3)

    class Liar:
        scale, radius, cell, takes_levels, recurrent = 2, 2, 1, False, False

        def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
            return honest(luma)

    assert not np.array_equal(tiled(Liar(), luma, 16), honest(luma))


@settings(max_examples=40, deadline=None)
@given(height=st.integers(1, 60), width=st.integers(1, 60), tile=st.integers(4, 40))
def test_tiles_of_cells_begin_at_cells(height: int, width: int, tile: int) -> None:
    """A network that gives each square of 2x2 px the value of its first one."""

    class Coarse:
        scale, radius, cell, takes_levels, recurrent = 1, 2, 2, False, False

        def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
            return luma[::2, ::2].repeat(2, 0).repeat(2, 1)[: luma.shape[0], : luma.shape[1]]

    luma = np.random.default_rng(1).random((height, width), np.float32)
    assert np.array_equal(tiled(Coarse(), luma, tile), Coarse()(luma))


def test_no_tile_is_larger_than_asked_for() -> None:
    network = Blurred(1, 2)
    tiled(network, np.zeros((100, 250), np.float32), 64)
    assert max(side for size in network.sizes for side in size) <= 64 + 2 * 2
    assert len(network.sizes) == 2 * 4


@pytest.mark.parametrize(("depth", "tenth"), [(8, 25.5), (10, 102.0)])
def test_the_network_sees_shares_of_255(depth: Depth, tenth: float) -> None:
    """A tenth of white is 25.5 levels of 8 bits and 102 of 10, whatever the picture."""
    picture = plain(16, 8, (100, 100, 100), depth)
    large = upscaled(picture, Brighter(2), 2)
    assert (large.width, large.height, large.depth) == (32, 16, depth)
    assert np.abs(large.y - (float(picture.y[0, 0]) + tenth)).max() <= 0.5
    assert (large.u == picture.u[0, 0]).all()
    assert (large.v == picture.v[0, 0]).all()


@pytest.mark.parametrize("depth", [8, 10])
def test_what_is_too_bright_ends_at_white(depth: Depth) -> None:
    most = (1 << depth) - 1
    picture = Planes(*(np.full(size, most, dtype_of(depth)) for size in ((4, 4), (2, 2), (2, 2))))
    assert (upscaled(picture, Brighter(2), 2).y == most).all()


@pytest.mark.parametrize(("strength", "levels"), [(1.0, 25.5), (0.5, 12.75), (0.2, 5.1), (0.0, 0.0)])
def test_strength_is_the_share_of_the_network(strength: float, levels: float) -> None:
    picture = plain(16, 8, (100, 100, 100))
    large = upscaled(picture, Brighter(2), 2, strength)
    assert np.abs(large.y - (float(picture.y[0, 0]) + levels)).max() <= 0.5


def test_without_strength_the_network_does_nothing() -> None:
    network = Brighter(2)
    picture = noise(20, 24)
    large = upscaled(picture, network, 2, 0.0)
    assert network.calls == 0
    assert np.array_equal(large.y, upscaled(picture, Lanczos(2), 2).y)


@pytest.mark.parametrize(("own", "wanted"), [(4, 3), (2, 3), (1, 2), (4, 2)])
def test_another_scale_is_resampled(own: int, wanted: int) -> None:
    large = upscaled(noise(12, 20), Brighter(own), wanted)
    assert (large.width, large.height) == (20 * wanted, 12 * wanted)
    assert (large.u.shape, large.v.shape) == ((6 * wanted, 10 * wanted), (6 * wanted, 10 * wanted))


def test_alpha_grows_too() -> None:
    base = noise(8, 8)
    picture = Planes(base.y, base.u, base.v, np.full((8, 8), 77, np.uint8))
    large = upscaled(picture, Lanczos(2), 2)
    assert large.alpha is not None
    assert large.alpha.shape == (16, 16)
    assert (large.alpha == 77).all()


def test_lanczos_keeps_what_a_small_picture_can_hold() -> None:
    """A slow wave comes back as the same wave, sampled twice as finely."""

    def wave(places: np.ndarray) -> np.ndarray:
        return (128 + 80 * np.sin(2 * np.pi * places / 16))[None].repeat(32, 0)

    small = np.rint(wave(np.arange(64) + 0.5)).astype(np.uint8)
    half = np.full((16, 32), 128, np.uint8)
    large = upscaled(Planes(small, half, half), Lanczos(2), 2)
    expected = wave((np.arange(128) + 0.5) / 2).repeat(2, 0)
    assert np.abs(large.y[:, 12:-12] - expected[:, 12:-12]).max() < 3


def test_a_picture_that_stays_is_computed_once() -> None:
    network = Brighter(2)
    still, other = noise(8, 8), noise(8, 8, seed=1)
    again = Planes(still.y.copy(), still.u.copy(), still.v.copy())
    shown = [still, again, still, other, still]
    pictures = [Picture(planes, Fraction(k, 25), Fraction(1, 25)) for k, planes in enumerate(shown)]
    made = list(upscaling(network, 2).run(iter(pictures)))
    assert network.calls == 3
    assert [(picture.time, picture.duration) for picture in made] == [(p.time, p.duration) for p in pictures]
    for before, after in zip(pictures, made, strict=True):
        assert np.array_equal(after.planes.y, upscaled(before.planes, Brighter(2), 2).y)


@pytest.mark.parametrize("change", ["y", "u", "v"])
def test_a_picture_that_differs_anywhere_is_computed_anew(change: str) -> None:
    network = Brighter(2)
    still = noise(8, 8)
    planes = {name: getattr(still, name).copy() for name in ("y", "u", "v")}
    planes[change][1, 1] ^= 1
    pictures = [Picture(each, Fraction(k), Fraction(1)) for k, each in enumerate([still, Planes(**planes)])]
    list(upscaling(network, 2).run(iter(pictures)))
    assert network.calls == 2


class Remembers:
    """A recurrent network that gives what it was shown before, and its luma where there was nothing."""

    scale, radius, cell, takes_levels, recurrent = 2, 0, 1, False, True

    def __init__(self) -> None:
        self.told: list[bool] = []

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        self.told.append(before is not None)
        return np.kron(luma, np.ones((2, 2), np.float32)) if before is None else before


def run(network: Any, shown: list[Planes], **options: Any) -> list[Planes]:
    pictures = [Picture(planes, Fraction(k, 25), Fraction(1, 25)) for k, planes in enumerate(shown)]
    return [made.planes for made in upscaling(network, 2, **options).run(iter(pictures))]


def textured(shift: int, seed: int = 0) -> Planes:
    """A picture with soft texture that lies so many px further to the right."""
    wide = cv2.GaussianBlur(np.random.default_rng(seed).integers(0, 256, (96, 224)).astype(np.float32), (0, 0), 2)
    soft = np.clip(128 + 6 * (wide - 128), 16, 235).astype(np.uint8)
    return Planes(np.ascontiguousarray(soft[:, 64 - shift : 192 - shift]), *(np.full((48, 64), 128, np.uint8),) * 2)


@pytest.mark.parametrize("tile", [512, 40])
def test_a_recurrent_network_sees_what_it_made_where_things_are_now(tile: int) -> None:
    """After three steps of 2 px the first picture lies 12 px further to the right in the large one."""
    network = Remembers()
    made = run(network, [textured(shift) for shift in (0, 2, 4, 6)], tile_px=tile)
    inner = (slice(16, -16), slice(40, -16))
    expected = np.roll(made[0].y, 12, axis=1).astype(int)
    assert np.abs(made[3].y[inner] - expected[inner]).mean() < 4
    assert np.abs(made[0].y[inner] - expected[inner]).mean() > 20


def test_a_cut_makes_a_recurrent_network_begin_anew() -> None:
    network = Remembers()
    run(network, [textured(0), textured(1), textured(0, seed=5), textured(1, seed=5)])
    assert network.told == [False, True, False, True]


def test_a_recurrent_network_sees_pictures_before_its_piece() -> None:
    assert upscaling(Remembers(), 2).before > 0
    assert upscaling(Lanczos(2), 2).before == 0


def flat(level: float, seed: int | None = None) -> Planes:
    """An even picture, of which with a seed some pixels are a level brighter."""
    y = np.full((48, 64), level, np.uint8)
    if seed is not None:
        y += np.random.default_rng(seed).integers(0, 2, y.shape, np.uint8)
    half = np.full((24, 32), 128, np.uint8)
    return Planes(y, half, half)


class Sharper(Brighter):
    """A network that makes differences from an even grey three times as large."""

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        return np.kron(3 * luma - np.float32(2 * 100 / 255), np.ones((2, 2), np.float32))


def test_what_hardly_changes_flickers_less_than_the_source() -> None:
    shown = [flat(100, seed) for seed in range(12)]
    made = run(Sharper(2), shown)
    change = [np.abs(np.diff([each.y.astype(int) for each in some[3:]], axis=0)).mean() for some in (made, shown)]
    assert change[0] < 0.5 * change[1]
    without = [upscaled(each, Sharper(2), 2).y.astype(int) for each in shown]
    assert np.abs(np.diff(without[3:], axis=0)).mean() > 2.5 * change[1]


@pytest.mark.parametrize("pace", [1, 3, 8])
def test_a_slow_fade_is_followed_and_a_change_shows_at_once(pace: int) -> None:
    """Of a fade by a level each few pictures, what is shown is never more than three levels behind."""
    levels = [60 + k // pace for k in range(80)] + [180]
    made = run(Brighter(2), [flat(level) for level in levels])
    expected = [level + 25.5 for level in levels]
    assert max(abs(float(each.y.mean()) - wanted) for each, wanted in zip(made, expected, strict=True)) <= 3
    assert made[-1].y.mean() == pytest.approx(205.5, abs=0.6)


def test_lanczos_keeps_what_the_source_does() -> None:
    shown = [flat(100, seed) for seed in range(4)]
    made = run(Lanczos(2), shown)
    assert all(np.array_equal(each.y, upscaled(one, Lanczos(2), 2).y) for each, one in zip(made, shown, strict=True))
