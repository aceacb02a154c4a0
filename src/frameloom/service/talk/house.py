"""What all pages of a live talk share, and what each of them has chosen of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from frameloom.apps.talk.characterfile import Mood
from frameloom.service.talk.answers import Ask
from frameloom.service.talk.voices import Offered, Voices

Tell = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Chosen:
    """Who answers, and how."""

    character: str
    voice: str
    language: str
    mood: Mood | None = None


@dataclass(frozen=True)
class House:
    """What all pages share."""

    characters: tuple[str, ...]
    """Names that a page may choose from, or paths."""
    voices: Voices
    offered: tuple[Offered, ...]
    """Voices that a page may choose from."""
    languages: Mapping[str, str]
    """Codes and names of the languages that a page may choose from."""
    begin_asking: Callable[[], Ask]
    """Gives each page a conversation of its own."""
    first: Chosen
    seed: int = 0
    tell: Tell = lambda record: None
    """Hears of each line that was answered."""
