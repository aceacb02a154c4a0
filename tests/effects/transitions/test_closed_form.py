"""Single transitions against values worked out by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from frameloom.effects.transitions import Direction, Look, TransitionName, begin
from frameloom.media.planes import Planes

WIDTH, HEIGHT = 80, 40
DARK, BRIGHT = 50, 200


def grey(level: int, u: int = 128, v: int = 128) -> Planes:
    half = (HEIGHT // 2, WIDTH // 2)
    return Planes(np.full((HEIGHT, WIDTH), level, np.uint8), np.full(half, u, np.uint8), np.full(half, v, np.uint8))


def ramp(start: int, axis: int = 1) -> Planes:
    """Luma that tells its column (axis 1) or row (axis 0)."""
    places = np.mgrid[:HEIGHT, :WIDTH][axis]
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return Planes((places + start).astype(np.uint8), half, half)


def between(name: TransitionName, progress: float, **settings: object) -> NDArray[np.float64]:
    """Return the share of the second picture at each place of luma."""
    look = Look.model_validate({"name": name, **settings})
    result = begin(look, WIDTH, HEIGHT)(grey(DARK), grey(BRIGHT), progress)
    return (result.y - float(DARK)) / (BRIGHT - DARK)


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("wipeleft", slice(None), slice(60, None)),  # the edge goes to the left: the right quarter is done
        ("wiperight", slice(None), slice(None, 20)),
        ("wipeup", slice(30, None), slice(None)),
        ("wipedown", slice(None, 10), slice(None)),
    ],
)
def test_a_quarter_of_a_wipe(name: TransitionName, rows: slice, columns: slice) -> None:
    done = np.zeros((HEIGHT, WIDTH))
    done[rows, columns] = 1
    share = between(name, 0.25)
    at_the_edge = np.zeros_like(done, bool)  # up to two px on either side of it
    across, down = np.diff(done, axis=1) != 0, np.diff(done, axis=0) != 0
    for shift in (-2, -1, 0, 1, 2):
        at_the_edge[:, :-1] |= np.roll(across, shift, axis=1)
        at_the_edge[:-1] |= np.roll(down, shift, axis=0)
    assert np.array_equal(share[~at_the_edge], done[~at_the_edge])
    assert abs(share.mean() - 0.25) < 0.02


@pytest.mark.parametrize(
    ("name", "corner"),
    [("wipetl", (5, 5)), ("wipetr", (5, 75)), ("wipebl", (35, 5)), ("wipebr", (35, 75))],
)
def test_the_first_picture_goes_into_a_corner(name: TransitionName, corner: tuple[int, int]) -> None:
    share = between(name, 0.5)
    assert share[corner] == 0
    assert abs(share.mean() - 0.75) < 0.02  # half as wide and half as high leaves a quarter


def test_softness_is_the_width_of_the_edge() -> None:
    """With softness s, share = smoothstep((q (1 + s) - x) / s): at q = 0.5, s = 0.5 it is 1/2 at x = 0.5."""
    row = between("wiperight", 0.5, softness=0.5)[0]
    x = (np.arange(WIDTH) + 0.5) / WIDTH
    step = np.clip((0.75 - x) / 0.5, 0, 1)
    assert np.abs(row - step * step * (3 - 2 * step)).max() < 0.01


def test_a_smooth_wipe_is_a_wipe_with_all_softness() -> None:
    assert np.array_equal(between("smoothleft", 0.3), between("wipeleft", 0.3, softness=1))


def test_circles_open_from_the_middle_and_close_from_the_corners() -> None:
    opened, closed = between("circleopen", 0.5), between("circleclose", 0.5)
    assert opened[20, 40] > 0.95
    assert opened[0, 0] < 0.05
    assert np.abs(opened + closed - 1).max() < 0.02


def test_doors() -> None:
    assert between("vertopen", 0.25)[5, 40] > 0.4
    assert between("vertopen", 0.25)[5, 2] == 0
    assert between("horzopen", 0.25)[20, 5] > 0.4
    assert between("horzopen", 0.25)[1, 5] == 0
    assert between("vertclose", 0.25)[5, 40] == 0
    assert between("horzclose", 0.25)[20, 5] == 0


def test_radial_goes_clockwise_from_the_top() -> None:
    share = between("radial", 0.5)
    assert share[20, 75] == 1
    assert share[20, 5] == 0


@given(st.floats(0.05, 0.95))
def test_as_much_dissolves_as_time_has_passed(progress: float) -> None:
    assert abs(between("dissolve", progress).mean() - progress) < 0.03


def test_chance_is_fixed_by_the_seed() -> None:
    for name in ("dissolve", "hlwind", "film-burn", "glitch"):
        one, same, other = (between(name, 0.5, seed=seed) for seed in (1, 1, 2))
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)


def test_a_matte_lets_black_places_change_first(tmp_path: Path) -> None:
    path = tmp_path / "matte.png"
    pixels = np.zeros((10, 20), np.uint8)
    pixels[:, 5:10], pixels[:, 10:15], pixels[:, 15:] = 85, 170, 255
    Image.fromarray(pixels).save(path)
    share = between("matte", 0.5, matte=path)
    assert share[20, [8, 28, 50, 72]].tolist() == [1, 1, 0, 0]
    softer = between("matte", 0.5, matte=path, softness=1)  # (0.5 * 2 - f) / 1: smoothstep(2/3) = 20/27 at f = 1/3
    assert abs(softer[20, 28] - 20 / 27) < 0.02


def test_a_matte_of_odd_size(tmp_path: Path) -> None:
    path = tmp_path / "matte.png"
    Image.fromarray(np.full((7, 3), 128, np.uint8)).save(path)
    assert between("matte", 0.9, matte=path).min() == 1


@pytest.mark.parametrize("weight", [0.25, 0.5])
def test_fade_is_the_mean(weight: float) -> None:
    a, b = grey(40, 100, 160), grey(200, 140, 80)
    result = begin(Look(name="fade"), WIDTH, HEIGHT)(a, b, weight)
    shares = {0.25: (80, 110, 140), 0.5: (120, 120, 120)}
    assert (result.y[0, 0], result.u[0, 0], result.v[0, 0]) == shares[weight]


def test_dip_is_its_colour_half_way() -> None:
    """Pure red in BT.709: Y 63, U 102, V 240."""
    change = begin(Look(name="dip", color="red"), WIDTH, HEIGHT)
    middle, early = (change(grey(103), grey(200), progress) for progress in (0.5, 0.25))
    assert (middle.y[0, 0], middle.u[0, 0], middle.v[0, 0]) == (63, 102, 240)
    assert (early.y[0, 0], early.u[0, 0], early.v[0, 0]) == (83, 115, 184)


def test_fadeblack_a_tenth_in() -> None:
    """What is left, 0.9: first 0.9 * smoothstep(0.5) = 0.45; second 0.1 * (1 - smoothstep(0.875)) = 0.1 * 0.04297."""
    result = begin(Look(name="fadeblack"), WIDTH, HEIGHT)(grey(116), grey(216), 0.1)
    assert result.y[0, 0] == round(16 + 100 * 0.45 + 200 * 0.004297)
    white = begin(Look(name="fadewhite"), WIDTH, HEIGHT)(grey(135), grey(35), 0.1)
    assert white.y[0, 0] == round(235 - 100 * 0.45 - 200 * 0.004297)


def test_fadegrays_takes_the_colour_only() -> None:
    """At 0.1: luma is a fade; chroma keeps 0.45 of the first and 0.0043 of the second, from 128."""
    result = begin(Look(name="fadegrays"), WIDTH, HEIGHT)(grey(100, u=188), grey(200, u=28), 0.1)
    assert result.y[0, 0] == 110
    assert result.u[0, 0] == round(128 + 60 * 0.45 - 100 * 0.004297)


def test_fadefast_and_fadeslow_by_difference() -> None:
    """Equal pictures: fast is a plain fade, slow has power 1 + ln 2; white on black: the other way round."""
    a, b = (
        Planes(np.uint8([[0, 100]] * 2), *[np.uint8([[128]])] * 2),
        Planes(np.uint8([[255, 101]] * 2), *[np.uint8([[128]])] * 2),
    )
    fast, slow = (begin(Look(name=name), 2, 2)(a, b, 0.5).y[0, 0] for name in ("fadefast", "fadeslow"))
    assert abs(int(fast) - 255 * (1 - 0.5 ** (1 + np.log(2)))) <= 1
    assert abs(int(slow) - 255 * 0.5) <= 1


def test_distance_turns_over_what_differs_most() -> None:
    """Half way, a difference of 0.86 of white has turned over, one of 0.2 is faded by half."""
    half = np.full((1, 2), 128, np.uint8)
    a = Planes(np.uint8([[16, 16, 100, 100]] * 2), half, half)
    b = Planes(np.uint8([[235, 235, 151, 151]] * 2), half, half)
    result = begin(Look(name="distance"), 4, 2)(a, b, 0.5)
    assert result.y[0, 0] == 235
    assert abs(int(result.y[0, 3]) - 125) <= 1


def test_cut_is_at_half_the_time() -> None:
    a, b = grey(DARK), grey(BRIGHT)
    change = begin(Look(name="cut"), WIDTH, HEIGHT)
    assert change(a, b, 0.49) is a
    assert change(a, b, 0.5) is b


@pytest.mark.parametrize(
    ("name", "first", "last", "axis"),
    [
        # Half way: luma at the first and at the last place along the axis; a tells places from 0, b from 100.
        ("slideleft", 40, 139, 1), ("slideright", 140, 39, 1), ("slideup", 20, 119, 0), ("slidedown", 120, 19, 0),
        ("coverleft", 0, 139, 1), ("coverright", 140, 79, 1), ("coverup", 0, 119, 0), ("coverdown", 120, 39, 0),
        ("revealleft", 40, 179, 1), ("revealright", 100, 39, 1), ("revealup", 20, 139, 0), ("revealdown", 100, 19, 0),
    ],
)  # fmt: skip
def test_what_moves_half_way(name: TransitionName, first: int, last: int, axis: int) -> None:
    result = begin(Look(name=name), WIDTH, HEIGHT)(ramp(0, axis), ramp(100, axis), 0.5)
    line = result.y[0] if axis else result.y[:, 0]
    assert (line[0], line[-1]) == (first, last)


def test_squeezes_leave_the_second_picture_around() -> None:
    row, column = between("squeezeh", 0.5), between("squeezev", 0.5)
    assert row[:, 0].tolist() == [1] * 10 + [0] * 20 + [1] * 10
    assert column[0].tolist() == [1] * 20 + [0] * 40 + [1] * 20


def test_crops_show_their_ground() -> None:
    change = begin(Look(name="rectcrop", color="white"), WIDTH, HEIGHT)
    quarter = change(grey(DARK), grey(BRIGHT), 0.25)
    assert quarter.y[:, 40].tolist() == [235] * 10 + [50] * 20 + [235] * 10
    assert quarter.y[20].tolist() == [235] * 20 + [50] * 40 + [235] * 20
    assert change(grey(DARK), grey(BRIGHT), 0.75).y[20, 40] == BRIGHT
    circle = begin(Look(name="circlecrop"), WIDTH, HEIGHT)(grey(DARK), grey(BRIGHT), 0.25)
    area = (circle.y > 30).sum()  # radius: half the diagonal, 44.72, times (1/2)^3 = 5.59
    assert abs(area - np.pi * 5.59**2) < 12


def test_pixelize_shows_means() -> None:
    """Half way tiles are 1/20 of the shorter side, 2 px: the mean of two columns of both, (0.5 + 100.5) / 2."""
    result = begin(Look(name="pixelize"), WIDTH, HEIGHT)(ramp(0), ramp(100), 0.5)
    assert result.y[0, 0] == result.y[1, 1]
    assert abs(int(result.y[0, 0]) - 50.5) <= 0.5


def test_zoomin_grows_about_the_middle() -> None:
    """A quarter in: smoothstep(0.5) = 1/2 of the picture's width is seen: from column 20 on."""
    result = begin(Look(name="zoomin"), WIDTH, HEIGHT)(ramp(0), ramp(100), 0.25)
    assert abs(int(result.y[20, 0]) - 20) <= 1
    assert abs(int(result.y[20, -1]) - 59) <= 1


