"""Pages: sheets that hold every frame, markup that parses, and a browser that plays all clips in step."""

import base64
import io
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from frameloom.core.errors import MediaError, OutputError
from frameloom.media.pages.page import Clip, Line, Metric, Page, Score, png, sheet

VOID = {"meta", "option", "line", "polyline", "polygon", "circle"}


def clip(frames: int = 4, channels: int = 1, caption: str = "", side: int = 8) -> Clip:
    """Return a clip whose frame t is filled with 10 (t + 1)."""
    values = 10 * (np.arange(frames, dtype=np.uint8) + 1)
    return Clip(np.broadcast_to(values[:, None, None, None], (frames, side, side, channels)).copy(), caption)


class Checker(HTMLParser):
    """Fails on tags that do not close in order; keeps addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "data-sheet"}]
        if tag != "meta" and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


def full_page() -> Page:
    page = Page("Title <&>", "subtitle with `code`", made_by="frameloom demo")
    page.facts({"MSE": "19.2"}).section("First", "one\n\ntwo").videos([clip(caption="a"), clip(channels=3)], given=2)
    page.video_table(["truth", "ours"], {"row": [clip(), Clip(clip().frames, predicted=True)]}, given=2)
    page.section("Second").table(["name", "count"], [["a", 1], ["b", 2.5]], caption="plain").code("a < b")
    page.scores([Metric("MSE", "lower")], [Score("x", [1.0]), Score("y", [None], "baseline")], caption="scores")
    return page.curve("Loss", [Line("a", [0, 1], [1, 2])], x_label="x", y_label="y", caption="curve")


def test_the_page_is_whole_and_reaches_for_nothing(tmp_path: Path) -> None:
    full_page().save(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    addresses = check(text).addresses
    assert len(addresses) == 2 + 4
    assert all(address.startswith(("#s", "data:image/png;base64,")) for address in addresses)
    assert "http" not in text.replace("http-equiv", "")
    assert "default-src 'none'" in text


def test_text_is_made_safe() -> None:
    text = Page("<script>alert(1)</script>", "`<b>`").section('"quoted" <i>').html()
    assert "<script>alert" not in text
    assert "<code>&lt;b&gt;</code>" in text
    assert "<i>" not in text


def test_paragraphs_are_parted_by_empty_lines() -> None:
    assert "<p>one\nline</p><p>two</p>" in Page("t").text("one\nline\n\n\ntwo\n").html()


def test_controls_stand_only_where_something_plays() -> None:
    assert 'id="play"' in Page("t").videos([clip()]).html()
    assert 'id="play"' not in Page("t").text("words").html()


@pytest.mark.parametrize("channels", [1, 3])
def test_png_opens_elsewhere_and_is_exact(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels), dtype=np.uint8)
    with Image.open(io.BytesIO(png(pixels))) as image:
        image.verify()
    with Image.open(io.BytesIO(png(pixels))) as image:
        assert (np.asarray(image).reshape(pixels.shape) == pixels).all()


@given(frames=st.integers(1, 40), height=st.sampled_from([1, 7, 2000, 9000]), width=st.integers(1, 3))
def test_the_script_finds_each_frame_in_its_sheet(frames: int, height: int, width: int) -> None:
    """page.js takes frame i from column i % across and row i // across."""
    video = np.arange(frames * width, dtype=np.uint8).reshape(frames, 1, width, 1).repeat(height, axis=1)
    whole = sheet(video)
    across = whole.shape[1] // width
    for index in range(frames):
        left, top = index % across * width, index // across * height
        assert (whole[top : top + height, left : left + width] == video[index]).all()
    assert whole.shape[0] <= max(8192, height)


def test_the_best_model_is_marked_and_rivals_are_not() -> None:
    scores = [
        Score("good", [20.0, 0.9], half_widths=[1.5, None]),
        Score("bad", [40.0, 0.8]),
        Score("zeros", [80.0, 0.95], "baseline"),
        Score("floor", [10.0, 1.0], "floor"),
    ]
    text = Page("t").scores([Metric("MSE", "lower", 1), Metric("SSIM", "higher", 3)], scores).html()
    rows = re.findall(r'<tr class="(\w+)"><th>(\w+).*?</th>(.*?)</tr>', text)
    assert [(kind, name, "pill" in cells) for kind, name, cells in rows] == [
        ("model", "good", True),
        ("model", "bad", False),
        ("baseline", "zeros", False),
        ("floor", "floor", False),
    ]
    good = rows[0][2]
    assert good.count('class="pill"') == 2
    assert '<i style="width:25.00%">' in good  # 20 of the longest, 80
    assert '<b style="left:12.50%" title="floor">' in good  # 10 of 80
    assert "<small>± 1.5</small>" in good
    assert '<u style="left:23.12%;width:3.75%">' in good  # 18.5 to 21.5 of 80
    assert "0.900" in good


