"""Protocols: which frames are given, which are scored, and by which conventions.

    prediction, truth (B, T, C, H, W) in [0, 1]  --measure-->  {"mse_sum": (B, T), "ssim": (B, T), ...}

Papers use one name for different numbers: the same prediction scores an SSIM of .980 with `openstl` and .974 with
`srvp`. So a score here always carries its protocol, and a protocol states every convention.

Sources: `openstl` is OpenSTL, openstl/core/metrics.py with scikit-image 0.19; `srvp` is Franceschi et al.,
"Stochastic latent residual video prediction", arXiv:2002.09219, and the test script they published.
Differs from them: a frame without error scores the ceiling in PSNR, not infinity.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import PositiveFloat, PositiveInt
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.metrics import pixel

Metric = Literal["mse_sum", "mae_sum", "mse_mean", "ssim", "psnr"]

HIGHER_IS_BETTER: frozenset[str] = frozenset({"ssim", "psnr"})

UNITS: Mapping[str, str] = {
    "mse_sum": "per frame, summed over pixels",
    "mae_sum": "per frame, summed over pixels",
    "mse_mean": "per pixel",
    "ssim": "1 is equal",
    "psnr": "dB",
}


class Protocol(Config):
    """What is given, what is scored, and how."""

    name: str
    """What reports call it."""
    past: PositiveInt = 10
    """Frames that the model sees."""
    future: PositiveInt = 10
    """Frames that it predicts and that are scored."""
    preset: Literal["standard", "stochastic"] = "standard"
    """Moving MNIST generator."""
    metrics: tuple[Metric, ...] = ("mse_sum", "mae_sum", "ssim", "psnr")
    """What is measured, per frame."""
    samples: PositiveInt = 1
    """Predictions drawn per clip from a stochastic model; the best counts, chosen per clip and per metric."""
    clip_before_errors: bool = False
    """Whether predictions are clipped to [0, 1] before squared and absolute errors too; SSIM and PSNR always are."""
    ssim_window: Literal["uniform", "gaussian"] = "gaussian"
    """Weights inside a window."""
    ssim_size: PositiveInt = 11
    """Side of the window in px."""
    ssim_sigma: PositiveFloat = 1.5
    """Deviation of the gaussian window in px."""
    ssim_range: PositiveFloat = 1.0
    """Data range in the constants of SSIM."""
    ssim_sample_covariance: bool = False
    """Whether covariances are divided by n - 1 instead of n."""
    psnr_ceiling_db: PositiveFloat = 100.0
    """PSNR of a frame without error."""
    source: str = ""
    """Where the conventions come from."""

    def measure(self, prediction: Tensor, truth: Tensor) -> dict[str, Tensor]:
        """Return each metric per frame, (B, T), of videos in [0, 1].

        Raises:
            DataError: the shapes differ or the frames are smaller than the SSIM window.
        """
        clipped = prediction.clamp(0, 1)
        raw = clipped if self.clip_before_errors else prediction
        return {metric: self._measure_one(metric, raw, clipped, truth) for metric in self.metrics}

    def _measure_one(self, metric: Metric, raw: Tensor, clipped: Tensor, truth: Tensor) -> Tensor:
        match metric:
            case "mse_sum":
                return pixel.mse_sum(raw, truth)
            case "mae_sum":
                return pixel.mae_sum(raw, truth)
            case "mse_mean":
                return pixel.mse_mean(raw, truth)
            case "psnr":
                return pixel.psnr(clipped, truth, self.psnr_ceiling_db)
            case "ssim":
                return pixel.ssim(
                    clipped,
                    truth,
                    window=self.ssim_window,
                    size=self.ssim_size,
                    sigma=self.ssim_sigma,
                    data_range=self.ssim_range,
                    sample_covariance=self.ssim_sample_covariance,
                )

    def describe(self) -> str:
        """Return the conventions as one line for reports and cards."""
        draws = f"best of {self.samples} samples per clip and metric" if self.samples > 1 else "one prediction per clip"
        parts = (
            f"{self.past} frames given, {self.future} predicted and scored",
            draws,
            "sums over C, H, W, means over clips and frames",
            f"errors on {'clipped' if self.clip_before_errors else 'unclipped'} predictions",
            f"SSIM with a {self.ssim_size}x{self.ssim_size} {self.ssim_window} window, "
            f"{'sample' if self.ssim_sample_covariance else 'population'} covariance, data range {self.ssim_range:g}",
            f"PSNR per frame, at most {self.psnr_ceiling_db:g} dB",
        )
        return f"{self.name}: {'; '.join(parts)}"


PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol(
            name="openstl",
            ssim_window="uniform",
            ssim_size=7,
            ssim_range=2.0,
            ssim_sample_covariance=True,
            source="OpenSTL, openstl/core/metrics.py, with scikit-image 0.19 (whose default range for floats is 2)",
        ),
        Protocol(
            name="srvp",
            past=5,
            future=20,
            preset="stochastic",
            metrics=("psnr", "ssim"),
            samples=100,
            clip_before_errors=True,
            source="SRVP, arXiv:2002.09219, test.py and metrics/ssim.py",
        ),
    )
}


def find_protocol(name: str) -> Protocol:
    """Return a protocol by name.

    Raises:
        ConfigError: no protocol has this name.
    """
    if name not in PROTOCOLS:
        raise ConfigError(f"protocol {name!r} is unknown; known: {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]
