"""Animated GIF: one palette for the whole clip, chosen from all its pictures.

    frames --palettegen--> 256 colours --paletteuse--> GIF

All frames are held in memory until the last is known.
"""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.filter import Graph
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media import frames as bounds
from frameloom.media.frames import Pixels, tick

MAX_GIF_RATE = 50
"""Frames per second; browsers slow down anything faster."""

_TICKS_PER_S = 100


def write_gif(path: Path, frames: Iterable[Pixels], rate: Fraction, made_by: str) -> int:
    """Write frames, (H, W, 3) or with alpha (H, W, 4), as an animation that loops for ever; return how many there are.

    Alpha becomes a mask: what is less than half opaque is not drawn.

    Raises:
        MediaError: more frames than memory should hold.
    """
    count = 0
    graph = Graph()
    with av.open(f"file:{path}", "w", format="gif") as container:
        for pixels in frames:
            if not count:
                stream = _stream(container, graph, pixels, rate)
            if count * pixels.nbytes > bounds.MAX_CLIP_BYTES:
                raise MediaError(f"{path}: too long for a GIF, after {count} frames; make it smaller, or choose .mp4")
            frame = av.VideoFrame.from_ndarray(pixels, format=_form(pixels))
            frame.pts, frame.time_base = tick(count, rate, _TICKS_PER_S), Fraction(1, _TICKS_PER_S)
            graph.vpush(frame)
            count += 1
        graph.vpush(None)
        for _ in range(count):
            container.mux(stream.encode(graph.vpull()))
        container.mux(stream.encode(None))
    _add_comment(path, made_by)
    return count


def _form(pixels: Pixels) -> str:
    return "rgba" if pixels.shape[2] == 4 else "rgb24"


def _stream(container: OutputContainer, graph: Graph, first: Pixels, rate: Fraction) -> VideoStream:
    """Return the stream of a GIF, and lay the filters that choose its palette."""
    ticks = Fraction(1, _TICKS_PER_S)
    height, width = first.shape[:2]
    stream = container.add_stream("gif", rate=rate)
    stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
    stream.time_base = stream.codec_context.time_base = ticks
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat(_form(first)), time_base=ticks)
    split, generate, use, sink = (graph.add(name) for name in ("split", "palettegen", "paletteuse", "buffersink"))
    source.link_to(split)
    split.link_to(generate, 0, 0)
    split.link_to(use, 1, 0)
    generate.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return stream


def _add_comment(path: Path, text: str) -> None:
    """Put a comment before the trailer, in blocks of at most 255 bytes (GIF89a, section 24)."""
    data = text.encode("utf-8")
    blocks = b"".join(bytes([len(data[at : at + 255])]) + data[at : at + 255] for at in range(0, len(data), 255))
    with path.open("r+b") as handle:
        handle.seek(-1, 2)  # the trailer is the last byte
        handle.write(b"\x21\xfe" + blocks + b"\x00\x3b" if data else b"\x3b")
