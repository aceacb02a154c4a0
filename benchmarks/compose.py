"""Films of storyboards: CPU and wall seconds and memory of whole commands, beside MoviePy showing the same pictures.

    film      a lesson of a minute at 1080p, with narration, captions, charts, a formula and music: ours, and MoviePy 2
    again     the same with nothing changed, and with one beat changed
    memory    peak of a film of a minute and of two against that of half a minute
    captions  how far a word's light in the written file is from the time that the voice tells

MoviePy is given the narration, the music and every picture ready drawn: the last picture of each beat, to fade from one
to the next, a small clip of the part of it that moves (the presenter, bars that grow), and each caption once for each
word that stands out. Both films show the same; MoviePy speaks nothing and draws nothing, so the ratio speaks for it.
Encoders are given the same settings (x264 veryfast, the same CRF, no adaptive quantisation, one step of
sub-pixel search, AAC). It gets an environment of its own under .bench/editing, as the benchmark of editing does.
"""

import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from _cost import cost
from _record import Bar, Row, amount, at_least, at_most, record, row
from editing import cost_rows, costs, cpu, moviepy_python
from frameloom.apps.compose.captions import begin_captions, captions_of
from frameloom.apps.compose.examples import example
from frameloom.apps.compose.pieces import pieces_folder
from frameloom.apps.compose.ready import ComposeConfig, Ready, make_ready, music_of
from frameloom.apps.compose.timing import Laid, Placed
from frameloom.effects.pictures.regions import cut
from frameloom.media.files.formats import quantizer
from frameloom.media.files.pictures import write_still
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.image import to_rgb
from frameloom.media.planes import Planes
from frameloom.media.sound import SAMPLE_RATE

REPEATS = int(amount(1, 1, 3))


def main() -> None:
    """Measure everything and write benchmarks/results/compose.json."""
    with TemporaryDirectory(prefix="frameloom-bench-") as folder:
        place = Path(folder)
        rows, bars = [], []
        for part in (films, changes, memory, captions):
            new_rows, new_bars = part(place)
            rows += new_rows
            bars += new_bars
    path = record("compose", rows, bars)
    print(f"wrote {path}")


def story(place: Path, name: str, beats: int | None = None, times: int = 1) -> Path:
    """Write the shipped lesson, its first beats or all of them, so many times over."""
    head, *parts = example("lesson").read_text(encoding="utf-8").split("[[beats]]")
    chosen = parts[:beats] * times
    path = place / f"{name}.toml"
    path.write_text("[[beats]]".join([head, *chosen]), encoding="utf-8")
    return path


def command(path: Path, out: Path) -> list[object]:
    """Return our command for a film."""
    return [sys.executable, "-m", "frameloom", "compose", path, "-o", out]


