"""Editing, beside peers measured in the same run on the same input: CPU and wall seconds and memory of whole commands.

    decode        720p H.264 to arrays: ours, ffmpeg -f null, OpenCV, torchcodec where it is installed
    join          three 5 s clips at 1080p, two cross-fades of 1 s, a caption: ours, one ffmpeg filter graph, MoviePy 2
    memory        peak of a long join against that of a short one
    transitions   time of one 1080p picture in the middle of each

Every command is a process of its own, so its imports count. Encoders are given the same settings (x264 veryfast, CRF
23, AAC). The inputs are made by ffmpeg's test sources. MoviePy gets an environment of its own under .bench/editing.
"""

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg

from _cost import Cost, cost
from _record import Bar, Row, amount, at_most, record, row, seconds_of

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / ".bench" / "editing"
FONT = HERE.parent / "src" / "frameloom" / "media" / "fonts" / "NotoSans-Regular.ttf"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
REPEATS = int(amount(1, 3, 7))
CAPTION = "Frameloom joins three clips"


def main() -> None:
    """Measure everything and write benchmarks/results/editing.json."""
    with TemporaryDirectory(prefix="frameloom-bench-") as folder:
        place = Path(folder)
        rows, bars = [], []
        for part in (decoding, joining, memory, transition_times):
            new_rows, new_bars = part(place)
            rows += new_rows
            bars += new_bars
    path = record("editing", rows, bars)
    print(f"wrote {path}")


def costs(commands: dict[str, Sequence[object]], repeats: int) -> dict[str, list[Cost]]:
    """Run commands in turn, again and again, so that a busy moment falls on all of them."""
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, words in commands.items():
            found[name].append(cost(words))
    return found


def cost_rows(what: str, found: dict[str, list[Cost]], notes: dict[str, str]) -> list[Row]:
    """Return CPU, wall and memory rows of each command."""
    rows = []
    for name, values in found.items():
        title, note = f"{what}: {name}", notes.get(name, "peer")
        rows.append(row(f"{title}, CPU", "s", [value.cpu_s for value in values], note))
        rows.append(row(f"{title}, wall", "s", [value.wall_s for value in values], note))
        rows.append(row(f"{title}, peak memory", "MiB", [value.peak_mib for value in values], note))
    return rows


def cpu(found: list[Cost]) -> float:
    """Return the least CPU time: what the work itself takes."""
    return min(value.cpu_s for value in found)


def make_clip(path: Path, width: int, height: int, seconds: float, seed: int) -> Path:
    """Write a clip with sound: a moving test picture with noise, as hard to encode as common footage."""
    noise = f"hue=h={seed * 70},noise=alls=3:allf=t:all_seed={seed},format=yuv420p"
    picture = f"testsrc2=s={width}x{height}:r=30:d={seconds},{noise}"
    sound = f"sine=frequency={220 * seed}:r=48000:d={seconds}"
    words = [FFMPEG, "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-shortest"]
    words += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "aac", "-y", path]
    cost(words)
    return path


