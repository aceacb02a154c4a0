"""In upright pictures a presenter's chin stays above the captions, however many points stand over it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from frameloom.apps.compose.ready import ComposeConfig, make_ready
from frameloom.apps.compose.scenes import presenter
from frameloom.apps.compose.timing import Laid
from frameloom.apps.talk.character import Span, chin_of
from frameloom.apps.talk.stage import Place
from frameloom.apps.talk.stage import Stage as TalkStage
from frameloom.apps.talk.store import load_character

TICKER = '[[over]]\ndesign = "ticker"\ntext = "Rain"\nplace = "bottom"\n'
SCENE = (
    '[[beats]]\nsay = "It rains in the valley."\nscene = {{ kind = "presenter", title = "x", items = {items}{more} }}\n'
)


class Noting(TalkStage):
    """Notes how much of a character is seen, and how high."""

    seen: Sequence[tuple[Span, int]] = ()

    def __init__(self, places: Sequence[Place], width: int, height: int, framing: Span, transparent: bool) -> None:
        super().__init__(places, width, height, framing, transparent)
        Noting.seen = [*Noting.seen, (framing, height)]


def laid(folder: Path, items: int, over: str = "", more: str = "", head: str = "") -> Laid:
    text = SCENE.format(items=["word"] * items, more=more).replace("'", '"')
    (folder / "story.toml").write_text(f'voice = "none"\n{head}{over}{text}', encoding="utf-8")
    config = ComposeConfig(story=folder / "story.toml", out=folder / "film.mp4", aspect="9:16", side=180)
    return make_ready(config, folder / "pieces").laid


@pytest.fixture(autouse=True)
def noting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presenter, "TalkStage", Noting)
    monkeypatch.setattr(Noting, "seen", ())


@pytest.mark.parametrize("over", ["", TICKER], ids=["alone", "over a ticker"])
@pytest.mark.parametrize("items", [0, 3, 5, 6])
@pytest.mark.parametrize("more", ["", ', framing = "bust"'])
def test_captions_lie_below_the_chin(items: int, over: str, more: str, tmp_path: Path) -> None:
    made = laid(tmp_path, items, over, more)
    made.draw(made.beats[0])
    ((span, height),) = Noting.seen
    row = made.stage(made.beats[0]).captions
    assert row is not None
    looks = load_character("ada").looks
    assert made.height - height + chin_of(looks, span) * height <= row + 2
    assert made.height - height > made.height * 0.3  # and words keep their room


def test_without_captions_a_figure_is_as_large_as_asked(tmp_path: Path) -> None:
    for head in ("captions = false\n", 'captions = { place = "middle" }\n'):
        made = laid(tmp_path, 3, head=head)
        made.draw(made.beats[0])
    assert [span for span, _ in Noting.seen] == ["half", "half"]


def test_larger_captions_begin_higher(tmp_path: Path) -> None:
    rows = [laid(tmp_path, 3, head=f"captions = {{ scale = {scale} }}\n") for scale in (0.5, 1.0)]
    small, usual = (one.stage(one.beats[0]).captions for one in rows)
    assert (small, usual) == (256 - 14, 256 - 29)  # 0.08 and 0.16 of 180 px above the strip's foot, 0.8 of 320
