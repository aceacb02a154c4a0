"""Spoilt files: whatever their bytes, reading them ends well or with an error that a person can read.

Each lot runs in a process of its own, so that a crash of a decoder, a hang or a flood of memory is seen as what it is.
"""

import random
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from frameloom.core.errors import FrameloomError
from frameloom.media.files.picture import PictureForm
from frameloom.media.files.source import probe, read_backwards, read_pictures, read_sound, read_still

KINDS = ("x.mp4", "x.mkv", "x.webm", "x.mov", "x.gif", "x.png", "x.flac", "x.ts", "x.avi", "x.mp3", "x.ogg", "x.wav")
LONGEST_S = 30
MOST_MEMORY = 6 * 1024**3


def make(path: Path) -> None:
    """Write half a second of moving pictures and sound in the form that the suffix names."""
    random_ = np.random.default_rng(0)
    if path.suffix in (".gif", ".png"):
        frames = [Image.fromarray(random_.integers(0, 4, (24, 32, 4), np.uint8) * 60) for _ in range(4)]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=40)
        return
    video, sound = {
        ".mp4": ("libx264", "aac"),
        ".mkv": ("mpeg4", "flac"),
        ".webm": ("libvpx-vp9", "libopus"),
        ".mov": ("prores_ks", "pcm_s16le"),
        ".ts": ("mpeg2video", "mp2"),
        ".avi": ("mjpeg", "libmp3lame"),
        ".flac": ("", "flac"),
        ".mp3": ("", "libmp3lame"),
        ".ogg": ("", "libopus"),
        ".wav": ("", "pcm_s16le"),
    }[path.suffix]
    forms = {"libvpx-vp9": "yuva420p", "prores_ks": "yuva444p10le", "mjpeg": "yuvj420p"}
    with av.open(str(path), "w") as container:
        audio = container.add_stream(sound, rate=48000, layout="stereo")
        if video:
            stream = container.add_stream(video, rate=25, options={"g": "5"})
            stream.width, stream.height, stream.pix_fmt = 64, 48, forms.get(video, "yuv420p")
            for index in range(12):
                rgba = random_.integers(0, 256, (48, 64, 4), np.uint8)
                frame = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format=stream.pix_fmt)
                frame.pts, frame.time_base = index, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        tone = random_.normal(0, 0.1, (1, 2 * 24_000)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tone, "flt", "stereo")
        frame.sample_rate, frame.pts = 48000, 0
        for packed in av.AudioResampler(audio.format.name, "stereo", 48000, audio.frame_size or None).resample(frame):
            container.mux(audio.encode(packed))
        container.mux(audio.encode(None))


def spoilt(whole: bytes, dice: random.Random) -> bytes:
    """Return content with some bytes changed, mostly where headers are, or a part lost, doubled or moved."""
    content = bytearray(whole)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        size = len(content)
        at = dice.randrange(min(size, dice.choice((64, 1024, size))))
        match dice.randrange(8):
            case 0 | 1:
                content[at] ^= 1 << dice.randrange(8)
            case 2:
                content[at] = dice.choice((0, 0x7F, 0x80, 0xFF))
            case 3:
                content[at : at + 4] = dice.choice(
                    (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0")
                )
            case 4:
                content[at : at + dice.randrange(1, 64)] = dice.randbytes(dice.randrange(1, 64))
            case 5:
                del content[at : at + dice.randrange(1, 512)]
            case 6:
                content[at:at] = content[dice.randrange(size) :][: dice.randrange(1, 512)]
            case _:
                del content[max(at, 16) :]
        if len(content) < 16:
            return bytes(content)
    return bytes(content)


def uses(path: Path) -> Iterator[Callable[[], object]]:
    """Yield every way to read a file, each bounded."""
    yield lambda: probe(path)
    yield lambda: list(islice(read_pictures(path), 60))
    yield lambda: list(islice(read_pictures(path, Fraction(1, 4), 1, PictureForm(32, 24, 10)), 60))
    yield lambda: list(islice(read_backwards(path, 0, 1), 60))
    yield lambda: list(islice(read_sound(path, 0, 5), 200))
    yield lambda: list(islice(read_sound(path, Fraction(1, 3), 2, rate=44_100, channels=1), 200))
    if path.suffix in (".gif", ".png"):
        yield lambda: read_still(path)


def run(folder: Path, seed: int, count: int, kinds: Sequence[str]) -> None:
    """Read so many spoilt files of each kind; what is under way stands in the folder, for the one who finds a crash."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    av.logging.set_level(None)
    for kind in kinds:
        make(folder / kind)
        whole = (folder / kind).read_bytes()
        path = folder / f"spoilt_{kind}"
        for number in range(seed, seed + count):
            path.write_bytes(spoilt(whole, random.Random(f"{kind} {number}")))
            for way, use in enumerate(uses(path)):
                (folder / "under_way").write_text(f"{kind} {number}, use {way}")
                signal.alarm(LONGEST_S)
                with suppress(FrameloomError):
                    use()
                signal.alarm(0)


def fuzz(folder: Path, kinds: Sequence[str], seed: int, count: int) -> None:
    arguments = [sys.executable, "-W", "error", __file__, str(folder), str(seed), str(count), *kinds]
    result = subprocess.run(arguments, capture_output=True, text=True, check=False)
    report = f"{(folder / 'under_way').read_text()}: exit code {result.returncode}\n{result.stderr[-3000:]}"
    assert result.returncode == 0, report


def test_spoilt_files_end_well_or_with_an_error(tmp_path: Path) -> None:
    fuzz(tmp_path, KINDS, 0, 25)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_many_spoilt_files_end_well_or_with_an_error(tmp_path: Path, kind: str) -> None:
    fuzz(tmp_path, [kind], 1000, 40)


def test_a_crash_is_seen(tmp_path: Path) -> None:
    """The process that reads is told to end as a crash of a decoder would end it."""
    (tmp_path / "under_way").write_text("x.mp4 7, use 2")
    with pytest.raises(AssertionError, match=r"x\.mp4 7, use 2: exit code [1-9-]"):
        fuzz(tmp_path, ["no such kind"], 0, 1)


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
