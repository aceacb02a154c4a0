"""The sound of a timeline: every clip's samples, retimed, faded and added up, exactly as long as the timeline.

    clip --read, stretch--> Part --+
    clip --read----------> Part --+--> mix --> blocks of (N, channels)

A clip begins and ends at the samples nearest to its exact times, so errors never add up however many clips there are.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.layout import Laid, Layout, Placed
from frameloom.apps.edit.timeline import FileSource
from frameloom.apps.edit.timemap import TimeMap
from frameloom.effects.sound.fades import Curve, Fade, GainKey, gain_curve
from frameloom.effects.sound.mixing import Part, Track, mix_tracks
from frameloom.effects.sound.stretch import stretch
from frameloom.effects.sound.varispeed import reverse, varispeed
from frameloom.media.files.source import read_sound
from frameloom.media.sound import Sound, sample_at

_HANDLE_S = Fraction(1, 100)
"""Read beyond a clip's end, so that a join can be cross-faded."""


def has_sound(laid: Layout) -> bool:
    """Return whether anything is to be heard."""
    return any(placed.has_sound for track in laid.tracks for placed in track.clips if not track.track.mute)


def sounding(laid: Layout, start: Fraction = Fraction(0), stop: Fraction | None = None) -> Iterator[Sound]:
    """Yield the sound of a timeline, or of its part between two times.

    Raises:
        MediaError: a source is damaged.
    """
    rate = laid.timeline.sample_rate
    first, last = sample_at(start, rate), sample_at(laid.duration if stop is None else stop, rate)
    names = [track.track.name for track in laid.tracks]
    tracks = [_track(track, names, laid, first) for track in laid.tracks]
    return mix_tracks(tracks, last - first, channels=laid.timeline.channels, rate=rate)


def _track(laid_track: Laid, names: list[str], laid: Layout, first: int) -> Track:
    """Return a track of the mix."""
    track = laid_track.track
    parts = [_part(placed, laid, first) for placed in laid_track.clips if placed.has_sound]
    if track.duck is None:
        return Track(parts, gain_db=track.volume, muted=track.mute)
    under = (names.index(track.duck.under),)
    return Track(parts, gain_db=track.volume, muted=track.mute, ducking=track.duck, under=under)


def _part(placed: Placed, laid: Layout, first: int) -> Part:
    """Return a clip's place in the mix."""
    clip, rate = placed.clip, laid.timeline.sample_rate
    begin, end = sample_at(placed.begin, rate), sample_at(placed.end, rate)
    rising = max(clip.fade_in, placed.into.duration if placed.into else 0)
    falling = max(clip.fade_out, placed.out_of.duration if placed.out_of else 0)
    level = clip.volume
    return Part(
        start=begin - first,
        samples=end - begin,
        open=partial(_samples, placed, laid, end - begin),
        gain_db=float(level) if isinstance(level, int | float) else 0.0,
        gain=_gain(placed, rate),
        fade_in=Fade(sample_at(Fraction(rising), rate)),
        fade_out=Fade(sample_at(Fraction(falling), rate)),
        handle=sample_at(_HANDLE_S, rate) if placed.times.is_plain else 0,
    )


def _gain(placed: Placed, rate: int) -> Curve | None:
    """Return the curve of a clip's volume."""
    level = placed.clip.volume
    if isinstance(level, int | float):
        return None
    return gain_curve([GainKey(sample_at(key.t, rate), key.value, key.easing) for key in level])


def _samples(placed: Placed, laid: Layout, samples: int) -> Iterator[Sound]:
    """Return a clip's samples as it runs: plain, backwards, faster or slower."""
    source, times = placed.clip.source, placed.times
    if not isinstance(source, FileSource):
        return iter(())
    rate = laid.timeline.sample_rate
    read = partial(read_sound, source.path, rate=rate, channels=laid.timeline.channels, stream=source.stream)
    stop = times.start + times.span
    if times.reverse:
        blocks = reverse(
            lambda first, last: read(Fraction(first, rate), Fraction(last, rate)),
            sample_at(times.start, rate),
            sample_at(stop, rate),
        )
    else:
        blocks = read(times.start, stop + _HANDLE_S)
    if times.speed == 1:
        return blocks
    if placed.clip.keep_pitch:
        return stretch(blocks, _positions(times, rate), samples, rate=rate)
    return varispeed(blocks, _positions(times, rate), samples)


def _positions(times: TimeMap, rate: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return where in a clip's source, in samples from its begin, each sample of the clip lies."""
    grid = times.grid()
    at = np.array([float(time * rate) for time, _ in grid])
    way = np.array([float(way * rate) for _, way in grid])
    last_speed = (way[-1] - way[-2]) / (at[-1] - at[-2])
    return lambda numbers: np.interp(numbers, at, way) + np.maximum(numbers - at[-1], 0) * last_speed
