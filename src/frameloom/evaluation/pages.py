"""Scores as a page that plays: truth, prediction, difference and uncertainty side by side."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from frameloom.evaluation.card import sample_rows
from frameloom.evaluation.protocol import HIGHER_IS_BETTER, UNITS
from frameloom.evaluation.samples import Sampling
from frameloom.evaluation.score import Examples, Scoring
from frameloom.media.pages.page import Clip, Metric, Page, Score
from frameloom.media.pages.plot import Kind, Line

Pixels = NDArray[np.uint8]

KINDS: dict[str, Kind] = {"model": "model", "baseline": "baseline", "floor": "floor"}
_DIGITS = {"mse_sum": 1, "mae_sum": 1, "mse_mean": 5, "ssim": 4, "psnr": 2}
_TOO_BRIGHT = torch.tensor([1.0, 0.55, 0.1])
_TOO_DARK = torch.tensor([0.2, 0.6, 1.0])


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
        for method in scores.methods
    ]
    caption = f"Mean ± 95 % confidence interval over {scores.clips} clips."
    page.section("Scores", f"{scores.conventions}.").scores(metrics, rows, caption=caption).text(
        "\n\n".join(scores.notes)
    )
    page.section("Frame by frame", "How the error grows with the distance from the frames that were given.")
    for name in protocol.metrics:
        lines = [
            Line(method.name, range(1, protocol.future + 1), method.per_frame[name], KINDS[method.kind])
            for method in scores.methods
        ]
        errors = name not in HIGHER_IS_BETTER and all(value > 0 for line in lines for value in line.y)
        page.curve(name, lines, x_label="predicted frame", y_label=UNITS[name], logarithmic=errors)
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
    page.videos([Clip(frames, predicted=True) for frames in _pixels(sampled.examples)], caption="Samples.")
    page.videos([Clip(frames) for frames in _pixels(sampled.real_examples)], caption="Real clips.")


def _columns(examples: Examples, index: int) -> list[Clip]:
    """Return one clip as truth, prediction, difference, uncertainty, and the floor where it is known."""
    past, truth, prediction = examples.past[index], examples.truth[index], examples.prediction[index]
    dark = torch.zeros_like(past)
    clips = [
        Clip(_pixels(torch.cat([past, truth]))),
        Clip(_pixels(torch.cat([past, prediction])), predicted=True),
        Clip(_pixels(torch.cat([dark.expand(-1, 3, -1, -1), _difference(prediction, truth)]))),
        Clip(_pixels(torch.cat([dark, 2 * examples.uncertainty[index]]))),
    ]
    if examples.floor is not None:
        clips.append(Clip(_pixels(torch.cat([past, examples.floor[index]]))))
    return clips


def _difference(prediction: Tensor, truth: Tensor) -> Tensor:
    """Return signed error as colour, (T, 3, H, W), of videos (T, C, H, W)."""
    error = (prediction - truth).mean(dim=1, keepdim=True)
    return error.clamp_min(0) * _TOO_BRIGHT.view(3, 1, 1) + (-error).clamp_min(0) * _TOO_DARK.view(3, 1, 1)


def _pixels(video: Tensor) -> Pixels:
    """Return video (..., C, H, W) in [0, 1] as uint8 (..., H, W, C)."""
    pixels = video.clamp(0, 1).mul(255).round().to(torch.uint8)
    return np.ascontiguousarray(pixels.movedim(-3, -1).numpy())
