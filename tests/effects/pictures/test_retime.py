"""Pictures between pictures, against motion that is known."""

import numpy as np
import pytest
from tests.effects.clips import grey, moved, picture, texture

from frameloom.effects.pictures.retime import between, flows_of
from frameloom.media.planes import Planes

WIDTH, HEIGHT = 160, 96
SCENE = texture(400, 300, 1, cell=10)


def view(x: float, y: float = 60, alpha: bool = False) -> Planes:
    """A window into a scene, x px to the right."""
    luma = moved(SCENE, x, y, WIDTH, HEIGHT)
    chroma = moved(SCENE[::2, ::2].copy(), x / 2, y / 2, WIDTH // 2, HEIGHT // 2)
    return Planes(luma, chroma, 255 - chroma, 255 - luma if alpha else None)


def error(a: Planes, b: Planes) -> float:
    return float(np.abs(a.y[8:-8, 12:-12].astype(int) - b.y[8:-8, 12:-12]).mean())


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_flow_finds_the_picture_in_between(share: float) -> None:
    a, b, truth = view(100), view(108, 64), view(100 + 8 * share, 60 + 4 * share)
    found = between(a, b, share, "flow")
    assert error(found, truth) < 2
    assert error(found, truth) < 0.25 * error(between(a, b, share, "blend"), truth)
    assert np.abs(found.u[6:-6, 8:-8].astype(int) - truth.u[6:-6, 8:-8]).mean() < 3


def test_alpha_moves_along() -> None:
    found = between(view(100, alpha=True), view(106, alpha=True), 0.5, "flow")
    assert found.alpha is not None
    assert np.abs(found.alpha[8:-8, 12:-12].astype(int) - (255 - found.y[8:-8, 12:-12].astype(int))).mean() < 1
    for how in ("blend", "flow"):
        half = between(view(100, alpha=True), view(100), 0.5, how).alpha  # the other one counts as opaque
        assert half is not None
        assert np.abs(half.astype(int) - (255 - view(100).y // 2)).mean() < 2


def test_ten_bits_move_as_eight_do() -> None:
    a, b = view(100), view(106)
    wide = [Planes(*(plane.astype(np.uint16) * 4 for plane in (one.y, one.u, one.v))) for one in (a, b)]
    for how in ("blend", "flow"):
        small, large = between(a, b, 0.5, how), between(*wide, 0.5, how)
        assert large.y.dtype == np.uint16
        assert np.abs(small.y - large.y / 4).mean() < 1


def test_blend_by_hand_and_repeat_takes_the_nearer() -> None:
    a, b = grey(40), grey(140)
    assert (between(a, b, 0.25, "blend").y == 65).all()
    assert between(a, b, 0.49, "repeat") is a
    assert between(a, b, 0.5, "repeat") is b


@pytest.mark.parametrize("how", ["repeat", "blend", "flow"])
def test_the_ends_are_the_very_same_pictures(how: str) -> None:
    a, b = picture(seed=0), picture(seed=1)
    assert between(a, b, 0, how) is a
    assert between(a, b, 1, how) is b
    assert between(a, a, 0.4, how) is a


def test_at_a_cut_the_nearer_picture_stands() -> None:
    a = view(100)
    luma = np.ascontiguousarray(texture(WIDTH, HEIGHT, 33, cell=7)[::-1])
    b = Planes(luma, a.u, a.v)
    assert flows_of(a, b) is None
    assert between(a, b, 0.3, "flow") is a
    assert between(a, b, 0.6, "flow") is b


def test_what_one_picture_hides_comes_from_the_other() -> None:
    # A block moves 10 px over a still scene: half-way it must be whole, and so must the scene on both its sides.
    scene, block = texture(480, 270, 1, cell=14), texture(110, 110, 5, cell=9)
    chroma = np.full((135, 240), 128, np.uint8)

    def with_block(left: int) -> Planes:
        luma = scene.copy()
        luma[80:190, left : left + 110] = block
        return Planes(luma, chroma, chroma)

    a, truth, b = with_block(150), with_block(155), with_block(160)
    left, blended = (
        np.abs(between(a, b, 0.5, how).y[80:190, 140:300].astype(int) - truth.y[80:190, 140:300]).mean()
        for how in ("flow", "blend")
    )
    assert left < 0.25 * blended


def test_flows_are_kept_for_several_shares() -> None:
    a, b = view(100), view(108)
    flows = flows_of(a, b)
    assert flows is not None
    assert np.array_equal(between(a, b, 0.5, "flow", flows).y, between(a, b, 0.5, "flow").y)
