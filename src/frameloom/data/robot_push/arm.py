"""The arm of the robot: a Sawyer, as BAIR's was, read from an installed package and made coarse.

    metaworld/assets: bodies (XML), meshes (STL) --take what is seen--> Arm --scene.py--> a model for MuJoCo

The package `metaworld` (MIT) took it from Rethink Robotics; nothing of it is copied here, and it is not imported.
Differs from it: the gripper is ours (two fingers that stay), and only fingers touch things: what pushes is seen.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from frameloom.core.errors import MissingDependencyError

FINGERS = ("palm", "finger0", "finger1")
"""Names of the parts that touch things."""
FINGER = 0.045
"""Half the length of a finger: how far the middle of the hand is above its tips, in m."""
READY = (0.0, -1.18, 0.0, 2.18, 0.0, 0.57, 3.3161)
"""Angles of the joints at rest, in radians: the hand above the bin, fingers down."""

_GRID = 0.008
"""In m; a pixel of a picture of 64 px shows 11 mm."""
_RED, _GREY = "0.72 0.1 0.1 1", "0.2 0.2 0.22 1"
_SEEN = {"eGripperBase": _GREY} | dict.fromkeys(("l0", "l1", "l2", "l3", "l4", "l5", "l6"), _RED)
_GHOST = {"contype": "0", "conaffinity": "0"}
# Without springs the elbow wanders: seven joints hold a hand that six numbers place.
_JOINT = {"armature": "0.001", "damping": "10", "limited": "true", "stiffness": "4"}

_COLLIDES = 'contype="2" conaffinity="0"'
_FINGERS = f"""
    <geom name="palm" type="box" pos="-0.045 0 0" size="0.012 0.05 0.016" mass="0.2" rgba="{_GREY}"
        {_COLLIDES}/>
    <geom name="finger0" type="box" pos="0 0.042 0" size="{FINGER} 0.008 0.015" mass="0.1" rgba="0.9 0.87 0.8 1"
        friction="0.6 0.01 0.001" {_COLLIDES}/>
    <geom name="finger1" type="box" pos="0 -0.042 0" size="{FINGER} 0.008 0.015" mass="0.1" rgba="0.9 0.87 0.8 1"
        friction="0.6 0.01 0.001" {_COLLIDES}/>"""


@dataclass(frozen=True)
class Arm:
    """The arm as text: meshes to load, and bodies; and the meshes as STL files."""

    assets: str
    bodies: str
    files: dict[str, bytes]


def read_arm() -> Arm:
    """Return the arm of the installed package, with fingers of ours and no finer than a small picture shows.

    Raises:
        MissingDependencyError: it is not installed, or lays its files elsewhere.
    """
    found = importlib.util.find_spec("metaworld")
    folder = Path(found.origin).parent / "assets" / "objects" if found and found.origin else Path("metaworld")
    try:
        tree = ElementTree.parse(folder / "assets" / "xyz_base.xml")
        base = next(body for body in tree.iter("body") if body.get("name") == "base")
        _make_ours(base)
        names = sorted({name for geom in base.iter("geom") if (name := geom.get("mesh"))})
        files = {f"{name}.stl": _coarse(folder / "meshes" / "xyz_base" / f"{name}.stl") for name in names}
    except (OSError, ValueError, ElementTree.ParseError, StopIteration) as error:
        raise MissingDependencyError(
            "robot simulator: its arm is in the package metaworld 3.1.1, which is not here or is another; "
            "pip install 'frameloom[robot]', then pip install --no-deps metaworld==3.1.1"
        ) from error
    assets = "".join(f'<mesh name="{name}" file="{name}.stl" inertia="shell" smoothnormal="true"/>' for name in names)
    return Arm(assets, ElementTree.tostring(base, encoding="unicode"), files)


def _make_ours(base: ElementTree.Element) -> None:
    """Take from the arm what is not seen or collides, and give it our fingers."""
    angles = iter(READY)
    for body in base.iter("body"):
        body.set("gravcomp", "1")
        body.attrib.pop("childclass", None)  # its defaults stay in the package
        for part in list(body):
            is_seen = part.tag == "geom" and part.get("mesh") in _SEEN
            if part.tag == "joint":
                part.attrib |= _JOINT | {"springref": str(next(angles))}
            elif is_seen:
                part.attrib = {"type": "mesh", "pos": part.get("pos", "0 0 0"), "mesh": part.attrib["mesh"]} | _GHOST
                part.set("rgba", _SEEN[part.attrib["mesh"]])
            elif part.get("name") in {"rightclaw", "leftclaw"} or part.tag not in {"body", "inertial"}:
                body.remove(part)
        if body.get("name") == "hand":
            body.extend(ElementTree.fromstring(f"<hand>{_FINGERS}</hand>"))


def _coarse(path: Path) -> bytes:
    """Return a binary STL file with corners moved to a grid, without the triangles that this closes."""
    triangle = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("unused", "<u2")])
    triangles = np.frombuffer(path.read_bytes(), triangle, offset=84)
    cells = np.round(triangles["corners"] / _GRID).astype(np.int64)
    is_open = np.ones(len(cells), bool)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        is_open &= (cells[:, one] != cells[:, other]).any(axis=1)
    kept = triangles[is_open].copy()
    kept["corners"] = cells[is_open] * _GRID
    return bytes(80) + len(kept).to_bytes(4, "little") + kept.tobytes()
