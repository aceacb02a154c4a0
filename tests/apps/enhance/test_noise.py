"""Noise is measured as it is, whatever moves."""

from pathlib import Path

import numpy as np
import pytest
from tests.apps.enhance.films import film, noisy

from frameloom.apps.enhance.noise import LARGEST_LEVEL, noise_between, noise_of
from frameloom.data.degraded import LARGEST_NOISE
from frameloom.media.files.source import probe
from frameloom.media.planes import Depth, Planes


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("sigma", [1.0, 4.0, 12.0])
def test_noise_is_measured_as_it_is(sigma: float, depth: Depth) -> None:
    found = noise_between(noisy(sigma, 0, depth), noisy(sigma, 1, depth))
    assert found == pytest.approx(sigma, rel=0.12)


def test_motion_is_no_noise() -> None:
    """Where half of a picture moves, the other half tells."""
    before, after = noisy(3, 0), noisy(3, 1)
    moved = noisy(3, 2, move=9)
    after.y[:88] = moved.y[:88]
    assert noise_between(before, after) == pytest.approx(3, rel=0.15)


def test_bars_tell_nothing() -> None:
    before, after = noisy(5, 0), noisy(5, 1)
    for planes in (before, after):
        planes.y[:64] = planes.y[-48:] = 16
    assert noise_between(before, after) == pytest.approx(5, rel=0.12)
    black = np.full((176, 320), 16, np.uint8)
    half = np.full((88, 160), 128, np.uint8)
    assert noise_between(Planes(black, half, half), Planes(black, half, half)) is None


def test_the_noise_of_a_film_is_that_of_most_of_it(tmp_path: Path) -> None:
    quiet = film(tmp_path / "quiet.mp4", list(range(0, 600, 24)), 600, sounds=0)
    loud = film(tmp_path / "loud.mp4", list(range(0, 600, 24)), 600, sounds=0, noise=8)
    assert noise_of(probe(quiet)) < 1
    assert 4 < noise_of(probe(loud)) < 10  # the encoder takes some of it


def test_networks_are_told_noise_as_they_learned_it() -> None:
    assert pytest.approx(255 * LARGEST_NOISE) == LARGEST_LEVEL
