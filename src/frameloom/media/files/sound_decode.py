"""Decoded sound, with the time of each frame, from any time on.

    seek to half a second before --> packets --> decoder --> float samples

Damaged packets are passed over in silence, as players do, for up to a second; more, or a damaged end, is an error.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.files.container import (
    BARE_SOUND,
    LIBAV_ERRORS,
    begin_of,
    first_of,
    missing_bytes,
    opened,
    reason,
    seek,
    sound_stream,
)
from frameloom.media.sound import sample_at

RATES = range(1000, 768_001)
"""Samples per second that are read and given; the tables of a resampler grow with the ratio of two rates."""
MAX_OUTAGE_S = 1
"""Longest stretch of damaged packets that is passed over in silence."""

_RUN_IN_S = Fraction(1, 2)
"""How far before the start decoding begins: MP3 needs ten frames, Opus 80 ms, the resampler less."""
_END_S = Fraction(1, 4)
"""How much damage at the end is passed over: what follows the sound, as a song's title does, is no sound."""
_SHORT_S = Fraction(1, 20)
"""How far a stream that lacks bytes may end before its stated end."""
_MOST_PLANES = 8
"""PyAV 18 reads past the planes of planar frames with eight channels or more, so these are packed first."""


@dataclass(frozen=True, eq=False)
class Heard:
    """Decoded samples, (channels, N), and when the first one sounds, in seconds on the file's clock."""

    time: Fraction
    samples: NDArray[np.float32]
    rate: int
    names: tuple[str, ...]
    """Of the channels, as FL or LFE."""


@dataclass(frozen=True)
class _Grid:
    """Where frames of one length lie whose times are rounded, as the milliseconds of Matroska are."""

    begin: Fraction
    samples: int

    def exact(self, time: Fraction, frame: av.AudioFrame, tick: Fraction) -> Fraction:
        """Return the time on the grid, if the frame lies there but for rounding; else its own."""
        lasting = Fraction(self.samples, frame.sample_rate)
        near = self.begin + round((time - self.begin) / lasting) * lasting
        return near if frame.samples == self.samples and abs(near - time) < 2 * tick else time


