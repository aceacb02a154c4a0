"""Pictures between pictures of known motion are what the motion says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.moving import apart, texture, window

from frameloom.core.errors import MediaError
from frameloom.media.flow import between, blended, carried, described, flows_between, views, way_back
from frameloom.media.image import Effort
from frameloom.media.planes import Depth, Planes, plain
from frameloom.media.views import DESCRIPTION, Flows, Views

SIZE = 192, 128


def pan(step: tuple[float, float] = (8, -4), depth: Depth = 8, share: float = 0.5) -> tuple[Planes, Planes, Planes]:
    """Return pictures before and after a step, and the one at a share of it."""
    large = texture(*SIZE)
    x, y = step
    before, after, middle = (window(large, x * part, y * part, depth) for part in (0, 1, share))
    return before, after, middle


def drawn(first: Planes, second: Planes, share: float = 0.5, effort: Effort = "fast") -> Planes:
    return between(first, second, flows_between(first.y, second.y, effort), share)


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_pan_is_met_at_any_time_in_luma_and_chroma(depth: Depth, share: float) -> None:
    first, second, truth = pan(depth=depth, share=share)
    made = drawn(first, second, share)
    assert made.depth == depth
    gain = 4 if depth == 10 else 1
    assert apart(made.y, truth.y) < 1.0 * gain
    assert apart(made.u, truth.u) < 1.0 * gain
    assert apart(made.v, truth.v) < 1.0 * gain
    assert apart(first.y, truth.y) > 10 * gain


@pytest.mark.parametrize("effort", ["ultrafast", "fast", "medium"])
def test_flow_is_the_step_in_cells_of_four_px(effort: Effort) -> None:
    first, second, _ = pan((8, -4))
    flows = flows_between(first.y, second.y, effort)
    assert flows.forward.shape == (32, 48, 2)
    assert np.median(flows.forward, axis=(0, 1)) == pytest.approx([2, -1], abs=0.05)
    assert np.median(flows.backward, axis=(0, 1)) == pytest.approx([-2, 1], abs=0.05)
    assert flows.trust > 0.6
    assert views(first, second, flows, 0.5).way[8:-8, 8:-8].mean() == pytest.approx(np.hypot(8, 4), rel=0.05)


def test_the_nearer_the_ends_the_more_of_them() -> None:
    first, second, _ = pan()
    flows = flows_between(first.y, second.y)
    for share, one in ((0.0, first), (1.0, second)):
        made = between(first, second, flows, share)
        assert apart(made.y, one.y) < 0.1


def test_a_picture_that_stands_comes_back_as_it_is() -> None:
    first, _, _ = pan()
    made = drawn(first, first, 0.3)
    for own, given_plane in ((made.y, first.y), (made.u, first.u), (made.v, first.v)):
        assert np.array_equal(own, given_plane)


def test_what_comes_out_from_behind_is_taken_from_the_picture_that_shows_it() -> None:
    """A square goes 8 px to the right over a wall that stands: the truth is known everywhere."""
    wall, square = window(texture(*SIZE, seed=1), 0, 0), texture(*SIZE, seed=2)[:80, :80]

    def scene(left: int) -> Planes:
        y = wall.y.copy()
        y[24:104, left : left + 80] = square
        return Planes(y, wall.u, wall.v)

    first, second, truth = scene(56), scene(64), scene(60)
    made = drawn(first, second)
    error = np.abs(made.y.astype(float) - truth.y)
    mixed = np.abs((first.y.astype(float) + second.y) / 2 - truth.y)
    assert error[28:100, 66:134].mean() < 3  # the square itself
    assert error.mean() < 0.35 * mixed.mean()
    seen = views(first, second, flows_between(first.y, second.y), 0.5)
    left, right = (slice(32, 96), slice(56, 60)), (slice(32, 96), slice(140, 144))
    assert seen.weight[left].mean() > 0.55  # free from now on: the second shows it
    assert seen.weight[right].mean() < 0.45  # about to be hidden
    for place in (left, right):
        assert error[place].mean() < 0.7 * mixed[place].mean()


def test_what_stands_beside_what_moves_stands() -> None:
    """Stripes stand above and below a band that moves: their edges next to it stay where they are."""
    stripes = np.repeat(np.random.default_rng(5).integers(30, 220, 12), 16)[None, :].repeat(128, 0).astype(np.uint8)
    large = texture(192, 32, seed=3)

    def scene(x: float) -> Planes:
        y = stripes.copy()
        y[48:80] = window(large, x, 0).y
        half = np.full((64, 96), 128, np.uint8)
        return Planes(y, half, half)

    made = drawn(scene(0), scene(6))
    assert np.abs(made.y[:44].astype(float) - stripes[:44]).mean() < 0.1
    assert np.abs(made.y[84:].astype(float) - stripes[84:]).mean() < 0.1
    assert apart(made.y[48:80], scene(3).y[48:80], 8) < 3


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0, 1))
def test_pictures_of_any_size_have_one_between(half_width: int, half_height: int, share: float) -> None:
    rng = np.random.default_rng(0)
    one, other = (
        Planes(*(rng.integers(16, 236, size, np.uint8) for size in ((2 * half_height, 2 * half_width),)
                 + 2 * ((half_height, half_width),)))
        for _ in range(2)
    )  # fmt: skip
    made = drawn(one, other, share)
    assert made.y.shape == one.y.shape
    assert made.u.shape == made.v.shape == one.u.shape


def test_flow_of_wide_pictures_is_found_on_small_ones() -> None:
    wide = plain(1280, 720, (90, 90, 90))
    flows = flows_between(wide.y, wide.y)
    assert flows.forward.shape == (63, 112, 2)


def test_pictures_of_two_sizes_are_refused() -> None:
    with pytest.raises(MediaError, match="flow between pictures of 64x32 and 32x32 px; bring them to one size first"):
        flows_between(np.zeros((32, 64), np.uint8), np.zeros((32, 32), np.uint8))


def seen_of(first: Planes, second: Planes, weight: float = 0.25, share: float = 0.5) -> Views:
    """Return views that are the pictures themselves."""
    cells = np.full((first.height // 4, first.width // 4), 0.75, np.float32)
    full = np.full(first.y.shape, weight, np.float32)
    return Views(first, second, full, cells, cells / 3, cells, cells * 4, cells * 64, share)


@pytest.mark.parametrize("depth", [8, 10])
def test_blended_is_the_sum_in_shares_and_the_change(depth: Depth) -> None:
    gain = 1 if depth == 8 else 4
    one, other = plain(16, 8, (0, 0, 0), depth), plain(16, 8, (255, 255, 255), depth)
    assert blended(seen_of(one, other)).y[0, 0] == round((16 + 0.25 * 219) * gain)
    weight = np.zeros((8, 16), np.float32)
    weight[:, 8:] = 1
    made = blended(seen_of(one, other), weight)
    assert made.y[0].tolist() == [16 * gain] * 8 + [235 * gain] * 8
    change = np.full((12, 16), 0.1, np.float32)  # fields may be larger than the picture
    most = 255 if depth == 8 else 1023
    assert blended(seen_of(one, other), np.zeros((12, 16), np.float32), change).y[0, 0] == round(16 * gain + most / 20)
    assert blended(seen_of(one, other), weight, change * 90).y.max() == most


def test_alpha_goes_along_and_a_picture_without_is_opaque() -> None:
    first, second, _ = pan((0, 0))
    alpha = np.zeros_like(first.y)
    alpha[:, 96:] = 255
    made = drawn(Planes(first.y, first.u, first.v, alpha), second)
    assert made.alpha is not None
    assert made.alpha[60, 20] == pytest.approx(128, abs=1)
    assert made.alpha[60, 170] == 255
    assert drawn(first, second).alpha is None


@pytest.mark.parametrize("depth", [8, 10])
def test_described_says_what_its_names_say(depth: Depth) -> None:
    gain = 1 if depth == 8 else 4
    one, other = plain(20, 10, (0, 0, 0), depth), plain(20, 10, (255, 255, 255), depth)
    told = described(seen_of(one, other, share=0.5))
    assert told.shape == (len(DESCRIPTION), 12, 20)  # filled up to fours
    most = 255 if depth == 8 else 1023
    expected = [2 * 16 * gain / most - 1, 2 * 235 * gain / most - 1, 0.25, 0.75, 0.25, 0.375, 1.0, 1.0, 0.5]
    for name, plane, value in zip(DESCRIPTION, told, expected, strict=True):
        assert plane == pytest.approx(value, abs=1e-5), name


def test_trust_is_the_share_that_is_seen() -> None:
    field = np.zeros((4, 4), np.float32)
    steps = np.zeros((4, 4, 2), np.float32)
    assert Flows(steps, steps, field + 1, field + 0.5).trust == 0.75


@pytest.mark.parametrize("depth", [8, 10])
def test_the_way_back_leads_to_where_each_place_was(depth: Depth) -> None:
    before, now, _ = pan((6, -4), depth)
    back = way_back(now.y, before.y)
    assert back.shape == (128, 192, 2)
    assert np.median(back, axis=(0, 1)) == pytest.approx([-6, 4], abs=0.1)
    found = carried(before.y.astype(np.float32), back)
    assert apart(found, now.y) < 2 * (4 if depth == 10 else 1)


def test_what_is_larger_is_carried_as_many_times_as_far() -> None:
    """By a way of (1.5, -1) px of the small picture, on a ramp of twice the size."""
    ramp = np.add.outer(np.arange(32.0), 10 * np.arange(48.0)).astype(np.float32)
    back = np.full((16, 24, 2), (1.5, -1), np.float32)
    inner = slice(4, -4), slice(4, -4)
    assert carried(ramp, back)[inner] == pytest.approx(ramp[inner] + 30 - 2, abs=0.05)


def test_noise_and_small_pictures_do_not_move() -> None:
    still = texture(*SIZE)[:128, :192].astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 3, (2, *still.shape))
    now, before = np.clip(still + noise, 0, 255).astype(np.uint8)
    assert (way_back(now, before) == 0).mean() > 0.97
    assert not way_back(now[:20], before[:20]).any()
    with pytest.raises(MediaError, match=r"flow between pictures of 192x128 and 192x127 px; bring them to one size"):
        way_back(now, before[:127])


def test_large_pictures_are_looked_at_in_a_smaller_size() -> None:
    large = texture(1300, 128)
    before, now = (np.ascontiguousarray(window(large, x, 0).y) for x in (0, 8))
    assert np.median(way_back(now, before), axis=(0, 1)) == pytest.approx([-8, 0], abs=0.2)
