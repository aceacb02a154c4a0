"""What is taken from the package with the arm."""

import importlib.util
import struct
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from frameloom.core.errors import MissingDependencyError
from frameloom.data.robot_push.arm import FINGERS, READY, _coarse, read_arm

needs_arm = pytest.mark.skipif(importlib.util.find_spec("metaworld") is None, reason="metaworld is not installed")


def stl(*triangles: tuple[tuple[float, float, float], ...]) -> bytes:
    body = b"".join(struct.pack("<12fH", 0, 0, 1, *np.ravel(triangle), 0) for triangle in triangles)
    return bytes(80) + struct.pack("<I", len(triangles)) + body


def test_corners_go_to_a_grid_and_closed_triangles_away(tmp_path: Path) -> None:
    open_one = ((0.0, 0.0, 0.0), (0.081, 0.0, 0.0), (0.0, 0.079, 0.001))
    closed = ((0.0, 0.0, 0.0), (0.003, 0.0, 0.0), (0.0, 0.1, 0.0))
    path = tmp_path / "part.stl"
    path.write_bytes(stl(open_one, closed))
    kept = _coarse(path)
    assert len(kept) == 84 + 50
    assert struct.unpack_from("<I", kept, 80) == (1,)
    assert struct.unpack_from("<9f", kept, 84 + 12) == pytest.approx((0, 0, 0, 0.08, 0, 0, 0, 0.08, 0))


@needs_arm
def test_only_the_fingers_touch_things() -> None:
    arm = read_arm()
    base = ElementTree.fromstring(arm.bodies)
    geoms = list(base.iter("geom"))
    touching = {geom.get("name") for geom in geoms if geom.get("contype") != "0"}
    assert touching == set(FINGERS)
    meshes = {geom.get("mesh") for geom in geoms if geom.get("mesh")}
    assert {f"{mesh}.stl" for mesh in meshes} == set(arm.files)
    assert [float(joint.get("springref", "nan")) for joint in base.iter("joint")] == list(READY)
    assert not list(base.iter("site")) + list(base.iter("camera"))


@needs_arm
def test_meshes_are_a_small_part_of_those_in_the_package() -> None:
    found = importlib.util.find_spec("metaworld")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "assets" / "objects" / "meshes" / "xyz_base"
    arm = read_arm()
    for name, content in arm.files.items():
        original = (folder / name).read_bytes()
        assert 0.05 < len(content) / len(original) < 0.6, name


@pytest.mark.parametrize("found", [None, SimpleNamespace(origin="/nowhere/metaworld/__init__.py")])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    with pytest.raises(MissingDependencyError, match=r"metaworld 3.1.1.*pip install 'frameloom\[robot\]'.*--no-deps"):
        read_arm()
