"""Scores as a page that plays: truth, prediction, difference and uncertainty side by side."""

from collections.abc import Mapping, Sequence

import torch

from frameloom.evaluation.card import sample_rows
from frameloom.evaluation.films import error, film, futures_headings, futures_row, hand_film, pixels
from frameloom.evaluation.protocol import HIGHER_IS_BETTER, UNITS, Protocol
from frameloom.evaluation.samples import Sampling
from frameloom.evaluation.score import Examples, Scoring
from frameloom.evaluation.tables import heading, label, themes
from frameloom.evaluation.tally import Estimate, Method
from frameloom.media.pages.page import Clip, Metric, Page, Score
from frameloom.media.pages.plot import Kind, Line

KINDS: dict[str, Kind] = {
    "model": "model",
    "check": "baseline",
    "baseline": "baseline",
    "sampler": "baseline",
    "floor": "floor",
}
_DIGITS = {"mse_sum": 1, "mae_sum": 1, "mse_mean": 5, "ssim": 4, "psnr": 2}
_CURVES = {
    "sharpness": "as a share of the truth's",
    "spread": "root mean square, brightness in [0, 1]",
    "feature_distance": "root mean square",
    "hand_px": "px",
}


def report_page(title: str, command: str, made_by: str, scored: Scoring | None, sampled: Sampling | None) -> Page:
    """Return the page of what was evaluated."""
    page = Page(title, "Every figure stands beside what anybody can do and what nobody can beat.", made_by=made_by)
    if scored is not None:
        _add_scores(page, scored)
    if sampled is not None:
        _add_samples(page, sampled)
    return page.section("Again").text("This command prints the figures again.").code(command)


def _add_scores(page: Page, scored: Scoring) -> None:
    """Add scores, curves over frames, and clips."""
    scores, examples = scored.scores, scored.examples
    if scores is None or examples is None:
        return
    protocol = scores.protocol
    page.section("Scores", f"{scores.conventions}.")
    add_metrics(page, scores.methods, protocol, scores.clips)
    page.text("\n\n".join(scores.notes))
    if scores.draws:
        page.section(
            "Draws", f"{scores.model}: best and worst are chosen per clip and per metric; random is the first."
        )
        rows = [[pick.name, *(str(pick.metrics[name]) for name in protocol.metrics)] for pick in scores.draws]
        page.table(["", *(heading(name) for name in protocol.metrics)], rows)
    add_themes(page, scores.methods, scores.references)
    add_curves(page, scores.methods, protocol)
    rows_of_clips = {str(index + 1): _columns(examples, index) for index in range(len(examples.truth))}
    headings = ["truth", "prediction", "difference", "uncertainty"]
    headings += ["Bayes floor"] if examples.floor is not None else []
    uncertainty = (
        "the deviation between draws"
        if examples.drawn
        else "that of a black-or-white pixel of the predicted brightness"
    )
    page.section("Clips").video_table(
        headings,
        rows_of_clips,
        given=protocol.past,
        caption=f"The first {protocol.past} frames were given. Difference: orange is too bright, blue too dark. "
        f"Uncertainty: {uncertainty}; white is 0.5.",
    )
    _add_futures(page, examples, protocol)


def add_metrics(page: Page, methods: Sequence[Method], protocol: Protocol, clips: int) -> None:
    """Add the protocol's own metrics of each method."""
    metrics = [
        Metric(name, "higher" if name in HIGHER_IS_BETTER else "lower", _DIGITS[name]) for name in protocol.metrics
    ]
    rows = [
        Score(
            method.name,
            [method.metrics[name].mean for name in protocol.metrics],
            KINDS[method.kind],
            [method.metrics[name].ci95 for name in protocol.metrics],
        )
        for method in methods
    ]
    page.scores(metrics, rows, caption=f"Mean ± 95 % confidence interval over {clips} clips.")


