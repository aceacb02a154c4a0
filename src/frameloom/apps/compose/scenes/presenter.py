"""A talking character: its lips follow the phonemes of the narration, its hands and eyes the stress.

narration --track--> Behaviour --pose at a time--> planes with alpha --over--> bullets, a title, or the backdrop
"""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from frameloom.apps.compose.scenes.board import Board
from frameloom.apps.compose.scenes.figures import backdrop
from frameloom.apps.compose.scenes.heading import Short, Text
from frameloom.apps.compose.scenes.words import Bullets, Title
from frameloom.apps.compose.stage import Draw, Speech, Stage
from frameloom.apps.talk.behaviour import Behaviour
from frameloom.apps.talk.character import Character, Span, chin_of
from frameloom.apps.talk.hearing import listening
from frameloom.apps.talk.stage import Place
from frameloom.apps.talk.stage import Stage as TalkStage
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.voice import OwnVoice, voice_of
from frameloom.core.config import Config
from frameloom.effects.blend import over
from frameloom.effects.titles.motion import Box
from frameloom.media.files.source import read_sound
from frameloom.media.planes import Planes
from frameloom.media.sound import SAMPLE_RATE, sample_at, silence
from frameloom.media.speech.spoken import Phoneme, Spoken
from frameloom.media.speech.track import track_of
from frameloom.media.visemes import VisemeTrack

_BESIDE, _BELOW, _BELOW_TITLE = 0.4, 0.5, 0.58
"""Share of a wide picture's width, and of an upright one's height, that the character takes
beside points, or beside a title."""
_LEAST_BELOW = 0.36
"""The same below many points."""
_MOST = 0.6
"""Height of a character beside words, as a share of the picture's width, lest it stand before them."""
_OVER, _REACH = 0.12, 0.92
"""Share of the height that stays free above a character beside words, and the width that arms need, as a share of the
character's height."""

_SMALLER: tuple[Span, ...] = ("bust", "half", "long")
"""How much of a character is seen, the largest head first."""
_RAISED, _HAIR = 0.06, 0.03
"""Share of an upright picture's height by which a character may be raised into the room of the words above it, and of a
character's height that is free above its hair."""


class Presenter(Config):
    """Somebody who says what is said, alone or beside words."""

    kind: Literal["presenter"] = "presenter"
    character: Annotated[str, Field(min_length=1, max_length=500)] = "ada"
    """A character that comes along, or a character's file; see `frameloom characters`."""
    framing: Literal["half", "bust"] = "half"
    side: Literal["left", "right"] = "right"
    """Where the character stands when there are words beside it."""
    title: Short = ""
    items: Annotated[tuple[Text, ...], Field(max_length=8)] = ()
    """Points beside the character, each of which comes when it is named."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return self.items

    def voice(self, folder: Path, language: str) -> OwnVoice:
        """Return with which voice the character speaks a language.

        Raises:
            ConfigError: there is no such character.
        """
        return voice_of(self.who(folder).looks, language=language)

    def who(self, folder: Path) -> Character:
        """Return the character.

        Raises:
            ConfigError: there is no such character.
        """
        return load_character(character_at(self.character, folder))

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows.

        Raises:
            ConfigError: there is no such character.
        """
        character = self.who(stage.folder)
        under, span, box = self.words(stage, character)
        return _Presented(under, character, span, stage, box)

    def words(self, stage: Stage, character: Character) -> tuple[Draw, Span, Box]:
        """Return what stands beside the character, how much of it is seen, and where."""
        if not self.title and not self.items:
            return Board(backdrop(stage)), self.framing, _alone(stage)
        below = max(_BELOW - 0.04 * max(len(self.items) - 3, 0), _LEAST_BELOW) if self.items else _BELOW_TITLE
        span: Span = self.framing
        if stage.is_upright:
            span, box, room = _over_captions(stage, character, span, below)
        else:
            box, room = _beside(stage, self.side)
        words = Bullets(title=self.title, items=self.items) if self.items else Title(title=self.title)
        return words.begin(replace(stage, safe=room)), span, box


