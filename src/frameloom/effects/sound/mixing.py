r"""Sounds placed on the sample, made louder and softer, joined without clicks, and added up as a stream.

    part   |---/=======\---|                 fades, gain, balance; opened when it begins to sound, closed when it ends
    part                   |====|====|       a join where the waveform jumps gets 5 ms of fade or cross-fade
    total  |.......................................|   exactly so many samples, in blocks of any size

All is computed on one grid of samples: how inputs and outputs are cut changes no bit of the result.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import tee
from typing import Literal

import numpy as np

from frameloom.core.errors import ConfigError, MediaError
from frameloom.effects.sound.blocks import Supply, regrid
from frameloom.effects.sound.ducking import Ducking, duck
from frameloom.effects.sound.fades import NO_FADE, Curve, Factors, Fade, balance, factor, fade_factors, rise
from frameloom.media.sound import SAMPLE_RATE, Sound, silence

GRID = 4096
"""Samples that are mixed at once."""

_EDGE_S = 0.005
_LOOK = 64
"""Samples on either side of a join that tell how fast the waveform moves there."""
_INAUDIBLE = 5e-4


@dataclass(frozen=True)
class Part:
    """A sound and its place."""

    start: int
    """Number of the mix's sample where it begins; what lies before 0 is left out."""
    samples: int
    """How long it is; a source that gives less is followed by silence."""
    open: Callable[[], Iterable[Sound]]
    """Called once, shortly before it sounds; gives blocks, (N, channels of the mix) or (N, 1)."""
    gain_db: float = 0.0
    gain: Curve | None = None
    """Further factors, by samples from its start."""
    fade_in: Fade = NO_FADE
    fade_out: Fade = NO_FADE
    pan: float = 0.0
    """-1 left to 1 right."""
    muted: bool = False
    handle: int = 0
    """Samples that the source gives beyond its end; with 5 ms of them, a join is cross-faded instead of dipped."""
    soften: bool = True
    """Fade 5 ms at an edge where the waveform would jump; an edge that goes on smoothly stays as it is."""


@dataclass(frozen=True)
class Track:
    """Parts that share gain and balance, and may give way to other tracks."""

    parts: Sequence[Part]
    gain_db: float = 0.0
    gain: Curve | None = None
    """Further factors, by samples of the mix."""
    pan: float = 0.0
    muted: bool = False
    ducking: Ducking | None = None
    under: tuple[int, ...] = ()
    """Numbers of the tracks that it gives way to."""


def mix(
    parts: Sequence[Part], total_samples: int, *, channels: int = 2, rate: int = SAMPLE_RATE, block: int = GRID
) -> Iterator[Sound]:
    """Yield the sum of the parts, (N, channels), exactly total_samples of it; only what sounds is held.

    Raises:
        ConfigError: a part has a negative length or a balance beyond -1 to 1.
        MediaError: a part's blocks have neither one channel nor those of the mix.
    """
    return mix_tracks([Track(parts)], total_samples, channels=channels, rate=rate, block=block)


def mix_tracks(
    tracks: Sequence[Track], total_samples: int, *, channels: int = 2, rate: int = SAMPLE_RATE, block: int = GRID
) -> Iterator[Sound]:
    """Yield the sum of the tracks; a ducked one is softer while those that it is under are heard.

    What a track gives way to is heard after that track's own gain, and before ducking of its own.

    Raises:
        ConfigError: as mix, or a track is under itself or under none that exists.
        MediaError: as mix.
    """
    for number, track in enumerate(tracks):
        _check(track, number, len(tracks))
    return regrid(_mixed(tracks, total_samples, channels, rate), block)


def _mixed(tracks: Sequence[Track], total: int, channels: int, rate: int) -> Iterator[Sound]:
    """Yield blocks of the grid."""
    with ExitStack() as stack:
        plain: list[Iterator[Sound]] = []
        for track in tracks:
            stream = _track(track, total, channels, rate)
            stack.enter_context(closing(stream))
            plain.append(stream)
        ready = list(plain)
        keys: list[list[Iterator[Sound]]] = [[] for _ in tracks]
        for number, track in enumerate(tracks):
            for other in track.under if track.ducking else ():
                plain[other], key = tee(plain[other])  # holds what the key is ahead: the ducking's look-ahead
                keys[number].append(key)
        for number, track in enumerate(tracks):
            ready[number] = plain[number]
            if track.ducking and keys[number]:
                ready[number] = duck(plain[number], _sum(keys[number]), track.ducking, rate=rate)
        yield from _sum(ready) if ready else _silence(total, channels)


