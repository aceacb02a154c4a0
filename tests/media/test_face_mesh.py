from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media import face_mesh as module
from frameloom.media.face_mesh import LEFT_EYE, RIGHT_EYE, FaceMesh, face_mesh
from frameloom.media.faces import find_faces
from frameloom.media.files.source import read_still
from frameloom.media.image import Rgb


@pytest.fixture(scope="module")
def astronaut() -> Rgb:
    return np.ascontiguousarray(read_still(Path(__file__).parent / "pictures" / "astronaut.jpg")[..., :3])


def mesh_of(rgb: Rgb) -> FaceMesh:
    (face,) = find_faces(rgb)
    box = (face.left, face.top, face.width, face.height)
    return face_mesh(rgb, box, np.array([face.right_eye, face.left_eye], np.float32))


def test_parts_of_a_face_are_where_the_detector_sees_them(astronaut: Rgb) -> None:
    (face,) = find_faces(astronaut)
    mesh = mesh_of(astronaut)
    assert mesh.presence > 0.9
    assert mesh.points.shape == (468, 3)
    assert mesh.points[1, :2] == pytest.approx(face.nose, abs=6)
    assert mesh.points[[13, 14], :2].mean(axis=0) == pytest.approx(face.mouth, abs=6)
    for iris, eye in zip(mesh.irises, (face.right_eye, face.left_eye), strict=True):
        assert iris[:2] == pytest.approx(eye, abs=5)
    assert mesh.points[14, 1] > mesh.points[13, 1] + 2  # she smiles with open lips


def test_an_iris_lies_between_its_lids(astronaut: Rgb) -> None:
    mesh = mesh_of(astronaut)
    for iris, lids in zip(mesh.irises, (RIGHT_EYE, LEFT_EYE), strict=True):
        eye = mesh.points[list(lids), :2]
        assert eye[:, 0].min() < iris[0] < eye[:, 0].max()
        assert eye[:, 1].min() - 1 < iris[1] < eye[:, 1].max() + 1
        assert 2 < iris[2] < 6  # about 8 px across, read off the picture


@given(across=st.integers(0, 40), down=st.integers(0, 40))
@settings(max_examples=5, deadline=None)
def test_a_mesh_moves_with_the_picture(astronaut: Rgb, across: int, down: int) -> None:
    still = mesh_of(astronaut)
    moved = mesh_of(np.pad(astronaut, ((down, 40 - down), (across, 40 - across), (0, 0))))
    assert np.abs(moved.points[:, :2] - still.points[:, :2] - (across, down)).mean() < 1.0


def test_a_mesh_grows_with_the_picture(astronaut: Rgb) -> None:
    large = mesh_of(np.ascontiguousarray(astronaut.repeat(6, axis=0).repeat(6, axis=1)))
    small = mesh_of(astronaut)
    assert np.abs(large.points[:, :2] - (small.points[:, :2] * 6 + 2.5)).mean() < 6  # one px of the small picture


def test_a_missing_net_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "NETS", tmp_path)
    with pytest.raises(MediaError, match="the net that reads faces is missing; install frameloom again"):
        module._network.__wrapped__("face_landmark")
