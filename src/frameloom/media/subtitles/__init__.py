"""Subtitles as cues: read from SRT, WebVTT, ASS and SSA files, shifted, trimmed, written as SRT and WebVTT.

    1                                          Cue(start=1, end=5/2, text="Hello.", place="bottom")
    00:00:01,000 --> 00:00:02,500    <---->
    Hello.

Sources: W3C, "WebVTT: The Web Video Text Tracks Format", 2019; SRT as its players read it, which no standard defines.
ASS and SSA are read by pysubs2. A file that says nothing of its encoding is taken for UTF-8 if it is, else for
GB 18030 if all of it is common Chinese, else for Windows-1252; the guess is told.
"""

import codecs
import html
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import pysubs2
import pysubs2.exceptions

from frameloom.core.errors import MediaError, OutputError
from frameloom.core.files import whole_file

SUBTITLE_SUFFIXES = (".srt", ".vtt", ".ass", ".ssa")
MAX_BYTES = 16 * 1024**2
"""Largest file that is read: a film's subtitles have 0.1 MB."""
MAX_CUES = 50_000
MAX_CUE_CHARACTERS = 2000

Place = Literal["bottom", "center", "top"]

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[,.](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(.*)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<\d[\d:.]{3,15}>|\{\\[^{}]{0,200}\}")
_AT = re.compile(r"\\an?(\d{1,2})")
_LINE_SETTING = re.compile(r"(?:^|\s)line:(-?\d{1,4}(?:\.\d+)?)(%?)")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that are shown for a time, in seconds."""

    start: Fraction
    end: Fraction
    text: str
    """Plain, lines parted by newlines."""
    place: Place = "bottom"
    italic: bool = False
    """Whether all of it is."""


@dataclass(frozen=True, slots=True)
class SubtitleFile:
    """What a file holds, and how it was read."""

    cues: tuple[Cue, ...]
    """In order of their starts."""
    encoding: str
    notes: tuple[str, ...] = ()
    """What a person should be told, such as a guess."""


def read_subtitles(path: Path, encoding: str | None = None) -> SubtitleFile:
    """Return the cues of an SRT, WebVTT, ASS or SSA file.

    Args:
        path: the file; its suffix tells the format.
        encoding: by default found out.

    Raises:
        MediaError: no such file, too large, of another format, or damaged; names the line.
    """
    text, found, notes = read_text(path, encoding)
    suffix = path.suffix.lower()
    if suffix in {".ass", ".ssa"}:
        cues = list(_styled_cues(path, text))
    elif suffix == ".vtt":
        cues = list(_vtt_cues(path, text))
    elif suffix == ".srt":
        cues = list(_srt_cues(path, text))
    else:
        raise MediaError(f"{path}: unknown kind of subtitles; give {', '.join(SUBTITLE_SUFFIXES)}")
    if not cues:
        raise MediaError(
            f"{path}: no subtitles in this file; give one with at least one line like 00:00:01,000 --> 00:00:02,000"
        )
    if len(cues) > MAX_CUES:
        raise MediaError(f"{path}: {len(cues)} cues are too many; at most {MAX_CUES}: split the file")
    return SubtitleFile(tuple(sorted(cues, key=lambda cue: cue.start)), found, notes)


def read_text(path: Path, encoding: str | None = None) -> tuple[str, str, tuple[str, ...]]:
    """Return the text of a file with newlines alone, its encoding, and a note if that was guessed.

    Raises:
        MediaError: no such file, too large, or not text.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}); give {', '.join(SUBTITLE_SUFFIXES)}") from error
    if len(data) > MAX_BYTES:
        raise MediaError(f"{path}: more than {MAX_BYTES >> 20} MB is too large for subtitles; is it a video?")
    found = encoding or guess_encoding(data)
    try:
        text = data.decode(found)
    except (UnicodeDecodeError, LookupError) as error:
        raise MediaError(f"{path}: not text in {found} ({error}); save it as UTF-8") from error
    if "\0" in text:
        raise MediaError(f"{path}: not text (it holds zero bytes); save it as UTF-8")
    is_sure = encoding is not None or found in {"utf-8", "utf-8-sig", "utf-16"}
    notes = () if is_sure else (f"{path}: says nothing of its encoding; read as {found} (save it as UTF-8 to be sure)",)
    return text.replace("\r\n", "\n").replace("\r", "\n"), found, notes


