"""A script: who is there, and who says what, in a file that a person writes.

    [cast.ada]              character = "ada"      voice = "auto"      language = "en"
    [[turns]]               who = "ada"            say = "Hello, Kip!"      mood = "happy"
    [[turns]]               who = "kip"            sound = "kip.wav"

Paths are relative to the file.
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from frameloom.apps.talk.characterfile import AUTO, Mood
from frameloom.core.config import Config, read_toml, validate
from frameloom.core.errors import ConfigError, OutputError
from frameloom.core.files import whole_file
from frameloom.core.times import Rate
from frameloom.media.files.formats import VideoFormat
from frameloom.media.speech.spoken import Factor

EXAMPLE = Path(__file__).resolve().parents[2] / "characters" / "scripts" / "example.toml"
MOST_CHARACTERS = 4
MOST_TURNS = 2000
MOST_LETTERS = 5000

Side = Annotated[int, Field(ge=96, le=4320, multiple_of=2)]


class MemberConfig(Config):
    """One of the cast: a character, and what is to be otherwise about its voice."""

    character: str = "ada"
    """Name of a character that ships, or a character file."""
    voice: str = AUTO
    """Name of a voice, as `frameloom voices` lists them; `auto` leaves it to the character."""
    language: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """A code such as en, en-gb, de, zh, ja; by default the character's own."""
    pace: Factor | None = None
    """How fast, as a multiple of the voice's own pace; by default the character's own."""
    pitch: Factor | None = None
    """How high, as a multiple of the voice's own pitch; by default the character's own."""


class TurnConfig(Config):
    """What somebody says."""

    who: str
    """Name in the cast."""
    say: Annotated[str, Field(max_length=MOST_LETTERS)] = ""
    """The words."""
    sound: Path | None = None
    """A recording instead of a voice; with its words in `say`, captions follow it."""
    mood: Mood | None = None
    """Mood while it is said; by default the character's own."""
    to: str | None = None
    """Whom it is said to; by default who spoke before, or speaks next."""
    shot: Literal["auto", "close", "wide"] = "auto"
    """What the camera shows: the speaker, everybody, or what is chosen."""
    pause: Annotated[float, Field(ge=0, le=60)] = 0.35
    """Seconds of silence after it."""
    pace: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    """How fast, as a multiple of what the cast says."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.say.strip() and self.sound is None:
            raise ValueError("says nothing; give say, the words, or sound, a recording, or both")
        return self


class SettingConfig(Config):
    """Where and how it is seen."""

    width: Side = 1280
    """Px."""
    height: Side = 720
    rate: Rate = Fraction(25)
    """Pictures per second."""
    background: str | None = None
    """A colour, or a picture; by default that of the first character."""
    subtitles: Literal["soft", "burned", "no"] = "soft"
    """A track that a player shows on request, words in the pictures, or none."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """Fixes blinks, glances and gestures."""
    video: VideoFormat = VideoFormat()
    """How the pictures are stored."""


class Script(Config):
    """A dialogue."""

    title: Annotated[str, Field(max_length=200)] = ""
    """Stands in the file as its title."""
    setting: SettingConfig = SettingConfig()
    cast: Annotated[dict[str, MemberConfig], Field(min_length=1, max_length=MOST_CHARACTERS)]
    """Who is there, by name, from left to right."""
    turns: Annotated[list[TurnConfig], Field(min_length=1, max_length=MOST_TURNS)]
    """What is said, in order."""

    @model_validator(mode="after")
    def _everybody_is_known(self) -> Self:
        known = ", ".join(self.cast)
        for number, turn in enumerate(self.turns, 1):
            for role, name in (("who", turn.who), ("to", turn.to)):
                if name is not None and name not in self.cast:
                    raise ValueError(f"turn {number}: {role} is {name!r}, who is not in the cast; there: {known}")
            if turn.to == turn.who:
                raise ValueError(f"turn {number}: {turn.who} speaks to themselves; leave out `to`")
        return self


def read_script(path: Path) -> Script:
    """Return the script in a TOML file; what it names lies beside it.

    Raises:
        ConfigError: it cannot be read, or something does not fit.
    """
    return validate(Script, ask(path), str(path))


def ask(
    script: Path | None,
    *,
    text: str | None = None,
    audio: Path | None = None,
    member: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the settings of a script: those of a file, whose names of files are found beside it, or of one turn.

    Args:
        script: a file.
        text: the words of the only turn, instead of a file.
        audio: a recording, of these words where they are given.
        member: who says it, as settings of a `MemberConfig`; those that are None are left out.

    Raises:
        ConfigError: the file cannot be read, it is not one thing alone that is asked for, or a member is for a script.
    """
    if (script is None) is (text is None and audio is None):
        raise ConfigError("talk: give a script, or --text, --audio, or both")
    if text is not None and not text.strip():
        raise ConfigError("talk: --text says nothing; give words")
    asked = [part for part, value in (member or {}).items() if value is not None]
    if script is not None and asked:
        raise ConfigError(f"talk: --{asked[0]} goes with --text or --audio; here, --set cast.NAME.{asked[0]}=...")
    if script is None:
        said = {part: value for part, value in (("say", text), ("sound", audio)) if value is not None}
        speaker = {part: value for part, value in (member or {}).items() if value is not None}
        return {"cast": {"speaker": speaker}, "turns": [{"who": "speaker", **said}]}
    settings = read_toml(script)
    if "head" in settings and not {"cast", "turns"} & set(settings):
        raise ConfigError(
            f"{script}: a character, not a script; see it with `frameloom characters check`, or let it speak with "
            "--text WORDS --character FILE"
        )
    for place, key in (
        *((member, "character") for member in tables(settings.get("cast"))),
        *((turn, "sound") for turn in tables(settings.get("turns"))),
        (settings.get("setting"), "background"),
    ):
        if isinstance(place, dict) and isinstance(place.get(key), str) and (script.parent / place[key]).is_file():
            place[key] = str(script.parent / place[key])
    return settings


def tables(value: object) -> list[Any]:
    """Return the tables of a list or a table of tables, whatever else may have been written there."""
    return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []


def new_script(out: Path) -> Path:
    """Write a script that works, and return its path.

    Raises:
        OutputError: the place is taken, or cannot be written.
    """
    if out.suffix != ".toml":
        raise OutputError(f"{out}: a script is a .toml file; give a name that ends so")
    if out.exists():
        raise OutputError(f"{out}: is there already; give another name")
    with whole_file(out) as part:
        part.write_bytes(EXAMPLE.read_bytes())
    return out


def listener(script: Script, number: int) -> str:
    """Return who is spoken to in a turn; nothing where nobody else is there."""
    turn = script.turns[number]
    if turn.to:
        return turn.to
    others = [*reversed(script.turns[:number]), *script.turns[number + 1 :]]
    return next((other.who for other in others if other.who != turn.who), _other(script, turn.who))


def _other(script: Script, who: str) -> str:
    return next((name for name in script.cast if name != who), "")
