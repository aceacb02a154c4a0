"""The page of speech: everything in one file, and face, viseme and cursor at the time of the sound."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.tracks import track_of

from frameloom.apps.speak.page import LONGEST_S, write_page
from frameloom.core.errors import ConfigError, MediaError
from frameloom.media.files.sink import write_media
from frameloom.media.visemes import VISEMES, VisemeTrack

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
TRACK = track_of([("aa", 0.4, 0.8), ("PP", 0.8, 0.95)], 1.2)

MOUTH = """() => {
  const canvas = document.querySelector(".speech canvas");
  return Array.from(canvas.getContext("2d").getImageData(210, 250, 60, 60).data);
}"""


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    time = np.arange(57_600) / 48_000
    sound = np.where((time > 0.4) & (time < 0.95), 0.3 * np.sin(2 * np.pi * 200 * time), 0)
    return Path(write_media(tmp_path / "voice.wav", None, [sound.astype(np.float32)[:, None]], channels=1).path)


def test_a_browser_shows_what_is_heard_at_its_time(tmp_path: Path, voice: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed")
    out = write_page(TRACK, tmp_path / "page.html", voice)
    voice.unlink()  # the page needs nothing beside it
    seen: dict[float, tuple[str, np.ndarray]] = {}
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        failed: list[str] = []
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(out.as_uri())
        page.wait_for_selector(".speech[data-shown]")
        assert page.evaluate("document.querySelector('audio').duration") == pytest.approx(1.2, abs=0.03)
        for time in (0.1, 0.6, 0.88):
            page.evaluate("time => { document.querySelector('audio').currentTime = time; }", time)
            page.wait_for_selector(f".speech[data-shown='{time:.3f}']")
            told = page.evaluate("document.querySelector('.now').textContent")
            seen[time] = told, np.array(page.evaluate(MOUTH), int)
        browser.close()
    assert failed == []
    assert [told for told, _ in seen.values()] == ["sil", "aa", "PP"]
    opened, shut = (np.abs(seen[time][1] - seen[0.1][1]).mean() for time in (0.6, 0.88))
    assert opened > 2 * shut


def test_a_page_is_one_file_of_a_few_hundred_kilobytes(tmp_path: Path, voice: Path) -> None:
    text = write_page(TRACK, tmp_path / "page.html", voice, "kip").read_text(encoding="utf-8")
    assert 50_000 < len(text) < 900_000
    assert re.findall(r'src="([a-z]+:[a-z]+/[a-z0-9]+)', text) == ["data:audio/mp4"]
    assert "http" not in re.sub(r"http-equiv|http://www.w3.org", "", text)


def test_what_does_not_fit_on_a_page_is_told(tmp_path: Path, voice: Path) -> None:
    rows = (LONGEST_S + 1) * 100
    long = VisemeTrack(np.eye(1, len(VISEMES)).repeat(rows, 0).astype(np.float32), np.zeros(rows, np.float32))
    with pytest.raises(MediaError, match=r"voice\.wav: 121 s; a page shows 120 at most, cut it first"):
        write_page(long, tmp_path / "page.html", voice)
    with pytest.raises(ConfigError, match="nobody: unknown character"):
        write_page(TRACK, tmp_path / "page.html", voice, "nobody")
    assert not (tmp_path / "page.html").exists()
