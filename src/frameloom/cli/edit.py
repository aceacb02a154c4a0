"""Commands that edit: edit render, cut, join, tighten, preview, check, new."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frameloom.cli import show
from frameloom.cli.show import AsJson
from frameloom.core.config import override, validate
from frameloom.core.files import spare

if TYPE_CHECKING:
    from frameloom.apps.edit.timeline import Timeline

app = typer.Typer(help="Edit video: timelines, cuts, joins, transitions, effects.")

gallery = typer.Typer()

TimelineFile = Annotated[Path, typer.Argument(metavar="TIMELINE", help="A .toml, .json, .otio, .xml or .edl file.")]
Out = Annotated[
    Path, typer.Option("--out", "-o", help="A video or sound file; or .otio, .toml, .edl, .xml for the timeline alone.")
]
Encoding = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="A.B=C", help="How to write: video.quality=70, video.speed=fast, video.codec=hevc, draft=2 ..."
    ),
]
Plan = Annotated[bool, typer.Option("--plan", "--dry-run", help="Show what would be made, and why; write nothing.")]
CopyUntouched = Annotated[
    bool, typer.Option("--copy-untouched", help="Copy what is not changed instead of encoding it again.")
]


@app.command()
def render(
    timeline: TimelineFile,
    out: Out = Path("out/video.mp4"),
    start: Annotated[str | None, typer.Option("--from", help="Where on the timeline to begin.")] = None,
    stop: Annotated[str | None, typer.Option("--to", help="Where on the timeline to end.")] = None,
    copy_untouched: CopyUntouched = False,
    settings: Encoding = None,
    plan: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Render a timeline to a finished file; stopped work goes on with the same command."""
    spare(out, [timeline])
    span = {name: time for name, time in (("start", start), ("stop", stop)) if time is not None}
    _deliver(_read(timeline), out, {**span, "copy_untouched": copy_untouched}, settings, plan, as_json)


