r"""Formulas in TeX as outlines.

    \frac{a}{b} --latex2mathml--> MathML --ziamath, STIX Two--> glyphs and rules --> outlines

Source of the setting: ziamath (C. Delker, MIT), which follows the MathML Core and the MATH table of OpenType.
"""

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from frameloom.core.errors import ConfigError
from frameloom.media.canvas import Outline

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBERS = re.compile(r"[MLQCZ]|-?\d*\.?\d+(?:e-?\d+)?")
_COMMAND = re.compile(r"\\[A-Za-z]+")
MOST_CHARACTERS = 500

_RAISED = re.compile(r"(\\begin\{(\w*matrix)\}.*?\\end\{\2\})(?=\s*[\^_])", re.DOTALL)
"""A matrix with an index or a power, which the reader of TeX would give to its last bracket alone."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as outlines, its left top at 0, 0, set at an em of 1000."""

    outlines: tuple[Outline, ...]
    width: float
    height: float


@lru_cache(maxsize=256)
def set_formula(tex: str) -> Formula:
    """Return a formula in outlines.

    Raises:
        ConfigError: TeX that is not whole, a command that is not known, or letters that the font lacks.
    """
    if not tex.strip() or len(tex) > MOST_CHARACTERS:
        raise ConfigError(f"formula of {len(tex)} characters; give 1 to {MOST_CHARACTERS}")
    strange = sorted({letter for letter in tex if ord(letter) > 0x2FFF})
    if strange:
        raise ConfigError(f"formula {tex!r}: no letters for {''.join(strange)[:20]!r}; write words in `note`")
    bare = re.sub(r"\\.", "", tex, flags=re.DOTALL)
    if bare.count("{") != bare.count("}"):
        sign = "}" if bare.count("{") > bare.count("}") else "{"
        raise ConfigError(f"formula {tex!r} is not whole: a {sign} is missing; add it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it finds its font in a way that Python 3.11 calls old
        import latex2mathml.exceptions
        from ziamath.zmath import Latex
    faults: tuple[type[Exception], ...] = (
        *(
            one
            for one in vars(latex2mathml.exceptions).values()
            if isinstance(one, type) and issubclass(one, Exception)
        ),
        *(ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError, ElementTree.ParseError),
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            drawn = Latex(_RAISED.sub(r"{\1}", tex), size=1000)
        unknown = _COMMAND.findall("".join(_texts(drawn.mathmlstr())))
        svg = ElementTree.fromstring(drawn.svg())
    except faults as error:
        told = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower().removesuffix(" error")
        told = "something is missing" if isinstance(error, AssertionError) else told
        raise ConfigError(
            f"formula {tex!r} cannot be read ({told}); see docs/scenes.md for what can be written"
        ) from error
    if unknown:
        raise ConfigError(f"formula {tex!r}: unknown command {unknown[0]}; see docs/scenes.md for what can be written")
    return _formula(svg)


def _texts(mathml: str) -> list[str]:
    return [text for node in ElementTree.fromstring(mathml).iter() for text in (node.text or "", node.tail or "")]


def _formula(svg: ElementTree.Element) -> Formula:
    left, top, width, height = (float(part) for part in svg.attrib["viewBox"].split())
    symbols: dict[str, tuple[list[float], str]] = {}
    outlines: list[Outline] = []
    for node in svg:
        if node.tag == f"{_SVG}symbol":
            box = [float(part) for part in node.attrib["viewBox"].split()]
            symbols[node.attrib["id"]] = box, "".join(path.attrib["d"] for path in node.iter(f"{_SVG}path"))
        elif node.tag == f"{_SVG}use":
            box, path = symbols[node.attrib["href"].lstrip("#")]
            x, y, wide = (float(node.attrib[name]) for name in ("x", "y", "width"))
            scale = wide / box[2] if box[2] else 1.0
            outlines += _outlines(path, scale, x - box[0] * scale - left, y - box[1] * scale - top)
        elif node.tag == f"{_SVG}rect" and node.attrib.get("fill", "black") != "none":
            x, y, wide, high = (float(node.attrib[name]) for name in ("x", "y", "width", "height"))
            corners = f"M {x} {y} L {x + wide} {y} L {x + wide} {y + high} L {x} {y + high} Z"
            outlines += _outlines(corners, 1.0, -left, -top)
        elif node.tag == f"{_SVG}path":
            outlines += _outlines(node.attrib["d"], 1.0, -left, -top)
    return Formula(tuple(outlines), width, height)


def _outlines(path: str, scale: float, x: float, y: float) -> list[Outline]:
    """Return the outlines of an SVG path of M, L, Q, C and Z in absolute numbers, scaled and moved."""
    result: list[Outline] = []
    now: list[float] = []
    parts = _NUMBERS.findall(path)
    place = 0

    def take(count: int) -> list[float]:
        nonlocal place
        taken = [
            float(part) * scale + (x if index % 2 == 0 else y)
            for index, part in enumerate(parts[place : place + count])
        ]
        place += count
        return taken

    while place < len(parts):
        letter = parts[place]
        place += 1
        if letter == "M":
            if len(now) > 2:
                result.append(tuple(now))
            now = take(2)
        elif letter == "L":
            x1, y1 = take(2)
            x0, y0 = now[-2:]
            now += [x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3, x0 + (x1 - x0) * 2 / 3, y0 + (y1 - y0) * 2 / 3, x1, y1]
        elif letter == "Q":
            cx, cy, x1, y1 = take(4)
            x0, y0 = now[-2:]
            now += [
                x0 + (cx - x0) * 2 / 3,
                y0 + (cy - y0) * 2 / 3,
                x1 + (cx - x1) * 2 / 3,
                y1 + (cy - y1) * 2 / 3,
                x1,
                y1,
            ]
        elif letter == "C":
            now += take(6)
    if len(now) > 2:
        result.append(tuple(now))
    return result


def placed(formula: Formula, size_px: float, x: float, y: float) -> tuple[Outline, ...]:
    """Return the outlines with an em of so many px, the left top at a place."""
    scale = size_px / 1000
    return tuple(
        tuple(number * scale + (x if index % 2 == 0 else y) for index, number in enumerate(outline))
        for outline in formula.outlines
    )
