"""Reading sound: float blocks that stand sample-exact on the file's clock.

packets --decode--> frames --mix, resample--> blocks        silence where the file has none
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard

from frameloom.core.errors import MediaError
from frameloom.media.container import LIBAV_ERRORS, begin_of, found, opened, reason, sound_streams
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at, silence

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_BLOCK = 48_000
_SLACK = Fraction(1, 100)


def read_sound(
    path: Path | str,
    start: Fraction | int = 0,
    stop: Fraction | None = None,
    *,
    rate: int = SAMPLE_RATE,
    channels: int = 2,
    stream: int = 0,
) -> Iterator[Sound]:
    """Yield blocks, (N, channels), whose first sample is the one at start on the file's clock.

    Where the stream begins later or has gaps there is silence; at its end the blocks end.

    Raises:
        MediaError: missing, not media, without such a stream, or damaged (named with its time).
    """
    path = Path(path)
    first = sample_at(Fraction(start), rate)
    end = None if stop is None else sample_at(Fraction(stop), rate)
    with opened(path) as container:
        audio = sound_stream(path, container, stream)
        begin = begin_of(container)
        if start > 1:
            container.seek(int((Fraction(start) - 1 + begin) // audio.time_base), stream=audio)
        at = first
        for position, block in _placed(path, container, audio, begin, rate, channels):
            if end is not None and position >= end:
                break
            while position > at:
                gap = min(position - at, _BLOCK)
                yield silence(gap, channels)
                at += gap
            block = block[at - position : None if end is None else end - position]
            if len(block):
                yield block
                at += len(block)


def _placed(
    path: Path, container: InputContainer, stream: AudioStream, begin: Fraction, rate: int, channels: int
) -> Iterator[tuple[int, Sound]]:
    tick = stream.time_base or Fraction(1, 1000)
    resampler = AudioResampler("fltp", LAYOUTS[channels], rate)
    position: int | None = None
    time = Fraction(0)
    try:
        for packet in container.demux(stream):
            for frame in packet.decode():
                time = time if frame.pts is None else frame.pts * tick - begin
                if position is None or abs(time - expected) > _SLACK:
                    position = sample_at(time, rate)
                    expected = time
                expected += Fraction(frame.samples, frame.sample_rate)
                for made in resampler.resample(frame):
                    block = _array(made)
                    yield position, block
                    position += len(block)
        if position is not None:
            for made in resampler.resample(None):
                if made is not None:
                    block = _array(made)
                    yield position, block
                    position += len(block)
    except LIBAV_ERRORS as error:
        raise MediaError(f"{path}: damaged at {float(time):.2f} s: {reason(error)}; give an undamaged copy") from error


def _array(frame: av.AudioFrame) -> Sound:
    return np.ascontiguousarray(cast(Sound, frame.to_ndarray()).T)


def sound_stream(path: Path, container: InputContainer, index: int) -> AudioStream:
    """Return a sound stream ready to decode, with all others put aside.

    Raises:
        MediaError: there is none, or nothing here decodes it.
    """
    streams = sound_streams(container)
    if index >= len(streams):
        which = "no sound stream" if not streams else f"no sound stream {index}"
        raise MediaError(f"{path}: {which} (found: {found(container)}); give a file with sound")
    stream = streams[index]
    if stream.codec_context is None:
        raise MediaError(f"{path}: its sound is in a format that cannot be decoded here; convert it to AAC")
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    return stream
