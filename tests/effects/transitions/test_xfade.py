"""Our transitions against what FFmpeg's xfade renders under the same names.

FFmpeg computes in 4:4:4 and its progress runs from 1 to 0; here frame k of n is progress k / n of ours.
"""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from frameloom.effects.transitions import TRANSITION_NAMES, Look, TransitionName, begin
from frameloom.media.planes import Planes

WIDTH, HEIGHT, STEPS = 320, 180, 8
RANDOM = ("dissolve", "hlwind", "hrwind", "vuwind", "vdwind")
NAMES = [name for name in TRANSITION_NAMES[:58] if name not in RANDOM]

BLACK, WHITE = 0, 255
"""What xfade takes for black and white in luma; ours are 16 and 235. The pictures given to it are shifted alike."""
SHIFTS = {"fadeblack": BLACK - 16, "circlecrop": BLACK - 16, "rectcrop": BLACK - 16, "fadewhite": WHITE - 235}

BOUNDS = {"hblur": 12.0, "pixelize": 4.5}
"""Mean difference of luma allowed, of 255; elsewhere 3.

hblur: xfade's blur drags the picture to the left. pixelize: xfade takes one sample of each tile, we its mean.
"""

Image = NDArray[np.uint8]


def _filter_help() -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-h", "filter=xfade"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


KNOWN = _filter_help().split()


def _pictures() -> tuple[Planes, Planes]:
    """Two different slopes, with checkers of different sizes, and different colours; the middle is no border."""
    y, x = np.mgrid[12 : HEIGHT + 12, 12 : WIDTH + 12]
    first = 60 + 70 * x / WIDTH + 40 * y / HEIGHT + 30 * ((x // 32 + y // 24) % 2)
    second = 215 - 90 * y / HEIGHT - 30 * x / WIDTH - 25 * ((x // 24 + y // 32) % 2)
    half = (HEIGHT // 2, WIDTH // 2)

    def plane(level: int) -> Image:
        return np.full(half, level, np.uint8)

    return (
        Planes(first.astype(np.uint8), plane(100), plane(150)),
        Planes(second.astype(np.uint8), plane(150), plane(90)),
    )


def _xfade(name: str, a: Planes, b: Planes, folder: Path, shift: int = 0) -> NDArray[np.int64]:
    """Return luma at progress 0, 1/n, ... (n, H, W), as FFmpeg renders it."""
    if name not in KNOWN:
        pytest.skip(f"this FFmpeg has no transition {name!r}")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error"]
    for letter, picture in (("a", a), ("b", b)):
        chroma = [plane.repeat(2, axis=0).repeat(2, axis=1) for plane in (picture.u, picture.v)]
        frame = np.stack([(picture.y.astype(int) + shift).astype(np.uint8), *chroma]).tobytes()
        path = folder / f"{letter}.yuv"
        path.write_bytes(frame * (STEPS + 1))
        command += [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "yuv444p",
            "-s",
            f"{a.width}x{a.height}",
            "-r",
            str(STEPS),
            "-i",
            path,
        ]
    graph = f"[0][1]xfade=transition={name}:duration=1:offset=0"
    command += ["-filter_complex", graph, "-frames:v", str(STEPS), "-f", "rawvideo", "-pix_fmt", "yuv444p", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    frames = np.frombuffer(done.stdout, np.uint8).reshape(STEPS, 3, a.height, a.width)
    return frames[:, 0].astype(int) - shift


@pytest.mark.parametrize("name", NAMES)
def test_looks_like_ffmpeg(name: TransitionName, tmp_path: Path) -> None:
    a, b = _pictures()
    theirs = _xfade(name, a, b, tmp_path, SHIFTS.get(name, 0))
    change = begin(Look(name=name), WIDTH, HEIGHT)
    for step in range(1, STEPS):
        ours = change(a, b, step / STEPS)
        difference = np.abs(ours.y.astype(int) - theirs[step]).mean()
        assert difference < BOUNDS.get(name, 3), (step / STEPS, difference)


def test_hblur_is_the_same_on_what_has_no_columns(tmp_path: Path) -> None:
    """Where nothing varies from left to right, only the fade is left of it."""
    y = np.mgrid[:HEIGHT, :WIDTH][0]
    a, b = _pictures()
    a, b = Planes((40 + y).astype(np.uint8), a.u, a.v), Planes((230 - y).astype(np.uint8), b.u, b.v)
    theirs = _xfade("hblur", a, b, tmp_path)
    change = begin(Look(name="hblur"), WIDTH, HEIGHT)
    for step in range(1, STEPS):
        assert np.abs(change(a, b, step / STEPS).y.astype(int) - theirs[step]).mean() < 1


@pytest.mark.parametrize("name", RANDOM)
def test_chance_has_ffmpegs_shares(name: TransitionName, tmp_path: Path) -> None:
    """From black to white, luma tells the share of the second picture: in all, by columns and by rows."""
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    a, b = (Planes(np.full((HEIGHT, WIDTH), level, np.uint8), half, half) for level in (16, 235))
    theirs = (_xfade(name, a, b, tmp_path) - 16) / 219
    change = begin(Look(name=name), WIDTH, HEIGHT)
    for step in range(1, STEPS):
        ours = (change(a, b, step / STEPS).y - 16.0) / 219
        assert abs(ours.mean() - theirs[step].mean()) < 0.02
        for axis in (0, 1):
            blocks = [picture.mean(axis=axis).reshape(10, -1).mean(axis=1) for picture in (ours, theirs[step])]
            assert np.abs(blocks[0] - blocks[1]).max() < 0.12