def _sum(streams: Sequence[Iterator[Sound]]) -> Iterator[Sound]:
    for blocks in zip(*streams, strict=True):
        total = blocks[0]
        for block in blocks[1:]:
            total = total + block
        yield total


def _silence(total: int, channels: int) -> Iterator[Sound]:
    for begin in range(0, total, GRID):
        yield silence(min(GRID, total - begin), channels)


def _track(track: Track, total: int, channels: int, rate: int) -> Generator[Sound, None, None]:
    """Yield a track's blocks of the grid, before its ducking."""
    edge = round(_EDGE_S * rate)
    heard = [part for part in track.parts if not part.muted and part.samples and part.start + part.samples > 0]
    waiting = deque(sorted(heard, key=lambda part: part.start) if not track.muted else [])
    playing: list[_Voice] = []
    with ExitStack() as stack:
        stack.callback(_close, playing)
        for begin in range(0, total, GRID):
            stop = min(begin + GRID, total)
            while waiting and waiting[0].start < stop + edge + 1:
                playing.append(_Voice(waiting.popleft(), channels, edge))
                _join(playing)
            out = silence(stop - begin, channels)
            for voice in playing:
                voice.add_to(out, begin)
            for voice in [voice for voice in playing if voice.last <= stop]:
                voice.close()
                playing.remove(voice)
            yield _shaped(out, track, begin)


def _shaped(block: Sound, track: Track, begin: int) -> Sound:
    if track.pan:
        block = balance(block, block.shape[1], track.pan)
    factors: Factors | np.float32 = np.float32(factor(track.gain_db))
    if track.gain is not None:
        factors = (factors * track.gain(np.arange(begin, begin + len(block))))[:, None]
    elif track.gain_db == 0:
        return block
    return block * factors


@dataclass(frozen=True)
class _Edge:
    """What is done where one part ends and perhaps another begins."""

    kind: Literal["as it is", "fade", "cross-fade"]
    samples: int = 0


