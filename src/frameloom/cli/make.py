"""Commands that make video with trained models: models, generate, predict, demo."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson, Device, ModelName
from frameloom.core.config import validate

app = typer.Typer()

Out = Annotated[Path, typer.Option("--out", "-o", help="A .mp4, .webm, .gif or .webp file, or a folder for PNG.")]
ENLARGED = "Side of the square that each pixel becomes."


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the models that come with the package."""
    from frameloom.models.store import shipped

    found = dict(shipped())
    width = max(map(len, found), default=0)
    text = "\n".join(f"{name:{width}}  {summary}" for name, summary in found.items())
    show.result(found, text or "no models are shipped with this package", as_json)


@app.command()
def generate(
    model: ModelName,
    out: Out = Path("out/clips.mp4"),
    count: Annotated[int, typer.Option("--count", "-n", help="Clips in the grid.")] = 16,
    classes: Annotated[str | None, typer.Option(help="Digits that every clip shall show, such as 3,7.")] = None,
    first: Annotated[Path | None, typer.Option(help="Picture, or clip whose last frame, to go on from.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes the clips.")] = 0,
    rate: Annotated[int, typer.Option(help="Frames per second.")] = 10,
    scale: Annotated[int | None, typer.Option(help=ENLARGED)] = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Make new clips and write them as one playing grid."""
    from frameloom.generation import sample

    chosen = classes.split(",") if classes else None
    what = {"model": model, "count": count, "classes": chosen, "first": first, "seed": seed}
    how = {"out": out, "rate": rate, "scale": scale, "device": device}
    config = validate(sample.GenerateConfig, {**what, **how}, "generate")
    show.written(sample.generate(config), as_json)


@app.command()
def predict(
    model: ModelName,
    clip: Annotated[Path, typer.Argument(help="Video, animation, or folder of pictures.")],
    out: Out = Path("out/future.mp4"),
    frames: Annotated[int, typer.Option(help="Frames to predict.")] = 20,
    past: Annotated[int, typer.Option(help="How many of the clip's last frames the model sees.")] = 10,
    with_past: Annotated[bool, typer.Option("--with-past", help="Begin with the frames that the model saw.")] = False,
    seed: Annotated[int, typer.Option(help="Chooses one of the futures that a model with chance in it sees.")] = 0,
    scale: Annotated[int, typer.Option(help=ENLARGED)] = 4,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Continue a clip of your own: any length, any size, no ground truth needed."""
    from frameloom.generation import predict as future

    given = {"model": model, "clip": clip, "out": out, "frames": frames, "past": past, "with_past": with_past}
    config = validate(future.PredictConfig, {**given, "seed": seed, "scale": scale, "device": device}, "predict")
    show.written(future.predict(config), as_json)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the page.")] = Path("out/demo"),
    minutes: Annotated[float, typer.Option(help="How long one model is trained live.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Fixes clips and training.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write a page that shows the shipped models at work: samples, futures, scores, live training."""
    from frameloom.apps.demo import DemoConfig
    from frameloom.apps.demo import demo as show_models

    page = show_models(validate(DemoConfig, {"out": out, "minutes": minutes, "seed": seed}, "demo"))
    show.result({"path": page}, f"{page}: open it in a browser", as_json)
