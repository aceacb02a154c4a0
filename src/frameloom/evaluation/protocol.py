"""Protocols: which frames are given, which are scored, and by which conventions.

    prediction, truth (B, T, C, H, W) in [0, 1]  --measure-->  {"mse_sum": (B, T), "ssim": (B, T), ...}

Papers use one name for different numbers: the same prediction scores an SSIM of .980 with `openstl` and .974 with
`srvp`. So a score here always carries its protocol, and a protocol states every convention.

Sources: `openstl` is OpenSTL, openstl/core/metrics.py with scikit-image 0.19; `srvp` is Franceschi et al.,
"Stochastic latent residual video prediction", arXiv:2002.09219, and the test script they published; `bair-2-28` is
SRVP's and SAVP's (Lee et al., arXiv:1804.01523) on BAIR, `bair-1-15` that of the works that give one frame, such as
MCVD (Voleti et al., arXiv:2205.09853). `robot-push` is our own.
Differs from them: a frame without error scores the ceiling in PSNR, not infinity; Frechet distances are of our own
features, and no FVD.
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
    data: Literal["moving_mnist", "robot_push"] = "moving_mnist"
    """What the clips show."""
    preset: Literal["standard", "stochastic"] = "standard"
    """Moving MNIST generator."""
    camera: Literal["main", "aux1"] = "aux1"
    """Camera of robot clips."""
    actions: bool = False
    """Whether a model that can be steered is told what the robot does."""
    metrics: tuple[Metric, ...] = ("mse_sum", "mae_sum", "ssim", "psnr")
    """What is measured, per frame."""
    samples: PositiveInt = 1
    """Predictions drawn per clip from a stochastic model."""
    counts: Literal["best", "first"] = "best"
    """Which of them the score is of: the best, chosen per clip and per metric, or the first, which is a random one."""
    single_frames: tuple[PositiveInt, ...] = ()
    """Predicted frames, from 1, whose scores are told on their own too."""
    features: bool = False
    """Whether clips are also seen through features: Frechet distances, distance from the truth, the robot's hand."""
    given_in_frechet: bool = True
    """Whether the clips between which a Frechet distance is taken begin with the frames that were given."""
    frechet_as: str = ""
    """Whose custom that is."""
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
        return self.against(truth).measure(prediction)

    def against(self, truth: Tensor) -> "Yardstick":
        """Return what measures many predictions of one truth, (B, T, C, H, W) in [0, 1].

        Raises:
            DataError: the frames are smaller than the SSIM window.
        """
        return Yardstick(self, truth)

    def describe(self) -> str:
        """Return the conventions as one line for reports and cards."""
        draws = "one prediction per clip"
        if self.samples > 1:
            best = f"best of {self.samples} samples per clip and metric"
            draws = best if self.counts == "best" else f"{draws}, a random one, and beside it the {best}"
        robot = f"camera {self.camera}, {'with' if self.actions else 'without'} the robot's actions"
        sees = "see the given frames too" if self.given_in_frechet else "see predicted frames alone"
        parts = (
            f"{self.past} frames given, {self.future} predicted and scored",
            *((robot,) if self.data == "robot_push" else ()),
            draws,
            "sums over C, H, W, means over clips and frames",
            f"errors on {'clipped' if self.clip_before_errors else 'unclipped'} predictions",
            f"SSIM with a {self.ssim_size}x{self.ssim_size} {self.ssim_window} window, "
            f"{'sample' if self.ssim_sample_covariance else 'population'} covariance, data range {self.ssim_range:g}",
            f"PSNR per frame, at most {self.psnr_ceiling_db:g} dB",
            *((f"Frechet distances, of the features of the house, {sees} ({self.frechet_as})",) * self.features),
        )
        return f"{self.name}: {'; '.join(parts)}"


class Yardstick:
    """Measures predictions of one truth; what concerns the truth alone is computed once."""

    def __init__(self, protocol: Protocol, truth: Tensor) -> None:
        self.protocol, self.truth = protocol, truth
        windows = pixel.Windows(
            window=protocol.ssim_window,
            size=protocol.ssim_size,
            sigma=protocol.ssim_sigma,
            data_range=protocol.ssim_range,
            sample_covariance=protocol.ssim_sample_covariance,
        )
        self._ssim = pixel.SsimTo(truth, windows) if "ssim" in protocol.metrics else None

    def measure(self, prediction: Tensor) -> dict[str, Tensor]:
        """Return each metric per frame, (B, T), of a prediction in [0, 1].

        Raises:
            DataError: the shapes differ.
        """
        clipped = prediction.clamp(0, 1)
        raw = clipped if self.protocol.clip_before_errors else prediction
        return {metric: self._measure_one(metric, raw, clipped) for metric in self.protocol.metrics}

    def _measure_one(self, metric: Metric, raw: Tensor, clipped: Tensor) -> Tensor:
        match metric:
            case "mse_sum":
                return pixel.mse_sum(raw, self.truth)
            case "mae_sum":
                return pixel.mae_sum(raw, self.truth)
            case "mse_mean":
                return pixel.mse_mean(raw, self.truth)
            case "psnr":
                return pixel.psnr(clipped, self.truth, self.protocol.psnr_ceiling_db)
            case "ssim":
                assert self._ssim is not None
                return self._ssim.of(clipped)


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
            features=True,
            frechet_as="as SRVP does",
            source="SRVP, arXiv:2002.09219, test.py and metrics/ssim.py",
        ),
        Protocol(
            name="bair-2-28",
            past=2,
            future=28,
            data="robot_push",
            metrics=("psnr", "ssim"),
            samples=100,
            clip_before_errors=True,
            features=True,
            frechet_as="as SRVP, SLAMP and MCVD do",
            source="SRVP, arXiv:2002.09219, test.py; SAVP, arXiv:1804.01523, which takes LPIPS too",
        ),
        Protocol(
            name="bair-1-15",
            past=1,
            future=15,
            data="robot_push",
            metrics=("psnr", "ssim"),
            samples=100,
            clip_before_errors=True,
            features=True,
            frechet_as="as MCVD does; FitVid leaves them out, and the two do not compare",
            source="MCVD, arXiv:2205.09853; the group is held together by FVD, which takes a network of the user's own",
        ),
        Protocol(
            name="robot-push",
            past=2,
            future=10,
            data="robot_push",
            actions=True,
            metrics=("ssim", "psnr"),
            samples=10,
            counts="first",
            single_frames=(10,),
            clip_before_errors=True,
            features=True,
            given_in_frechet=False,
            frechet_as="what was given says nothing of a model that is told the actions",
            source="Frameloom",
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
