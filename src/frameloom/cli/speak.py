"""Commands about speech: voices, say, visemes."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson
from frameloom.core.config import validate
from frameloom.core.errors import MediaError

app = typer.Typer()

_MOST_BYTES = 2**24
"""Of a text that is said: some two weeks of it."""


@app.command()
def voices(
    languages: Annotated[bool, typer.Option("--languages", help="List the languages of espeak.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the voices that are at hand, and how to get more."""
    from frameloom.media.speech.espeak import EspeakVoice
    from frameloom.media.speech.voices import known_voices, voices_text

    if languages:
        spoken = EspeakVoice().languages()
        lines = (f"{code:<20} {name}" for code, name in spoken.items())
        show.result({"languages": spoken}, "\n".join(lines), as_json)
        return
    known = known_voices()
    show.result({"voices": [one.record() for one in known]}, voices_text(known), as_json)


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="What to say, or - for what comes in on standard input.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A file for sound: .wav, .flac, .mp3, .m4a, .opus, .ogg.")
    ] = Path("out/voice.wav"),
    voice: Annotated[str | None, typer.Option(help="A voice's name; see `frameloom voices`.")] = None,
    language: Annotated[str, typer.Option("--lang", help="A code such as en, de, zh, ja.")] = "en",
    pace: Annotated[float, typer.Option(help="How fast, from 0.5 to 2.")] = 1.0,
    pitch: Annotated[float, typer.Option(help="How high, from 0.5 to 2.")] = 1.0,
    visemes: Annotated[
        Path | None, typer.Option(help="A file for what the mouth does: .json, or .tsv, .anim, .vrma, ... for others.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say a text into a file."""
    from frameloom.apps.speak.say import SayConfig
    from frameloom.apps.speak.say import say as say_it

    read = (Path("/dev/stdin"),) if text == "-" else ()
    text = _from_standard_input() if text == "-" else text
    given = {"read": read, "text": text, "out": out, "voice": voice, "language": language, "pace": pace, "pitch": pitch}
    with show.stoppable():
        said = say_it(validate(SayConfig, {**given, "visemes": visemes}, "say"))
    line = f"{said.path}: {float(said.duration):.2f} s, {len(said.words)} words by {said.voice}"
    show.result(said.record(), "\n".join([line, *([str(visemes)] if visemes else [])]), as_json)


def _from_standard_input() -> str:
    """Return what comes in; bytes that are no text are none.

    Raises:
        MediaError: it is more than anybody says.
    """
    content = typer.get_binary_stream("stdin").read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise MediaError(f"standard input: more than {_MOST_BYTES >> 20} MiB of text; say it in parts")
    return content.decode("utf-8-sig", "replace").replace("\ufffd", " ")


@app.command()
def visemes(
    file: Annotated[Path, typer.Argument(help="A file with speech: sound, or a video.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .json file, .html to look at, or .tsv, .anim, .vrma, ... for others.")
    ] = Path("out/visemes.json"),
    character: Annotated[str, typer.Option(help="Whose face a page shows: a name or a character file.")] = "ada",
    model: Annotated[str, typer.Option(help="A shipped model's name, or a model folder.")] = "viseme",
    as_json: AsJson = False,
) -> None:
    """Tell what the mouth does while somebody speaks, from the sound alone, in any language."""
    from frameloom.apps.speak.hear import VisemesConfig, hear_visemes

    given = {"input": file, "out": out, "character": character, "model": model}
    with show.stoppable():
        track = hear_visemes(validate(VisemesConfig, given, "visemes"))
    record = {"path": out, "duration": float(track.duration), "rows": len(track.intensity)}
    show.result(record, f"{out}: {float(track.duration):.2f} s of visemes", as_json)
