"""The demo's sections about digits to come: predictions beside truth and error, their scores, and streaming."""

import time
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import torch

from frameloom.apps.demo.parts import (
    EXAMPLES,
    PREDICTOR,
    SEQ2SEQ,
    DemoConfig,
    Work,
    pixels,
    save,
    unit_clip,
)
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.protocol import find_protocol
from frameloom.evaluation.score import Examples, scoring
from frameloom.evaluation.tally import Method
from frameloom.generation.load import load, require
from frameloom.media.pages.page import Clip, Metric, Page, Score
from frameloom.media.pages.plot import Kind, Line
from frameloom.models.base import Predicts
from frameloom.models.store import load_model

STREAMED_FRAMES = 60

_KINDS: dict[str, Kind] = {"model": "model", "baseline": "baseline", "floor": "floor"}
_METRICS = {
    "mse_sum": Metric("squared error", "lower", 1),
    "ssim": Metric("SSIM", "higher", 3),
    "psnr": Metric("PSNR, dB", "higher", 1),
}


def add_futures(page: Page, config: DemoConfig) -> Work:
    """Add predictions beside truth and error, and their scores."""
    protocol = find_protocol("openstl")
    data = MovingMnistConfig(frames=protocol.past + protocol.future)
    test, train_set = MovingMnist(data, "test"), MovingMnist(data, "train")
    methods: list[Method] = []
    shown: dict[str, Examples] = {}
    for index, name in enumerate((PREDICTOR, SEQ2SEQ)):
        model = require(load_model(name), name, Predicts, "predict")
        for step in scoring(model, test, protocol, name=name, clips=config.clips, train=train_set):
            yield (index + step.progress) / 2, f"{name}: {step.text}"
            if step.scores and step.examples:
                methods = [*methods[:1], *step.scores.methods]  # the rivals are the same both times
                shown[name] = step.examples
    _save_futures(config, shown)
    page.section(
        "What comes next",
        f"Each model sees {protocol.past} frames of a clip and must say what the next {protocol.future} look like. "
        f"The frame around a prediction turns blue where the model is on its own. `{PREDICTOR}` answers all at "
        f"once, `{SEQ2SEQ}` frame by frame.",
    )
    headings = ["truth", "predictor", "its error", "seq2seq", "its error", "best possible"]
    rows = {str(row + 1): _futures(row, *shown.values()) for row in range(EXAMPLES)}
    page.video_table(
        headings[: len(rows["1"])],
        rows,
        zoom=3,
        given=protocol.past,
        caption="No model has seen these digits. Error: the whiter, the wronger. Best possible: the mean of all "
        "futures that fit what was seen. It blurs because a digit's exact angle cannot be seen, only whole pixels. "
        "The first two also lie beside this page as `prediction.gif`.",
    )
    _add_scores(page, methods, config)


def _add_scores(page: Page, methods: Sequence[Method], config: DemoConfig) -> None:
    """Add the scores of the predictors between the trivial ones and the floor."""
    floors = [
        f" It comes with the package, computed on {each.clips:,} clips." for each in methods if each.kind == "floor"
    ]
    page.section(
        "Scores",
        "A score means little alone, so these stand between two ends: what anybody can do without a model (paint "
        "black, repeat the last frame, paint a mean) and the floor, which nobody can beat.",
    )
    page.scores(
        list(_METRICS.values()),
        [_score(method) for method in methods],
        caption=f"Mean over {config.clips} held-out clips ± 95 % confidence. Squared error: per frame, summed over "
        "pixels, as papers on Moving MNIST give it. The floor is the lowest squared error that there is; its SSIM and "
        f"PSNR are those of the same prediction.{''.join(floors)}",
    )
    lines = [
        Line(method.name, range(1, len(curve) + 1), curve, _KINDS[method.kind])
        for method in methods
        for curve in (method.per_frame["mse_sum"],)
    ]
    page.curve(
        "Error by frame",
        lines,
        x_label="predicted frame",
        y_label="squared error per frame",
        logarithmic=True,
        caption="The further ahead, the less can be known: the floor rises too.",
    )


def add_stream(page: Page, config: DemoConfig) -> Work:
    """Add long continuations, made frame by frame, and how fast that went."""
    model, shown, times = load(SEQ2SEQ), [], []
    past = MovingMnist(MovingMnistConfig(frames=10), "test").batch(1, EXAMPLES)["video"]
    for index in range(EXAMPLES):
        yield index / EXAMPLES, "streaming"
        frames, moments = [], [time.perf_counter()]
        for frame in model.stream(past[index : index + 1]):
            frames.append(frame)
            moments.append(time.perf_counter())
            if len(frames) == STREAMED_FRAMES:
                break
        shown.append(torch.cat([past[index : index + 1], torch.stack(frames, 1)], 1))
        times += [after - before for before, after in pairwise(moments)][1:]  # the first one watches the past
    half, most = np.quantile(times, [0.5, 0.95]).tolist()
    page.section(
        "Without end",
        f"`{SEQ2SEQ}` carries all it knows in a small state of fixed size, so it can go on without end. Here it "
        f"saw {past.shape[1]} frames and made {STREAMED_FRAMES} more, although it was trained to make 10.",
    )
    page.videos([Clip(clip, predicted=True) for clip in pixels(torch.cat(shown))], zoom=3, given=past.shape[1])
    page.facts(
        {
            "frames per second, one clip": f"{len(times) / sum(times):,.0f}",
            "half of the frames take less than": f"{1000 * half:.1f} ms",
            "95 % take less than": f"{1000 * most:.1f} ms",
        }
    )


def _futures(row: int, predictor: Examples, seq2seq: Examples) -> list[Clip]:
    """Return one clip's truth, predictions with their errors, and the best prediction where it is known, past first."""
    past, truth = predictor.past[row], predictor.truth[row]
    clips = [unit_clip(past, truth)]
    for examples in (predictor, seq2seq):
        prediction = examples.prediction[row]
        clips += [unit_clip(past, prediction, predicted=True), unit_clip(past * 0, (prediction - truth).abs())]
    return clips if predictor.floor is None else [*clips, unit_clip(past, predictor.floor[row])]


def _save_futures(config: DemoConfig, examples: Mapping[str, Examples]) -> None:
    """Write truth and predictions of the first two clips as a GIF."""
    shown = next(iter(examples.values()))
    futures = [shown.truth, *(model.prediction for model in examples.values())]
    videos = [torch.cat([shown.past[row], future[row]]) for row in range(2) for future in futures]
    save(config, "prediction.gif", torch.stack(videos) * 2 - 1, len(futures), ["truth", *examples] * 2)


def _score(method: Method) -> Score:
    """Return a method's row of the table of scores."""
    found = [method.metrics[name] for name in _METRICS]
    return Score(method.name, [each.mean for each in found], _KINDS[method.kind], [each.ci95 for each in found])
