"""What holds for every character: mouths that differ, lips that meet, the same drawing again, any size, alpha."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.talk.behaviour import MOODS, still_pose
from frameloom.apps.talk.character import Character, Framing
from frameloom.apps.talk.characterfile import (
    BackgroundConfig,
    BackgroundKind,
    CharacterConfig,
    HairStyle,
    Kind,
    OutfitStyle,
)
from frameloom.apps.talk.curves import TARGETS
from frameloom.apps.talk.gestures import GESTURES, GestureKind
from frameloom.apps.talk.pose import Mouth, Pose
from frameloom.apps.talk.stage import Place, Stage, side_by_side
from frameloom.apps.talk.store import character_names, load_character
from frameloom.core.errors import ConfigError
from frameloom.media.image import to_rgb

NAMES = character_names()
SIZE = 200


def pixels_of(character: Character, pose: Pose, framing: Framing = "close") -> np.ndarray:
    return Stage([Place(character)], SIZE, SIZE, framing).pixels([pose]).astype(np.int16)


def test_at_least_six_come_with_the_package() -> None:
    assert set(NAMES) >= {"ada", "bruno", "kip", "mira", "noor", "teo"}


@pytest.mark.parametrize("name", NAMES)
def test_every_viseme_is_a_mouth_of_its_own_at_200_px(name: str) -> None:
    character = load_character(name)
    seen = {viseme: pixels_of(character, Pose(mouth=mouth)) for viseme, mouth in TARGETS.items()}
    for viseme, one in seen.items():
        for other in list(seen)[: list(seen).index(viseme)]:
            different = (np.abs(one - seen[other]).max(axis=2) > 20).sum()
            assert different > 12, f"{name}: {viseme} looks like {other}"


@pytest.mark.parametrize("name", NAMES)
def test_a_closed_mouth_shows_no_gap_and_an_open_one_does(name: str) -> None:
    """The gap is drawn inside a clip about the mouth: closed lips have none."""
    character = load_character(name)

    def clips(mouth: Mouth) -> int:
        return len({id(shape.clip) for shape in character.shapes(Pose(mouth=mouth, blink=1)) if shape.clip})

    closed, silent, open_ = clips(TARGETS["PP"]), clips(TARGETS["sil"]), clips(TARGETS["aa"])
    assert closed == silent < open_


@pytest.mark.parametrize("name", NAMES)
def test_the_wider_the_mouth_the_more_of_the_picture_changes(name: str) -> None:
    character = load_character(name)
    rest = pixels_of(character, Pose())
    changed = [
        (np.abs(pixels_of(character, Pose(mouth=Mouth(open=gap, teeth=0.5))) - rest).max(axis=2) > 20).sum()
        for gap in (0.2, 0.5, 1.0)
    ]
    assert changed[0] < changed[1] < changed[2]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("framing", get_args(Framing))
def test_the_same_pose_is_the_same_picture(name: str, framing: Framing) -> None:
    character = load_character(name)
    pose = still_pose(character.looks, "happy", TARGETS["E"], "both")
    assert character.draw(pose, 320, 180, framing=framing) == load_character(name).draw(pose, 320, 180, framing=framing)


@pytest.mark.parametrize("name", NAMES)
def test_moods_and_gestures_can_be_told_apart(name: str) -> None:
    character = load_character(name)
    for framing, poses in (
        ("close", [still_pose(character.looks, mood) for mood in MOODS]),
        ("half", [still_pose(character.looks, "neutral", gesture=gesture) for gesture in GESTURES]),
    ):
        seen = [pixels_of(character, pose, framing) for pose in poses]  # type: ignore[arg-type]
        for number, one in enumerate(seen):
            for other in seen[:number]:
                assert (np.abs(one - other).max(axis=2) > 20).sum() > 40


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(64, 64), (96, 300), (640, 100), (1280, 720)])
def test_any_size_will_do(name: str, size: tuple[int, int]) -> None:
    character = load_character(name)
    picture = Stage([Place(character)], *size, transparent=True).picture([Pose()])
    assert (picture.width, picture.height) == size
    assert picture.alpha is not None
    assert 0.04 < (picture.alpha > 128).mean() < 0.8


@pytest.mark.parametrize("gesture", ["open", "point", "wave", "count"])
def test_hands_stay_within_an_upright_picture(gesture: GestureKind) -> None:
    character = load_character("ada")
    stage = Stage([Place(character)], 210, 374, transparent=True)
    alpha = stage.pixels([still_pose(character.looks, "happy", gesture=gesture)])[..., 3]
    assert alpha[:, -1].max() == 0
    # The face stays free: beside the chin there is nothing.
    chin = Stage([Place(character)], 210, 374, transparent=True).pixels([still_pose(character.looks, "happy")])[..., 3]
    assert (alpha[:215] == chin[:215]).all()


@pytest.mark.parametrize("name", NAMES)
def test_without_a_background_alpha_is_whole_inside_and_none_outside(name: str) -> None:
    stage = Stage([Place(load_character(name))], 320, 320, transparent=True)
    alpha = stage.picture([Pose()]).alpha
    assert alpha is not None
    assert alpha[-40, 160] == 255
    assert alpha[:4].max() == 0
    assert alpha[200:, :4].max() == 0
    assert (stage.pixels([Pose()])[..., 3] == alpha).all()


@pytest.mark.parametrize("name", NAMES)
def test_painting_the_box_alone_is_painting_the_picture(name: str) -> None:
    character = load_character(name)
    pose = still_pose(character.looks, "happy", TARGETS["O"], "wave")
    stage = Stage([Place(character)], 320, 180)
    quick, slow = to_rgb(stage.picture([pose])).astype(int), stage.pixels([pose])[..., :3].astype(int)
    assert np.abs(quick - slow).mean() < 2


@given(
    blink=st.floats(0, 1),
    yaw=st.floats(-0.45, 0.45),
    pitch=st.floats(-0.3, 0.3),
    roll=st.floats(-0.3, 0.3),
    gaze=st.floats(-1, 1),
    lag=st.floats(-1, 1),
    opened=st.floats(0, 1.2),
    ring=st.floats(0, 1),
    smile=st.floats(-1, 1),
    hand=st.tuples(st.floats(-50, 300), st.floats(100, 640)),
    name=st.sampled_from(NAMES),
)
def test_every_pose_can_be_drawn(
    blink: float,
    yaw: float,
    pitch: float,
    roll: float,
    gaze: float,
    lag: float,
    opened: float,
    ring: float,
    smile: float,
    hand: tuple[float, float],
    name: str,
) -> None:
    pose = Pose(mouth=Mouth(open=opened, round=ring, teeth=1), blink=blink, yaw=yaw, pitch=pitch, roll=roll)
    arm = replace(pose.left, x=hand[0], y=hand[1], shape="open")
    pose = replace(pose, face=replace(pose.face, smile=smile), gaze_x=gaze, lag=lag, left=arm)
    for shape in load_character(name).shapes(pose):
        for outline in shape.outlines:
            assert len(outline) % 6 == 2
            assert np.isfinite(outline).all()
            assert max(map(abs, outline)) < 2000


def test_a_turned_head_moves_what_is_near_more_than_what_is_far() -> None:
    """The nose goes further to the right than the ears, which lie behind the axis."""
    from frameloom.apps.talk.drawn.geometry import Turned

    straight, turned = (Turned(0, 0, yaw, 0, 0) for yaw in (0.0, 0.3))
    nose = turned.on(0, 30, 14)[0] - straight.on(0, 30, 14)[0]
    eye = turned.on(39, -6)[0] - straight.on(39, -6)[0]
    hair = turned.at(0, 0, -45)[0] - straight.at(0, 0, -45)[0]
    assert nose > eye > 0 > hair


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("outfit", get_args(OutfitStyle))
def test_every_kind_wears_every_outfit(kind: Kind, outfit: OutfitStyle) -> None:
    looks = CharacterConfig.model_validate({"name": "X", "kind": kind, "outfit": {"style": outfit}})
    assert pixels_of(Character(looks), Pose(), "half").std() > 10


@pytest.mark.parametrize("style", get_args(HairStyle))
@pytest.mark.parametrize("beard", ["none", "stubble", "moustache", "goatee", "full"])
def test_hair_and_beards_change_the_picture(style: HairStyle, beard: str) -> None:
    settings = {"name": "X", "hair": {"style": style}, "beard": {"style": beard}}
    one = pixels_of(Character(CharacterConfig.model_validate(settings)), Pose())
    bald = pixels_of(Character(CharacterConfig.model_validate({"name": "X", "hair": {"style": "none"}})), Pose())
    assert (np.abs(one - bald).max() > 20) == ((style, beard) != ("none", "none"))


@pytest.mark.parametrize("kind", [kind for kind in get_args(BackgroundKind) if kind not in ("none", "picture")])
@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_backgrounds_fill_the_picture(kind: BackgroundKind, size: tuple[int, int]) -> None:
    looks = CharacterConfig(name="X", background=BackgroundConfig(kind=kind))
    stage = Stage([Place(Character(looks))], *size)
    assert stage.picture([Pose()]).alpha is None
    corners = stage.pixels([Pose()])[[0, 0, -1], [0, -1, 0]]
    assert (corners[:, 3] == 255).all()
    assert corners[:, :3].max() > 0


def test_two_stand_beside_each_other_and_one_can_be_mirrored() -> None:
    ada, bruno = load_character("ada"), load_character("bruno")
    places = side_by_side([ada, bruno])
    assert [place.middle for place in places] == [0.25, 0.75]
    alpha = Stage(places, 640, 360, transparent=True).pixels([Pose(), Pose()])[..., 3]
    assert alpha[-20, 160] == alpha[-20, 480] == 255
    assert alpha[:, 316:324].max() == 0
    alone = Stage([Place(ada)], 320, 320, transparent=True).pixels([Pose(yaw=0.3)])
    turned = Stage([Place(ada, flip=True)], 320, 320, transparent=True).pixels([Pose(yaw=0.3)])
    assert np.abs(turned[:, ::-1].astype(int) - alone).mean() < 1


def test_a_stage_without_anybody_is_refused() -> None:
    with pytest.raises(ConfigError, match="a stage needs at least one character"):
        Stage([], 64, 64)
