"""Commands that tell what is in films: summarise (film), shots, storyboard, chapters, thumbnails, poster."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson, AsJsonLines
from frameloom.core.config import override, validate
from frameloom.core.times import clock, counted

if TYPE_CHECKING:
    from frameloom.apps.summarise.analysis import Analysis
    from frameloom.apps.summarise.interest import Interest
    from frameloom.media.transcript import Word


app = typer.Typer(
    cls=show.leading("film"),
    help="Summaries, highlights, chapters: `summarise FILE -o OUT --length 60s`; see `summarise film --help`.",
)

File = Annotated[Path, typer.Argument(help="A video.")]
Cache = Annotated[
    Path | None, typer.Option(help="Where to keep what was seen: a folder, `beside` the film, or `none`.")
]
Words = Annotated[
    Path | None,
    typer.Option("--words", "--subtitles", help="What is said: .srt, .vtt, .ass or .json; by default words are heard."),
]
Transcript = Annotated[bool, typer.Option("--transcript", help="Write down what is said; needs frameloom[speech].")]
SpeechModel = Annotated[Path | None, typer.Option(help="A folder with a model of faster-whisper to write it down by.")]


@app.command()
def film(
    file: Annotated[Path, typer.Argument(help="A video, or a folder of videos.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A video; .otio, .edl, .toml, .xml for the timeline alone; or a folder.")
    ] = Path("out/summary.mp4"),
    length: Annotated[str | None, typer.Option(help="How long it is: 60s, 1:30; by default 15 % of the film.")] = None,
    order: Annotated[str, typer.Option(help="film: as in the film; best: highlights, the best first.")] = "film",
    aspect: Annotated[
        str | None, typer.Option(help="Its shape, such as 9:16: cut out of the film around the subject.")
    ] = None,
    width: Annotated[int | None, typer.Option(help="Its width in px.")] = None,
    words: Words = None,
    transcript: Transcript = False,
    speech_model: SpeechModel = None,
    cache: Cache = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="A.B=C", help="How to write: video.quality=70, suffix=.webm ..."),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", "--dry-run", help="Show what would be shown, and why.")] = False,
    as_json: AsJsonLines = False,
) -> None:
    """Condense a film to a length: its best parts, no word cut, with the reason of each; a folder of films at once."""
    from frameloom.apps.summarise.summarise import SummariseConfig, summarise

    given: dict[str, object] = {
        "input": file,
        "out": out,
        "length": length,
        "order": order,
        "words": words,
        "transcript": transcript,
        "speech_model": speech_model,
        "cache": cache,
        "aspect": aspect,
        "width": width,
    }
    if file.is_dir() and out == Path("out/summary.mp4"):
        given["out"] = Path("out/summaries")
    config = validate(SummariseConfig, override(given, settings or ()), "summarise")
    with show.stoppable():
        made = summarise(config, "json" if as_json else "auto", plan=plan)
    records = [one.record() for one in made]
    show.result(records[0] if len(records) == 1 else {"films": records}, "\n".join(one.text() for one in made), as_json)


@app.command()
def shots(
    file: File,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A .csv file, or a timeline: .otio, .edl, .xml, .toml, .json.")
    ] = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """List the shots of a film, with what each is worth and why."""
    from frameloom.apps.summarise.listing import shot_rows, shots_text, write_shots

    analysis, interest = _seen(file, cache, as_json)
    notes = [*analysis.notes, *(write_shots(analysis, interest, out) if out else [])]
    record = {"path": out, "shots": shot_rows(analysis, interest), "notes": notes}
    last = f"{out}: {counted(len(analysis.shots), 'shot')}" if out else shots_text(analysis, interest)
    show.result(record, "\n".join([*notes, last]), as_json)


@app.command()
def scores(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="A .csv file.")] = Path("out/scores.csv"),
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Write what each second of a film is worth, and the parts that it is the sum of."""
    from frameloom.apps.summarise.listing import second_rows, write_scores

    analysis, interest = _seen(file, cache, as_json)
    write_scores(analysis, interest, out)
    record = {"path": out, "seconds": second_rows(interest), "notes": analysis.notes}
    show.result(record, _told(analysis, f"{out}: {counted(len(interest.score), 'second')}"), as_json)


