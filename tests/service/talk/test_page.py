"""The page of a live talk in headless Chromium: what is typed is heard, seen, written down, and can be stopped."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.service.conftest import Serve
from tests.service.talk.babbling import house
from tests.service.test_page import browser, page, until

from frameloom.service.talk.answers import AnswerError, Ask, Asked, Put, echo
from frameloom.service.talk.app import create_talk_app
from frameloom.service.talk.messages import LARGEST_MESSAGE

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["browser", "page"]

DOCS = Path(__file__).parents[3] / "docs" / "talking-live.md"

# Share of the canvas on which the character is drawn, and the sum of all it shows.
SEEN = """() => {
  const canvas = document.getElementById("figure");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [seen, sum] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 127) seen += 1;
    sum += data[at] + data[at + 1] + data[at + 2];
  }
  return [(4 * seen) / data.length, sum];
}"""


# What is heard, at 24 kHz, of half a second of a constant that is cut after a quarter, and of another from .3 s on.
CUT = """async () => {
  const sound = new window.frameloom.sound.constructor();
  const context = new OfflineAudioContext(1, 12000, 24000);
  Object.assign(sound, { context, volume: context.createGain(), runs: true, offset: 0 });
  sound.volume.connect(context.destination);
  const half = new Int16Array(2400).fill(16384);
  for (let sample = 240; sample < 12000; sample += 2400) sound.play(sample, half);
  sound.cut(6000);
  sound.play(7200, half);
  return Array.from((await context.startRendering()).getChannelData(0));
}"""


@pytest.fixture
def go(serve: Serve, page: "Page") -> Iterator[object]:
    """Serve a page whose answers come from somewhere, and open it."""
    from contextlib import ExitStack

    with ExitStack() as served:

        def gone(ask: Ask = echo) -> "Page":
            page.goto(served.enter_context(serve(create_talk_app(house(ask)), LARGEST_MESSAGE)))
            until(page, "window.frameloom?.state.drawn > 2")
            return page

        yield gone


def test_the_page_that_is_written_down_shows_and_says_a_line(serve: Serve, page: "Page", tmp_path: Path) -> None:
    blocks = re.findall(r"```(html|js)\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert sorted(kind for kind, _ in blocks) == ["html", "js"]
    for kind, code in blocks:
        (tmp_path / f"index.{kind}").write_text(code)
    with serve(create_talk_app(house(), own=tmp_path), LARGEST_MESSAGE) as address:
        page.goto(address + "own/")
        page.fill("input", "one two")
        page.keyboard.press("Enter")
        until(page, "document.querySelector('p').textContent === 'one two'")
        assert page.evaluate(SEEN)[0] > 0.05


def say(page: "Page", line: str) -> None:
    page.fill("#line", line)
    page.keyboard.press("Enter")


def test_a_line_is_heard_and_seen_and_both_keep_together(go) -> None:
    page = go()
    share, before = page.evaluate(SEEN)
    assert 0.15 < share < 0.8
    assert page.text_content("#name") == "Kip"
    say(page, "one two three four five six")
    until(page, "document.querySelector('#words .now')?.textContent.startsWith('two')")
    until(page, "window.frameloom.figures.mouth.length === 1")
    assert page.evaluate(SEEN)[1] != before
    assert page.is_visible("#stop")
    assert page.evaluate("window.frameloom.sound.context.sampleRate") == 24000
    first = page.evaluate("window.frameloom.figures.sound[0]")
    assert 0 < first < 60_000
    until(page, "document.getElementById('latency').textContent.includes('ms')")
    until(page, "!window.frameloom.state.speaking")
    assert [page.text_content(f"#log .{who}") for who in ("you", "them")] == ["one two three four five six"] * 2
    assert page.input_value("#line") == ""
    until(page, "document.getElementById('words').hidden")


def test_escape_stops_it_and_a_new_line_comes_in_between(go) -> None:
    page = go()
    say(page, "word " * 60)
    until(page, "window.frameloom.state.speaking")
    page.keyboard.press("Escape")
    until(page, "!window.frameloom.state.speaking && window.frameloom.sound.playing.size === 0")
    assert page.locator("#log .cut").count() == 1
    say(page, "word " * 60)
    until(page, "window.frameloom.state.speaking")
    say(page, "last")
    until(page, "document.querySelector('#words .said')?.textContent === 'last'")
    assert page.evaluate("document.querySelectorAll('#log .them').length") == 3


def test_what_is_cut_off_fades_and_what_follows_does_not(go) -> None:
    heard = np.array(go().evaluate(CUT))
    fade = 24 * 40
    assert heard[240 : 6000 - fade] == pytest.approx(0.5)
    assert np.abs(np.diff(heard[6000 - fade - 10 : 6010])).max() < 0.001
    assert not heard[6000:7200].any()
    assert heard[7200:9600] == pytest.approx(0.5)


def test_another_character_is_chosen_and_failures_are_one_line(go) -> None:
    async def fails(asked: Asked, put: Put) -> None:
        raise AnswerError(f"{asked.name} has no answer")

    page = go(fails)
    page.select_option("#character", "ada")
    until(page, "document.getElementById('name').textContent === 'Ada'")
    say(page, "hello")
    until(page, "document.getElementById('notice').textContent === 'Ada has no answer'")
    assert [page.text_content(f"#log .{one}") for one in ("you", "fault")] == ["hello", "Ada has no answerSend again"]
    page.get_by_role("button", name="Send again: hello").click()
    until(page, "document.querySelectorAll('#log .fault').length === 2")
    assert page.locator("#log .you").count() == 2
    page.select_option("#voice", "gone")
    until(page, "document.getElementById('notice').textContent.startsWith('voice \\'gone\\': unknown')")
    assert page.input_value("#voice") == "auto"
    page.evaluate("window.frameloom.link.send({ type: 'nonsense' })")
    until(page, "!document.getElementById('veil').hidden")
    assert "message: Input tag 'nonsense'" in str(page.text_content("#reason"))
    page.get_by_role("button", name="Connect again").click()
    until(page, "document.getElementById('veil').hidden && document.getElementById('name').textContent === 'Ada'")


def test_chinese_is_written_with_the_signs_that_come_along(go) -> None:
    page = go()
    loaded = """() => Array.from(document.fonts).filter(one => one.status === "loaded")
      .map(one => [one.family.replaceAll('"', ""), one.unicodeRange])"""
    assert page.evaluate(loaded) == []  # 65 kB of rules, and no font that is not needed
    page.fill("#line", "\u4f60\u597d")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('#log li').length > 0")
    wanted = [["Frameloom zh", "U+4F00-4FFF"], ["Frameloom zh", "U+5900-59FF"]]
    until(page, f"JSON.stringify(({loaded})()) === JSON.stringify({wanted})")
