"""Commands that find what is said and shown: transcript, search."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson
from frameloom.cli.summarise import Cache, SpeechModel

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
