"""Small films to enhance: pictures at any times, whose luma tells their number, with a tone."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from tests.effects.clips import texture

from frameloom.media.planes import Depth, Planes, dtype_of

WIDTH, HEIGHT = 64, 48
TICK = Fraction(1, 600)


def level(index: int) -> int:
    return 40 + index * 37 % 180


def film(path: Path, times: Sequence[int], end: int, sounds: int = 1, noise: float = 0.0) -> Path:
    """Write pictures that come on at these ticks, and so many streams of sound that go on until the end."""
    draw = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "12", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = stream.time_base = TICK
        tones = [container.add_stream("aac", rate=48_000, layout="mono") for _ in range(sounds)]
        for number, tone in enumerate(tones):
            tone.metadata["language"] = ("eng", "deu")[number]
        for index, time in enumerate(times):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            luma = np.full((HEIGHT, WIDTH), level(index), np.float64)
            luma[20:28, index % WIDTH :] = 220
            luma += draw.normal(0, noise, luma.shape) if noise else 0
            frame.planes[0].update(np.clip(np.rint(luma), 0, 255).astype(np.uint8).tobytes())
            for plane in frame.planes[1:]:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts, frame.time_base = time, TICK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        samples = int(end * TICK * 48_000)
        for number, tone in enumerate(tones):
            wave = 0.3 * np.sin(2 * np.pi * (220 + 110 * number) * np.arange(samples) / 48_000)
            for start in range(0, samples, 1024):
                part = wave[None, start : start + 1024].astype(np.float32)
                sound = av.AudioFrame.from_ndarray(part, "fltp", "mono")
                sound.sample_rate, sound.pts, sound.time_base = 48_000, start, Fraction(1, 48_000)
                container.mux(tone.encode(sound))
            container.mux(tone.encode(None))
    return path


UNEVEN = [0, 24, 30, 96, 120, 300, 301, 330, 600, 610, 620, 660, 1500, 1524]
"""Ticks of pictures at a rate that varies a lot: gaps of a picture, of a tick, and of more than a second."""


def packets_of(path: Path, kind: str) -> list[list[tuple[Fraction, bytes]]]:
    """Return time and bytes of each packet of each stream of a kind."""
    with av.open(str(path)) as container:
        count = sum(stream.type == kind for stream in container.streams)
    found = []
    for number in range(count):
        with av.open(str(path)) as container:
            stream = [stream for stream in container.streams if stream.type == kind][number]
            packets = [packet for packet in container.demux(stream) if packet.size and packet.pts is not None]
            found.append([(packet.pts * packet.time_base, bytes(packet)) for packet in packets])
    return found


def noisy(sigma: float, seed: int, depth: Depth = 8, move: int = 0) -> Planes:
    """Return a texture, moved to the right, with noise of this standard deviation, of 255."""
    draw = np.random.default_rng(seed)
    base = np.roll(texture(320, 176), move, axis=1).astype(float) * 0.6 + 50
    unit = 1 << (depth - 8)
    y = np.clip(np.rint((base + draw.normal(0, sigma, base.shape)) * unit), 0, 256 * unit - 1).astype(dtype_of(depth))
    half = np.full((88, 160), 128 * unit, dtype_of(depth))
    return Planes(y, half, half)
