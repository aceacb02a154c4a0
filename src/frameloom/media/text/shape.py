"""Shaping: from characters to glyphs in their places, line by line.

    text --clusters, levels, fonts--> runs --HarfBuzz--> glyphs --widths--> lines --order--> places

Lengths on this page are shares of the em, so that a text is shaped once for all sizes. Source of the shaping: HarfBuzz.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import uharfbuzz as harfbuzz  # type: ignore[import-untyped]

from frameloom.media.text.bidi import Direction, direction_of, levels_of, line_levels, visual_order
from frameloom.media.text.breaks import (
    SOFT_HYPHEN,
    Break,
    breaks_of,
    clusters_of,
    is_space,
    part_word,
    phrase_ends,
    takes_hyphen,
)
from frameloom.media.text.faces import Face, find_face, has_glyphs, is_emoji, load

_CURSIVE = frozenset({"Arab", "Syrc", "Mong", "Nkoo", "Mand", "Phag", "Adlm", "Rohg"})
"""Scripts whose letters touch: space between letters would tear them apart."""


_PLAIN = dict.fromkeys((*range(32), *range(127, 160)), "\u200b") | {
    9: " ", 10: "\n", 11: "\n", 12: "\n", 13: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n",
}  # fmt: skip
"""What control characters become, one for one: nothing to be seen, or the end of a line."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shape at its place, from the line's left end and baseline, y upwards."""

    face: Face
    number: int
    x: float
    y: float
    index: int
    """Of the first character that it draws, in the whole text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is seen."""

    glyphs: tuple[Glyph, ...]
    width: float
    direction: Direction
    start: int
    end: int
    """Its characters in the text; what ends the line is among them."""
    parted: bool = False
    """Whether it ends within a word that was too long."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """What shaping must know of a style."""

    font: str
    weight: int
    slanted: bool
    language: str
    letter_spacing: float
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters that share font, script and direction."""

    start: int
    end: int
    face: Face
    script: str
    level: int


@dataclass(slots=True)
class _Paragraph:
    text: str
    start: int
    direction: Direction
    clusters: list[str]
    offsets: list[int] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    """Of characters; the others are of clusters."""


def shape_lines(text: str, typeface: Typeface, max_width: float | None = None, balanced: bool = True) -> list[Line]:
    """Return the lines of a text, none wider than asked for unless a cluster is; balanced lines are about equally long.

    A word that is longer than a line is parted, with a hyphen where its script has one.

    Raises:
        MediaError: a font cannot be read.
    """
    lines: list[Line] = []
    for paragraph in _paragraphs(text, typeface):
        spans = [(0, len(paragraph.clusters))]
        if max_width is not None:
            spans = _wrap(paragraph, typeface, max_width, balanced)
        parted = breaks_of(paragraph.clusters)
        lines += [
            _shape_line(paragraph, typeface, first, last, last > first and parted[last - 1] == "no", max_width)
            for first, last in spans
        ]
    return lines


def missing_in(text: str, typeface: Typeface) -> str:
    """Return the clusters, each once, for which no font has the glyphs."""
    found: dict[str, None] = {}
    for paragraph in _paragraphs(text, typeface):
        for cluster, face in zip(paragraph.clusters, paragraph.faces, strict=True):
            if not is_space(cluster) and not has_glyphs(cluster, face):
                found[cluster] = None
    return "".join(found)


def font_runs(text: str, typeface: Typeface) -> list[tuple[str, Face]]:
    """Return stretches of one paragraph that are drawn by one font each, in order."""
    runs: list[tuple[str, Face]] = []
    for paragraph in _paragraphs(text, typeface):
        for cluster, face in zip(paragraph.clusters, paragraph.faces, strict=True):
            if runs and runs[-1][1] is face:
                runs[-1] = (runs[-1][0] + cluster, face)
            else:
                runs.append((cluster, face))
    return runs


def _paragraphs(text: str, typeface: Typeface) -> Iterator[_Paragraph]:
    """Yield each paragraph with its clusters, fonts and levels; the break that ends it is left out."""
    start = 0
    for part in _LONE_SURROGATE.sub("\ufffd", text.replace("\r\n", " \n").translate(_PLAIN)).split("\n"):
        direction = typeface.direction or direction_of(part)
        paragraph = _Paragraph(part, start, direction, clusters_of(part))
        position = 0
        for cluster in paragraph.clusters:
            paragraph.offsets.append(position)
            position += len(cluster)
        paragraph.offsets.append(position)
        paragraph.levels = levels_of(part, direction)
        _choose_fonts(paragraph, typeface)
        yield paragraph
        start += len(part) + 1