def add_themes(page: Page, methods: Sequence[Method], references: Mapping[str, Estimate]) -> None:
    """Add the tables of what is told beside the metrics."""
    for title, headings, rows in themes(methods, references):
        page.section(title).table(headings, rows)


def add_curves(page: Page, methods: Sequence[Method], protocol: Protocol) -> None:
    """Add curves over the predicted frames, of metrics and of what else has them."""
    page.section("Frame by frame", "How the error grows with the distance from the frames that were given.")
    units: dict[str, str] = {metric: UNITS[metric] for metric in protocol.metrics}
    for name, unit in {**units, **_CURVES}.items():
        lines = [
            Line(method.name, range(1, protocol.future + 1), method.per_frame[name], KINDS[method.kind])
            for method in methods
            if name in method.per_frame and (method.kind != "check" or name == "hand_px")
        ]
        if not lines:
            continue
        errors = name.startswith(("mse", "mae")) and all(value > 0 for line in lines for value in line.y)
        page.curve(label(name), lines, x_label="predicted frame", y_label=unit, logarithmic=errors)


def _add_futures(page: Page, examples: Examples, protocol: Protocol) -> None:
    """Add what was drawn for each clip, and the way of the hand."""
    futures = examples.futures
    if futures is None:
        return
    numbers = range(len(examples.truth))
    if futures.drawn > 1:
        rows = {
            str(index + 1): futures_row(examples.past[index], examples.truth[index], futures, index)
            for index in numbers
        }
        headings = futures_headings(futures)
        if examples.sampled is not None:
            headings.append("oracle's draw")
            for index, row in zip(numbers, rows.values(), strict=True):
                row.append(film(examples.past[index], examples.sampled[index]))
        page.section("Futures", f"Best and worst of {futures.drawn} draws are by {protocol.metrics[0]}.")
        page.video_table(headings, rows, given=protocol.past)
    if examples.hands is not None and futures.hands is not None:
        ways = [
            hand_film(examples.past[index], examples.truth[index], examples.hands[index], futures.hands[index])
            for index in numbers
        ]
        caption = "The hand as read in the truth, green, and in the prediction, magenta, over the true clip."
        page.section("Way of the hand").videos(ways, given=protocol.past, caption=caption)


def _add_samples(page: Page, sampled: Sampling) -> None:
    """Add figures of samples beside those of real clips, and both to look at."""
    scores = sampled.scores
    if scores is None or sampled.examples is None or sampled.real_examples is None:
        return
    page.section("Samples", "\n\n".join(scores.notes))
    page.table(["", "samples", "real clips"], sample_rows(scores))
    shares = zip(scores.generated.classes, scores.real.classes, strict=True)
    page.table(
        ["class", "samples", "real clips"],
        [(str(index), f"{100 * ours:.1f} %", f"{100 * real:.1f} %") for index, (ours, real) in enumerate(shares)],
        caption="Shares of the classes among recognised digits.",
    )
    page.videos([Clip(frames, predicted=True) for frames in pixels(sampled.examples)], caption="Samples.")
    page.videos([Clip(frames) for frames in pixels(sampled.real_examples)], caption="Real clips.")


def _columns(examples: Examples, index: int) -> list[Clip]:
    """Return one clip as truth, prediction, difference, uncertainty, and the floor where it is known."""
    past, truth, prediction = examples.past[index], examples.truth[index], examples.prediction[index]
    dark = torch.zeros_like(past)
    clips = [
        Clip(pixels(torch.cat([past, truth]))),
        Clip(pixels(torch.cat([past, prediction])), predicted=True),
        Clip(pixels(torch.cat([dark.expand(-1, 3, -1, -1), error(prediction, truth)]))),
        Clip(pixels(torch.cat([dark, 2 * examples.uncertainty[index]]))),
    ]
    if examples.floor is not None:
        clips.append(Clip(pixels(torch.cat([past, examples.floor[index]]))))
    return clips
