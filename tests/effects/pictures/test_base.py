"""What all effects stand on."""

from fractions import Fraction

import pytest
from pydantic import TypeAdapter, ValidationError
from tests.effects.clips import grey

from frameloom.effects.curve import Keyframe
from frameloom.effects.pictures.base import ClipContext, flat, is_still, stays, unchanged, values_at
from frameloom.effects.pictures.film import Vignette

RISE = (Keyframe(t=0, value=0), Keyframe(t=2, value=1, easing="linear"))


def test_curves_that_stay() -> None:
    assert stays(0.5, 0.5)
    assert not stays(RISE, 0)
    assert stays((Keyframe(t=0, value=1), Keyframe(t=1, value=1)), 1)
    assert is_still(1, 2.0, RISE[:1])
    assert not is_still(1, RISE)
    assert values_at(Fraction(1), RISE, 3) == (0.5, 3.0)


def test_a_clip_without_pictures_can_be_looked_through() -> None:
    clip = ClipContext(64, 48)
    assert list(clip.read()) == []
    clip.tell("nobody listens")


def test_flat_and_unchanged() -> None:
    assert flat(4, 2, 700, 10).tolist() == [[700] * 4] * 2
    one = grey(50)
    assert unchanged(one, Fraction(0)) is one


def test_keyframes_are_checked_one_by_one() -> None:
    with pytest.raises(ValidationError, match="must be from 0 to 1, but a value is 3"):
        TypeAdapter(Vignette).validate_python({"strength": [{"t": 0, "value": 0}, {"t": 1, "value": 3}]})
