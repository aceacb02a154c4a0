"""The page itself, in headless Chromium: a key moves the picture in its direction, and every control does its work."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from fastapi import FastAPI
from tests.service.conftest import Serve
from tests.service.square import SquareScenes

from frameloom.data.batch import to_float
from frameloom.generation.load import VideoModel, load
from frameloom.generation.scenes import open_scenes
from frameloom.media.files.video import probe
from frameloom.models.scene_reader import SceneReader
from frameloom.models.store import load_model, shipped
from frameloom.service.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE_MS = 60_000

# Mean column and row of what is redder than blue by far, in px of the picture.
CENTRE = """([name, least]) => {
  const canvas = document.getElementById(name);
  const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [x, y, n] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) if (data[i] - data[i + 2] > least) {
    x += (i / 4) % width; y += Math.floor(i / 4 / width); n += 1;
  }
  return n ? [x / n, y / n] : null;
}"""

PIXELS = """name => {
  const canvas = document.getElementById(name);
  return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page that fails the test if a script fails on it or asks for anything from elsewhere."""
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: None if "127.0.0.1" in request.url else faults.append(request.url))
    yield page
    context.close()
    assert [fault for fault in faults if not fault.startswith("data:")] == []


def centre(page: "Page", name: str = "imagined", least: int = 100) -> tuple[float, float]:
    x, y = page.evaluate(CENTRE, [name, least])
    return x, y


def hand(page: "Page") -> float:
    """Return the column of the hand in the imagined picture in px, as the shipped reader reads it."""
    pixels = page.evaluate(PIXELS, "imagined")
    frame = torch.tensor(pixels, dtype=torch.uint8).view(1, 64, 64, 4)[..., :3].permute(0, 3, 1, 2)
    reader = load_model("scene-reader")
    assert isinstance(reader, SceneReader)
    return float(reader.pose(to_float(frame))[0, 1])


def until(page: "Page", holds: str) -> None:
    """Wait until something holds; asked again and again from here, for the page's own policy forbids it to evaluate."""
    for _ in range(PATIENCE_MS // 20):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(20)
    pytest.fail(f"never came to be: {holds}")


def go(page: "Page", address: str) -> None:
    page.goto(address)
    until(page, "window.frameloom?.state.step > 1")


def advance(page: "Page", frames: int = 6) -> None:
    """Wait until so many more frames were drawn."""
    page.evaluate("() => { window.from = window.frameloom.state.step; }")
    until(page, f"window.frameloom.state.step >= window.from + {frames}")


def test_a_key_moves_the_square_in_its_direction(page: "Page", app: FastAPI, serve: Serve) -> None:
    with serve(app) as address:
        go(page, address)
        for key, axis, sign in [("ArrowRight", 0, 1), ("w", 1, -1), ("a", 0, -1), ("ArrowDown", 1, 1)]:
            before = centre(page)
            page.keyboard.down(key)
            advance(page)
            page.keyboard.up(key)
            advance(page, 2)
            moved = [after - at for after, at in zip(centre(page), before, strict=True)]
            assert sign * moved[axis] >= 4, key
            assert moved[1 - axis] == 0, key
        assert page.evaluate("window.frameloom.figures.count") == 8
        assert page.evaluate("window.frameloom.figures.waiting.size") == 0
        assert page.evaluate("window.frameloom.figures.latencies.every((ms) => ms > 0)")
        until(page, "document.getElementById('p95').textContent.endsWith('ms')")


def test_a_drag_and_the_buttons_steer_too(page: "Page", app: FastAPI, serve: Serve) -> None:
    with serve(app) as address:
        go(page, address)
        before = centre(page)
        box = page.locator("#screen").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 100, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 100 + box["width"] / 2, box["y"] + 200)
        assert page.get_attribute("#stick", "hidden") is None
        advance(page)
        page.mouse.up()
        assert page.get_attribute("#stick", "hidden") is not None
        advance(page, 2)
        dragged = centre(page)
        assert dragged[0] - before[0] >= 4
        assert dragged[1] == before[1]
        page.get_by_role("button", name="Left").hover()
        page.mouse.down()
        advance(page)
        page.mouse.up()
        advance(page, 2)
        assert centre(page)[0] - dragged[0] <= -4


def test_controls_do_what_they_say(page: "Page", app: FastAPI, serve: Serve, tmp_path: Path) -> None:
    with serve(app) as address:
        go(page, address)
        assert page.text_content("#about") == "scene 0"
        page.keyboard.press("Space")
        until(page, "document.getElementById('about').textContent === 'scene 1'")
        page.keyboard.press("t")
        page.wait_for_selector("#beside:not([hidden])")
        page.keyboard.down("d")
        advance(page)
        page.keyboard.up("d")
        advance(page, 2)
        assert centre(page, "truth") == centre(page)
        page.get_by_role("button", name="Record").click()
        advance(page, 3)
        page.get_by_role("button", name="Stop").click()
        with page.expect_download() as download:
            page.click("#saved a")
        download.value.save_as(tmp_path / "got.mp4")
        assert download.value.suggested_filename == "frameloom-square-scene-1.mp4"
        assert probe(tmp_path / "got.mp4").frames >= 3
        page.get_by_role("button", name="Pause").click()
        page.wait_for_selector("#pause[aria-pressed=true]")
        page.select_option("#pixels", "auto")
        assert page.evaluate("getComputedStyle(document.getElementById('imagined')).imageRendering") == "auto"
        page.get_by_role("button", name="Go on").click()
        page.select_option("#pace", "10")
        advance(page, 3)


def test_what_cannot_be_shown_is_grey_with_the_reason(page: "Page", square: VideoModel, serve: Serve) -> None:
    with serve(create_app(square, lambda: SquareScenes("mujoco is not installed; say please"))) as address:
        go(page, address)
        assert page.locator("#truth-on").is_disabled()
        assert page.text_content("#no-truth") == "mujoco is not installed; say please"
        page.keyboard.press("t")
        advance(page)
        assert page.locator("#beside").is_hidden()


def test_a_page_that_was_ended_says_why_and_connects_again(page: "Page", app: FastAPI, serve: Serve) -> None:
    with serve(app) as address:
        go(page, address)
        page.evaluate("window.frameloom.link.send({ type: 'nonsense' })")
        page.wait_for_selector("#veil:not([hidden])")
        assert "message: Input tag 'nonsense'" in str(page.text_content("#reason"))
        page.get_by_role("button", name="Connect again").click()
        page.wait_for_selector("#veil", state="hidden")
        advance(page)
    page.wait_for_selector("#veil:not([hidden])")
    assert page.text_content("#reason") == "The server is gone. Start it again, then connect."


def test_digits_are_shown_without_steering(page: "Page", serve: Serve) -> None:
    model = load("mnist-seq2seq")
    with serve(create_app(model, lambda: open_scenes(model))) as address:
        go(page, address)
        assert page.locator("#keys").is_hidden()
        assert page.locator("#latency").is_hidden()
        drawn = "document.getElementById('imagined').toDataURL()"
        before = page.evaluate(drawn)
        page.keyboard.press("ArrowRight")
        advance(page)
        assert page.evaluate(drawn) != before
        page.keyboard.press("Space")
        until(page, "document.getElementById('about').textContent === 'test clip 1'")


@pytest.mark.skipif("robot-push" not in dict(shipped()), reason="robot-push is not shipped yet")
@pytest.mark.parametrize(("key", "sign"), [("ArrowRight", 1), ("ArrowLeft", -1)])
def test_a_key_moves_the_arm_in_the_imagination_of_the_shipped_model(
    page: "Page", serve: Serve, key: str, sign: int
) -> None:
    model = load("robot-push")
    with serve(create_app(model, lambda: open_scenes(model, "data"))) as address:
        go(page, address)
        before = hand(page)
        page.keyboard.down(key)
        advance(page, 4)  # 4 px each; after ten it would be out of the picture
        page.keyboard.up(key)
        assert sign * (hand(page) - before) >= 6
