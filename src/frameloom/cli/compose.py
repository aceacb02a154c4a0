"""Commands that make films of storyboards: compose (film), check, preview, new, schema, batch."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson, AsJsonLines
from frameloom.core.config import override, validate

app = typer.Typer(
    cls=show.leading("film"),
    help="Films of storyboards: `compose story.toml -o out/`; see `compose film --help`, begin with `compose new`.",
)

Story = Annotated[Path, typer.Argument(help="A storyboard: .toml, .yaml, .json or .md.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="A folder, or the film's file name.")]
Aspect = Annotated[str | None, typer.Option(help="16:9, 9:16, 1:1 or 4:5.")]
Side = Annotated[int | None, typer.Option(help="Shorter side of the picture in px, such as 1080.")]
Voice = Annotated[str | None, typer.Option(help="hibari, espeak, espeak:f3, piper, or none.")]
Lang = Annotated[str | None, typer.Option(help="Language of the narration, such as en or zh.")]
Seed = Annotated[int | None, typer.Option(help="Fixes all that is random.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="A.B=C", help="How to write: video.quality=70, audio.codec=opus ..."),
]


def _given(**options: object) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}


@app.command()
def film(
    story: Story,
    out: Out = Path("out"),
    aspect: Aspect = None,
    side: Side = None,
    voice: Voice = None,
    lang: Lang = None,
    seed: Seed = None,
    settings: Settings = None,
    as_json: AsJsonLines = False,
) -> None:
    """Make a film of a storyboard: narrated, captioned, cut on the words, with all that is published with it."""
    from frameloom.apps.compose.compose import compose
    from frameloom.apps.compose.ready import ComposeConfig

    given = _given(story=story, out=out, aspect=aspect, side=side, voice=voice, language=lang, seed=seed)
    config = validate(ComposeConfig, override(given, settings or ()), "compose")
    with show.stoppable():
        made = compose(config, "json" if as_json else "auto")
    show.result(made.record(), made.text(), as_json)


@app.command()
def check(story: Story, aspect: Aspect = None, lang: Lang = None, as_json: AsJson = False) -> None:
    """Tell all that is wrong with a storyboard, each with its line and what would do."""
    from frameloom.apps.compose.check import check_file

    found = check_file(story, _given(aspect=aspect, language=lang))
    show.result(found.record(), found.text(), as_json)
    if found.problems:
        raise typer.Exit(2)


@app.command()
def preview(
    story: Story,
    out: Annotated[Path, typer.Option("--out", "-o", help="A folder.")] = Path("out/preview"),
    aspect: Aspect = None,
    side: Side = None,
    voice: Voice = None,
    lang: Lang = None,
    sheet_only: Annotated[bool, typer.Option("--sheet", help="Draw the contact sheet alone.")] = False,
    as_json: AsJsonLines = False,
) -> None:
    """Show a storyboard before it is made: a contact sheet with a picture of each beat, and a small, fast film."""
    from frameloom.apps.compose.preview import preview
    from frameloom.apps.compose.ready import ComposeConfig

    given = _given(story=story, out=out, aspect=aspect, side=side, voice=voice, language=lang)
    with show.stoppable():
        made = preview(validate(ComposeConfig, given, "compose preview"), "json" if as_json else "auto", sheet_only)
    show.result(made.record(), made.text(), as_json)


@app.command()
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="news, advert or lesson.")],
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Write a storyboard that works, to be changed."""
    from frameloom.apps.compose.examples import write_new

    story = write_new(kind, folder, lang)
    show.result({"path": story}, f"{story}: make it with `frameloom compose {story} -o {folder}/out`", as_json)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A .json file; by default it is printed.")] = None,
) -> None:
    """Write the JSON Schema of storyboards, with which editors complete and check them."""
    from frameloom.apps.compose.schema import schema_text, write_schema

    if out is None:
        typer.echo(schema_text())
    else:
        typer.echo(f"{write_schema(out)}: JSON Schema of storyboards")


@app.command()
def batch(
    story: Story,
    rows: Annotated[Path, typer.Option(help="A .csv or .jsonl file: a film for each row, whose cells fill {name}.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="A folder.")] = Path("out/batch"),
    aspect: Aspect = None,
    side: Side = None,
    voice: Voice = None,
    lang: Lang = None,
    seed: Seed = None,
    settings: Settings = None,
    as_json: AsJsonLines = False,
) -> None:
    """Make many films of one storyboard; a bad row is told and does not stop the others."""
    from frameloom.apps.compose.batch import batch
    from frameloom.apps.compose.ready import ComposeConfig

    given = _given(story=story, out=out, aspect=aspect, side=side, voice=voice, language=lang, seed=seed)
    config = validate(ComposeConfig, override(given, settings or ()), "compose batch")
    with show.stoppable():
        made = batch(config, rows, "json" if as_json else "auto")
    show.result(made.record(), made.text(), as_json)
    if made.bad:
        raise typer.Exit(2)
