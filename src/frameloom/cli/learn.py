"""Commands that train and score models: train, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli.show import AsJsonLines, Device, ModelName, stoppable
from frameloom.core.config import validate

app = typer.Typer()

Protocol = Annotated[
    str, typer.Option(help="What is given and scored, and how: openstl, srvp, bair-2-28, bair-1-15, robot-push.")
]
Records = Annotated[str | None, typer.Option(help="Robot records to score on; the episodes that ship if left out.")]
Reader = Annotated[str | None, typer.Option(help="Model that reads clips; the shipped one if left out, or none.")]


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="A recipe file, or the name of a packaged recipe.")],
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="A.B=C", help="Change a setting.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Budget in wall-clock time, in place of the recipe's.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in the folder.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Run folder; runs/NAME if left out.")] = None,
    device: Annotated[str | None, typer.Option(help="Where to compute; a GPU if there is one.")] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Train a model; Ctrl-C keeps the last state and says how to go on."""
    from frameloom.core.progress import show
    from frameloom.training.run import train as steps

    with stoppable():
        show(
            steps(recipe, folder, assignments=settings or (), minutes=minutes, resume=resume, device=device),
            title=recipe,
            view="json" if as_json else "auto",
        )


@app.command()
def evaluate(
    model: ModelName,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the report.")] = Path("out/evaluation"),
    protocol: Protocol = "openstl",
    data: Records = None,
    clips: Annotated[int, typer.Option(help="Clips on which predictions are scored.")] = 1000,
    draws: Annotated[int | None, typer.Option(help="Predictions per clip, in place of the protocol's.")] = None,
    samples: Annotated[int, typer.Option(help="Clips that are made from noise and judged.")] = 500,
    batch: Annotated[int, typer.Option(help="Clips at once.")] = 50,
    seed: Annotated[int, typer.Option(help="Fixes samples and draws.")] = 0,
    split: Annotated[str, typer.Option(help="Clips to score on: test, or val to choose between models.")] = "test",
    digits: Annotated[str | None, typer.Option(help="Digits to use: a folder of idx files, or an npz.")] = None,
    file: Annotated[str | None, typer.Option(help="The published mnist_test_seq.npy, to score on instead.")] = None,
    reader: Reader = None,
    i3d: Annotated[Path | None, typer.Option(help="TorchScript file (a program) of I3D, for the real FVD.")] = None,
    card: Annotated[bool, typer.Option("--card", help="Put the figures into the model's card too.")] = False,
    device: Device = "cpu",
    as_json: AsJsonLines = False,
) -> None:
    """Score a model beside baselines and floor, and write report.json and a page that plays."""
    from frameloom.core.progress import show
    from frameloom.evaluation.report import EvaluateConfig, evaluating

    what = {"model": model, "protocol": protocol, "data": data, "split": split, "digits": digits, "file": file}
    amount = {"clips": clips, "draws": draws, "samples": samples, "batch": batch, "seed": seed}
    with_what = {"reader": reader, "i3d": i3d, "device": device}
    config = validate(EvaluateConfig, {**what, **amount, **with_what, "out": out, "card": card}, "evaluate")
    last = show(evaluating(config), f"evaluate {model}", "json" if as_json else "auto")
    if last and not as_json:
        typer.echo("\n".join(f"{name}: {value}" for name, value in last.record.items()))


@app.command()
def compare(
    models: Annotated[list[str], typer.Argument(metavar="MODEL...", help="Models by name or folder; the first leads.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the report.")] = Path("out/comparison"),
    protocol: Protocol = "openstl",
    data: Records = None,
    clips: Annotated[int, typer.Option(help="Clips on which predictions are scored.")] = 1000,
    draws: Annotated[int | None, typer.Option(help="Predictions per clip, in place of the protocol's.")] = None,
    batch: Annotated[int, typer.Option(help="Clips at once.")] = 50,
    seed: Annotated[int, typer.Option(help="Fixes the draws, the same for all.")] = 0,
    split: Annotated[str, typer.Option(help="Clips to score on: test, or val to choose between models.")] = "test",
    digits: Annotated[str | None, typer.Option(help="Digits to use: a folder of idx files, or an npz.")] = None,
    file: Annotated[str | None, typer.Option(help="The published mnist_test_seq.npy, to score on instead.")] = None,
    reader: Reader = None,
    device: Device = "cpu",
    as_json: AsJsonLines = False,
) -> None:
    """Score several models on the same clips, and write compare.json and a page that plays."""
    from frameloom.core.progress import show
    from frameloom.evaluation.compare import CompareConfig, comparing

    what = {"models": models, "protocol": protocol, "data": data, "split": split, "digits": digits, "file": file}
    amount = {"clips": clips, "draws": draws, "batch": batch, "seed": seed}
    with_what = {"reader": reader, "device": device, "out": out}
    config = validate(CompareConfig, {**what, **amount, **with_what}, "compare")
    last = show(comparing(config), "compare", "json" if as_json else "auto")
    if last and not as_json:
        typer.echo("\n".join(f"{name}: {value}" for name, value in last.record.items()))
