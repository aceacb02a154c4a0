"""Scenes as they are drawn, before anything is compiled."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.data.robot_push.arm import Arm
from frameloom.data.robot_push.policy import HIGHEST, LOWEST
from frameloom.data.robot_push.scene import (
    BIN,
    MIDDLE,
    TEXTURE_SIZE,
    TEXTURES,
    Scene,
    draw_scene,
    to_picture,
    to_world,
)

NO_ARM = Arm("", "", {})


def scene(seed: int) -> Scene:
    return draw_scene(NO_ARM, np.random.default_rng(seed))


def places(drawn: Scene) -> np.ndarray:
    """Return where things lie from the middle of the bin, (N, 3) in world directions."""
    bodies = {body.get("name"): body for body in ElementTree.fromstring(drawn.xml).iter("body")}
    return np.array([[float(x) for x in bodies[name].attrib["pos"].split()] for name in drawn.objects]) - MIDDLE


def test_right_away_and_up_in_the_world() -> None:
    directions = to_world(np.eye(3)) - MIDDLE
    # The viewer of aux1 faces the arm, which is at the origin: away from the viewer is towards it.
    assert np.allclose(directions, [(0, 1, 0), (-1, 0, 0), (0, 0, 1)])


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=3, max_size=3))
def test_there_and_back(place: list[float]) -> None:
    assert np.allclose(to_picture(to_world(np.array(place))), place)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_things_lie_apart_in_the_bin(seed: int) -> None:
    drawn = scene(seed)
    where = places(drawn)
    assert 3 <= len(where) <= 6
    assert (np.abs(where[:, :2]) <= BIN - 0.07 + 1e-9).all()
    between = np.hypot(*(where[:, None, :2] - where[None, :, :2]).transpose(2, 0, 1)) + np.eye(len(where))
    assert between.min() > 0.115 - 1e-9
    assert (where[:, 2] > 0.015).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_the_hand_begins_within_bounds_and_clear_of_things(seed: int) -> None:
    drawn = scene(seed)
    assert (drawn.hand >= LOWEST).all()
    assert (drawn.hand <= HIGHEST).all()
    away = np.hypot(*(to_picture(places(drawn) + MIDDLE) - drawn.hand[:3])[:, :2].T).min()
    assert away > 0.11 - 1e-9 or drawn.hand[2] >= 0.11


def test_a_seed_fixes_a_scene() -> None:
    one, again, other = scene(5), scene(5), scene(6)
    assert one.xml == again.xml
    assert one.xml != other.xml
    for name in TEXTURES:
        assert one.textures[name].shape == (TEXTURE_SIZE, TEXTURE_SIZE, 3)
        assert np.array_equal(one.textures[name], again.textures[name])
        assert not np.array_equal(one.textures[name], other.textures[name])


def test_every_kind_of_thing_and_number_comes_up() -> None:
    drawn = [scene(seed) for seed in range(40)]
    kinds = [
        geom.attrib["type"]
        for each in drawn
        for geom in ElementTree.fromstring(each.xml).iter("geom")
        if geom.get("name") in each.objects
    ]
    assert {len(each.objects) for each in drawn} == {3, 4, 5, 6}
    assert {kind: kinds.count(kind) / len(kinds) for kind in set(kinds)} == pytest.approx(
        dict.fromkeys(("box", "cylinder", "sphere", "capsule"), 0.25), abs=0.12
    )
