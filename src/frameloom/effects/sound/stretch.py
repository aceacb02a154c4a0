r"""Faster and slower at the same pitch: overlapping frames, each taken where it continues the one before (WSOLA).

    source   ....[==s1==]....[==s2==]....     the map says where; best is a frame that goes on where the last
                   \            \             ended, then the one within 10 ms that looks most like that
    result   ....[==s1==]
                     [==s2==]....             half overlap, raised-cosine windows of even power

A sharp onset is played once, at the source's own pace, exactly where the map puts it: frames before it are kept from
reading into it, and frames after it from reading it again.

Good from 1/4 to 4 times; up to 8 times either way it works but sounds worse; beyond, and where time stands still, it
is silent.

Source: Verhelst & Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high quality time-scale
modification of speech", ICASSP 1993. Differs from it: no search while the last frame's continuation is near enough;
onsets; correlation normalised, over all channels, by FFT; windows that allow for how alike two frames are.
"""

import math
from collections.abc import Generator, Iterable

import numpy as np

from frameloom.effects.sound.blocks import Supply
from frameloom.effects.sound.timemap import TimeMap
from frameloom.media.sound import SAMPLE_RATE, Sound, silence

FASTEST, SLOWEST = 8.0, 1 / 8
"""Beyond these speeds nothing is heard."""

_HOP_S = 0.0125
_SEARCH_S = 0.010
_PREFER_NEAR = 0.05
"""How much better a frame at the end of the search must fit than one in its middle."""
_THE_SAME = 0.9999
"""Correlation of frames that go over into each other at even amplitude."""
_INAUDIBLE = 1e-10
"""Mean square of a frame that needs no search."""

_STEP_S = 0.0025
_QUIET_STEPS = 6
_ONSET_RISE = 5.0
_ONSET_LEAST = 1e-6
"""Of an onset: the energy of a step's changes against each of the steps before it, and the least that counts."""
_ONSET_BEGINS = 0.1
"""Of the largest change in its step."""
_AFTER_ONSET_STEPS = 2

_CHUNK = 64
"""Frames whose places are asked from the map at once; an onset further ahead is not looked for."""


