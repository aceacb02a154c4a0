"""What the commands print: text for people, one JSON object for programs."""

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from frameloom.media.files.video import Written

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="Print JSON lines while it works; the last one sums up.")]
ModelName = Annotated[str, typer.Argument(metavar="MODEL", help="A shipped model's name, or a model folder.")]
Device = Annotated[str, typer.Option(help="Where to compute: cpu, cuda, cuda:1.")]


def leading(command: str) -> type[TyperGroup]:
    """Return a group of commands of which one may be left out: `summarise FILE` means `summarise film FILE`."""

    class Leading(TyperGroup):
        """Puts the command in where an argument or an option stands for it."""

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            """Return what is left once the command is there."""
            named = not args or args[0] in (*self.commands, "--help")
            return super().parse_args(ctx, args if named else [command, *args])

    return Leading


def result(record: Mapping[str, Any], text: str, as_json: bool) -> None:
    """Print what came of a command."""
    typer.echo(json.dumps(dict(record), default=str) if as_json else text)


def written(clip: "Written", as_json: bool) -> None:
    """Print where a clip was written and what was done to it."""
    lines = [*clip.notes, f"{clip.path}: {clip.frames} frames, {clip.width}x{clip.height} px"]
    result(asdict(clip), "\n".join(lines), as_json)


def arriving(name: str, there: int, size: int) -> None:
    """Show on a terminal how much of a file has arrived."""
    if sys.stderr.isatty():
        typer.echo(f"\r{name}: {there / size:4.0%}", err=True, nl=there == size)


@contextmanager
def stoppable(again: str = "") -> Iterator[None]:
    """Turn Ctrl-C or SIGTERM in long work into its message, which says how to go on, and exit code 130.

    again is the command that goes on, where the work does not say so itself.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt as stop:
        told = str(stop) or ("stopped" + (f"; to go on: {again}" if again else ""))
        typer.echo(f"frameloom: {told}", err=True)
        raise typer.Exit(130) from stop
    finally:
        signal.signal(signal.SIGTERM, before)
