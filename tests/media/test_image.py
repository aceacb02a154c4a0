"""Operations on planes, against values by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.media import image
from frameloom.media.planes import Depth, Planes, plain

KINDS = [(np.uint8, 255), (np.uint16, 1023)]


@pytest.mark.parametrize(("kind", "most"), KINDS)
def test_mix_by_is_exact_at_its_ends_and_in_the_middle(kind: type, most: int) -> None:
    a, b = np.full((4, 6), 0, kind), np.full((4, 6), most, kind)
    weight = np.zeros((4, 6), np.float32)
    weight[:, 2:4], weight[:, 4:] = 0.4, 1
    mixed = image.mix_by(a, b, weight)
    assert mixed.dtype == kind
    assert mixed[0].tolist() == [0, 0, round(0.4 * most), round(0.4 * most), most, most]


@given(st.integers(0, 1023), st.integers(0, 1023), st.floats(0, 1, width=32))
def test_mix_by_of_ten_bits_stays_between(a: int, b: int, weight: float) -> None:
    one, other = np.full((2, 2), a, np.uint16), np.full((2, 2), b, np.uint16)
    mixed = int(image.mix_by(one, other, np.full((2, 2), weight, np.float32))[0, 0])
    assert min(a, b) <= mixed <= max(a, b)
    assert abs(mixed - (a + (b - a) * weight)) <= 0.51


def test_cubic_never_leaves_ten_bits() -> None:
    edge = np.zeros((8, 8), np.uint16)
    edge[:, 4:] = 1023
    assert image.resize(edge, 32, 32, "cubic").max() == 1023


def test_rgba_gives_alpha_of_the_same_share_in_both_depths() -> None:
    rgba = np.zeros((2, 4, 4), np.uint8)
    rgba[..., 3] = [0, 51, 204, 255]
    eight, ten = (image.from_rgb(rgba, depth) for depth in (8, 10))
    assert eight.alpha is not None
    assert ten.alpha is not None
    assert eight.alpha[0].tolist() == [0, 51, 204, 255]
    assert np.abs(ten.alpha[0] - np.array([0, 204.6, 818.4, 1023])).max() < 1
    assert ten.y[0, 0] == 64


@pytest.mark.parametrize("depth", [8, 10])
def test_colours_survive_both_ways(depth: Depth) -> None:
    for rgb in [(255, 0, 0), (0, 128, 0), (12, 34, 200), (255, 255, 255), (0, 0, 0)]:
        back = image.to_rgb(plain(8, 8, rgb, depth))
        assert np.abs(back[4, 4].astype(int) - rgb).max() <= 2


@pytest.mark.parametrize(("kind", "most"), KINDS)
def test_look_up_takes_the_entry_of_each_sample(kind: type, most: int) -> None:
    table = (most - np.arange(most + 1)).astype(kind)
    assert image.look_up(np.array([[0, 1, most]], kind), table).tolist() == [[most, most - 1, 0]]
    assert image.look_up(np.array([[2]], kind), np.arange(most + 1, dtype=np.float32) / 4).tolist() == [[0.5]]


@pytest.mark.parametrize(("kind", "most"), KINDS)
def test_scaled_turns_about_its_pivot_and_ends_at_the_limit(kind: type, most: int) -> None:
    plane = np.array([[10, 20, most]], kind)
    assert image.scaled(plane, np.full((1, 3), 0.5, np.float32), 20).tolist() == [[15, 20, round(most / 2 + 10)]]
    assert image.scaled(plane, np.full((1, 3), 3, np.float32)).tolist() == [[30, 60, most]]


@pytest.mark.parametrize(("kind", "most"), KINDS)
def test_add_scaled_ends_at_the_limits(kind: type, most: int) -> None:
    plane = np.array([[10, 100, most]], kind)
    assert image.add_scaled(plane, plane, 2, -1, 5).tolist() == [[15, 105, most]]
    assert image.add_scaled(plane, np.float32([[-50, 0.5, 9]]), 1, 1).tolist() == [[0, 100, most]]


def test_warp_moves_chroma_with_luma() -> None:
    width, height = 64, 48
    y, u = np.zeros((height, width), np.uint8), np.full((height // 2, width // 2), 128, np.uint8)
    y[20:28, 30:40], u[10:14, 15:20] = 200, 60
    moved = image.warp_planes(Planes(y, u, u.copy()), np.array([[1, 0, -8.0], [0, 1, -4.0]]))
    assert np.argwhere(moved.y == 200).min(axis=0).tolist() == [24, 38]
    assert np.argwhere(moved.u == 60).min(axis=0).tolist() == [12, 19]
    assert moved.y[0, 0] == 16
    assert moved.v[0, 0] == 128


def test_warp_clears_alpha_outside() -> None:
    alpha = np.full((8, 8), 255, np.uint8)
    whole = Planes(alpha, alpha[:4, :4], alpha[:4, :4], alpha)
    moved = image.warp_planes(whole, np.array([[1, 0, 4.0], [0, 1, 0]]))
    assert moved.alpha is not None
    assert moved.alpha[0].tolist() == [255] * 4 + [0] * 4


@pytest.mark.parametrize("sigma", [1.5, 4, 9, 20])
def test_blur_spreads_a_point_by_its_sigma(sigma: float) -> None:
    field = np.zeros((257, 257), np.float32)
    field[128, 128] = 1
    soft = image.blur(field, sigma)
    away = np.arange(257) - 128
    assert soft.sum() == pytest.approx(1, abs=0.01)
    assert np.sqrt((soft.sum(axis=0) * away**2).sum()) == pytest.approx(sigma, rel=0.04)
    assert (soft.sum(axis=1) * away).sum() == pytest.approx(0, abs=0.05)


def test_blur_of_nothing_is_the_same_object() -> None:
    field = np.zeros((8, 8), np.float32)
    assert image.blur(field, 0) is field


@pytest.mark.parametrize(("across", "down"), [(32.0, 0.0), (0.0, 16.0)])
def test_blur_along_is_a_line(across: float, down: float) -> None:
    plane = np.zeros((101, 101), np.uint16)
    plane[50, 50] = 960
    line = image.blur_along(plane, across, down)
    length = int(across + down)
    filled = line[50] if across else line[:, 50]
    assert np.flatnonzero(filled).size == length
    assert set(filled[filled > 0].tolist()) == {960 // length}
    assert line.sum() == 960
    assert abs(float((np.arange(101) * filled).sum() / 960) - 50) <= 0.5


@settings(deadline=None, max_examples=25)
@given(st.floats(-40, 40), st.floats(-40, 40), st.integers(0, 255))
def test_blur_along_leaves_an_even_plane_alone(across: float, down: float, level: int) -> None:
    plane = np.full((24, 30), level, np.uint8)
    assert (image.blur_along(plane, across, down) == level).all()


def test_follow_and_similarity_find_a_known_move() -> None:
    rng = np.random.default_rng(1)
    large = image.resize(rng.integers(0, 255, (40, 50)).astype(np.uint8), 400, 320, "cubic")
    before, after = np.ascontiguousarray(large[40:240, 50:350]), np.ascontiguousarray(large[37:237, 54:354])
    points = image.corners(before, 100, 8)
    there, kept = image.follow(before, after, points)
    found = image.similarity(points[kept], there[kept])
    assert found is not None
    matrix, share = found
    assert np.abs(matrix - [[1, 0, -4], [0, 1, 3]]).max() < 0.05
    assert share > 0.9


def test_nothing_to_follow_gives_nothing() -> None:
    even = np.full((40, 40), 90, np.uint8)
    points = image.corners(even, 10, 3)
    assert points.shape == (0, 2)
    there, kept = image.follow(even, even, points)
    assert len(there) == len(kept) == 0
    assert image.similarity(points, there) is None


def test_best_match_finds_a_part() -> None:
    plane = np.random.default_rng(2).integers(0, 255, (60, 80)).astype(np.uint8)
    left, top, value = image.best_match(plane, np.ascontiguousarray(plane[20:35, 33:50]))
    assert (left, top) == (33, 20)
    assert value == pytest.approx(1, abs=1e-3)


def test_flow_sees_a_move_of_two_px() -> None:
    rng = np.random.default_rng(4)
    large = image.resize(rng.integers(0, 255, (20, 26)).astype(np.uint8), 208, 160, "cubic")
    steps = image.flow(np.ascontiguousarray(large[8:136, 8:168]), np.ascontiguousarray(large[8:136, 6:166]))
    assert np.median(steps[..., 0]) == pytest.approx(2, abs=0.1)
    assert np.median(steps[..., 1]) == pytest.approx(0, abs=0.1)


def test_bilateral_keeps_an_edge_and_evens_out_noise() -> None:
    noise = np.random.default_rng(5).normal(0, 3, (40, 40))
    edge = np.where(np.arange(40) < 20, 60, 160)[None, :] + noise
    for gain, kind in ((1, np.uint8), (4, np.uint16)):
        soft = image.smooth_keeping_edges((edge * gain).astype(kind), 20).astype(float) / gain
        assert soft[:, 5:15].std() < 2
        assert soft[:, 20].mean() - soft[:, 19].mean() > 90


def test_premultiplied_pixels_keep_their_colour_where_they_are_half_seen() -> None:
    half = np.zeros((8, 8, 4), np.uint8)
    half[..., 0], half[..., 3] = 128, 128  # red, half as opaque
    planes = image.from_premultiplied(half)
    whole = image.from_rgb(np.full((8, 8, 3), (255, 0, 0), np.uint8))
    assert planes.alpha is not None
    assert (planes.alpha == 128).all()
    for mine, other in ((planes.y, whole.y), (planes.u, whole.u), (planes.v, whole.v)):
        assert np.abs(mine.astype(int) - other).max() <= 2


def test_chroma_of_an_edge_is_that_of_what_is_seen() -> None:
    edge = np.zeros((4, 4, 4), np.uint8)
    edge[:, 1:] = (0, 0, 255, 255)  # blue, but for the first column, which is not there
    blue = image.from_rgb(np.full((4, 4, 3), (0, 0, 255), np.uint8))
    assert np.abs(image.from_premultiplied(edge).u.astype(int) - blue.u).max() <= 2


def test_a_window_shows_a_part_of_a_picture() -> None:
    ramp = np.broadcast_to(np.arange(0, 200, 2, dtype=np.uint8), (60, 100))
    picture = Planes(np.ascontiguousarray(ramp), *(np.full((30, 50), 128, np.uint8) for _ in "uv"))
    cut = image.window(picture, 10, 4, 1, 40, 20)
    assert (cut.y == ramp[4:24, 10:50]).all()
    assert cut.u.shape == (10, 20)
    wide = image.window(picture, 0, 0, 2, 40, 20)
    assert np.abs(wide.y[0].astype(float) - (np.arange(40) * 4 + 1)).max() <= 1  # the mean of two px
