"""A page at its socket: what it does shows, what it may not do ends it with a reason, and it never gets behind."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import active_count

import numpy as np
import pytest
from fastapi import FastAPI
from tests.service.conftest import Serve
from tests.service.square import SquareScenes, column_of
from tests.service.talking import Page, ask, opened
from websockets.exceptions import ConnectionClosed

from frameloom.core.errors import DataError
from frameloom.generation.load import VideoModel, load
from frameloom.generation.scenes import open_scenes
from frameloom.media.files.video import probe, read_clip
from frameloom.service import play
from frameloom.service.app import create_app
from frameloom.service.session import UNDRAWN
from frameloom.service.sockets import MOST_PAGES

RIGHT, LEFT, STILL = [1, 0, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 0]
NEVER = 2**32
TIGHT = 0.3
"""Seconds in which a server that does not wait would have sent more."""


@pytest.fixture
def address(app: FastAPI, serve: Serve) -> Iterator[str]:
    with serve(app) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with opened(address) as page:
        yield page


def hello(page: Page) -> tuple[dict, dict]:
    return page.hear("hello"), page.hear("scene")


def test_it_is_told_what_it_shows_and_sees_what_was_given_first(page: Page) -> None:
    shot = page.see()
    assert (shot.serial, shot.input, shot.step) == (1, 0, 0)
    assert column_of(shot.pictures[0]) == 25.5
    assert page.told[0] == {
        "type": "hello",
        "model": "square",
        "size": [64, 64, 3],
        "axes": ["right", "away", "up", "turn"],
        "rate": 30,
        "no_truth": "",
    } or page.hear("hello")


def test_a_key_moves_the_picture_until_it_is_let_go(page: Page) -> None:
    start = column_of(page.see().pictures[0])
    page.say("input", number=1, action=RIGHT)
    first = page.see_under(1)
    assert column_of(first.pictures[0]) == start + 2
    assert column_of(page.see().pictures[0]) == start + 4
    page.say("input", number=2, action=STILL)
    held = column_of(page.see_under(2).pictures[0])
    assert column_of(page.see().pictures[0]) == held
    page.say("input", number=3, action=LEFT)
    assert column_of(page.see_under(3).pictures[0]) == held - 2


def test_scenes_begin_anew_and_others_follow(page: Page) -> None:
    page.see()
    page.say("input", number=1, action=RIGHT)
    page.see_under(1)
    page.say("input", number=2, action=STILL)
    page.say("begin", scene=7)
    page.told.clear()
    while not page.told:
        shot = page.see()
    assert page.told == [{"type": "scene", "number": 7, "name": "scene 7", "truth": False}]
    assert (shot.step, column_of(shot.pictures[0])) == (0, 32.5)


def test_a_pause_stands_still_and_still_begins_scenes(page: Page) -> None:
    page.see()
    page.say("pause", on=True)
    page.say("begin", scene=3)
    shot = page.see()
    while shot.step:
        shot = page.see()
    with pytest.raises(TimeoutError):
        page.socket.recv(TIGHT)
    page.say("pause", on=False)
    assert page.see().step == 1


def test_it_is_not_sent_more_than_it_draws(page: Page) -> None:
    page.say("pace", rate=None)
    page.draws = False
    serials = [page.see().serial for _ in range(UNDRAWN)]
    with pytest.raises(TimeoutError):
        page.socket.recv(TIGHT)
    page.say("seen", serial=serials[-1])
    assert page.see().serial == serials[-1] + 1


def test_frames_that_were_never_sent_are_not_drawn(page: Page) -> None:
    page.draws = False
    page.say("seen", serial=4_000_000_000)
    for _ in range(UNDRAWN):
        page.see()
    with pytest.raises(TimeoutError):
        page.socket.recv(TIGHT)


def test_the_pace_is_kept(page: Page) -> None:
    page.say("pace", rate=10)
    steps = [page.see() for _ in range(3)]
    began = time.perf_counter()
    steps += [page.see() for _ in range(5)]
    assert time.perf_counter() - began > 0.35  # five frames at ten a second; a busy machine may only be slower
    assert [shot.step for shot in steps[1:]] == list(range(steps[1].step, steps[1].step + 7))


def test_the_truth_stands_beside_under_the_actions_as_they_were_carried_out(page: Page, square: VideoModel) -> None:
    page.see()
    page.say("truth", on=True)
    scene = page.hear("scene")
    while scene["truth"] is not True:
        scene = page.hear("scene")
    first = page.see()
    assert np.array_equal(*first.pictures)
    page.say("input", number=1, action=RIGHT)
    shot = page.see_under(1)
    assert [column_of(picture) for picture in shot.pictures] == [26.5, 26.5]
    assert square.model.stepped[-1][0] == 0.5
    page.say("truth", on=False)
    while len(shot.pictures) == 2:
        shot = page.see()
    assert shot.step == 0


def test_a_recording_can_be_fetched_and_tells_its_origin(address: str, page: Page, tmp_path: Path) -> None:
    page.see()
    page.say("record", on=True)
    assert page.hear("recording") == {"type": "recording", "on": True, "most": 1800}
    page.say("input", number=1, action=RIGHT)
    for _ in range(4):
        shot = page.see_under(1)
    page.say("record", on=False)
    saved = page.hear("saved")
    assert saved["name"] == "frameloom-square-scene-0.mp4"
    answer = ask(address, f"/{saved['url']}")
    assert answer.headers["content-type"] == "video/mp4"
    assert 'filename="frameloom-square-scene-0.mp4"' in answer.headers["content-disposition"]
    (tmp_path / "got.mp4").write_bytes(answer.body)
    assert probe(tmp_path / "got.mp4").frames == saved["frames"] >= 4
    columns = [column_of(frame) / 8 for frame in read_clip(tmp_path / "got.mp4")]
    assert columns == sorted(columns)
    assert column_of(shot.pictures[0]) - 1 < columns[-1]


def test_a_recording_ends_by_itself_when_it_is_full(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "LONGEST_RECORDING", 3)
    page.see()
    page.say("record", on=True)
    assert page.hear("recording")["most"] == 3
    assert page.hear("saved")["frames"] == 3


def test_an_empty_recording_is_said_to_be_one(page: Page) -> None:
    page.see()
    page.say("pause", on=True)
    page.say("record", on=True)
    page.say("record", on=False)
    assert "no frames to write" in page.hear("notice")["text"]


def test_a_recording_with_the_truth_shows_both(address: str, page: Page, tmp_path: Path) -> None:
    page.say("truth", on=True)
    while not page.hear("scene")["truth"]:
        pass
    page.say("record", on=True)
    for _ in range(3):
        page.see()
    page.say("truth", on=False)  # pictures of another size do not go into the same file
    saved = page.hear("saved")
    (tmp_path / "got.mp4").write_bytes(ask(address, f"/{saved['url']}").body)
    assert (probe(tmp_path / "got.mp4").width, probe(tmp_path / "got.mp4").height) == (130 * 8, 512)


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ("nonsense", 1008, "message: Invalid JSON"),
        ('{"type": "input", "number": 1, "action": [1]}', 1008, "action of 1 numbers; square takes 4"),
        ('{"type": "pause", "on": 1}', 1008, "message pause.on: Input should be a valid boolean"),
        (b"\x00", 1003, "bytes; only JSON text is taken"),
    ],
)
def test_what_is_not_understood_ends_the_page_with_a_reason(
    page: Page, said: str | bytes, code: int, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    page.see()
    page.socket.send(said)
    with pytest.raises(ConnectionClosed) as caught:
        page.see_under(NEVER)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == code
    assert caught.value.rcvd.reason.startswith(reason)
    assert "Traceback" not in capfd.readouterr().err


def test_a_message_that_is_too_long_is_not_even_read(page: Page, capfd: pytest.CaptureFixture[str]) -> None:
    page.see()
    page.socket.send("x" * 100_000)
    with pytest.raises(ConnectionClosed) as caught:
        page.see_under(NEVER)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1009
    assert "Traceback" not in capfd.readouterr().err


def test_pages_are_few_and_make_room_when_they_go(address: str) -> None:
    pages = [opened(address) for _ in range(MOST_PAGES)]
    for page in pages:
        page.__enter__().see()
    with opened(address) as one_too_many, pytest.raises(ConnectionClosed) as caught:
        one_too_many.see()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1013
    assert caught.value.rcvd.reason == f"{MOST_PAGES} pages are open already; close one and try again"
    for page in pages:
        page.__exit__(None, None, None)
    for _ in range(100):
        with opened(address) as again:
            try:
                assert again.see().step == 0
            except ConnectionClosed:
                time.sleep(0.05)
                continue
            break
    else:
        pytest.fail("no room was made")


def test_a_page_that_goes_gives_everything_back(square: VideoModel, serve: Serve) -> None:
    made: list[SquareScenes] = []

    def scenes() -> SquareScenes:
        made.append(SquareScenes())
        return made[-1]

    with serve(create_app(square, scenes)) as address:
        for _ in range(3):
            with opened(address) as page:
                page.see()
                threads = active_count()
        for _ in range(200):
            if all(scene.closed for scene in made) and active_count() < threads:
                break
            time.sleep(0.05)
    assert [scene.closed for scene in made] == [True] * 3


def test_scenes_that_cannot_be_opened_are_said_to_the_page(square: VideoModel, serve: Serve) -> None:
    def scenes() -> SquareScenes:
        raise DataError("the sample is damaged; " + "install it again " * 20)

    with serve(create_app(square, scenes)) as address, opened(address) as page:
        with pytest.raises(ConnectionClosed) as caught:
            page.see()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1011
        assert caught.value.rcvd.reason.startswith("the sample is damaged; install it again")


def test_a_model_that_goes_astray_begins_its_scene_anew(
    page: Page, square: VideoModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot = page.see()
    step = play.Stream.step

    def stray(self: play.Stream, action: Sequence[float] | None = None) -> np.ndarray:
        if self.steps >= 3:
            raise DataError("pixels are not all finite")
        return step(self, action)

    monkeypatch.setattr(play.Stream, "step", stray)
    assert page.hear("notice")["text"] == "pixels are not all finite; the scene begins anew"
    while (shot := page.see()).step == 0:
        pass
    assert shot.step <= 3


def test_digits_run_without_being_steered(serve: Serve) -> None:
    model = load("mnist-seq2seq")
    with serve(create_app(model, lambda: open_scenes(model), episode=5)) as address, opened(address) as page:
        told, scene = hello(page)
        assert (told["axes"], scene["name"]) == ([], "test clip 5")
        assert "only a simulator" in told["no_truth"]
        shots = [page.see() for _ in range(4)]
        assert shots[0].pictures[0].shape == (64, 64, 1)
        assert not np.array_equal(shots[1].pictures[0], shots[2].pictures[0])
        page.say("truth", on=True)
        assert page.hear("scene")["truth"] is False
