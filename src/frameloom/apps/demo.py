"""A page that shows the shipped models at work, and one more that learns while you wait.

    mnist-gan, mnist-vae ------------sample---> clips beside real ones --+
    mnist-predictor, mnist-seq2seq --predict--> futures beside truth ----+--> index.html, *.mp4, *.gif
    recipe mnist-vae ----------------train----> its first minute --------+    live/: the model trained here

Every figure on the page is measured while the page is made, on the machine that makes it; only the floor is stored.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, NonNegativeInt, PositiveFloat
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.core.progress import View, duration, show
from frameloom.core.provenance import commit, version
from frameloom.data.batch import to_uint8
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.protocol import find_protocol
from frameloom.evaluation.samples import CONFIDENCE, Figures, Reads, sample_scores
from frameloom.evaluation.score import Examples, scoring
from frameloom.evaluation.tally import Method
from frameloom.generation.load import VideoModel, load, require
from frameloom.generation.render import save
from frameloom.media.pages.page import Clip, Metric, Page, Score
from frameloom.media.pages.plot import Kind, Line
from frameloom.models.base import Predicts, Samples
from frameloom.models.store import load_model
from frameloom.training.run import STATE_NAME, train

GAN, VAE, PREDICTOR, SEQ2SEQ, READER = "mnist-gan", "mnist-vae", "mnist-predictor", "mnist-seq2seq", "digit-reader"
PAGE_NAME = "index.html"

PAIRS = ((0, 1), (2, 3), (4, 5), (6, 7), (8, 9))
"""Digits that the clips of a row show."""
RATE = 8
"""Frames per second at which a clip of ten frames can be followed."""
EXAMPLES = 4
STREAMED_FRAMES = 60

LIVE_SETTINGS = ("training.batch=8", "training.rate=2e-3", "training.ema=0.98", "training.log_every=5")
"""What the recipe of mnist-vae needs to get somewhere in a minute on two cores: many small steps."""
LOOKS = (0.0, 1 / 12, 1 / 4, 1.0)
"""Shares of the live training at which its samples are looked at."""
SAVES = 24

_KINDS: dict[str, Kind] = {"model": "model", "baseline": "baseline", "floor": "floor"}
_METRICS = {
    "mse_sum": Metric("squared error", "lower", 1),
    "ssim": Metric("SSIM", "higher", 3),
    "psnr": Metric("PSNR, dB", "higher", 1),
}


class DemoConfig(Config):
    """Where the page goes and how long it may take."""

    out: Path = Path("out/demo")
    """Folder of the page; what an earlier demo left there is replaced."""
    minutes: PositiveFloat = 1.0
    """How long one model is trained live."""
    clips: Annotated[int, Field(ge=20)] = 200
    """Held-out clips on which predictions are scored, and clips of each model that are judged."""
    seed: NonNegativeInt = 0
    """Fixes clips and training."""


@dataclass(frozen=True)
class Showing:
    """How far the page is."""

    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


Work = Iterator[tuple[float, str]]
"""Yields the share of a section that is done, and a few words."""


def demo(config: DemoConfig, view: View = "auto") -> Path:
    """Write the page while its progress is shown, and return its path; see demonstrating."""
    show(demonstrating(config), "demo", view)
    return config.out / PAGE_NAME


def demonstrating(config: DemoConfig) -> Iterator[Showing]:
    """Yield the state of the work; the last one comes when the page is written.

    Raises:
        ModelError: a shipped model is missing or damaged.
        OutputError: the folder cannot be written.
        KeyboardInterrupt: a signal has stopped the training; the message says how to go on with it.
    """
    began = time.monotonic()
    made_by = f"frameloom {version()}" + (f", commit {commit()}" if commit() else "")
    page = Page(
        "Video from noise, and video continued",
        "Everything on this page was made on this machine, by `frameloom demo`. Four small models come with the "
        "package. A fifth was trained from its first step while you waited.",
        rate=RATE,
        made_by=made_by,
    )
    # The weights are about the seconds that each takes on two cores.
    sections: list[tuple[str, float, Callable[[Page, DemoConfig], Work]]] = [
        ("clips from noise", 10, _add_samples),
        ("futures and scores", 15, _add_futures),
        ("streaming", 2, _add_stream),
        ("training a model", 60 * config.minutes, _add_live),
    ]
    total, done = sum(weight for _, weight, _ in sections), 0.0
    for name, weight, add in sections:
        yield Showing(done / total, name, {"doing": name, "progress": round(done / total, 3)})
        for share, text in add(page, config):
            yield Showing((done + weight * share) / total, text)
        done += weight
    seconds = time.monotonic() - began
    _add_end(page, config, seconds)
    path = config.out / PAGE_NAME
    page.save(path)
    yield Showing(1.0, f"{path} is ready", {"path": str(path), "seconds": round(seconds, 1)})


def _add_samples(page: Page, config: DemoConfig) -> Work:
    """Add clips that GAN and VAE make of chosen digits, beside real ones, and what a reader says of them."""
    yield 0.0, "clips from noise"
    models = {"GAN": load(GAN), "VAE": load(VAE)}
    made = {name: _of_pairs(model, config.seed) for name, model in models.items()}
    for name, video in made.items():
        _save(config, f"{name.lower()}.mp4", video, len(PAIRS), _names(PAIRS))
    length = made["GAN"].shape[1]
    real = {"real": _real_of_pairs(length)}
    page.section(
        "Made from noise",
        "Two models paint moving digits out of random numbers. Only one thing was asked of them: which two digits to "
        "show. The bottom row is real data: handwriting that no model has seen, flying straight from wall to wall. "
        "That things turn back at walls is built into the models; how digits look and how they fly was learned.",
    )
    page.video_table(
        _names(PAIRS),
        {name: [Clip(clip) for clip in _pixels(video)] for name, video in (made | real).items()},
        zoom=3,
        caption="The same clips lie beside this page as `gan.mp4` and `vae.mp4`.",
    )
    reader = _reader()
    figures: dict[str, Figures] = {}
    for index, (name, model) in enumerate(models.items()):
        yield 0.3 + 0.4 * index, f"reading the clips of the {name}"
        maker = require(model.model, model.name, Samples, "make clips from noise")
        test, val = (MovingMnist(MovingMnistConfig(frames=length), split) for split in ("test", "val"))
        scores = sample_scores(maker, reader, test, val, name=name, clips=config.clips, seed=config.seed)
        figures |= {name: scores.generated, "real": scores.real}
    page.table(
        ["what a digit reader finds", "GAN", "VAE", "real"],
        [(what, *(tell(figures[name]) for name in ("GAN", "VAE", "real"))) for what, tell in _FINDINGS.items()],
        caption=f"{config.clips} clips each. A digit is readable when the digit reader is at "
        f"least {_percent(CONFIDENCE)} sure of it. No model needs to do better than the real clips.",
    )


def _add_futures(page: Page, config: DemoConfig) -> Work:
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


def _add_stream(page: Page, config: DemoConfig) -> Work:
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
    page.videos([Clip(clip, predicted=True) for clip in _pixels(torch.cat(shown))], zoom=3, given=past.shape[1])
    page.facts(
        {
            "frames per second, one clip": f"{len(times) / sum(times):,.0f}",
            "half of the frames take less than": f"{1000 * half:.1f} ms",
            "95 % take less than": f"{1000 * most:.1f} ms",
        }
    )


def _add_live(page: Page, config: DemoConfig) -> Work:
    """Add a model that is trained now: its curve, and its samples from the first step to the last."""
    folder = config.out / "live"
    (folder / STATE_NAME).unlink(missing_ok=True)  # of an earlier demo; a run is never begun over another
    settings = (*LIVE_SETTINGS, f"seed={config.seed}", f"training.save_every_minutes={config.minutes / SAVES:g}")
    looks: dict[str, Tensor] = {}
    curve: list[tuple[float, float]] = []
    for report in train(VAE, folder, assignments=settings, minutes=config.minutes, device="cpu"):
        if not looks or LOOKS[len(looks)] <= report.progress < 1:  # at first, the folder holds the model as it began
            looks[f"{report.elapsed_s:.0f} s" if looks else "before"] = _of_pairs(load(folder), config.seed)
        if report.values:
            curve.append((report.elapsed_s, report.values["bits_per_dim"]))
        yield report.progress, report.text
    trained = load(folder)
    looks[f"{report.elapsed_s:.0f} s"] = _of_pairs(trained, config.seed)
    readable = _reader().read(trained.sample(50, seed=config.seed)).class_logits.softmax(-1).amax(-1) >= CONFIDENCE
    captions = [moment for moment in looks for _ in PAIRS]
    _save(config, "learning.gif", torch.cat(list(looks.values())), len(PAIRS), captions)
    page.section(
        "Learning live",
        f"This model was trained while the demo ran. It is `{VAE}` again, but new. It was given trained eyes, which "
        "find and cut out digits; how digits look and how they fly it had to learn. Each row shows what it made of "
        "the same random numbers a little later.",
    )
    page.video_table(
        _names(PAIRS), {moment: [Clip(clip) for clip in _pixels(video)] for moment, video in looks.items()}, zoom=3
    )
    page.facts(
        {
            "steps": f"{report.step:,}",
            "clips seen": f"{report.clips:,}",
            "clips per second": f"{report.clips / report.elapsed_s:,.0f}",
            "readable digits at the end": _percent(float(readable.float().mean())),
        }
    )
    if curve:
        page.curve(
            "What is left to learn",
            [Line("bits per pixel", [seconds for seconds, _ in curve], [bits for _, bits in curve])],
            x_label="seconds of training",
            y_label="bits per pixel",
            logarithmic=True,
            caption="How many bits the model needs to describe a pixel of a clip that it has not seen before.",
        )


def _add_end(page: Page, config: DemoConfig, seconds: float) -> None:
    """Add what all of it took, and what to do next."""
    page.section("Now yours", "The same models, on your own wishes and your own clips.").code(
        f"frameloom generate {GAN} --classes 3,7 -n 16 -o mine.gif\n"
        f"frameloom predict {PREDICTOR} clip.mp4 --frames 20 -o future.mp4\n"
        f"frameloom generate {config.out / 'live'} -o live.gif\n"
        f"frameloom train {VAE} --minutes 10\n"
        "frameloom --help"
    )
    page.facts(
        {
            "this page took": f"{duration(seconds)} minutes",
            "processor cores": str(os.cpu_count()),
            "PyTorch": torch.__version__,
        }
    )


def _of_pairs(model: VideoModel, seed: int) -> Tensor:
    """Return one clip of each pair of digits, (5, T, C, H, W)."""
    return torch.cat([model.sample(1, seed=seed + index, classes=pair) for index, pair in enumerate(PAIRS)])


def _real_of_pairs(frames: int) -> Tensor:
    """Return one held-out clip of each pair of digits, (5, T, C, H, W)."""
    source = MovingMnist(MovingMnistConfig(frames=frames), "test")
    found: dict[tuple[int, ...], Tensor] = {}
    for index in count():
        batch = source.batch(index, 100)
        for video, classes in zip(batch["video"], batch["classes"].sort(1).values.tolist(), strict=True):
            found.setdefault(tuple(classes), video)
        if all(pair in found for pair in PAIRS):
            break
    return torch.stack([found[pair] for pair in PAIRS])


def _reader() -> Reads:
    """Return the model that judges clips.

    Raises:
        ModelError: the folder of that name holds another kind of model.
    """
    reader = load_model(READER)
    if not isinstance(reader, Reads):
        raise ModelError(f"{READER}: does not read digits; install the package again")
    return reader


_FINDINGS: dict[str, Callable[[Figures], str]] = {
    "readable digits": lambda figures: _percent(figures.recognised.mean),
    "digits of the class asked for": lambda figures: (
        "none" if figures.asked_for is None else _percent(figures.asked_for)
    ),
    "speed, px per frame (5 % to 95 %)": lambda figures: (
        "none"
        if figures.speed_px is None
        else f"{figures.speed_px:.1f} ({figures.speed_low_px:.1f} to {figures.speed_high_px:.1f})"
    ),
}


def _futures(row: int, predictor: Examples, seq2seq: Examples) -> list[Clip]:
    """Return one clip's truth, predictions with their errors, and the best prediction where it is known, past first."""
    past, truth = predictor.past[row], predictor.truth[row]
    clips = [_unit_clip(past, truth)]
    for examples in (predictor, seq2seq):
        prediction = examples.prediction[row]
        clips += [_unit_clip(past, prediction, predicted=True), _unit_clip(past * 0, (prediction - truth).abs())]
    return clips if predictor.floor is None else [*clips, _unit_clip(past, predictor.floor[row])]