def test_hblur_stays_in_its_place() -> None:
    """A straight slope blurred evenly is the same slope, away from the borders."""
    result = begin(Look(name="hblur"), WIDTH, HEIGHT)(ramp(0), ramp(0), 0.2)
    assert np.abs(result.y[0, 20:60].astype(int) - np.arange(20, 60)).max() <= 1


@pytest.mark.parametrize(
    ("direction", "where"), [("left", (20, 79)), ("right", (20, 0)), ("up", (39, 40)), ("down", (0, 40))]
)
def test_whip_and_cube_bring_the_second_picture_from_behind(direction: Direction, where: tuple[int, int]) -> None:
    opposite = HEIGHT - 1 - where[0] if where[0] != 20 else 20, WIDTH - 1 - where[1] if where[1] != 40 else 40
    whip = between("whip", 0.45, direction=direction)
    assert whip[where] > 0.6
    assert whip[opposite] < 0.4
    cube = begin(Look(name="cube", direction=direction), WIDTH, HEIGHT)(grey(120), grey(220), 0.5).y.astype(int)
    halves = [
        (slice(None), slice(40, None)),
        (slice(None), slice(None, 40)),
        (slice(20, None), slice(None)),
        (slice(None, 20), slice(None)),
    ]
    part = halves[["left", "right", "up", "down"].index(direction)]
    assert cube[part].sum() > 1.2 * (cube.sum() - cube[part].sum())


