"""Commands for talking characters: talk (film), check, new."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJsonLines
from frameloom.core.config import override, validate

app = typer.Typer(
    cls=show.leading("film"),
    help="Characters that speak: `talk SCRIPT.toml -o OUT`, `talk --text WORDS`; see `talk film --help`.",
)


@app.command()
def film(
    script: Annotated[
        Path | None, typer.Argument(help="A script, .toml; see `talk new` and docs/dialogues.md.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The film.")] = Path("out/talk.mp4"),
    text: Annotated[str | None, typer.Option(help="What is said, instead of a script.")] = None,
    audio: Annotated[Path | None, typer.Option(help="A recording of what is said, instead of a script.")] = None,
    character: Annotated[str, typer.Option(help="Who says it: a name or a character file.")] = "ada",
    voice: Annotated[str, typer.Option(help="In which voice; see `frameloom voices`.")] = "auto",
    language: Annotated[str, typer.Option("--language", "--lang", help="In which language.")] = "en",
    srt: Annotated[Path | None, typer.Option(help="A file for the subtitles too.")] = None,
    visemes: Annotated[
        Path | None, typer.Option(help="A file for what the mouths do too: .json, .tsv, .anim, ...")
    ] = None,
    transparent: Annotated[bool, typer.Option("--transparent", help="Leave the background out: .webm, .mov.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="A.B=C", help="Change the script: setting.width=1920 ...")
    ] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Make a film in which drawn characters say what a script, a text or a recording says."""
    from frameloom.apps.talk.film import TalkConfig, talk
    from frameloom.apps.talk.hearing import listening
    from frameloom.apps.talk.script import Script, ask

    given = ask(script, text=text, audio=audio, character=character, voice=voice, language=language)
    asked = validate(Script, override(given, settings or ()), str(script or "talk"))
    config = TalkConfig(out=out, srt=srt, visemes=visemes, transparent=transparent)
    with show.stoppable():
        made = talk(asked, config, listening(), "json" if as_json else "auto")
    show.written(made, as_json)


@app.command()
def check(script: Annotated[Path, typer.Argument(help="A script, .toml.")]) -> None:
    """Say what is wrong with a script, or how it would be seen."""
    from frameloom.apps.talk.film import cast_of
    from frameloom.apps.talk.script import read_script

    asked = read_script(script)
    cast_of(asked)
    words = sum(len(turn.say.split()) for turn in asked.turns)
    typer.echo(f"{script}: {len(asked.turns)} turns of {len(asked.cast)} characters, {words} words; nothing is wrong")


@app.command()
def new(out: Annotated[Path, typer.Argument(help="Where to write it, .toml.")]) -> None:
    """Write a script that works, to be changed."""
    from frameloom.apps.talk.script import new_script

    typer.echo(f"{new_script(out)}: edit it, then `frameloom talk {out} -o film.mp4`")