def _save_futures(config: DemoConfig, examples: Mapping[str, Examples]) -> None:
    """Write truth and predictions of the first two clips as a GIF."""
    shown = next(iter(examples.values()))
    futures = [shown.truth, *(model.prediction for model in examples.values())]
    videos = [torch.cat([shown.past[row], future[row]]) for row in range(2) for future in futures]
    _save(config, "prediction.gif", torch.stack(videos) * 2 - 1, len(futures), ["truth", *examples] * 2)


def _save(config: DemoConfig, file: str, video: Tensor, columns: int, captions: Sequence[str]) -> None:
    """Write clips as a grid beside the page."""
    made_by = f"frameloom {version()} demo --seed {config.seed}"
    save(video, config.out / file, RATE, columns=columns, captions=captions, made_by=made_by)


def _score(method: Method) -> Score:
    """Return a method's row of the table of scores."""
    found = [method.metrics[name] for name in _METRICS]
    return Score(method.name, [each.mean for each in found], _KINDS[method.kind], [each.ci95 for each in found])


def _unit_clip(*parts: Tensor, predicted: bool = False) -> Clip:
    """Return frames (T, C, H, W) in [0, 1], one part after the other, as a clip to show."""
    return Clip(_pixels(torch.cat(parts) * 2 - 1), predicted=predicted)


def _pixels(video: Tensor) -> NDArray[np.uint8]:
    """Return video (..., C, H, W) in [-1, 1] as pixels (..., H, W, C)."""
    return np.ascontiguousarray(to_uint8(video).movedim(-3, -1).numpy())


def _names(pairs: Sequence[tuple[int, int]]) -> list[str]:
    return [f"{first} and {second}" for first, second in pairs]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