def test_a_side_of_the_cube_is_all_seen_at_its_turn() -> None:
    """Just after the begin the first picture still fills the screen but for a little."""
    picture = begin(Look(name="cube"), WIDTH, HEIGHT)(ramp(100), ramp(0), 0.001)
    assert np.abs(picture.y[10:30, 5:75].astype(int) - ramp(100).y[10:30, 5:75]).max() <= 2


def test_zoom_and_swirl_and_ripple_keep_one_colour() -> None:
    for name in ("zoom", "swirl", "ripple", "kaleidoscope", "bokeh", "whip", "hblur", "pixelize"):
        result = begin(Look(name=name), WIDTH, HEIGHT)(grey(90, 60, 200), grey(90, 60, 200), 0.4)
        assert np.abs(result.y.astype(int) - 90).max() <= 1, name
        assert np.abs(result.u.astype(int) - 60).max() <= 1, name


def test_zoom_makes_the_first_picture_larger() -> None:
    disc = grey(DARK)
    disc.y[15:25, 35:45] = BRIGHT
    result = begin(Look(name="zoom"), WIDTH, HEIGHT)(disc, grey(DARK), 0.35)
    assert (result.y > 100).sum() > 130  # 100 before


def test_kaleidoscope_repeats_by_a_sixth() -> None:
    """Half turned, what lies right of the middle also lies left of it."""
    result = begin(Look(name="kaleidoscope"), WIDTH, HEIGHT)(ramp(0), ramp(0), 0.5)
    assert np.abs(result.y.astype(int) - result.y[::-1, ::-1]).max() <= 6


