"""Commands about data: data get mnist."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson

app = typer.Typer(help="Get data sets.")
get = typer.Typer(help="Download a data set.")
app.add_typer(get, name="get")


@get.callback()
def data_sets() -> None:
    """Download a data set."""


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