def test_scores_that_are_not_there_have_no_bar() -> None:
    text = Page("t").scores([Metric("MSE", "lower")], [Score("a", [None]), Score("b", [float("nan")])]).html()
    assert "<td>&ndash;</td>" in text
    assert "<td>nan</td>" in text
    assert "gauge" not in re.sub(r"<style>.*</style>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("add", "message"),
    [
        (lambda page: page.videos([]), "clips that play together have no frames; give clips of one length"),
        (
            lambda page: page.videos([clip(3), clip(4)]),
            r"clips that play together have \[3, 4\] frames; give clips of one length",
        ),
        (
            lambda page: page.videos([Clip(np.zeros((2, 4, 4, 1)), "x")]),
            r"clip 'x' is float64 \(2, 4, 4, 1\); give uint8",
        ),
        (lambda page: page.videos([Clip(np.zeros((4, 4, 1), np.uint8))]), r"clip '' is uint8 \(4, 4, 1\); give uint8"),
        (
            lambda page: page.video_table(["a", "b"], {"r": [clip()]}),
            "row 'r' has 1 clips for 2 headings; give one for each",
        ),
        (lambda page: page.table(["a", "b"], [["x"]]), r"row \['x'\] has 1 cells for 2 headings; give one for each"),
        (
            lambda page: page.scores([Metric("m", "lower")], [Score("s", [1, 2])]),
            "'s' has 2 values; give one for each of 1 metrics",
        ),
    ],
)
def test_what_does_not_fit_says_why(add, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        add(Page("t"))


def test_unwritable_place(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder; give a file name"):
        Page("t").save(tmp_path)


def test_a_browser_plays_all_clips_in_step(tmp_path: Path) -> None:
    """Step to frame 6 in headless Chromium: clips of 4 and 5 frames show their frames 2 and 1."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on this machine to open the page in")
    page = Page("t").section("s").videos([clip(4), clip(4, 3)], given=2).videos([clip(5)]).html()
    script = """<script>addEventListener("load", () => setTimeout(() => {
      document.getElementById("play").click();
      const label = () => document.querySelector(".time span").textContent;
      const other = () => document.querySelectorAll(".time span")[1].textContent;
      const there = () => label().startsWith("frame 3 of 4") && other().startsWith("frame 2 of 5");
      for (let tries = 0; tries < 20 && !there(); tries++)
        document.getElementById("forward").click();
      const pixel = (canvas) => [...canvas.getContext("2d").getImageData(3, 3, 1, 1).data];
      const values = [...document.querySelectorAll("canvas")].map(pixel);
      document.body.dataset.result = JSON.stringify([values, label(), other()]);
    }, 200))</script>"""
    (tmp_path / "page.html").write_text(page.replace("</body>", script + "</body>"), encoding="utf-8")
    arguments = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=3000", "--dump-dom", (tmp_path / "page.html").as_uri(),
    ]  # fmt: skip
    result = subprocess.run([browser, *arguments], capture_output=True, text=True, check=True)
    (found,) = re.findall(r'data-result="([^"]*)"', result.stdout)
    expected = '[[[30,30,30,255],[30,30,30,255],[20,20,20,255]],"frame 3 of 4, predicted","frame 2 of 5"]'
    assert found.replace("&quot;", '"') == expected


def test_sheets_travel_whole() -> None:
    (address,) = [found for found in check(Page("t").videos([clip(3)]).html()).addresses if found.startswith("data:")]
    with Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))) as image:
        assert image.size == (8, 24)
        assert [image.getpixel((0, 8 * index)) for index in range(3)] == [10, 20, 30]


def test_chinese_brings_its_signs_along_and_latin_nothing() -> None:
    plain, chinese = (Page(title).section("One").html() for title in ("Hello", "\u4f60\u597d"))
    assert "@font-face" not in plain
    assert 'url("data:font/otf;base64,' in chinese
    assert len(chinese) - len(plain) < 10_000
