"""Colours of a drawing: what is lit, shaded and seen through, out of one colour."""

from frameloom.media.canvas import Linear, Radial, Rgba
from frameloom.media.colors import parse_color


def rgba(text: str) -> Rgba:
    """Return a colour as it stands in a character file, from 0 to 1."""
    red, green, blue, alpha = parse_color(text)
    return red / 255, green / 255, blue / 255, alpha / 255


def mix(a: Rgba, b: Rgba, share: float) -> Rgba:
    """Return a where the share is 0 and b where it is 1."""
    red, green, blue, alpha = (one * (1 - share) + other * share for one, other in zip(a, b, strict=True))
    return red, green, blue, alpha


def shade(color: Rgba, amount: float) -> Rgba:
    """Return a colour in its own shadow: darker, a little towards violet, as shadows are."""
    red, green, blue, alpha = color
    keep = 1 - amount
    return red * keep, green * keep * (1 - amount * 0.12), blue * keep * (1 + amount * 0.1), alpha


def light(color: Rgba, amount: float) -> Rgba:
    """Return a colour in the light: nearer to a warm white."""
    return mix(color, (1.0, 0.98, 0.93, color[3]), amount)


def veil(color: Rgba, alpha: float) -> Rgba:
    """Return a colour that is seen through."""
    return color[0], color[1], color[2], alpha


def glow(x: float, y: float, radius: float, color: Rgba, alpha: float) -> Radial:
    """Return a soft spot that fades out."""
    return Radial(x, y, radius, ((0.0, veil(color, alpha)), (0.5, veil(color, alpha * 0.45)), (1.0, veil(color, 0.0))))


def fall(y1: float, y2: float, top: Rgba, bottom: Rgba) -> Linear:
    """Return a change of colour from top to bottom."""
    return Linear(0.0, y1, 0.0, y2, ((0.0, top), (1.0, bottom)))


def across(x1: float, x2: float, left: Rgba, right: Rgba) -> Linear:
    """Return a change of colour from left to right."""
    return Linear(x1, 0.0, x2, 0.0, ((0.0, left), (1.0, right)))