def character_at(name: str, folder: Path) -> str:
    """Return a character's name, or its file's path from the storyboard."""
    return str(folder / name) if is_path(name) else name


def is_path(name: str) -> bool:
    """Return whether a character is named by its file."""
    return bool(Path(name).suffix) or len(Path(name).parts) > 1


def _alone(stage: Stage) -> Box:
    width = min(stage.width, round(stage.height * 1.2)) & ~1
    left = (stage.width - width) // 4 * 2
    return left, 0, left + width, stage.height


def _over_captions(stage: Stage, character: Character, framing: Span, below: float) -> tuple[Span, Box, Box]:
    """Return how much of a character is seen below words, where it stands, and where the words do.

    Its chin stays above captions: a smaller figure has it higher, and one for which that is not enough is raised.
    """
    left, top, right, bottom = stage.safe
    middle = top + round((bottom - top) * (1 - below))
    row = stage.height if stage.captions is None else stage.captions
    smaller = _SMALLER[_SMALLER.index(framing) :]
    chins = [chin_of(character.looks, one) for one in smaller]
    fits = (one for one, chin in zip(smaller, chins, strict=True) if middle + chin * (stage.height - middle) <= row)
    span = next(fits, smaller[-1])
    raised = round((row - chins[-1] * stage.height) / (1 - chins[-1]))
    over = min(middle, max(raised, middle - round(stage.height * _RAISED))) & ~1
    words = min(middle, over + round((stage.height - over) * _HAIR)) & ~1
    return span, (0, over, stage.width, stage.height), (left, top, right, words)


def _beside(stage: Stage, side: str) -> tuple[Box, Box]:
    """Return where the character stands in a wide picture, and where the words do."""
    left, top, right, bottom = stage.safe
    width = round(stage.width * _BESIDE) & ~1
    free = max(_OVER, 1 - stage.width / stage.height * _MOST)
    over, reach = round(stage.height * free) & ~1, round(stage.height * (1 - free) * _REACH) & ~1
    if side == "left":
        return (0, over, reach, stage.height), (max(left, width), top, right, bottom)
    return (stage.width - reach, over, stage.width, stage.height), (left, top, min(right, stage.width - width), bottom)


class _Presented:
    """A character over a scene."""

    def __init__(self, under: Draw, character: Character, framing: Span, stage: Stage, box: Box):
        self._under, self._left, self._top = under, box[0], box[1]
        self._stage = TalkStage([Place(character)], box[2] - box[0], box[3] - box[1], framing, transparent=True)
        track = None if stage.speech is None else track_before(stage.speech)
        self._behaviour = Behaviour(character.looks, track, seed=stage.seed, frame_s=float(1 / stage.rate))
        self._half = 1 / (2 * stage.rate)

    def __call__(self, time: Fraction) -> Planes:
        """Return the picture at a time in s from the start of the scene."""
        posed = self._stage.picture([self._behaviour.at(float(time + self._half))])
        return over(self._under(time), posed, self._left, self._top)


def track_before(speech: Speech) -> VisemeTrack:
    """Return what a mouth does from the start of a scene on: nothing until the first sample.

    Where nobody knows the phonemes, as of a recording in which they are not found, the network that ships tells mouths
    of the sound.

    Raises:
        MediaError: the sound cannot be read.
    """
    sound = np.concatenate([silence(sample_at(speech.start), 1), *read_sound(speech.sound, channels=1)])
    if not speech.phonemes:
        return listening()(sound[:, 0])
    moved = tuple(Phoneme(one.ipa, one.start + speech.start, one.stop + speech.start) for one in speech.phonemes)
    return track_of(Spoken(sound, SAMPLE_RATE, moved, ()))