@app.command()
def storyboard(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="A page (.html) or a contact sheet (.png).")] = Path(
        "out/storyboard.html"
    ),
    words: Words = None,
    transcript: Transcript = False,
    speech_model: SpeechModel = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Show the shots of a film on one page, or on a contact sheet."""
    from frameloom.apps.summarise.chapters import ChaptersConfig, chapters_of
    from frameloom.apps.summarise.storyboard import write_storyboard

    said = _said(file, words, transcript, speech_model, cache, as_json)
    analysis, interest = _seen(file, cache, as_json)
    chapters = chapters_of(analysis, ChaptersConfig(), said)
    write_storyboard(analysis, interest, chapters, out)
    record = {"path": out, "shots": len(analysis.shots), "notes": analysis.notes}
    show.result(record, _told(analysis, f"{out}: {counted(len(analysis.shots), 'shot')}"), as_json)


@app.command()
def chapters(
    file: File,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=".txt (YouTube), .vtt, .ffmeta, or a timeline such as .otio.")
    ] = None,
    least: Annotated[str | None, typer.Option(help="Seconds that a chapter lasts at least.")] = None,
    words: Words = None,
    transcript: Transcript = False,
    speech_model: SpeechModel = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Find the chapters of a film."""
    from frameloom.apps.summarise.chapters import ChaptersConfig, chapters_of, write_chapters, youtube_text

    config = validate(ChaptersConfig, {"least": least}, "summarise chapters")
    said = _said(file, words, transcript, speech_model, cache, as_json)
    analysis, _ = _seen(file, cache, as_json)
    found = chapters_of(analysis, config, said)
    notes = [*analysis.notes, *(write_chapters(analysis, found, out) if out else [])]
    rows = [{"start": float(one.start), "stop": float(one.stop), "title": one.title} for one in found]
    last = f"{out}: {counted(len(found), 'chapter')}" if out else youtube_text(found).rstrip()
    show.result({"path": out, "chapters": rows, "notes": notes}, "\n".join([*notes, last]), as_json)


@app.command()
def thumbnails(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="A .vtt file; the sheet lies beside it.")] = Path(
        "out/thumbnails.vtt"
    ),
    every: Annotated[str | None, typer.Option(help="Seconds from one to the next.")] = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Write the small pictures that a player shows over its time line: a sheet, and a .vtt that says when."""
    from frameloom.apps.summarise.stills import SpritesConfig, write_sprites

    config = validate(SpritesConfig, {"out": out, "every": every}, "summarise thumbnails")
    analysis, _ = _seen(file, cache, as_json)
    made = write_sprites(analysis, config)
    record = {"path": made.vtt, "sheet": made.sheet, "count": made.count, "every": float(made.every)}
    text = _told(analysis, f"{made.vtt}, {made.sheet}: {counted(made.count, 'picture')}")
    show.result({**record, "notes": analysis.notes}, text, as_json)


@app.command()
def poster(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="A .png or .jpg file.")] = Path("out/poster.png"),
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Write the picture that stands best for a film."""
    from frameloom.apps.summarise.stills import write_poster

    analysis, interest = _seen(file, cache, as_json)
    key = write_poster(analysis, interest, out)
    record = {"path": out, "time": float(key.time), "grade": round(key.grade, 3), "notes": analysis.notes}
    show.result(record, _told(analysis, f"{out}: the picture at {clock(key.time)}"), as_json)


def _told(analysis: "Analysis", last: str) -> str:
    """Return what is to be told of a film, and at last what was made."""
    return "\n".join([*analysis.notes, last])


def _said(
    file: Path, words: Path | None, transcript: bool, speech_model: Path | None, cache: Path | None, as_json: bool
) -> "tuple[Word, ...] | None":
    """Return what is said in a film, where that is asked for."""
    from frameloom.apps.summarise.store import cache_for
    from frameloom.apps.summarise.words import SaidConfig, said_in

    config = SaidConfig(words=words, transcript=transcript, speech_model=speech_model)
    with show.stoppable():
        return said_in(file, config, cache_for(file, cache), "lines" if as_json else "auto")


def _seen(file: Path, cache: Path | None, as_json: bool) -> "tuple[Analysis, Interest]":
    """Return what is known of a film and what its seconds are worth."""
    from frameloom.apps.summarise.interest import interest_of
    from frameloom.apps.summarise.summarise import seen

    with show.stoppable():
        analysis = seen(file, cache, "lines" if as_json else "auto")
    return analysis, interest_of(analysis)
