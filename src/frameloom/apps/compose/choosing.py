"""What is shown in a beat: its own scene, the best picture of the asset folder, or its words drawn large."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from frameloom.apps.compose.scenes import SceneConfig
from frameloom.apps.compose.scenes.words import Title
from frameloom.apps.compose.storyboard import Beat, Storyboard
from frameloom.apps.compose.tokens import ends_sentence, tokens_of

_LONGEST = 90
"""Characters of a drawn sentence."""


@dataclass(frozen=True)
class Chosen:
    """A scene and where it came from."""

    scene: SceneConfig
    source: str
    """storyboard, assets or words."""
    score: float | None = None
    """How well a picture of the folder matches the words, 0 to 1."""
    why: str = ""


def choose_scenes(board: Storyboard, folder: Path) -> tuple[Sequence[Chosen], list[str]]:
    """Return a scene for each beat, and notes of what was not found."""
    chosen = [Chosen(beat.scene, "storyboard") if beat.scene else Chosen(in_words(beat), "words") for beat in board.beats]
    return chosen, []


def in_words(beat: Beat) -> SceneConfig:
    """Return a drawn scene of the words of a beat: its title, or the first sentence that is said."""
    return Title(title=beat.title or first_sentence(beat.say) or " ")


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, cut between words where it is long.

    >>> first_sentence("It rains. It pours.")
    'It rains.'
    """
    text = " ".join(text.split())
    end = 0
    for first, stop in tokens_of(text):
        if stop > _LONGEST and end:
            return text[:end].rstrip(",;:，、；：") + "…"
        end = stop
        if ends_sentence(text[first:stop]):
            break
    return text[:end]
