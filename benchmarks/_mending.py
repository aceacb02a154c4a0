"""Noise and compression taken out of held-out films: by networks, and by the filter that needs none.

    film --> truth --shrunk, noise--> filter, Lanczos | filter, network | network that is told of it --> beside truth
             truth --noise--> filter | mend ---------------------------------------------------------> beside truth
             truth --H.264 at CRF 32--> as it is | mend ---------------------------------------------> beside truth

Noise and compression are measured, as `auto` does it. Nothing was trained on these films.
"""

import statistics
from pathlib import Path

from _enhancing import TAGGED, enhanced, excerpt, ffmpeg, films, folder_of, networks
from _realesrgan import CRF, above, score_rows
from _record import Bar, Row, amount, row
from frameloom.apps.enhance.report import Scores, measure

NOISE = 16
"""Strength of ffmpeg's noise; its standard deviation is about half of it."""
FRAMES = int(amount(10, 30, 60))
CROP = r"crop=trunc(min(iw\,512)/16)*16:trunc(min(ih\,288)/16)*16"
ADDED = f"noise=c0s={NOISE}:c0f=t:all_seed=1"

Found = dict[str, list[Scores]]


def mending(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how near films come to what they were."""
    small, mend = networks(2).get("small"), folder_of("mend")
    noisy: Found = {}
    own: Found = {}
    poor: Found = {}
    for film in films():
        truth = excerpt(film, place / film.name, FRAMES, CROP)
        if small:
            enlarged(place, truth, small, noisy)
        if mend:
            in_own_size(place, truth, mend, own, poor)
    rows: list[Row] = []
    bars: list[Bar] = []
    for title, found, ours, other in (
        ("noisy films x2", noisy, "network", "filter, network"),
        ("noisy films in their own size", own, "mend", "filter"),
        ("poor films in their own size", poor, "mend", "as they are"),
    ):
        for name, scores in found.items():
            rows += score_rows(f"{title}: {name}", scores, f"{len(scores)} films, {FRAMES} pictures each")
        if found:
            ahead = [a.psnr_db - b.psnr_db for a, b in zip(found[ours], found[other], strict=True)]
            name = f"{title}: {ours} above {other}, PSNR"
            rows.append(row(name, "dB", ahead, "film by film; the last encoding counts"))
            if found is not poor:
                bars.append(above(name, statistics.median(ahead), "dB"))
    return rows, bars


def enlarged(place: Path, truth: Path, network: Path, found: Found) -> None:
    """Add the scores of a film that was shrunk and made noisy, once it is enlarged."""
    low, clean = place / f"low-{truth.name}", place / f"clean-{truth.name}"
    spoil(truth, low, f"scale=iw/2:ih/2:flags=bicubic,{ADDED}", ["-qp", 0])
    enhanced({"denoise": "auto", "quality": "lanczos"}, [(low, clean)])
    add(place, low, low, truth, found, "network", {"scale": 2, "model": network, "denoise": "auto"})
    add(place, low, clean, truth, found, "filter, network", {"scale": 2, "model": network})
    add(place, low, clean, truth, found, "filter, Lanczos", {"scale": 2, "quality": "lanczos"})


def in_own_size(place: Path, truth: Path, network: Path, noisy: Found, poor: Found) -> None:
    """Add the scores of a film that was made noisy, and of one that was compressed, once they are mended."""
    low = place / f"own-{truth.name}"
    spoil(truth, low, ADDED, ["-qp", 0])
    add(place, low, low, truth, noisy, "filter", {"denoise": "auto", "quality": "lanczos"})
    add(place, low, low, truth, noisy, "mend", {"denoise": "auto", "model": network})
    spoil(truth, low, "null", ["-preset", "medium", "-crf", CRF])
    add(place, low, low, truth, poor, "mend", {"deblock": "auto", "model": network}, "as they are")


def spoil(truth: Path, low: Path, filters: str, settings: list[object]) -> None:
    """Write what becomes of a film."""
    ffmpeg(["-i", truth, "-vf", f"{filters},{TAGGED}", "-c:v", "libx264", *settings, low])


def add(
    place: Path,
    low: Path,
    source: Path,
    truth: Path,
    found: Found,
    name: str,
    settings: dict[str, object],
    before: str = "",
) -> None:
    """Add the scores of what is made of a source, and of the spoilt film itself under another name if it has one."""
    out = place / f"out-{truth.name}"
    enhanced(settings, [(source, out)])
    report = measure(low, out, truth)
    if report.after and report.before:
        found.setdefault(name, []).append(report.after)
        if before:
            found.setdefault(before, []).append(report.before)
