"""Small films that are encoded by other hands than ours, and damaged in places that are known."""

from pathlib import Path

import av
import numpy as np

RATE, SECONDS = 10, 12
WIDTH, HEIGHT = 160, 90
GOP_S = 2
"""Seconds from key frame to key frame."""
CUT = 70
"""Number of the picture with which another place is shown."""


def film(path: Path, codec: str = "libx264", options: dict[str, str] | None = None, hold: int = 0) -> Path:
    """Write a film that moves, with a tone; with a hold, no picture comes for so many seconds after the sixth."""
    rng = np.random.default_rng(1)
    ground = np.kron(rng.integers(0, 255, (20, 40, 3)), np.ones((12, 12, 1))).astype(np.uint8)
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(48000 // RATE) / 48000)).astype(np.float32)
    with av.open(str(path), "w") as container:
        shown = container.add_stream(codec, rate=RATE)
        shown.width, shown.height, shown.pix_fmt, shown.gop_size = WIDTH, HEIGHT, "yuv420p", GOP_S * RATE
        shown.options = {"preset": "veryfast", **(options or {})} if codec == "libx264" else options or {}
        heard = container.add_stream("libopus" if path.suffix == ".webm" else "aac", rate=48000)
        for index in range((SECONDS + hold) * RATE):
            if not 6 * RATE <= index < (6 + hold) * RATE:
                top, left = index * 2 % 120, index * 3 % 300
                pixels = np.roll(ground[top : top + HEIGHT, left : left + WIDTH], index // CUT * 50, 2)
                pixels = np.clip(pixels + rng.integers(-6, 6, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
                frame.pts = index
                container.mux(shown.encode(frame))
            sound = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
            sound.sample_rate, sound.pts = 48000, index * len(tone)
            container.mux(heard.encode(sound))
        container.mux(shown.encode())
        container.mux(heard.encode())
    return path


def spoil(source: Path, target: Path, begin: float, end: float, *, after: int = 12) -> Path:
    """Copy a film with noise in the bytes that the pictures from begin to end lie in, but for the first few."""
    places: list[int] = []
    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        start = stream.start_time or 0
        for packet in container.demux(stream):
            if packet.pts is not None and begin <= float((packet.pts - start) * stream.time_base) < end and packet.pos:
                places += [packet.pos, packet.pos + packet.size]
    data = bytearray(source.read_bytes())
    first, last = min(places) + after, max(places)
    data[first:last] = np.random.default_rng(0).bytes(last - first)
    target.write_bytes(data)
    return target


def cut_off(source: Path, target: Path, share: float) -> Path:
    """Copy the beginning of a file."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target
