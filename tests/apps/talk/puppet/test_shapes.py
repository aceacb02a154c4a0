import numpy as np
import pytest

from frameloom.apps.talk.puppet.anatomy import EYES, LOWER_LIP, UPPER_LIP, net, with_rings
from frameloom.apps.talk.puppet.expression import Expression
from frameloom.apps.talk.puppet.puppet import Puppet
from frameloom.apps.talk.puppet.shapes import OPENING


def way(puppet: Puppet, expression: Expression) -> np.ndarray:
    """How far each vertex goes to the right and down in the face's frame, in units, (576, 2)."""
    gone = (puppet.moved(expression) - puppet.vertices) / puppet.frame.unit
    return np.stack([gone @ puppet.frame.right, gone @ puppet.frame.down], axis=-1)


def gap(puppet: Puppet, expression: Expression) -> np.ndarray:
    """How far the lips are apart in the eleven columns, in units."""
    moved = puppet.frame.local(puppet.moved(expression))
    return moved[list(LOWER_LIP[3]), 1] - moved[list(UPPER_LIP[3]), 1]


def test_the_net_covers_all_vertices_and_crosses_neither_mouth_nor_eyes() -> None:
    triangles = net().triangles
    assert sorted(set(triangles.ravel().tolist())) == list(range(576))
    assert len({frozenset(triangle) for triangle in triangles.tolist()}) == len(triangles)
    edges = {tuple(edge) for edge in net().edges.tolist()}
    assert not {tuple(sorted(pair)) for pair in zip(UPPER_LIP[3][1:-1], LOWER_LIP[3][1:-1], strict=True)} & edges
    for eye in EYES:
        assert not {tuple(sorted((a, b))) for a in eye.upper[1:-1] for b in eye.lower[1:-1]} & edges


def test_the_average_face_is_symmetric() -> None:
    face = net().face
    assert face[[33, 61, 234, 70]] * (-1, 1) == pytest.approx(face[[263, 291, 454, 300]], abs=1e-4)
    rings = with_rings(face)
    assert len(rings) == 576
    assert rings[540:] - face[[10]].mean(axis=0) != pytest.approx(0)


def test_nothing_moves_the_outermost_ring(puppet: Puppet) -> None:
    for name, field in zip(puppet.shapes.names, puppet.shapes.fields, strict=True):
        assert np.abs(field[540:]).max() == 0, name


def test_a_jaw_takes_the_chin_along_and_leaves_the_skull(puppet: Puppet) -> None:
    gone = way(puppet, Expression(jaw=1))
    assert gone[152] == pytest.approx((0, 0.94 * OPENING), abs=1e-6)
    assert gone[14, 1] == pytest.approx(0.999 * OPENING, rel=0.05)
    assert np.abs(gone[[33, 263, 1, 10, 105, 468]]).max() < 1e-6
    assert gone[13, 1] < 0  # the upper lip rises a little
    assert 0.05 * OPENING < gone[214, 1] < 0.9 * OPENING  # cheeks follow in part


def test_speech_shuts_the_lips_of_a_smile(puppet: Puppet) -> None:
    assert gap(puppet, Expression())[5] > 0.1
    assert gap(puppet, Expression(speech=1)) == pytest.approx(0, abs=1e-6)
    assert gap(puppet, Expression(speech=1, press=1)).max() < 1e-6
    assert gap(puppet, Expression(speech=1, jaw=1))[5] == pytest.approx(1.034 * OPENING, rel=0.05)


def test_f_shows_teeth_above_a_tucked_lip(puppet: Puppet) -> None:
    f = Expression(speech=1, upper=0.7, tuck=1, jaw=0.05)
    assert 0.02 < gap(puppet, f)[5] < 0.07
    lower = way(puppet, f)[[14, 17], 1] - way(puppet, Expression(speech=1))[[14, 17], 1]
    assert lower[1] < lower[0] - 0.03  # the lip gets thinner from below


@pytest.mark.parametrize(("expression", "sign"), [(Expression(width=1), 1), (Expression(rounding=1), -1)])
def test_corners_go_apart_and_together(puppet: Puppet, expression: Expression, sign: int) -> None:
    gone = way(puppet, expression)
    assert np.sign(gone[291, 0]) == sign
    assert np.sign(gone[61, 0]) == -sign
    assert abs(gone[291, 0] + gone[61, 0]) < 1e-6


@pytest.mark.parametrize("side", [0, 1])
def test_a_lid_shuts_its_own_eye_only(puppet: Puppet, side: int) -> None:
    moved = puppet.moved(Expression(**{("lid_left", "lid_right")[side]: 1.0}))
    eye, other = EYES[side], EYES[1 - side]
    assert moved[list(eye.upper)] == pytest.approx(moved[list(eye.lower)], abs=1e-6)
    untouched = [*other.upper, *other.lower, *other.crease, 61, 1, 152]
    assert (moved[untouched] == puppet.vertices[untouched]).all()
    crease = moved[eye.crease[3], 1] - puppet.vertices[eye.crease[3], 1]
    lid = moved[eye.upper[4], 1] - puppet.vertices[eye.upper[4], 1]
    assert 0.2 * lid < crease < 0.8 * lid  # skin is drawn from above


def test_oo_is_as_narrow_on_a_broad_smile_as_on_a_mouth_at_rest(puppet: Puppet) -> None:
    def half_width(expression: Expression) -> float:
        return float(np.ptp(puppet.frame.local(puppet.moved(expression))[[61, 291], 0])) / 2

    assert half_width(Expression()) > 0.5  # she smiles; at rest it would be about 0.4
    assert 0.43 < half_width(Expression(speech=1)) < 0.5
    assert 0.24 < half_width(Expression(speech=1, rounding=1)) < 0.3  # 33 to 38 mm on an adult


@pytest.mark.parametrize(("name", "own", "other"), [("brow_left", 105, 334), ("brow_right", 334, 105)])
def test_a_brow_goes_up_alone_and_leaves_the_lids(puppet: Puppet, name: str, own: int, other: int) -> None:
    gone = way(puppet, Expression(**{name: 1.0}))
    assert gone[own] == pytest.approx((0, -0.07), abs=1e-6)
    lids = [point for eye in EYES for point in eye.upper + eye.lower]
    assert np.abs(gone[[other, *lids, 1, 61, 152]]).max() < 1e-6


def test_a_frown_brings_the_inner_ends_of_the_brows_down_and_together(puppet: Puppet) -> None:
    gone = way(puppet, Expression(frown=1.0))
    for inner, outer, towards in ((55, 46, 1), (285, 276, -1)):
        assert gone[inner, 1] > 0.03
        assert towards * gone[inner, 0] > 0.01
        assert gone[outer, 1] == pytest.approx(-0.02, abs=0.005)
