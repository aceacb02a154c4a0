"""A character's own voice: which of those it names is here and speaks the language, how high, how fast.

voices of the file, in order --here? speaks the language?--> the first one      none of them: the best there is
what a script or a command line says goes before what the file says
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frameloom.apps.talk.character import Character
from frameloom.apps.talk.characterfile import AUTO, CharacterConfig, VoiceConfig
from frameloom.apps.talk.script import Script
from frameloom.media.speech.spoken import Manner
from frameloom.media.speech.voices import speaks


@dataclass(frozen=True)
class OwnVoice:
    """What a character is heard with."""

    name: str
    """Of a voice, or `auto` for the best that speaks the language."""
    manner: Manner

    def record(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"name": self.name, **self.manner.model_dump()}

    def text(self) -> str:
        """Return it for people.

        >>> OwnVoice("hibari", Manner(pitch=1.2)).text()
        'hibari, pitch 1.2'
        """
        manner = self.manner
        told = [self.name] if manner.language == "en" else [self.name, manner.language]
        told += [f"{what} {value:g}" for what, value in (("pitch", manner.pitch), ("pace", manner.pace)) if value != 1]
        return ", ".join(told)


def voice_of(
    looks: CharacterConfig,
    *,
    voice: str = AUTO,
    language: str | None = None,
    pitch: float | None = None,
    pace: float | None = None,
) -> OwnVoice:
    """Return with which voice a character speaks, and how.

    Args:
        looks: the character.
        voice: another one than its own; `auto` leaves the choice to its file. One that the file names too keeps the
            pitch and pace that stand there.
        language: another one than its own.
        pitch: instead of the file's, as a multiple of the voice's own.
        pace: likewise.
    """
    spoken = language or looks.language
    if voice == AUTO:
        chosen = next((one for one in looks.voice if one.name == AUTO or speaks(one.name, spoken)), None)
        chosen = chosen or looks.voice[0].model_copy(update={"name": AUTO})
    else:
        named = {one.name: one for one in reversed(looks.voice)}
        chosen = named.get(voice) or named.get(AUTO) or VoiceConfig()
        chosen = chosen.model_copy(update={"name": voice})
    manner = Manner(language=spoken, pitch=pitch or chosen.pitch, pace=pace or chosen.pace)
    return OwnVoice(chosen.name, manner)


def voices_of(script: Script, characters: Mapping[str, Character]) -> dict[str, OwnVoice]:
    """Return with which voice each of a cast speaks: its character's, unless the script says otherwise."""
    return {
        name: voice_of(
            characters[name].looks,
            voice=member.voice,
            language=member.language,
            pitch=member.pitch,
            pace=member.pace,
        )
        for name, member in script.cast.items()
    }
