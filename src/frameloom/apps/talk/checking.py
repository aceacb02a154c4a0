"""All that is wrong with a script, told at once, each with its line, before anything is spoken or drawn.

settings --fields, cast, characters, voices, languages, files, background, paces--> faults, by line --> ConfigError
"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from frameloom.apps.compose.lines import Lines, line_of, parse
from frameloom.apps.talk.character import Character
from frameloom.apps.talk.characterfile import AUTO, known_voice
from frameloom.apps.talk.film import background_named
from frameloom.apps.talk.script import Script, tables
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.voice import OwnVoice, voice_of
from frameloom.core.config import Fault, faults_in, validate
from frameloom.core.errors import ConfigError, FrameloomError, MediaError
from frameloom.media.files.probe import probe
from frameloom.media.files.source import read_still
from frameloom.media.speech.espeak import EspeakVoice
from frameloom.media.speech.letters import check_letters
from frameloom.media.speech.voices import known_voices

LEAST_PACE, MOST_PACE = 0.5, 2.0

_OPTIONS = {f"cast.speaker.{part}": f"--{part}" for part in ("character", "voice", "language", "pitch", "pace")}
_OPTIONS |= {"turns[0].say": "--text", "turns[0].sound": "--audio"}
"""What settings are called on a command line without a script."""


def whole_script(settings: Mapping[str, Any], path: Path | None = None) -> Script:
    """Return a script in which all that it names is there.

    Args:
        settings: as `script.ask` gives them.
        path: the file they came from, whose lines are told.

    Raises:
        ConfigError: names each setting that does not fit, one a line, in the order of their lines.
    """
    faults = faults_of(settings)
    if not faults:
        return validate(Script, settings, str(path or "talk"))
    if path is None:
        raise ConfigError("\n".join(f"{_OPTIONS.get(one.place, f'talk: {_place(one)}')}: {one.text}" for one in faults))
    lines: Lines = parse(path.read_text(encoding="utf-8"), "toml").lines
    told = sorted((line_of(lines, one.path), _place(one), one.text) for one in faults)
    raise ConfigError("\n".join(f"{path}:{line}: {place}: {text}" for line, place, text in told))


def _place(fault: Fault) -> str:
    """Return where a fault stands; turns are counted as people count them.

    >>> _place(Fault(("turns", 0, "who"), "")), _place(Fault(("cast", "ada"), ""))
    ('turn 1: who', 'cast.ada')
    """
    match fault.path:
        case ("turns", int(number), *inner):
            return ": ".join([f"turn {number + 1}", *(str(part) for part in inner)])
    return fault.place


def faults_of(settings: Mapping[str, Any]) -> list[Fault]:
    """Return each setting that does not fit, or names what is not there."""
    fields = faults_in(Script, dict(settings))
    wrong = {one.path for one in fields}
    named = [one for one in _named(settings) if one.path not in wrong]
    # What the script as a whole says of its names is told at their places.
    return [one for one in fields if one.path or not named] + named


def _named(settings: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each name behind which there is nothing, however wrong the rest may be."""
    cast, setting = settings.get("cast"), settings.get("setting")
    members = {name: one for name, one in cast.items() if isinstance(one, dict)} if isinstance(cast, dict) else {}
    heard: dict[str, OwnVoice] = {}
    for name, member in members.items():
        character = None
        try:
            character = load_character(str(member.get("character", "ada")))
        except FrameloomError as error:
            yield from (Fault(("cast", name, "character"), line) for line in str(error).splitlines())
        try:
            own = _own(member, character)
            if own is not None:
                heard[name] = own
                _check_language(own)
        except _WrongError as error:
            yield Fault(("cast", name, error.setting), str(error))
    for number, turn in enumerate(tables(settings.get("turns"))):
        if isinstance(turn, dict):
            yield from _turn(number, turn, tuple(members), heard)
    background = setting.get("background") if isinstance(setting, dict) else None
    if isinstance(background, str):
        try:
            looks, _ = background_named(background)
            if looks.picture is not None:
                read_still(looks.picture)
        except FrameloomError as error:
            yield Fault(("setting", "background"), str(error).removeprefix("setting.background: "))


class _WrongError(ValueError):
    """A setting of a member of the cast cannot be had."""

    def __init__(self, setting: str, text: str) -> None:
        super().__init__(text)
        self.setting = setting


def _own(member: Mapping[str, Any], character: Character | None) -> OwnVoice | None:
    """Return with which voice a member of a cast speaks, as far as its settings tell.

    Raises:
        _WrongError: there is no such voice.
    """
    voice, language, pace = (member.get(part) for part in ("voice", "language", "pace"))
    voice = AUTO if voice is None else voice
    if not (isinstance(voice, str) and isinstance(language, str | None) and isinstance(pace, int | float | None)):
        return None
    try:
        known_voice(voice)
    except ValueError as error:
        raise _WrongError("voice", str(error)) from error
    missing = next((one for one in known_voices() if one.name == voice.partition(":")[0] and not one.is_here), None)
    if missing is not None:
        raise _WrongError("voice", f"{voice!r} is not installed; {missing.how}")
    if character is None or (pace is not None and not LEAST_PACE <= pace <= MOST_PACE):
        return None
    return voice_of(character.looks, voice=voice, language=language, pace=pace)


def _check_language(own: OwnVoice) -> None:
    """Say that a voice does not speak a language.

    Raises:
        _WrongError: it does not.
    """
    language = own.manner.language
    if language.lower().replace("_", "-").split("-")[0] == "en":
        return
    if own.name in ("hibari", "piper"):
        raise _WrongError("language", f"{own.name} speaks English alone, not {language!r}; take another voice, or auto")
    try:
        EspeakVoice().code_of(language)
    except MediaError as error:
        raise _WrongError("language", str(error)) from error


def _turn(
    number: int, turn: Mapping[str, Any], cast: tuple[str, ...], heard: Mapping[str, OwnVoice]
) -> Iterator[Fault]:
    """Yield what is wrong with the names in a turn, and with its pace."""
    who, to, sound, pace, say = (turn.get(part) for part in ("who", "to", "sound", "pace", "say"))
    for role, name in (("who", who), ("to", to)):
        if isinstance(name, str) and cast and name not in cast:
            close = difflib.get_close_matches(name, cast, n=1)
            told = f"did you mean {close[0]!r}?" if close else f"there: {', '.join(cast)}"
            yield Fault(("turns", number, role), f"{name!r} is not in the cast; {told}")
    if isinstance(who, str) and to == who:
        yield Fault(("turns", number, "to"), f"{who} speaks to themselves; leave it out")
    if isinstance(say, str) and isinstance(who, str) and who in heard:
        try:
            check_letters(say, heard[who].manner.language)
        except MediaError as error:
            yield Fault(("turns", number, "say"), str(error))
    if isinstance(sound, str | Path):
        try:
            if not probe(Path(sound)).sounds:
                yield Fault(("turns", number, "sound"), f"{sound}: holds no sound; give a recording")
        except FrameloomError as error:
            yield Fault(("turns", number, "sound"), str(error))
    elif isinstance(pace, int | float) and isinstance(who, str) and who in heard:
        total = pace * heard[who].manner.pace
        if not LEAST_PACE <= total <= MOST_PACE:
            yield Fault(("turns", number, "pace"), f"{total:g} with the pace of {who}; give 0.5 to 2 in all")
