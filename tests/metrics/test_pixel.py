"""Pixel errors against values worked out by hand, and against a plain loop over windows."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from frameloom.core.errors import DataError
from frameloom.metrics.pixel import SsimTo, Windows, mae_sum, mse_mean, mse_sum, psnr, sharpness, ssim

METRICS = [mse_sum, mae_sum, mse_mean, psnr, ssim]


def clips(seed: int, *shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def test_sums_and_means_of_a_known_difference() -> None:
    truth = torch.zeros(2, 3, 3, 4, 4)
    prediction = truth.clone()
    prediction[1, 2, :, 0, 0] = torch.tensor([0.5, -1.0, 2.0])
    expected = torch.zeros(2, 3)
    expected[1, 2] = 0.25 + 1 + 4
    assert torch.equal(mse_sum(prediction, truth), expected)
    assert torch.equal(mse_mean(prediction, truth), expected / 48)
    expected[1, 2] = 3.5
    assert torch.equal(mae_sum(prediction, truth), expected)


def test_psnr_of_a_tenth_is_twenty_and_of_equals_the_ceiling() -> None:
    truth = torch.zeros(1, 1, 1, 8, 8)
    assert psnr(truth + 0.1, truth).item() == pytest.approx(20, abs=1e-4)
    assert psnr(truth, truth, ceiling_db=80).item() == pytest.approx(80)


@given(st.integers(0, 99), st.floats(0.01, 0.2))
def test_doubling_the_noise_costs_six_decibels(seed: int, scale: float) -> None:
    truth, noise = clips(seed, 1, 2, 1, 9, 9), clips(seed + 1, 1, 2, 1, 9, 9) - 0.5
    loss = psnr(truth + scale * noise, truth) - psnr(truth + 2 * scale * noise, truth)
    assert torch.allclose(loss, torch.full((1, 2), 20 * math.log10(2)), atol=1e-3)


def slow_ssim(x: np.ndarray, y: np.ndarray, weights: np.ndarray, data_range: float, unbiased: float) -> float:
    """Wang et al. eq. 13, one window at a time."""
    size, c1, c2 = len(weights), (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    values = []
    for row in range(x.shape[0] - size + 1):
        for column in range(x.shape[1] - size + 1):
            a, b = x[row : row + size, column : column + size], y[row : row + size, column : column + size]
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            var_a, var_b = (weights * (a - mean_a) ** 2).sum(), (weights * (b - mean_b) ** 2).sum()
            both = (weights * (a - mean_a) * (b - mean_b)).sum()
            top = (2 * mean_a * mean_b + c1) * (2 * unbiased * both + c2)
            values.append(top / ((mean_a**2 + mean_b**2 + c1) * (unbiased * (var_a + var_b) + c2)))
    return float(np.mean(values))


def test_ssim_is_eq_13_under_both_windows() -> None:
    x, y = clips(1, 1, 1, 1, 17, 14).double(), clips(2, 1, 1, 1, 17, 14).double()
    uniform = np.full((7, 7), 1 / 49)
    expected = slow_ssim(x[0, 0, 0].numpy(), y[0, 0, 0].numpy(), uniform, 2.0, 49 / 48)
    found = ssim(x, y, window="uniform", size=7, data_range=2.0, sample_covariance=True)
    assert found.item() == pytest.approx(expected, abs=1e-12)
    line = np.exp(-np.square(np.arange(11) - 5) / (2 * 1.5**2))
    gaussian = np.outer(line, line) / line.sum() ** 2
    expected = slow_ssim(x[0, 0, 0].numpy(), y[0, 0, 0].numpy(), gaussian, 1.0, 1.0)
    assert ssim(x, y).item() == pytest.approx(expected, abs=1e-12)


def test_ssim_of_two_flat_frames_is_the_luminance_term() -> None:
    one = torch.ones(1, 1, 1, 11, 11, dtype=torch.float64)
    assert ssim(0.2 * one, 0.6 * one).item() == pytest.approx(
        (2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4), abs=1e-9
    )


def test_ssim_averages_channels_and_keeps_clips_and_frames_apart() -> None:
    x, y = clips(3, 2, 3, 3, 12, 12), clips(4, 2, 3, 3, 12, 12)
    whole = ssim(x, y)
    assert whole.shape == (2, 3)
    parts = torch.stack([ssim(x[1:, 2:, [c]], y[1:, 2:, [c]]) for c in range(3)]).mean()
    assert whole[1, 2].item() == pytest.approx(parts.item(), abs=1e-6)
    assert torch.allclose(ssim(x, x), torch.ones(2, 3), atol=1e-5)


def test_sharpness_of_a_ramp_is_its_slope() -> None:
    ramp = torch.arange(8.0).expand(1, 1, 1, 8, 8) / 10
    assert sharpness(ramp).item() == pytest.approx(0.1)
    assert sharpness(ramp + ramp.mT).item() == pytest.approx(0.1 * math.sqrt(2))


@pytest.mark.parametrize("metric", METRICS)
def test_shapes_that_would_broadcast_are_refused(metric) -> None:
    with pytest.raises(DataError, match=r"must both be \(B, T, C, H, W\), got \(1, 2, 1, 12, 12\) and \(1, 1, 1"):
        metric(torch.zeros(1, 2, 1, 12, 12), torch.zeros(1, 1, 1, 12, 12))
    with pytest.raises(DataError, match="are empty, shape"):
        metric(torch.zeros(0, 2, 1, 12, 12), torch.zeros(0, 2, 1, 12, 12))


def test_windows_that_cannot_be_are_refused() -> None:
    small = torch.zeros(1, 1, 1, 8, 9)
    with pytest.raises(DataError, match="frames of 9x8 px do not hold one 11x11 window"):
        ssim(small, small)
    with pytest.raises(DataError, match="odd size of at least 3, got 4"):
        ssim(small, small, size=4)


def test_one_truth_serves_many_predictions() -> None:
    """More frames than are taken at once, and frames that are not square."""
    truth = clips(0, 5, 9, 1, 13, 20)
    against = SsimTo(truth, Windows(size=7, sigma=2.0))
    for seed in (1, 2):
        prediction = clips(seed, 5, 9, 1, 13, 20)
        assert torch.equal(against.of(prediction), ssim(prediction, truth, size=7, sigma=2.0))
    alone = ssim(clips(1, 5, 9, 1, 13, 20)[3:4, 7:8], truth[3:4, 7:8], size=7, sigma=2.0)
    assert torch.allclose(against.of(clips(1, 5, 9, 1, 13, 20))[3, 7], alone, atol=1e-6)
    with pytest.raises(DataError, match="must both be"):
        against.of(truth[:1])
