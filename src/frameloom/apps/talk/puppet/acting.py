"""From how a character behaves to what a portrait does: the numbers of drawn characters, as amounts of a mesh's shapes.

    Behaviour(track).at(time) --Pose: mouth, face, blink, gaze, head, breath--> Expression

A portrait speaks, blinks, looks about and nods by the curves of drawn characters; what only a drawing has (hands, hair
that swings) is left out. Of the mouth, gap and jaw are given. A jaw is heavy: here it follows within some 60 ms, and
quick lips make up for the rest of the gap, whether they part further or come together over a jaw that hangs.
"""

import math
from dataclasses import astuple, replace

from frameloom.apps.talk.behaviour import MOODS, Behaviour
from frameloom.apps.talk.characterfile import CharacterConfig, MannerConfig
from frameloom.apps.talk.gestures import ease
from frameloom.apps.talk.pose import Face, Mouth, Pose
from frameloom.apps.talk.puppet.config import PuppetConfig
from frameloom.apps.talk.puppet.expression import Expression
from frameloom.apps.talk.puppet.shapes import JAW_GAP, LIP_GAP, ROUND_GAP
from frameloom.apps.talk.puppet.warp import MOST_ROLL
from frameloom.media.visemes import VisemeTrack

_GAP = 0.24
"""Between the lips of a loud "ah", in units of the face."""
_JAW = 0.85
"""How far the jaw of a loud "ah" is dropped."""
_TURN = 0.14
"""Turn of the head for a yaw or pitch of 1, in radians."""
_HEAVY = ((-0.06, 1 / 9), (-0.03, 2 / 9), (0.0, 3 / 9), (0.03, 2 / 9), (0.06, 1 / 9))
"""The jaw of which times, in s, counts how much."""
_SLACK = 1.2
"""How far lips reach over a jaw that hangs, in gaps of a lip; the jaw gives way to what is more."""
_SETTLED_S = 0.6
"""The film begins with the portrait as it is; so long the head takes until it moves freely."""


def behaviour_of(config: PuppetConfig, track: VisemeTrack) -> Behaviour:
    """Return how a portrait behaves while it speaks."""
    looks = CharacterConfig(name="portrait", manner=MannerConfig(mood=config.mood, energy=config.energy))
    return Behaviour(looks, track, seed=config.seed, gestures=(), frame_s=float(1 / config.fps))


def expression_at(behaviour: Behaviour, time: float) -> Expression:
    """Return what a portrait does at a time in s."""
    pose = behaviour.at(time)
    jaw = sum(share * behaviour.mouth(time + away).jaw for away, share in _HEAVY)
    slowed = replace(pose, mouth=replace(pose.mouth, jaw=jaw))
    return expression_of(slowed, behaviour.voice(time), ease(time / _SETTLED_S))


def expression_of(pose: Pose, voice: float = 1.0, settled: float = 1.0) -> Expression:
    """Return the expression of a pose.

    Args:
        pose: a drawn character's.
        voice: how far it speaks, from 0 to 1: a mouth that speaks comes from closed lips, whatever the portrait shows.
        settled: how far head and eyes have left the portrait's own pose, from 0 to 1.
    """
    mouth, face = pose.mouth, _beyond_neutral(pose.face)
    jaw, upper, lower = _lips(mouth, max(face.parted, 0.0))
    lid = -0.15 * face.lids + 0.12 * max(face.cheeks, 0.0)
    return Expression(
        speech=voice,
        jaw=jaw,
        width=0.85 * mouth.width,
        rounding=mouth.round,
        upper=upper,
        lower=lower,
        press=0.8 * mouth.press,
        tuck=mouth.bite,
        tongue=max(mouth.tip, 1.3 * max(mouth.tongue - 0.5, 0.0)),
        smile=face.smile,
        brow_left=face.brows - 0.5 * face.asym,
        brow_right=face.brows + 0.5 * face.asym,
        frown=face.frown,
        lid_left=lid + (1 - lid) * pose.blink,
        lid_right=lid + (1 - lid) * pose.blink,
        gaze_x=settled * pose.gaze_x,
        gaze_y=settled * pose.gaze_y,
        yaw=settled * math.tanh(pose.yaw / _TURN),
        pitch=settled * math.tanh(pose.pitch / _TURN),
        roll=settled * math.tanh(pose.roll / MOST_ROLL),
        breath=settled * pose.breath,
    )


def _beyond_neutral(face: Face) -> Face:
    """Return what a mood does to a face beyond the neutral one: that is what the portrait shows."""
    return Face(*(now - usual for now, usual in zip(astuple(face), astuple(MOODS["neutral"]), strict=True)))


def _lips(mouth: Mouth, parted: float) -> tuple[float, float, float]:
    """Return how far the jaw is dropped, the upper lip raised and the lower one pulled down."""
    parted *= (1 - mouth.press) * (1 - mouth.bite)
    gap = _GAP * max(mouth.open, parted)
    most = (gap - ROUND_GAP * mouth.round + _SLACK * LIP_GAP) / JAW_GAP
    jaw = min(_JAW * max(mouth.jaw, 0.5 * parted), most)
    rest = (gap - JAW_GAP * jaw - ROUND_GAP * mouth.round) / LIP_GAP
    upper = 0.5 * rest if rest > 0 else 0.35 * rest
    return jaw, upper * (1 - mouth.bite) + 0.7 * mouth.bite, (rest - upper) * (1 - mouth.bite)
