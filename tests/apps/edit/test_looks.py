"""Everything that can be seen looks as it was stored: see looks.py beside this."""

from collections import defaultdict
from collections.abc import Iterator
from typing import get_args

import numpy as np
import pytest
from tests.apps.edit import looks

from frameloom.apps.edit.describe import EFFECTS, TITLES
from frameloom.effects.blend import BLEND_NAMES
from frameloom.effects.pictures.color import LOOKS
from frameloom.effects.titles.motion import MotionName
from frameloom.effects.titles.settings import THEMES
from frameloom.effects.transitions import TRANSITION_NAMES
from frameloom.media.image import from_rgb
from frameloom.media.planes import Planes, plain

STORED = looks.stored()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, looks.Case]:
    folder = tmp_path_factory.mktemp("material")
    looks.draw_material(folder)
    return looks.cases(folder)


@pytest.mark.parametrize("name", STORED)
def test_looks_as_it_was_stored(name: str, cases: dict[str, looks.Case]) -> None:
    assert _off(cases[name], STORED[name]) == {}


@pytest.mark.parametrize("name", STORED)
def test_looks_the_same_in_ten_bits(name: str, cases: dict[str, looks.Case]) -> None:
    case = looks.Case({**cases[name].timeline, "depth": 10}, cases[name].frames)
    assert _off(case, STORED[name]) == {}


def _off(case: looks.Case, rows: list[str]) -> dict[int, list[str]]:
    """Return what is not as it was stored, by the number of the frame."""
    shown = looks.pictures(case)
    assert {picture.depth for picture in shown} == {case.timeline.get("depth", 8)}
    found = {
        number: looks.differences(looks.structure(picture), looks.read(row))
        for number, picture, row in zip(case.frames, shown, rows, strict=True)
    }
    return {number: lines for number, lines in found.items() if lines}


def test_nothing_is_missing(cases: dict[str, looks.Case]) -> None:
    """Each transition, effect, named look, motion and blend mode, and each design in each theme, is stored."""
    wanted = {f"transition {name}{kind}" for name in TRANSITION_NAMES for kind in ("", " alpha")}
    wanted |= {f"effect {name}" for name in EFFECTS if name != "look"} | {f"effect look {name}" for name in LOOKS}
    wanted |= {f"title {design} {theme}" for design in TITLES for theme in THEMES}
    wanted |= {f"motion {name}" for name in get_args(MotionName) if name != "fade"}  # which most designs have anyway
    wanted |= {f"blend {mode}" for mode in BLEND_NAMES}
    assert sorted(wanted - STORED.keys()) == []
    assert cases.keys() == STORED.keys()


def test_no_two_of_a_kind_look_alike() -> None:
    """An effect that does nothing, or a transition that does what another one does, would be seen by its cells."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in STORED:
        kinds[name.split()[0] + " alpha" * name.endswith(" alpha")].append(name)
    alike = [pair for names in kinds.values() for pair in _alike(names)]
    assert alike == [
        ("title caption plain", "title caption signal"),  # a shade of nearly black
        ("title counter plain", "title counter signal"),  # themes differ in panels and accents, and a counter has none
    ]


def _alike(names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of cases that no cell of any picture tells apart by twice the tolerance."""
    parts = [[part for row in STORED[name] for part in looks.read(row).items()] for name in names]
    cells = np.array([np.concatenate([values.ravel() for _, values in row]) for row in parts])
    limits = np.array([np.concatenate([looks.tolerance(*part).ravel() for part in row]) for row in parts])
    for index, name in enumerate(names):
        apart = (np.abs(cells[index] - cells[index + 1 :]) / limits[index]).max(axis=1)
        for other in np.flatnonzero(apart < 2):
            yield name, names[index + 1 + other]


def test_structure_by_hand() -> None:
    """Left half red, right half white: luma of 63 and 235, and one edge, in a cell of 24 columns, four fold."""
    pixels = np.full((108, 192, 3), 255, np.uint8)
    pixels[:, :96] = (255, 0, 0)
    parts = looks.structure(from_rgb(pixels))
    assert parts["luma"][0] == pytest.approx([63] * 4 + [235] * 4, abs=1)
    assert parts["u"][0] == pytest.approx([102, 102, 128, 128], abs=1)
    assert parts["v"][0] == pytest.approx([240, 240, 128, 128], abs=1)
    assert parts["edges"][0] == pytest.approx([0, 0, 0, 0, (235 - 63) / 24 * 4, 0, 0, 0], abs=1)
    again = looks.read(looks.written(parts))
    assert all(np.abs(again[name] - cells).max() <= 0.5 for name, cells in parts.items())


def test_what_is_clear_counts_as_black() -> None:
    white = plain(192, 108, (255, 255, 255))
    alpha = np.zeros((108, 192), np.uint8)
    alpha[:, 96:] = 255
    parts = looks.structure(Planes(white.y, white.u, white.v, alpha))
    assert parts["luma"][0].tolist() == [16] * 4 + [235] * 4
    assert parts["alpha"][0].tolist() == [0] * 4 + [255] * 4


def test_differences_are_told() -> None:
    one, other = looks.structure(plain(192, 108, (80, 80, 80))), looks.structure(plain(192, 108, (80, 80, 90)))
    assert looks.differences(one, one) == []
    assert looks.differences(other, one)[0].startswith("u: 12 cells off; row 1, column 1 is 132, should be 128")
    assert "should have luma, u, v, edges" in looks.differences({**one, "alpha": one["luma"]}, one)[0]