def films(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return what a film costs, from nothing, and its bars."""
    path = story(place, "film", beats=int(amount(2, 99, 99)))
    found = {"ours": []}
    for number in range(REPEATS):
        found["ours"].append(cost(command(path, place / f"ours{number}.mp4")))
    seconds = float(probe(place / "ours0.mp4").duration)
    rows = [row("film: length", "s", [seconds])]
    if moviepy := moviepy_python():
        plan = hand_over(path, place)
        words = [moviepy, "-c", MOVIEPY, plan, place / "moviepy.mp4"]
        found |= costs({"MoviePy 2": words}, REPEATS)
    rows += cost_rows(
        "film 1080p", found, {"ours": "from nothing: speech, music, pictures, sound; process start included"}
    )
    per_second = min(one.wall_s for one in found["ours"]) / seconds
    rows.append(row("film 1080p: ours, seconds for a second", "s", [one.wall_s / seconds for one in found["ours"]]))
    rows.append(row("film 1080p: ours, CPU seconds for a second", "s", [one.cpu_s / seconds for one in found["ours"]]))
    bars = [at_most("film 1080p: wall seconds for a second", per_second, "s", 1.0)]
    if "MoviePy 2" in found:
        bars.append(
            at_least("film 1080p: CPU of MoviePy 2 against ours", cpu(found["MoviePy 2"]) / cpu(found["ours"]), "x", 5)
        )
    for name in ("ours0", "moviepy"):
        if (place / f"{name}.mp4").exists():
            rows.append(
                row(f"film 1080p: {name.rstrip('0')}, size", "MiB", [(place / f"{name}.mp4").stat().st_size / 2**20])
            )
    return rows, bars


def changes(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return what it costs to make a film again."""
    path, out = place / "film.toml", place / "ours0.mp4"
    same = [cost(command(path, out))]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Radius: from the middle", "Radius: from the centre"), encoding="utf-8")
    changed = [cost(command(path, out))]
    found = {"nothing changed": same, "one picture changed": changed}
    return cost_rows("film 1080p again", found, dict.fromkeys(found, "ours")), []


def memory(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return the peak memory of films of three lengths."""
    found = {}
    for name, beats, times in (("30 s", 4, 1), ("60 s", 4, 2), ("120 s", 4, 4)):
        path = story(place, f"memory{times}", beats, times)
        words = [*command(path, place / f"memory{times}.mp4"), "--side", "360", "--set", "video.speed=draft"]
        cost(words)  # says the words; what follows draws
        path.write_text(path.read_text(encoding="utf-8").replace('theme = "lesson-board"', 'theme = "lesson-workbook"'))
        found[name] = [cost(words)]
    short, _, long = (values[0].peak_mib for values in found.values())
    return cost_rows("film 360p", found, dict.fromkeys(found, "ours")), [
        at_most("memory of a film of two minutes against half a minute", long / short, "x", 1.2)
    ]


def captions(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how far, in the written file, a word lights up from when the voice says it."""
    path = story(place, "captions", beats=2)
    out = place / "captions.mp4"
    cost([*command(path, out), "--set", "video.quality=90"])
    laid = make_ready(ComposeConfig(story=path, out=out), pieces_folder(out)).laid
    left, top, right, bottom = laid.caption_box
    off = []
    for placed in laid.beats:
        words = [word for caption in captions_of(laid, placed) for word in caption.words[1:]]
        begin, end = (placed.first + placed.changing) / laid.rate, placed.stop / laid.rate
        seen = [
            (picture.time, to_rgb(picture.planes)[top:bottom, left:right].astype(np.int16))
            for picture in read_pictures(out, begin, end)
        ]
        moves = [(time, float(np.abs(now - past).mean())) for (_, past), (time, now) in pairwise(seen)]
        lit = [time for time, change in moves if change > 0.3]
        off += [float(min(abs(time - word.start) for time in lit)) for word in words if word.start > begin]
    rows = [row("captions: from a word's time to its light", "ms", [1000 * one for one in off])]
    return rows, [at_most("captions: farthest of them", 1000 * max(off), "ms", 50)]


def hand_over(path: Path, place: Path) -> Path:
    """Write all that MoviePy is given: pictures, sounds, and a plan of when each is shown and heard."""
    ready: Ready = make_ready(ComposeConfig(story=path, out=place / "ours0.mp4"), pieces_folder(place / "ours0.mp4"))
    laid = ready.laid
    music = music_of(ready, pieces_folder(place / "ours0.mp4"))
    scenes, moving, words, voices = [], [], [], []
    for placed in laid.beats:
        picture = place / f"scene{placed.number}.png"
        write_still(picture, to_rgb(laid.draw(placed)((placed.frames - 1) / laid.rate)))
        start, length = float(placed.first / laid.rate), float(placed.frames / laid.rate)
        scenes.append([str(picture), start, length, float(placed.changing / laid.rate)])
        if placed.narration and placed.narration.sound:
            voices.append([str(placed.narration.sound), start + float(placed.lead)])
        moving += _moving_part(laid, placed, place)
        words += _lit_words(laid, placed, place)
    plan = {
        "scenes": scenes,
        "moving": moving,
        "words": words,
        "voices": voices,
        "music": str(music) if music else None,
        "rate": float(laid.rate),
        "duration": float(laid.duration),
        "crf": quantizer("libx264", ComposeConfig(story=path).video.quality),
        "sample_rate": SAMPLE_RATE,
    }
    target = place / "plan.json"
    target.write_text(json.dumps(plan), encoding="utf-8")
    return target


def _moving_part(laid: Laid, placed: Placed, place: Path) -> list[list[object]]:
    """Write what moves in a scene as a clip; return its file, place, begin and the time in which it fades in."""
    left, top, right, bottom, count = laid.width, laid.height, 0, 0, 0
    for number, (past, now) in enumerate(pairwise(_scene_pictures(laid, placed)), 2):
        if now is past:
            continue
        down, across = np.nonzero(past.y != now.y)
        if len(down):
            left, top = min(left, int(across.min())), min(top, int(down.min()))
            right, bottom, count = max(right, int(across.max()) + 1), max(bottom, int(down.max()) + 1), number
    if not count:
        return []
    left, top, right, bottom = left & ~1, top & ~1, (right + 1) & ~1, (bottom + 1) & ~1
    span = slice(top, bottom), slice(left, right)
    clip = place / f"moving{placed.number}.mp4"
    pictures = (cut(picture, span) for picture in islice(_scene_pictures(laid, placed), count))
    write_media(clip, pictures, None, rate=laid.rate, width=right - left, height=bottom - top)
    times = placed.first / laid.rate, placed.changing / laid.rate
    return [[str(clip), left, top, *map(float, times)]]


def _scene_pictures(laid: Laid, placed: Placed) -> Iterator[Planes]:
    """Yield the pictures of a scene, without titles and captions."""
    draw = laid.draw(placed)
    return (draw(number / laid.rate) for number in range(placed.frames))


def _lit_words(laid: Laid, placed: Placed, place: Path) -> list[list[object]]:
    """Write each caption once for each word; return files, places, begins and lengths."""
    at = begin_captions(laid, placed)
    shown: list[list[object]] = []
    for caption in captions_of(laid, placed) if at else ():
        times = [*(word.start for word in caption.words), caption.end]
        for number, (start, stop) in enumerate(pairwise(times)):
            drawn = at(start + Fraction(1, 10_000))
            if drawn is None or stop <= start:
                continue
            alpha = drawn.planes.alpha
            pixels = np.dstack([to_rgb(drawn.planes), alpha])
            name = place / f"word{placed.number}-{float(caption.start):.3f}-{number}.png"
            write_still(name, pixels)
            shown.append([str(name), drawn.left, drawn.top, float(start), float(stop - start)])
    return shown


MOVIEPY = """
import json, sys
from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, ImageClip, VideoFileClip, vfx, afx
plan = json.load(open(sys.argv[1]))
clips = []
for number, (path, start, length, change) in enumerate(plan["scenes"]):
    more = plan["scenes"][number + 1][3] if number + 1 < len(plan["scenes"]) else 0
    clip = ImageClip(path).with_start(start).with_duration(length + more)
    clips.append(clip.with_effects([vfx.CrossFadeIn(change)]) if change else clip)
for path, left, top, start, change in plan["moving"]:
    clip = VideoFileClip(path, audio=False).with_start(start).with_position((left, top))
    clips.append(clip.with_effects([vfx.CrossFadeIn(change)]) if change else clip)
for path, left, top, start, length in plan["words"]:
    clips.append(ImageClip(path).with_start(start).with_duration(length).with_position((left, top)))
sounds = [AudioFileClip(path).with_start(start) for path, start in plan["voices"]]
if plan["music"]:
    sounds.append(AudioFileClip(plan["music"]).with_effects([afx.MultiplyVolume(0.15)]))
film = CompositeVideoClip(clips).with_duration(plan["duration"]).with_audio(CompositeAudioClip(sounds))
film.write_videofile(
    sys.argv[2], fps=plan["rate"], codec="libx264", preset="veryfast", audio_codec="aac", audio_fps=plan["sample_rate"],
    ffmpeg_params=["-crf", str(plan["crf"]), "-aq-mode", "0", "-subq", "1", "-pix_fmt", "yuv420p"],
    temp_audiofile=sys.argv[2] + ".m4a", logger=None,
)
"""


if __name__ == "__main__":
    main()
