from fractions import Fraction

import numpy as np
import pytest

from frameloom.apps.compose.scenes.board import Board, Live, Motion, Overlaid
from frameloom.apps.compose.scenes.figures import arc, disc, filled, line_to, rounded, slice_of
from frameloom.apps.compose.scenes.pieces import Piece, drawn, lay, piece_of
from frameloom.media.planes import Planes, plain


def square(left: int = 10, top: int = 10, side: int = 20, value: int = 255) -> Piece:
    return piece_of(np.full((side, side, 4), value, np.uint8), left, top)


def black() -> Planes:
    return plain(64, 48, (0, 0, 0))


def board_of(*motions: Motion) -> Board:
    board = Board(black())
    for place, motion in enumerate(motions):
        board.add(square(4 + 24 * place), motion)
    return board


def test_a_piece_is_laid_where_it_lies_and_nowhere_else() -> None:
    picture = black()
    lay(picture, square())
    assert (picture.y[10:30, 10:30] == 235).all()
    assert picture.y.astype(int).sum() == 235 * 400 + 16 * (64 * 48 - 400)


def test_half_as_opaque_is_half_way() -> None:
    picture = black()
    lay(picture, square(), opacity=128)
    assert abs(int(picture.y[20, 20]) - (16 + 219 * 128 / 255)) <= 1


def test_a_piece_may_lie_at_an_odd_place_and_reach_beyond_the_picture() -> None:
    picture = black()
    lay(picture, square(-7, 33))
    assert (picture.y[33:48, :13] == 235).all()
    assert picture.y.astype(int).sum() == 235 * 15 * 13 + 16 * (64 * 48 - 15 * 13)
    lay(picture, square(), dx=500)


def test_a_clip_hides_what_lies_outside_of_it() -> None:
    picture = black()
    lay(picture, square(), clip=(10, 10, 20, 30))
    assert (picture.y[10:30, 10:20] == 235).all()
    assert (picture.y[10:30, 20:30] == 16).all()


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("wipe", (slice(10, 30), slice(4, 14))),
        ("grow", (slice(20, 30), slice(4, 24))),
        ("sink", (slice(10, 20), slice(4, 24))),
        ("spread", (slice(10, 30), slice(4, 14))),
    ],
)
def test_half_of_a_motion_shows_half_of_a_piece(name: str, seen: tuple[slice, slice]) -> None:
    board = board_of(Motion(1.0, name, 1.0, easing="linear"))  # type: ignore[arg-type]
    picture = board(Fraction(3, 2))
    assert (picture.y[seen] == 235).all()
    assert (picture.y == 235).sum() == 200


def test_nothing_is_seen_before_and_all_from_the_end_on() -> None:
    board = board_of(Motion(1.0, "rise", 0.5))
    assert board(Fraction(1, 2)) is board.background
    assert (board(Fraction(2)).y[10:30, 4:24] == 235).all()
    assert board(Fraction(2)) is board(Fraction(5))


def test_what_leaves_is_gone() -> None:
    board = board_of(Motion(0.0, "fade", 0.2, until=1.0))
    assert (board(Fraction(1)).y == 235).sum() == 400
    assert 0 < (board(Fraction(23, 20)).y > 16).sum() == 400
    assert not (board(Fraction(2)).y > 16).any()


def test_a_background_is_never_written_to() -> None:
    board = board_of(Motion(0.0), Motion(1.0), Motion(2.0, until=3.0))
    for time in (0, 1, 2, 3, 4, 1, 0):
        board(Fraction(time))
    assert (board.background.y == 16).all()


def test_what_is_drawn_live_is_drawn_once_for_each_step() -> None:
    asked: list[float] = []

    def draw(done: float) -> list[Piece]:
        asked.append(done)
        return [square(side=2 + 2 * round(done * 4))]

    board = Board(black())
    board.parts.append(Live(draw, 1.0, 1.0, "linear", steps=4))
    sizes = [(board(Fraction(time, 8)).y == 235).sum() for time in range(4, 20)]
    assert sizes[:4] == [0] * 4
    assert sizes[-1] == 100
    assert asked == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_parts_over_moving_pictures_let_them_through_until_they_come() -> None:
    pictures = [black(), black()]
    board = board_of(Motion(1.0, "none"))
    over = Overlaid(lambda time: pictures[int(time)], board.parts)
    assert over(Fraction(1, 2)) is pictures[0]
    assert (over(Fraction(1)).y == 235).sum() == 400
    assert over(Fraction(1)) is over(Fraction(3, 2))
    assert (pictures[1].y == 16).all()


def area(outline: tuple[float, ...]) -> float:
    piece = drawn([filled(outline, "white")], 200, 200)
    assert piece is not None
    return float(piece.weight.sum())


def grown(area: float, around: float) -> object:
    """What the rasteriser makes of an area: each edge lies half a px further out."""
    return pytest.approx(area + around / 2, rel=0.01)


def test_shapes_cover_what_geometry_says() -> None:
    assert area(disc(100, 100, 50)) == grown(np.pi * 2500, np.pi * 100)
    assert area(rounded((20, 30, 120, 90), 0)) == grown(6000, 320)
    assert area(rounded((20, 30, 120, 90), 20)) == grown(6000 - (4 - np.pi) * 400, 320 - 160 + np.pi * 40)
    quarter = slice_of(100, 100, 80, 40, 0.1, 0.35)
    assert area(quarter) == grown(np.pi * (6400 - 1600) / 4, np.pi * 120 / 2 + 80)
    assert arc(0, 0, 10, 0, 0.25)[-2:] == pytest.approx((10, 0))
    assert line_to((0, 0), (3, 6))[-2:] == (3, 6)
    assert drawn([filled(disc(500, 500, 20), "white")], 200, 200) is None
