"""What is said, word by word: written and read as a file, and gathered into cues and sentences.

Word(0.34, 1.04, "This"), Word(1.04, 1.34, "is"), ...
  --cues--------> .srt, .vtt     two short lines each, which end with sentences and in pauses
  --sentences---> what can be searched
  --as it is----> .json          {"words": [{"start": 0.34, "end": 1.04, "text": "This", "chance": 0.94}, ...]}
  --the text----> .txt
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameloom.core.errors import MediaError, OutputError
from frameloom.core.files import whole_file
from frameloom.media.subtitles import MAX_CUES, SUBTITLE_SUFFIXES, Cue, read_subtitles, read_text, write_subtitles

TRANSCRIPT_SUFFIXES = (".srt", ".vtt", ".json", ".txt")
"""That a transcript is written as."""
LINE_CHARACTERS = 42
"""Of a line of subtitles, as broadcasters have it."""
CUE_S = Fraction(6)
"""Longest that a cue is shown."""
PAUSE_S = Fraction(3, 4)
"""A pause so long ends a cue and a sentence."""
SENTENCE_CHARACTERS = 200
"""A longer sentence is searched in parts."""
_ENDS = (".", "!", "?", "…", "。", "\uff01", "\uff1f")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or what a cue of subtitles says, in seconds."""

    start: Fraction
    end: Fraction
    text: str
    chance: float = 1.0
    """How sure it is, in [0, 1]."""

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        times = {"start": round(float(self.start), 3), "end": round(float(self.end), 3)}
        return {**times, "text": self.text, "chance": round(self.chance, 3)}


def text_of(words: Iterable[Word]) -> str:
    """Return what is said, with single spaces.

    >>> text_of([Word(Fraction(0), Fraction(1), "Good"), Word(Fraction(1), Fraction(2), "day.")])
    'Good day.'
    """
    return " ".join(" ".join(word.text for word in words).split())


def cues_of(words: Sequence[Word]) -> tuple[Cue, ...]:
    """Return cues of at most two lines and six seconds, which end with sentences and in pauses."""
    return tuple(
        Cue(group[0].start, group[-1].end, _in_two_lines(text_of(group)))
        for group in _groups(words, 2 * LINE_CHARACTERS, CUE_S)
    )


def sentences_of(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return what is said sentence by sentence, long ones in parts."""
    return tuple(
        Word(group[0].start, group[-1].end, text_of(group), min(word.chance for word in group))
        for group in _groups(words, SENTENCE_CHARACTERS, None)
    )


def _groups(words: Sequence[Word], most: int, longest: Fraction | None) -> Iterator[list[Word]]:
    """Yield words that belong together, of at most so many characters and seconds."""
    group: list[Word] = []
    for word in words:
        if group and (
            word.start - group[-1].end >= PAUSE_S
            or len(text_of([*group, word])) > most
            or (longest is not None and word.end - group[0].start > longest)
        ):
            yield group
            group = []
        group.append(word)
        if word.text.endswith(_ENDS):
            yield group
            group = []
    if group:
        yield group


def _in_two_lines(text: str) -> str:
    """Return a text with a newline at the space nearest to its middle, where it is too long for one line."""
    spaces = [index for index, letter in enumerate(text) if letter == " "]
    if len(text) <= LINE_CHARACTERS or not spaces:
        return text
    middle = min(spaces, key=lambda index: abs(2 * index + 1 - len(text)))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def check_suffix(path: Path) -> str:
    """Return the suffix of a file that a transcript is to be written as.

    Raises:
        OutputError: another suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in TRANSCRIPT_SUFFIXES:
        raise OutputError(f"{path}: not a format of transcripts; give {', '.join(TRANSCRIPT_SUFFIXES)}")
    return suffix


def write_transcript(path: Path, words: Sequence[Word]) -> None:
    """Write words as .srt, .vtt, .json or .txt.

    Raises:
        OutputError: another suffix, or the place cannot be written.
    """
    suffix = check_suffix(path)
    if suffix in {".srt", ".vtt"}:
        write_subtitles(path, cues_of(words))
        return
    if suffix == ".json":
        text = json.dumps({"words": [word.record() for word in words]}, ensure_ascii=False, indent=1) + "\n"
    else:
        text = "".join(f"{word.text}\n" for word in sentences_of(words))
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def read_transcript(path: Path) -> tuple[Word, ...]:
    """Return the words of a .json transcript, or the cues of subtitles, one word or one sentence each.

    Raises:
        MediaError: no such file, of another format, or damaged; names the place.
    """
    if path.suffix.lower() != ".json":
        if path.suffix.lower() not in SUBTITLE_SUFFIXES:
            raise MediaError(f"{path}: unknown kind of transcript; give {', '.join((*SUBTITLE_SUFFIXES, '.json'))}")
        return tuple(Word(cue.start, cue.end, " ".join(cue.text.split())) for cue in read_subtitles(path).cues)
    text, _, _ = read_text(path)
    try:
        return words_in(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise MediaError(f"{path}: not a transcript ({error}); write one with `frameloom transcript`") from error


def words_in(held: object) -> tuple[Word, ...]:
    """Return the words that the JSON of a transcript holds.

    Raises:
        ValueError: it is of another form; names the word.
    """
    rows = held.get("words") if isinstance(held, dict) else None
    if not isinstance(rows, list) or len(rows) > MAX_CUES:
        raise ValueError('it has no list of "words"' if not isinstance(rows, list) else f"more than {MAX_CUES} words")
    return tuple(sorted((_word(number, row) for number, row in enumerate(rows)), key=lambda word: word.start))


def _word(number: int, row: object) -> Word:
    """Return one word of a JSON transcript."""
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError(f'words[{number}] has no "text"')
    start, end, chance = (_number(row.get(name, default)) for name, default in _NUMBERS.items())
    if start is None or end is None or chance is None or end <= start:
        raise ValueError(f'words[{number}] has no "start" before its "end", in seconds')
    return Word(start, end, row["text"], min(float(chance), 1.0))


_NUMBERS = {"start": None, "end": None, "chance": 1.0}


def _number(value: object) -> Fraction | None:
    """Return what is a number and not negative, as it is written."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _MOST_S:
        return None
    return Fraction(str(value))


_MOST_S = 1_000_000
