"""Segments and sound put together: packets copied, each at its exact time, and the sound encoded beside them.

00000.mp4  00001.mp4  00002.mp4  --packets-->  film.mp4   (after Ctrl-C: film.partial.mp4)
sound  --encoded in one go-->
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

import av

from frameloom.core.errors import MediaError
from frameloom.media.files.container import opened
from frameloom.media.files.encode import (
    SoundTrack,
    Timed,
    add_sound,
    encode_sound,
    sound_track,
)
from frameloom.media.files.formats import SoundFormat, VideoFormat, choose
from frameloom.media.files.remux import copy_stream
from frameloom.media.files.segments import Segment, Work, counted_packets, holds, missing_segments
from frameloom.media.files.sink import label, media_file, mux_by_time
from frameloom.media.files.workplace import clear, note_partial
from frameloom.media.frames import Chapter, Written
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at


def assemble(
    work: Work,
    sound: Iterable[Sound] | None = None,
    *,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    audio: SoundFormat | None = None,
    made_by: str = "",
    chapters: Sequence[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
    language: str = "",
) -> Written:
    """Put all segments and the sound into the file, and remove the work folder.

    Args:
        work: the segments, and what they become.
        sound: blocks of samples, one after the other.
        sample_rate: samples per second.
        channels: 1, 2, 6 (5.1) or 8 (7.1).
        audio: how to store sound.
        made_by: how the file was made; stands as a comment in it.
        chapters: named parts.
        metadata: title, artist, date and the like.
        language: of what is said, in the three letters of ISO 639-2/T; empty where it is not known.

    Raises:
        MediaError: segments are missing or damaged, or the format does not take the sound.
        OutputError: the place cannot be written.
    """
    absent = missing_segments(work)
    if absent:
        raise MediaError(
            f"{work.path}: {len(absent)} of {len(work.segments)} segments are not encoded yet; encode them"
        )
    sounds = None if sound is None else sound_track(work.path, audio, sample_rate, channels, language)
    written = _join(work, work.path, work.segments, sounds, sound, made_by, chapters, metadata)
    clear(work.path)
    return written


def keep_playable(
    work: Work,
    sound: Iterable[Sound] | None = None,
    *,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    audio: SoundFormat | None = None,
    made_by: str = "",
) -> Written | None:
    """Leave what is encoded from the beginning on as `NAME.partial.SUFFIX`; the work folder stays, to go on later.

    The sound ends with the last picture. Returns None where not even the first segment is whole.

    Raises:
        MediaError: a segment is damaged, or the format does not take the sound.
        OutputError: the place cannot be written.
    """
    done = tuple(takewhile(lambda segment: holds(segment.path, segment.count), work.segments))
    if not done:
        return None
    sounds = None if sound is None else sound_track(work.path, audio, sample_rate, channels)
    end = sample_at((done[-1].first + done[-1].count) / work.track.rate, sample_rate)
    note_partial(work.path)
    return _join(work, work.partial, done, sounds, None if sound is None else _until(sound, end), made_by, (), None)


def _until(sound: Iterable[Sound], end: int) -> Iterator[Sound]:
    """Yield sound up to a sample."""
    for block in sound:
        yield block[:end]
        end -= len(block)
        if end <= 0:
            return


def _join(
    work: Work,
    path: Path,
    segments: Sequence[Segment],
    sounds: SoundTrack | None,
    sound: Iterable[Sound] | None,
    made_by: str,
    chapters: Sequence[Chapter],
    metadata: Mapping[str, str] | None,
) -> Written:
    """Copy the packets of segments, each at its exact time, and encode the sound beside them."""
    track = work.track
    form = choose(path, VideoFormat(), None).container.format
    sample_rate = sounds.sample_rate if sounds else SAMPLE_RATE
    with (
        opened(segments[0].path) as first,
        media_file(path, form, track.rate, sample_rate, work.folder) as container,
    ):
        label(container, made_by, chapters, metadata)
        template = first.streams.video[0]
        stream = copy_stream(container, template, track.rate)
        head = template.codec_context.extradata
        tracks: list[Iterator[Timed]] = [_packets(work, segments, stream, head)]
        if sounds and sound is not None:
            tracks.append(encode_sound(add_sound(container, sounds), sounds, sound))
        frames = mux_by_time(container, tracks)
    return Written(path, frames, track.width, track.height, work.notes)


def _packets(work: Work, segments: Sequence[Segment], stream: av.VideoStream, head: bytes | None) -> Iterator[Timed]:
    """Yield the packets of segments, counted in pictures from the first.

    Packets come in the order of decoding, one a picture, so the i-th is due at i, less what pictures are held back for
    others to come first; the first segment, the longest, tells how much that is.
    """
    rate = work.track.rate
    index, delay = 0, None
    for segment in segments:
        for number, due, packet in counted_packets(segment.path, segment.count, rate, head):
            delay = -due if delay is None else delay
            packet.pts, packet.dts, packet.duration = segment.first + number, index - delay, 1
            packet.time_base, packet.stream = 1 / rate, stream
            index += 1
            yield packet.dts / rate, [packet]
