"""Storyboards as plain Markdown: headings are scenes, paragraphs are said, all else is shown.

    ---                      settings, as YAML (title, template, theme, language, voice, music ...)
    # Heading                a title, and the film's own title; by itself before a picture with a caption of its own
    ## Heading               a chapter; a title unless something else is shown; also with === or --- under it
    A paragraph.             said
    - one                    bullets    1. one    numbered bullets    > words   a quote (a last line "- who" tells who)
    ![words](rain.jpg)       a picture or clip
    | Month | Rain |         a chart: bars of one column of numbers, lines of several, one for each unit; else bullets
    ```python                a listing          $$ E = mc^2 $$   a formula          <!-- words -->   nothing

What is shown goes with the paragraphs before it, and where there are none, with those after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote

from frameloom.apps.compose.inline import bare, joined, with_links
from frameloom.apps.compose.lines import Parsed, ParseError, Way, parse
from frameloom.apps.compose.suffixes import CLIPS
from frameloom.apps.compose.tables import charts_of

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]*)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"\s{0,3}(?:[-*+]|(\d{1,3})[.)])\s+(.*)")
_TASK = re.compile(r"\[[ xX]\]\s+")
_IMAGE = re.compile(r"!\[([^\]]*)\]\((?:<([^>]+)>|(.+?))(?:\s+\"[^\"]*\")?\)$")
_INLINE_IMAGE = re.compile(r"!\[([^\]]*)\]\((?:<([^>]+)>|([^)]+?))(?:\s+\"[^\"]*\")?\)")
_LONGEST_TITLE = 60
_LONGEST = 10_000
"""Characters of a line, and of a paragraph: twice what is said in a beat."""
_COMMENT = re.compile(
    r"(?P<listing>^\s{0,3}(?P<fence>`{3,}|~{3,}).*?^\s{0,3}(?P=fence))|<!--.*?(?:-->|\Z)", re.DOTALL | re.MULTILINE
)
_UNDERLINE = re.compile(r"\s{0,3}(=+|-+)\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_CELLS_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")


@dataclass
class _Block:
    """Something that is shown, or a paragraph."""

    line: int
    say: str = ""
    scene: dict[str, Any] | None = None
    more: list[dict[str, Any]] = field(default_factory=list)
    """What is shown after that."""


@dataclass
class _Section:
    """A heading and what follows it."""

    line: int
    title: str = ""
    level: int = 2
    blocks: list[_Block] = field(default_factory=list)


def parse_markdown(text: str) -> Parsed:
    """Return the settings of a Markdown text.

    Raises:
        ParseError: its settings are not YAML, a listing does not end, or nothing is said or shown; says where.
    """
    for line, row in enumerate(text.split("\n"), 1):
        if len(row) > _LONGEST:
            raise ParseError(line, f"a line of {len(row)} characters; at most {_LONGEST}")
    settings, lines, rows, first = _front(_COMMENT.sub(_blank, text))
    sections = _sections(with_links(rows), first)
    beats: list[dict[str, Any]] = []
    for section in sections:
        if section.level == 1 and section.title:
            settings.setdefault("title", section.title)
        for line, beat in _beats(section):
            at: Way = ("beats", len(beats))
            lines[at] = section.line or line
            lines[(*at, "scene")] = lines[(*at, "say")] = line
            beats.append(beat)
    if not beats:
        raise ParseError(first, "nothing is said or shown; write a heading and a paragraph")
    settings["beats"] = beats
    return Parsed(settings, lines)


def _blank(comment: re.Match[str]) -> str:
    """Return what stands for a comment, so that what follows keeps its line; a listing stays as it is."""
    return comment[0] if comment["listing"] or not comment[0].endswith("-->") else "\n" * comment[0].count("\n")


def _front(text: str) -> tuple[dict[str, Any], dict[Way, int], list[str], int]:
    """Return the settings at the head, their lines, the other lines, and the number of the first of those."""
    rows = text.split("\n")
    if not rows or rows[0].strip() != "---":
        return {}, {}, rows, 1
    end = next((at for at in range(1, len(rows)) if rows[at].strip() == "---"), None)
    if end is None:
        raise ParseError(1, "the settings at the head do not end; write --- below them")
    try:
        parsed = parse("\n".join(rows[1:end]), "yaml")
    except ParseError as fault:
        raise ParseError(fault.line + 1, fault.text) from fault
    if "beats" in parsed.settings:
        raise ParseError(parsed.lines["beats",] + 1, "beats stand below, as headings and paragraphs, not at the head")
    return dict(parsed.settings), {way: line + 1 for way, line in parsed.lines.items()}, rows[end + 1 :], end + 2


def _sections(rows: list[str], first: int) -> list[_Section]:
    sections = [_Section(first)]
    at = 0
    while at < len(rows):
        if heading := _HEADING.fullmatch(rows[at]):
            sections.append(_Section(first + at, bare(heading[2]), len(heading[1])))
            at += 1
            continue
        if (under := _underlined(rows, at)) is not None:
            sections.append(_Section(first + at, bare(rows[at].strip()), under))
            at += 2
            continue
        at, block = _block(rows, at, first)
        if block is not None:
            sections[-1].blocks += [block, *(_Block(block.line, scene=scene) for scene in block.more)]
    return [one for one in sections if one.title or one.blocks]


def _underlined(rows: list[str], at: int) -> int | None:
    """Return the level of a heading that is a row with === (1) or --- (2) under it; None where it is none."""
    row = rows[at]
    if at + 1 >= len(rows) or not row.strip() or row.startswith("    ") or _begins_other(row) or "|" in row:
        return None
    line = _UNDERLINE.fullmatch(rows[at + 1])
    is_rule = _RULE.fullmatch(row) is not None
    return None if line is None or is_rule else 1 if line[1].startswith("=") else 2


def _block(rows: list[str], at: int, first: int) -> tuple[int, _Block | None]:
    """Return the place behind the block that begins at a row, and the block."""
    row, line = rows[at], first + at
    if not row.strip() or _RULE.fullmatch(row):
        return at + 1, None
    if fence := _FENCE.match(row):
        return _listing(rows, at, first, fence)
    if row.lstrip().startswith("$$"):
        return _formula(rows, at, first)
    if image := _IMAGE.fullmatch(row.strip()):
        return at + 1, _Block(line, scene=_picture(image))
    stop = at + 1
    if row.lstrip().startswith("|") or (
        at + 1 < len(rows) and "|" in row and _CELLS_RULE.fullmatch(rows[at + 1].strip())
    ):
        while stop < len(rows) and "|" in rows[stop]:
            stop += 1
        chart, *more = charts_of([_cells(one) for one in rows[at:stop]])
        return stop, _Block(line, scene=chart, more=more)
    if row.lstrip().startswith(">"):
        while stop < len(rows) and rows[stop].lstrip().startswith(">"):
            stop += 1
        return stop, _Block(line, scene=_quote([one.lstrip()[1:].strip() for one in rows[at:stop]]))
    if item := _ITEM.fullmatch(row):
        return _list(rows, at, first, numbered=item[1] is not None)
    while stop < len(rows) and rows[stop].strip() and not _begins_other(rows[stop]):
        stop += 1
    text = joined(rows[at:stop])
    if len(text) > _LONGEST:
        raise ParseError(line, f"a paragraph of {len(text)} characters; at most {_LONGEST}")
    inline = [_picture(image) for image in _INLINE_IMAGE.finditer(text)]
    return stop, _Block(line, bare(text), _series(inline) if inline else None)


def _picture(image: re.Match[str]) -> dict[str, Any]:
    path = unquote(image[2] or image[3])
    kind = "clip" if PurePath(path).suffix.lower() in CLIPS else "image"
    return {"kind": kind, "path": path, **({"caption": bare(image[1])} if image[1].strip() else {})}


def _shots(scene: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pictures and clips that a scene shows; none where it is drawn."""
    return scene["shots"] if scene["kind"] == "series" else [scene] if scene["kind"] in ("image", "clip") else []


