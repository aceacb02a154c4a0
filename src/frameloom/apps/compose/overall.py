"""Titles over all of a film, as each beat shows them: whatever can be is made independent of where the beat stands.

    ticker     begins anew with each beat, with the next of its messages; only its words come and go, the bar stays
    others     run through the film; at rest they are the same wherever a beat stands

So a beat that becomes longer leaves the pictures of those after it as they are.
"""

import math
from fractions import Fraction

from frameloom.apps.compose.timing import Laid, Placed
from frameloom.effects import titles, transitions
from frameloom.effects.titles.motion import At, Box, Shown
from frameloom.effects.titles.settings import Counter, Credits, Ticker

_TURN_S = Fraction(3, 10)
"""Seconds in which the words of a ticker come and go at a cut."""
_FILLED = 0.88
"""Share of its bar that the words of a ticker fill when a beat begins."""
_FADE = transitions.Look(name="fade")


def begin_overall(laid: Laid, placed: Placed, title: titles.Title) -> At:
    """Return what a title of the whole film shows at times in a beat."""
    is_ticker = isinstance(title, Ticker)
    if isinstance(title, Ticker) and title.repeat:
        return _anew(laid, placed, title)
    at = titles.begin(title, laid.width, laid.height, laid.duration, area=_area(laid) if is_ticker else None)
    begin = placed.first / laid.rate
    return lambda time: at(begin + time)


def overall_key(laid: Laid, placed: Placed, title: titles.Title) -> list[object]:
    """Return what the pictures of a beat depend on for a title of the whole film."""
    if isinstance(title, Ticker) and title.repeat:
        return [_own(laid, placed, title), _turns(laid, placed)]
    moving = _moving_s(title)
    if moving is None:
        return [title, placed.first, laid.frames]
    near = math.ceil(min(moving, laid.duration) * laid.rate)
    return [title, min(laid.duration / 2, moving), min(placed.first, near), min(laid.frames - placed.stop, near)]


def _moving_s(title: titles.Title) -> Fraction | None:
    """Return for how long a title moves at either end of a film; None where it never rests."""
    if isinstance(title, Credits | Ticker) or (isinstance(title, Counter) and title.counting is None):
        return None
    counting = title.counting if isinstance(title, Counter) and title.counting else Fraction(0)
    return max(title.motion.duration, counting)


def _own(laid: Laid, placed: Placed, title: Ticker) -> Ticker:
    """Return a ticker as a beat shows it: the next message first, its bar coming and going with the film alone."""
    messages = [line for line in title.text.splitlines() if line.strip()]
    turn = placed.number % max(1, len(messages))
    text = "\n".join([*messages[turn:], *messages[:turn]])
    enter, leave = title.motion.enter, title.motion.leave
    is_last = placed.stop == laid.frames
    motion = {"enter": enter if placed.number == 0 else "none", "leave": leave if is_last else "none"}
    return title.model_copy(update={"text": text, "filled": _FILLED, "motion": title.motion.model_copy(update=motion)})


def _turns(laid: Laid, placed: Placed) -> tuple[bool, bool]:
    """Return whether the words of a ticker come and go with a beat: at cuts, not where the film begins and ends."""
    return placed.number > 0, placed.stop < laid.frames


def _area(laid: Laid) -> Box:
    """Return where a ticker stands: within what the theme keeps free of a telephone's own signs."""
    return laid.theme.safe_box(laid.width, laid.height, captions=False)


def _anew(laid: Laid, placed: Placed, title: Ticker) -> At:
    own = _own(laid, placed, title)
    duration = placed.frames / laid.rate
    area = _area(laid)
    full = titles.begin(own, laid.width, laid.height, duration, area=area)
    still = own.motion.model_copy(update={"enter": "none", "leave": "none"})
    bare = own.model_copy(update={"filled": 0.0, "motion": still})
    empty = titles.begin(bare, laid.width, laid.height, duration, area=area)(Fraction(0))
    comes, goes = _turns(laid, placed)
    turn = min(_TURN_S, duration / 2)

    def at(time: Fraction) -> Shown | None:
        shown = full(time)
        share = min(time / turn if comes else 1, (duration - time) / turn if goes else 1)
        if shown is None or empty is None or share >= 1:
            return shown
        change = transitions.begin(_FADE, shown.planes.width, shown.planes.height)
        return shown._replace(planes=change(empty.planes, shown.planes, float(share)))

    return at
