"""What a storyboard names that is not there, or cannot be done: found before any long work.

Draft --files, fonts, voices, letters, lengths--> Found: problems with their lines, notes
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from frameloom.apps.compose.legible import hard_to_read
from frameloom.apps.compose.lines import Way
from frameloom.apps.compose.naming import stems_of
from frameloom.apps.compose.reading import MOST_TOLD, NAMED, Draft, Problem, in_order, read_draft
from frameloom.apps.compose.scenes.clips import sampler
from frameloom.apps.compose.scenes.presenter import character_at
from frameloom.apps.compose.sources import early_ends, wrong_files
from frameloom.apps.compose.speaking import SILENT
from frameloom.apps.compose.storyboard import Storyboard
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.theme_faults import wrong_theme
from frameloom.apps.talk.store import load_character
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, MediaError, ModelError
from frameloom.core.times import clock, parse_time
from frameloom.media.speech import japanese
from frameloom.media.speech.espeak import VARIANTS
from frameloom.media.speech.tokens import read_silently
from frameloom.media.speech.voices import ENGINES, known_voices
from frameloom.media.text import TextStyle, missing


@dataclass(frozen=True)
class Found:
    """What came of a check."""

    draft: Draft
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "path": str(self.draft.path),
            "problems": [one.record() for one in self.problems],
            "notes": list(self.notes),
        }

    def text(self) -> str:
        """Return it for people."""
        count = len(self.problems)
        last = f"{self.draft.path}: {'1 problem' if count == 1 else f'{count} problems'}"
        if not count and self.draft.storyboard is not None:
            last = f"{self.draft.path}: {len(self.draft.storyboard.beats)} beats, no problems"
        return "\n".join([*map(str, self.problems[:MOST_TOLD]), *self.notes, last])

    @property
    def storyboard(self) -> Storyboard:
        """Return the storyboard, which has no problems.

        Raises:
            ConfigError: it has.
        """
        if self.draft.storyboard is None:
            raise ConfigError(f"{self.draft.path}: has problems")
        return self.draft.storyboard


def check(draft: Draft) -> Found:
    """Return all that is wrong with a storyboard, and what a person should be told besides."""
    problems = list(draft.problems)
    notes: list[str] = []
    problems += wrong_files(draft)
    problems += _voices(draft)
    problems += _cues(draft)
    problems += _late_cues(draft)
    problems += _characters(draft)
    problems += _models(draft)
    problems += wrong_theme(draft)
    if draft.storyboard is not None:
        notes += map(str, early_ends(draft))
        notes += map(str, _letters(draft, draft.storyboard))
        notes += map(str, _nameless(draft, draft.storyboard))
        notes += map(str, _unread(draft, draft.storyboard))
        notes += [] if problems else map(str, hard_to_read(draft, draft.storyboard))
    return Found(draft, tuple(in_order(problems)), tuple(notes))


def check_file(path: Path, changes: Mapping[str, Any] | None = None) -> Found:
    """Return all that is wrong with the storyboard in a file.

    Raises:
        ConfigError: the file cannot be read, or has another suffix.
    """
    return check(read_draft(path, changes=changes))


def _voices(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each voice that is not known or not installed."""
    for way, settings in [((), draft.settings), *_beats(draft)]:
        name = settings.get("voice")
        if isinstance(name, str) and (told := _wrong_voice(name)):
            yield draft.problem((*way, "voice"), told)


def _wrong_voice(name: str) -> str:
    engine, _, variant = name.partition(":")
    if name == SILENT:
        return ""
    if engine not in ENGINES:
        close = difflib.get_close_matches(engine, [*ENGINES, SILENT], n=1)
        told = f"did you mean {close[0]!r}?" if close else f"known: {', '.join([*ENGINES, SILENT])}"
        return f"voice {name!r} is not known; {told}"
    if variant and (engine != "espeak" or variant not in VARIANTS):
        return f"voice {name!r}: no such variant; known: {', '.join(f'espeak:{one}' for one in VARIANTS[1:])}"
    known = next((one for one in known_voices() if one.name == engine), None)
    return "" if known is None or known.is_here else f"voice {name!r} is not installed; {known.how}"


