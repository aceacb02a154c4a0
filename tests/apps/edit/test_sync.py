"""Picture and sound stay together: bursts and flashes at known times, found again in the written file.

A flash is one white picture among black ones; its burst begins at the very sample at which that picture comes on.
"""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from frameloom.apps.edit.render import RenderConfig, render
from frameloom.apps.edit.timeline import Clip, FileSource, Timeline, Track, Transition
from frameloom.media.files.formats import SoundFormat, VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_pictures, read_sound
from frameloom.media.planes import plain
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at, silence

SIZE = (32, 24)
BURST = 480
"""Samples of a burst: 10 ms."""
FAST = VideoFormat(speed="draft", quality=60)
BLACK, WHITE = plain(*SIZE, (0, 0, 0)), plain(*SIZE, (255, 255, 255))


def sounding(bursts: list[Fraction], seconds: Fraction) -> Sound:
    """Return silence with a burst at each of these times."""
    sound = silence(sample_at(seconds))
    tone = 0.8 * np.cos(2 * np.pi * 1000 * np.arange(BURST) / SAMPLE_RATE)
    for time in bursts:
        begin = sample_at(time)
        sound[begin : begin + BURST] = tone[: len(sound) - begin, None]
    return sound


def steady_clip(path: Path, rate: Fraction, seconds: int, every: int) -> list[Fraction]:
    """Write a clip of constant rate with a flash at every so many pictures; return the times of its flashes."""
    total = int(seconds * rate)
    flashes = [number / rate for number in range(every // 2, total, every)]
    pictures = (WHITE if number % every == every // 2 else BLACK for number in range(total))
    sound = sounding(flashes, total / rate)
    write_media(
        path,
        pictures,
        [sound],
        rate=rate,
        width=SIZE[0],
        height=SIZE[1],
        video=FAST,
        audio=SoundFormat(codec="flac"),
    )
    return flashes


def irregular_clip(path: Path, seconds: int) -> list[Fraction]:
    """Write a clip of variable rate, from 10 to 60 pictures a second; return the times of its flashes."""
    chance = np.random.default_rng(3)
    base = Fraction(1, 90_000)
    times, now = [], 0
    while now * base < seconds:
        times.append(now)
        now += int(chance.integers(1500, 9000))
    flashes = [time * base for time in times[5::10]]
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=90_000, options={"preset": "ultrafast", "bf": "0"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.time_base = video.codec_context.time_base = base
        audio = container.add_stream("flac", rate=SAMPLE_RATE)
        audio.layout = "stereo"
        for index, time in enumerate(times):
            level = 235 if index % 10 == 5 else 16
            frame = av.VideoFrame.from_ndarray(np.full((SIZE[1], SIZE[0]), level, np.uint8), format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = time, base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        sound = sounding(flashes, Fraction(seconds))
        whole = (sound * (2**31 - 1)).astype(np.int64).clip(-(2**31), 2**31 - 1).astype(np.int32)
        for begin in range(0, len(whole), 4096):
            block = av.AudioFrame.from_ndarray(whole[begin : begin + 4096].reshape(1, -1), "s32", "stereo")
            block.sample_rate, block.pts, block.time_base = SAMPLE_RATE, begin, Fraction(1, SAMPLE_RATE)
            container.mux(audio.encode(block))
        container.mux(audio.encode(None))
    return flashes


def found_flashes(path: Path) -> list[Fraction]:
    """Return when a white picture comes on."""
    before, times = False, []
    for picture in read_pictures(path):
        white = picture.planes.y.mean() > 120
        if white and not before:
            times.append(picture.time)
        before = white
    return times


def found_bursts(path: Path) -> list[int]:
    """Return the samples at which bursts begin."""
    loud = np.abs(np.concatenate(list(read_sound(path)))[:, 0]) > 0.4
    begins = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    return [int(begin) for index, begin in enumerate(begins) if not index or begin - begins[index - 1] > 4 * BURST]


def length_of(path: Path) -> tuple[int, int]:
    """Return how many pictures and samples are decoded."""
    return sum(1 for _ in read_pictures(path)), sum(len(block) for block in read_sound(path))


def rendered(timeline: Timeline, path: Path) -> Path:
    render(timeline, RenderConfig(out=path, video=FAST, audio=SoundFormat(codec="flac")), "lines")
    return path


@pytest.mark.parametrize("rate", [Fraction(30_000, 1001), Fraction(24_000, 1001), Fraction(120), Fraction(25)])
def test_fifty_joins_drift_by_no_sample_and_no_picture(tmp_path: Path, rate: Fraction) -> None:
    source = tmp_path / "source.mkv"
    every = int(rate) // 2
    flashes = steady_clip(source, rate, 4, every)
    chance = np.random.default_rng(1)
    clips, expected, begin = [], [], Fraction(0)
    for _ in range(51):
        flash = flashes[int(chance.integers(1, len(flashes) - 1))]
        lead, tail = (Fraction(int(chance.integers(40, 160)), 1000) for _ in range(2))
        clips.append(Clip(source=FileSource(path=source), start=flash - lead, duration=lead + tail))
        expected.append(begin + lead)
        begin += lead + tail
    out = rendered(Timeline(tracks=(Track(items=tuple(clips)),)), tmp_path / "out.mkv")
    pictures, samples = length_of(out)
    assert pictures == int(begin * rate + Fraction(1, 2))
    assert samples == sample_at(pictures / rate)
    bursts = found_bursts(out)
    assert len(bursts) == 51
    assert max(abs(burst - sample_at(time)) for burst, time in zip(bursts, expected, strict=True)) <= 1
    seen = found_flashes(out)
    assert len(seen) == 51
    assert max(abs(flash - time) for flash, time in zip(seen, expected, strict=True)) <= 1 / rate + Fraction(1, 1000)


@pytest.mark.parametrize("rate", [Fraction(30), Fraction(30_000, 1001), Fraction(60)])
def test_variable_rate_keeps_picture_and_sound_together(tmp_path: Path, rate: Fraction) -> None:
    source = tmp_path / "variable.mp4"
    flashes = irregular_clip(source, 6)
    clips = (
        Clip(source=FileSource(path=source), duration=Fraction(3)),
        Clip(source=FileSource(path=source), start=Fraction(3), duration=Fraction(5, 2)),
    )
    out = rendered(Timeline(rate=rate, tracks=(Track(items=clips),)), tmp_path / "out.mkv")
    expected = [time for time in flashes if time < Fraction(11, 2)]
    bursts = found_bursts(out)
    assert [abs(burst - sample_at(time)) <= 1 for burst, time in zip(bursts, expected, strict=True)] == [True] * len(
        expected
    )
    for flash in found_flashes(out):
        assert min(abs(flash - time) for time in expected) <= 1 / rate + Fraction(1, 1000)


def test_sound_in_aac_is_not_late(tmp_path: Path) -> None:
    """AAC smears a burst, so its middle is compared."""
    source = tmp_path / "source.mkv"
    flashes = steady_clip(source, Fraction(25), 4, 20)
    clip = Clip(source=FileSource(path=source))
    out = tmp_path / "out.mp4"
    render(Timeline(tracks=(Track(items=(clip, clip)),)), RenderConfig(out=out, video=FAST), "lines")
    sound = np.concatenate(list(read_sound(out)))[:, 0]
    assert len(sound) == 8 * SAMPLE_RATE
    for time in flashes + [time + 4 for time in flashes]:
        around = sample_at(time) + BURST // 2
        energy = sound[around - 2000 : around + 2000].astype(np.float64) ** 2
        middle = (energy * np.arange(-2000, 2000)).sum() / energy.sum()
        assert abs(middle) < 24, time


def test_overlaps_shorten_picture_and_sound_alike(tmp_path: Path) -> None:
    source = tmp_path / "source.mkv"
    steady_clip(source, Fraction(25), 2, 20)
    clip, fade = Clip(source=FileSource(path=source)), Transition(name="fade", duration=Fraction(1, 2))
    items = [clip]
    for _ in range(10):
        items += [fade, clip]
    out = rendered(Timeline(tracks=(Track(items=tuple(items)),)), tmp_path / "out.mkv")
    assert length_of(out) == (25 * 17, SAMPLE_RATE * 17)
