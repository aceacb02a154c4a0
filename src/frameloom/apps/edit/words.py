"""Subtitles over a timeline's pictures."""

from frameloom.apps.edit.layout import Layout
from frameloom.apps.edit.compose import Overlay


def burned(laid: Layout) -> tuple[Overlay, ...]:
    """Return what draws the subtitles of a timeline that are burned in."""
    del laid
    return ()
