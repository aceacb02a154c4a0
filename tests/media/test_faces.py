from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media import faces
from frameloom.media.faces import find_faces
from frameloom.media.files.source import read_still
from frameloom.media.image import Rgb, resize_rgb


@pytest.fixture(scope="module")
def astronaut() -> Rgb:
    return read_still(Path(__file__).parent / "pictures" / "astronaut.jpg")[..., :3]


def test_a_face_is_found_with_its_parts_where_they_are(astronaut: Rgb) -> None:
    (face,) = find_faces(astronaut)
    assert face.chance > 0.8
    assert face.center == pytest.approx((120, 95), abs=6)  # read off the picture
    assert face.right_eye[0] < face.nose[0] < face.left_eye[0]
    assert max(face.right_eye[1], face.left_eye[1]) < face.nose[1] < face.mouth[1] < face.bottom
    assert face.right_ear[0] < face.right_eye[0]
    assert face.left_eye[0] < face.left_ear[0]
    assert face.width == pytest.approx(face.height, rel=0.1)


@given(across=st.integers(0, 60), down=st.integers(0, 60))
@settings(max_examples=10, deadline=None)
def test_a_face_moves_with_the_picture(astronaut: Rgb, across: int, down: int) -> None:
    (still,) = find_faces(np.pad(astronaut, ((60, 60), (60, 60), (0, 0))))
    (moved,) = find_faces(np.pad(astronaut, ((60 + down, 60 - down), (60 + across, 60 - across), (0, 0))))
    assert moved.center == pytest.approx((still.center[0] + across, still.center[1] + down), abs=5)
    assert moved.height == pytest.approx(still.height, rel=0.2)


@pytest.mark.parametrize("place", [0, 100, 480])
def test_a_face_is_found_anywhere_in_a_long_picture(astronaut: Rgb, place: int) -> None:
    wide = np.full((240, 720, 3), 90, np.uint8)
    wide[:, place : place + 240] = astronaut
    (face,) = find_faces(wide)
    assert face.center == pytest.approx((120 + place, 95), abs=6)
    tall = np.full((720, 240, 3), 90, np.uint8)
    tall[place : place + 240] = astronaut
    (face,) = find_faces(tall)
    assert face.center == pytest.approx((120, 95 + place), abs=6)


def test_two_faces_come_the_larger_first(astronaut: Rgb) -> None:
    pair = np.full((240, 480, 3), 90, np.uint8)
    pair[60:240, :180] = resize_rgb(np.ascontiguousarray(astronaut), 180, 180)
    pair[:, 240:] = astronaut
    large, small = find_faces(pair)
    assert large.height > small.height
    assert (large.center[0], small.center[0]) == pytest.approx((360, 90), abs=8)


def test_transparency_is_not_looked_at(astronaut: Rgb) -> None:
    clear = np.dstack([astronaut, np.zeros(astronaut.shape[:2], np.uint8)])
    assert find_faces(clear) == find_faces(astronaut)


def test_there_is_none_where_none_is() -> None:
    rng = np.random.default_rng(0)
    assert find_faces(np.full((120, 200, 3), 128, np.uint8)) == []
    assert find_faces(rng.integers(0, 256, (90, 160, 3)).astype(np.uint8)) == []
    assert find_faces(np.zeros((8, 400, 3), np.uint8)) == []


def test_who_asks_for_more_certainty_gets_fewer(astronaut: Rgb) -> None:
    assert find_faces(astronaut, sure=0.999) == []


def test_guesses_are_told_from_the_middles_of_cells() -> None:
    anchors = faces._anchors()
    assert anchors.shape == (896, 2)  # 16 * 16 * 2 + 8 * 8 * 6
    assert anchors[[0, 1, 2, 32, 511]].tolist() == [[4, 4], [4, 4], [12, 4], [4, 12], [124, 124]]
    assert anchors[[512, 517, 518, 895]].tolist() == [[8, 8], [8, 8], [24, 8], [120, 120]]


def test_overlap_is_what_is_common_of_what_both_cover() -> None:
    box = np.array([0.0, 0, 2, 2])
    others = np.array([[0.0, 0, 2, 2], [1, 0, 3, 2], [2, 2, 4, 4], [0.5, 0.5, 1.5, 1.5]])
    assert faces._overlaps(box, others).tolist() == [1, 1 / 3, 0, 1 / 4]


def test_guesses_of_one_face_become_their_mean_by_chance() -> None:
    rows = np.zeros((3, 17))
    rows[:, :5] = [[0, 0, 10, 10, 0.9], [1, 0, 11, 10, 0.6], [50, 50, 60, 60, 0.7]]
    first, second = faces._merged(rows)
    assert first[:5] == pytest.approx([0.4, 0, 10.4, 10, 0.9])  # (0 * .9 + 1 * .6) / 1.5
    assert second[:5] == pytest.approx([50, 50, 60, 60, 0.7])


def test_long_pictures_are_covered_by_squares_that_overlap() -> None:
    for width, height in [(1920, 1080), (1080, 1920), (300, 240), (2400, 100)]:
        whole, *squares = faces._views(np.zeros((height, width, 3), np.uint8))
        assert whole == (0, 0, width, height)
        along = sorted((left, right) if width > height else (top, bottom) for left, top, right, bottom in squares)
        short, long = min(width, height), max(width, height)
        assert along[0][0] == 0
        assert along[-1][1] == long
        assert all(end - start == short for start, end in along)
        shared = [before[1] - after[0] for before, after in pairwise(along)]
        assert min(shared) >= 0.2 * short - 1


def test_a_package_without_the_net_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, astronaut: Rgb) -> None:
    faces._net.cache_clear()
    monkeypatch.setattr(faces, "NET", tmp_path / "gone.tflite")
    with pytest.raises(MediaError, match="net that finds faces is missing; install frameloom again"):
        find_faces(astronaut)
    faces._net.cache_clear()
