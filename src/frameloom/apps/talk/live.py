"""A character that lives on: what it says is added while it is spoken.

    say(utterance, sample)  cut(sample)  attend(sample)  feel(mood, sample)  act(gesture, sample)     what happens
    at(sample) -> Pose                                                          what is seen

The track of what it says is one, however many pieces it came in: mouths pass from one to the next as within a sentence.
What is over is forgotten, so that memory stays flat. The same calls give the same poses. Times are samples at 24 kHz
from the first picture.
"""

from dataclasses import replace

import numpy as np

from frameloom.apps.talk.behaviour import Behaviour, Listening, MoodChange
from frameloom.apps.talk.characterfile import CharacterConfig, Mood
from frameloom.apps.talk.gestures import Gesture, GestureKind, chosen_gestures
from frameloom.apps.talk.pose import Pose
from frameloom.apps.talk.speaking import Phrase, phrases_of
from frameloom.apps.talk.utterance import RATE, ROW, Utterance
from frameloom.media.visemes import RATE as ROWS
from frameloom.media.visemes import VISEMES, VisemeTrack

PICTURES = 25
"""Pictures in a second."""
STEP = RATE // PICTURES
"""Samples from one picture to the next."""

_KEPT_S = 3
"""Seconds of the past that still matter."""
_ATTENTION_S = 2.5
"""How long somebody who wrote a letter is looked at."""
_GESTURE_S = 2.2
"""How long a gesture takes that was asked for."""
_AFTERWARDS_S = 0.5
"""How long a gesture may go on after a speech was cut off."""
_REST = 30
"""Rows of silence after what is said."""


class Live:
    """One character, from its first picture on."""

    def __init__(self, looks: CharacterConfig, *, seed: int = 0, mood: Mood | None = None) -> None:
        """Begin in silence, in a mood or the character's own."""
        self.looks, self.seed = looks, seed
        self._since = 0
        self._track = _silence(0)
        self._phrases: list[Phrase] = []
        self._gestures: list[Gesture] = []
        self._listening: list[Listening] = []
        self._moods = [MoodChange(-1e9, mood or looks.manner.mood)]
        self._said = 0
        self._changed()

    def at(self, sample: int) -> Pose:
        """Return the pose at a time."""
        return self.behaviour.at(sample / RATE)

    def say(self, utterance: Utterance, sample: int, now: int | None = None) -> None:
        """Say something from a sample on, which begins a row; what was long before now, or before it, is forgotten.

        Raises:
            ValueError: it does not, or something is still being said then.
        """
        row, rest = divmod(sample, ROW)
        end = self._since + len(self._track.weights)
        if rest or (row < end and self._track.weights[max(row - self._since, 0) :, 1:].any()):
            raise ValueError(f"sample {sample}: begins no row, or comes before the end of what is said")
        self._forget(sample if now is None else min(now, sample))
        self._track = _joined(_until(self._track, row - self._since), utterance.track)
        phrases = phrases_of(utterance.track, row / ROWS)
        self._phrases += phrases
        self._gestures += chosen_gestures(self.looks.manner, phrases, self.seed, self._said, self._gestures)
        self._said += max(len(phrases), 1)
        self._changed()

    def cut(self, sample: int) -> None:
        """Say no more from a sample on."""
        row, time = -(-sample // ROW), sample / RATE
        if row < self._since + len(self._track.weights):
            self._track = _joined(_until(self._track, max(row - self._since, 0)), _silence(_REST))
        spoken = (replace(one, stop=min(one.stop, time)) for one in self._phrases if one.start < time)
        self._phrases = [replace(one, stresses=tuple(s for s in one.stresses if s.time < time)) for one in spoken]
        last = time + _AFTERWARDS_S
        self._gestures = [replace(one, stop=min(one.stop, last)) for one in self._gestures if one.start < time]
        self._moods = [change for change in self._moods if change.time < time]
        self._changed()

    def act(self, kind: GestureKind, sample: int) -> None:
        """Make a gesture from a sample on, in place of those that the speech gave."""
        start = sample / RATE
        stop = start + _GESTURE_S
        others = [one for one in self._gestures if one.start < start or one.start >= stop]
        self._gestures = [replace(one, stop=min(one.stop, start)) if one.start < start else one for one in others]
        self._gestures.append(Gesture(start, stop, kind))
        self._changed()

    def attend(self, sample: int) -> None:
        """Look at who writes, for a while from a sample on."""
        time = sample / RATE
        before = self._listening[-1] if self._listening else None
        if before is not None and time <= before.stop:
            self._listening[-1] = replace(before, stop=time + _ATTENTION_S)
        else:
            self._listening.append(Listening(time, time + _ATTENTION_S, 0.0))
        self._changed()

    def feel(self, mood: Mood | None, sample: int) -> None:
        """Be in a mood, or in the character's own, from a sample on, whatever was meant for later."""
        asked = mood or self.looks.manner.mood
        moods = [change for change in self._moods if change.time < sample / RATE]
        if moods[-1].mood != asked:
            moods.append(MoodChange(sample / RATE, asked))
        if moods != self._moods:
            self._moods = moods
            self._changed()

    def _forget(self, sample: int) -> None:
        """Drop what was over some seconds before a sample."""
        time = sample / RATE - _KEPT_S
        rows = min(max(int(time * ROWS) - self._since, 0), len(self._track.weights))
        self._track = VisemeTrack(self._track.weights[rows:], self._track.intensity[rows:])
        self._since = max(int(time * ROWS), self._since) if not len(self._track.weights) else self._since + rows
        self._phrases = [one for one in self._phrases if one.stop > time]
        self._gestures = [one for one in self._gestures if one.stop > time]
        self._listening = [one for one in self._listening if one.stop > time]
        over = [change for change in self._moods if change.time < time]
        self._moods = self._moods[max(len(over) - 2, 0) :]

    def _changed(self) -> None:
        self.behaviour = Behaviour(
            self.looks,
            _joined(self._track, _silence(_REST)),
            since=self._since / ROWS,
            phrases=self._phrases,
            seed=self.seed,
            moods=self._moods,
            gestures=self._gestures,
            listening=self._listening,
            frame_s=1 / PICTURES,
        )


def _silence(rows: int) -> VisemeTrack:
    weights = np.zeros((rows, len(VISEMES)), np.float32)
    weights[:, 0] = 1
    return VisemeTrack(weights, np.zeros(rows, np.float32))


def _joined(first: VisemeTrack, then: VisemeTrack) -> VisemeTrack:
    return VisemeTrack(np.concatenate([first.weights, then.weights]), np.concatenate([first.intensity, then.intensity]))


def _until(track: VisemeTrack, rows: int) -> VisemeTrack:
    """Return exactly so many rows of a track: what is missing is silence."""
    there = VisemeTrack(track.weights[:rows], track.intensity[:rows])
    return _joined(there, _silence(rows - len(there.weights)))
