"""Films hold what moves on within a shot, and no more than memory allows."""

from pathlib import Path

import numpy as np
import pytest
from tests.data.test_triplets import SIZE, pan, write

from frameloom.core.errors import MediaError
from frameloom.data import shots
from frameloom.data.shots import read_film, told_of
from frameloom.media.views import DESCRIPTION

ROOM = 1 << 30


def test_windows_lie_within_a_shot(tmp_path: Path) -> None:
    write(tmp_path / "cut.mp4", pan(4) + pan(3, seed=1))
    film = read_film(tmp_path / "cut.mp4", ROOM, 64, 3)
    assert film.luma.shape == (7, SIZE[1], SIZE[0])
    assert film.windows == ((0, 2), (1, 2), (4, 2), (0, 3))


def test_pictures_shown_again_break_a_window(tmp_path: Path) -> None:
    lumas = pan(6, 6.0)
    write(tmp_path / "held.mp4", [*lumas[:3], lumas[2], *lumas[3:]])
    assert read_film(tmp_path / "held.mp4", ROOM, 64, 2).windows == ((0, 2), (3, 2), (4, 2))


def test_longer_videos_than_memory_holds_are_taken_in_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "RUN", 3)
    write(tmp_path / "pan.mp4", pan(12))
    film = shots.read_film(tmp_path / "pan.mp4", 6 * SIZE[0] * SIZE[1], 64, 4)
    assert len(film.luma) == 6
    assert film.windows == ((0, 2), (3, 2))
    assert np.abs(film.luma[3].astype(int) - pan(7)[6]).mean() < 3


def test_small_videos_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "small.mp4", [luma[:32, :48] for luma in pan(4)])
    with pytest.raises(MediaError, match="48x32 px are less than a crop of 64"):
        read_film(tmp_path / "small.mp4", ROOM, 64, 2)


def test_what_a_net_is_told_is_about_the_time_between() -> None:
    first, second = pan(2, 4.0)
    told = told_of(first, second, 0.25, "fast")
    assert told.shape == (len(DESCRIPTION), SIZE[1], SIZE[0])
    assert (told[8] == 0.25).all()
    assert np.median(told[7]) == pytest.approx(4 / 32, rel=0.1)  # the way is 4 px
