"""One picture over another, against the formulas of Porter and Duff and of the W3C, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.effects.blend import BLEND_NAMES, BlendName, over
from frameloom.media.planes import ColorName, Depth, Planes, dtype_of, plain

WIDTH, HEIGHT = 32, 20


def noise(seed: int, width: int = WIDTH, height: int = HEIGHT, depth: Depth = 8, alpha: bool = False) -> Planes:
    """A picture that nobody may write to."""
    dice = np.random.default_rng(seed)
    gain, half = 1 << (depth - 8), (height // 2, width // 2)
    shapes = [(height, width), half, half, *([(height, width)] if alpha else [])]
    planes = [(dice.integers(16, 236, shape) * gain).astype(dtype_of(depth)) for shape in shapes]
    for plane in planes:
        plane.flags.writeable = False
    return Planes(*planes)


def level(share: float, alpha: float | None = None, width: int = 8, height: int = 8) -> Planes:
    """A grey of 10 bits whose R, G and B are this share of white."""
    half = np.full((height // 2, width // 2), 512, np.uint16)
    matte = None if alpha is None else np.full((height, width), round(1023 * alpha), np.uint16)
    return Planes(np.full((height, width), round(64 + 876 * share), np.uint16), half, half, matte)


def share_of(picture: Planes) -> float:
    assert np.ptp(picture.y) == np.ptp(picture.u) == np.ptp(picture.v) == 0
    assert picture.u[0, 0] == picture.v[0, 0] == 512
    return (float(picture.y[0, 0]) - 64) / 876


def same(one: Planes, other: Planes) -> bool:
    pairs = zip((one.y, one.u, one.v), (other.y, other.u, other.v), strict=True)
    return all(np.array_equal(*pair) for pair in pairs)


@pytest.mark.parametrize(
    ("mode", "below", "above", "expected"),
    [
        ("normal", 0.4, 0.8, 0.8),
        ("multiply", 0.4, 0.8, 0.32),
        ("screen", 0.4, 0.8, 0.88),
        ("overlay", 0.4, 0.8, 0.64),  # below half: 2 * 0.4 * 0.8
        ("overlay", 0.6, 0.3, 0.44),  # above half: 1 - 2 * 0.4 * 0.7
        ("darken", 0.4, 0.8, 0.4),
        ("lighten", 0.4, 0.8, 0.8),
        ("add", 0.6, 0.3, 0.9),
        ("add", 0.4, 0.8, 1.0),
        ("subtract", 0.6, 0.3, 0.3),
        ("subtract", 0.4, 0.8, 0.0),
        ("difference", 0.4, 0.8, 0.4),
        ("hard-light", 0.4, 0.8, 0.76),  # 1 - 2 * 0.6 * 0.2
        ("hard-light", 0.6, 0.3, 0.36),  # 2 * 0.6 * 0.3
        ("soft-light", 0.4, 0.8, 0.5395),  # 0.4 + 0.6 * (sqrt(0.4) - 0.4)
        ("soft-light", 0.1, 0.8, 0.2176),  # 0.1 + 0.6 * (((1.6 - 12) * 0.1 + 4) * 0.1 - 0.1)
        ("soft-light", 0.6, 0.3, 0.504),  # 0.6 - 0.4 * 0.6 * 0.4
        ("color-dodge", 0.6, 0.3, 0.8571),  # 0.6 / 0.7
        ("color-dodge", 0.4, 0.8, 1.0),
        ("color-dodge", 0.0, 1.0, 0.0),
        ("color-burn", 0.4, 0.8, 0.25),  # 1 - 0.6 / 0.8
        ("color-burn", 0.6, 0.3, 0.0),
        ("color-burn", 1.0, 0.0, 1.0),
        ("luminosity", 0.4, 0.8, 0.8),
        ("color", 0.4, 0.8, 0.4),
        ("hue", 0.4, 0.8, 0.4),
        ("saturation", 0.4, 0.8, 0.4),
    ],
)
def test_modes_on_greys(mode: BlendName, below: float, above: float, expected: float) -> None:
    assert share_of(over(level(below), level(above), 0, 0, mode=mode)) == pytest.approx(expected, abs=0.0025)


@pytest.mark.parametrize(
    ("mode", "below", "above", "expected"),
    [
        ("multiply", (255, 0, 0), (0, 0, 255), (0, 0, 0)),
        ("screen", (255, 0, 0), (0, 255, 0), (255, 255, 0)),
        ("add", (255, 0, 0), (255, 0, 255), (255, 0, 255)),
        ("difference", (255, 255, 255), (255, 0, 0), (0, 255, 255)),
        ("darken", (200, 40, 90), (100, 80, 90), (100, 40, 90)),
        ("lighten", (200, 40, 90), (100, 80, 90), (200, 80, 90)),
        ("subtract", (200, 90, 0), (100, 80, 90), (100, 10, 0)),
    ],
)
@pytest.mark.parametrize("color", ["bt601", "bt709", "bt2020"])
def test_modes_go_by_channel(
    mode: BlendName,
    below: tuple[int, int, int],
    above: tuple[int, int, int],
    expected: tuple[int, int, int],
    color: ColorName,
) -> None:
    one, other, wanted = (plain(8, 8, rgb, color=color) for rgb in (below, above, expected))
    result = over(one, other, 0, 0, mode=mode, color=color)
    for plane, own in zip((result.y, result.u, result.v), (wanted.y, wanted.u, wanted.v), strict=True):
        assert abs(int(plane[2, 2]) - int(own[2, 2])) <= 2


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("hue", (100, 128, 178)),  # the angle of above, straight to V; the length of below, hypot(30, 40) = 50
        ("saturation", (100, 140, 144)),  # the angle of below, (3, 4); the length of above, 20
        ("color", (100, 128, 148)),
        ("luminosity", (200, 158, 168)),
    ],
)
def test_modes_of_luma_and_chroma(mode: BlendName, expected: tuple[int, int, int]) -> None:
    def one(y: int, u: int, v: int) -> Planes:
        return Planes(np.full((4, 4), y, np.uint8), np.full((2, 2), u, np.uint8), np.full((2, 2), v, np.uint8))

    result = over(one(100, 158, 168), one(200, 128, 148), 0, 0, mode=mode)
    assert (result.y[0, 0], result.u[0, 0], result.v[0, 0]) == expected


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize(
    ("mode", "neutral"),
    [
        ("multiply", 255), ("color-burn", 255), ("darken", 255),
        ("screen", 0), ("add", 0), ("subtract", 0), ("difference", 0), ("lighten", 0), ("color-dodge", 0),
    ],
)  # fmt: skip
def test_neutral_colours_change_no_sample(mode: BlendName, neutral: int, depth: Depth) -> None:
    below = noise(1, depth=depth)
    above = plain(WIDTH, HEIGHT, (neutral, neutral, neutral), depth)
    assert same(over(below, above, 0, 0, mode=mode), below)


@pytest.mark.parametrize("mode", BLEND_NAMES)
def test_opacity_goes_from_below_to_the_mode(mode: BlendName) -> None:
    below, above = noise(1), noise(2)
    all_of_it, half = (over(below, above, 0, 0, opacity, mode) for opacity in (1.0, 0.5))
    mean = (below.y.astype(int) + all_of_it.y) / 2
    assert np.abs(half.y - mean).max() <= 1
    assert over(below, above, 0, 0, 0.0, mode) is below


@pytest.mark.parametrize("mode", BLEND_NAMES)
@pytest.mark.parametrize("depth", [8, 10])
def test_forms_are_kept(mode: BlendName, depth: Depth) -> None:
    for with_alpha in (False, True):
        below, above = noise(1, depth=depth, alpha=with_alpha), noise(2, 12, 8, depth, alpha=True)
        result = over(below, above, 5, 3, 0.7, mode)
        assert (result.alpha is None) is not with_alpha
        assert result.y.shape == below.y.shape
        assert result.u.shape == below.u.shape
        assert result.y.dtype == result.u.dtype == below.y.dtype
        assert int(result.y.max()) < 256 << (depth - 8)


def test_alpha_is_the_share_of_above() -> None:
    result = over(level(0.2), level(0.8, alpha=0.25), 0, 0)
    assert share_of(result) == pytest.approx(0.35, abs=0.002)
    assert share_of(over(level(0.2), level(0.8, alpha=0.5), 0, 0, opacity=0.5)) == pytest.approx(0.35, abs=0.002)


def test_both_alphas_by_porter_and_duff() -> None:
    """Half over half: alpha 0.5 + 0.5 * 0.5 = 0.75; colour (0.5 * 0.8 + 0.25 * 0.2) / 0.75 = 0.6."""
    result = over(level(0.2, alpha=0.5), level(0.8, alpha=0.5), 0, 0)
    assert result.alpha is not None
    assert result.alpha[0, 0] / 1023 == pytest.approx(0.75, abs=0.001)
    assert share_of(result) == pytest.approx(0.6, abs=0.002)


def test_over_nothing_above_stays_as_it_is() -> None:
    for mode in BLEND_NAMES:
        result = over(level(0.2, alpha=0), level(0.8, alpha=0.5), 0, 0, mode=mode)
        assert share_of(result) == pytest.approx(0.8, abs=0.002), mode
        assert result.alpha is not None
        assert result.alpha[0, 0] == 512


def test_modes_count_as_much_as_below_is_there() -> None:
    """W3C, 10.1: colour (1 - 0.5) * 0.8 + 0.5 * 0.2 * 0.8 = 0.48; opaque above, so that is all that is seen."""
    result = over(level(0.2, alpha=0.5), level(0.8), 0, 0, mode="multiply")
    assert share_of(result) == pytest.approx(0.48, abs=0.002)
    assert result.alpha is not None
    assert result.alpha.min() == 1023


def test_nothing_over_nothing() -> None:
    result = over(level(0.2, alpha=0), level(0.8, alpha=0), 0, 0)
    assert result.alpha is not None
    assert not result.alpha.any()


def test_a_picture_that_hides_all_comes_back_itself() -> None:
    below, above = noise(1), noise(2)
    assert over(below, above, 0, 0) is above
    assert over(below, noise(2, 8, 8), 99, 0) is below
    assert over(below, noise(2, 8, 8), -8, 0) is below
    assert over(below, noise(2, 8, 8), 0, -9) is below


@given(st.integers(-10, 34), st.integers(-8, 22), st.sampled_from([8, 10]))
def test_an_opaque_picture_takes_its_box_and_no_more(left: int, top: int, depth: Depth) -> None:
    below, above = noise(1, depth=depth), noise(2, 10, 8, depth)
    result = over(below, above, left, top)
    rows, columns = slice(max(top, 0), max(top + 8, 0)), slice(max(left, 0), max(left + 10, 0))
    wanted = below.y.copy()
    part = wanted[rows, columns]
    part[:] = above.y[max(-top, 0) :, max(-left, 0) :][: part.shape[0], : part.shape[1]]
    assert np.array_equal(result.y, wanted)
    outside = np.ones_like(below.u, bool)
    outside[max(top, 0) // 2 : max(top + 9, 0) // 2, max(left, 0) // 2 : max(left + 11, 0) // 2] = False
    assert np.array_equal(result.u[outside], below.u[outside])
    if left % 2 == top % 2 == 0:
        part = below.u.copy()[rows.start // 2 : rows.stop // 2, columns.start // 2 : columns.stop // 2]
        inside = result.u[rows.start // 2 : rows.stop // 2, columns.start // 2 : columns.stop // 2]
        assert np.array_equal(
            inside, above.u[max(-top, 0) // 2 :, max(-left, 0) // 2 :][: part.shape[0], : part.shape[1]]
        )


def test_chroma_at_an_odd_place() -> None:
    """Chroma of above is 100, 140, 180; one px to the right, its samples lie half way: 100, 120, 160, 180.

    The first and the last of them belong to one column of above and one of below, 60: (100 + 60) / 2, (180 + 60) / 2.
    """
    below = Planes(np.full((2, 10), 50, np.uint8), *[np.full((1, 5), 60, np.uint8)] * 2)
    above = Planes(np.full((2, 6), 90, np.uint8), *[np.array([[100, 140, 180]], np.uint8)] * 2)
    result = over(below, above, 1, 0)
    assert result.y[0].tolist() == [50, 90, 90, 90, 90, 90, 90, 50, 50, 50]
    assert result.u[0].tolist() == [80, 120, 160, 120, 60]
