"""Where the parts of the portrait's face are: found by networks, or given by hand where these see no face.

picture --find_faces--> boxes --the one asked for--> mesh --> checked
file of places -------------------by hand-----------> mesh
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from frameloom.apps.talk.puppet.anatomy import LEAST_FACE_PX, frame_of
from frameloom.apps.talk.puppet.by_hand import mesh_by_hand
from frameloom.core.errors import MediaError
from frameloom.media.face_mesh import FaceMesh, face_mesh
from frameloom.media.faces import Face, find_faces
from frameloom.media.image import Rgb

MOST_TURN = 0.3
"""How far the tip of the nose may lie from the middle of the face, as a share of its width: about 35 degrees."""
MOST_OPEN = 0.28
"""How far the lips of a portrait may be apart, in units: wider, and the network takes the tongue for the lower lip."""
_LEAST_PRESENCE = 0.5
_SURE, _SURE_AT_ALL = 0.9, 0.8
"""Chance from which on a face surely stands upright, and from which on one that lies is taken for a face."""
_BY_HAND = "or give the places of eyes and mouth by hand: --landmarks FILE, see docs/puppets.md"


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
        return Found(mesh_by_hand(by_hand, rgb), ())
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
