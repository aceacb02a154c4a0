"""A page of a live talk at its socket: what it hears and sees, and when; what it may not do ends it."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.service.conftest import Serve
from tests.service.talk.babbling import RATE, Babbler, Page, house, opened
from tests.service.talking import ask as get
from websockets.exceptions import ConnectionClosed, InvalidStatus

from frameloom.apps.talk.store import load_character
from frameloom.service.sockets import MOST_PAGES
from frameloom.service.talk.answers import AnswerError, Asked, Put
from frameloom.service.talk.app import create_talk_app
from frameloom.service.talk.messages import LARGEST_MESSAGE, LONGEST_LINE, Say
from frameloom.service.talk.reply import Reply
from frameloom.service.talk.session import Session
from frameloom.service.talk.timeline import FADE, LATEST_CUT, LEAD

STEP = 960
CHUNK = 2400
CHOICE = {"type": "choose", "character": "kip", "voice": "auto", "language": "en", "mood": None, "time": 0}
TRUE = {"type": "say", "number": 1, "text": "hello", "time": 0}


@pytest.fixture
def told() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def address(serve: Serve, told: list[dict[str, Any]]) -> Iterator[str]:
    with serve(create_talk_app(house(tell=told.append)), LARGEST_MESSAGE) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with opened(address) as page:
        yield page


def test_it_is_told_who_is_there_and_sees_it_before_anything_is_said(page: Page) -> None:
    page.until(lambda: len(page.pictures) > 5)
    hello, stage = page.told[0], page.told[1]
    assert (hello["type"], hello["rate"], hello["step"]) == ("hello", RATE, STEP)
    assert hello["characters"] == [{"name": "kip", "label": "Kip"}, {"name": "ada", "label": "Ada"}]
    assert hello["languages"] == {"en": "English", "de": "German"}
    assert (stage["type"], stage["name"], stage["chosen"]["character"]) == ("stage", "Kip", "kip")
    known = {one["number"] for one in page.told if one["type"] == "form"}
    assert known >= {one.form for one in page.pictures + page.backdrops}
    assert page.pictures[0].sample % STEP == 0
    assert np.diff([one.sample for one in page.pictures[:6]]).tolist() == [STEP] * 5
    assert len(page.backdrops) == 1


def test_a_line_is_said_with_every_sample_and_the_mouth_on_it(page: Page, told: list[dict[str, Any]]) -> None:
    page.say("one two three four")
    page.until(lambda: page.sounds)
    page.pictures.clear()  # of before; a busy server does not draw all of them anew
    page.until(lambda: len(page.sounds) * CHUNK >= 0.8 * RATE)
    start = page.sounds[0].sample
    words = page.words(1)
    assert [word[0] for word in words["words"]] == ["one ", "two ", "three ", "four"]
    assert [word[1:] for word in words["words"]] == [[start + n * 4800, start + (n + 1) * 4800] for n in range(4)]
    while (drawn := max(page.shown(), default=0)) < start + RATE:
        page.turn(STEP)
        page.until(lambda drawn=drawn: max(page.shown(), default=0) > drawn)  # no faster than pictures are drawn
    page.until(lambda: len(page.sounds) * CHUNK >= (0.8 + 0.14) * RATE)
    assert [one.sample for one in page.sounds] == [start + n * CHUNK for n in range(len(page.sounds))]
    assert all(one.say == 1 for one in page.sounds)
    loud = np.abs(np.concatenate([one.samples for one in page.sounds]).astype(int))
    assert loud[: int(0.79 * RATE)].max() > 3000
    shown = page.shown()
    for number in range(4):
        p, a = start + number * 4800 + 1200, start + number * 4800 + 3600
        for place, opens in ((p, False), (a, True)):
            near = min(shown, key=lambda sample: abs(sample - place))  # a busy server leaves pictures out
            assert abs(near - place) <= 2 * STEP
            assert (shown[near].mouth > 0.2) == opens or abs(near - place) > STEP
    page.until(lambda: {"type": "state", "state": "said", "say": 1} in page.told)
    assert told == [{"line": "one two three four", "said": "one two three four", "fault": ""}]


def test_ten_minutes_of_talk_stay_on_the_sample(page: Page) -> None:
    """The page's clock is turned as fast as it goes; sound and mouth are compared wherever both came."""
    line = ("pa " * 9 + "pa. ") * 30
    checked = now = 0
    while page.now < 600 * RATE:
        number = page.say(line[: LONGEST_LINE - 1])
        words = page.words(number)
        page.until(lambda: page.sounds and page.sounds[-1].sample > page.now)
        first, last = words["words"][0][1], words["words"][-1][2]
        page.pictures.clear()
        page.until(lambda: page.pictures and page.pictures[-1].sample >= page.now + RATE // 2)
        sounds = {one.sample: one for one in page.sounds if one.say == number}
        assert min(sounds) == first >= now
        for _, start, _ in words["words"]:
            for away, is_shut in ((1200, True), (3600, False)):
                picture = page.shown().get(round((start + away) / STEP) * STEP)
                if picture is not None and picture.sample < page.now + RATE // 2:
                    checked += 1
                    assert (picture.mouth == 0) == is_shut, (start, away)
        now = page.now = last + 20 * RATE
        for kept in (page.told, page.sounds, page.pictures):
            kept.clear()
    assert checked > 30


def test_a_new_line_ends_the_one_before_within_an_eighth_of_a_second(page: Page) -> None:
    page.say("one two three four five six seven eight nine ten")
    page.until(lambda: len(page.sounds) >= 5)
    page.now = page.sounds[0].sample + 5000  # in the second word
    page.say("stop now please yes")
    cut = page.hear("cut")
    assert cut["say"] == 1
    assert page.now + LEAD + FADE <= cut["time"]  # a busy server takes the page's clock to go on meanwhile
    assert cut["time"] <= page.now + RATE // 2 + LEAD + LATEST_CUT
    page.until(lambda: any(one.say == 2 for one in page.sounds))
    second = next(one for one in page.sounds if one.say == 2)
    assert cut["time"] + RATE * 8 // 100 <= second.sample
    after = len(page.sounds)
    page.hear("words")
    assert all(one.say == 2 for one in page.sounds[after:])


def test_of_many_quick_lines_each_ends_the_one_before_and_the_last_is_said_in_full(
    page: Page, told: list[dict[str, Any]]
) -> None:
    for number in range(30):
        page.say(f"line {number} goes on and on, and never comes to an end")
    page.until(lambda: {"type": "state", "state": "said", "say": 30} in page.told)
    assert told[-1]["said"] == "line 29 goes on and on, and never comes to an end"
    assert not any(one["fault"] for one in told)
    assert len(page.sounds) * CHUNK < 30 * RATE  # and not what nobody waits for


def test_a_voice_is_not_asked_for_what_nobody_waits_for(serve: Serve) -> None:
    babbler = Babbler(takes_s=0.2)
    with serve(create_talk_app(house(babbler=babbler)), LARGEST_MESSAGE) as address, opened(address) as page:
        for number in range(1, 16):
            page.say(f"line {number}")
            page.hear("state", state="thinking", say=number)
        page.words(15)
    assert babbler.said[-1] == "line 15"
    assert len([text for text in babbler.said if text.startswith("line")]) < 8


def test_hush_ends_it_and_silence_stays(page: Page) -> None:
    page.say("one two three four five six seven eight nine ten")
    page.until(lambda: page.sounds)
    page.now = page.sounds[0].sample + 100
    page.send("hush")
    cut = page.hear("cut")["time"]
    page.hear("state", state="ready")
    count = len(page.sounds)
    page.pictures.clear()
    page.turn(RATE)
    page.until(lambda: any(one.sample > cut + RATE // 2 for one in page.pictures))
    assert all(one.mouth < 0.05 for one in page.pictures if one.sample > cut + RATE // 5)
    assert [one for one in page.sounds[count:] if one.sample >= cut] == []


def test_another_character_comes_in_and_another_voice_is_warmed_or_refused(page: Page) -> None:
    page.hear("stage")
    choice = {"character": "ada", "voice": "auto", "language": "de", "mood": "happy"}
    page.send("choose", **choice)
    assert page.hear("stage")["chosen"] == choice
    page.hear("state", state="ready")
    page.send("choose", **{**choice, "voice": "gone"})
    assert page.hear("fault")["text"] == "voice 'gone': unknown; give another"
    assert [one["chosen"]["voice"] for one in page.told if one["type"] == "stage"][-1] == "auto"
    page.say("ja")
    page.hear("words")


def test_what_cannot_be_spoken_is_a_line_and_nothing_is_heard(page: Page, told: list[dict[str, Any]]) -> None:
    page.say("unspeakable")
    assert page.hear("fault") == {
        "type": "fault", "say": 1, "text": "text 'unspeakable': the babbler does not say that",
    }  # fmt: skip
    page.say("?!")
    assert page.hear("fault")["text"] == "there is nothing in it that can be spoken"
    page.hear("state", state="said")
    assert page.sounds == []


def test_an_answer_is_spoken_as_it_comes_and_its_failure_is_told(serve: Serve) -> None:
    go = threading.Event()

    async def slow(asked: Asked, put: Put) -> None:
        put(f"You said {asked.line}, and I am {asked.name}, ")
        while not go.is_set():
            await asyncio.sleep(0.01)
        put("the end.")
        raise AnswerError("the wire broke")

    with serve(create_talk_app(house(slow)), LARGEST_MESSAGE) as address, opened(address) as page:
        page.say("hello")
        assert page.hear("words")["text"] == "You said hello,"
        go.set()
        assert page.hear("words")["text"] == "and I am Kip, the end."
        assert page.hear("fault")["text"] == "the wire broke"


def test_the_answer_is_shown_as_it_came_and_its_marks_and_cues_are_not_spoken(serve: Serve) -> None:
    written = "[happy] **Yes**, [here](http://x.y) it is. [sad] Or not. [wave]"

    async def writes(asked: Asked, put: Put) -> None:
        for sign in written:
            put(sign)

    told: list[dict[str, Any]] = []
    with (
        serve(create_talk_app(house(writes, tell=told.append)), LARGEST_MESSAGE) as address,
        opened(address) as page,
    ):
        page.say("is it?")
        page.hear("state", state="said")
        assert "".join(one["text"] for one in page.told if one["type"] == "answer") == written
        assert [one["text"] for one in page.told if one["type"] == "words"] == ["Yes, here it is.", "Or not."]
    assert told == [{"line": "is it?", "said": "Yes, here it is. Or not.", "fault": ""}]


def test_cues_are_obeyed_where_they_stand_and_a_stop_takes_the_mood_back() -> None:
    class Nobody:
        async def tell(self, record: object) -> None:
            pass

        async def send(self, content: bytes) -> None:
            pass

    async def run() -> tuple[list[tuple[float, str]], list[str], list[str]]:
        session = Session(house(), Nobody())
        await session.begin()
        line = Say(number=1, text="One. [sad] Two three. [wave] Four. [surprised] Five.", time=0)
        session._reply = Reply(session.presence, session.house, session._voice, line)
        await session._reply.give(session._ask)
        said = session.presence.live.behaviour
        moods = [(one.time, one.mood) for one in said.moods[1:]]
        await session.take(json.dumps({"type": "playing", "time": round(0.9 * RATE)}))
        await session._hush()
        left = [one.mood for one in session.presence.live.behaviour.moods]
        return moods, [one.kind for one in said.gestures if one.stop - one.start == pytest.approx(2.2)], left

    moods, gestures, left = asyncio.run(run())
    own = load_character("kip").looks.manner.mood
    assert [mood for _, mood in moods] == ["sad", "surprised", own]
    # "One." takes 0.2 s and a pause of 0.36, "Two three." 0.4, "Four." and "Five." 0.2 each
    assert np.diff([time for time, _ in moods]).tolist() == pytest.approx([0.76 + 0.56, 0.56])
    assert gestures == ["wave"]
    assert left == [own, "sad", own]


def test_an_answer_may_be_a_gesture_alone(page: Page, told: list[dict[str, Any]]) -> None:
    page.say("[wave]")
    page.hear("state", state="said")
    assert told == [{"line": "[wave]", "said": "", "fault": ""}]


def test_a_page_that_stands_still_gets_no_more_than_a_second(page: Page) -> None:
    page.say("word " * 100)
    page.hear("words")
    time.sleep(1.0)
    page.turn(0)
    page.turn(0)
    page.until(lambda: page.pictures and page.pictures[-1].sample > RATE)
    assert max(one.sample for one in page.sounds) < 3 * RATE


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("{}", "message: Unable to extract tag using discriminator 'type'"),
        ("no", "message: Invalid JSON"),
        (json.dumps({**TRUE, "text": "x" * (LONGEST_LINE + 1)}), "message say.text: String should have at most 1000"),
        (json.dumps({**TRUE, "more": 1}), "message say.more: Extra inputs are not permitted"),
        (json.dumps({**TRUE, "time": -1}), "message say.time: Input should be greater"),
        (json.dumps({**TRUE, "number": "1"}), "message say.number: Input should be a valid integer"),
        (json.dumps({**CHOICE, "character": "../secret"}),
         "character '../secret': none that was offered"),
        (json.dumps({**CHOICE, "voice": "x"}),
         "voice 'x': none that was offered"),
        (b"bytes", "bytes; only JSON text is taken"),
    ],
)  # fmt: skip
def test_what_is_not_understood_ends_the_page_with_the_reason(address: str, sent: str | bytes, reason: str) -> None:
    with opened(address) as page:
        page.hear("stage")
        page.socket.send(sent)
        with pytest.raises(ConnectionClosed) as closed:
            page.until(lambda: False)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in (1003, 1008)
        assert closed.value.rcvd.reason.startswith(reason)


def test_what_is_too_large_is_not_read(address: str) -> None:
    with opened(address) as page:
        page.socket.send("x" * (LARGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosed) as closed:
            page.until(lambda: False)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_other_sites_and_other_names_stay_out(address: str) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(address, Origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403
    assert get(address, headers={"Host": "evil.example"}).status == 421
    with opened(address, Origin=address.rstrip("/")) as page:
        page.hear("stage")


def test_pages_are_few_and_the_page_and_its_parts_are_there(address: str) -> None:
    for path in ("", "page.css", "main.js", "base/base.css", "base/link.js"):
        assert get(address, f"/{path}").status == 200, path
    assert get(address, "/base/../session.py").status == 404
    pages = [opened(address) for _ in range(MOST_PAGES)]
    for one in pages:
        one.__enter__().hear("stage")
    with opened(address) as late, pytest.raises(ConnectionClosed, match="4 pages are open already"):
        late.take()
    for one in pages:
        one.__exit__(None, None, None)


def test_a_page_that_goes_while_it_is_answered_leaves_nothing_behind(
    serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    ended = threading.Event()

    async def endless(asked: Asked, put: Put) -> None:
        try:
            put("One two three. Four")
            await asyncio.sleep(60)
        finally:
            ended.set()

    with serve(create_talk_app(house(endless)), LARGEST_MESSAGE) as address:
        with opened(address) as page:
            page.say("hello")
            page.until(lambda: page.sounds)
        assert ended.wait(30)
    assert "Traceback" not in capfd.readouterr().err


class Remembering:
    """Answers with the line, in two bits and then silence, and hears what was stopped of it."""

    def __init__(self, *, waits: bool) -> None:
        self.waits = waits
        self.kept: list[tuple[str, str]] = []

    async def __call__(self, asked: Asked, put: Put) -> None:
        put(asked.line)
        if self.waits:
            await asyncio.sleep(60)

    def stopped(self, asked: Asked, heard: str) -> None:
        self.kept.append((asked.line, heard))


@pytest.mark.parametrize("waits", [False, True])
def test_who_answers_remembers_what_was_heard_of_a_stopped_answer(serve: Serve, waits: bool) -> None:
    ask = Remembering(waits=waits)
    with serve(create_talk_app(house(ask)), LARGEST_MESSAGE) as address, opened(address) as page:
        page.say("One two three four five six. Seven eight nine ten.")
        words = page.words(1)["words"]
        page.until(lambda: page.sounds)
        page.turn(words[2][1] + RATE // 100)  # amid "three"
        page.send("hush")
        cut = page.hear("cut")["time"]
        page.hear("state", state="ready")
    heard = " ".join(text.strip() for text, _, stop in words if stop <= cut)
    assert heard.startswith("One two")
    assert ask.kept == [("One two three four five six. Seven eight nine ten.", heard)]


def test_an_answer_that_was_heard_whole_is_left_as_it_is(serve: Serve) -> None:
    ask = Remembering(waits=False)
    with serve(create_talk_app(house(ask)), LARGEST_MESSAGE) as address, opened(address) as page:
        page.say("One.")
        page.hear("state", state="said")
        page.turn(2 * RATE)
        page.say("Two.")
        page.hear("words", say=2)
    assert ask.kept == []
