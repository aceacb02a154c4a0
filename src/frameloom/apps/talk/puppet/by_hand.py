"""Where the parts of a face are, given by hand where the networks see none.

    file of places --checked--> mesh of an average face, bent so that it passes through them

Source of the bending: Bookstein, "Principal Warps: Thin-Plate Splines and the Decomposition of Deformations",
IEEE TPAMI 11 (6), 1989.
"""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from frameloom.apps.talk.puppet.anatomy import EYES, LEAST_FACE_PX, Eye, Points, net
from frameloom.core.config import Config, read_toml, validate
from frameloom.core.errors import MediaError
from frameloom.media.face_mesh import FaceMesh
from frameloom.media.image import Rgb

Place = Annotated[tuple[float, float], Field(description="x and y in px of the picture, from its left top corner")]


class HandLandmarks(Config):
    """Where the parts of a face are, in px of the picture; left and right are those of the picture."""

    left_eye_outer: Place
    """Corner of the eye on the left, away from the nose."""
    left_eye_inner: Place
    left_eye_upper: Place
    """Middle of the upper lid's edge."""
    left_eye_lower: Place
    right_eye_outer: Place
    right_eye_inner: Place
    right_eye_upper: Place
    right_eye_lower: Place
    nose: Place
    """Its tip."""
    mouth_left: Place
    """Corner of the mouth."""
    mouth_right: Place
    lip_upper: Place
    """Middle of the upper lip's upper edge."""
    lip_upper_inner: Place
    """Middle of the upper lip's lower edge; where lips are closed, the same as the next."""
    lip_lower_inner: Place
    lip_lower: Place
    """Middle of the lower lip's lower edge."""
    chin: Place
    """Its lowest point."""
    face_left: Place
    """Edge of the face at the height of the eyes."""
    face_right: Place
    forehead: Place
    """Middle of the hair line."""

    @model_validator(mode="after")
    def _is_a_face(self) -> Self:
        eyes = ("face_left", "left_eye_outer", "left_eye_inner", "right_eye_inner", "right_eye_outer", "face_right")
        column = ("forehead", "nose", "lip_upper", "lip_upper_inner", "lip_lower_inner", "lip_lower", "chin")
        for left, right in (
            *pairwise(eyes),
            *pairwise(("left_eye_outer", "left_eye_upper", "left_eye_inner")),
            *pairwise(("left_eye_outer", "left_eye_lower", "left_eye_inner")),
            *pairwise(("right_eye_inner", "right_eye_upper", "right_eye_outer")),
            *pairwise(("right_eye_inner", "right_eye_lower", "right_eye_outer")),
            *pairwise(("face_left", "mouth_left", "mouth_right", "face_right")),
            *(pair for part in column[2:6] for pair in pairwise(("mouth_left", part, "mouth_right"))),
            *(pair for part in ("forehead", "chin") for pair in pairwise(("face_left", part, "face_right"))),
            *pairwise(("left_eye_outer", "nose", "right_eye_outer")),
        ):
            if getattr(self, left)[0] >= getattr(self, right)[0]:
                raise ValueError(f"{left} must lie to the left of {right}; left and right are those of the picture")
        for above, below in (
            *pairwise(column),
            ("left_eye_lower", "nose"),
            ("right_eye_lower", "nose"),
            ("left_eye_upper", "left_eye_lower"),
            ("right_eye_upper", "right_eye_lower"),
        ):
            may_touch = above == "lip_upper_inner"
            if getattr(self, above)[1] > getattr(self, below)[1] - (0 if may_touch else 0.5):
                raise ValueError(f"{above} must lie above {below}; y grows downwards, and heads stand upright")
        return self


_NUMBERS = {
    "left_eye_outer": 33,
    "left_eye_inner": 133,
    "left_eye_upper": 159,
    "left_eye_lower": 145,
    "right_eye_outer": 263,
    "right_eye_inner": 362,
    "right_eye_upper": 386,
    "right_eye_lower": 374,
    "nose": 1,
    "mouth_left": 61,
    "mouth_right": 291,
    "lip_upper": 0,
    "lip_upper_inner": 13,
    "lip_lower_inner": 14,
    "lip_lower": 17,
    "chin": 152,
    "face_left": 127,
    "face_right": 356,
    "forehead": 10,
}
"""Of the mesh's points."""


