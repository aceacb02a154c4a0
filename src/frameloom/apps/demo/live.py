"""The demo's section about learning: a model that is trained while one waits."""

import torch
from torch import Tensor

from frameloom.apps.demo.parts import PAIRS, VAE, DemoConfig, Work, names, of_pairs, percent, pixels, reader, save
from frameloom.evaluation.samples import CONFIDENCE
from frameloom.generation.load import load
from frameloom.media.pages.page import Clip, Page
from frameloom.media.pages.plot import Line
from frameloom.training.run import STATE_NAME, train

LIVE_SETTINGS = ("training.batch=8", "training.rate=2e-3", "training.ema=0.98", "training.log_every=5")
"""What the recipe of mnist-vae needs to get somewhere in a minute on two cores: many small steps."""
LOOKS = (0.0, 1 / 12, 1 / 4, 1.0)
"""Shares of the live training at which its samples are looked at."""
SAVES = 24


def add_live(page: Page, config: DemoConfig) -> Work:
    """Add a model that is trained now: its curve, and its samples from the first step to the last."""
    folder = config.out / "live"
    (folder / STATE_NAME).unlink(missing_ok=True)  # of an earlier demo; a run is never begun over another
    settings = (*LIVE_SETTINGS, f"seed={config.seed}", f"training.save_every_minutes={config.minutes / SAVES:g}")
    looks: dict[str, Tensor] = {}
    curve: list[tuple[float, float]] = []
    for report in train(VAE, folder, assignments=settings, minutes=config.minutes, device="cpu"):
        if not looks or LOOKS[len(looks)] <= report.progress < 1:  # at first, the folder holds the model as it began
            looks[f"{report.elapsed_s:.0f} s" if looks else "before"] = of_pairs(load(folder), config.seed)
        if report.values:
            curve.append((report.elapsed_s, report.values["bits_per_dim"]))
        yield report.progress, report.text
    trained = load(folder)
    looks[f"{report.elapsed_s:.0f} s"] = of_pairs(trained, config.seed)
    readable = reader().read(trained.sample(50, seed=config.seed)).class_logits.softmax(-1).amax(-1) >= CONFIDENCE
    captions = [moment for moment in looks for _ in PAIRS]
    save(config, "learning.gif", torch.cat(list(looks.values())), len(PAIRS), captions)
    page.section(
        "Learning live",
        f"This model was trained while the demo ran. It is `{VAE}` again, but new. It was given trained eyes, which "
        "find and cut out digits; how digits look and how they fly it had to learn. Each row shows what it made of "
        "the same random numbers a little later.",
    )
    page.video_table(
        names(PAIRS), {moment: [Clip(clip) for clip in pixels(video)] for moment, video in looks.items()}, zoom=3
    )
    page.facts(
        {
            "steps": f"{report.step:,}",
            "clips seen": f"{report.clips:,}",
            "clips per second": f"{report.clips / report.elapsed_s:,.0f}",
            "readable digits at the end": percent(float(readable.float().mean())),
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