def _series(shots: list[dict[str, Any]]) -> dict[str, Any]:
    """Return pictures and clips as one scene."""
    return shots[0] if len(shots) == 1 else {"kind": "series", "shots": shots}


def _begins_other(row: str) -> bool:
    """Return whether a row ends the paragraph before it."""
    start = row.lstrip()
    return bool(
        _HEADING.fullmatch(row) or _FENCE.match(row) or start.startswith((">", "$$", "|")) or _ITEM.fullmatch(row)
        or _IMAGE.fullmatch(row.strip())
    )  # fmt: skip


def _listing(rows: list[str], at: int, first: int, fence: re.Match[str]) -> tuple[int, _Block]:
    end = next((row for row in range(at + 1, len(rows)) if rows[row].strip().startswith(fence[1])), None)
    if end is None:
        raise ParseError(first + at, f"the listing does not end; write {fence[1]} below it")
    scene = {"kind": "code", "code": "\n".join(rows[at + 1 : end]), "language": fence[2] or "text"}
    return end + 1, _Block(first + at, scene=scene)


def _formula(rows: list[str], at: int, first: int) -> tuple[int, _Block]:
    body, end = rows[at].lstrip()[2:], at
    while "$$" not in body:
        end += 1
        if end >= len(rows):
            raise ParseError(first + at, "the formula does not end; write $$ below it")
        body += "\n" + rows[end]
    lines = [one.strip().strip("&").strip() for one in re.split(r"\\\\|\n", body.partition("$$")[0])]
    return end + 1, _Block(first + at, scene={"kind": "formula", "lines": [one for one in lines if one]})


