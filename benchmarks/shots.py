"""Shots: how well edits are found, and how fast, beside PySceneDetect and TransNetV2.

    suite   films of cuts and films of graduals by the editor's own transitions, over footage never trained on
    real    clips whose edits were told by eye, see shots.toml; those held out count for the bars
    speed   small pictures a CPU second, and 720p with decoding, times real time

All get the same pictures, 96x54 in the suite and 256 px wide of the real clips. PySceneDetect is run as it comes, and
with the settings that did best on the same kind of films over footage that ours was trained on. FRAMELOOM_DATA names
the folder of data (else ../shared/data). MODEL names another model folder than the shipped one; the result then goes
to out/.
"""

import os
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from _record import RESULTS, Bar, Row, amount, at_least, record, row
from _shotpeers import Ways, found_by_peers
from frameloom.evaluation.shot_suite import Film, films
from frameloom.evaluation.shots import Count, Counts, compare, total
from frameloom.generation.shots import Detector, edits, find_edits
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.image import resize_planes, to_rgb
from frameloom.media.planes import Planes
from frameloom.media.shots import Edit, Kind
from frameloom.media.thumbs import thumb_of

HERE = Path(__file__).parent
DATA = Path(os.environ.get("FRAMELOOM_DATA", HERE.parents[1] / "shared" / "data"))
MODEL = os.environ.get("MODEL", "shots")
FILMS = int(amount(4, 20, 60))
HELD_OUT = (
    "footage/free/chaplin.mp4", "footage/free/man-on-green-screen.mp4", "footage/local/bikes.mp4",
    "footage/local/carphone_pristine.mp4", "footage/local/cockatoo.mp4", "footage/local/newtonscradle.gif",
    *(f"set5/{name}.png" for name in ("baby", "bird", "butterfly", "head", "woman")),
    *(f"portraits/art_{number}.png" for number in (0, 5, 12, 18)),
)  # fmt: skip
TRAINED_ON = (
    "footage/free/bigbuckbunny.mp4", "footage/free/big_buck_bunny_0_30.webm", "footage/free/nasa_13013.mp4", "photos",
)  # fmt: skip
TIMED = "footage/free/big_buck_bunny_0_30.webm"
REAL_WIDTH = 256
OURS = "frameloom"
DEFAULTS: Ways = {
    "PySceneDetect content": {"detector": "content"},
    "PySceneDetect adaptive": {"detector": "adaptive"},
    "TransNetV2": {"detector": "transnet", "threshold": 0.5},
}
SWEPT: Ways = {
    f"content {threshold} {least}": {"detector": "content", "threshold": threshold, "min_scene_len": least}
    for threshold, least in product((8.0, 12.0, 16.0, 20.0, 27.0, 35.0), (5, 15))
} | {
    f"adaptive {ratio} {value} {width} {least}": {
        "detector": "adaptive", "adaptive_threshold": ratio, "min_content_val": value, "window_width": width,
        "min_scene_len": least,
    }
    for ratio, value, width, least in product((2.0, 3.0, 4.0), (5.0, 10.0, 15.0), (2, 3), (5, 15))
}  # fmt: skip


@dataclass
class Clip:
    """Pictures as planes and the truth about them."""

    name: str
    pictures: Sequence[Planes]
    truth: Sequence[Edit]
    ignored: list[tuple[int, int]] = field(default_factory=list)
    held_out: bool = True

    def rgb(self) -> NDArray[np.uint8]:
        """Return its pictures as others take them, (T, H, W, 3)."""
        return np.stack([to_rgb(picture) for picture in self.pictures])


def main() -> None:
    """Measure, print and write."""
    detector = Detector(MODEL)
    rows, bars = [], []
    with TemporaryDirectory() as place:
        tuned = {kind: best(kind, Path(place)) for kind in ("cut", "gradual")}
        for kind in ("cut", "gradual"):
            held = [clip_of(film) for film in films(folder(Path(place, "held"), HELD_OUT), kind, FILMS)]
            scores = judged(detector, held, DEFAULTS | tuned[kind])
            rows += rows_of(f"suite, {kind}s", scores, kind)
            bars += bars_of(f"suite, {kind}s", scores, kind)
    real = list(real_clips())
    for name, part in (("real, held out", [clip for clip in real if clip.held_out]), ("real, all", real)):
        scores = judged(detector, part, DEFAULTS | tuned["cut"])
        for kind in ("cut", "gradual") if name == "real, all" else ("cut",):
            rows += rows_of(f"{name}, {kind}s", scores, kind)
        bars += bars_of(f"{name}, cuts", scores, "cut") if name != "real, all" else []
    new_rows, new_bars = speed(detector)
    record("shots", rows + new_rows, bars + new_bars, RESULTS if MODEL == "shots" else HERE.parent / "out")


