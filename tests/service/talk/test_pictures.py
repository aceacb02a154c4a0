"""Drawings taken apart: put together again they are the same, and a form is sent once."""

from typing import Any

import numpy as np
import pytest

from frameloom.apps.talk.behaviour import Behaviour
from frameloom.apps.talk.store import character_names, load_character
from frameloom.media.canvas import Drawing, Linear, Radial, Shape, packed
from frameloom.service.talk.pictures import MOST_FORMS, Form, Forms, taken_apart


def together(form: Form, content: bytes) -> dict[str, Any]:
    """Return a drawing as `packed` has it, from what the page gets: an independent reading of the form."""
    numbers = iter((np.frombuffer(content, "<i2") / 10).tolist())

    def some(count: int) -> list[float]:
        return [next(numbers) for _ in range(count)]

    def color() -> list[float]:
        red, green, blue, alpha = some(4)
        return [red, green, blue, alpha / 255]

    clips = [[some(count) for count in counts] for counts in form[0]]
    shapes = []
    for counts, kind, stops, clip in form[1]:
        if kind == 0:
            paint: Any = color()
        else:
            paint = ["lr"[kind - 1], *some({1: 4, 2: 3}[kind])]
            paint.append([[some(1)[0] / 255, color()] for _ in range(stops)])
        pen = some(1)[0]
        shapes.append([[some(count) for count in counts], paint, pen, clip])
    assert next(numbers, None) is None
    return {"clips": clips, "shapes": shapes}


def near(a: Any, b: Any, apart: float) -> bool:
    """Return whether two nested lists are alike, their numbers within so much."""
    if isinstance(a, list):
        return len(a) == len(b) and all(near(*each, apart) for each in zip(a, b, strict=True))
    return bool(a == b) if isinstance(a, str) else abs(a - b) <= apart


@pytest.mark.parametrize("name", character_names())
def test_a_drawing_put_together_again_is_the_same(name: str) -> None:
    character = load_character(name)
    for drawing in (character.draw(Behaviour(character.looks).at(1.0), 960, 720), character.backdrop(960, 720)):
        expected, got = packed(drawing), together(*taken_apart(drawing))
        assert near(expected["clips"], got["clips"], 0.101)
        assert len(expected["shapes"]) == len(got["shapes"])
        for one, other in zip(expected["shapes"], got["shapes"], strict=True):
            assert near([one[0], *one[2:]], [other[0], *other[2:]], 0.101)
            assert near(one[1], other[1], 0.56)  # `packed` rounds colours to whole bytes


def test_each_paint_has_its_kind_and_a_number_too_large_is_held() -> None:
    stops = ((0.0, (1.0, 0.0, 0.0, 1.0)), (1.0, (0.0, 0.0, 1.0, 0.5)))
    line = (0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 9999.0)
    clip = (line,)
    shapes = (
        Shape((line,), (1.0, 0.5, 0.0, 1.0), 2.5),
        Shape((line, line), Linear(0, 1, 2, 3, stops), clip=clip),
        Shape((line,), Radial(4, 5, 6, stops), clip=clip),
    )
    form, content = taken_apart(Drawing(shapes, 10, 10))
    assert form == (((8,),), (((8,), 0, 0, -1), ((8, 8), 1, 2, 0), ((8,), 2, 2, 0)))
    numbers = np.frombuffer(content, "<i2")
    assert numbers[8:13].tolist() == [2550, 1275, 0, 2550, 25]
    assert numbers.max() == 32767


def test_a_form_is_new_once_and_again_when_it_was_forgotten() -> None:
    forms = Forms()
    made: list[Form] = [((), (((8 + 6 * number,), 0, 0, -1),)) for number in range(MOST_FORMS + 1)]
    assert [forms.number(form) for form in made[:2]] == [(1, True), (2, True)]
    assert forms.number(made[0]) == (1, False)
    for form in made[2:]:
        assert forms.number(form)[1]
    assert forms.number(made[0]) == (1, False)
    assert forms.number(made[1]) == (MOST_FORMS + 2, True)