def _choose_fonts(paragraph: _Paragraph, typeface: Typeface) -> None:
    """Give each cluster a script and a font; what belongs to all scripts goes with its neighbours."""
    scripts = [_script(cluster) for cluster in paragraph.clusters]
    language = typeface.language or _guess_language(scripts)
    after = [""] * len(scripts)
    upcoming = next((script for script in reversed(scripts) if script), "Latn")
    for index in reversed(range(len(scripts))):
        upcoming = scripts[index] or upcoming
        after[index] = upcoming
    previous = ""
    face: Face | None = None
    for index, cluster in enumerate(paragraph.clusters):
        own = scripts[index]
        opens = unicodedata.category(cluster[0]) in {"Ps", "Pi"}
        script = own or (after[index] if opens or not previous else previous)
        previous = script
        chosen = _face_of(cluster, typeface, language)
        if not own and cluster[0] >= "\u2010" and not is_emoji(cluster):
            beside = _neighbour(paragraph, scripts, index, script, typeface, language)
            chosen = beside if beside is not None and has_glyphs(cluster, beside) else chosen
        elif is_space(cluster) and face is not None and not face.is_emoji and face.has(" "):
            chosen = face
        paragraph.faces.append(chosen)
        paragraph.scripts.append(script)
        face = chosen


def _neighbour(
    paragraph: _Paragraph, scripts: list[str], index: int, script: str, typeface: Typeface, language: str
) -> Face | None:
    """Return the font of the nearest cluster of a script, before or after."""
    places = [*range(index - 1, -1, -1), *range(index + 1, len(scripts))]
    for place in places[:64]:
        if scripts[place] == script:
            return _face_of(paragraph.clusters[place], typeface, language)
    return None


@lru_cache(maxsize=4096)
def _face(cluster: str, font: str, weight: int, slanted: bool, language: str) -> Face:
    return find_face(cluster, font, weight, slanted, language)


def _face_of(cluster: str, typeface: Typeface, language: str) -> Face:
    return _face(cluster, typeface.font, typeface.weight, typeface.slanted, language)


def _guess_language(scripts: list[str]) -> str:
    """Return whose forms of the ideographs are meant: kana is Japanese, hangul Korean."""
    present = set(scripts)
    return "ja" if present & {"Hira", "Kana"} else "ko" if "Hang" in present else "zh"


@lru_cache(maxsize=4096)
def _script(cluster: str) -> str:
    """Return the script of a cluster by its four letters, or nothing if it is common to all."""
    if is_emoji(cluster):
        return ""
    buffer = harfbuzz.Buffer()
    buffer.add_str(cluster)
    buffer.guess_segment_properties()
    return buffer.script or ""


def _wrap(paragraph: _Paragraph, typeface: Typeface, max_width: float, balanced: bool) -> list[tuple[int, int]]:
    """Return the clusters of each line, first and one past the last."""
    widths = _cluster_widths(paragraph, typeface)
    breaks = breaks_of(paragraph.clusters)
    spans = _fill(paragraph, widths, breaks, max_width)
    phrases = phrase_ends(paragraph.clusters, breaks)
    if phrases is not breaks:
        whole = _fill(paragraph, widths, phrases, max_width)
        if len(whole) == len(spans) and _parts_at_words(whole, phrases):
            breaks, spans = phrases, whole
    if not balanced or len(spans) < 2:
        return spans
    low, high = max_width / len(spans), max_width
    for _ in range(8):  # the narrowest lines that need no more of them
        middle = (low + high) / 2
        trial = _fill(paragraph, widths, breaks, middle)
        if len(trial) > len(spans) or not _parts_at_words(trial, breaks):
            low = middle
        else:
            high, spans = middle, trial
    return spans


def _parts_at_words(spans: list[tuple[int, int]], breaks: list[Break]) -> bool:
    return all(breaks[end - 1] != "no" for _, end in spans if end)


def _fill(paragraph: _Paragraph, widths: list[float], breaks: list[Break], max_width: float) -> list[tuple[int, int]]:
    """Return lines that each take as many clusters as fit; a word that is too long is parted."""
    spans: list[tuple[int, int]] = []
    start, last_break, used = 0, 0, 0.0
    index = 0
    while index < len(widths):
        used += widths[index]
        if used > max_width + 1e-6 and index > start and not is_space(paragraph.clusters[index]):
            end = last_break if last_break > start else _parted_at(paragraph, widths, start, index, max_width)
            spans.append((start, end))
            start = index = end
            last_break, used = start, 0.0
            continue
        is_soft = paragraph.clusters[index] == SOFT_HYPHEN  # it shows only where a line ends with it, and needs room
        if breaks[index] != "no" and not (is_soft and used + _hyphen_width(paragraph, index) > max_width + 1e-6):
            last_break = index + 1
        index += 1
    return [*spans, (start, len(widths))]


def _parted_at(paragraph: _Paragraph, widths: list[float], start: int, index: int, max_width: float) -> int:
    """Return where a line ends whose only word does not fit: there is room for what shows that it goes on."""
    end = index
    while end > start + 1 and sum(widths[start:end]) + _hyphen_width(paragraph, end - 1) > max_width + 1e-6:
        end -= 1
    return part_word(paragraph.clusters, start, end)


