"""What is to be seen in a film, in the words of whoever looked at it: a line for each moment, in a text file.

# talk.captions.txt, beside talk.mp4
0:12 a red bicycle leans on a wall               until the next line
1:02.5 - 1:10 two children wave from a boat      until 1:10
"""

from fractions import Fraction
from pathlib import Path

from frameloom.core.errors import MediaError
from frameloom.core.times import parse_time
from frameloom.media.subtitles import MAX_CUE_CHARACTERS, MAX_CUES, Cue, read_text

CAPTIONS_SUFFIX = ".captions.txt"


def read_captions(path: Path, duration: Fraction) -> tuple[Cue, ...]:
    """Return the captions of a film of a duration, in order of their times.

    Raises:
        MediaError: no such file, not text, or a line is damaged; names it.
    """
    text, _, _ = read_text(path)
    rows: list[tuple[Fraction, Fraction | None, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            rows.append(_row(f"{path}, line {number}", line.split()))
    if not rows or len(rows) > MAX_CUES:
        many = f"{len(rows)} captions are too many; at most {MAX_CUES}" if rows else "no captions in this file"
        raise MediaError(f"{path}: {many}; write a line such as: 0:12 a red bicycle")
    rows.sort(key=lambda row: row[0])
    following = [*(row[0] for row in rows[1:]), duration]
    ended = ((start, end or max(after, start), said) for (start, end, said), after in zip(rows, following, strict=True))
    return tuple(Cue(start, end, said) for start, end, said in ended)


def _row(where: str, parts: list[str]) -> tuple[Fraction, Fraction | None, str]:
    """Return the times and the text of a line."""
    has_end = len(parts) > 2 and parts[1] in {"-", "\u2013"}
    times, words = ([parts[0], parts[2]], parts[3:]) if has_end else (parts[:1], parts[1:])
    try:
        start, *rest = map(parse_time, times)
    except ValueError as error:
        raise MediaError(f"{where}: {error}; write a line such as: 0:12 a red bicycle") from error
    end = rest[0] if rest else None
    if start < 0 or (end is not None and end <= start):
        raise MediaError(f"{where}: ends before it begins, or begins before 0; exchange the times")
    said = " ".join(words)
    if not said or len(said) > MAX_CUE_CHARACTERS:
        raise MediaError(f"{where}: no text, or more than {MAX_CUE_CHARACTERS} characters; write what is to be seen")
    return start, end, said