def test_a_page_is_turned_from_the_right() -> None:
    share = between("page-curl", 0.5, direction="left")
    assert np.all(share[:, :5] <= 0)
    assert share[20, 75] > 0.8  # the next page, a little in shadow
    turned = between("page-curl", 0.5, direction="right")
    assert np.all(turned[:, 75:] <= 0)
    assert turned[20, 5] > 0.8


def test_the_back_of_a_page_shows_it_mirrored() -> None:
    """Radius hypot(80, 40) / 9 = 9.94; normal (cos 20, sin 20 degrees) = (.940, .342); half way the line is at 38.8 px.

    Row 10, column 30 lies at 31.6 along the normal, 7.2 behind the line, where the page comes back flat: what is seen
    is pi * 9.94 + 2 * 7.2 = 45.6 px further on, at column 72.9. Row 18, column 40 lies 4.9 beyond, on the cylinder:
    pi * 9.94 - 9.94 asin(.496) - 4.9 = 21.1 px further, at column 59.9, under light 1 - .496^2 / 2 = .877.
    """
    result = begin(Look(name="page-curl"), WIDTH, HEIGHT)(ramp(100), grey(16), 0.5)
    assert abs(int(result.y[10, 30]) - (0.4 * 172.9 + 0.6 * 235)) < 2
    assert abs(int(result.y[18, 40]) - (16 + 0.877 * (0.4 * 159.9 + 0.6 * 235 - 16))) < 2


