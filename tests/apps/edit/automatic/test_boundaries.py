from fractions import Fraction

import numpy as np

from frameloom.apps.edit.automatic.boundaries import boundaries

RATE = 25


def shot(seed, count, drift=1.0):
    """Return a shot of changing cells, (count, 18, 32), in limited range."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(40, 210, (18, 32))
    return np.stack([base + drift * rng.uniform(-4, 4, (18, 32)) for _ in range(count)])


def black(count):
    return np.full((count, 18, 32), 16.0)


def found(*parts):
    cells = np.concatenate(parts).clip(16, 235).round().astype(np.uint8)
    times = [Fraction(number, RATE) for number in range(len(cells))]
    return boundaries(cells, times, Fraction(len(cells), RATE))


def test_hard_cuts_are_found_on_their_picture():
    result = found(shot(1, 20), shot(2, 30), shot(3, 10))
    assert result.cuts == (Fraction(20, RATE), Fraction(50, RATE))
    assert result.black_head is result.black_tail is result.frozen_head is result.fade_in is None


def test_a_flash_is_no_cut():
    calm = shot(1, 40)
    calm[20:22] = 235
    assert found(calm).cuts == ()


def test_restless_pictures_are_no_cuts():
    restless = np.concatenate([shot(seed, 1) for seed in range(40)])
    assert found(restless).cuts == ()


def test_a_dissolve_is_no_hard_cut():
    a, b = shot(1, 1), shot(2, 1)
    mixed = [a * (1 - share) + b * share for share in np.linspace(0, 1, 20)]
    assert found(shot(1, 10), *mixed, shot(2, 10)).cuts == ()


def test_black_ends_are_measured():
    result = found(black(8), shot(1, 30), black(5))
    assert result.black_head == Fraction(8, RATE)
    assert result.black_tail == Fraction(38, RATE)


def test_frozen_ends_are_measured_from_half_a_second_on():
    lively = shot(1, 30, drift=4)
    head, tail = np.repeat(lively[:1], 20, axis=0), np.repeat(lively[-1:], 10, axis=0)
    result = found(head, lively, tail)
    assert result.frozen_head == Fraction(20, RATE)
    assert result.frozen_tail is None


def test_a_clip_that_stands_all_the_time_has_no_frozen_ends():
    result = found(shot(1, 40, drift=0))
    assert result.frozen_head is result.frozen_tail is None


def test_fades_are_measured():
    lively = shot(1, 60)
    up = [16 + (lively[:1] - 16) * share for share in np.linspace(0, 1, 13)]
    down = [16 + (lively[:1] - 16) * share for share in np.linspace(1, 0, 13)]
    result = found(*up, lively, *down)
    assert abs(result.fade_in - Fraction(11, RATE)) <= Fraction(2, RATE)
    assert abs(result.fade_out - Fraction(75, RATE)) <= Fraction(2, RATE)


def test_a_fade_from_white_is_a_fade_but_a_cut_from_black_is_none():
    lively = shot(1, 60)
    up = [235 + (lively[:1] - 235) * share for share in np.linspace(0, 1, 13)]
    assert found(*up, lively).fade_in is not None
    assert found(black(10), lively).fade_in is None
