"""Commands about data: data get mnist, data get bair, data make robot-push, data make speech, data check."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson, AsJsonLines
from frameloom.core.config import validate

app = typer.Typer(help="Get, make and check data sets.")
get = typer.Typer(help="Download a data set.")
make = typer.Typer(help="Make a data set.")
app.add_typer(get, name="get")
app.add_typer(make, name="make")


@get.callback()
def data_sets() -> None:
    """Download a data set."""


@make.callback()
def made_data_sets() -> None:
    """Make a data set."""


@get.command()
def mnist(
    folder: Annotated[Path, typer.Argument(help="Where to put the files.")] = Path("data/mnist"),
    mirror: Annotated[
        list[str] | None, typer.Option(help="Address of a folder that holds the files, in place of the known ones.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Download the four files of MNIST, check them, and go on with what an earlier try left."""
    from frameloom.data.download import MIRRORS, get_mnist

    files = get_mnist(folder, mirror or MIRRORS, progress=show.arriving)
    show.result({"files": files}, f"{folder}: {len(files)} files; use them with data.digits={folder}", as_json)


@get.command()
def bair(
    folder: Annotated[Path, typer.Argument(help="Where to put the files; takes about 30 GB.")] = Path("data/bair"),
    mirror: Annotated[
        list[str] | None, typer.Option(help="Address of a folder that holds the archive, in place of the known one.")
    ] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Download the robot pushing videos of BAIR, check every record, and go on with what an earlier try left."""
    from frameloom.core import progress
    from frameloom.data.robot_push.bair import MIRRORS, get_bair

    options = [word for address in mirror or () for word in ("--mirror", address)]
    with show.stoppable(shlex.join(["frameloom", "data", "get", "bair", str(folder), *options])):
        last = progress.show(get_bair(folder, mirror or MIRRORS), "bair", "json" if as_json else "auto")
    if last and not as_json:
        typer.echo(f"{folder}: {len(last.files)} files; use them with data.path={folder}")
    _name_damage(last.damaged if last else ())


@make.command()
def robot_push(
    out: Annotated[Path, typer.Argument(help="Folder for train/, val/ and test/.")] = Path("data/robot-push"),
    episodes: Annotated[int, typer.Option(help="Episodes to train on.")] = 1024,
    val: Annotated[int, typer.Option(help="Episodes to choose between models on.")] = 128,
    test: Annotated[int, typer.Option(help="Episodes to score on.")] = 256,
    frames: Annotated[int, typer.Option(help="Frames of an episode, at 10 frames/s.")] = 30,
    seed: Annotated[int, typer.Option(help="Fixes all episodes.")] = 0,
    size: Annotated[int, typer.Option(help="Width and height of a frame, px.")] = 64,
    camera: Annotated[list[str] | None, typer.Option(help="Camera to keep: main or aux1; both if left out.")] = None,
    labels: Annotated[bool, typer.Option("--labels/--no-labels", help="Keep what each pixel shows.")] = True,
    workers: Annotated[int, typer.Option(help="Processes that simulate at once.")] = 1,
    as_json: AsJsonLines = False,
) -> None:
    """Make robot pushing episodes with the simulator, and go on with what an earlier try left."""
    from frameloom.core import progress
    from frameloom.data.robot_push.make import MakeRobotPushConfig, make_robot_push

    what = {"out": out, "episodes": episodes, "val": val, "test": test, "frames": frames, "seed": seed, "size": size}
    how = {"cameras": camera or ["main", "aux1"], "labels": labels, "workers": workers}
    config = validate(MakeRobotPushConfig, {**what, **how}, "data make robot-push")
    with show.stoppable("the same command"):
        progress.show(make_robot_push(config), "robot-push", "json" if as_json else "auto")
    if not as_json:
        typer.echo(f'{out}: use it with data.source="robot_push" and data.path={out}')


@make.command()
def speech(
    out: Annotated[Path, typer.Argument(help="Folder for train/ and val/.")] = Path("data/speech"),
    minutes: Annotated[float, typer.Option(help="Minutes of speech to train on.")] = 240.0,
    natural: Annotated[float, typer.Option(help="Share that the voice of Piper speaks; 0 does without.")] = 0.2,
    recorded: Annotated[float, typer.Option(help="Share that the voices of Flite speak; 0 does without.")] = 0.25,
    gathered: Annotated[float, typer.Option(help="Share that the voices of Festival speak; 0 does without.")] = 0.3,
    seed: Annotated[int, typer.Option(help="Fixes what is said, and how.")] = 0,
    as_json: AsJsonLines = False,
) -> None:
    """Make speech of which every mouth is known, with the voices that are installed; go on with an earlier try."""
    from frameloom.core import progress
    from frameloom.data.speaking import MakeSpeechConfig, make_speech

    given = {
        "out": out,
        "minutes": minutes,
        "natural": natural,
        "recorded": recorded,
        "gathered": gathered,
        "seed": seed,
    }
    config = validate(MakeSpeechConfig, given, "data make speech")
    with show.stoppable("the same command"):
        progress.show(make_speech(config), "speech", "json" if as_json else "auto")
    if not as_json:
        typer.echo(f'{out}: use it with data.source="speech" and data.folder={out}')


@app.command()
def check(
    place: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder with files of records, or one file.")],
    as_json: AsJsonLines = False,
) -> None:
    """Read every record of robot pushing data and name those that are damaged; exit code 2 if there are any."""
    from frameloom.core import progress
    from frameloom.data.robot_push.check import checking

    with show.stoppable():
        last = progress.show(checking(place), "check", "json" if as_json else "auto")
    if last and not as_json:
        typer.echo(f"{place}: {last.whole} records of {last.files} files are whole ({last.frames} frames)")
    _name_damage(last.damaged if last else ())


def _name_damage(damaged: tuple[str, ...]) -> None:
    """Write one line for each damaged record, and leave with exit code 2 if there is one."""
    for line in damaged:
        typer.echo(f"frameloom: {line}", err=True)
    if damaged:
        raise typer.Exit(2)
