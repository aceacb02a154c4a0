"""Takes: no cut within one, what it shows is what was filmed, and dice fix it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from frameloom.data.takes import HEIGHT, WIDTH, Take, read_runs, read_take, shoot
from frameloom.media.changes import likeness, look
from frameloom.media.files.video import write_clip


def coarse(seed: int, height: int = 108, width: int = 192) -> NDArray[np.uint8]:
    """Return a picture of large random squares, RGB."""
    squares = np.random.default_rng(seed).integers(0, 256, (height // 12, width // 12, 3)).astype(np.uint8)
    return squares.repeat(12, 0).repeat(12, 1)


def moving(seed: int, count: int) -> NDArray[np.uint8]:
    return np.stack([np.roll(coarse(seed), time, 1) for time in range(count)])


def test_runs_end_at_cuts_and_what_is_too_short_is_left_out(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4", np.concatenate([moving(0, 20), moving(1, 5), moving(2, 15)]), 25)
    assert [len(sizes[0]) for sizes in read_runs(tmp_path / "clip.mp4")] == [20, 15]


def test_a_dissolve_is_in_no_run(tmp_path: Path) -> None:
    one, other = moving(0, 60), moving(1, 60)
    share = np.clip((np.arange(60) - 26) / 7, 0, 1)[:, None, None, None]
    write_clip(tmp_path / "clip.mp4", np.rint(one * (1 - share) + other * share).astype(np.uint8), 25)
    runs = [sizes[0] for sizes in read_runs(tmp_path / "clip.mp4")]
    assert runs
    for run in runs:
        assert likeness(look(run.y[0]), look(run.y[-1])) > 0.75  # moved, and no more
    assert len(runs) == 2
    assert sum(map(len, runs)) <= 60 - 12


def test_a_still_comes_in_halves_down_to_the_size_of_a_take(tmp_path: Path) -> None:
    Image.fromarray(coarse(0, 240, 360)).save(tmp_path / "still.png")
    sizes = [take.y.shape for take in read_take(tmp_path / "still.png")]
    assert sizes == [(1, 426, 640), (1, 212, 320), (1, 106, 160)]


@pytest.mark.parametrize("is_still", [True, False])
def test_dice_fix_a_take_and_only_its_span_is_drawn(is_still: bool) -> None:
    y = np.stack([np.roll(coarse(0)[..., 0], time, 1) for time in range(1 if is_still else 30)])
    footage = [Take(y, y[:, ::2, ::2], y[:, 1::2, ::2])]
    for seed in range(8):
        one, again = (shoot(np.random.default_rng(seed), footage, 40, (10, 30)) for _ in range(2))
        assert one.y.shape == (40, HEIGHT, WIDTH)
        assert one.v.shape == (40, HEIGHT // 2, WIDTH // 2)
        assert np.array_equal(one.y[10:30], again.y[10:30])
        assert one.y[10:30].min() >= 16
        assert one.y[10:30].max() <= 240


def test_a_take_of_an_even_picture_is_even_in_time_and_place() -> None:
    plane = np.full((1, 108, 192), 120, np.uint8)
    for seed in range(20):
        take = shoot(np.random.default_rng(seed), [Take(plane, plane[:, ::2, ::2], plane[:, ::2, ::2])], 12, (0, 12))
        for values in (take.y, take.u, take.v):
            assert values.min() == values.max()
