"""The command that makes a portrait speak: puppet."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJsonLines
from frameloom.core.config import override, read_toml, validate

app = typer.Typer()


@app.command()
def puppet(
    portrait: Annotated[Path, typer.Argument(help="A picture of a face, or a .toml file with settings.")],
    audio: Annotated[Path | None, typer.Option(help="What it says: a file with sound.")] = None,
    visemes: Annotated[
        Path | None, typer.Option(help="What the mouth does, as `frameloom say --visemes` writes it.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A .mp4, .mov, .mkv or .webm file.")] = None,
    i_have_consent: Annotated[
        bool, typer.Option("--i-have-consent", help="The person shown agrees, or nobody real is shown.")
    ] = False,
    face: Annotated[int | None, typer.Option(help="Which face of several, counted from the left.")] = None,
    landmarks: Annotated[
        Path | None, typer.Option(help="Where eyes and mouth are, if no face is found (TOML).")
    ] = None,
    show_landmarks: Annotated[
        Path | None, typer.Option(help="Write the portrait with numbered faces and landmarks (.png), and no video.")
    ] = None,
    view: Annotated[str | None, typer.Option(help="auto cuts to head and shoulders; whole shows all.")] = None,
    mood: Annotated[str | None, typer.Option(help="What the face shows besides: neutral, happy, sad, ...")] = None,
    fps: Annotated[str | None, typer.Option(help="Pictures per second.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the mark on the picture: en, de, fr, ...")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="A.B=C", help="Other settings: side=1080, video.quality=70.")
    ] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Make a portrait speak, with the consent of the person shown; the video is marked."""
    from frameloom.apps.talk.puppet.animate import animate
    from frameloom.apps.talk.puppet.config import PuppetConfig, of_file
    from frameloom.apps.talk.puppet.portrait import show_landmarks as draw_landmarks

    asked: dict[str, object] = {"audio": audio, "visemes": visemes, "out": out, "face": face, "landmarks": landmarks}
    asked |= {"view": view, "mood": mood, "fps": fps, "language": language, "consent": i_have_consent or None}
    given = of_file(read_toml(portrait), portrait) if portrait.suffix == ".toml" else {"portrait": portrait}
    given |= {name: value for name, value in asked.items() if value is not None}
    if show_landmarks is not None:
        given = {"audio": portrait} | given
    config = validate(PuppetConfig, override(given, settings or ()), "puppet")
    if show_landmarks is not None:
        notes = draw_landmarks(config, show_landmarks)
        text = "\n".join([*notes, f"{show_landmarks}: to look at"])
        return show.result({"path": show_landmarks, "notes": notes}, text, as_json)
    with show.stoppable():
        made = animate(config, view="json" if as_json else "auto")
    text = "\n".join([*made.notes, f"{made.path}: {made.frames} pictures, {made.width}x{made.height} px"])
    return show.result(asdict(made), text, as_json)