def decoding(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return what decoding to arrays costs."""
    clip = make_clip(place / "decode.mp4", 1280, 720, amount(4, 10, 20), 1)
    ours = """
import sys
from frameloom.media.files.source import read_pictures
seen = sum(int(picture.planes.y[0, 0]) for picture in read_pictures(sys.argv[1]))
"""
    opencv = """
import sys, cv2
video = cv2.VideoCapture(sys.argv[1])
while video.read()[0]: pass
"""
    torchcodec = """
import sys
from torchcodec.decoders import VideoDecoder
for frame in VideoDecoder(sys.argv[1]): frame.numpy()
"""
    commands: dict[str, Sequence[object]] = {
        "ours, YUV": [sys.executable, "-c", ours, clip],
        "ffmpeg -f null": [FFMPEG, "-v", "error", "-i", clip, "-map", "0:v", "-f", "null", "-"],
        "OpenCV, BGR": [sys.executable, "-c", opencv, clip],
    }
    probe = subprocess.run([sys.executable, "-c", "import torchcodec.decoders"], capture_output=True, check=False)
    if not probe.returncode:
        commands["torchcodec, RGB"] = [sys.executable, "-c", torchcodec, clip]
    found = costs(commands, REPEATS)
    ratio = cpu(found["ours, YUV"]) / cpu(found["ffmpeg -f null"])
    rows = cost_rows("decode 720p", found, {"ours, YUV": "process start included"})
    return [*rows, row("decode 720p: ours to ffmpeg, CPU", "x", [ratio])], []


def joining(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return what the join costs, and its bars."""
    clips = [make_clip(place / f"clip{number}.mp4", 1920, 1080, 5, number) for number in (1, 2, 3)]
    timeline = place / "join.toml"
    timeline.write_text(join_timeline(clips), encoding="utf-8")
    ours = [sys.executable, "-m", "frameloom", "edit", "render", timeline, "-o", place / "ours.mp4"]
    commands: dict[str, Sequence[object]] = {
        "ours": [*ours, "--set", "video.quality=70", "--set", "video.speed=fast"],
        "one ffmpeg graph": ffmpeg_join(clips, place / "ffmpeg.mp4"),
    }
    notes = {"ours": "process start included"}
    if moviepy := moviepy_python():
        commands["MoviePy 2"] = [moviepy, "-c", MOVIEPY_JOIN, *clips, place / "moviepy.mp4", FONT, CAPTION]
    found = costs(commands, REPEATS)
    rows = cost_rows("join 1080p", found, notes)
    to_ffmpeg = cpu(found["ours"]) / cpu(found["one ffmpeg graph"])
    bars = [at_most("join 1080p: CPU against one ffmpeg graph", to_ffmpeg, "x", 1.0)]
    if "MoviePy 2" in found:
        bars.append(
            at_most("join 1080p: CPU against MoviePy 2", cpu(found["ours"]) / cpu(found["MoviePy 2"]), "x", 1 / 3)
        )
    for name in ("ours", "ffmpeg"):
        size = (place / f"{name}.mp4").stat().st_size / 2**20
        rows.append(row(f"join 1080p: {name}, size of the file", "MiB", [size]))
    return rows, bars


def join_timeline(clips: list[Path]) -> str:
    """Return the timeline of the join, as a person would write it."""
    items = '\n[[tracks.items]]\nname = "fade"\nduration = 1\n'.join(
        f'[[tracks.items]]\nsource = "{clip}"\nduration = 5\n' for clip in clips
    )
    caption = f'[[tracks]]\n[[tracks.items]]\nduration = 13\nsource = {{design = "caption", text = "{CAPTION}"}}\n'
    return f"[[tracks]]\n{items}{caption}"


def ffmpeg_join(clips: list[Path], out: Path) -> list[object]:
    """Return the command line of the same join as one filter graph."""
    caption = (
        f"drawtext=fontfile={FONT}:text='{CAPTION}':fontsize=54:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=16"
    )
    graph = (
        "[0:v]format=yuv420p[0v];[1:v]format=yuv420p[1v];[2:v]format=yuv420p[2v];"
        "[0v][1v]xfade=transition=fade:duration=1:offset=4[a];"
        "[a][2v]xfade=transition=fade:duration=1:offset=8[b];"
        f"[b]{caption}:x=(w-tw)/2:y=h*0.85[v];"
        "[0:a][1:a]acrossfade=d=1[c];[c][2:a]acrossfade=d=1[s]"
    )
    inputs = [word for clip in clips for word in ("-i", clip)]
    encode = [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "23",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        "192k",
    ]
    return [FFMPEG, "-v", "error", *inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[s]", *encode, "-y", out]


MOVIEPY_JOIN = """
import sys
from moviepy import CompositeVideoClip, TextClip, VideoFileClip, vfx, afx
*paths, out, font, words = sys.argv[1:]
clips = [VideoFileClip(path).subclipped(0, 5) for path in paths]
placed = [
    clip.with_start(4 * index).with_effects(
        ([vfx.CrossFadeIn(1), afx.AudioFadeIn(1)] if index else []) + [afx.AudioFadeOut(1)]
    )
    for index, clip in enumerate(clips)
]
text = TextClip(font=font, text=words, font_size=54, color="white", bg_color=(0, 0, 0, 150), margin=(16, 16))
text = text.with_duration(13).with_position(("center", 0.85), relative=True)
CompositeVideoClip([*placed, text]).with_duration(13).write_videofile(
    out, codec="libx264", preset="veryfast", audio_codec="aac",
    ffmpeg_params=["-crf", "23", "-pix_fmt", "yuv420p"], logger=None,
)
"""


def moviepy_python() -> Path | None:
    """Return the Python of an environment with MoviePy 2, made on first use; None where it cannot be installed."""
    python = PEERS / "bin" / "python"
    if not (PEERS / "ready").exists():
        venv.create(PEERS, with_pip=True, clear=True)
        plain = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
        install = [python, "-m", "pip", "install", "--quiet", "moviepy==2.2.1", "imageio-ffmpeg==0.8.1"]
        if subprocess.run([str(word) for word in install], env=plain, check=False).returncode:
            print("MoviePy cannot be installed here; its rows are left out")
            return None
        (PEERS / "ready").touch()
    return python


def memory(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return the peak memory of a long and a short join."""
    long_s = amount(120, 600, 600)
    clip = make_clip(place / "memory.mp4", 640, 360, long_s / 2 + 1, 2)
    found = {}
    for name, seconds in (("10 s", 5.0), (f"{long_s:g} s", long_s / 2)):
        item = f'[[tracks.items]]\nsource = "{clip}"\nduration = {seconds}\n'
        timeline = place / "memory.toml"
        timeline.write_text(
            f'[[tracks]]\n{item}[[tracks.items]]\nname = "fade"\nduration = 1\n{item}', encoding="utf-8"
        )
        words = [sys.executable, "-m", "frameloom", "edit", "render", timeline, "-o", place / "memory-out.mp4"]
        found[name] = [cost([*words, "--set", "video.quality=60", "--set", "video.speed=fast"])]
    short, long = (values[0].peak_mib for values in found.values())
    rows = cost_rows("join 360p", found, dict.fromkeys(found, "ours"))
    return rows, [at_most(f"memory of a {long_s:g} s join against a 10 s one", long / short, "x", 1.2)]


def transition_times(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how long one picture in the middle of each transition takes, at 1080p."""
    import numpy as np
    from PIL import Image

    from frameloom.effects.transitions import TRANSITION_NAMES, Look, begin
    from frameloom.media.image import from_rgb

    chance = np.random.default_rng(0)
    a, b = (from_rgb(chance.integers(0, 256, (1080, 1920, 3), np.uint8)) for _ in range(2))
    sheet = place / "matte.png"
    Image.fromarray(np.add.outer(np.arange(128), np.arange(128)).astype(np.uint8)).save(sheet)
    rows = []
    for name in TRANSITION_NAMES:
        change = begin(Look(name=name, **({"matte": sheet} if name == "matte" else {})), 1920, 1080)
        times = seconds_of(lambda change=change: change(a, b, 0.45), amount(0.02, 0.2, 1.0), least=2)
        rows.append(row(f"transition {name}, 1080p", "ms", [1000 * seconds for seconds in times]))
    return rows, []


if __name__ == "__main__":
    main()
