"""Drawings: areas, gradients, clips and boxes as geometry says; and the same drawing painted by a browser."""

import json
import shutil
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.media.canvas import Drawing, Linear, Radial, Rgba, Shape, packed, rasterise, straight

RED: Rgba = (1.0, 0.0, 0.0, 1.0)
BLUE: Rgba = (0.0, 0.0, 1.0, 1.0)


def rectangle(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    out: list[float] = list(corners[0])
    for (x0, y0), (x1, y1) in pairwise(corners):
        out += [x0, y0, x1, y1, x1, y1]
    return tuple(out)


def test_a_filled_shape_covers_its_area_and_no_more() -> None:
    """Half a pixel is added on every side; see the module."""
    pixels = rasterise(Drawing((Shape((rectangle(2.5, 3.5, 6, 7.5),), RED),), 12, 10))
    assert pixels[5, 4].tolist() == [255, 0, 0, 255]
    assert pixels[5, 8].tolist() == [0, 0, 0, 0]
    assert pixels[5, 6].tolist() == pytest.approx([128, 0, 0, 128], abs=2)  # half covered, alpha multiplied in
    assert pixels[..., 3].sum() / 255 == pytest.approx((3.5 + 1) * (4 + 1), abs=0.1)


def test_the_matrix_places_the_drawing() -> None:
    """x' = a x + c y + e, y' = b x + d y + f: scaled by two and moved by (3, 1)."""
    drawing = Drawing((Shape((rectangle(1, 1, 2, 2),), RED),), 10, 10, (2, 0, 0, 2, 3, 1))
    rows, columns = np.nonzero(rasterise(drawing)[..., 3] > 200)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (5, 6, 3, 4)


def test_a_linear_gradient_is_in_the_middle_half_of_both() -> None:
    paint = Linear(0, 0, 100, 0, ((0.0, RED), (1.0, BLUE)))
    pixels = rasterise(Drawing((Shape((rectangle(0, 0, 100, 4),), paint),), 100, 4))
    assert pixels[2, 50].tolist() == pytest.approx([127, 0, 128, 255], abs=3)
    assert pixels[2, 10, 0] > 220
    assert pixels[2, 90, 2] > 220


def test_a_radial_gradient_fades_by_distance() -> None:
    paint = Radial(50, 50, 40, ((0.0, (1.0, 1.0, 1.0, 1.0)), (1.0, (1.0, 1.0, 1.0, 0.0))))
    alpha = rasterise(Drawing((Shape((rectangle(0, 0, 100, 100),), paint),), 100, 100))[..., 3]
    assert alpha[50, 50] > 245
    assert alpha[50, 70] == pytest.approx(255 * 0.5, abs=6)
    assert alpha[50, 95] == 0
    assert alpha[50, 30] == pytest.approx(int(alpha[30, 50]), abs=3)


def test_a_clip_lets_through_what_lies_inside_it() -> None:
    shape = Shape((rectangle(0, 0, 20, 20),), RED, clip=(rectangle(5.5, 5.5, 9.5, 9.5),))
    alpha = rasterise(Drawing((shape,), 20, 20))[..., 3]
    assert alpha[7, 7] == 255
    assert alpha.sum() / 255 == pytest.approx(25, abs=0.2)


def test_a_pen_is_as_wide_as_it_says() -> None:
    line = (5.0, 10.0, 5.0, 10.0, 45.0, 10.0, 45.0, 10.0)
    alpha = rasterise(Drawing((Shape((line,), RED, pen=6),), 50, 20))[..., 3]
    assert alpha[:, 25].sum() / 255 == pytest.approx(6, abs=0.1)
    assert alpha[10, 3] > 200  # round ends


def test_straight_alpha_takes_back_what_was_multiplied_in() -> None:
    half: Rgba = (1.0, 0.5, 0.25, 0.5)
    pixels = rasterise(Drawing((Shape((rectangle(0, 0, 4, 4),), half),), 4, 4))
    assert pixels[1, 1].tolist() == pytest.approx([128, 64, 32, 128], abs=2)
    assert straight(pixels)[1, 1].tolist() == pytest.approx([255, 128, 64, 128], abs=4)
    assert straight(np.zeros((1, 1, 4), np.uint8)).tolist() == [[[0, 0, 0, 0]]]


@given(
    st.floats(-50, 150), st.floats(-50, 150), st.floats(0.5, 60), st.floats(0.5, 60), st.floats(0.3, 3), st.floats(0, 9)
)
def test_the_box_holds_every_pixel(x: float, y: float, wide: float, high: float, scale: float, pen: float) -> None:
    drawing = Drawing(
        (Shape((rectangle(x, y, x + wide, y + high),), RED, pen=pen),), 64, 48, (scale, 0, 0, scale, 3, -2)
    )
    left, top, right, bottom = drawing.box()
    assert left % 2 == top % 2 == right % 2 == bottom % 2 == 0
    assert 0 <= left <= right <= 64
    assert 0 <= top <= bottom <= 48
    alpha = rasterise(drawing)[..., 3].copy()
    alpha[top:bottom, left:right] = 0
    assert not alpha.any()


def test_an_empty_drawing_has_no_box() -> None:
    assert Drawing((), 8, 8).box() == (0, 0, 0, 0)


def test_what_is_packed_is_json_and_names_each_clip_once() -> None:
    clip = (rectangle(0, 0, 5, 5),)
    paint = Linear(0, 0, 1, 1, ((0.0, RED), (1.0, BLUE)))
    shapes = (Shape(clip, RED, clip=clip), Shape(clip, paint, clip=clip), Shape(clip, BLUE, pen=2.0))
    told = json.loads(json.dumps(packed(Drawing(shapes, 8, 6))))
    assert len(told["clips"]) == 1
    assert [shape[3] for shape in told["shapes"]] == [0, 0, -1]
    assert told["shapes"][0][1] == [255, 0, 0, 1.0]
    assert told["shapes"][1][1] == ["l", 0, 0, 1, 1, [[0.0, [255, 0, 0, 1.0]], [1.0, [0, 0, 255, 1.0]]]]


def test_a_browser_paints_the_same_picture() -> None:
    """Ada, drawn by the script of the pages with Canvas2D, is Ada as the rasteriser paints her."""
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(chromium).exists():
        pytest.skip("chromium is not installed")
    from frameloom.apps.talk.behaviour import still_pose
    from frameloom.apps.talk.store import load_character

    ada = load_character("ada")
    drawing = ada.draw(still_pose(ada.looks, "happy", gesture="open"), 320, 320)
    script = resources.files("frameloom.media.pages").joinpath("drawing.js").read_text(encoding="utf-8")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(content=script)
        told = page.evaluate(
            """drawing => {
              const canvas = document.createElement("canvas");
              [canvas.width, canvas.height] = [drawing.width, drawing.height];
              const context = canvas.getContext("2d");
              context.fillStyle = "white";
              context.fillRect(0, 0, canvas.width, canvas.height);
              paintDrawing(context, drawing);
              return Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data);
            }""",
            packed(drawing),
        )
        browser.close()
    theirs = np.array(told, np.int16).reshape(320, 320, 4)[..., :3]
    ours = rasterise(drawing, np.full((320, 320, 4), 255, np.uint8))[..., :3].astype(np.int16)
    assert np.abs(theirs - ours).mean() < 2.0
    assert (np.abs(theirs - ours).max(axis=2) > 24).mean() < 0.05  # half a pixel along edges
