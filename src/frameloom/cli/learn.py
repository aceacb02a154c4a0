"""Commands that train and score models: train, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="A recipe file, or the name of a packaged recipe.")],
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="A.B=C", help="Change a setting.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Budget in wall-clock time, in place of the recipe's.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in the folder.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Run folder; runs/NAME if left out.")] = None,
    device: Annotated[str | None, typer.Option(help="Where to compute; a GPU if there is one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line of the log.")] = False,
) -> None:
    """Train a model; Ctrl-C keeps the last state and says how to go on."""
    from frameloom.core.progress import show
    from frameloom.training.run import train as steps

    try:
        show(
            steps(recipe, folder, assignments=settings or (), minutes=minutes, resume=resume, device=device),
            title=recipe,
            view="json" if as_json else "auto",
        )
    except KeyboardInterrupt as stop:
        typer.echo(f"frameloom: {stop}", err=True)
        raise typer.Exit(130) from stop