def guess_encoding(data: bytes) -> str:
    """Return the name of the encoding that bytes are most likely in.

    >>> guess_encoding("café".encode()), guess_encoding("字幕".encode("gbk")), guess_encoding("café".encode("cp1252"))
    ('utf-8', 'gb18030', 'cp1252')
    """
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:4096]
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(head) > 8 and zeros.count(0) > len(zeros) // 3:
            return name
    for name in ("utf-8", "gb18030", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "gb18030" or _is_common_chinese(text):
            return name
    return "latin-1"


def _is_common_chinese(text: str) -> bool:
    """Return whether nearly all that is not ASCII is of the 7,445 signs of GB 2312, rarely hit by western letters."""
    foreign = [letter for letter in text if letter > "\x7f"]
    common = sum(bool(letter.encode("gb2312", "ignore")) for letter in foreign)
    return common >= 0.95 * len(foreign)


def _seconds(parts: Sequence[str | None]) -> Fraction:
    hours, minutes, seconds, share = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + Fraction(f"0.{share}")


def _timing(path: Path, number: int, line: str) -> tuple[Fraction, Fraction, str]:
    """Return start, end and the rest of a line with an arrow; lines are counted from 1."""
    found = _TIMING.fullmatch(line)
    if found is None:
        given = line.strip()[:60]
        raise MediaError(f"{path}, line {number}: not two times, got {given!r}; write 00:00:01,000 --> 00:00:02,500")
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:8])
    if end < start:
        raise MediaError(f"{path}, line {number}: ends before it starts, got {line.strip()[:60]!r}; exchange the times")
    return start, end, found[9]


def _srt_cues(path: Path, text: str) -> Iterator[Cue]:
    lines = text.removeprefix("\ufeff").split("\n")
    arrows = [index for index, line in enumerate(lines) if "-->" in line]
    for place, index in enumerate(arrows):
        start, end, _ = _timing(path, index + 1, lines[index])
        stop = arrows[place + 1] if place + 1 < len(arrows) else len(lines)
        body = lines[index + 1 : stop]
        if stop < len(lines) and body and body[-1].strip().isdigit() and (len(body) == 1 or not body[-2].strip()):
            body.pop()  # the number of the next cue
        raw = "\n".join(line.strip() for line in body if line.strip())
        if cue := _cue(path, index + 1, start, end, raw):
            yield cue


def _vtt_cues(path: Path, text: str) -> Iterator[Cue]:
    lines = text.removeprefix("\ufeff").split("\n")
    if not re.match(r"WEBVTT(\s|$)", lines[0]):
        raise MediaError(f"{path}, line 1: not WebVTT, got {lines[0][:40]!r}; its first line must be WEBVTT")
    index = 1
    while index < len(lines):
        stop = next((end for end in range(index, len(lines)) if not lines[end].strip()), len(lines))
        is_note = lines[index].startswith("NOTE")
        arrow = None if is_note else next((at for at in range(index, min(stop, index + 2)) if "-->" in lines[at]), None)
        if arrow is not None:
            start, end, settings = _timing(path, arrow + 1, lines[arrow])
            raw = "\n".join(line.strip() for line in lines[arrow + 1 : stop])
            if cue := _cue(path, arrow + 1, start, end, raw):
                yield replace(cue, text=html.unescape(cue.text), place=_vtt_place(settings) or cue.place)
        index = stop + 1


def _vtt_place(settings: str) -> Place | None:
    """Return where a cue's settings put it; lines count from the top, negative ones from the bottom."""
    found = _LINE_SETTING.search(settings)
    if found is None:
        return None
    line = float(found[1])
    if found[2]:
        return "top" if line < 34 else "center" if line < 60 else "bottom"
    return "top" if 0 <= line < 6 else "bottom"


def _cue(path: Path, number: int, start: Fraction, end: Fraction, raw: str) -> Cue | None:
    """Return a cue without its tags; nothing if it shows no words or lasts no time."""
    if len(raw) > 4 * MAX_CUE_CHARACTERS:
        raise MediaError(
            f"{path}, line {number}: {len(raw)} characters are too long for one cue; is the next time missing?"
        )
    text = _TAG.sub("", raw).strip()
    if len(text) > MAX_CUE_CHARACTERS:
        raise MediaError(f"{path}, line {number}: {len(text)} characters are too long; at most {MAX_CUE_CHARACTERS}")
    if not text or end == start:
        return None
    at = _AT.search(raw)
    is_italic = raw.lower().startswith("<i>") and raw.lower().endswith("</i>") and raw.lower().count("</i>") == 1
    return Cue(start, end, text, _place_of(int(at[1])) if at else "bottom", is_italic)


def _place_of(alignment: int) -> Place:
    """Return the height of an alignment as on a numeric pad."""
    return "top" if 7 <= alignment <= 9 else "center" if 4 <= alignment <= 6 else "bottom"


