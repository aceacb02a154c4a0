"""Matching a reference, against distributions made by hand."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.effects.clips import context, picture

from frameloom.core.errors import MediaError
from frameloom.effects.pictures.match import Match, least_map, own_to_wanted, statistics
from frameloom.media.image import from_rgb
from frameloom.media.planes import Planes


def test_a_known_map_of_chroma_is_found_again() -> None:
    own = np.array([[90.0, 20], [20, 60]])
    turn = np.array([[1.4, 0.2], [0.2, 0.8]])
    assert np.abs(least_map(own, turn @ own @ turn.T) - turn).max() < 0.03


def test_no_change_for_the_same_distribution() -> None:
    light = np.bincount(np.random.default_rng(0).integers(40, 200, 50000), minlength=256) / 50000
    curve = own_to_wanted(light, light)
    assert np.abs(curve[50:190] - np.arange(50, 190)).max() < 2
    assert np.abs(least_map(np.eye(2) * 50, np.eye(2) * 50) - np.eye(2)).max() < 1e-6


def test_the_curve_never_falls_and_moves_the_median() -> None:
    dice = np.random.default_rng(1)
    dark, bright = (
        np.bincount(dice.normal(at, 15, 50000).astype(int), minlength=256)[:256] / 50000 for at in (70, 150)
    )
    curve = own_to_wanted(dark, bright)
    assert (np.diff(curve) > 0).all()
    assert curve[70] == pytest.approx(150, abs=3)


def test_a_clip_gets_mean_and_spread_of_the_reference(tmp_path: Path) -> None:
    dice = np.random.default_rng(2)
    colors = np.clip(dice.normal([180, 110, 80], [30, 25, 20], (60, 80, 3)), 0, 255).astype(np.uint8)
    reference = colors.repeat(8, 0).repeat(8, 1)
    file = tmp_path / "reference.png"
    Image.fromarray(reference).save(file)
    one = picture(160, 120)
    result = Match(reference=file).begin(context([one, one]))(one, Fraction(0))
    wanted, found = statistics([from_rgb(reference)]), statistics([result])
    assert wanted is not None
    assert found is not None
    assert np.abs(found.mean - wanted.mean).max() < 2
    assert np.abs(np.sqrt(np.diag(found.covariance)) - np.sqrt(np.diag(wanted.covariance))).max() < 3
    levels = np.arange(256)
    assert abs(float((found.light - wanted.light) @ levels)) < 4


def test_nothing_to_see_changes_nothing(tmp_path: Path) -> None:
    assert statistics([]) is None
    with pytest.raises(MediaError, match=r"none\.png"):
        Match(reference=tmp_path / "none.png").begin(context([picture()]))


def test_statistics_by_hand() -> None:
    y = np.array([[10, 10], [20, 30]], np.uint8)
    chroma = np.array([[100]], np.uint8)
    two = [Planes(y, chroma, chroma), Planes(y, chroma + 20, chroma)]
    found = statistics(two)
    assert found is not None
    assert found.light[[10, 20, 30]].tolist() == [0.5, 0.25, 0.25]
    assert found.mean.tolist() == [110, 100]
    assert found.covariance.tolist() == [[100, 0], [0, 0]]
