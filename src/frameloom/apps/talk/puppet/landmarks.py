"""Where the parts of the portrait's face are: found by networks, or given by hand where these see no face.

    picture --find_faces--> boxes --the one asked for--> mesh --> checked
    file of points ---------------> mesh of an average face, bent so that it passes through them

Source of the bending: Bookstein, "Principal Warps: Thin-Plate Splines and the Decomposition of Deformations",
IEEE TPAMI 11 (6), 1989.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from frameloom.apps.talk.puppet.anatomy import EYES, Eye, Points, frame_of, net
from frameloom.core.config import Config, read_toml, validate
from frameloom.core.errors import MediaError
from frameloom.media.face_mesh import FaceMesh, face_mesh
from frameloom.media.faces import Face, find_faces
from frameloom.media.image import Rgb

LEAST_FACE_PX = 40
"""Width of the smallest face that can be moved: its mouth is 15 px wide."""
MOST_TURN = 0.3
"""How far the tip of the nose may lie from the middle of the face, as a share of its width: about 35 degrees."""
MOST_OPEN = 0.28
"""How far the lips of a portrait may be apart, in units: wider, and the network takes the tongue for the lower lip."""
_LEAST_PRESENCE = 0.5
_SURE, _SURE_AT_ALL = 0.9, 0.8
"""Chance from which on a face surely stands upright, and from which on one that lies is taken for a face."""
_BY_HAND = "or give the places of eyes and mouth by hand: --landmarks FILE, see docs/puppets.md"

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
        for left, right in (
            ("left_eye_outer", "left_eye_inner"),
            ("left_eye_inner", "right_eye_inner"),
            ("right_eye_inner", "right_eye_outer"),
            ("mouth_left", "mouth_right"),
            ("face_left", "face_right"),
        ):
            if getattr(self, left)[0] >= getattr(self, right)[0]:
                raise ValueError(f"{left} must lie to the left of {right}; left and right are those of the picture")
        column = ("forehead", "nose", "lip_upper", "lip_upper_inner", "lip_lower_inner", "lip_lower", "chin")
        for above, below in (
            *pairwise(column),
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


@dataclass(frozen=True, eq=False)
class Found:
    """The face that will be moved."""

    mesh: FaceMesh
    faces: tuple[Face, ...]
    """All faces, from left to right; none where it was given by hand."""
    notes: tuple[str, ...] = ()
    """What a person should be told."""


def find_landmarks(rgb: Rgb, where: str, face: int | None = None, by_hand: Path | None = None) -> Found:
    """Return the face of a portrait.

    Args:
        rgb: the portrait.
        where: its name, for messages.
        face: which one, counted from 1 from left to right; by default the largest.
        by_hand: a TOML file of HandLandmarks.

    Raises:
        ConfigError: the file of landmarks does not fit.
        MediaError: no such face, or one that cannot be moved.
    """
    if by_hand is not None:
        return Found(_read(by_hand, rgb), ())
    faces = tuple(sorted(find_faces(rgb), key=lambda one: one.left))
    if _lies(rgb, max((one.chance for one in faces), default=0.0)):
        raise MediaError(f"{where}: its face does not stand upright; turn the picture first")
    if not faces:
        raise MediaError(f"{where}: no face found; give a portrait that looks towards the viewer, {_BY_HAND}")
    if face is not None and face > len(faces):
        raise MediaError(f"{where}: has {len(faces)} face{'s' * (len(faces) > 1)}, not {face}; give 1 to {len(faces)}")
    chosen = max(faces, key=lambda one: one.width * one.height) if face is None else faces[face - 1]
    notes: tuple[str, ...] = ()
    if len(faces) > 1 and face is None:
        number = faces.index(chosen) + 1
        notes = (
            f"{where}: {len(faces)} faces; the largest speaks, number {number} from the left; --face N takes another",
        )
    if chosen.width < LEAST_FACE_PX:
        need = f"give a picture in which it has {LEAST_FACE_PX} or more"
        raise MediaError(f"{where}: its face is only {chosen.width:.0f} px wide; {need}")
    box = (chosen.left, chosen.top, chosen.width, chosen.height)
    mesh = face_mesh(rgb, box, np.array([chosen.right_eye, chosen.left_eye], np.float32))
    if mesh.presence < _LEAST_PRESENCE:
        raise MediaError(
            f"{where}: its face cannot be read (covered, cut off or drawn too freely); give another, {_BY_HAND}"
        )
    if abs(_turn(mesh)) > MOST_TURN:
        raise MediaError(f"{where}: its face is turned too far aside; give one that looks towards the viewer")
    if _gap(mesh) > MOST_OPEN:
        raise MediaError(f"{where}: its mouth is wide open; give one with closed lips or a smile, {_BY_HAND}")
    return Found(mesh, faces, notes)


def _lies(rgb: Rgb, upright: float) -> bool:
    """Return whether a face is told more surely than so in the picture turned to a side or upside down."""
    if upright > _SURE:
        return False
    turned = (face.chance for turns in (1, 2, 3) for face in find_faces(np.rot90(rgb, turns)))
    return max(turned, default=0.0) > max(upright + 0.05, _SURE_AT_ALL)


def _gap(mesh: FaceMesh) -> float:
    """Return how far the lips are apart, in units."""
    face = mesh.points[:, :2].astype(np.float64)
    frame = frame_of(face)
    return float((face[14] - face[13]) @ frame.down) / frame.unit


def _turn(mesh: FaceMesh) -> float:
    """Return how far the tip of the nose lies from the middle of the face, as a share of its width."""
    left, right, nose = (mesh.points[number, :2].astype(np.float64) for number in (234, 454, 1))
    across = right - left
    return float((nose - left) @ across / max(float(across @ across), 1e-6)) - 0.5


def _read(path: Path, rgb: Rgb) -> FaceMesh:
    """Return the mesh through the landmarks of a file."""
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
