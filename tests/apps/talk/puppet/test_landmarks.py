from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.talk.puppet import by_hand as by_hand_module
from frameloom.apps.talk.puppet import landmarks
from frameloom.apps.talk.puppet.by_hand import mesh_through
from frameloom.apps.talk.puppet.landmarks import find_landmarks
from frameloom.core.errors import ConfigError, MediaError
from frameloom.media.face_mesh import FaceMesh
from frameloom.media.image import Rgb, resize_rgb

HAND = {
    "left_eye_outer": (150, 110), "left_eye_inner": (184, 114), "left_eye_upper": (167, 102),
    "left_eye_lower": (167, 120), "right_eye_outer": (250, 110), "right_eye_inner": (216, 114),
    "right_eye_upper": (233, 102), "right_eye_lower": (233, 120), "nose": (200, 160), "mouth_left": (170, 190),
    "mouth_right": (230, 190), "lip_upper": (200, 182), "lip_upper_inner": (200, 190), "lip_lower_inner": (200, 190),
    "lip_lower": (200, 201), "chin": (200, 240), "face_left": (120, 115), "face_right": (280, 115),
    "forehead": (200, 40),
}  # fmt: skip


def by_hand(folder: Path, **changed: object) -> Path:
    path = folder / "face.toml"
    values = HAND | changed
    path.write_text("".join(f"{name} = {list(place)}\n".replace("'", "") for name, place in values.items() if place))
    return path


def test_a_face_is_found(rgb: Rgb) -> None:
    found = find_landmarks(rgb, "portrait.png")
    assert found.notes == ()
    assert len(found.faces) == 1
    assert found.mesh.points[1, :2] == pytest.approx(found.faces[0].nose, abs=6)


def test_of_two_faces_the_largest_speaks_or_the_one_asked_for(rgb: Rgb) -> None:
    small = np.zeros_like(rgb)
    small[40:200, 40:200] = resize_rgb(rgb, 160, 160)
    both = np.ascontiguousarray(np.concatenate([small, rgb], axis=1))
    found = find_landmarks(both, "two.png")
    assert found.mesh.points[1, 0] > 240
    assert found.notes == ("two.png: 2 faces; the largest speaks, number 2 from the left; --face N takes another",)
    first = find_landmarks(both, "two.png", face=1)
    assert first.mesh.points[1, 0] < 240
    assert first.notes == ()
    with pytest.raises(MediaError, match=r"two\.png: has 2 faces, not 3; give 1 to 2"):
        find_landmarks(both, "two.png", face=3)


def test_no_face_is_told_with_what_to_do() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    with pytest.raises(MediaError, match=r"noise\.png: no face found; give a portrait .* --landmarks FILE"):
        find_landmarks(noise, "noise.png")


def test_a_tiny_face_is_told_with_its_size(rgb: Rgb) -> None:
    with pytest.raises(MediaError, match=r"its face is only \d\d px wide; give a picture in which it has 40 or more"):
        find_landmarks(resize_rgb(rgb, 80, 80), "small.png")


def test_a_face_that_cannot_be_read_or_looks_aside_is_told(rgb: Rgb, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = find_landmarks(rgb, "portrait.png").mesh
    monkeypatch.setattr(landmarks, "face_mesh", lambda *_: FaceMesh(seen.points, seen.irises, 0.3))
    with pytest.raises(MediaError, match="its face cannot be read"):
        find_landmarks(rgb, "portrait.png")
    aside = seen.points.copy()
    aside[1, :2] = aside[454, :2]
    monkeypatch.setattr(landmarks, "face_mesh", lambda *_: FaceMesh(aside, seen.irises, 1.0))
    with pytest.raises(MediaError, match="its face is turned too far aside"):
        find_landmarks(rgb, "portrait.png")


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_that_is_turned_is_told(rgb: Rgb, turns: int) -> None:
    with pytest.raises(MediaError, match=r"turned\.png: its face does not stand upright; turn the picture first"):
        find_landmarks(np.ascontiguousarray(np.rot90(rgb, turns)), "turned.png")


def test_a_mouth_that_is_wide_open_is_told(rgb: Rgb, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = find_landmarks(rgb, "portrait.png").mesh
    points = seen.points.copy()
    points[14, 1] += 7  # of a face 64 px wide
    monkeypatch.setattr(landmarks, "face_mesh", lambda *_: FaceMesh(points, seen.irises, 1.0))
    with pytest.raises(MediaError, match="its mouth is wide open; give one with closed lips or a smile, or give"):
        find_landmarks(rgb, "portrait.png")


def test_a_mesh_by_hand_passes_through_all_that_is_given() -> None:
    mesh = mesh_through({name: (float(x), float(y)) for name, (x, y) in HAND.items()})
    for name, number in by_hand_module._NUMBERS.items():
        assert mesh.points[number, :2] == pytest.approx(HAND[name], abs=0.01)
    assert mesh.irises[:, 0] == pytest.approx((167, 233), abs=4)
    assert mesh.points[4, 0] == pytest.approx(200, abs=1)  # symmetric where what is given is


def test_landmarks_by_hand_need_no_face(tmp_path: Path) -> None:
    ground = np.zeros((300, 400, 3), np.uint8)
    found = find_landmarks(ground, "cat.png", by_hand=by_hand(tmp_path))
    assert found.mesh.points[152, :2] == pytest.approx((200, 240), abs=0.01)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"mouth_left": (231, 190)}, "mouth_left must lie to the left of mouth_right"),
        ({"chin": (200, 150)}, "lip_lower must lie above chin; y grows downwards"),
        ({"left_eye_upper": (167, 130)}, "left_eye_upper must lie above left_eye_lower"),
        (
            {"left_eye_upper": (150, 160), "left_eye_lower": (150, 170)},
            "left_eye_outer must lie to the left of left_eye",
        ),
        ({"left_eye_lower": (167, 165)}, "left_eye_lower must lie above nose"),
        ({"nose": (300, 160)}, "nose must lie to the left of right_eye_outer"),
        ({"lip_lower": (300, 201)}, "lip_lower must lie to the left of mouth_right"),
        ({"chin": (100, 240)}, "face_left must lie to the left of chin"),
        ({"chin": ("nan", 240)}, "chin"),
        ({"nose": None}, "nose: missing; add it"),
        ({"noze": (1, 1)}, "noze: unknown setting; did you mean 'nose'?"),
        ({"nose": (1,)}, "nose"),
    ],
)
def test_landmarks_by_hand_are_checked(tmp_path: Path, changed: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as told:
        find_landmarks(np.zeros((300, 400, 3), np.uint8), "cat.png", by_hand=by_hand(tmp_path, **changed))
    assert message in str(told.value)
    assert "face.toml" in str(told.value)


def test_landmarks_outside_the_picture_or_too_close_are_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"chin lies outside the picture of 400x230 px; mend it"):
        find_landmarks(np.zeros((230, 400, 3), np.uint8), "cat.png", by_hand=by_hand(tmp_path))
    near = {name: (190 + x / 10, 140 + y / 10) for name, (x, y) in HAND.items()}
    with pytest.raises(MediaError, match="the face is only 16 px wide"):
        find_landmarks(np.zeros((300, 400, 3), np.uint8), "cat.png", by_hand=by_hand(tmp_path, **near))
