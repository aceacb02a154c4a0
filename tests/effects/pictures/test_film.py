"""Vignette, grain, old film and glitch: by hand."""

from fractions import Fraction

import numpy as np
import pytest
from tests.effects.clips import context, grey, picture

from frameloom.effects.pictures.film import Grain, OldFilm, Vignette, chance
from frameloom.effects.pictures.glitch import Glitch
from frameloom.media.planes import Depth

NOW = Fraction(0)


@pytest.mark.parametrize("depth", [8, 10])
def test_vignette_by_hand(depth: Depth) -> None:
    gain = 1 << (depth - 8)
    one = grey(216, 200, 200, depth, u=168)
    result = Vignette(strength=0.5, radius=0.2).begin(context([one]))(one, NOW)
    middle, corner = result.y[100, 100] / gain, result.y[0, 0] / gain
    assert middle == 216
    assert corner == pytest.approx(16 + 200 * 0.5, abs=2)
    # The middle of px 150 lies 0.505 of the way: share 0.305 / 0.8 = 0.38125, smooth 0.3252; the light 1 - 0.1626.
    assert result.y[150, 150] / gain == pytest.approx(16 + 200 * 0.8374, abs=1)
    assert result.u[75, 75] / gain == pytest.approx(128 + 40 * 0.8374, abs=1)
    assert np.array_equal(result.v, one.v)


def test_grain_has_its_deviation_in_the_middle_and_none_in_black() -> None:
    middle, black = grey(126, 320, 180), grey(16, 320, 180)
    change = Grain(strength=0.4, size=0.25).begin(context([middle]))
    noise = change(middle, NOW).y.astype(float) - 126
    assert noise.std() == pytest.approx(10, rel=0.1)  # 0.4 * 25
    assert abs(noise.mean()) < 0.7
    assert np.array_equal(change(black, NOW).y, black.y)


def test_grain_moves_from_picture_to_picture() -> None:
    one = grey(126, 320, 180)
    change = Grain(strength=0.4).begin(context([one]))
    first, second = (change(one, Fraction(index, 25)).y.astype(float) for index in (0, 1))
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.1


def test_coarse_grain_is_coarse() -> None:
    one = grey(126, 320, 180)

    def alike_neighbours(size: float) -> float:
        noise = Grain(strength=1, size=size).begin(context([one]))(one, NOW).y.astype(float)
        return float(np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1])

    assert alike_neighbours(8) > alike_neighbours(1) + 0.2


def test_chance_counts_pictures() -> None:
    clip = context([grey(16)], seed=3)
    first = chance(clip, Fraction(1, 25), 1).uniform()
    assert first == chance(clip, Fraction(1, 25), 1).uniform()
    assert first != chance(clip, Fraction(2, 25), 1).uniform()
    assert first != chance(clip, Fraction(1, 25), 2).uniform()
    assert chance(clip, Fraction(0), 1, Fraction(3)).uniform() == chance(clip, Fraction(1, 4), 1, Fraction(3)).uniform()


def test_old_film_flickers_scratches_and_gathers_dust() -> None:
    one = grey(126, 320, 180)
    bare: dict[str, float] = {"grain": 0, "flicker": 0, "scratches": 0, "dust": 0, "weave": 0, "vignette": 0}

    def made(name: str, value: float) -> list[np.ndarray]:
        change = OldFilm.model_validate({"tone": "none", **bare, name: value}).begin(context([one], seed=5))
        return [change(one, Fraction(index, 25)).y for index in range(25)]

    light = [float(y.mean()) for y in made("flicker", 1)]
    assert 10 < max(light) - min(light) < 75
    columns = [np.flatnonzero((y != 126).all(axis=0)) for y in made("scratches", 1)]
    assert any(len(found) for found in columns)
    assert all(len(found) < 20 for found in columns)
    specks = [(y != 126).mean() for y in made("dust", 1)]
    assert 0 < max(specks) < 0.02


def test_a_glitch_only_moves_samples_about() -> None:
    one = picture(160, 96)
    result = Glitch(amount=1, blocks=False).begin(context([one]))(one, NOW)
    assert np.array_equal(np.sort(result.y, axis=1), np.sort(one.y, axis=1))
    assert np.array_equal(np.sort(result.u, axis=1), np.sort(one.u, axis=1))
    assert not np.array_equal(result.u, one.u)


def test_a_glitch_is_there_for_its_share_of_time_and_lasts() -> None:
    one = picture(160, 96)
    change = Glitch(amount=0.3, bursts=5).begin(context([one], seed=1))
    broken = [change(one, Fraction(index, 5)) is not one for index in range(200)]
    assert np.mean(broken) == pytest.approx(0.3, abs=0.1)
    burst = broken.index(True)
    first, second = (change(one, Fraction(burst, 5) + Fraction(part, 25)) for part in (0, 4))
    assert np.array_equal(first.y, second.y)


def test_a_tiny_picture_has_no_blocks_to_stray() -> None:
    one = picture(16, 16)
    result = Glitch(amount=1, slices=False, colors=False).begin(context([one]))(one, NOW)
    assert np.array_equal(result.y, one.y)
