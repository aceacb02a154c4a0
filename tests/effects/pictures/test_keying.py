"""Keys, against mattes that are known."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.effects.clips import context, grey

from frameloom.core.errors import ConfigError
from frameloom.effects.pictures.keying import ChromaKey, LumaKey, MatteBox
from frameloom.effects.pictures.regions import Box
from frameloom.media.image import from_rgb, to_rgb
from frameloom.media.planes import Depth, Planes, plain

NOW = Fraction(0)
SCREEN = (0, 177, 64)


def before_screen(subject: tuple[int, int, int], depth: Depth = 8, noise: float = 0.0) -> tuple[Planes, np.ndarray]:
    """A disc of one colour with a soft edge before a screen; and its true alpha."""
    y, x = np.mgrid[0:120, 0:160]
    alpha = np.clip((40 - np.hypot(x - 80, y - 60)) / 6 + 0.5, 0, 1)[..., None]
    shade = 0.8 + 0.2 * (x / 160)[..., None]  # light falls unevenly on the screen
    rgb = alpha * np.array(subject) + (1 - alpha) * np.array(SCREEN) * shade
    rgb = rgb + np.random.default_rng(0).normal(0, noise, rgb.shape)
    return from_rgb(np.clip(rgb + 0.5, 0, 255).astype(np.uint8), depth), alpha[..., 0]


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("subject", [(210, 160, 130), (30, 30, 40), (240, 240, 240), (180, 30, 30), (60, 80, 200)])
def test_alpha_of_a_known_matte(subject: tuple[int, int, int], depth: Depth) -> None:
    one, alpha = before_screen(subject, depth, noise=2)
    result = ChromaKey().begin(context([one]))(one, NOW)
    assert result.alpha is not None
    found = result.alpha / (255 if depth == 8 else 1023)
    y, x = np.mgrid[0:120, 0:160]
    away = np.hypot(x - 80, y - 60)
    assert found[away > 47].max() < 0.05
    assert found[away < 33].min() > 0.95
    assert np.abs(found - alpha).mean() < 0.03


@pytest.mark.parametrize("subject", [(210, 160, 130), (30, 30, 40), (240, 240, 240)])
def test_no_green_rim_is_left(subject: tuple[int, int, int]) -> None:
    one, alpha = before_screen(subject)
    rim = (alpha > 0.45) & (alpha < 0.9)

    def away(spill: float) -> float:
        result = ChromaKey(color="#00b140", spill=spill).begin(context([one]))(one, NOW)
        return float(np.abs(to_rgb(result)[rim].astype(float) - subject).mean())

    assert away(1) < 0.75 * away(0)


def test_skin_keeps_its_colour() -> None:
    one = plain(16, 16, (210, 160, 130))
    result = ChromaKey(color="#00b140").begin(context([one]))(one, NOW)
    assert np.abs(to_rgb(result)[4, 4].astype(int) - [210, 160, 130]).max() <= 2
    assert result.alpha is not None
    assert (result.alpha == 255).all()


def test_a_blue_screen_is_found_too() -> None:
    y = np.full((48, 64, 3), (20, 60, 200), np.uint8)
    y[20:, 24:40] = (200, 150, 120)
    one = from_rgb(y)
    result = ChromaKey().begin(context([one]))(one, NOW)
    assert result.alpha is not None
    assert result.alpha[5, 5] == 0
    assert result.alpha[40, 32] == 255


def test_there_must_be_a_screen() -> None:
    with pytest.raises(ConfigError, match="no coloured screen at the clip's border; give its color"):
        ChromaKey().begin(context([grey(120)]))
    with pytest.raises(ConfigError, match="no coloured screen"):
        ChromaKey().begin(replace(context([grey(120)]), read=lambda: iter(())))
    with pytest.raises(ConfigError, match="color 'white' is nearly grey"):
        ChromaKey(color="white").begin(context([grey(120)]))


@pytest.mark.parametrize(("depth", "most"), [(8, 255), (10, 1023)])
def test_luma_key_by_hand(depth: Depth, most: int) -> None:
    gain = 1 << (depth - 8)
    one = grey(16, depth=depth)
    y = one.y.copy()
    y[0, :3] = np.array([16 + 219 * 0.2, 16 + 219 * 0.4, 16 + 219 * 0.3]) * gain
    change = LumaKey(level=0.2, softness=0.2).begin(context([one]))
    alpha = change(Planes(y, one.u, one.v), NOW).alpha
    assert alpha is not None
    assert np.abs(alpha[0, :3] / most - [0, 1, 0.5]).max() < 0.03
    assert alpha[1, 0] == 0
    dark = LumaKey(level=0.2, softness=0.2, invert=True).begin(context([one]))(one, NOW).alpha
    assert dark is not None
    assert (dark == most).all()


def test_mattes_multiply() -> None:
    one = grey(126)
    half = Planes(one.y, one.u, one.v, np.full((48, 64), 128, np.uint8))
    box = Box(left=0, top=0, width=0.5, height=1)
    kept = MatteBox(box=box).begin(context([one]))(half, NOW).alpha
    assert kept is not None
    assert (kept[:, :32] == 128).all()
    assert (kept[:, 34:] == 0).all()
    cleared = MatteBox(box=box, invert=True).begin(context([one]))(half, NOW).alpha
    assert cleared is not None
    assert (cleared[:, :32] == 0).all()
    keyed = LumaKey(level=0.4, softness=0.2).begin(context([one]))(half, NOW).alpha
    assert keyed is not None
    assert int(keyed[0, 0]) == pytest.approx(64, abs=2)  # (126 - 16) / 219 = 0.502: half of a half


@pytest.mark.parametrize("rgb", [(220, 200, 40), (60, 190, 200)])
def test_what_lies_beside_the_screens_colour_stays_on_both_sides(rgb: tuple[int, int, int]) -> None:
    one = plain(16, 16, rgb)
    alpha = ChromaKey(color="#00b140").begin(context([one]))(one, NOW).alpha
    assert alpha is not None
    assert alpha.min() > 240
