"""The voices of a live talk: opened once for all pages, warm before they are needed, alike loud.

(voice, language) --open, speak a little--> gain; text --speak--> utterance
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from frameloom.apps.talk.characterfile import AUTO, CharacterConfig
from frameloom.apps.talk.utterance import Utterance, gain_of, utterance_of
from frameloom.apps.talk.voice import OwnVoice, voice_of
from frameloom.media.speech.espeak import VARIANTS, EspeakVoice
from frameloom.media.speech.spoken import Manner, Voice, joined
from frameloom.media.speech.voices import known_voices, open_voice

_ENGLISH = {"en": "English"}
_TRIALS = {
    "en": "Good morning. How are you today?",
    "cmn": "你好。今天天气很好。",
    "zh": "你好。今天天气很好。",
    "ja": "こんにちは、お元気ですか。",
    "ko": "안녕하세요.",
    "ru": "Доброе утро.",
    "el": "Καλημέρα.",
    "ar": "صباح الخير.",
    "hi": "नमस्ते।",
}
"""What is said to warm a voice up; others take what can be read in Latin letters."""

Open = Callable[[str | None, str], Voice]


@dataclass(frozen=True)
class Offered:
    """A voice that a page may choose."""

    name: str
    label: str
    english_only: bool


class Voices:
    """All voices that were asked for so far."""

    def __init__(self, open_one: Open = open_voice) -> None:
        """Open voices by a function."""
        self._open = open_one
        self._voices: dict[str, Voice] = {}
        self._gains: dict[tuple[str, str], float] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def offered(self) -> list[Offered]:
        """Return what is installed here."""
        here = {one.name: one for one in known_voices() if one.is_here}
        named = [Offered(AUTO, "Their own", False)]
        named += [Offered(name, name.capitalize(), True) for name in ("hibari", "piper") if name in here]
        if "espeak" in here:
            named += [Offered(f"espeak:{one}" if one else "espeak", f"eSpeak {one}".strip(), False) for one in VARIANTS]
        return named

    def languages(self) -> dict[str, str]:
        """Return the codes of the languages that are spoken here, and their names."""
        if not any(one.name == "espeak" and one.is_here for one in known_voices()):
            return dict(_ENGLISH)
        known = EspeakVoice().languages()
        return _ENGLISH | dict(sorted(known.items(), key=lambda item: item[1]))

    def warm(self, name: str, language: str, looks: CharacterConfig | None = None) -> float:
        """Open a voice, let it say something once, and return the gain that makes it as loud as the others.

        Args:
            name: of the voice; auto is a character's own.
            language: that it speaks.
            looks: the character.

        Raises:
            MediaError: there is no such voice, or it does not speak the language.
            MissingDependencyError: its package is not installed.
        """
        voice, lock = self._voice(_own(name, language, looks).name, language)
        with lock:
            key = (voice.name, language)
            if key not in self._gains:
                trial = _TRIALS.get(language.split("-")[0], _TRIALS["en"])
                self._gains[key] = gain_of(joined(voice.speak(trial, Manner(language=language))))
            return self._gains[key]

    def speak(self, text: str, name: str, language: str, looks: CharacterConfig | None = None) -> Utterance:
        """Return a piece of text as it is said; as `warm` takes them, with a character's own pitch and pace.

        Raises:
            MediaError: the text has nothing to speak, or the voice does not speak it.
        """
        gain = self.warm(name, language, looks)
        own = _own(name, language, looks)
        voice, lock = self._voice(own.name, language)
        with lock:
            spoken = joined(voice.speak(text, own.manner))
        return utterance_of(spoken, text, gain)

    def _voice(self, name: str, language: str) -> tuple[Voice, Lock]:
        with self._lock:
            asked = f"{name}/{language}" if name == AUTO else name
            if asked not in self._voices:
                opened = self._open(None if name == AUTO else name, language)
                same = next((one for one in self._voices.values() if one.name == opened.name), opened)
                self._voices[asked] = same
            voice = self._voices[asked]
            return voice, self._locks.setdefault(voice.name, Lock())


def _own(name: str, language: str, looks: CharacterConfig | None) -> OwnVoice:
    if looks is None:
        return OwnVoice(name, Manner(language=language))
    return voice_of(looks, voice=name, language=language)
