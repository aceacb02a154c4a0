"""Drawn mouths keep within their faces, whatever the settings, and open without a jump."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from frameloom.apps.talk.character import Character
from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.drawn import animal, face
from frameloom.apps.talk.drawn.geometry import Turned
from frameloom.apps.talk.drawn.mouth import lips_of
from frameloom.apps.talk.pose import Face, Mouth, Pose
from frameloom.apps.talk.stage import Place, Stage
from frameloom.apps.talk.store import character_names, load_character

WIDE = Mouth(open=1.15, width=0.1, jaw=1.0)


def turned(looks: CharacterConfig) -> Turned:
    return Turned(0, 0, 0, 0, 0, 95.0 * looks.head.width, 120.0 * looks.head.height)


@given(
    some.sampled_from(sorted(face.OUTLINES)),
    *(some.sampled_from([0.7, 1.0, 1.4]) for _ in range(3)),
    some.floats(-15, 15),
    some.floats(0, 1.5),
)
def test_a_mouth_keeps_between_nose_and_chin(
    shape: str, width: float, height: float, size: float, y: float, full: float
) -> None:
    head = {"shape": shape, "width": width, "height": height}
    looks = CharacterConfig.model_validate(
        {"name": "X", "head": head, "mouth": {"y": y, "size": size, "fullness": full}}
    )
    fit = face.fit_of(turned(looks), looks)
    chin = face.OUTLINES[shape][-1][1] * height
    for mouth, end in ((Mouth(), chin), (WIDE, chin + 15 * height)):
        lips = lips_of(mouth, 0.0, looks.mouth, full)
        assert fit.y + fit.down * (lips.bottom + lips.lower) < end
        assert fit.across * lips.half < face.half_width(turned(looks), face.OUTLINES[shape], fit.y)
    assert 0.5 < fit.down <= 1


@pytest.mark.parametrize("name", character_names())
def test_those_that_ship_have_room(name: str) -> None:
    looks = load_character(name).looks
    if looks.kind == "robot":
        return
    fit = (face if looks.kind == "human" else animal).fit_of(turned(looks), looks)
    assert (fit.across, fit.down) == (1, 1)
    assert fit.y == (64 if looks.kind == "human" else animal.MUZZLE_Y + 22) + looks.mouth.y


@pytest.mark.parametrize("name", ["ada", "kip", "mira"])
def test_a_mouth_opens_without_a_jump(name: str) -> None:
    looks = load_character(name).looks
    stage = Stage([Place(Character(looks))], 160, 160, "close")
    for smile in (0.0, 0.8):
        opens = np.arange(0, 0.3, 0.01)
        poses = [Pose(mouth=Mouth(open=at, teeth=0.75, tongue=0.35), face=Face(smile=smile)) for at in opens]
        seen = [stage.pixels([pose]).astype(float) for pose in poses]
        steps = [np.abs(one - other).sum() for one, other in zip(seen[1:], seen[:-1], strict=True)]
        assert max(steps) < 3 * np.median(steps)
