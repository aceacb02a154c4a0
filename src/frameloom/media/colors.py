"""Colours by name or number, as people write them."""

from PIL import ImageColor

from frameloom.core.errors import ConfigError

Rgba8 = tuple[int, int, int, int]
"""Red, green, blue and alpha, 0 to 255; alpha is straight."""


def parse_color(text: str) -> Rgba8:
    """Return a colour written as a CSS name, #rgb, #rrggbb, #rrggbbaa, rgb(...), hsl(...) or "transparent".

    >>> parse_color("tomato"), parse_color("#ff000080")
    ((255, 99, 71, 255), (255, 0, 0, 128))

    Raises:
        ConfigError: it is none of these.
    """
    name = text.strip().lower()
    if name == "transparent":
        return (0, 0, 0, 0)
    try:
        parts = ImageColor.getrgb(name)
    except ValueError as error:
        raise ConfigError(
            f"unknown colour {text!r}; give a CSS name such as 'tomato', or #rrggbb or #rrggbbaa"
        ) from error
    return (*parts[:3], parts[3] if len(parts) == 4 else 255)
