"""Reading sound: float blocks that stand sample-exact on the file's clock.

    packets --decode--> frames --mix--> wanted channels --resample--> blocks        silence where the file has none

Samples are placed by counting from where a stretch without gaps begins, so that rounded times (Matroska counts
milliseconds) never tear it; a gap or overlap of more than a hundredth of a second begins a new stretch. Stretches begin
on the common grid of both rates: reading from the middle gives the samples that reading from the beginning gives.
Source of the mix to fewer channels: ITU-R BS.775-4, annex 4, without its scaling.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from fractions import Fraction
from math import gcd
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.files.sound_decode import RATES, Heard, floats_of, sound_from
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at, silence

MAX_JUMP_BACK_S = 1
MAX_GAP_S = 24 * 3600
"""Longest silence between two samples; more is a defect of the clock."""

_LAYOUTS = {1: ("FC",), 2: ("FL", "FR"), 6: ("FL", "FR", "FC", "LFE", "BL", "BR")}
_LAYOUT_NAMES = {1: "mono", 2: "stereo", 6: "5.1"}
_SLACK_S = Fraction(1, 100)
_BLOCKS_PER_S = 4
_PARTS_OF_TAIL = 20
"""A 20th of a second of silence carries the last samples through the resampler, and is cut off again."""
_HALF = 0.5**0.5


def read_sound(
    path: Path | str,
    start: Fraction | int = 0,
    stop: Fraction | int | None = None,
    *,
    rate: int = SAMPLE_RATE,
    channels: int = 2,
    stream: int = 0,
) -> Iterator[Sound]:
    """Yield blocks, (N, channels), whose first sample is the one at start on the file's clock.

    There is silence before the stream begins and in its gaps; at its end the blocks end. Mono fills both channels of
    stereo, and stereo becomes mono by its mean.

    Args:
        path: a file with sound.
        start: seconds.
        stop: seconds; by default the end of the stream.
        rate: samples per second, 1000 to 768,000.
        channels: 1, 2 or 6 (5.1: left, right, centre, low, back left, back right).
        stream: which of the file's streams of sound.

    Raises:
        MediaError: missing, not media, without such a stream, damaged (named with its time), or asked for in an
            unknown form.
    """
    path = Path(path)
    if channels not in _LAYOUTS or rate not in RATES:
        raise MediaError(f"{path}: {channels} channels at {rate} Hz; give 1, 2 or 6 channels at 1000 to 768000 Hz")
    at = sample_at(Fraction(start), rate)
    end = None if stop is None else sample_at(Fraction(stop), rate)
    with closing(_stretches_from(path, Fraction(start), rate, channels, stream)) as blocks:
        for position, block in blocks:
            if end is not None and at >= end:
                return
            while position > at and (end is None or at < end):
                gap = min(position - at, rate, position - at if end is None else end - at)
                yield silence(gap, channels)
                at += gap
            part = block[max(at - position, 0) : None if end is None else max(end - position, 0)]
            if len(part) and position <= at:
                yield part
                at += len(part)


def _stretches_from(
    path: Path, start: Fraction, rate: int, channels: int, index: int
) -> Generator[tuple[int, Sound], None, None]:
    """Yield blocks with the number of their first sample; the first may lie before start."""
    stretch: _Stretch | None = None
    damage: MediaError | None = None
    with closing(sound_from(path, start, index)) as frames:
        try:
            for heard in frames:
                if stretch is None or not stretch.goes_on_with(heard):
                    if stretch is not None:
                        _check_clock(path, heard.time - stretch.expected, stretch.expected)
                        yield from stretch.finished()
                    stretch = _Stretch(heard, rate, channels)
                yield from stretch.added(heard.samples)
        except MediaError as error:
            damage = error  # what was decoded before it is heard first
    if stretch is not None:
        yield from stretch.finished()
    if damage is not None:
        try:
            raise damage
        finally:
            damage = None  # else the error and this frame would hold each other, and the file stay open


def _check_clock(path: Path, jump: Fraction, at: Fraction) -> None:
    if not -MAX_JUMP_BACK_S <= jump <= MAX_GAP_S:
        raise MediaError(
            f"{path}: damaged at {float(at):.2f} s of its sound: its clock jumps by {float(jump):.3g} s; "
            "give an undamaged copy"
        )


class _Stretch:
    """Sound without gaps: mixed, resampled and counted."""

    def __init__(self, heard: Heard, rate: int, channels: int):
        common = gcd(rate, heard.rate)
        self.rate, self.names, self.mix = heard.rate, heard.names, mix_of(heard.names, channels)
        self.periods = heard.rate // common, rate // common
        self.start = sample_at(heard.time, heard.rate)
        self.count = 0
        # Both rates have a sample where a period begins; silence leads from there to the first one.
        self.lead = self.start % self.periods[0]
        self.position = self.first = (self.start - self.lead) // self.periods[0] * self.periods[1]
        self.end: int | None = None
        self.waiting = [np.zeros((channels, self.lead), np.float32)]
        self.layout = _LAYOUT_NAMES[channels]
        self.resampler = None if rate == heard.rate else AudioResampler("fltp", self.layout, rate)

    @property
    def expected(self) -> Fraction:
        """Return when the next sample sounds."""
        return Fraction(self.start + self.count, self.rate)

    def goes_on_with(self, heard: Heard) -> bool:
        """Return whether these samples follow without a gap and in the same form."""
        same = heard.rate == self.rate and heard.names == self.names
        return same and abs(heard.time - self.expected) <= _SLACK_S

    def added(self, samples: NDArray[np.float32]) -> Iterator[tuple[int, Sound]]:
        """Take samples in and yield what is ready."""
        self.waiting.append(samples if self.mix is None else self.mix @ samples)
        self.count += samples.shape[1]
        if sum(part.shape[1] for part in self.waiting) * _BLOCKS_PER_S >= self.rate:
            yield from self._passed()

    def finished(self) -> Iterator[tuple[int, Sound]]:
        """Yield what is left, up to the last sample's end."""
        if self.resampler is not None:
            self.end = self.first + -(-(self.lead + self.count) * self.periods[1] // self.periods[0])
            self.waiting.append(np.zeros((len(self.waiting[0]), self.rate // _PARTS_OF_TAIL + 1), np.float32))
        yield from self._passed()
        if self.resampler is not None:
            for frame in self.resampler.resample(None):
                if frame is not None:
                    yield from self._placed(floats_of(frame))

    def _passed(self) -> Iterator[tuple[int, Sound]]:
        samples = np.concatenate(self.waiting, axis=1)
        self.waiting = [samples[:, :0]]
        if self.resampler is None:
            yield from self._placed(samples)
        elif samples.size:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", self.layout)
            frame.sample_rate = self.rate
            for made in self.resampler.resample(frame):
                yield from self._placed(floats_of(made))

    def _placed(self, samples: NDArray[np.float32]) -> Iterator[tuple[int, Sound]]:
        part = samples if self.end is None else samples[:, : max(self.end - self.position, 0)]
        if part.size:
            yield self.position, np.ascontiguousarray(part.T)
            self.position += part.shape[1]


def mix_of(names: tuple[str, ...], channels: int) -> NDArray[np.float32] | None:
    """Return the matrix, (channels, channels of the file), that mixes; None where nothing is to do.

    >>> mix_of(("FL", "FR"), 1).tolist(), mix_of(("FC",), 2).tolist()
    ([[0.5, 0.5]], [[1.0], [1.0]])
    """
    if len(names) == channels and channels < 3:
        return None
    places = _LAYOUTS[channels] if channels > 2 else _LAYOUTS[2]
    if len(names) == 1 and channels < 3:
        return np.ones((channels, 1), np.float32)
    if "FL" not in names and len(names) in _LAYOUTS:
        names = _LAYOUTS[len(names)]
    columns = [[_share(name, place, places) for place in places] for name in names]
    matrix = np.array(columns, np.float32).T
    if channels == 1:
        matrix = matrix.mean(axis=0, keepdims=True)
    return matrix


def _share(name: str, place: str, places: tuple[str, ...]) -> float:
    """Return how much of a channel is heard at a place."""
    if name in places:
        return float(name == place)
    if place in ("FC", "LFE") or name == "LFE":
        return 0.0
    side = f"B{place[1]}" if name[0] in "SB" and "BL" in places else f"F{place[1]}"
    if side != place:
        return 0.0
    if name.endswith(place[1]) and name != "BC":
        return 1.0 if name[0] == "S" and place[0] == "B" else _HALF
    return 0.0 if name.endswith(("L", "R")) else _HALF
