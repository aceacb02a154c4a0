"""What a character does besides moving its mouth: blinks, gaze, nods, gestures, breath, mood; a function of time.

    Behaviour(looks, track, seed).at(time) -> Pose         any time, in any order

Chance comes from the seed and the number of a slot of time, never from what was asked before: any picture can be
drawn alone, and a live character needs no end. Nods and gestures follow what is said: they fall on stressed syllables.
"""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from frameloom.apps.talk.characterfile import CharacterConfig, Mood
from frameloom.apps.talk.curves import MouthCurves, mouth_curves
from frameloom.apps.talk.gestures import Gesture, GestureKind, arms, chance, chosen_gestures, ease
from frameloom.apps.talk.pose import Face, Mouth, Pose, mixed
from frameloom.apps.talk.speaking import Phrase, phrases_of
from frameloom.media.visemes import VisemeTrack

_FELT_S = 0.5
"""How long before and after a phrase something of it is seen."""

MOODS: dict[Mood, Face] = {
    "neutral": Face(smile=0.42, brows=0.08),
    "happy": Face(smile=1.0, brows=0.4, cheeks=0.8, parted=0.25),
    "sad": Face(smile=-0.65, brows=0.15, frown=-0.85, lids=-0.5),
    "angry": Face(smile=-0.45, brows=-0.6, frown=0.95, lids=-0.25),
    "surprised": Face(smile=0.0, brows=1.0, lids=1.0, parted=0.45),
    "thoughtful": Face(smile=0.05, brows=0.15, asym=0.8, frown=0.2, lids=-0.2),
}
"""What each mood does to a face at full strength."""

_HEAD: dict[Mood, tuple[float, float, float, float]] = {
    "neutral": (0.0, 0.0, 0.0, 0.0),
    "happy": (0.0, -0.03, 0.04, 0.0),
    "sad": (0.02, 0.13, -0.06, -0.1),
    "angry": (0.0, 0.07, 0.0, 0.12),
    "surprised": (0.0, -0.07, 0.0, 0.25),
    "thoughtful": (0.12, -0.02, 0.09, 0.0),
}
"""Yaw, pitch, roll and shrug of each mood."""


@dataclass(frozen=True)
class MoodChange:
    """A mood from a time on."""

    time: float
    mood: Mood


@dataclass(frozen=True)
class Listening:
    """When somebody else speaks, and on which side of the picture."""

    start: float
    stop: float
    side: float
    """-1 left, 1 right."""


