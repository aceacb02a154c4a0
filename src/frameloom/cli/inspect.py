"""Commands that look into files: probe."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson

app = typer.Typer()


@app.command()
def probe(
    file: Annotated[Path, typer.Argument(help="Video, sound, picture, or folder of pictures.")],
    as_json: AsJson = False,
) -> None:
    """Tell what a media file holds: streams, size, rates, colours, chapters."""
    from frameloom.media.files.info import record_of, text_of
    from frameloom.media.files.probe import probe as look_into

    info = look_into(file)
    show.result(record_of(info), text_of(info), as_json)
