"""How coarsely H.264 pictures are stored: the quantiser of each, as its decoder knows it.

    file --a few pictures from some times on--> mean quantiser of each, 0 (exact) to 51 (of 8 bits)

A codec that says nothing gives nothing.
"""

from collections.abc import Generator, Iterable
from contextlib import closing
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.encparams import VideoEncParams, VideoEncParamsType

from frameloom.media.files.container import LIBAV_ERRORS, opened, seek, video_stream


def quantisers(path: Path, times: Iterable[Fraction], count: int = 8) -> list[float]:
    """Return the mean quantiser of pictures of the first stream, so many from the key frame before each time on.

    What is damaged is passed over.

    Raises:
        MediaError: missing, not media, or without pictures.
    """
    found: list[float] = []
    for time in times:
        with opened(path) as container, closing(_frames(path, container, time)) as frames:
            for frame in islice(frames, count):
                found += [
                    float(np.mean(told.qp_map()))
                    for told in frame.side_data
                    if isinstance(told, VideoEncParams) and told.codec_type == VideoEncParamsType.H264
                ]
    return found


def _frames(path: Path, container: InputContainer, time: Fraction) -> Generator[av.VideoFrame, None, None]:
    stream = video_stream(path, container, 0)
    stream.thread_type, stream.codec_context.thread_count = "NONE", 1  # with more, some quantisers are not there yet
    stream.codec_context.options = {"export_side_data": "venc_params"}
    seek(container, stream, time)
    try:
        yield from container.decode(stream)
    except LIBAV_ERRORS:
        return
