"""Somebody who looks at us: found, followed, a reason, and kept in a picture of another shape."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.effects.clips import texture

from frameloom.apps.summarise import facing as facing_room
from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.condense import CondenseConfig, condense
from frameloom.apps.summarise.facing import NOBODY, Facing, facing
from frameloom.apps.summarise.framing import framing, size_of
from frameloom.apps.summarise.interest import WEIGHTS, interest_of
from frameloom.apps.summarise.keyframes import KeyFrame, key_frames
from frameloom.apps.summarise.pieces import Candidate
from frameloom.apps.summarise.shots import Shot
from frameloom.effects.curve import value_at
from frameloom.media.faces import Face
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import probe, read_pictures, read_still
from frameloom.media.image import Rgb, from_rgb, resize_rgb, to_rgb
from frameloom.media.planes import Planes

FOOTAGE = Path(__file__).parents[3] / "../shared/data/footage/local"
WIDTH, HEIGHT, RATE = 320, 180, Fraction(8)
CUT, SECONDS = 6, 12
FACE_X = 0.8
"""Where the middle of the face is, as a share of the width."""


@pytest.fixture(scope="module")
def portrait() -> Rgb:
    path = Path(__file__).parents[2] / "media" / "pictures" / "astronaut.jpg"
    return resize_rgb(np.ascontiguousarray(read_still(path)[..., :3]), 120, 120)


def drawn(portrait: Rgb) -> Iterator[Planes]:
    """Six seconds of a place, then six of another in which somebody is on the right and something moves on the left."""
    for index in range(int(SECONDS * RATE)):
        time = index / RATE
        picture = np.repeat(texture(WIDTH, HEIGHT, seed=int(time >= CUT))[..., None], 3, axis=2)
        if time >= CUT:
            left = int(FACE_X * WIDTH) - 60
            picture[40:160, left : left + 120] = portrait[:, : WIDTH - left]
            row = 60 + 5 * (index % 8)
            picture[row : row + 20, 20:50] = (230, 20, 20)
        yield from_rgb(picture)


@pytest.fixture(scope="module")
def met(portrait: Rgb, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    film = tmp_path_factory.mktemp("films") / "met.mp4"
    write_media(film, drawn(portrait), None, rate=RATE, width=WIDTH, height=HEIGHT, video=VideoFormat(speed="draft"))
    return analyse(film, keep=False, view="lines")


def test_a_face_is_known_in_the_seconds_that_show_it(met: Analysis) -> None:
    faces = met.column("face")
    assert (faces[:CUT] == 0).all()
    assert (faces[CUT:] > 0.1).all()
    assert met.column("face_x")[CUT:] == pytest.approx(np.full(SECONDS - CUT, FACE_X), abs=0.04)
    assert [key.face > 0 for key in met.keys] == [key.time >= CUT for key in met.keys]


def test_a_face_is_a_reason(met: Analysis) -> None:
    found = interest_of(met)
    assert "a face" in found.why(8, 10)
    assert "a face" not in found.why(1, 4)
    # half of the film shows one that is large enough to be worth all but what it shares with its neighbours
    size = float(met.column("face")[9])
    assert found.parts["face"][9] == pytest.approx(min(size / 0.2, 1) * 0.5, abs=0.02)
    assert WEIGHTS["face"] > 0


def test_a_tall_picture_keeps_the_face_and_not_what_moves(met: Analysis) -> None:
    size = size_of(met, Fraction(9, 16), None)
    x, _ = framing(met, Fraction(CUT), Fraction(SECONDS), size)
    across = WIDTH * size[1] / (HEIGHT * size[0])
    for second in range(SECONDS - CUT):
        middle = value_at(x, Fraction(second))
        shown = 0.5 + (FACE_X - 0.5) * across + middle - 0.5  # where the face is in the tall picture
        assert shown == pytest.approx(0.5, abs=0.15)
    made = condense(met, CondenseConfig(length=3, aspect="9:16"))
    assert made.highlights[0].start >= CUT


def candidate(time: int, quality: float, face: float) -> Candidate:
    return Candidate(Fraction(time), quality, 0.3, 1.0, face, np.zeros(160, np.float32), b"")


def best_of(*candidates: Candidate) -> KeyFrame:
    return key_frames([Shot(Fraction(0), Fraction(10))], candidates)[0]


def test_of_pictures_alike_the_one_with_a_face_stands_for_the_shot() -> None:
    assert best_of(candidate(1, 1.0, 0.0), candidate(3, 0.9, 0.3)).time == 3
    assert best_of(candidate(1, 1.0, 0.0), candidate(3, 0.5, 0.3)).time == 1  # but not one that is much blurred
    assert best_of(candidate(1, 1.0, 0.0)).grade == pytest.approx(0.85)  # .45 + .4
    assert best_of(candidate(1, 1.0, 0.1)).grade == pytest.approx(0.925)  # half of .15 more


def face_at(x: float, height: float) -> Face:
    nowhere = (0.0, 0.0)
    return Face(x - height / 2, 40, x + height / 2, 40 + height, 0.9, *[nowhere] * 6)


def test_the_same_face_is_followed_until_another_is_much_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    rgb = np.zeros((100, 200, 3), np.uint8)
    before = Facing(0.2, 0.25, 0.5)

    def told(*faces: Face) -> Facing:
        monkeypatch.setattr(facing_room, "find_faces", lambda *_: sorted(faces, key=lambda face: -face.height))
        return facing(rgb, before)

    assert told(face_at(150, 25), face_at(50, 20)).x == 0.25
    assert told(face_at(150, 35), face_at(50, 20)).x == 0.75
    assert told() == NOBODY
    assert told(face_at(50, 20)) == Facing(0.2, 0.25, 0.5)
    assert facing(rgb).x == 0.25


@pytest.mark.skipif(not FOOTAGE.is_dir(), reason="real footage is not in this checkout")
def test_real_faces_are_found_and_animals_are_not() -> None:
    def share(name: str) -> float:
        path = FOOTAGE / name
        times = [Fraction(n) * probe(path).duration / 12 for n in range(12)]
        shown = [to_rgb(picture.planes) for time in times if (picture := next(read_pictures(path, time, time), None))]
        return float(np.mean([facing(rgb).size > 0 for rgb in shown]))

    assert share("carphone_pristine.mp4") == 1
    assert share("cockatoo.mp4") == 0
