"""The command that makes music: music."""

from pathlib import Path
from typing import Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson
from frameloom.core.config import override, validate

app = typer.Typer()


@app.command()
def music(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .wav, .flac, .m4a, .mp3, .opus, .ogg or .mka file.")
    ] = Path("out/bed.wav"),
    mood: Annotated[
        str | None, typer.Option(help="calm, bright, tense, warm, curious, proud, urgent; none is silence.")
    ] = None,
    length: Annotated[str, typer.Option(help="Exactly how long: 60s, 1:02.5.")] = "60",
    seed: Annotated[int | None, typer.Option(help="Another seed is another piece.")] = None,
    key: Annotated[str | None, typer.Option(help="Its tonic, such as D or Bb; else the seed chooses.")] = None,
    tempo: Annotated[str | None, typer.Option(help="Beats a minute: 100, or a range, 96-104.")] = None,
    intensity: Annotated[float | None, typer.Option(help="0 little and soft, to 1 all instruments.")] = None,
    melody: Annotated[bool, typer.Option("--melody", help="Let an instrument lead; not under narration.")] = False,
    mark: Annotated[
        str | None,
        typer.Option(help="A sound mark instead: whoosh, tick, pop, chime, correct, wrong, thud, riser, sting."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="A=B", help="lufs=-24 for another loudness.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a bed of music of any length, or a sound mark; --json tells its beats and bars."""
    from frameloom.apps.music import MusicJob, make_music

    chosen = {"seed": seed, "key": key}
    of_bed = {
        "mood": mood,
        "tempo": tempo and [tempo.split("-")[0], tempo.split("-")[-1]],
        "intensity": intensity,
        **chosen,
    }
    given: dict[str, object] = {"out": out, "length": length, "music": _given({**of_bed, "melody": melody})}
    if mark is not None:
        given["mark"] = _given({"name": mark, **chosen})
    with show.stoppable():
        made = make_music(validate(MusicJob, override(given, settings or ()), "music"))
    show.result(made.record(), made.text(), as_json)


def _given(asked: dict[str, object]) -> dict[str, object]:
    """Return what is asked for, without what is not."""
    return {name: value for name, value in asked.items() if value is not None}
