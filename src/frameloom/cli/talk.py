"""Commands for talking characters: talk (film), live, check, new."""

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJsonLines
from frameloom.core.config import override, validate
from frameloom.core.progress import View

app = typer.Typer(
    cls=show.leading("film"),
    help="Characters that speak: `talk SCRIPT.toml -o OUT`, `talk --text WORDS`; see `talk film --help`.",
)

ANSWER = "A program that gets each line and writes the answer; by default the line itself is said."
ANSWER_URL = "A chat endpoint that answers, http://.../v1/chat/completions; its key comes from FRAMELOOM_ANSWER_KEY."
PROMPT = "Who the character is and how it answers, or a file that says so; for an endpoint or a conversation."
CONVERSATION = "Give the --answer program the conversation so far, as JSON lines, in place of the line alone."
HOST = "Address to listen at; others than this machine can then talk too, without a password."


@app.command()
def film(
    script: Annotated[
        Path | None, typer.Argument(help="A script, .toml; see `talk new` and docs/dialogues.md.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The film; out/talk.mp4, unless only --srt or --visemes are asked for."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="What is said, instead of a script.")] = None,
    audio: Annotated[
        Path | None, typer.Option(help="A recording, instead of a script; with --text, of its words.")
    ] = None,
    character: Annotated[
        str | None, typer.Option(help="Who says it: a name or a character file; ada if nobody is named.")
    ] = None,
    voice: Annotated[
        str | None, typer.Option(help="In another voice than the character's own; see `frameloom voices`.")
    ] = None,
    pitch: Annotated[float | None, typer.Option(help="How high, .5 to 2, as a multiple of the voice's own.")] = None,
    pace: Annotated[float | None, typer.Option(help="How fast, .5 to 2, as a multiple of the voice's own.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", "--lang", help="In another language than the character's own.")
    ] = None,
    srt: Annotated[Path | None, typer.Option(help="A file for the subtitles.")] = None,
    visemes: Annotated[Path | None, typer.Option(help="A file for what the mouths do: .json, .tsv, .anim, ...")] = None,
    transparent: Annotated[bool, typer.Option("--transparent", help="Leave the background out: .webm, .mov.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="A.B=C", help="Change the script: setting.width=1920 ...")
    ] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Make a film in which drawn characters say what a script, a text or a recording says."""
    from frameloom.apps.talk.checking import whole_script
    from frameloom.apps.talk.film import TalkConfig, talk, tell
    from frameloom.apps.talk.hearing import listening
    from frameloom.apps.talk.script import ask
    from frameloom.apps.talk.tracks import TracksConfig

    view: View = "json" if as_json else "auto"
    member = {"character": character, "voice": voice, "pitch": pitch, "pace": pace, "language": language}
    given = ask(script, text=text, audio=audio, member=member)
    asked = whole_script(override(given, settings or ()), script)
    files = {"srt": srt, "visemes": visemes, "read": () if script is None else (script,)}
    with show.stoppable():
        if out is None and (srt or visemes):
            paths = tell(asked, validate(TracksConfig, files, "talk"), listening(), view)
            show.result({"paths": paths}, "\n".join(map(str, paths)), as_json)
            return
        made = {"out": out or Path("out/talk.mp4"), "transparent": transparent, **files}
        config = validate(TalkConfig, made, "talk")
        show.written(talk(asked, config, listening(), view), as_json)


@app.command()
def live(
    character: Annotated[str, typer.Option(help="Who answers: a name or a character file.")] = "ada",
    voice: Annotated[
        str, typer.Option(help="In another voice than the character's own; see `frameloom voices`.")
    ] = "auto",
    language: Annotated[str, typer.Option("--language", "--lang", help="In which language.")] = "en",
    mood: Annotated[str | None, typer.Option(help="In which mood; by default the character's own.")] = None,
    answer: Annotated[str | None, typer.Option(metavar="COMMAND", help=ANSWER)] = None,
    answer_url: Annotated[str | None, typer.Option(metavar="URL", help=ANSWER_URL)] = None,
    answer_model: Annotated[str, typer.Option(help="Which model that endpoint is asked for.")] = "default",
    prompt: Annotated[str | None, typer.Option(metavar="FILE|TEXT", help=PROMPT)] = None,
    conversation: Annotated[bool, typer.Option("--conversation", help=CONVERSATION)] = False,
    page: Annotated[Path | None, typer.Option(help="A folder with a page of your own, found at /own/.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes blinks, glances and gestures.")] = 0,
    port: Annotated[int, typer.Option(help="Port of the page; 0 for any that is free.")] = 8000,
    host: Annotated[str, typer.Option(help=HOST)] = "127.0.0.1",
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    as_json: AsJsonLines = False,
) -> None:
    """Talk with a character on a local page: type a line, and it speaks the answer."""
    from frameloom.service.talk.serve import LiveConfig, serve_talk

    who = {"character": character, "voice": voice, "language": language, "mood": mood, "seed": seed}
    what = {"answer": answer, "answer_url": answer_url, "answer_model": answer_model, "prompt": prompt}
    where = {"conversation": conversation, "page": page, "host": host, "port": port, "open": open_page}
    config = validate(LiveConfig, {**who, **what, **where}, "talk live")
    with show.stoppable():
        serve_talk(config, lambda where: _say_where(character, where, as_json), lambda said: _say_what(said, as_json))


@app.command()
def check(script: Annotated[Path, typer.Argument(help="A script, .toml.")]) -> None:
    """Say what is wrong with a script, or how it would be seen."""
    from frameloom.apps.talk.checking import whole_script
    from frameloom.apps.talk.script import ask

    asked = whole_script(ask(script), script)
    words = sum(len(turn.say.split()) for turn in asked.turns)
    typer.echo(f"{script}: {len(asked.turns)} turns of {len(asked.cast)} characters, {words} words; nothing is wrong")


@app.command()
def new(out: Annotated[Path, typer.Argument(help="Where to write it, .toml.")]) -> None:
    """Write a script that works, to be changed."""
    from frameloom.apps.talk.script import new_script

    typer.echo(f"{new_script(out)}: edit it, then `frameloom talk {shlex.quote(str(out))} -o film.mp4`")


def _say_where(character: str, where: str, as_json: bool) -> None:
    show.result({"character": character, "address": where}, f"{character}: {where} (Ctrl-C to stop)", as_json)


def _say_what(said: dict[str, Any], as_json: bool) -> None:
    """Print what was answered, for programs alone: people hear it."""
    if as_json:
        show.result(said, "", as_json)