class Behaviour:
    """How one character behaves while it says something, listens, or waits."""

    def __init__(
        self,
        looks: CharacterConfig,
        track: VisemeTrack | None = None,
        *,
        since: float = 0.0,
        phrases: Sequence[Phrase] | None = None,
        seed: int = 0,
        moods: Sequence[MoodChange] = (),
        gestures: Sequence[Gesture] | None = None,
        listening: Sequence[Listening] = (),
        turn: float = 0.0,
        frame_s: float = 0.04,
    ) -> None:
        """Prepare what depends on the speech.

        Args:
            looks: the character, whose manner decides how much it moves.
            track: what it says; None is silence.
            since: when the track begins, in s.
            phrases: what is said between pauses, by the same clock as all else; None finds them in the track.
            seed: of blinks, gaze and choice of gestures.
            moods: changes of mood; before the first, the mood of its manner.
            gestures: what its hands do; None leaves it to the stress of the speech.
            listening: when others speak.
            turn: how far it is turned towards somebody beside it, in radians; to the right is positive.
            frame_s: how long a picture stays, so that no closed mouth falls between two.
        """
        self.manner, self.seed, self.turn, self.frame_s, self.since = looks.manner, seed, turn, frame_s, since
        self.curves: MouthCurves | None = None if track is None else mouth_curves(track)
        found = () if track is None or phrases is not None else phrases_of(track, since)
        self.phrases: tuple[Phrase, ...] = found if phrases is None else tuple(phrases)
        self._stops = [one.stop for one in self.phrases]
        self.moods = sorted(moods, key=lambda change: change.time)
        self.listening = tuple(listening)
        self.gestures = tuple(gestures) if gestures is not None else chosen_gestures(looks.manner, self.phrases, seed)
        self.energy = 0.35 + 0.9 * looks.manner.energy

    def at(self, time: float) -> Pose:
        """Return the pose at a time in s."""
        mouth = self.mouth(time)
        face, (yaw, pitch, roll, shrug) = self._mood(time)
        voice = self.voice(time)
        sway_yaw, sway_pitch, sway_roll = self._sway(time, voice)
        gaze_x, gaze_y = self._gaze(time)
        nod, beat = self._nod(time), self._beat(time)
        left, right, raised = arms(self.gestures, time, beat)
        lift = min(nod * 0.45, 0.5)
        face = replace(face, brows=min(face.brows + lift, 1.2), smile=face.smile * (1 - 0.35 * mouth.round))
        turn = self.turn + yaw + sway_yaw + 0.16 * gaze_x
        before = self._sway(time - 0.12, voice)[0] + 0.16 * self._gaze(time - 0.12)[0] + yaw + self.turn
        return Pose(
            mouth=mouth,
            face=face,
            blink=self._blink(time),
            gaze_x=gaze_x * 0.75,
            gaze_y=gaze_y,
            yaw=turn,
            pitch=pitch + sway_pitch + 0.11 * nod * self.energy + 0.05 * gaze_y,
            roll=roll + sway_roll,
            lag=max(-1.0, min(1.0, (before - turn) * 6)),
            lean=0.018 * self.energy * math.sin(time * 0.9 + 6 * chance(self.seed, "lean", 0)) + 0.25 * sway_yaw,
            breath=0.5 + 0.5 * math.sin(math.tau * time / 3.9 + 6 * chance(self.seed, "breath", 0)),
            shrug=shrug * self.manner.expression + raised,
            left=left,
            right=right,
        )

    def mouth(self, time: float) -> Mouth:
        """Return the mouth at a time in s."""
        return Mouth() if self.curves is None else self.curves.at(time - self.since, self.frame_s)

    def _mood(self, time: float) -> tuple[Face, tuple[float, float, float, float]]:
        now: Mood = self.manner.mood
        before, since = now, -1e9
        for change in self.moods:
            if change.time > time:
                break
            before, now, since = now, change.mood, change.time
        share = ease((time - since) / 0.5)
        strength = self.manner.expression
        base = MOODS["neutral"]
        a, b = (mixed(base, MOODS[mood], strength if mood != "neutral" else 1.0) for mood in (before, now))
        heads = tuple((p * (1 - share) + q * share) * strength for p, q in zip(_HEAD[before], _HEAD[now], strict=True))
        return mixed(a, b, share), (heads[0], heads[1], heads[2], heads[3])

    def voice(self, time: float) -> float:
        """Return whether it speaks at a time in s, from 0 to 1: eased at both ends of a phrase."""
        return max(
            (ease((time - one.start + 0.3) / 0.4) * ease((one.stop + 0.4 - time) / 0.5) for one in self._near(time)),
            default=0.0,
        )

    def _near(self, time: float) -> Iterator[Phrase]:
        """Yield the phrases that are felt at a time in s, so that a picture of a long speech costs no more."""
        for one in islice(self.phrases, bisect_left(self._stops, time - _FELT_S), None):
            if one.start > time + _FELT_S:
                return
            yield one

    def _sway(self, time: float, voice: float) -> tuple[float, float, float]:
        amount = self.energy * (0.4 + 0.6 * voice)
        p = [math.tau * chance(self.seed, "sway", number) for number in range(6)]
        yaw = 0.075 * math.sin(time * 0.71 + p[0]) + 0.04 * math.sin(time * 1.63 + p[1])
        pitch = 0.03 * math.sin(time * 0.93 + p[2]) + 0.022 * math.sin(time * 2.3 + p[3])
        roll = 0.032 * math.sin(time * 0.57 + p[4]) + 0.016 * math.sin(time * 1.41 + p[5])
        return yaw * amount, pitch * amount, roll * amount

    def _blink(self, time: float) -> float:
        rate = self.manner.blinks_per_minute
        if not rate:
            return 0.0
        slot = 60.0 / rate
        shut = 0.0
        for number in (int(time // slot) - 1, int(time // slot), int(time // slot) + 1):
            start = (number + 0.15 + 0.7 * chance(self.seed, "blink", number)) * slot
            for again in (0.0, 0.28) if chance(self.seed, "double", number) < 0.14 else (0.0,):
                t = time - start - again
                shut = max(shut, ease(t / 0.07) if t < 0.1 else ease((0.26 - t) / 0.15))
        return shut if shut > 0.02 else 0.0

    def _gaze(self, time: float) -> tuple[float, float]:
        """Return where it looks: mostly at the viewer, at who speaks, away for a moment before it speaks on."""
        x0, y0 = self._look(time - 0.06)
        x1, y1 = self._look(time)
        for one in self.listening:
            share = ease((time - one.start - 0.15) / 0.35) * ease((one.stop + 0.1 - time) / 0.35)
            x0, x1 = (x * (1 - share) + one.side * 1.05 * share for x in (x0, x1))
        return (x0 + x1) / 2, (y0 + y1) / 2

    def _look(self, time: float) -> tuple[float, float]:
        slot = 1.9
        number = int(time // slot)
        away = chance(self.seed, "away", number) < 0.22 + (0.25 if self.manner.mood == "thoughtful" else 0.0)
        if not away:
            return 0.12 * (chance(self.seed, "x", number) - 0.5), 0.1 * (chance(self.seed, "y", number) - 0.5)
        start = (number + 0.2 * chance(self.seed, "when", number)) * slot
        share = ease((time - start) / 0.08) * ease((start + 0.9 - time) / 0.08)
        x = 1.2 * (chance(self.seed, "x", number) - 0.5)
        return x * share, (0.9 * chance(self.seed, "y", number) - 0.55) * share

    def _nod(self, time: float) -> float:
        """Return how far a nod has gone: on stressed syllables, and now and then while it listens."""
        bob = sum(
            stress.strength * _bump(time, stress.time - 0.04, 0.16, 0.3)
            for one in self._near(time)
            for stress in one.stresses
        )
        for one in self.listening:
            if one.start < time < one.stop + 0.6:
                for number in range(int((one.stop - one.start) / 2.1) + 1):
                    at = one.start + 0.9 + 2.1 * number + 0.8 * chance(self.seed, "nod", number)
                    if at < one.stop:
                        bob += 0.75 * (_bump(time, at, 0.2, 0.3) + 0.7 * _bump(time, at + 0.5, 0.18, 0.3))
        return min(bob, 1.3)

    def _beat(self, time: float) -> float:
        return min(
            sum(
                stress.strength * _bump(time, stress.time, 0.13, 0.25)
                for one in self._near(time)
                for stress in one.stresses
            ),
            1.0,
        )


def _bump(time: float, middle: float, rise: float, fall: float) -> float:
    """Return 1 at a time, 0 before and after it."""
    if time < middle:
        return ease((time - middle + rise) / rise)
    return ease((middle + fall - time) / fall)


def still_pose(
    looks: CharacterConfig, mood: Mood, mouth: Mouth | None = None, gesture: GestureKind | None = None
) -> Pose:
    """Return a still pose that shows a mood, a mouth and a gesture, for galleries."""
    gestures = () if gesture is None else (Gesture(-5.0, 5.0, gesture),)
    still = Behaviour(looks, gestures=gestures, moods=(MoodChange(-9.0, mood),))
    face, (yaw, pitch, roll, shrug) = still._mood(0.0)
    left, right, raised = arms(gestures, 0.0, 0.0)
    return Pose(
        mouth=mouth or Mouth(), face=face, yaw=yaw, pitch=pitch, roll=roll, shrug=shrug + raised, left=left, right=right
    )