def _hyphen_width(paragraph: _Paragraph, index: int) -> float:
    """Return the room that a hyphen takes when a line ends after a cluster within a word; 0 if there is none."""
    following = paragraph.clusters[index + 1 : index + 2]
    if not following or not takes_hyphen(paragraph.clusters[index], following[0]):
        return 0.0
    return _hyphen(paragraph.faces[index])[1]


@lru_cache(maxsize=256)
def _hyphen(face: Face) -> tuple[int, float]:
    """Return the glyph of a hyphen and how wide it is; 0, 0 in a font that has none."""
    number = face.font.get_nominal_glyph(0x2010) or face.font.get_nominal_glyph(0x2D) or 0
    return number, face.font.get_glyph_h_advance(number) / face.units if number else 0.0


def _cluster_widths(paragraph: _Paragraph, typeface: Typeface) -> list[float]:
    """Return how far each cluster advances when the paragraph is one line."""
    cluster_at = {}
    for index, offset in enumerate(paragraph.offsets[:-1]):
        for inner in range(offset, paragraph.offsets[index + 1]):
            cluster_at[inner] = index
    widths = [0.0] * len(paragraph.clusters)
    for run in _runs(paragraph, 0, len(paragraph.clusters), paragraph.levels):
        for _, _, _, advance, place in _shape_run(paragraph, run, typeface):
            widths[cluster_at[place]] += advance
    return widths


def _runs(paragraph: _Paragraph, first: int, last: int, levels: list[int]) -> list[_Run]:
    """Return runs of clusters in logical order; levels are those of the characters from the first cluster on."""
    base = paragraph.offsets[first]
    runs: list[_Run] = []
    for index in range(first, last):
        start, end = paragraph.offsets[index], paragraph.offsets[index + 1]
        face, script, level = paragraph.faces[index], paragraph.scripts[index], levels[start - base]
        same = runs and (runs[-1].face, runs[-1].script, runs[-1].level) == (face, script, level)
        if same:
            runs[-1] = _Run(runs[-1].start, end, face, script, level)
        else:
            runs.append(_Run(start, end, face, script, level))
    return runs


def _shape_run(paragraph: _Paragraph, run: _Run, typeface: Typeface) -> list[tuple[int, float, float, float, int]]:
    """Return glyph, x and y offset, advance and character of each glyph of a run, as seen from left to right."""
    buffer = harfbuzz.Buffer()
    buffer.add_str(paragraph.text, run.start, run.end - run.start)
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.script = run.script
    buffer.language = typeface.language or "und"
    spacing = _spacing(run, typeface)
    features = {"liga": False, "clig": False} if spacing else {}
    harfbuzz.shape(run.face.font, buffer, features)
    unit = 1 / run.face.units
    glyphs = []
    before = -1
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        extra = spacing if info.cluster != before else 0.0
        before = info.cluster
        glyphs.append(
            (
                info.codepoint,
                position.x_offset * unit,
                position.y_offset * unit,
                position.x_advance * unit + extra,
                info.cluster,
            )
        )
    return glyphs


def _spacing(run: _Run, typeface: Typeface) -> float:
    """Return what is added after each letter of a run."""
    return 0.0 if run.script in _CURSIVE else typeface.letter_spacing


def _shape_line(
    paragraph: _Paragraph, typeface: Typeface, first: int, last: int, parted: bool, max_width: float | None
) -> Line:
    """Return the clusters of one line as they are seen; spaces at its end are dropped."""
    end = last
    while end > first and is_space(paragraph.clusters[end - 1]):
        end -= 1
    start_at, end_at, stop_at = (paragraph.offsets[index] for index in (first, end, last))
    levels = line_levels(paragraph.text[start_at:end_at], paragraph.levels[start_at:end_at], paragraph.direction)
    runs = _runs(paragraph, first, end, levels)
    pen = after = 0.0
    glyphs: list[Glyph] = []
    for place in visual_order([run.level for run in runs]):
        run = runs[place]
        for number, x, y, advance, index in _shape_run(paragraph, run, typeface):
            glyphs.append(Glyph(run.face, number, pen + x, y, paragraph.start + index))
            pen += advance
        after = _spacing(run, typeface)
    width = pen - after
    start = paragraph.start
    room = _hyphen_width(paragraph, last - 1) if last > first and max_width is not None else 0.0
    ends_in_word = room and paragraph.direction == "ltr" and runs and runs[-1].level % 2 == 0
    if ends_in_word and max_width is not None and width + room <= max_width + 1e-6:
        glyphs.append(Glyph(runs[-1].face, _hyphen(runs[-1].face)[0], pen, 0.0, start + paragraph.offsets[end - 1]))
        width = pen + room
    return Line(tuple(glyphs), max(width, 0.0), paragraph.direction, start + start_at, start + stop_at, parted)


def metrics(typeface: Typeface) -> tuple[float, float]:
    """Return how far the style's own font rises above the baseline and falls below it."""
    face = load(typeface.font, typeface.weight, typeface.slanted)
    return face.ascent, face.descent