def stretch(
    blocks: Iterable[Sound], time_map: TimeMap, total_samples: int, *, rate: int = SAMPLE_RATE
) -> Generator[Sound, None, None]:
    """Yield exactly total_samples in which time runs as the map says and pitch stays; nothing of an empty source.

    Memory holds some tenths of a second. How the source is cut changes no bit of the result.

    Args:
        blocks: the source from its sample 0, (N, channels) each; where it ends, silence follows.
        time_map: position in the source at each sample of the result.
        total_samples: length of the result.
        rate: samples per second, of both.
    """
    hop = round(_HOP_S * rate)
    rising = np.hanning(2 * hop + 1)[:hop].astype(np.float32)[:, None]
    source = _Source(blocks, max(1, round(_STEP_S * rate)))
    try:
        frames = _Frames(source, time_map, hop, round(_SEARCH_S * rate))
        ending = frames.take(0)[hop:]
        if not ending.shape[1]:
            return
        for number in range(1, -(-total_samples // hop) + 1):
            frame = frames.take(number)
            yield _joined(ending, frame[:hop], rising)[: total_samples - (number - 1) * hop]
            ending = frame[hop:]
    finally:
        source.close()


def _joined(ending: Sound, beginning: Sound, rising: Sound) -> Sound:
    """Return one sound going over into another at even power, by how alike they are."""
    alike = float((ending * beginning).sum(dtype=np.float64))
    energies = float(np.square(ending).sum(dtype=np.float64)) * float(np.square(beginning).sum(dtype=np.float64))
    falling = 1 - rising
    share = min(max(alike / math.sqrt(energies), 0.0), 1.0) if energies > 0 else 1.0
    joined = ending * falling + beginning * rising
    if share > _THE_SAME:
        return joined
    power = rising * rising + falling * falling + np.float32(2 * share) * rising * falling
    even: Sound = joined / np.sqrt(power)
    return even


class _Frames:
    """Chooses where each frame is taken from; the frame of number k stands around sample k * hop of the result."""

    def __init__(self, source: "_Source", time_map: TimeMap, hop: int, search: int):
        self._source = source
        self._map = time_map
        self._hop = hop
        self._search = search
        self._chunks: dict[int, list[float]] = {}
        self._natural: int | None = None
        self._onsets: list[tuple[int, int]] = []
        """Place in the source and in the result."""

    def take(self, number: int) -> Sound:
        """Return a frame, (2 * hop, channels); numbers must rise by one."""
        hop = self._hop
        ideal = round(self._ideal(number))
        speed = (self._ideal(number + 1) - self._ideal(number)) / hop
        if not SLOWEST * 0.999 <= speed <= FASTEST * 1.001:
            self._natural = None
            return self._source.read(ideal - hop, ideal + hop) * np.float32(0)
        place = self._place(number, ideal)
        self._natural = place + hop
        frame = self._source.read(place - hop, place + hop)
        self._source.drop(min(self._natural, round(self._ideal(number + 1))) - 2 * hop - 2 * self._search)
        return frame

    def _place(self, number: int, ideal: int) -> int:
        self._find_onsets(number, ideal)
        now, hop = number * self._hop, self._hop
        low, high = ideal - self._search, ideal + self._search
        for place, time in self._onsets:
            if abs(now - time) < hop:
                return place + now - time
            if time > now:
                high = min(high, place - hop)
            elif place + hop + self._source.step * _AFTER_ONSET_STEPS > low:
                after = place + hop + self._source.step * _AFTER_ONSET_STEPS
                low = max(low, after if self._natural is None else min(after, self._natural))
        low = min(low, high)
        if self._natural is None:
            return min(max(ideal, low), high)
        if low <= self._natural <= high:
            return self._natural
        return self._most_alike(low, high, ideal)

    def _most_alike(self, low: int, high: int, ideal: int) -> int:
        """Return the place from low to high whose frame is most like the one that would go on without a seam."""
        hop = self._hop
        expected = self._source.read((self._natural or 0) - hop, (self._natural or 0) + hop)
        there = self._source.read(low - hop, high + hop)
        if np.square(expected).mean() < _INAUDIBLE:
            return min(max(ideal, low), high)
        size = 2 * hop + 2 * self._search
        spectra = np.conj(np.fft.rfft(expected, size, axis=0)) * np.fft.rfft(there, size, axis=0)
        alike = np.fft.irfft(spectra.sum(axis=1), size)[: high - low + 1]
        passed = np.concatenate([[0.0], np.cumsum(np.square(there, dtype=np.float64).sum(axis=1))])
        energy = passed[2 * hop :] - passed[: high - low + 1]
        far = np.abs(np.arange(low, high + 1) - ideal) / self._search
        fit = alike / np.sqrt(np.maximum(energy, 2 * hop * _INAUDIBLE))
        return low + int(np.argmax(fit - np.abs(fit) * (_PREFER_NEAR * far)))

    def _find_onsets(self, number: int, ideal: int) -> None:
        """Take note of onsets that frames of this number may read into, and forget those long gone."""
        hop = self._hop
        self._onsets = [onset for onset in self._onsets if onset[0] > ideal - 4 * hop or onset[1] > (number - 4) * hop]
        for place in self._source.onsets_to(ideal + hop + self._search):
            time = self._heard_at(number, place)
            last_place, last_time = self._onsets[-1] if self._onsets else (-(1 << 62), -(1 << 62))
            spaced = place - last_place >= 2 * hop + self._source.step * _AFTER_ONSET_STEPS
            if time is not None and spaced and time - last_time >= 2 * hop - self._source.step:
                self._onsets.append((place, time))

    def _heard_at(self, number: int, place: int) -> int | None:
        """Return the result's sample where the map passes a place of the source; None if it has, or long after."""
        if self._ideal(number - 1 if number else 0) > place:
            return None
        for later in range(number, number + _CHUNK):
            before, after = self._ideal(later - 1 if later else 0), self._ideal(later)
            if after >= place:
                share = (place - before) / (after - before) if after > before else 1.0
                return round((later - 1 + share) * self._hop) if later else 0
        return None

    def _ideal(self, number: int) -> float:
        chunk, index = divmod(number, _CHUNK)
        if chunk not in self._chunks:
            first = chunk * _CHUNK
            self._chunks = {key: values for key, values in self._chunks.items() if key >= chunk - 1}
            self._chunks[chunk] = self._map(np.arange(first, first + _CHUNK, dtype=np.float64) * self._hop).tolist()
        return self._chunks[chunk][index]


class _Source:
    """The source around where it is read, and the sharp onsets in it."""

    def __init__(self, blocks: Iterable[Sound], step: int):
        self.step = step
        self._supply = Supply(blocks)
        self._first = 0
        self._held = silence(0, self._supply.ahead(1).shape[1])
        self._given = 0
        """Samples read so far; the end of what is held, or beyond the end of the source."""
        self._ended = False
        self._onsets: list[int] = []
        self._energies = [0.0] * _QUIET_STEPS
        self._last = np.zeros((1, self._held.shape[1]), np.float32)

    def read(self, first: int, stop: int) -> Sound:
        """Return the samples from first to stop, silence outside the source."""
        self._read_to(stop)
        out = silence(stop - first, self._held.shape[1])
        begin, end = max(first, self._first), min(stop, self._first + len(self._held))
        if begin < end:
            out[begin - first : end - first] = self._held[begin - self._first : end - self._first]
        return out

    def drop(self, before: int) -> None:
        """Forget what lies before a sample, now and then."""
        count = min(before - self._first, len(self._held))
        if count > 1 << 14:
            self._held = self._held[count:].copy()
            self._first += count

    def onsets_to(self, stop: int) -> list[int]:
        """Return onsets not returned yet, up to a sample."""
        self._read_to(stop)
        found = [place for place in self._onsets if place < stop]
        self._onsets = self._onsets[len(found) :]
        return found

    def close(self) -> None:
        self._supply.close()

    def _read_to(self, stop: int) -> None:
        wanted = stop - self._given
        if wanted <= 0 or self._ended:
            return
        steps = max(-(-wanted // self.step), 4 * _QUIET_STEPS)
        block = self._supply.take(steps * self.step)
        self._ended = len(block) < steps * self.step
        self._find_onsets(block[: len(block) // self.step * self.step])
        self._given += len(block)
        self._held = np.concatenate([self._held, block])

    def _find_onsets(self, block: Sound) -> None:
        """Take note of each step whose waveform changes far more than in each of the steps before it."""
        if not len(block):
            return
        changes = np.square(np.diff(np.concatenate([self._last, block]), axis=0))
        self._last = block[-1:].copy()
        steps = changes.sum(axis=1).reshape(-1, self.step)
        for index, energy in enumerate(steps.mean(axis=1).tolist()):
            if energy > _ONSET_LEAST and energy > _ONSET_RISE * max(self._energies):
                within = int(np.argmax(steps[index] > _ONSET_BEGINS * steps[index].max()))
                self._onsets.append(self._given + index * self.step + within)
            self._energies = [*self._energies[1:], energy]
