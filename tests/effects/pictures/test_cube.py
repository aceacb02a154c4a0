"""Colour tables in files, against values by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.effects.pictures import cube
from frameloom.effects.pictures.cube import read_cube

CORNERS = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]


def write(path: Path, text: str) -> Path:
    file = path / "look.cube"
    file.write_text(text)
    return file


def rows(values: list[tuple[float, ...]]) -> str:
    return "\n".join(" ".join(str(part) for part in row) for row in values)


def test_red_runs_fastest(tmp_path: Path) -> None:
    table = read_cube(
        write(tmp_path, '# a comment\nTITLE "x"\nLUT_3D_SIZE 2\n\n' + rows([(r, 0, b) for r, g, b in CORNERS]))
    )
    assert table(np.float32([[0.25, 0.5, 0.75]])).tolist() == [[0.25, 0, 0.75]]


def test_tetrahedra_by_hand(tmp_path: Path) -> None:
    # Only the corner (1, 1, 0) is bright. At (0.75, 0.5, 0.25) the way from black to white goes by red, green, blue:
    # 0.25 * c000 + 0.25 * c100 + 0.25 * c110 + 0.25 * c111, so a quarter of it. Trilinear would say 0.75 * 0.5 * 0.75.
    values = [(float((r, g, b) == (1, 1, 0)),) * 3 for r, g, b in CORNERS]
    table = read_cube(write(tmp_path, "LUT_3D_SIZE 2\n" + rows(values)))
    assert table(np.float32([[0.75, 0.5, 0.25]]))[0, 0] == pytest.approx(0.25)


@given(st.lists(st.tuples(*[st.floats(0, 1, width=32)] * 3), min_size=1, max_size=5))
def test_a_table_of_no_change_changes_nothing(colors: list[tuple[float, float, float]]) -> None:
    side = 5
    steps = np.linspace(0, 1, side)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)[..., ::-1].astype(np.float32)
    table = cube.Cube(np.zeros(3, np.float32), np.ones(3, np.float32), None, grid)
    assert np.abs(table(np.float32(colors)) - np.float32(colors)).max() < 1e-6


def test_curves_and_domain(tmp_path: Path) -> None:
    text = "LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 -1\nDOMAIN_MAX 1 2 1\n0 0 0\n1 1 1\n0 0 0.5\n"
    table = read_cube(write(tmp_path, text))
    assert table(np.float32([[0.25, 0.5, 0.0], [1, 1, 1]])).tolist() == [[0.5, 0.5, 1], [0, 1, 0.5]]


def test_a_curve_before_a_cube(tmp_path: Path) -> None:
    text = "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n1 1 1\n0 0 0\n" + rows(
        CORNERS
    )
    assert read_cube(write(tmp_path, text))(np.float32([[0.25, 0, 1]])).tolist() == [[0.75, 1, 0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("LUT_3D_SIZE 2\n" + rows(CORNERS[:7]), "7 lines of numbers, but its size asks for 8"),
        ("LUT_3D_SIZE 2\n0 0 0\n0 0\n" + rows(CORNERS[:6]), "line 3: '0 0' must be three numbers"),
        ("LUT_3D_SIZE 2\n" + rows(CORNERS[:7]) + "\n1 1 nan", "line 9: '1 1 nan' must be three numbers"),
        ("LUT_3D_SIZE 2\n" + rows(CORNERS[:7]) + "\n1 x 1", "line 9: '1 x 1' must be three numbers"),
        ("LUT_3D_SIZE 2\n# nothing\n", "0 lines of numbers, but its size asks for 8"),
        ("LUT_1D_SIZE 2\n0 0 0\n1_0 0 0", "its numbers cannot be read"),
        ("LUT_3D_SIZE 2\nDOMAIN_MAX inf 1 1\n" + rows(CORNERS), "must be above DOMAIN_MIN"),
        ("0 0 0\n1 1 1\n", "no LUT_1D_SIZE or LUT_3D_SIZE"),
        ("", "no LUT_1D_SIZE or LUT_3D_SIZE"),
        ("LUT_3D_SIZE 500\n", "line 1: LUT_3D_SIZE 500; it may be from 2 to 129"),
        ("LUT_1D_SIZE 1\n", "line 1: LUT_1D_SIZE 1; it may be from 2 to 65536"),
        ("LUT_3D_SIZE two\n", "line 1: 'LUT_3D_SIZE two' lacks its numbers"),
        ("TITLE x\nDOMAIN_MIN 0 0\n", "line 2: 'DOMAIN_MIN 0 0' lacks its numbers"),
        ("LUT_3D_SIZE 2\nDOMAIN_MAX 0 1 1\n" + rows(CORNERS), "must be above DOMAIN_MIN"),
        ("<html>\n", "line 1: '<html>' is no word of a .cube file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MediaError, match=r"look\.cube: ") as caught:
        read_cube(write(tmp_path, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MediaError, match=r"none\.cube: cannot be read \(No such file"):
        read_cube(tmp_path / "none.cube")
    monkeypatch.setattr(cube, "MAX_BYTES", 3)
    with pytest.raises(MediaError, match="larger than 0 MB"):
        read_cube(write(tmp_path, "LUT_3D_SIZE 2\n"))
