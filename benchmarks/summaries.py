"""Summaries on films with planted interest: how well scores rank what happens, and whether lengths and words are kept.

    ranking      Kendall tau and Spearman rho of the seconds' scores against the plant, beside uniform, random,
                 motion-only and surprise-only scores, and ours with surprise (_foresight.py); mean over films that no
                 weight was chosen on
    shown        share of the planted worth that a summary of 15 % shows, beside the same baselines
    length       how far summaries are from the length asked for, in pictures
    speed        seconds of film that are looked at in a second of CPU time; CPU time of a second command on it
    memory       peak of a look at a film of five minutes against that at one of one, and of a long film (_long.py)
    kills        whether a run that was killed, at a random moment, and run again ends with the same bytes

The films come from frameloom.evaluation.planted; weights were looked at on the seeds 0 to 5, and others are measured.
"""

import sys
import time
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from _cost import cost
from _foresight import surprise, with_surprise
from _long import kills, memory
from _record import Bar, Row, amount, at_least, at_most, record, row
from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.condense import CondenseConfig, Condensed, condense
from frameloom.apps.summarise.interest import interest_of
from frameloom.evaluation.planted import write_planted
from frameloom.metrics.rank import kendall_tau, spearman_rho

FIRST_SEED = 100
FILMS = int(amount(2, 6, 24))
SECONDS = int(amount(40, 60, 120))
LENGTH = Fraction(9)
ALONE = "frameloom, seconds alone"
"""Our scores as the other rows are judged: by the seconds that rank highest, wherever words and cuts are."""
TRIED = "frameloom and surprise"
"""What was tried and left out."""
BEST = "the plant itself"
"""What ranks best of all: what can be shown at most."""


def main() -> None:
    """Measure everything and write benchmarks/results/summaries.json."""
    ranks: dict[str, list[tuple[float, float, float]]] = {}
    off: list[float] = []
    speeds: list[float] = []
    with TemporaryDirectory(prefix="frameloom-bench-") as folder:
        for seed in range(FIRST_SEED, FIRST_SEED + FILMS):
            path = Path(folder) / f"{seed}.mp4"
            truth = write_planted(path, seed, SECONDS).truth
            began = time.process_time()
            analysis = analyse(path, keep=False, view="lines")
            speeds.append(SECONDS / (time.process_time() - began))
            made = condense(analysis, CondenseConfig(length=LENGTH))
            off.append(float(abs(made.duration - LENGTH) * analysis.rate))
            ranks.setdefault(BEST, []).append((1.0, 1.0, share_of_best(truth, truth)))
            for name, score in scores_of(analysis, seed).items():
                shown = share_shown(truth, made) if name == "frameloom" else share_of_best(truth, score)
                ranks.setdefault(name, []).append((kendall_tau(score, truth), spearman_rho(score, truth), shown))
        costs = [commands(Path(folder)), memory(Path(folder)), kills(Path(folder))]
    rows = [*rows_of(ranks), row("length: off by", "pictures", off), row("looked at in a second of CPU", "s", speeds)]
    rows += [each for found, _ in costs for each in found]
    path = record("summaries", rows, [*bars_of(ranks, off), *(bar for _, bars in costs for bar in bars)])
    print(f"wrote {path}")


def commands(folder: Path) -> tuple[list[Row], list[Bar]]:
    """Return what whole commands take: a first and a second look, and memory over the length of a film."""
    films = [folder / "short.mp4", folder / "long.mp4"]
    for film, seconds in zip(films, (60, 300), strict=True):
        write_planted(film, FIRST_SEED, seconds)
    look = [sys.executable, "-m", "frameloom", "summarise", "shots", "--cache", folder / "cache"]
    first = [cost([*look, film]) for film in films]
    second = [cost([*look, film]) for film in films]
    rows = []
    for name, found in (("first look", first), ("second look", second)):
        for length, each in zip(("1 min", "5 min"), found, strict=True):
            rows.append(row(f"{name} at {length}, CPU", "s", [each.cpu_s]))
            rows.append(row(f"{name} at {length}, peak memory", "MiB", [each.peak_mib]))
    grown = first[1].peak_mib - first[0].peak_mib
    return rows, [at_most("memory of four more minutes", grown, "MiB", 16)]


def scores_of(analysis: Analysis, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return the score of each second by ours and by the baselines."""
    count = len(analysis.seconds)
    motion = analysis.column("bustle") + analysis.column("camera")
    ours = interest_of(analysis).score
    return {
        "frameloom": ours,
        ALONE: ours,
        TRIED: with_surprise(ours, analysis.features),
        "surprise only": surprise(analysis.features),
        "motion only": motion.astype(np.float64),
        "random": np.random.default_rng([seed, 9]).random(count),
        "uniform": (np.arange(count) % max(round(count / float(LENGTH)), 1) == 0).astype(np.float64),
    }


def share_shown(truth: NDArray[np.float64], made: Condensed) -> float:
    """Return the share of all planted worth that a summary shows."""
    worth = 0.0
    for one in made.highlights:
        for second in range(int(one.start), min(int(-(-one.stop // 1)), len(truth))):
            worth += truth[second] * (min(float(one.stop), second + 1) - max(float(one.start), second))
    return worth / float(truth.sum())


def share_of_best(truth: NDArray[np.float64], score: NDArray[np.float64]) -> float:
    """Return the share of all planted worth that the seconds of the best scores show."""
    best = np.argsort(-score.astype(np.float64), kind="stable")[: int(LENGTH)]
    return float(truth[best].sum() / truth.sum())


def rows_of(ranks: dict[str, list[tuple[float, float, float]]]) -> list[Row]:
    """Return a row for each measure of each way to score."""
    notes = {"frameloom": "", ALONE: "", TRIED: "left out", BEST: "ceiling"}
    kinds = ("Kendall tau", "Spearman rho", "worth shown")
    return [
        row(f"{kind}: {name}", "", [values[index] for values in found], notes.get(name, "baseline"))
        for index, kind in enumerate(kinds)
        for name, found in ranks.items()
    ]


def bars_of(ranks: dict[str, list[tuple[float, float, float]]], off: list[float]) -> list[Bar]:
    """Return what was promised."""
    means = {name: np.mean(list(found), axis=0) for name, found in ranks.items()}
    ours = means["frameloom"]
    best = np.max([means[name] for name in means if name not in ("frameloom", ALONE, TRIED, BEST)], axis=0)
    return [
        at_least("Kendall tau", float(ours[0]), "", 0.4),
        at_least("Kendall tau above the best baseline", float(ours[0] - best[0]), "", 0.0),
        at_least("Spearman rho above the best baseline", float(ours[1] - best[1]), "", 0.0),
        at_least("planted worth shown above the best baseline", float(ours[2] - best[2]), "", 0.0),
        at_most("length off by", max(off), "pictures", 1),
    ]


if __name__ == "__main__":
    main()