class _Voice:
    """A part that is open: its source, how far it is, and what stands before and after it without a gap."""

    def __init__(self, part: Part, channels: int, edge: int):
        self.part = part
        self.samples = part.samples
        self.edge = min(edge, part.samples // 2)
        self.before: _Voice | None = None
        self.after: _Voice | None = None
        self._channels = channels
        self._supply = Supply(part.open())
        self._position = 0
        self._end: _Edge | None = None

    @property
    def last(self) -> int:
        """The mix's sample after its last, with its handle."""
        return self.part.start + self.samples + (self.edge if self.part.handle else 0)

    def add_to(self, out: Sound, begin: int) -> None:
        """Add what sounds from the mix's sample `begin` on."""
        start = self.part.start
        first, stop = max(begin - start, 0), min(begin + len(out) - start, self.samples)
        if first < stop:
            beginning = self._beginning() if first < self.edge else _Edge("as it is")
            self._supply.skip(first - self._position)  # of a part that begins before the mix
            self._position = first
            wanted = min(stop - first + self.edge, self.samples - first)
            if (given := len(self._supply.ahead(wanted))) < wanted:
                self._end_early(first + given)
                stop = min(stop, self.samples)
            ending = self.ending() if stop > self.samples - self.edge else _Edge("as it is")
            self._add(out[start + first - begin :], self._heard(first, stop - first), first, beginning, ending)
            self._supply.take(stop - first)
            self._position = stop
        if self._end is not None and self._end.kind == "cross-fade":
            self._add_handle(out, begin, self._end.samples)

    def ending(self) -> _Edge:
        """Return what is done at its end, and at the beginning of what follows without a gap."""
        if self._end is None:
            look = min(_LOOK, self.edge)
            ours = self._heard(self.samples - look, look)
            following = self.after._heard(0, look) if self.after is not None else silence(look, self._channels)
            edge = min(self.edge, self.after.edge) if self.after is not None else self.edge
            if not self.part.soften or not edge or not jumps(ours, following):
                self._end = _Edge("as it is")
            elif self.after is not None and self.after.part.soften and self.part.handle >= edge:
                self._end = _Edge("cross-fade", edge)
            else:
                self._end = _Edge("fade", edge)
        return self._end

    def close(self) -> None:
        self._supply.close()

    def _beginning(self) -> _Edge:
        if not self.part.soften or not self.edge:
            return _Edge("as it is")
        if self.before is not None:
            return self.before.ending()
        look = min(_LOOK, self.edge)
        jump = self._position == 0 and jumps(silence(look, self._channels), self._heard(0, look))
        return _Edge("fade", self.edge) if jump else _Edge("as it is")

    def _end_early(self, samples: int) -> None:
        """Take note that the source gives no more."""
        self.samples = samples
        self.edge = min(self.edge, samples - self._position)
        if self.after is not None:
            self.after.before = None
            self.after = None

    def _heard(self, first: int, count: int) -> Sound:
        """Return samples from `first` on with gain, balance and fades, fewer where the source ends; takes none."""
        part = self.part
        block = self._supply.ahead(first - self._position + count)[first - self._position :]
        if block.shape[1] not in (1, self._channels):
            raise MediaError(
                f"mix: a part of {block.shape[1]} channels in a mix of {self._channels}; give it as many, or 1"
            )
        block = balance(block, self._channels, part.pan)
        if not len(block):
            return block
        numbers = np.arange(first, first + len(block))
        factors = fade_factors(part.fade_in, part.fade_out, numbers, part.samples)
        if part.gain is not None:
            factors = part.gain(numbers) if factors is None else factors * part.gain(numbers)
        if part.gain_db:
            block = block * np.float32(factor(part.gain_db))
        return block if factors is None else block * factors[:, None]

    def _add(self, out: Sound, block: Sound, first: int, beginning: _Edge, ending: _Edge) -> None:
        numbers = np.arange(first, first + len(block))
        if beginning.samples:
            block = block * rise("equal-power", (numbers + 0.5) / beginning.samples)[:, None]
        if ending.kind == "fade":
            block = block * rise("equal-power", (self.samples - numbers - 0.5) / ending.samples)[:, None]
        out[: len(block)] += block

    def _add_handle(self, out: Sound, begin: int, edge: int) -> None:
        """Add what the source gives beyond the end, going out while the next part comes in."""
        end = self.part.start + self.samples
        first, stop = max(begin, end), min(begin + len(out), end + edge)
        if first < stop:
            block = self._heard(first - self.part.start, stop - first)
            numbers = np.arange(first - end, first - end + len(block))
            out[first - begin :][: len(block)] += block * rise("equal-power", 1 - (numbers + 0.5) / edge)[:, None]
            self._supply.take(len(block))
            self._position += len(block)


def jumps(before: Sound, after: Sound) -> bool:
    """Return whether a waveform breaks where one piece, (N, channels), meets the next, by its value or its slope.

    It breaks where its step, or the change of its step, is more than twice the largest nearby and above -66 dB.
    """
    steps = np.diff(np.concatenate([before, after]), axis=0)
    bends = np.abs(np.diff(steps, axis=0))
    steps = np.abs(steps)
    join = len(before) - 1
    usual_step = np.delete(steps, join, axis=0).max(axis=0, initial=0)
    usual_bend = np.delete(bends, [index for index in (join - 1, join) if 0 <= index < len(bends)], axis=0).max(
        axis=0, initial=0
    )
    bend = bends[max(join - 1, 0) : join + 1].max(axis=0, initial=0)
    return bool((steps[join] > 2 * usual_step + _INAUDIBLE).any() or (bend > 2 * usual_bend + _INAUDIBLE).any())


def _close(voices: list[_Voice]) -> None:
    for voice in voices:
        voice.close()


def _join(playing: list[_Voice]) -> None:
    """Let the newest part know the one that ends where it begins."""
    newest = playing[-1]
    for voice in playing[:-1]:
        if voice.after is None and voice.part.start + voice.samples == newest.part.start:
            voice.after, newest.before = newest, voice
            return


def _check(track: Track, number: int, tracks: int) -> None:
    for part in track.parts:
        if part.samples < 0 or part.handle < 0 or part.fade_in.samples < 0 or part.fade_out.samples < 0:
            raise ConfigError(f"mix: track {number}: part at sample {part.start}: a negative length; give 0 or more")
    for pan in (track.pan, *(part.pan for part in track.parts)):
        if not -1 <= pan <= 1:
            raise ConfigError(f"mix: track {number}: pan {pan}; give -1 (left) to 1 (right)")
    for other in track.under:
        if other == number or not 0 <= other < tracks:
            raise ConfigError(f"mix: track {number}: under track {other}; give others, 0 to {tracks - 1}")