def best(kind: Kind, place: Path) -> Ways:
    """Return the settings of either detector of PySceneDetect that did best over footage that ours was trained on."""
    seen = [clip_of(film) for film in films(folder(place / "seen", TRAINED_ON), kind, max(FILMS // 2, 2), seed=1)]
    found = found_by_peers(SWEPT, [clip.rgb() for clip in seen])
    chosen: Ways = {}
    for detector in ("content", "adaptive"):
        names = [name for name in found if name.startswith(detector)]
        if names:
            name = max(names, key=lambda each: counted(found[each][0], seen)[kind].f1)
            chosen[f"PySceneDetect {detector}, tuned"] = SWEPT[name]
            print(f"PySceneDetect, tuned for {kind}s: {name}")
    return chosen


def judged(detector: Detector, clips: Sequence[Clip], ways: Ways) -> dict[str, Counts]:
    """Return how each way did on all clips together."""
    ours = [list(find_edits(clip.pictures, detector)) for clip in clips]
    found = {OURS: ours}
    found |= {name: result for name, (result, _) in found_by_peers(ways, [clip.rgb() for clip in clips]).items()}
    return {name: counted(result, clips) for name, result in found.items()}


def counted(found: Sequence[Sequence[Edit]], clips: Sequence[Clip]) -> Counts:
    """Return the sums of hits, misses and false ones over clips."""
    pairs = zip(found, clips, strict=True)
    return total(compare(edits, clip.truth, clip.ignored) for edits, clip in pairs)


def rows_of(what: str, scores: dict[str, Counts], kind: Kind) -> list[Row]:
    """Return a row for each way."""
    return [row(f"{what}: {name}", "F1", [counts[kind].f1], told(counts[kind])) for name, counts in scores.items()]


def told(count: Count) -> str:
    """Return precision and recall in words."""
    many = f"{count.hit} hit, {count.missed} missed, {count.false} false"
    return f"precision {count.precision:.3f}, recall {count.recall:.3f}; {many}"


def bars_of(what: str, scores: dict[str, Counts], kind: Kind) -> list[Bar]:
    """Return whether ours is above PySceneDetect and not far below TransNetV2."""
    ours = scores[OURS][kind].f1
    bars = []
    for name, counts in scores.items():
        theirs = counts[kind].f1
        if name.startswith("PySceneDetect"):
            met = ours > theirs or ours == 1  # nothing is above all that there is
            bars.append(Bar(f"{what}: above {name}", round(ours - theirs, 4), "F1", "> 0, or all", met))
        elif name != OURS:
            bars.append(Bar(f"{what}: beside {name}", round(ours - theirs, 4), "F1", ">= -0.02", ours >= theirs - 0.02))
    return bars


def clip_of(film: Film) -> Clip:
    """Return a film of the suite."""
    return Clip("suite", [film.take.picture(number) for number in range(len(film.take))], film.truth)


def real_clips() -> Iterator[Clip]:
    """Yield the clips whose edits are known, 256 px wide."""
    for known in tomllib.loads((HERE / "shots.toml").read_text(encoding="utf-8"))["clip"]:
        path = DATA / known["path"]
        if not path.exists():
            print(f"{path}: missing, left out")
            continue
        truth = [Edit(cut, cut) for cut in known["cuts"]] + [Edit(*pair) for pair in known.get("graduals", [])]
        pictures = []
        for picture in read_pictures(path):
            width, height = picture.planes.width, picture.planes.height
            pictures.append(resize_planes(picture.planes, REAL_WIDTH, round(height * REAL_WIDTH / width / 2) * 2))
        ignored = [(first, end) for first, end in known.get("ignored", [])]
        yield Clip(path.name, pictures, sorted(truth, key=lambda edit: edit.first), ignored, known["held_out"])


def folder(place: Path, names: Sequence[str]) -> Path:
    """Return a folder whose test/ leads to these files of the data."""
    (place / "test").mkdir(parents=True, exist_ok=True)
    for name in names:
        path = DATA / name
        files = [each for each in path.iterdir() if each.suffix in (".jpg", ".png")] if path.is_dir() else [path]
        for file in files:
            link = place / "test" / file.name
            if file.exists() and not link.exists():
                link.symlink_to(file.resolve())
    return place


def speed(detector: Detector) -> tuple[list[Row], list[Bar]]:
    """Return pictures a CPU second without decoding, and times real time of 720p with it."""
    path = DATA / TIMED
    if not path.exists():
        return [], []
    small = [thumb_of(picture.planes) for picture in read_pictures(path)]
    rates, times = [], []
    video = probe(path).videos[0]
    for _ in range(int(amount(1, 3, 5))):
        began = time.process_time()
        list(edits(detector.chances(small)))
        rates.append(len(small) / (time.process_time() - began))
        started = time.perf_counter()
        list(find_edits((picture.planes for picture in read_pictures(path)), detector))
        times.append(float(video.duration) / (time.perf_counter() - started))
    rows = [
        row("small pictures", "frames/CPU s", rates, "without decoding"),
        row("720p, decoded", "x real time", times),
    ]
    return rows, [
        at_least("small pictures", float(np.median(rates)), "frames/CPU s", 300),
        at_least("720p, decoded, shrunk and judged", float(np.median(times)), "x real time", 8),
    ]


if __name__ == "__main__":
    main()
