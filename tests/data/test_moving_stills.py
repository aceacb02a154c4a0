"""Stills in motion go where the page says they go."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.media.moving import texture

from frameloom.data import moving_stills as room
from frameloom.data.moving_stills import read_stills, set_in_motion


def test_a_way_without_turn_or_zoom_is_a_straight_even_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGEST_TURN", 0.0)
    monkeypatch.setattr(room, "LARGEST_ZOOM", 0.0)
    still = texture(400, 300)
    for seed in range(5):
        way = room._Way(np.random.default_rng(seed), still, 96)
        first, middle, last = (way.at(time) for time in (0, 0.5, 1))
        assert middle == pytest.approx((first + last) / 2)
        assert first[:, :2] == pytest.approx(last[:, :2])
        scale = first[0, 0]
        assert 0.7 <= scale <= 1.2
        assert np.hypot(*(last - first)[:, 2]) <= scale * room.LARGEST_STEP_PX
        centre = middle @ [47.5, 47.5, 1]  # of the window, in the still
        assert (centre >= 48).all()
        assert (centre <= np.array(still.shape[::-1]) - 48).all()


def test_turn_and_zoom_leave_the_middle_of_the_window_on_its_way() -> None:
    way = room._Way(np.random.default_rng(1), texture(400, 300), 64)
    places = [way.at(time) @ [31.5, 31.5, 1] for time in (0, 0.5, 1)]
    assert places[1] == pytest.approx((places[0] + places[2]) / 2)


def test_layers_move_evenly() -> None:
    """Half-way lies half-way: where both ends are met by the same shift, it is met by half of it."""
    stills = [texture(400, 300, seed=8, lump_px=16), texture(400, 300, seed=9, lump_px=16)]
    for seed in range(4):
        first, middle, last = set_in_motion(np.random.default_rng(seed), stills, 96, (0, 0.5, 1)).astype(float)
        again = set_in_motion(np.random.default_rng(seed), stills, 96, (0.5,))[0]
        assert np.array_equal(again, middle)
        assert np.abs(first - middle).mean() < np.abs(first - last).mean() + 1
        assert np.abs(last - middle).mean() < np.abs(first - last).mean() + 1


def test_a_still_in_front_of_itself_hides_and_shows_something() -> None:
    stills = [np.full((300, 400), 40, np.uint8), np.full((300, 400), 200, np.uint8)]
    seen = set()
    for seed in range(12):
        pictures = set_in_motion(np.random.default_rng(seed), stills, 96, (0, 1))
        assert pictures.min() >= 40
        assert pictures.max() <= 200
        seen.add(bool((pictures[0] != pictures[1]).any()))
    assert seen == {True, False}  # two of one grey show nothing


def test_stills_are_read_grey_even_and_small(tmp_path: Path) -> None:
    Image.new("RGB", (1921, 801), (255, 255, 255)).save(tmp_path / "white.png")
    (tmp_path / "note.txt").write_text("no picture")
    (still,) = read_stills(tmp_path, frozenset({".png"}), 64)
    assert still.shape == (400, 960)
    assert (still == 235).all()
