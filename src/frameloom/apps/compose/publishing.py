"""What is published with a film: subtitles, poster, thumbnails, chapters, transcript, timeline, and a record of it all.

film.srt  film.vtt  film.ass (word by word)  film.poster.jpg  film.thumbs.vtt + .jpg  film.chapters.txt
film.transcript.md  film.otio  film.record.json
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import numpy as np

from frameloom.apps.compose.captions import Caption, all_captions, cues
from frameloom.apps.compose.choosing import Chosen
from frameloom.apps.compose.pieces import Piece, thumbs_of
from frameloom.apps.compose.reading import Draft
from frameloom.apps.compose.record import Source, record_text
from frameloom.apps.compose.timing import Laid
from frameloom.apps.edit.interchange import write_timeline
from frameloom.apps.edit.timeline import Clip, FileSource, Marker, Timeline, Track
from frameloom.core.files import whole_file
from frameloom.core.times import clock
from frameloom.media.files.pictures import jpeg, of_jpeg
from frameloom.media.image import to_rgb
from frameloom.media.subtitles import Cue, format_vtt, write_subtitles

BESIDE = (
    ".srt", ".vtt", ".ass", ".transcript.md", ".chapters.txt", ".poster.jpg", ".thumbs.vtt", ".thumbs.jpg", ".otio",
    ".record.json",
)  # fmt: skip
"""What stands for the film's suffix in the names of what is written with it."""
COLUMNS = 10
LEAST_CHAPTERS, LEAST_CHAPTER_S = 3, 10
MOST_THUMBS = 400
"""Small pictures of a sheet; a longer film has them further apart."""
_ASS_HEAD = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 0

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Noto Sans,{size},&H0028C8FF,&H00FFFFFF,&H00000000,&H96000000,-1,0,0,0,100,100,0,0,1,{outline},0,2,\
{margin},{margin},{below},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True)
class Published:
    """What was written beside a film."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def publish(
    draft: Draft, laid: Laid, chosen: Sequence[Chosen], sources: Sequence[Source], pieces: Sequence[Piece], film: Path
) -> Published:
    """Write what belongs to a film beside it.

    Raises:
        OutputError: a place cannot be written.
    """
    captions = all_captions(laid)
    files = []
    if captions:
        for suffix in (".srt", ".vtt"):
            write_subtitles(film.with_suffix(suffix), cues(captions))
            files.append(film.with_suffix(suffix))
        files.append(_write(film.with_suffix(".ass"), ass_text(laid, captions)))
    files.append(_write(film.with_suffix(".transcript.md"), transcript(laid)))
    listed, chapters = film.with_suffix(".chapters.txt"), chapters_text(laid)
    if chapters:
        files.append(_write(listed, chapters))
    else:
        listed.unlink(missing_ok=True)  # of the film as it was before
    files.append(_poster(laid, film.with_suffix(".poster.jpg")))
    files += _thumbnails(laid, pieces, film.with_suffix(".thumbs.vtt"))
    timeline = film.with_suffix(".otio")
    notes = write_timeline(timeline_of(laid, film), timeline)
    files.append(timeline)
    files.append(_write(film.with_suffix(".record.json"), record_text(draft, laid, chosen, sources, film)))
    if not chapters and any(placed.beat.title for placed in laid.beats):
        notes = [*notes, f"no {listed.name}: video sites take {LEAST_CHAPTERS} chapters or more, each of at least 10 s"]
    return Published(tuple(files), tuple(notes))


def _write(path: Path, text: str) -> Path:
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    return path


def ass_text(laid: Laid, captions: Sequence[Caption]) -> str:
    """Return captions as an ASS file, in which each word lights up when it is said."""
    side = min(laid.width, laid.height)
    below = laid.height - laid.caption_box[3]
    head = _ASS_HEAD.format(
        width=laid.width,
        height=laid.height,
        size=round(side * 0.055),
        outline=max(1, round(side / 270)),
        margin=round(laid.width * 0.08),
        below=below,
    )
    return head + "".join(
        f"Dialogue: 0,{_ass_clock(one.start)},{_ass_clock(one.end)},Default,,0,0,0,,{_karaoke(one)}\n"
        for one in captions
    )


def _karaoke(caption: Caption) -> str:
    """Return a caption with the hundredths of a second that each word takes; errors do not add up."""
    done, at, text = round(caption.start * 100), 0, ""
    for number, word in enumerate(caption.words):
        last = number == len(caption.words) - 1
        stop = len(caption.text) if last else caption.words[number + 1].first
        end = round((word.end if last else caption.words[number + 1].start) * 100)
        text += f"{{\\k{max(0, end - done)}}}{_ass_plain(caption.text[at:stop])}"
        done, at = max(done, end), stop
    return text


def _ass_plain(text: str) -> str:
    return text.replace("\\", "\u29f5").replace("{", "(").replace("}", ")").replace("\n", "\\N")


def _ass_clock(time: Fraction) -> str:
    seconds, hundredths = divmod(round(time * 100), 100)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{hundredths:02}"


def transcript(laid: Laid) -> str:
    """Return what is said, with the time of each beat, as Markdown."""
    lines = [f"# {laid.storyboard.title}", ""] if laid.storyboard.title else []
    for placed in laid.beats:
        if placed.beat.title:
            lines += [f"## {placed.beat.title}", ""]
        if placed.narration:
            lines += [f"[{clock(placed.first / laid.rate, 0)}] {' '.join(placed.narration.text.split())}", ""]
    return "\n".join(lines).rstrip() + "\n"


def chapters_text(laid: Laid) -> str:
    """Return the beats that have titles with their times, as video sites read chapters; empty where they would not.

    YouTube takes three or more, each of at least 10 s: a shorter one belongs to that before it, the first to the next.
    """
    chapters: list[tuple[Fraction, str]] = []
    for placed in (placed for placed in laid.beats if placed.beat.title):
        at = placed.first / laid.rate if chapters else Fraction(0)
        if not chapters or at - chapters[-1][0] >= LEAST_CHAPTER_S:
            chapters.append((at, placed.beat.title))
    if len(chapters) > 1 and laid.duration - chapters[-1][0] < LEAST_CHAPTER_S:
        chapters.pop()
    if len(chapters) < LEAST_CHAPTERS:
        return ""
    return "".join(f"{clock(at, 0)} {title}\n" for at, title in chapters)


def _poster(laid: Laid, path: Path) -> Path:
    """Write the picture of the beat that was chosen for it, or of the first, when all of it is there."""
    placed = next((one for one in laid.beats if one.beat.poster), laid.beats[0])
    picture = laid.draw(placed)((placed.frames - 1) / laid.rate)
    with whole_file(path) as part:
        part.write_bytes(jpeg(to_rgb(picture), 92))
    return path


def _thumbnails(laid: Laid, pieces: Sequence[Piece], out: Path) -> list[Path]:
    """Write a sheet of small pictures and the .vtt that says when each is shown, as players read them."""
    kept = list(thumbs_of(laid, pieces))
    found = [(number, of_jpeg(path.read_bytes())) for number, path in kept[:: -(-len(kept) // MOST_THUMBS) or 1]]
    if not found:
        return []
    high, wide = found[0][1].shape[:2]
    columns = min(COLUMNS, len(found))
    page = np.zeros((-(-len(found) // columns) * high, columns * wide, 3), np.uint8)
    sheet, listed = out.with_suffix(".jpg"), []
    middles = [(one + other) / 2 for (one, _), (other, _) in pairwise(found)]
    edges = [Fraction(0), *(Fraction(middle) / laid.rate for middle in middles), laid.duration]
    for at, (_, pixels) in enumerate(found):
        top, left = at // columns * high, at % columns * wide
        page[top : top + high, left : left + wide] = pixels
        listed.append(Cue(edges[at], edges[at + 1], f"{quote(sheet.name)}#xywh={left},{top},{wide},{high}"))
    with whole_file(sheet) as part:
        part.write_bytes(jpeg(page))
    return [sheet, _write(out, format_vtt(listed))]


def timeline_of(laid: Laid, film: Path) -> Timeline:
    """Return the film as a timeline, cut at its beats, with a marker for each."""
    clips, markers = [], []
    for placed in laid.beats:
        start = placed.first / laid.rate
        name = placed.beat.title or f"beat {placed.number + 1}"
        clips.append(Clip(source=FileSource(path=film), name=name, start=start, duration=placed.frames / laid.rate))
        markers.append(Marker(time=start, name=name, note=placed.beat.say[:500]))
    return Timeline(
        name=laid.storyboard.title or film.stem,
        width=laid.width,
        height=laid.height,
        rate=laid.rate,
        tracks=(Track(name="film", items=tuple(clips)),),
        markers=tuple(markers),
    )
