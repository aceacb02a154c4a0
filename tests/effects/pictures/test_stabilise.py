"""A steady picture from a clip that was shaken along a known path."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effects.clips import RATE, context, grey, texture

from frameloom.effects.pictures.base import ClipContext
from frameloom.effects.pictures.stabilise import Stabilise, _matrix, camera_path, motion_between, smoothed, zoom_for
from frameloom.media.image import sample
from frameloom.media.planes import Planes

WIDTH, HEIGHT, COUNT = 240, 136, 60


def shaken(jitter: np.ndarray, cut_at: int = COUNT) -> list[Planes]:
    """A slow pan over a large texture, moved (px) and turned (degrees) for each picture; another scene after a cut."""
    scenes = [texture(500, 300, seed, cell=9) for seed in (0, 7)]
    x, y = np.meshgrid(np.arange(WIDTH) - (WIDTH - 1) / 2, np.arange(HEIGHT) - (HEIGHT - 1) / 2)
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    pictures = []
    for index, (across, down, degrees) in enumerate(jitter):
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        places = 220 + 0.8 * index - across + cosine * x + sine * y, 150 - down - sine * x + cosine * y
        luma = sample(scenes[index >= cut_at], *(part.astype(np.float32) for part in places))
        pictures.append(Planes(np.maximum(luma, 40), chroma, chroma))
    return pictures


def jitter_of(seed: int) -> np.ndarray:
    dice = np.random.default_rng(seed)
    seconds = np.arange(COUNT) / 25
    waves = np.sin(2 * np.pi * np.outer(seconds, dice.uniform(3, 9, 6)) + dice.uniform(0, 7, 6))
    return np.stack(
        [waves[:, :2].sum(axis=1) * 2, waves[:, 2:4].sum(axis=1) * 2, waves[:, 4:].sum(axis=1) * 0.4], axis=1
    )


def shake_left(pictures: list[Planes]) -> np.ndarray:
    """Return the deviation of what is not smooth in the camera's path: px, px, degrees."""
    path = camera_path((one.y, index / RATE) for index, one in enumerate(pictures))
    return np.diff(path.places[:, :3], n=2, axis=0).std(axis=0) * [HEIGHT, HEIGHT, 180 / math.pi]


def test_more_than_four_fifths_of_the_shaking_goes() -> None:
    pictures = shaken(jitter_of(1))
    change = Stabilise(most_zoom=2).begin(context(pictures))
    steady = [change(one, index / RATE) for index, one in enumerate(pictures)]
    assert (shake_left(steady) < 0.2 * shake_left(pictures)).all()


def test_the_measured_path_is_the_true_one() -> None:
    jitter = jitter_of(2)
    path = camera_path((one.y, index / RATE) for index, one in enumerate(shaken(jitter)))
    moved = path.places[:, :2] * HEIGHT
    truth = jitter[:, :2] - [[0.8 * index, 0] for index in range(COUNT)]
    assert np.abs(np.diff(moved, axis=0) - np.diff(truth, axis=0)).max() < 0.25
    assert np.abs(np.degrees(path.places[:, 2]) - (jitter[:, 2] - jitter[0, 2])).max() < 0.15
    assert np.abs(path.places[:, 3]).max() < 0.01
    assert (path.shots == 0).all()


def test_nothing_black_shows_unless_asked_for() -> None:
    pictures = shaken(jitter_of(3))
    for border, dark in (("zoom", False), ("mirror", False), ("black", True)):
        effect = Stabilise.model_validate({"border": border, "most_zoom": 1.5})
        change = effect.begin(context(pictures))
        lowest = min(int(change(one, index / RATE).y.min()) for index, one in enumerate(pictures))
        assert (lowest <= 17) is dark


def test_a_fixed_camera_stands_still() -> None:
    jitter = jitter_of(4)
    jitter[:, 0] += 0.8 * np.arange(COUNT)  # takes the pan away
    pictures = shaken(jitter)
    change = Stabilise(mode="fixed", border="mirror").begin(context(pictures))
    steady = np.stack([change(one, index / RATE).y[30:-30, 50:-50] for index, one in enumerate(pictures)]).astype(float)
    before = np.stack([one.y[30:-30, 50:-50] for one in pictures]).astype(float)
    assert np.abs(np.diff(steady, axis=0)).mean() < 0.35 * np.abs(np.diff(before, axis=0)).mean()


def test_a_cut_parts_the_path() -> None:
    path = camera_path((one.y, index / RATE) for index, one in enumerate(shaken(jitter_of(5), cut_at=30)))
    assert (np.diff(path.shots) == 1).nonzero()[0].tolist() == [29]


def test_too_strong_a_shake_is_told_and_held_back() -> None:
    told: list[str] = []
    pictures = shaken(jitter_of(6) * 4)
    whole = context(pictures)
    clip = ClipContext(WIDTH, HEIGHT, RATE, whole.duration, read=whole.read, tell=told.append)
    change = Stabilise(most_zoom=1.05).begin(clip)
    results = [change(one, index / RATE) for index, one in enumerate(pictures)]
    assert len(told) == 1
    assert "corrections are held back to stay within 1.05" in told[0]
    assert min(int(one.y.min()) for one in results) > 20


@settings(deadline=None)
@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_the_zoom_is_enough_and_not_too_much(across: float, down: float, turn: float, size: float) -> None:
    width, height = 160, 90
    correction = np.array([across, down, turn, size])
    zoom = zoom_for(correction, width / height)
    matrix = _matrix(correction, zoom, width, height)
    corners = np.array([[x, y, 1] for x in (-0.5, width - 0.5) for y in (-0.5, height - 0.5)]).T
    places = matrix @ corners
    room = min(*(places.min(axis=1) + 0.5), *(np.array([width - 0.5, height - 0.5]) - places.max(axis=1)))
    assert room > -1e-6
    assert zoom == 1 or room < 1e-6


def test_smoothing_leaves_an_even_motion_alone() -> None:
    seconds = np.arange(50) / 25
    pan = np.stack([3 * seconds, -seconds, 0 * seconds, seconds], axis=1)
    assert np.abs(smoothed(pan, seconds, 0.3) - pan).max() < 1e-9
    assert smoothed(pan[:2], seconds[:2], 0.3)[0].tolist() == pan[:2].mean(axis=0).tolist()


def test_too_little_to_go_by() -> None:
    even = grey(90, WIDTH, HEIGHT)
    assert motion_between(even.y, even.y) is not None
    assert motion_between(even.y, np.full_like(even.y, 200)) is None
    change = Stabilise().begin(context([even]))
    assert change(even, Fraction(0)) is even
    still = Stabilise().begin(context([even] * 5))
    assert still(even, Fraction(3, 25)) is even


def test_between_measured_pictures_the_correction_is_between() -> None:
    pictures = shaken(jitter_of(8))
    change = Stabilise(border="mirror").begin(context(pictures))
    one = pictures[10]
    at, mid, after = (change(one, Fraction(number, 50)).y.astype(float) for number in (20, 21, 22))
    assert np.abs(mid - at).mean() < np.abs(after - at).mean()
    assert change(one, Fraction(99)).y.shape == one.y.shape


@pytest.mark.parametrize("strength", [0.5])
def test_half_the_strength_takes_half(strength: float) -> None:
    pictures = shaken(jitter_of(9))
    change = Stabilise(strength=strength, border="mirror").begin(context(pictures))
    steady = [change(one, index / RATE) for index, one in enumerate(pictures)]
    assert np.abs(shake_left(steady)[:2] / shake_left(pictures)[:2] - 0.5).max() < 0.1
