"""Run the page's server in this process: check everything, take the port, say the address, serve until stopped.

model, scenes --check--> port --bind--> announce(address) --> uvicorn, one worker
"""

import os
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import torch
from pydantic import Field, NonNegativeInt

from frameloom.core.config import Config
from frameloom.generation.load import load
from frameloom.generation.scenes import open_scenes
from frameloom.service.app import create_app
from frameloom.service.messages import LARGEST_MESSAGE
from frameloom.service.play import Play
from frameloom.service.port import address_of, has_screen, listen, server


class StreamConfig(Config):
    """Which model is driven, what from, and where the page is found."""

    model: str
    """Name of a shipped model, or a model folder."""
    begin: Literal["data", "simulator"] | Path | None = None
    """A file to go on from, "data" (held-out clips) or "simulator"; without it, what suits the model."""
    episode: NonNegativeInt = 0
    """Number of the first scene."""
    seed: NonNegativeInt = 0
    """Fixes the simulator's scenes."""
    host: str = "127.0.0.1"
    """Address to listen at; any other than this machine's own lets others drive the model, without a password."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen at; 0 for any that is free."""
    open: bool = True
    """Whether to open the page in a browser, where there is a screen."""
    device: str = "cpu"
    """Where to compute."""


def serve(config: StreamConfig, announce: Callable[[str], object]) -> None:
    """Serve the page until the process is told to stop; announce gets its address once it can be opened.

    Raises:
        DataError: the scenes do not fit the model.
        MediaError: the file to begin from cannot be read.
        MissingDependencyError: the simulator is asked for and not installed.
        ModelError: no such model, or one that does not predict frame by frame.
        OutputError: the port cannot be taken.
        KeyboardInterrupt: it was told to stop.
    """
    model = load(config.model, config.device)
    scenes = partial(open_scenes, model, config.begin, config.seed)
    with listen(config.host, config.port) as taken:
        Play(model, scenes, config.episode).close()  # what cannot be begun is said here, not on every page
        app = create_app(model, scenes, episode=config.episode, name=config.host)
        address = address_of(taken)
        announce(address)
        if config.open and has_screen():
            webbrowser.open(address)
        with _room_for_the_browser():
            server(app, LARGEST_MESSAGE).run(sockets=[taken])


@contextmanager
def _room_for_the_browser() -> Iterator[None]:
    """Leave a core to what draws the page: threads that wait for each other wait longest where they find none free."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, min(before, (os.cpu_count() or 1) - 1)))
    try:
        yield
    finally:
        torch.set_num_threads(before)