def mesh_by_hand(path: Path, rgb: Rgb) -> FaceMesh:
    """Return the mesh through the landmarks of a file, for a picture, (H, W, 3).

    Raises:
        ConfigError: the file does not fit.
        MediaError: what it says does not fit the picture.
    """
    landmarks = validate(HandLandmarks, read_toml(path), str(path))
    height, width = rgb.shape[:2]
    places = {name: getattr(landmarks, name) for name in _NUMBERS}
    outside = [name for name, (x, y) in places.items() if not (0 <= x < width and 0 <= y < height)]
    if outside:
        raise MediaError(f"{path}: {outside[0]} lies outside the picture of {width}x{height} px; mend it")
    across = landmarks.face_right[0] - landmarks.face_left[0]
    if across < LEAST_FACE_PX:
        raise MediaError(
            f"{path}: the face is only {across:.0f} px wide; give a picture in which it has {LEAST_FACE_PX}"
        )
    return mesh_through(places)


def mesh_through(places: dict[str, tuple[float, float]]) -> FaceMesh:
    """Return an average face bent so that its points pass through places, all those of HandLandmarks."""
    numbers = [_NUMBERS[name] for name in places]
    face = net().face
    bent = _bend(face[numbers], np.array(list(places.values())), face)
    for eye in EYES:
        _round_lids(bent, eye)
    points = np.zeros((len(face), 3), np.float32)
    points[:, :2] = bent
    irises = []
    for eye in EYES:
        upper, lower = bent[list(eye.upper)], bent[list(eye.lower)]
        middle = (upper[4] + lower[4]) / 2
        irises.append([*middle, 0.2 * np.linalg.norm(upper[0] - upper[-1])])
    return FaceMesh(points, np.array(irises, np.float32), 1.0)


def _round_lids(face: Points, eye: Eye) -> None:
    """Lay an eye's lids on arcs through its corners and the middles of its lids, and take the skin about them along."""
    outer, inner = face[eye.upper[0]].copy(), face[eye.upper[-1]].copy()
    axis = inner - outer
    for lid, skin in ((eye.upper, (eye.crease, eye.orbit)), (eye.lower, (eye.pouch,))):
        numbers = list(lid)
        before = face[numbers]
        along = np.clip((before - outer) @ axis / (axis @ axis), 0, 1)
        given = next(number for number in lid if number in _NUMBERS.values() and number not in (lid[0], lid[-1]))
        at = along[lid.index(given)]
        height = face[given] - outer - at * axis
        bow = np.sqrt(np.clip(along * (1 - along), 0, None) / max(at * (1 - at), 1e-3))
        moved = outer + along[:, None] * axis + np.minimum(bow, 1.1)[:, None] * height - before
        face[numbers] += moved
        for row in skin:
            face[list(row)] += moved[1:-1]


def _bend(given: Points, wanted: Points, places: Points) -> Points:
    """Return places, (N, 2), taken along by the thin plate that takes given points to wanted ones."""

    def bulge(one: Points, other: Points) -> NDArray[np.float64]:
        square = ((one[:, None] - other[None]) ** 2).sum(axis=-1)
        bulged: NDArray[np.float64] = np.where(square > 0, square * np.log(np.maximum(square, 1e-12)), 0)
        return bulged

    count = len(given)
    flat = np.concatenate([np.ones((count, 1)), given], axis=1)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count], system[:count, count:], system[count:, :count] = bulge(given, given), flat, flat.T
    weights = np.linalg.solve(system, np.concatenate([wanted, np.zeros((3, 2))]))
    rest = np.concatenate([np.ones((len(places), 1)), places], axis=1) @ weights[count:]
    bent: Points = bulge(places, given) @ weights[:count] + rest
    return bent