def _cues(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each cue that waits for words which are not said."""
    for way, beat in _beats(draft):
        cues, said = beat.get("cues"), beat.get("say")
        if not isinstance(cues, list) or not isinstance(said, str):
            continue
        heard = stems_of(said)
        for at, cue in enumerate(cues):
            if isinstance(cue, str) and not _is_time(cue) and not stems_of(cue) & heard:
                yield draft.problem(
                    (*way, "cues", at), f"{cue!r} is not said in this beat; give a word of it, or seconds"
                )


def _late_cues(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each cue that comes when its beat is surely over, however slowly its words are said."""
    if draft.storyboard is None:
        return
    template = TEMPLATES[draft.storyboard.template]
    for number, beat in enumerate(draft.storyboard.beats):
        words = read_silently(beat.say.strip(), beat.pace or draft.storyboard.pace)[1]
        least = beat.length or (Fraction(1) if words else template.quiet)
        over = max(least, _SLOWEST * words + (template.breath if beat.breath is None else beat.breath)) + _MARGIN_S
        for at, cue in enumerate(beat.cues):
            if isinstance(cue, Fraction) and cue > over:
                told = f"{clock(cue)} is long after the end of this beat; give less, or let it be longer with length"
                yield draft.problem(("beats", number, "cues", at), told)


_SLOWEST, _MARGIN_S = 2, 2
"""What a slow voice takes of the time in which words are read, and what a cut that waits for the music may add."""


def _characters(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each presenter that is not known, or whose file does not fit."""
    for way, scene in _scenes(draft):
        name = scene.get("character") if scene.get("kind") == "presenter" else None
        if isinstance(name, str):
            try:
                load_character(character_at(name, draft.folder))
            except (ConfigError, MediaError) as error:
                yield draft.problem((*way, "character"), str(error))


def _models(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each model that is not known, or makes no clips."""
    for way, scene in _scenes(draft):
        name = scene.get("model") if scene.get("kind") == "model" else None
        if isinstance(name, str) and name:
            try:
                sampler(name, draft.folder)
            except ModelError as error:
                yield draft.problem((*way, "model"), str(error))


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def _beats(draft: Draft) -> list[tuple[Way, dict[str, Any]]]:
    beats = draft.settings.get("beats")
    if not isinstance(beats, list):
        return []
    return [(("beats", at), beat) for at, beat in enumerate(beats) if isinstance(beat, dict)]


def _scenes(draft: Draft) -> Iterator[tuple[Way, dict[str, Any]]]:
    """Yield the scene of each beat, and what lies under it where it is layered."""
    for way, beat in _beats(draft):
        inner: Way = (*way, "scene")
        scene = beat.get("scene")
        while isinstance(scene, dict):
            yield inner, scene
            inner, scene = (*inner, "under"), scene.get("under")


def _letters(draft: Draft, board: Storyboard) -> Iterator[Problem]:
    """Yield what is to be told of each beat that has letters which no font has."""
    for number, beat in enumerate(board.beats):
        texts = "\n".join([beat.say, *texts_of(beat.scene)])
        absent = missing(texts, TextStyle(language=beat.language or board.language))
        if absent:
            shown = " ".join(absent[:10])
            told = f"no font here has {shown}; install one, or name a font file in the theme"
            yield draft.problem(("beats", number), told)


def _nameless(draft: Draft, board: Storyboard) -> Iterator[Problem]:
    """Yield what is to be told of each {name} that is said as it stands, because there are no variables at all."""
    for number, beat in enumerate(board.beats):
        for name in dict.fromkeys(NAMED.findall(beat.say)):
            told = f"{{{name}}} is said as it stands; give it in [variables], or in the rows of a batch"
            yield draft.problem(("beats", number, "say"), told)


def _unread(draft: Draft, board: Storyboard) -> Iterator[Problem]:
    """Yield what is to be told of kanji without the dictionary that tells how they sound, once for all of them."""
    if japanese.is_installed():
        return
    for number, beat in enumerate(board.beats):
        engine = (beat.voice or board.voice or "espeak").partition(":")[0]
        language = (beat.language or board.language).lower()
        if engine == "espeak" and language.partition("-")[0] == "ja" and japanese.needs_reading(beat.say):
            told = "espeak reads no kanji; pip install 'frameloom[japanese]', write kana, or give voice = \"none\""
            yield draft.problem(("beats", number, "say"), told)
            return


def texts_of(settings: object) -> Iterator[str]:
    """Yield the texts of settings."""
    if isinstance(settings, str):
        yield settings
    elif isinstance(settings, Config):
        for name in type(settings).model_fields:
            yield from texts_of(getattr(settings, name))
    elif isinstance(settings, tuple):
        for inner in settings:
            yield from texts_of(inner)
