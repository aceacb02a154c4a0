"""What is no edit: each thing happens where it is told to, and only there."""

from collections.abc import Callable

import numpy as np
import pytest

from frameloom.data.mishaps import blend, dim, flash, grain, letterbox, rush, smooth, title
from frameloom.data.takes import HEIGHT, WIDTH, Take

SPAN = (10, 30)


def even(level: int, length: int = 40) -> Take:
    return Take(*(np.full((length, HEIGHT // part, WIDTH // part), level, np.uint8) for part in (1, 2, 2)))


def rushing(random: np.random.Generator, take: Take, span: tuple[int, int]) -> None:
    rush(random, take, span, even(200))


@pytest.mark.parametrize("happens", [flash, dim, rushing])
def test_it_happens_within_its_span_alone(happens: Callable[..., None]) -> None:
    changed = 0
    for seed in range(20):
        take = even(100)
        happens(np.random.default_rng(seed), take, SPAN)
        untouched = [*range(SPAN[0]), *range(SPAN[1], 40)]
        assert (take.y[untouched] == 100).all()
        assert (take.u[untouched] == 100).all()
        changed += bool((take.y[slice(*SPAN)] != 100).any())
    assert changed >= 18


def test_a_flash_is_short_and_what_was_there_comes_back() -> None:
    for seed in range(20):
        take = even(100)
        flash(np.random.default_rng(seed), take, SPAN)
        assert 1 <= (take.y != 100).any((1, 2)).sum() <= 5


def test_what_rushes_by_shows_the_other_take() -> None:
    take = even(100)
    rushing(np.random.default_rng(3), take, SPAN)
    assert take.y.max() > 180
    assert take.y.min() == 100


def test_lettering_and_bars_leave_the_rest() -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        lettered, barred = even(100), even(100)
        title(random, lettered)
        assert (lettered.y == 100).mean() > 0.3
        letterbox(random, barred)
        black = barred.y == 16
        assert black.any()
        assert (black | (barred.y == 100)).all()
        assert (barred.u[black[:, ::2, ::2]] == 128).all()
        assert (black == black[0]).all()  # all the time


def test_grain_keeps_the_mean() -> None:
    thumbs = np.full((20, 3, 27, 48), 120, np.uint8)
    made = [grain(np.random.default_rng(seed), thumbs) for seed in range(20)]
    assert all(abs(each.mean() - 120) <= 5 for each in made)
    assert sum(bool((each != 120).any()) for each in made) > 5


def test_blending_rounds_and_reaches_both_ends() -> None:
    planes = np.array([[0, 100, 255, 10]], np.uint8)
    blend(planes, 200, np.array([[1, 0, 0.5, 0.25]], np.float32))
    assert planes.tolist() == [[200, 100, 228, 58]]


def test_a_smooth_field_is_smooth_and_within_bounds() -> None:
    field = smooth(np.random.default_rng(0))
    assert field.shape == (HEIGHT, WIDTH)
    assert field.min() >= 0
    assert field.max() <= 1
    assert abs(np.diff(field, axis=1)).max() < 0.1