class _Decoding:
    """One pass over the packets of a stream."""

    def __init__(
        self,
        path: Path,
        container: InputContainer,
        stream: AudioStream,
        after: Fraction | None,
        grid: "_Grid | None" = None,
    ):
        self.path, self.container, self.stream, self.after, self.grid = path, container, stream, after, grid
        self.tick = stream.time_base or Fraction(1, av.time_base)
        self.begin = begin_of(container)
        self.reached = Fraction(0)
        self.started = False
        self.damage, self.lost = "", Fraction(0)
        self.packer: AudioResampler | None = None

    def frames(self) -> Generator[Heard, None, None]:
        """Yield decoded samples; the last ones end where the container says that the stream ends."""
        held: Heard | None = None
        damage: MediaError | None = None
        try:
            for heard in self._all():
                if held is not None:
                    yield held
                held = heard
        except MediaError as error:
            damage = error  # what was decoded before it is heard first
        if held is not None:
            end = self._stated_end()
            count = held.samples.shape[1] if end is None else sample_at(end - held.time, held.rate)
            yield Heard(held.time, held.samples[:, : max(count, 0)], held.rate, held.names)
        if damage is not None:
            try:
                raise damage
            finally:
                damage = None  # else the error and this frame would hold each other, and the file stay open
        self._check_end()

    def _all(self) -> Generator[Heard, None, None]:
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets, None)
            except LIBAV_ERRORS as error:
                raise self._damaged(reason(error)) from error
            if packet is None:
                return
            if self.after is not None and packet.pts is not None and packet.pts * self.tick - self.begin < self.after:
                continue
            try:
                if packet.is_corrupt and packet.size and self.container.format.name != "mpegts":
                    raise av.InvalidDataError(0, "cut off in the middle of a packet")
                frames = packet.decode()
            except LIBAV_ERRORS as error:
                if self.started or self.after is None:  # the first packets after a seek may need earlier ones
                    self.damage = self.damage or reason(error)
                    self.lost += max(packet.duration or 0, 0) * self.tick or Fraction(1, 50)
                continue
            for frame in frames:
                yield self._timed(frame)

    def _timed(self, frame: av.AudioFrame) -> Heard:
        time = self.reached if frame.pts is None else frame.pts * self.tick - self.begin
        if frame.sample_rate not in RATES:
            raise self._damaged(f"a sample rate of {frame.sample_rate} Hz")
        if self.lost > MAX_OUTAGE_S:
            raise self._damaged(self.damage)
        self.damage, self.lost, self.started = "", Fraction(0), True
        if self.grid is not None:
            time = self.grid.exact(time, frame, self.tick)
        names = tuple(channel.name for channel in frame.layout.channels)
        self.reached = time + Fraction(frame.samples, frame.sample_rate)
        return Heard(time, self._samples(frame), frame.sample_rate, names)

    def _samples(self, frame: av.AudioFrame) -> NDArray[np.float32]:
        if frame.format.name != "fltp" or len(frame.layout.channels) >= _MOST_PLANES:
            if self.packer is None or self.packer.rate != frame.sample_rate:
                self.packer = AudioResampler("flt")
            packed = [made for made in self.packer.resample(frame) if made is not None]
            samples = np.concatenate([floats_of(made) for made in packed], axis=1)
        else:
            samples = floats_of(frame)
        return samples if np.isfinite(samples).all() else np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)

    def _stated_end(self) -> Fraction | None:
        """Return where the stream ends, of containers that store it exactly."""
        stream = self.stream
        if not self.container.format.name.startswith(("mov,", "flac")) or not stream.duration:
            return None
        return ((stream.start_time or 0) + stream.duration) * self.tick - self.begin

    def _check_end(self) -> None:
        end = self._stated_end()
        if end is None or end - self.reached > _SHORT_S:
            missing = missing_bytes(self.path)
            if missing or (end is not None and self.container.format.name == "flac"):
                raise self._damaged(f"cut off, {missing or 'some'} bytes are missing at its end")
        if self.lost > _END_S:
            raise self._damaged(self.damage)

    def _damaged(self, why: str) -> MediaError:
        at = float(self.reached)
        return MediaError(f"{self.path}: damaged at {at:.2f} s of its sound: {why}; give an undamaged copy")


def sound_from(path: Path, start: Fraction, index: int) -> Generator[Heard, None, None]:
    """Yield decoded sound that begins early enough before start to be the same as read from the beginning.

    Raises:
        MediaError: missing, not media, without such a stream, or damaged (named with its time).
    """
    back = _RUN_IN_S
    while start - back > 0:
        with opened(path) as container:
            stream = sound_stream(path, container, index)
            target = start - back
            bare = container.format.name in BARE_SOUND
            if not bare and not seek(container, stream, target):
                break
            grid = None if bare else _grid_of(path, stream, index)
            decoding = _Decoding(path, container, stream, target if bare else Fraction(-1), grid)
            with closing(decoding.frames()) as frames:
                first_of(frames)  # made without what comes before it, and cut as if it began the stream
                first = first_of(frames)
                if first is not None and first.time <= start - _RUN_IN_S / 2:
                    yield first
                    yield from frames
                    return
        back = back * 2 + 1
    with opened(path) as container:
        yield from _Decoding(path, container, sound_stream(path, container, index), after=None).frames()


def _grid_of(path: Path, stream: AudioStream, index: int) -> _Grid | None:
    """Return where frames lie that are counted from the beginning; None where times are exact anyway."""
    rate = stream.codec_context.sample_rate
    if not stream.time_base or not rate or stream.time_base * rate <= 1:
        return None
    with opened(path) as container:
        frames = _Decoding(path, container, sound_stream(path, container, index), after=None).frames()
        with closing(frames):
            first, second = first_of(frames), first_of(frames)
    if first is None or second is None or not second.samples.shape[1]:
        return None
    return _Grid(first.time + Fraction(first.samples.shape[1], first.rate), second.samples.shape[1])


def floats_of(frame: av.AudioFrame) -> NDArray[np.float32]:
    """Return samples, (channels, N), of planar floats or packed ones."""
    array = cast(NDArray[np.float32], frame.to_ndarray())
    return array if frame.format.is_planar else array.reshape(-1, len(frame.layout.channels)).T
