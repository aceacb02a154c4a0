"""Commands that make films better: enhance (film), enhance compare, enhance tune."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson, AsJsonLines
from frameloom.core.config import override, validate
from frameloom.core.times import counted

app = typer.Typer(
    cls=show.leading("film"), help="Make films better: `enhance FILE -o OUT --scale 2`; see `enhance film --help`."
)

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="A.B=C", help="How to write: video.quality=70, video.speed=fast, video.codec=hevc."),
]


File = Annotated[Path, typer.Argument(help="A video, an animation or a folder of pictures.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="A .mp4, .mov, .mkv or .webm file.")]
Scale = Annotated[int | None, typer.Option(help="How many times as wide and high: 2, 3 or 4.")]
Size = Annotated[
    str | None, typer.Option(help="tiny, small or quality; perceptual, for sharpness; lanczos, without network.")
]
Own = Annotated[str | None, typer.Option(help="A network of yours: a model folder or an .onnx file.")]
Strength = Annotated[float | None, typer.Option(help="Share of the network, 0 to 1; the rest is Lanczos.")]
Denoise = Annotated[str | None, typer.Option(help="auto, no, or how strong the noise is (standard deviation, of 255).")]
Deblock = Annotated[
    str | None, typer.Option(help="auto, no, or how hard it was compressed, 0 to 1: traces that the network mends.")
]
Stabilise = Annotated[
    bool | None, typer.Option("--stabilise/--no-stabilise", help="Take out the shaking of the camera.")
]
Color = Annotated[str | None, typer.Option(help="auto takes out a cast and uses all light; no.")]
Fps = Annotated[str | None, typer.Option(help="Pictures per second, evenly: 60, 60000/1001.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu or gpu: where the network computes.")]
Precision = Annotated[str | None, typer.Option(help="float32, or int8: faster and a little coarser.")]
Profile = Annotated[str | None, typer.Option(help="phone, vhs, anime, webcam or screen: sets of the options above.")]

_OUT = Path("out/better.mp4")


@app.command()
def film(
    file: File,
    out: Out = _OUT,
    scale: Scale = None,
    quality: Size = None,
    model: Own = None,
    strength: Strength = None,
    denoise: Denoise = None,
    deblock: Deblock = None,
    stabilise: Stabilise = None,
    color: Color = None,
    fps: Fps = None,
    profile: Profile = None,
    device: Device = None,
    precision: Precision = None,
    reference: Annotated[
        Path | None, typer.Option(help="The film as it should be: tells how near the result comes to it.")
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="Measure the result against the source.")] = False,
    settings: Settings = None,
    as_json: AsJsonLines = False,
) -> None:
    """Make a film larger, cleaner, steadier; stopped work goes on with the same command."""
    from frameloom.apps.enhance.config import EnhanceConfig
    from frameloom.apps.enhance.enhance import enhance

    asked: dict[str, object] = {"input": file, "out": out, "scale": scale, "quality": quality, "model": model}
    asked |= {"strength": strength, "denoise": denoise, "deblock": deblock, "stabilise": stabilise}
    asked |= {"color": color, "fps": fps, "profile": profile, "device": device, "precision": precision}
    asked |= {"reference": reference, "report": report or reference is not None}
    config = validate(EnhanceConfig, override(_given(asked), settings or ()), "enhance")
    with show.stoppable():
        made = enhance(config, "json" if as_json else "auto")
    lines = [
        *made.written.notes,
        f"{out}: {counted(made.written.frames, 'picture')}, {made.written.width}x{made.written.height} px",
    ]
    lines += [made.report.text()] if made.report else []
    record = {**asdict(made.written), "report": made.report.record() if made.report else None}
    show.result(record, "\n".join(lines), as_json)


@app.command()
def tune(
    file: File,
    out: Out = _OUT,
    scale: Scale = None,
    model: Own = None,
    strength: Strength = None,
    denoise: Denoise = None,
    deblock: Deblock = None,
    stabilise: Stabilise = None,
    color: Color = None,
    fps: Fps = None,
    profile: Profile = None,
    device: Device = None,
    precision: Precision = None,
    within: Annotated[str | None, typer.Option(help="Time in which it should be done: 1:00:00, or seconds.")] = None,
    settings: Settings = None,
    as_json: AsJsonLines = False,
) -> None:
    """Measure this machine on a few pictures of a film, and tell how long the whole would take with each network."""
    from frameloom.apps.enhance.tune import TuneConfig
    from frameloom.apps.enhance.tune import tune as measure

    asked: dict[str, object] = {"input": file, "out": out, "scale": scale, "model": model, "strength": strength}
    asked |= {"denoise": denoise, "deblock": deblock, "stabilise": stabilise, "color": color}
    asked |= {"fps": fps, "profile": profile, "device": device, "precision": precision, "within": within}
    config = validate(TuneConfig, override(_given(asked), settings or ()), "enhance tune")
    with show.stoppable():
        tuned = measure(config, "json" if as_json else "auto")
    show.result(tuned.record(), tuned.text(), as_json)


def _given(asked: Mapping[str, object]) -> dict[str, object]:
    """Return what is asked for, without what is not."""
    return {name: value for name, value in asked.items() if value is not None}


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="The film as it was.")],
    after: Annotated[Path, typer.Argument(help="The film that was made of it.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A film that is split in the middle, or a page (.html).")
    ] = None,
    reference: Annotated[Path | None, typer.Option(help="The film as it should be, to measure both against.")] = None,
    settings: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Show a film beside what it was, and measure what has changed."""
    from frameloom.apps.enhance.compare import CompareConfig
    from frameloom.apps.enhance.compare import compare as put_together

    given = {"before": before, "after": after, "out": out, "reference": reference}
    config = validate(CompareConfig, override(given, settings or ()), "enhance compare")
    with show.stoppable():
        made = put_together(config)
    text = "\n".join([*made.notes, made.report.text(), *([f"{made.out}: to look at"] if made.out else [])])
    show.result({"path": made.out, **made.report.record(), "notes": made.notes}, text, as_json)
