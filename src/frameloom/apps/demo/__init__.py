"""A page that shows the shipped models at work, and one more that learns while you wait.

    mnist-gan, mnist-vae ------------sample---> clips beside real ones --+
    mnist-predictor, mnist-seq2seq --predict--> futures beside truth ----+--> index.html, *.mp4, *.gif
    mnist-stochastic, robot-push ----predict--> several of each ---------+
    a storyboard, a script ---compose, talk---> films with sound ---------+
    recipe mnist-vae ----------------train----> its first minute --------+    live/: the model trained here

Every figure on the page is measured while the page is made, on the machine that makes it; only the floor is stored.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from frameloom.apps.demo.chance import add_pushes, add_turns
from frameloom.apps.demo.finished import add_finished
from frameloom.apps.demo.futures import add_futures, add_stream
from frameloom.apps.demo.live import add_live
from frameloom.apps.demo.noise import add_samples
from frameloom.apps.demo.parts import GAN, PAIRS, PREDICTOR, RATE, ROBOT, VAE, DemoConfig, Work
from frameloom.core.progress import View, duration, show
from frameloom.core.provenance import commit, version
from frameloom.media.pages.page import Page

__all__ = ["PAIRS", "DemoConfig", "Showing", "demo", "demonstrating"]

PAGE_NAME = "index.html"


@dataclass(frozen=True)
class Showing:
    """How far the page is."""

    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


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
        "Everything on this page was made on this machine, by `frameloom demo`. Six small models that come with the "
        "package made the clips. A seventh was trained from its first step while you waited, and two films with sound "
        "were made of text.",
        rate=RATE,
        made_by=made_by,
    )
    # The weights are about the seconds that each takes on two cores.
    sections: list[tuple[str, float, Callable[[Page, DemoConfig], Work]]] = [
        ("clips from noise", 10, add_samples),
        ("futures and scores", 15, add_futures),
        ("streaming", 2, add_stream),
        ("futures that differ", 3, add_turns),
        ("a robot's pushes", 4, add_pushes),
        ("finished film", 25, add_finished),
        ("training a model", 60 * config.minutes, add_live),
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


def _add_end(page: Page, config: DemoConfig, seconds: float) -> None:
    """Add what all of it took, and what to do next."""
    page.section("Now yours", "The same models, on your own wishes and your own clips.").code(
        f"frameloom generate {GAN} --classes 3,7 -n 16 -o mine.gif\n"
        f"frameloom stream {ROBOT}\n"
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