def _list(rows: list[str], at: int, first: int, numbered: bool) -> tuple[int, _Block]:
    items: list[str] = []
    stop, inner = at, 0
    edge = _indent(rows[at])
    while stop < len(rows) and rows[stop].strip():
        item = _ITEM.fullmatch(rows[stop]) or _ITEM.fullmatch(rows[stop].lstrip())
        if item and _indent(rows[stop]) > edge + 1:  # an item within an item
            items[-1] += (", " if inner else ": ") + _TASK.sub("", item[2])
            inner += 1
        elif item:
            items.append(_TASK.sub("", item[2]))
            inner = 0
        elif _HEADING.fullmatch(rows[stop]) or not rows[stop].startswith(" "):
            break
        else:
            items[-1] += " " + rows[stop].strip()
        stop += 1
    scene: dict[str, Any] = {"kind": "bullets", "items": [bare(item) for item in items]}
    return stop, _Block(first + at, scene={**scene, "numbered": True} if numbered else scene)


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _quote(rows: list[str]) -> dict[str, Any]:
    by = re.fullmatch(r"(?:[-\u2013\u2014]+)\s*(.+)", rows[-1]) if len(rows) > 1 else None
    text = bare(joined(rows[:-1] if by else rows))
    return {"kind": "quote", "text": text, **({"by": bare(by[1])} if by else {})}


def _cells(row: str) -> list[str]:
    return [bare(cell) for cell in re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))]


def _beats(section: _Section) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the beats of a section, each with its line."""
    title = {"title": section.title} if section.title else {}
    waiting: list[str] = []
    begun = section.line
    last: dict[str, Any] | None = None
    made: list[tuple[int, dict[str, Any]]] = []
    shown = False
    for block in section.blocks:
        under, shown = shown and not block.say, block.scene is not None
        if block.scene is None:
            if last is not None and "say" not in last:
                last["say"] = block.say
            else:
                begun = begun if waiting else block.line
                waiting.append(block.say)
            continue
        if last is not None and under and _shots(last["scene"]) and _shots(block.scene):
            last["scene"] = _series([*_shots(last["scene"]), *_shots(block.scene)])
            continue
        waiting += [block.say] if block.say else []
        last = {
            **({"say": "\n".join(waiting)} if waiting else {}),
            "scene": _titled(block.scene, section.title, not made),
        }
        waiting = []
        made.append((block.line, last))
    if waiting or not made:
        heading = {"scene": {"kind": "title", "title": section.title}} if section.title and not made else {}
        made.append((begun, {**({"say": "\n".join(waiting)} if waiting else {}), **heading}))
    if section.level == 1 and not _shows(made[0][1], section.title):
        made.insert(0, (section.line, {"scene": {"kind": "title", "title": section.title}}))
    for number, (line, beat) in enumerate(made):
        if "say" not in beat and beat.get("scene", {}).get("kind") == "bullets":
            beat["say"] = ". ".join(item.rstrip(".") for item in beat["scene"]["items"]) + "."
        yield line, {**beat, **(title if number == 0 else {})}


def _shows(beat: dict[str, Any], title: str) -> bool:
    """Return whether a beat shows a heading, or draws its words because it has nothing to show."""
    scene = beat.get("scene", {})
    return not scene or title in scene.get("title", "") or title == scene.get("caption")


def _titled(scene: dict[str, Any], title: str, is_first: bool) -> dict[str, Any]:
    """Return a scene under its section's heading, where it has room for one; a column's name comes after that.

    Over a picture it stands only if that is the section's first scene: later on it has been seen.
    """
    if not title or scene["kind"] not in ("bullets", "bars", "lines", "code", "formula", "image", "clip"):
        return scene
    if scene["kind"] in ("image", "clip"):
        return {"caption": title, **scene} if is_first else scene
    both = f"{title}: {scene.get('title', '')}"
    return {**scene, "title": both if scene.get("title") and len(both) <= _LONGEST_TITLE else title}
