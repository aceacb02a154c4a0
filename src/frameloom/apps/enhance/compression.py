"""How hard a film was compressed, as networks that mend it are told: 0 is CRF 18 of x264 and better, 1 is CRF 42.

    H.264: mean quantiser of a few pictures - 3 ----------------+
    other codecs that lose: 2.6 - 5.7 log2(bits of each pixel) --+--> CRF --> level

Measured on excerpts of 1 to 2 s of real clips at five CRFs from 18 to 42 (x264, veryfast). From the quantiser, CRF is
off by 1.8 (root mean square; at most 3.2), on the four clips in motion that the 3 is taken from; two nearly still ones
have a quantiser up to 9 below their CRF, and are taken for as much better. From bits it is off by 2.6 (at most 6.3; 3.0
for an excerpt left out of the fit), on nine excerpts of six clips in motion. The two still ones were left out of that
fit: they take so few bits that they seem poorer than they are, by 10 to 31. So bits are asked only where no quantiser
is known.
"""

import math
from dataclasses import dataclass
from typing import Self

from frameloom.media.files.info import MediaInfo, VideoStreamInfo
from frameloom.media.files.quantiser import quantisers

CLEAN_CRF, POOREST_CRF = 18, 42
"""Quality settings of x264 that are levels 0 and 1, as `data.degraded` has them."""

BITS_OF_H264 = {"h264": 1.0, "hevc": 1.2, "vp9": 1.2, "av1": 1.4, "mpeg4": 0.6, "mpeg2video": 0.5, "vp8": 0.4}
"""Bits that x264 (veryfast) needs where a codec needs one, for the same PSNR: medians over two clips at three or four
qualities, with the encoders of FFmpeg. They differ by up to a half, which is 3 of CRF."""

_PLACES = 6
"""Of a film, at which quantisers are read."""
_ABOVE_CRF = 3
"""By how much the mean quantiser lies above the CRF of a film in motion."""
_EIGHT_BIT_STEPS = 6
"""Of the quantiser, that each bit beyond eight adds."""
_CRF_OF_ONE_BIT, _CRF_OF_HALVING = 2.6, 5.7


@dataclass(frozen=True)
class Compression:
    """How hard a film was compressed."""

    crf: float
    """Of x264, that is as hard."""

    @classmethod
    def of(cls, level: float) -> Self:
        """Return what is told as this level."""
        return cls(CLEAN_CRF + level * (POOREST_CRF - CLEAN_CRF))

    @property
    def level(self) -> float:
        """Return it as networks are told, from 0 to 1."""
        return min(max((self.crf - CLEAN_CRF) / (POOREST_CRF - CLEAN_CRF), 0.0), 1.0)


def compression_of(info: MediaInfo) -> Compression | None:
    """Return how hard a film was compressed; None for a codec that loses nothing, or is not known.

    Raises:
        MediaError: the film cannot be read.
    """
    video = info.video
    if video is None:
        return None
    if video.codec == "h264":
        times = (info.duration * index / _PLACES for index in range(_PLACES))
        found = quantisers(info.path, times)
        if found:
            return Compression(sum(found) / len(found) - _EIGHT_BIT_STEPS * (video.bits - 8) - _ABOVE_CRF)
    factor = BITS_OF_H264.get(video.codec)
    bits = bits_of_pixel(info, video)
    if factor is None or bits <= 0:
        return None
    return Compression(_CRF_OF_ONE_BIT - _CRF_OF_HALVING * math.log2(factor * bits))


def bits_of_pixel(info: MediaInfo, video: VideoStreamInfo) -> float:
    """Return bits that each pixel of each picture takes, on average; 0 where that cannot be told."""
    heard = sum(sound.bit_rate or 0 for sound in info.sounds)
    rate = video.bit_rate or max(info.bit_rate - heard, 0)
    pixels = video.stored_width * video.stored_height * video.frames
    return float(rate * video.duration / pixels) if pixels else 0.0
