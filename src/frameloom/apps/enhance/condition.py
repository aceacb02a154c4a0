"""In what condition a film is: how noisy, and how hard it was compressed, as far as that is asked for.

denoise, deblock: no --> 0      a number --> as it is      auto --> measured
"""

from dataclasses import dataclass

from frameloom.apps.enhance.compression import Compression, compression_of
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.noise import LEAST_NOISE, noise_of
from frameloom.media.files.info import MediaInfo


@dataclass(frozen=True)
class Condition:
    """What is to be mended, and what a person should know of it."""

    noise: float = 0.0
    """Its standard deviation, of 255."""
    compression: float = 0.0
    """How hard, from 0 to 1."""
    notes: tuple[str, ...] = ()


def condition_of(config: EnhanceConfig, info: MediaInfo) -> Condition:
    """Return what is to be mended of a film.

    Raises:
        MediaError: the film cannot be read.
    """
    noise, of_noise = _noise(config, info)
    level, of_level = _level(config, info)
    return Condition(noise, level, (*of_noise, *of_level))


def _noise(config: EnhanceConfig, info: MediaInfo) -> tuple[float, tuple[str, ...]]:
    if config.denoise != "auto":
        return 0.0 if config.denoise == "no" else config.denoise, ()
    noise = noise_of(info)
    if noise < LEAST_NOISE:
        return 0.0, (f"noise: {noise:.1f} of 255, left alone",)
    return noise, (f"noise: {noise:.1f} of 255, taken out",)


def _level(config: EnhanceConfig, info: MediaInfo) -> tuple[float, tuple[str, ...]]:
    if config.deblock == "no" or config.quality == "lanczos":
        return 0.0, ()
    if config.deblock != "auto":
        return config.deblock, (f"deblock: as hard as {_like(Compression.of(config.deblock))}, as asked for",)
    measured = compression_of(info)
    if measured is None:
        codec = info.videos[0].codec
        return 0.0, (f"deblock: nothing to mend; {codec} loses nothing, or how much cannot be told",)
    if not measured.level:
        return 0.0, (f"deblock: nothing to mend; compressed no harder than {_like(Compression.of(0))}",)
    return measured.level, (f"deblock: compressed as hard as {_like(measured)}",)


def _like(compression: Compression) -> str:
    return f"CRF {compression.crf:.0f} of x264 (level {compression.level:.2f})"
