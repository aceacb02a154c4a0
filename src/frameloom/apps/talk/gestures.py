r"""What hands do while somebody speaks: which gesture on which stretch of speech, and where it puts the hands.

    phrase    [ ...  stress ......... stress ..  ][  ....  stress .. ]
    gesture        /‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\/‾‾‾‾‾...       there with the first stress, and one into the other

Kinds fit what is said: beats where there are many stresses, both hands and a finger where one is strong, low ones where
it is calm; none comes again before three others. Chance comes from the seed and the numbers of phrases alone.

Source: McNeill, "Hand and mind" (1992): strokes fall on stressed syllables, beats are small and quick.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, get_args

from frameloom.apps.talk.characterfile import MannerConfig
from frameloom.apps.talk.pose import Arm, HandShape
from frameloom.apps.talk.speaking import Phrase, Stress

GestureKind = Literal[
    "open", "both", "point", "wave", "count", "think", "thumb", "shrug", "chest", "beat", "frame", "low"
]
"""What hands and shoulders can do."""

GESTURES: tuple[GestureKind, ...] = get_args(GestureKind)
"""All of them."""

_Hand = tuple[float, float, float, HandShape]
"""x outwards, y, turn and shape."""
_HANDS: dict[GestureKind, tuple[_Hand | None, _Hand | None]] = {
    "open": (None, (190.0, 244.0, 0.3, "open")),
    "both": ((176.0, 258.0, 0.3, "open"), (176.0, 258.0, 0.3, "open")),
    "point": (None, (128.0, 250.0, 0.0, "point")),
    "wave": (None, (214.0, 150.0, 0.0, "wave")),
    "count": (None, (140.0, 262.0, -0.1, "point")),
    "think": (None, (62.0, 186.0, -0.45, "point")),
    "thumb": (None, (70.0, 292.0, 0.15, "thumb")),
    "shrug": ((206.0, 246.0, 0.5, "open"), (206.0, 246.0, 0.5, "open")),
    "chest": (None, (30.0, 300.0, 0.1, "rest")),
    "beat": (None, (112.0, 250.0, -0.25, "fist")),
    "frame": ((84.0, 292.0, -0.2, "rest"), (84.0, 292.0, -0.2, "rest")),
    "low": (None, (150.0, 310.0, 0.5, "open")),
}
"""Left and right hand of each gesture."""
_BEATS: dict[GestureKind, tuple[float, float]] = {
    "wave": (0.0, 0.0), "think": (0.0, 0.0), "beat": (52.0, -8.0), "count": (36.0, 4.0), "point": (18.0, 14.0),
    "chest": (8.0, 0.0), "frame": (30.0, 16.0), "low": (-22.0, 16.0),
}  # fmt: skip
"""How far down and outwards a stressed syllable moves each; others as `_BEAT`."""
_BEAT = (26.0, 9.0)

_RISE_S, _FALL_S = 0.45, 0.55
_LONGEST_S = (1.7, 1.3)
"""Of a stretch with one gesture, at least and by chance more."""
_LEAST_S = 1.0
_AFTER_S = 0.35
"""How long a gesture stays after the last stress."""
_APART = 3
"""Gestures before one comes again."""
_ALIKE: dict[GestureKind, GestureKind] = {"point": "count", "count": "point", "both": "open", "open": "both"}
"""Those that do not follow on each other, for they look alike."""
_STRONG = 0.9
"""Mean strength of stresses that want to be shown."""
_LEFT = 0.4
"""How often it is the left hand."""


@dataclass(frozen=True)
class Gesture:
    """Something that hands do, for a while."""

    start: float
    stop: float
    kind: GestureKind
    left: bool = False
    """Whether a gesture of one hand is made with the left one."""


def chance(seed: int, what: str, number: int) -> float:
    """Return a number from 0 to 1 that depends on seed, matter and number only."""
    digest = hashlib.blake2b(f"{seed}/{what}/{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def ease(share: float) -> float:
    """Return a share that starts and stops gently, without a jerk."""
    share = min(max(share, 0.0), 1.0)
    return share**3 * (10 - 15 * share + 6 * share**2)


def chosen_gestures(
    manner: MannerConfig, phrases: Sequence[Phrase], seed: int, first: int = 0, before: Sequence[Gesture] = ()
) -> tuple[Gesture, ...]:
    """Return gestures on phrases that are long enough, more of them the readier the hands.

    Args:
        manner: of who speaks.
        phrases: what is said.
        seed: of chance.
        first: number of the first phrase.
        before: the gestures that came before.
    """
    found: list[Gesture] = []
    for number, one in enumerate(phrases, first):
        start, part = one.start - 0.15, 64 * number
        while one.stop - start > 0.7:
            stop = min(start + _LONGEST_S[0] + _LONGEST_S[1] * chance(seed, "length", part), one.stop + _AFTER_S)
            if one.stop - stop < 1.0:
                stop = one.stop + _AFTER_S
            stresses = [stress for stress in one.stresses if start <= stress.time < stop]
            if stresses and chance(seed, "gesture", part) < 0.15 + 0.85 * manner.gestures:
                lately = [gesture.kind for gesture in (*before, *found)][-_APART:]
                kind = _kind(stresses, lately, chance(seed, "kind", part))
                begin = max(stresses[0].time - _RISE_S, start - 0.3)
                end = min(max(stresses[-1].time + _AFTER_S + _FALL_S, begin + _LEAST_S), stop + 0.3)
                found.append(Gesture(begin, end, kind, left=chance(seed, "hand", part) < _LEFT))
            start, part = stop + 0.1, part + 1
    return tuple(found)


def _kind(stresses: Sequence[Stress], lately: Sequence[GestureKind], drawn: float) -> GestureKind:
    """Return a kind that fits some stresses and was not made lately, by a number from 0 to 1."""
    strong = sum(one.strength for one in stresses) >= _STRONG * len(stresses)
    many = len(stresses) >= 3
    fitting: dict[GestureKind, float] = {
        "open": 1.0,
        "low": 0.5 if strong else 1.6,
        "chest": 0.3 if strong else 0.8,
        "frame": 1.2,
        "beat": 2.0 if many else 1.0,
        "count": 1.2 if many else 0.2,
        "point": 1.0 if strong else 0.4,
        "both": 0.9 if strong else 0.2,
    }
    alike = _ALIKE.get(lately[-1]) if lately else None
    left = {kind: weight for kind, weight in fitting.items() if kind not in lately and kind != alike}
    rest = drawn * sum(left.values())
    for kind, weight in left.items():
        rest -= weight
        if rest < 0:
            return kind
    return kind


def arms(gestures: Sequence[Gesture], time: float, beat: float) -> tuple[Arm, Arm, float]:
    """Return left and right arm at a time in s, and how far shoulders are shrugged.

    Args:
        gestures: in the order of their starts; one takes a hand over from the one before.
        time: of the pose.
        beat: how strongly a syllable is stressed then.
    """
    hands = [Arm(), Arm()]
    raised = 0.0
    for one, then in zip_longest(gestures, gestures[1:]):
        for side, hand in enumerate(_pair(one)):
            stop = one.stop
            if then is not None and then.start < one.stop and _pair(then)[side] is not None:
                stop = then.start + _RISE_S + _FALL_S  # it stays up until that one has it
            share = ease((time - one.start) / _RISE_S) * ease((stop - time) / _FALL_S)
            if hand is not None and share > 0:
                hands[side] = _moved(hands[side], one, hand, share, time, beat, side)
                raised = max(raised, 0.9 * share if one.kind == "shrug" else 0.0)
    return hands[0], hands[1], raised


def _pair(one: Gesture) -> tuple[_Hand | None, _Hand | None]:
    """Return what left and right hand do in a gesture."""
    left, right = _HANDS[one.kind]
    return (right, left) if one.left and left is None else (left, right)


def _moved(base: Arm, one: Gesture, hand: _Hand, share: float, time: float, beat: float, side: int) -> Arm:
    """Return an arm on its way from where it is to where a gesture puts it."""
    x, y, turn, shape = hand
    if one.kind == "wave":
        turn += 0.42 * math.sin((time - one.start) * 11)
    down, out = _BEATS.get(one.kind, _BEAT)
    y += down * beat
    x += out * beat + (5 * math.sin(time * 1.3 + side) if one.kind not in ("wave", "think") else 0.0)
    # the hand swings outwards on its way up and down, as it does about an elbow
    swing = 46 * math.sin(math.pi * share) * (1 if x < 200 else 0.3) * min(max((base.y - y) / 300, 0.0), 1.0)
    same = base.shape if base.blend >= 0.5 else base.shape_from
    return Arm(
        base.x + (x - base.x) * share + swing,
        base.y + (y - base.y) * share,
        base.turn + (turn - base.turn) * share,
        shape,
        same,
        share,
    )
