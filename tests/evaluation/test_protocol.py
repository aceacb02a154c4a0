"""Protocols: their conventions against values worked out by hand."""

import pytest
import torch

from frameloom.core.errors import ConfigError
from frameloom.evaluation.protocol import PROTOCOLS, Protocol, find_protocol
from frameloom.metrics.pixel import ssim


def test_openstl_sums_pixels_and_measures_errors_before_clipping() -> None:
    truth = torch.zeros(2, 10, 1, 64, 64)
    measured = find_protocol("openstl").measure(truth - 0.5, truth)
    assert torch.equal(measured["mse_sum"], torch.full((2, 10), 0.25 * 4096))
    assert torch.equal(measured["mae_sum"], torch.full((2, 10), 0.5 * 4096))
    assert torch.equal(measured["psnr"], torch.full((2, 10), 100.0))  # clipped: nothing is left of the error
    assert torch.allclose(measured["ssim"], torch.ones(2, 10))


def test_srvp_clips_first_and_keeps_to_psnr_and_ssim() -> None:
    truth = torch.zeros(1, 20, 1, 64, 64)
    measured = find_protocol("srvp").measure(truth + 3, truth)
    assert set(measured) == {"psnr", "ssim"}
    assert torch.allclose(measured["psnr"], torch.zeros(1, 20), atol=1e-6)


def test_one_prediction_scores_differently_under_the_two_windows() -> None:
    generator = torch.Generator().manual_seed(0)
    truth = (torch.rand(1, 1, 1, 64, 64, generator=generator) > 0.9).float()
    prediction = (truth + 0.01 * torch.randn(truth.shape, generator=generator)).clamp(0, 1)
    ours = find_protocol("openstl").measure(prediction, truth)["ssim"]
    uniform = ssim(prediction, truth, window="uniform", size=7, data_range=2.0, sample_covariance=True)
    gaussian = ssim(prediction, truth, window="gaussian", size=11, sigma=1.5, data_range=1.0)
    assert torch.equal(ours, uniform)
    assert torch.equal(find_protocol("srvp").measure(prediction, truth)["ssim"], gaussian)
    assert uniform.item() != pytest.approx(gaussian.item(), abs=1e-4)


def test_mean_squared_error_can_be_asked_for() -> None:
    truth = torch.zeros(1, 1, 3, 16, 16)
    measured = Protocol(name="mine", metrics=("mse_mean",)).measure(truth + 0.5, truth)
    assert measured["mse_mean"].item() == 0.25


@pytest.mark.parametrize("name", PROTOCOLS)
def test_each_protocol_states_its_conventions_and_its_source(name: str) -> None:
    protocol = find_protocol(name)
    text = protocol.describe()
    assert text.startswith(f"{name}: {protocol.past} frames given, {protocol.future} predicted")
    assert f"data range {protocol.ssim_range:g}" in text
    assert protocol.source
    assert Protocol.model_validate(protocol.model_dump()) == protocol


def test_robot_protocols_say_what_is_told_and_whose_custom_the_frechet_distance_is() -> None:
    long, short, ours = (find_protocol(name) for name in ("bair-2-28", "bair-1-15", "robot-push"))
    assert "camera aux1, without the robot's actions; best of 100 samples" in long.describe()
    assert "see the given frames too (as SRVP, SLAMP and MCVD do)" in long.describe()
    assert "FitVid leaves them out, and the two do not compare" in short.describe()
    assert "with the robot's actions; one prediction per clip, a random one, and beside it the best of 10" in (
        ours.describe()
    )
    assert "see predicted frames alone" in ours.describe()
    assert "Frechet" not in find_protocol("openstl").describe()


def test_a_yardstick_measures_as_the_protocol_does() -> None:
    truth = torch.rand(2, 3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    yardstick = find_protocol("openstl").against(truth)
    for prediction in (truth + 0.3, truth.flip(0)):
        expected = find_protocol("openstl").measure(prediction, truth)
        assert all(torch.equal(expected[name], values) for name, values in yardstick.measure(prediction).items())


def test_unknown_protocol_is_refused_with_the_known() -> None:
    with pytest.raises(
        ConfigError, match="protocol 'fvd' is unknown; known: openstl, srvp, bair-2-28, bair-1-15, robot-push"
    ):
        find_protocol("fvd")
