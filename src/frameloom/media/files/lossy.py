"""What a real encoder does to pictures: H.264 in memory, there and back.

    pictures --x264 at a CRF--> packets --decoder--> pictures, spoilt as video is

Nothing is written; it teaches networks what they are to mend.
"""

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError

Luma = NDArray[np.uint8]

SMALLEST_SIDE_PX = 16
"""x264 takes nothing smaller."""
_RATE = 25


def through_h264(pictures: Luma, crf: int, preset: str = "veryfast", key_frames: int | None = None) -> Luma:
    """Return luma pictures (T, H, W), sides even, as they are after encoding and decoding; T pictures come back.

    Args:
        pictures: in the order in which they are shown.
        crf: 0 (perfect) to 51.
        preset: of x264, what it takes trouble with.
        key_frames: pictures from one to the next at most; else as x264 has it, 250.

    Raises:
        MediaError: the sides are odd or too small, or x264 refuses the settings.
    """
    count, height, width = pictures.shape
    if height % 2 or width % 2 or min(height, width) < SMALLEST_SIDE_PX or not count:
        raise MediaError(f"{count} pictures of {width}x{height} px cannot be encoded; give even sides of 16 px or more")
    try:
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
        encoder.time_base = Fraction(1, _RATE)
        encoder.thread_count = 1  # the same bytes on any machine
        encoder.options = {"crf": str(crf), "preset": preset} | ({"g": str(key_frames)} if key_frames else {})
        decoder = av.CodecContext.create("h264", "r")
        packets = [packet for frame in _frames(pictures) for packet in encoder.encode(frame)] + encoder.encode(None)
        decoded = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
    except av.FFmpegError as error:
        raise MediaError(
            f"x264 at crf {crf}, preset {preset}: not encoded ({error.strerror}); choose others"
        ) from error
    decoded.sort(key=lambda frame: frame.pts or 0)
    return np.stack([frame.to_ndarray()[:height] for frame in decoded])


def _frames(pictures: Luma) -> Iterator[av.VideoFrame]:
    """Yield frames of luma beside grey."""
    _, height, width = pictures.shape
    grey = np.full((height // 2, width), 128, np.uint8)
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(np.concatenate([picture, grey]), format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, _RATE)
        yield frame
