from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.apps.talk.puppet.expression import REST, Expression
from frameloom.apps.talk.puppet.landmarks import find_landmarks
from frameloom.apps.talk.puppet.puppet import Puppet
from frameloom.media.image import Rgb, from_rgb, to_rgb

MOUTH = ("speech", "jaw", "width", "rounding", "upper", "lower", "press", "tuck", "tongue", "smile")
SHARES = st.floats(0, 1).map(lambda share: round(share, 3))
EXPRESSIONS = st.builds(Expression, **{field.name: SHARES for field in fields(Expression)})


def about(puppet: Puppet, picture: Rgb, right: float, down: float, radius: float = 0.03) -> float:
    """Mean light of a spot, seen from the middle of the mouth, in units."""
    frame = puppet.frame
    x, y = np.rint(frame.mouth + (right * frame.right + down * frame.down) * frame.unit).astype(int)
    r = max(round(radius * frame.unit), 1)
    return float(picture[y - r : y + r + 1, x - r : x + r + 1].mean())


def test_at_rest_it_is_the_portrait_bit_for_bit(puppet: Puppet, large: Rgb) -> None:
    picture, own = puppet.picture(REST), from_rgb(large)
    for plane, expected in ((picture.y, own.y), (picture.u, own.u), (picture.v, own.v)):
        assert (plane == expected).all()


@given(EXPRESSIONS)
@settings(max_examples=12, deadline=None)
def test_any_expression_gives_the_same_picture_twice_and_moves_no_border(puppet: Puppet, one: Expression) -> None:
    first, second = puppet.picture(one), puppet.picture(one)
    assert (first.y == second.y).all()
    assert (first.u == second.u).all()
    assert first.y.shape == puppet.base.y.shape
    assert first.y.dtype == np.uint8
    for row in (0, -1):
        assert np.abs(first.y[row].astype(int) - puppet.base.y[row]).max() <= 6
        assert np.abs(first.y[:, row].astype(int) - puppet.base.y[:, row]).max() <= 6


@given(st.builds(Expression, **dict.fromkeys(MOUTH, SHARES)))
@settings(max_examples=12, deadline=None)
def test_a_mouth_moves_nothing_beyond_the_rings(puppet: Puppet, one: Expression) -> None:
    picture = puppet.picture(one)
    ring = puppet.vertices[540:]
    low, high = np.floor(ring.min(axis=0)).astype(int) - 4, np.ceil(ring.max(axis=0)).astype(int) + 5
    changed = np.argwhere(picture.y != puppet.base.y)
    if len(changed):
        assert (changed >= low[::-1]).all()
        assert (changed <= high[::-1]).all()
    eyes = int(puppet.vertices[[145, 374], 1].max()) - 2
    assert (picture.y[:eyes] == puppet.base.y[:eyes]).all()


def test_lips_shut_over_the_teeth_of_a_smile(puppet: Puppet) -> None:
    rest, shut = (to_rgb(puppet.picture(one)) for one in (REST, Expression(speech=1, press=0.8)))
    x, y = np.rint(puppet.frame.mouth).astype(int)
    reach = round(0.14 * puppet.frame.unit)
    before, after = (picture[y - reach : y + reach, x - 1 : x + 2].mean(axis=(1, 2)) for picture in (rest, shut))
    line = int(after.argmin())
    assert after[line] < 0.75 * np.median(after)  # one dark line and nothing bright about it
    assert after[max(line - 4, 0) : line + 5].max() < before.max() - 10


def test_an_open_mouth_is_dark_below_its_teeth(puppet: Puppet) -> None:
    shown = to_rgb(puppet.picture(Expression(speech=1, jaw=1)))
    assert about(puppet, shown, 0, 0.18) < 90
    assert about(puppet, shown, 0, 0.0) > 150  # the portrait's own teeth stay on the skull


def test_a_portrait_with_closed_lips_gets_teeth(puppet: Puppet) -> None:
    from frameloom.media.face_mesh import FaceMesh

    shut = to_rgb(puppet.picture(Expression(speech=1)))
    points = np.zeros((468, 3), np.float32)
    points[:, :2] = puppet.moved(Expression(speech=1))[:468]
    other = Puppet(shut, FaceMesh(points, puppet.irises.astype(np.float32), 1.0))
    assert not other.shows_teeth
    assert (other.picture(REST).y == other.base.y).all()
    opened = to_rgb(other.picture(Expression(speech=1, jaw=0.8, upper=0.3)))
    line = float(other.frame.local(other.vertices[[13]])[0, 1])
    assert about(other, opened, 0.05, line + 0.015, 0.01) > 110
    assert about(other, opened, 0.0, line + 0.1, 0.01) < 80


def test_a_grey_portrait_stays_grey(large: Rgb) -> None:
    grey = np.repeat(large.mean(axis=-1, keepdims=True).astype(np.uint8), 3, axis=-1)
    shown = Puppet(grey, find_landmarks(grey, "grey").mesh)
    for one in (Expression(speech=1, jaw=1, tongue=1), Expression(speech=1, rounding=1), Expression(lid_left=1)):
        picture = shown.picture(one)
        for plane in (picture.u, picture.v):
            assert np.abs(plane.astype(int) - 128).max() <= 1


def test_shut_eyes_hide_their_irises(puppet: Puppet) -> None:
    rest, shut = (to_rgb(puppet.picture(one)) for one in (REST, Expression(lid_left=1, lid_right=1)))
    for x, y, radius in puppet.irises:
        spot = np.s_[round(y - radius / 2) : round(y + 1), round(x - radius / 2) : round(x + radius / 2)]
        assert shut[spot].mean() > rest[spot].mean() + 15


def test_irises_turn_to_the_right(puppet: Puppet) -> None:
    rest, turned = (puppet.picture(one).y.astype(float) for one in (REST, Expression(gaze_x=1)))
    for x, y, radius in puppet.irises:
        spot = np.s_[round(y - 1) : round(y + 2), round(x - 2 * radius) : round(x + 2 * radius)]
        dark = [np.clip(130 - picture[spot], 0, None).sum(axis=0) for picture in (rest, turned)]
        middles = [float((one * np.arange(len(one))).sum() / one.sum()) for one in dark]
        assert 0.3 < middles[1] - middles[0] < 4


def test_a_tilted_head_takes_the_mouth_along(puppet: Puppet) -> None:
    upright = puppet.picture(Expression(speech=1, jaw=1))
    turned = puppet.picture(Expression(speech=1, jaw=1, yaw=1))
    mouth = puppet.frame.mouth + 0.18 * puppet.frame.unit * puppet.frame.down
    row = round(mouth[1])
    dark = [np.flatnonzero(picture.y[row, 160:340] < 75).mean() for picture in (upright, turned)]
    shift = -puppet.head.back(1, 0, 0, 0)[row, round(mouth[0]), 0]
    assert dark[1] - dark[0] == pytest.approx(shift, abs=1.5)
