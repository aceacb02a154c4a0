"""Commands that find what is said and shown: transcript, search."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show, summarise
from frameloom.cli.show import AsJson
from frameloom.cli.summarise import Cache, SpeechModel, Transcript
from frameloom.core.config import validate

app = typer.Typer()


@app.command()
def transcript(
    file: Annotated[Path, typer.Argument(help="A film, or a recording.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A .srt, .vtt, .json or .txt file.")] = None,
    speech_model: SpeechModel = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Write down what is said in a film, word by word; English, unless another model is given."""
    from frameloom.apps.summarise.transcribe import write_down

    with show.stoppable():
        made = write_down(file, out, speech_model, cache, "lines" if as_json else "auto")
    show.result(made.record(), made.text(), as_json)


@app.command()
@summarise.app.command(hidden=True)
def search(
    place: Annotated[Path, typer.Argument(help="A film, or a folder of films.")],
    words: Annotated[str, typer.Argument(help='Some words, such as "a red bicycle".')] = "",
    like: Annotated[Path | None, typer.Option(help="A picture that the moments look like.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A page (.html) with a picture of each.")] = None,
    most: Annotated[int, typer.Option(help="How many moments to show.")] = 10,
    by_meaning: Annotated[
        bool | None,
        typer.Option("--by-meaning/--by-words", help="By default by meaning if frameloom[search] is there."),
    ] = None,
    listen: Transcript = False,
    speech_model: SpeechModel = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Find moments of films by words, in subtitles, captions and transcripts, by a picture, or by both."""
    from frameloom.apps.summarise.searching import SearchConfig, search_films

    given = {"place": place, "text": words, "like": like, "out": out, "most": most, "by_meaning": by_meaning}
    heard = {"transcript": listen, "speech_model": speech_model, "cache": cache}
    config = validate(SearchConfig, given | heard, "search")
    with show.stoppable():
        found = search_films(config, "lines" if as_json else "auto")
    show.result(found.record(), found.text(), as_json)