def parse_styled(path: Path, text: str) -> pysubs2.SSAFile:
    """Return an ASS or SSA file with its styles.

    Raises:
        MediaError: damaged; names the line.
    """
    if not re.search(r"\[V4\+? ?Styles\]|\[Events\]", text, re.IGNORECASE):
        raise MediaError(f"{path}: not ASS or SSA (no [V4+ Styles] or [Events]); give {', '.join(SUBTITLE_SUFFIXES)}")
    kind = "ssa" if re.search(r"\[V4 Styles\]", text, re.IGNORECASE) else "ass"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of values that it replaces by its defaults
            return pysubs2.SSAFile.from_string(text, kind)
    except (ValueError, TypeError, IndexError, KeyError, pysubs2.exceptions.Pysubs2Error) as error:
        raise MediaError(
            f"{path}, line {_bad_line(text, kind)}: {error}; mend the line or save the file anew"
        ) from error


def format_styled(parsed: pysubs2.SSAFile) -> str:
    """Return the text of an ASS file; times end at 9:59:59.99."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of times that are later
        return parsed.to_string("ass")


def _bad_line(text: str, kind: str) -> int:
    """Return the number of the first line that cannot be read by itself."""
    for number, line in enumerate(text.split("\n"), 1):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                pysubs2.SSAFile.from_string(line, kind)
        except (ValueError, TypeError, IndexError, KeyError, pysubs2.exceptions.Pysubs2Error):
            return number
    return 1


def _styled_cues(path: Path, text: str) -> Iterator[Cue]:
    parsed = parse_styled(path, text)
    for number, event in enumerate(parsed.events):
        if event.is_comment or "\\p1" in event.text:
            continue
        start, end = Fraction(event.start, 1000), Fraction(event.end, 1000)
        if start < 0 or end <= start:
            continue
        raw = event.text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\u00a0")
        cue = _cue(path, number + 1, start, end, raw)
        if cue is None:
            continue
        style = parsed.styles.get(event.style)
        if style is not None and not _AT.search(raw):
            cue = replace(cue, place=_place_of(int(style.alignment)))
        yield replace(cue, italic=cue.italic or bool(style and style.italic))


def shift_cues(cues: Sequence[Cue], by: Fraction) -> tuple[Cue, ...]:
    """Return cues that come later, or earlier where negative; what would end before 0 is left out."""
    moved = (replace(cue, start=max(cue.start + by, Fraction(0)), end=cue.end + by) for cue in cues)
    return tuple(cue for cue in moved if cue.end > cue.start)


def trim_cues(cues: Sequence[Cue], start: Fraction, stop: Fraction) -> tuple[Cue, ...]:
    """Return what is shown between two times, counted from the first of them."""
    inside = (replace(cue, start=max(cue.start, start), end=min(cue.end, stop)) for cue in cues)
    return shift_cues([cue for cue in inside if cue.end > cue.start], -start)


def write_subtitles(path: Path, cues: Sequence[Cue]) -> None:
    """Write cues as SRT or WebVTT, in UTF-8.

    Raises:
        OutputError: another suffix, or the place cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in {".srt", ".vtt"}:
        raise OutputError(f"{path}: subtitles are written as .srt or .vtt; give one of these names")
    with whole_file(path) as part:
        part.write_text(format_vtt(cues) if suffix == ".vtt" else format_srt(cues), encoding="utf-8", newline="\n")


def format_srt(cues: Sequence[Cue]) -> str:
    """Return cues as the text of an SRT file.

    >>> print(format_srt([Cue(Fraction(1), Fraction(5, 2), "Hello.")]), end="")
    1
    00:00:01,000 --> 00:00:02,500
    Hello.
    """
    blocks = []
    for number, cue in enumerate(cues, 1):
        text = "\n".join(line for line in cue.text.replace("-->", "\u2192").split("\n") if line.strip())
        text = f"<i>{text}</i>" if cue.italic else text
        mark = {"top": "{\\an8}", "center": "{\\an5}", "bottom": ""}[cue.place]
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{mark}{text}\n")
    return "\n".join(blocks)


def format_vtt(cues: Sequence[Cue]) -> str:
    """Return cues as the text of a WebVTT file."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        text = html.escape("\n".join(line for line in cue.text.split("\n") if line.strip()), quote=False)
        text = f"<i>{text}</i>" if cue.italic else text
        settings = {"top": " line:0", "center": " line:50%", "bottom": ""}[cue.place]
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}{settings}\n{text}\n")
    return "\n".join(blocks)


def _clock(time: Fraction, mark: str) -> str:
    """Return hours, minutes, seconds and thousandths, rounded."""
    seconds, thousandths = divmod(round(time * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{thousandths:03}"
