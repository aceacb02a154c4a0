"""The command that lets a person drive a model: stream."""

from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson, Device, ModelName
from frameloom.core.config import validate

app = typer.Typer()

BEGIN = 'A file to go on from, "data" (held-out clips) or "simulator"; without it, what suits the model.'
HOST = "Address to listen at; others than this machine can then drive the model too, without a password."


@app.command()
def stream(
    model: ModelName,
    begin: Annotated[str | None, typer.Option("--from", metavar="CLIP", help=BEGIN)] = None,
    episode: Annotated[int, typer.Option(help="Number of the first scene.")] = 0,
    seed: Annotated[int, typer.Option(help="Fixes the simulator's scenes.")] = 0,
    port: Annotated[int, typer.Option(help="Port of the page; 0 for any that is free.")] = 8000,
    host: Annotated[str, typer.Option(help=HOST)] = "127.0.0.1",
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Drive a model live on a local page: keys or mouse steer what it imagines."""
    from frameloom.service.serve import StreamConfig, serve

    what = {"model": model, "begin": begin, "episode": episode, "seed": seed, "device": device}
    config = validate(StreamConfig, {**what, "port": port, "host": host, "open": open_page}, "stream")
    with show.stoppable():
        serve(config, lambda where: show.result({"model": model, "address": where}, _line(model, where), as_json))


def _line(model: str, where: str) -> str:
    return f"{model}: {where} (Ctrl-C to stop)"