@app.command()
def cut(
    file: Annotated[Path, typer.Argument(help="A video or sound file.")],
    out: Out = Path("out/cut.mp4"),
    start: Annotated[str, typer.Option("--from", help="Where to begin.")] = "0",
    stop: Annotated[str | None, typer.Option("--to", help="Where to end.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="What to leave out, such as 0:10-0:20; repeatable.")] = None,
    copy_untouched: CopyUntouched = False,
    settings: Encoding = None,
    plan: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Keep a part of a file, or leave parts of it out."""
    from frameloom.apps.edit.tighten import CutConfig, cut

    given = {"input": file, "start": start, "stop": stop, "remove": tuple(remove or ())}
    config = validate(CutConfig, given, "edit cut")
    _deliver(cut(config), out, {"copy_untouched": copy_untouched}, settings, plan, as_json)


@app.command()
def join(
    files: Annotated[list[Path], typer.Argument(help="Videos or pictures, in order.")],
    out: Out = Path("out/joined.mp4"),
    auto: Annotated[bool, typer.Option("--auto", help="Choose cut points and transitions, and say why.")] = False,
    style: Annotated[str, typer.Option(help="What --auto may show of itself: calm, lively, news, none.")] = "calm",
    transition: Annotated[str, typer.Option(help="Between all clips, without --auto; see `transitions`.")] = "cut",
    duration: Annotated[str, typer.Option(help="Seconds of that transition.")] = "1",
    music: Annotated[Path | None, typer.Option(help="Sound to play under the clips.")] = None,
    copy_untouched: CopyUntouched = False,
    choices: Annotated[
        list[str] | None, typer.Option("--choose", metavar="A=B", help="More of the choice: longest=8, seed=3 ...")
    ] = None,
    settings: Encoding = None,
    plan: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Join clips into one video, with transitions that are named or chosen."""
    from frameloom.apps.edit.automatic.auto import JoinConfig
    from frameloom.apps.edit.automatic.auto import join as joined

    given = {"inputs": tuple(files), "auto": auto, "style": style, "music": music}
    given |= {"transition": transition, "duration": duration}
    config = validate(JoinConfig, override(given, choices or ()), "edit join")
    _deliver(joined(config), out, {"copy_untouched": copy_untouched}, settings, plan, as_json)


@app.command()
def tighten(
    file: Annotated[Path, typer.Argument(help="A video or sound file with pauses.")],
    out: Out = Path("out/tight.mp4"),
    by: Annotated[str, typer.Option(help="What keeps a part: sound, motion, both at once, or either.")] = "sound",
    choices: Annotated[
        list[str] | None,
        typer.Option("--choose", metavar="A=B", help="More of the choice: threshold=-40, min_silence=0.5 ..."),
    ] = None,
    copy_untouched: CopyUntouched = False,
    settings: Encoding = None,
    plan: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Cut the pauses out of a recording, never a word."""
    from frameloom.apps.edit.tighten import TightenConfig, tighten

    config = validate(TightenConfig, override({"input": file, "by": by}, choices or ()), "edit tighten")
    _deliver(tighten(config), out, {"copy_untouched": copy_untouched}, settings, plan, as_json)


@app.command()
def preview(
    timeline: TimelineFile,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .png for a contact sheet, or a video for a draft.")
    ] = Path("out/preview.png"),
    columns: Annotated[int, typer.Option(help="Pictures in a row of the sheet.")] = 4,
    as_json: AsJson = False,
) -> None:
    """Show a timeline before it is rendered: a contact sheet, or a small quick draft."""
    from frameloom.apps.edit.preview import PreviewConfig
    from frameloom.apps.edit.preview import preview as draw

    spare(out, [timeline])
    if out.suffix.lower() != ".png":
        return _deliver(_read(timeline), out, {"draft": 4, "video": {"speed": "draft"}}, None, False, as_json)
    config = validate(PreviewConfig, {"out": out, "columns": columns}, "edit preview")
    path = draw(_read(timeline), config)
    return show.result({"path": path}, str(path), as_json)


@app.command()
def check(timeline: TimelineFile, as_json: AsJson = False) -> None:
    """List every problem of a timeline at once, each with its place and what to do; exit code 2 if any is grave."""
    from frameloom.apps.edit.check import check

    problems = check(_read(timeline))
    lines = [f"{'problem' if problem.grave else 'note'}: {problem}" for problem in problems]
    record = {"problems": [vars(problem) for problem in problems]}
    show.result(record, "\n".join(lines) or f"{timeline}: no problems", as_json)
    if any(problem.grave for problem in problems):
        raise typer.Exit(2)


@app.command()
def new(
    timeline: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("video.toml"),
    as_json: AsJson = False,
) -> None:
    """Write an example timeline that renders at once, to change into your own."""
    from frameloom.apps.edit.example import write_example

    path = write_example(timeline)
    show.result({"path": path}, f"{path}: an example; render it with: frameloom edit render {path}", as_json)


@gallery.command()
def transitions(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .png for a contact sheet; .mp4, .webm, .webp or .gif for a film.")
    ] = Path("out/transitions.png"),
    names: Annotated[list[str] | None, typer.Argument(help="Which ones; by default all.")] = None,
    a: Annotated[Path | None, typer.Option(help="Picture or video to begin with.")] = None,
    b: Annotated[Path | None, typer.Option(help="Picture or video to end with.")] = None,
    easing: Annotated[str, typer.Option(help="linear, sine, cubic-out, bounce-out ...")] = "linear",
    listed: Annotated[bool, typer.Option("--list", help="Only print the names.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show all transitions, on a contact sheet or in a film."""
    from frameloom.apps.edit.gallery import GalleryConfig, gallery
    from frameloom.effects.transitions import TRANSITION_NAMES

    if listed:
        return show.result({"names": TRANSITION_NAMES}, "\n".join(TRANSITION_NAMES), as_json)
    chosen = {"names": tuple(names)} if names else {}
    config = validate(GalleryConfig, {"out": out, "a": a, "b": b, "easing": easing, **chosen}, "transitions")
    path = gallery(config)
    return show.result({"path": path}, str(path), as_json)


@gallery.command()
def effects(
    name: Annotated[
        str | None, typer.Argument(help="An effect or a title design, for all that can be set on it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the effects and title designs for timelines, or everything that can be set on one."""
    from frameloom.apps.edit.describe import EFFECTS, TITLES, describe, overview

    both = {**EFFECTS, **TITLES}
    schema = {kind: config.model_json_schema() for kind, config in both.items() if name in (None, kind)}
    text = describe(both, name) if name else f"effects\n{overview(EFFECTS)}\n\ntitles\n{overview(TITLES)}"
    show.result(schema, text, as_json)


def _read(path: Path) -> "Timeline":
    """Read a timeline; what of it we cannot say goes to standard error."""
    from frameloom.apps.edit.interchange import import_timeline

    imported = import_timeline(path)
    for note in imported.notes:
        typer.echo(f"{path}: {note}", err=True)
    return imported.timeline


def _deliver(
    timeline: "Timeline",
    out: Path,
    given: Mapping[str, object],
    settings: list[str] | None,
    plan: bool,
    as_json: bool,
) -> None:
    """Render or write a timeline, or show its plan."""
    from frameloom.apps.edit.deliver import deliver, summary
    from frameloom.apps.edit.layout import layout
    from frameloom.apps.edit.render import RenderConfig

    config = validate(RenderConfig, override({**given, "out": out}, settings or ()), "edit")
    if plan:
        return show.result(timeline.model_dump(mode="json"), summary(layout(timeline), config), as_json)
    with show.stoppable():
        made = deliver(timeline, config, "json" if as_json else "auto")
    record = {"path": made.path, **made.record, "notes": made.notes}
    return show.result(record, "\n".join([*made.notes, made.text]), as_json)
