"""Drawings as a page gets them: what stays from picture to picture is sent once, what moves as 16 bits a number.

    Drawing --form--> how many numbers each outline has, kinds of paint, clips      JSON, a few a second
            --numbers--> coordinates, pens, colours, in tenths                      about 10 kB a picture

A form's number is known to the page before the first picture of that form. Colours count in 255ths.
"""

from collections import OrderedDict
from typing import Any

import numpy as np

from frameloom.media.canvas import Drawing, Linear, Paint, Radial

MOST_FORMS = 64
"""Forms that are remembered; a form that comes again later is sent again."""

Form = tuple[tuple[tuple[int, ...], ...], tuple[tuple[Any, ...], ...]]
"""Numbers of each outline of each clip; of each shape: numbers of its outlines, kind of paint, stops, clip or -1."""

SOLID, LINEAR, RADIAL = 0, 1, 2
"""Kinds of paint."""


def taken_apart(drawing: Drawing) -> tuple[Form, bytes]:
    """Return what a drawing is made of, and its numbers in the same order, int16, little-endian, in tenths."""
    clips: dict[int, int] = {}
    clip_forms: list[tuple[int, ...]] = []
    clip_numbers: list[float] = []
    shapes: list[tuple[Any, ...]] = []
    numbers: list[float] = []
    for shape in drawing.shapes:
        clip = -1
        if shape.clip is not None:
            if id(shape.clip) not in clips:
                clips[id(shape.clip)] = len(clip_forms)
                clip_forms.append(tuple(map(len, shape.clip)))
                for outline in shape.clip:
                    clip_numbers += outline
            clip = clips[id(shape.clip)]
        kind, stops = _put_paint(shape.paint, numbers)
        numbers.append(shape.pen)
        for outline in shape.outlines:
            numbers += outline
        shapes.append((tuple(map(len, shape.outlines)), kind, stops, clip))
    tenths = np.rint(np.asarray(clip_numbers + numbers) * 10)
    return (tuple(clip_forms), tuple(shapes)), np.clip(tenths, -32768, 32767).astype("<i2").tobytes()


def _put_paint(paint: Paint, numbers: list[float]) -> tuple[int, int]:
    """Append the numbers of a paint; return its kind and how many stops it has."""
    if isinstance(paint, tuple):
        numbers += [part * 255 for part in paint]
        return SOLID, 0
    if isinstance(paint, Linear):
        numbers += (paint.x1, paint.y1, paint.x2, paint.y2)
    else:
        numbers += (paint.x, paint.y, paint.radius)
    for place, color in paint.stops:
        numbers.append(place * 255)
        numbers += [part * 255 for part in color]
    return (RADIAL if isinstance(paint, Radial) else LINEAR), len(paint.stops)


class Forms:
    """The forms that a page knows."""

    def __init__(self) -> None:
        self._known: OrderedDict[Form, int] = OrderedDict()
        self._last = 0

    def number(self, form: Form) -> tuple[int, bool]:
        """Return the number of a form, and whether the page does not know it yet."""
        if form in self._known:
            self._known.move_to_end(form)
            return self._known[form], False
        self._last += 1
        self._known[form] = self._last
        if len(self._known) > MOST_FORMS:
            self._known.popitem(last=False)
        return self._last, True
