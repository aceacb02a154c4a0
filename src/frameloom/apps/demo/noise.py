"""The demo's first section: clips that GAN and VAE make of chosen digits, beside real ones."""

from collections.abc import Callable
from itertools import count

import torch
from torch import Tensor

from frameloom.apps.demo.parts import GAN, PAIRS, VAE, DemoConfig, Work, names, of_pairs, percent, pixels, reader, save
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.samples import CONFIDENCE, Figures, sample_scores
from frameloom.generation.load import load, require
from frameloom.media.pages.page import Clip, Page
from frameloom.models.base import Samples


def add_samples(page: Page, config: DemoConfig) -> Work:
    """Add clips that GAN and VAE make of chosen digits, beside real ones, and what a reader says of them."""
    yield 0.0, "clips from noise"
    models = {"GAN": load(GAN), "VAE": load(VAE)}
    made = {name: of_pairs(model, config.seed) for name, model in models.items()}
    for name, video in made.items():
        save(config, f"{name.lower()}.mp4", video, len(PAIRS), names(PAIRS))
    length = made["GAN"].shape[1]
    real = {"real": _real_of_pairs(length)}
    page.section(
        "Made from noise",
        "Two models paint moving digits out of random numbers. Only one thing was asked of them: which two digits to "
        "show. The bottom row is real data: handwriting that no model has seen, flying straight from wall to wall. "
        "That things turn back at walls is built into the models; how digits look and how they fly was learned.",
    )
    page.video_table(
        names(PAIRS),
        {name: [Clip(clip) for clip in pixels(video)] for name, video in (made | real).items()},
        zoom=3,
        caption="The same clips lie beside this page as `gan.mp4` and `vae.mp4`.",
    )
    reads = reader()
    figures: dict[str, Figures] = {}
    for index, (name, model) in enumerate(models.items()):
        yield 0.3 + 0.4 * index, f"reading the clips of the {name}"
        maker = require(model.model, model.name, Samples, "make clips from noise")
        test, val = (MovingMnist(MovingMnistConfig(frames=length), split) for split in ("test", "val"))
        scores = sample_scores(maker, reads, test, val, name=name, clips=config.clips, seed=config.seed)
        figures |= {name: scores.generated, "real": scores.real}
    page.table(
        ["what a digit reader finds", "GAN", "VAE", "real"],
        [(what, *(tell(figures[name]) for name in ("GAN", "VAE", "real"))) for what, tell in _FINDINGS.items()],
        caption=f"{config.clips} clips each. A digit is readable when the digit reader is at "
        f"least {percent(CONFIDENCE)} sure of it. No model needs to do better than the real clips.",
    )


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


_FINDINGS: dict[str, Callable[[Figures], str]] = {
    "readable digits": lambda figures: percent(figures.recognised.mean),
    "digits of the class asked for": lambda figures: (
        "none" if figures.asked_for is None else percent(figures.asked_for)
    ),
    "speed, px per frame (5 % to 95 %)": lambda figures: (
        "none"
        if figures.speed_px is None
        else f"{figures.speed_px:.1f} ({figures.speed_low_px:.1f} to {figures.speed_high_px:.1f})"
    ),
}
