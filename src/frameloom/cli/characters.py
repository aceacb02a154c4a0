"""Commands for drawn characters: characters (list, --page), characters new, characters check."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson
from frameloom.core.config import validate

app = typer.Typer(help="Drawn characters that speak: see them, make one of your own.", invoke_without_command=True)

Page = Annotated[
    Path | None,
    typer.Option(help="Show moods, gestures and mouths: a .html page, a .png sheet, or a video."),
]


@app.callback()
def characters(context: typer.Context, page: Page = None, as_json: AsJson = False) -> None:
    """List the characters that come with frameloom, or show them."""
    from frameloom.apps.talk.store import character_names, load_character
    from frameloom.apps.talk.voice import voice_of

    if context.invoked_subcommand is not None:
        return
    looks = {name: load_character(name).looks for name in character_names()}
    heard = {name: voice_of(one) for name, one in looks.items()}
    record: dict[str, object] = {
        name: {**one.model_dump(mode="json"), "speaks_with": heard[name].record()} for name, one in looks.items()
    }
    if page is not None:
        _shown(page, ())
        record = {"path": page}
    lines = [f"{name:8} {one.about:48} voice: {heard[name].text()}" for name, one in looks.items()]
    show.result(record, "\n".join(lines) if page is None else str(page), as_json)


@app.command()
def new(
    out: Annotated[Path, typer.Argument(help="The .toml file to write.")],
    source: Annotated[str, typer.Option("--from", help="The character to start from, by name or file.")] = "ada",
    as_json: AsJson = False,
) -> None:
    """Write a character file to change: every setting stands in docs/characters.md."""
    from frameloom.apps.talk.store import new_character

    path = new_character(out, source)
    show.result({"path": path}, str(path), as_json)


@app.command()
def check(
    name: Annotated[str, typer.Argument(metavar="CHARACTER", help="A character file, or a name.")],
    page: Page = None,
    as_json: AsJson = False,
) -> None:
    """Check a character file, and show it."""
    from frameloom.apps.talk.store import load_character
    from frameloom.apps.talk.voice import voice_of

    looks = load_character(name).looks
    own = voice_of(looks)
    if page is not None:
        _shown(page, (name,))
    text = f"{looks.name}: a {looks.kind}, in order; voice: {own.text()}" + (f"; see {page}" if page else "")
    record = {"name": looks.name, "kind": looks.kind, "page": page, "speaks_with": own.record()}
    show.result(record, text, as_json)


def _shown(page: Path, names: tuple[str, ...]) -> None:
    from frameloom.apps.talk.gallery import CharactersConfig, show_characters

    show_characters(validate(CharactersConfig, {"out": page, "names": names}, "characters"))