def test_film_burns_warm_and_bright() -> None:
    result = begin(Look(name="film-burn"), WIDTH, HEIGHT)(grey(60), grey(60), 0.5)
    assert result.y.mean() > 120
    assert result.u.mean() < 110


def test_glitch_shows_both_pictures_in_bands() -> None:
    share = between("glitch", 0.5)
    assert np.array_equal(share, np.broadcast_to(share[:, :1], share.shape))
    assert set(np.unique(share)) == {0, 1}


def test_bokeh_makes_discs_of_points() -> None:
    """A point is spread evenly, brighter than a mean, over a disc; the middle of one is no brighter than its rim."""
    wide, high = 480, 270
    half = np.full((high // 2, wide // 2), 128, np.uint8)
    y = np.full((high, wide), 16, np.uint8)
    y[132:140, 236:244] = 235
    result = begin(Look(name="bokeh"), wide, high)(Planes(y, half, half), Planes(y, half, half), 0.5)
    assert 60 < int(result.y[136, 240]) < 235
    assert abs(int(result.y[136, 240]) - int(result.y[136, 234])) < 30
    assert result.y[136, 260] <= 18


def _hills(shift: int, seed: int = 3) -> Planes:
    wide = np.random.default_rng(seed).integers(40, 210, (24, 40)).astype(np.uint8)
    large = np.asarray(Image.fromarray(wide).resize((400, 240), Image.Resampling.BICUBIC))
    half = np.full((80, 120), 128, np.uint8)
    return Planes(np.ascontiguousarray(large[40:200, 60 + shift : 300 + shift]), half, half)


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_morph_meets_on_its_way(quarter: int) -> None:
    """From a picture to itself moved by 12 px: 3 px in each quarter of the time; a fade would be a double image."""
    moments = (begin(Look(name=name), 240, 160)(_hills(0), _hills(12), quarter / 4) for name in ("morph", "fade"))
    inner, wanted = (slice(20, -20), slice(30, -30)), _hills(3 * quarter)
    near, far = (np.abs(picture.y[inner].astype(int) - wanted.y[inner]).mean() for picture in moments)
    assert near < 2
    assert far > 4 * near


def test_morph_of_strangers_is_a_fade() -> None:
    other = _hills(0, seed=4)
    morph, fade = (begin(Look(name=name), 240, 160)(_hills(0), other, 0.5) for name in ("morph", "fade"))
    assert np.abs(morph.y.astype(int) - fade.y).mean() < 1


def test_a_fade_with_alpha_weighs_colours_by_it() -> None:
    """Transparent white fading to opaque grey: the colour is the grey's throughout, alpha goes up evenly."""
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    white = Planes(np.full((HEIGHT, WIDTH), 235, np.uint8), half, half, np.zeros((HEIGHT, WIDTH), np.uint8))
    result = begin(Look(name="fade"), WIDTH, HEIGHT)(white, grey(90, u=100), 0.4)
    assert result.alpha is not None
    assert result.alpha[0, 0] == 102
    assert abs(int(result.y[0, 0]) - 90) <= 1
    assert abs(int(result.u[0, 0]) - 100) <= 1
