"""Which transition joins two clips: a table of small rules, the first that fits decides.

    Join (what was measured on both sides) --RULES, in order--> Choice (transition, length, reason in plain words)

A rule is a pure function that returns a choice or None. Restraint and variety stand above the table: a showy choice
is passed over when one was made too recently or the same one was made last. Lengths are bound below it: whole beats,
within the free room, at most a third of the shorter clip.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from frameloom.apps.edit.automatic.watching import Direction, Edge, layout_distance, palette_distance
from frameloom.effects.easing import EasingName
from frameloom.effects.transitions import TransitionName

StyleName = Literal["calm", "lively", "news", "none"]

SHORTEST_S = Fraction(1, 5)
"""A transition that is shorter looks like a mistake."""
LONGEST_SHARE = Fraction(1, 3)
"""Of the shorter clip."""
SHORT_CLIP_S = Fraction(2)
TIME_JUMP_S = Fraction(3600)
"""Recordings further apart are another time."""
LIGHT_JUMP = 0.25
"""Distance in lightness, 0 to 1, as between day and night."""
BRIGHT = 0.7
SAME_LAYOUT, SAME_COLOR = 0.06, 0.04
"""Distances in OKLab within which it is the same scene."""
SIMILAR_COLOR = 0.12
STILL_SPEED, STILL_BUSTLE = 0.04, 0.12
"""Widths of the picture a second below which nothing much moves, of the whole picture and within it."""
ACTION_SPEED = 0.20
WHIP_SPEED = 0.25
MATCH_RATIO = 4.0
"""How many times faster one side may be when both go the same way."""

_OPPOSITE: dict[Direction, Direction] = {
    "left": "right",
    "right": "left",
    "up": "down",
    "down": "up",
    "in": "out",
    "out": "in",
}
_SIDES: dict[Direction, Literal["left", "right", "up", "down"]] = {
    "left": "left", "right": "right", "up": "up", "down": "down",
}  # fmt: skip
_SMOOTH: dict[Direction, TransitionName] = {
    "left": "smoothleft", "right": "smoothright", "up": "smoothup", "down": "smoothdown",
}  # fmt: skip
_PLAYFUL: tuple[TransitionName, ...] = (
    "slideleft",
    "circleopen",
    "wiperight",
    "zoomin",
    "slideup",
    "diagtl",
    "hlslice",
)


@dataclass(frozen=True)
class Style:
    """How much is shown of the joining itself; lengths in seconds, 0 for never."""

    fade: Fraction
    dip: Fraction
    move: Fraction
    showy_every: int
    """At most every so manieth join is showy; 0 for none."""
    playful: bool = False
    """Whether a join that asks for nothing else may play."""


STYLES: dict[StyleName, Style] = {
    "calm": Style(fade=Fraction(4, 5), dip=Fraction(6, 5), move=Fraction(1, 2), showy_every=3),
    "lively": Style(fade=Fraction(1, 2), dip=Fraction(4, 5), move=Fraction(2, 5), showy_every=1, playful=True),
    "news": Style(fade=Fraction(0), dip=Fraction(3, 5), move=Fraction(0), showy_every=0),
    "none": Style(fade=Fraction(0), dip=Fraction(0), move=Fraction(0), showy_every=0),
}


@dataclass(frozen=True)
class Join:
    """What is known of the place where one clip becomes the next."""

    before: Edge
    after: Edge
    shorter: Fraction
    """Length of the shorter of both clips in seconds."""
    room: Fraction
    """Longest overlap in seconds that covers no word and no hard cut of either."""
    room_ends_at: str = "the end of the clip"
    """What would be covered by a longer one."""
    talk: bool = False
    """Whether words come right up to the cut on both sides."""
    fades: str = ""
    """Which side already fades, in words."""
    apart: Fraction | None = None
    """Seconds from one recording to the other, where the files say so."""
    beat: Fraction | None = None
    """Seconds of a beat, where music gives one."""
    step: Fraction | None = None
    """Lengths are multiples of this, where given."""
    number: int = 0
    """Which join of the whole edit it is, from 0."""
    seed: int = 0

    @property
    def color(self) -> float:
        """Return the distance of the palettes in OKLab."""
        return palette_distance(self.before, self.after)

    @property
    def layout(self) -> float:
        """Return the distance of the pictures, place by place, in OKLab."""
        return layout_distance(self.before, self.after)

    @property
    def light(self) -> float:
        """Return how much lighter it becomes, -1 to 1."""
        return self.after.lightness - self.before.lightness


@dataclass(frozen=True)
class Choice:
    """A transition and why; a cut has no length."""

    name: TransitionName
    length: Fraction
    reason: str
    direction: Literal["left", "right", "up", "down"] = "left"
    easing: EasingName = "linear"
    showy: bool = False
    rule: str = ""


@dataclass(frozen=True)
class Rule:
    """A line of the table."""

    name: str
    when: str
    then: str
    choose: Callable[[Join, Style], Choice | None]


def cut(reason: str) -> Choice:
    """Return a plain cut."""
    return Choice("cut", Fraction(0), reason)


def plain_style(join: Join, style: Style) -> Choice | None:
    """Cut when the style knows nothing else."""
    return cut("plain cut, as the style asks") if not (style.fade or style.dip or style.move) else None


def short_clip(join: Join, style: Style) -> Choice | None:
    """Cut next to a very short clip."""
    if join.shorter >= SHORT_CLIP_S:
        return None
    return cut(f"plain cut: one of the clips lasts only {float(join.shorter):.2f} s")


def talk_on_both_sides(join: Join, style: Style) -> Choice | None:
    """Cut where words come right up to the join on both sides."""
    return cut("plain cut: there are words right up to the join on both sides") if join.talk else None


def fades_already(join: Join, style: Style) -> Choice | None:
    """Cut where a clip brings its own fade."""
    return cut(f"plain cut: {join.fades}") if join.fades else None


def same_scene(join: Join, style: Style) -> Choice | None:
    """Cut within one scene."""
    if join.layout > SAME_LAYOUT or join.color > SAME_COLOR:
        return None
    return cut(f"plain cut within one scene: layout differs by {join.layout:.3f}, colours by {join.color:.3f}")


def time_jump(join: Join, style: Style) -> Choice | None:
    """Dip to black, or to white on the way into light, over a jump in time."""
    if not style.dip or join.apart is None or join.apart < TIME_JUMP_S:
        return None
    name, word = _dip(join)
    return Choice(name, style.dip, f"recorded {_long(join.apart)} apart: dip to {word}")


def light_jump(join: Join, style: Style) -> Choice | None:
    """Dip to black, or to white on the way into light, where it gets much darker or lighter."""
    if not style.dip or abs(join.light) < LIGHT_JUMP:
        return None
    name, word = _dip(join)
    change = "darker" if join.light < 0 else "lighter"
    values = f"lightness {join.before.lightness:.2f} to {join.after.lightness:.2f}"
    return Choice(name, style.dip, f"the next clip is much {change} ({values}): dip to {word}")


def same_way(join: Join, style: Style) -> Choice | None:
    """Carry a movement that goes on in the next clip: whip when fast, else a smooth wipe; zoom into a zoom."""
    way = join.before.direction
    if not style.move or way != join.after.direction or way in {"still", "mixed"}:
        return None
    if way in {"in", "out"}:
        slow, fast = sorted((abs(join.before.growth), abs(join.after.growth)))
        if way == "out" or fast > MATCH_RATIO * slow:
            return None
        values = f"growing {join.before.growth:.0%} and {join.after.growth:.0%} a second"
        return Choice("zoom", style.move, f"both clips move in ({values}): zoom", easing="sine", showy=True)
    slow, fast = sorted((join.before.speed, join.after.speed))
    if fast > MATCH_RATIO * slow:
        return None
    values = f"{join.before.speed:.0%} and {join.after.speed:.0%} of the width a second"
    if slow >= WHIP_SPEED:
        reason = f"both clips move {way} fast ({values}): whip {way}"
        return Choice("whip", style.move, reason, direction=_SIDES[way], easing="sine", showy=True)
    return Choice(
        _SMOOTH[way], style.move, f"both clips move {way} ({values}): smooth {way}", easing="sine", showy=True
    )


def against(join: Join, style: Style) -> Choice | None:
    """Cut where movements go against each other: to mix them looks like a collision."""
    if _OPPOSITE.get(join.before.direction) != join.after.direction:
        return None
    return cut(f"plain cut: one clip moves {join.before.direction}, the next {join.after.direction}")


def on_action(join: Join, style: Style) -> Choice | None:
    """Cut where strong movement ends in calm."""
    if _movement(join.before) < ACTION_SPEED or not _is_still(join.after):
        return None
    values = f"{_movement(join.before):.0%} of the width a second, then {_movement(join.after):.0%}"
    return cut(f"cut on the action: strong movement into a still picture ({values})")


def still_and_alike(join: Join, style: Style) -> Choice | None:
    """Dissolve between still pictures of like colours."""
    if not style.fade or join.color > SIMILAR_COLOR or not (_is_still(join.before) and _is_still(join.after)):
        return None
    return Choice(
        "fade", style.fade, f"both pictures are still and of like colours (apart by {join.color:.3f}): dissolve"
    )


def play(join: Join, style: Style) -> Choice | None:
    """Play a little where nothing else is asked for and the style likes it."""
    if not style.playful:
        return None
    name = _PLAYFUL[(join.number + join.seed) % len(_PLAYFUL)]
    return Choice(name, style.move, f"nothing speaks against some play: {name}", easing="sine", showy=True)


def otherwise(join: Join, style: Style) -> Choice | None:
    """Cut: what an editor does most of the time."""
    ways = f"{join.before.direction} and {join.after.direction}"
    return cut(f"plain cut: nothing asks for more (colours apart by {join.color:.3f}, movement {ways})")


RULES: tuple[Rule, ...] = (
    Rule("plain_style", "the style is none", "cut", plain_style),
    Rule("short_clip", "one clip is shorter than 2 s", "cut", short_clip),
    Rule("talk_on_both_sides", "words come right up to the join on both sides", "cut", talk_on_both_sides),
    Rule("fades_already", "a clip fades by itself there", "cut", fades_already),
    Rule("same_scene", "layout and colours are nearly the same", "cut", same_scene),
    Rule("time_jump", "the files were recorded an hour or more apart", "dip to black or white", time_jump),
    Rule("light_jump", "lightness changes by a quarter or more", "dip to black or white", light_jump),
    Rule("same_way", "the whole picture moves the same way on both sides", "whip, smooth or zoom that way", same_way),
    Rule("against", "the pictures move against each other", "cut", against),
    Rule("on_action", "strong movement becomes stillness", "cut", on_action),
    Rule("still_and_alike", "both are still and of like colours", "dissolve", still_and_alike),
    Rule("play", "the style is lively", "one of a few, in turn", play),
    Rule("otherwise", "always", "cut", otherwise),
)
"""In order of weight."""


def choose(join: Join, style: Style, past: Sequence[Choice] = ()) -> Choice:
    """Return what joins two clips, bound in length, given what was chosen at the joins before."""
    passed_over = ""
    for rule in RULES:
        choice = rule.choose(join, style)
        if choice is None:
            continue
        if choice.showy and (objection := _objection(choice, style, past)):
            passed_over = passed_over or f"; {_called(choice)} would fit, but {objection}"
            continue
        fitted = fit(choice, join)
        return replace(fitted, rule=rule.name, reason=fitted.reason + passed_over)
    raise AssertionError("the last rule always fits")  # pragma: no cover


def fit(choice: Choice, join: Join) -> Choice:
    """Return a choice with a length that the place allows, or a cut."""
    if choice.name == "cut":
        return choice
    limit = min(join.room, join.shorter * LONGEST_SHARE)
    length = choice.length
    if join.beat:
        length = max(1, round(length / join.beat)) * join.beat
        while length > limit:
            length -= join.beat
    length = min(length, limit)
    if join.step:
        length = length // join.step * join.step
    if length >= SHORTEST_S:
        return replace(choice, length=length)
    cause = join.room_ends_at if join.room < join.shorter * LONGEST_SHARE else "a third of the shorter clip"
    beats = f" in whole beats of {float(join.beat):.2f} s" if join.beat else ""
    free = float(max(limit, Fraction(0)))
    return cut(f"plain cut, as only {free:.2f} s are free before {cause}{beats}; wanted: {choice.reason}")


def _objection(choice: Choice, style: Style, past: Sequence[Choice]) -> str:
    """Return why a showy choice may not be made now."""
    if not style.showy_every:
        return "this style shows none"
    if style.showy_every > 1 and any(earlier.showy for earlier in past[1 - style.showy_every :]):
        return f"only one join of {style.showy_every} may be showy"
    shows = [earlier for earlier in past if earlier.showy]
    if shows and _called(shows[-1]) == _called(choice):
        return "it would be the same twice in a row"
    return ""


def _called(choice: Choice) -> str:
    return f"{choice.name} {choice.direction}" if choice.name == "whip" else choice.name


def _dip(join: Join) -> tuple[TransitionName, str]:
    if join.light > 0 and join.after.lightness > BRIGHT:
        return "fadewhite", "white"
    return "fadeblack", "black"


def _movement(edge: Edge) -> float:
    return max(edge.speed, edge.bustle, abs(edge.growth) / 4)


def _is_still(edge: Edge) -> bool:
    return edge.speed < STILL_SPEED and edge.bustle < STILL_BUSTLE and edge.direction == "still"


def _long(seconds: Fraction) -> str:
    for length, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{float(seconds / length):.0f} {name}"
    return f"{float(seconds):.0f} seconds"
