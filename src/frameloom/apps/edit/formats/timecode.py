"""Time codes: hours, minutes, seconds and frames, as edit decision lists write them.

At 30000/1001 frames per second, drop-frame codes leave out the numbers ;00 and ;01 of each minute but every tenth, so
that they keep up with the clock. No frame is dropped.
Source: SMPTE ST 12-1:2014.
"""

import re
from collections.abc import Iterable
from fractions import Fraction

_USUAL = (24, 25, 30, 48, 50, 60, 100, 120)
_CODE = re.compile(r"(\d{1,2})[:;](\d\d)[:;](\d\d)([:;.])(\d\d)")


def timecode(frame: int, rate: Fraction) -> str:
    """Return a frame's code, counting every frame.

    >>> timecode(90_000 + 51, Fraction(25))
    '01:00:02:01'
    """
    nominal = max(round(rate), 1)
    seconds, frames = divmod(frame, nominal)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"


def read_timecode(text: str, rate: Fraction) -> int:
    """Return the frame that a code names; a semicolon before the frames means drop-frame.

    >>> read_timecode("00:01:00;02", Fraction(30000, 1001)), read_timecode("00:01:00:02", Fraction(30000, 1001))
    (1800, 1802)

    Raises:
        ValueError: it is not a time code, or has a frame number that its rate has not.
    """
    nominal = max(round(rate), 1)
    found = _CODE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not a time code, got {text!r}; write it as 01:02:03:04")
    hours, minutes, seconds, frames = (int(found[group]) for group in (1, 2, 3, 5))
    if frames >= nominal or minutes > 59 or seconds > 59:
        raise ValueError(f"no such time code at {rate} frames per second, got {text!r}; give the rate of the list")
    frame = ((hours * 60 + minutes) * 60 + seconds) * nominal + frames
    if found[4] == ";" and nominal % 30 == 0 and rate.denominator == 1001:
        passed = hours * 60 + minutes
        frame -= nominal // 15 * (passed - passed // 10)
    return frame


def rate_of_codes(codes: Iterable[str], drop: bool) -> Fraction:
    """Return the rate that codes without one most likely have: the smallest usual one with all their frame numbers."""
    codes = list(codes)
    if drop or any(";" in code for code in codes):
        return Fraction(30000, 1001)
    highest = max((int(code[-2:]) for code in codes), default=0)
    return Fraction(next((rate for rate in _USUAL if highest < rate), _USUAL[-1]))
