"""Where answers come from: programs and endpoints that answer, fail, hang, die and flood."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from frameloom.core.errors import ConfigError
from frameloom.service.talk.answers import MOST_LETTERS, AnswerError, Ask, Asked, Put, answer, echo
from frameloom.service.talk.conversation import MOST_TURNS, Conversation
from frameloom.service.talk.endpoint import KEY, Address, Endpoint, _Call
from frameloom.service.talk.program import Program

LINE = Asked("hello; echo $HOME", "Ada", "en")


def got(ask: Ask, asked: Asked = LINE, longest_s: float = 30.0) -> tuple[str, str]:
    """Return what was answered, and what went wrong."""

    async def run() -> tuple[str, str]:
        bits: list[str] = []
        try:
            async for bit in answer(ask, asked, longest_s=longest_s):
                bits.append(bit)
        except AnswerError as error:
            return "".join(bits), str(error)
        return "".join(bits), ""

    return asyncio.run(run())


def program(code: str) -> Program:
    return Program(f"{sys.executable} -c '{code}'")


def test_the_line_itself_comes_back() -> None:
    assert got(echo) == (LINE.line, "")


def test_a_program_gets_the_line_and_no_shell_reads_it() -> None:
    assert got(program("import sys; print(sys.stdin.read().upper())")) == ("HELLO; ECHO $HOME\n\n", "")


def test_an_answer_is_there_before_the_program_ends() -> None:
    async def run() -> float:
        bits = answer(program("import time; print(1, flush=True); time.sleep(30)"), LINE)
        async for _ in bits:
            began = time.monotonic()
            break
        await bits.aclose()
        return time.monotonic() - began

    assert asyncio.run(run()) < 20


@pytest.mark.parametrize(
    ("code", "said", "fault"),
    [
        ("", "", "empty answer; nothing is said"),
        ('import sys; print("so far"); sys.exit("it broke")', "so far\n", "ended with 1: it broke"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "", "ended with -11"),
        ('import sys; sys.stdout.buffer.write(b"\\xff\\xc3")', "\ufffd\ufffd", ""),
    ],
)
def test_a_program_that_fails_is_told_in_one_line(code: str, said: str, fault: str) -> None:
    answered, wrong = got(program(code))
    assert answered == said
    assert wrong.removeprefix(f"{sys.executable}: ") == fault


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    kept = tmp_path / "pid"
    code = (
        "import subprocess, sys, time; "
        f'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]); '
        f'open("{kept}", "w").write(str(child.pid)); time.sleep(60)'
    )
    began = time.monotonic()
    # A machine that is busy takes long to start two Pythons.
    assert got(program(code), longest_s=4.0) == ("", "no whole answer within 4 s; it was ended")
    assert time.monotonic() - began < 40
    if kept.exists():
        child = int(kept.read_text())
        for _ in range(500):
            if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
                break
            time.sleep(0.02)
        else:
            pytest.fail("the child of the program lives on")


def test_a_flood_is_cut_off() -> None:
    said, fault = got(program('while True: print("flood")'))
    assert len(said) == MOST_LETTERS
    assert fault == f"answer of more than {MOST_LETTERS} letters; the rest was not taken"


@pytest.mark.parametrize(
    ("command", "reason"),
    [("", "no such program"), ("/no/such thing", "no such program"), ("echo 'x", "No closing quotation")],
)  # fmt: skip
def test_a_command_that_cannot_be_is_refused_before_anybody_asks(command: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=f"--answer .*{reason}"):
        Program(command)


def test_a_program_that_went_since_is_told(tmp_path: Path) -> None:
    script = tmp_path / "answerer"
    script.write_text("#!/bin/sh\necho hi\n")
    script.chmod(0o755)
    ask = Program(str(script))
    assert got(ask) == ("hi\n", "")
    script.unlink()
    assert got(ask) == ("", f"{script}: cannot be run (No such file or directory)")


class Served:
    """A chat endpoint of ours: what it is asked, and what it does."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.go = Event()
        self.gone = Event()


@contextmanager
def endpoint(reply: Callable[[BaseHTTPRequestHandler, Served], None]) -> Iterator[tuple[str, Served]]:
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            served.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            served.headers.append({**dict(self.headers), "path": self.path})
            try:
                reply(self, served)
            except OSError:
                served.gone.set()

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/chat/completions", served
    finally:
        served.go.set()
        server.shutdown()
        thread.join(10)
        server.server_close()


def begin(handler: BaseHTTPRequestHandler, status: int = 200, kind: str = "text/event-stream") -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.end_headers()


def event(handler: BaseHTTPRequestHandler, *bits: str) -> None:
    for bit in bits:
        handler.wfile.write(b"data: " + json.dumps({"choices": [{"delta": {"content": bit}}]}).encode() + b"\n\n")
    handler.wfile.flush()


def streaming(handler: BaseHTTPRequestHandler, served: Served) -> None:
    begin(handler)
    handler.wfile.write(b': a comment\n\ndata: {"choices": [{"delta": {"role": "assistant"}}]}\n\n')
    event(handler, "Good ", "morning", ".")
    handler.wfile.write(b'data: {"choices": []}\n\ndata: [DONE]\n\n')


def test_an_endpoint_is_asked_in_its_own_style_and_reminded_of_what_was_said() -> None:
    with endpoint(streaming) as (url, served):
        ask = Endpoint(Address(url + "?a=b", "small", "secret-key"))
        for number in range(MOST_TURNS + 2):
            assert got(ask, Asked(f"line {number}", "Ada", "de")) == ("Good morning.", "")
    first, second, last = served.asked[0], served.asked[1], served.asked[-1]
    assert (first["model"], first["stream"]) == ("small", True)
    assert [message["role"] for message in first["messages"]] == ["system", "user"]
    assert "You are Ada" in first["messages"][0]["content"]
    assert second["messages"][1:] == [
        {"role": "user", "content": "line 0"},
        {"role": "assistant", "content": "Good morning."},
        {"role": "user", "content": "line 1"},
    ]
    assert len(last["messages"]) == 2 + 2 * MOST_TURNS
    assert served.headers[0]["Authorization"] == "Bearer secret-key"
    assert served.headers[0]["path"] == "/v1/chat/completions?a=b"


def test_a_prompt_says_who_answers_and_a_program_can_get_the_whole_conversation(tmp_path: Path) -> None:
    script = tmp_path / "answerer.py"
    script.write_text(
        "import json, sys\nfor one in map(json.loads, sys.stdin):\n    print(one['role'], one['content'].split()[:2])\n"
    )
    ask = Program(f"{sys.executable} {script}", Conversation("Be a pirate."))
    first = "system ['Be', 'a']\nuser ['hello;', 'echo']"
    assert got(ask) == (f"{first}\n", "")
    assert got(ask) == (f"{first}\nassistant ['system', \"['Be',\"]\nuser ['hello;', 'echo']\n", "")
    system = Conversation("Be a pirate.").messages(LINE)[0]["content"]
    assert system.startswith("Be a pirate.\n\nWhat you answer is spoken aloud: answer in the language with the code en")
    assert "[happy]" in system
    assert "You are Ada" not in system


def test_of_a_stopped_answer_a_conversation_keeps_what_was_heard() -> None:
    conversation, other = Conversation(), Asked("and then?", "Ada", "en")
    conversation.keep(LINE, "It rains in the valley. Then it snows.")
    conversation.stopped(LINE, "It rains in the")
    conversation.stopped(other, "")  # of which nothing came
    system, *rest = conversation.messages(LINE)
    assert [one["content"] for one in rest[:-1]] == [LINE.line, "It rains in the \u2026", "and then?", "\u2026"]
    assert "you were stopped: what came after it was not heard" in system["content"]
    assert "stopped" not in Conversation().messages(LINE)[0]["content"]
    ask = Program(f"{sys.executable} -c pass", conversation)
    ask.stopped(other, "It snows.")
    assert conversation.messages(LINE)[-2]["content"] == "It snows. \u2026"


def test_what_comes_first_is_given_first() -> None:
    def waits(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler)
        event(handler, "At once.")
        served.go.wait(30)
        event(handler, " Later.")
        handler.wfile.write(b"data: [DONE]\n\n")

    async def run(ask: Ask, served: Served) -> list[str]:
        found = []
        async for bit in answer(ask, LINE):
            found.append((bit, served.go.is_set()))
            served.go.set()
        return found

    with endpoint(waits) as (url, served):
        assert asyncio.run(run(Endpoint(Address(url, "m")), served)) == [("At once.", False), (" Later.", True)]


def test_an_answer_in_one_piece_is_taken_too() -> None:
    def whole(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler, kind="application/json; charset=utf-8")
        handler.wfile.write(json.dumps({"choices": [{"message": {"content": "Whole."}}]}).encode())

    with endpoint(whole) as (url, _):
        assert got(Endpoint(Address(url, "m"))) == ("Whole.", "")


def test_no_failure_of_an_endpoint_tells_the_key() -> None:
    def denies(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler, 401, "application/json")
        handler.wfile.write(b'{"error": "wrong key:\\n secret-key"}')

    def moves(handler: BaseHTTPRequestHandler, served: Served) -> None:
        handler.send_response(302)
        handler.send_header("Location", "http://127.0.0.1:1/elsewhere")
        handler.end_headers()

    def babbles(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler)
        handler.wfile.write(b"data: {broken\n\n")

    def breaks(handler: BaseHTTPRequestHandler, served: Served) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        event(handler, "Half")
        handler.wfile.write(b'data: {"choices": [{}]}\n\n')

    for reply, reason in [
        (denies, r'401 Unauthorized: {"error": "wrong key:\n ..."}; set FRAMELOOM_ANSWER_KEY'),
        (moves, "302 Found"),
        (babbles, "an event that is no chat completion: {broken"),
        (breaks, 'an event that is no chat completion: {"choices": [{}]}'),
    ]:
        with endpoint(reply) as (url, served):
            place = url.split("/")[2]
            _, fault = got(Endpoint(Address(url, "m", "secret-key")))
            assert fault.startswith(f"{place}: {reason}")
            assert "secret-key" not in fault
            assert len(served.asked) == 1
    assert "secret-key" not in repr(Address("http://localhost/", "m", "secret-key"))


CUT_OFF = "the answer was cut off: its stream ended without [DONE] or a finish_reason; send it again"


def test_a_stream_that_ends_before_its_answer_is_told_and_what_came_is_remembered() -> None:
    def ends(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler)
        event(handler, "Well")

    with endpoint(ends) as (url, served):
        ask = Endpoint(Address(url, "m"))
        assert got(ask) == ("Well", f"{url.split('/')[2]}: {CUT_OFF}")
        got(ask)
    assert served.asked[1]["messages"][2] == {"role": "assistant", "content": "Well"}


@pytest.mark.parametrize(
    ("kind", "content", "said", "fault"),
    [
        ("text/event-stream", '{"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}', "a", ""),
        ("text/event-stream", '{"choices": [{"delta": {"content": "a"}, "finish_reason": "length"}]}', "a",
         "the answer was cut off at the endpoint's own limit of length (finish_reason: length)"),
        ("text/html; charset=utf-8", "<!doctype html>\n<html>", "",
         "200 and text/html, but no chat completion: <!doctype html>; give the whole address, .../v1/chat/completions"),
        ("application/json", '{"models": []}', "",
         '200 and application/json, but no chat completion: {"models": []}; '
         "give the whole address, .../v1/chat/completions"),
    ],
)  # fmt: skip
def test_what_comes_is_a_whole_answer_or_told(kind: str, content: str, said: str, fault: str) -> None:
    def reply(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler, kind=kind)
        handler.wfile.write(("data: " * ("event" in kind) + content + "\n\n").encode())

    with endpoint(reply) as (url, _):
        answered, wrong = got(Endpoint(Address(url, "m")))
        assert (answered, wrong.removeprefix(f"{url.split('/')[2]}: ")) == (said, fault)


def test_what_a_program_complained_of_is_escaped_short_and_not_waited_for() -> None:
    ask = Program("sh -c 'printf \"\\033[31mred %0300d\\n\" 7 >&2; sleep 20 >&- & exit 3'")
    _, fault = got(ask, longest_s=10.0)
    assert fault.startswith("sh: ended with 3: \\x1b[31mred 000")
    assert len(fault) < 190


def test_an_endpoint_is_not_asked_for_what_nobody_waits_for_by_then() -> None:
    with endpoint(streaming) as (url, served):
        call = _Call(Address(url, "m"), [], lambda bit: None)
        call.stop()
        call.run()
        assert served.asked == []


def test_an_endpoint_that_is_not_there_hangs_or_floods_is_let_go() -> None:
    def hangs(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler)
        event(handler, "Well")
        while not served.go.wait(0.02):
            handler.wfile.write(b": still there\n\n")

    def floods(handler: BaseHTTPRequestHandler, served: Served) -> None:
        begin(handler)
        while not served.go.is_set():
            event(handler, "flood ")

    with endpoint(hangs) as (url, served):
        assert got(Endpoint(Address(url, "m")), longest_s=2.0) == ("Well", "no whole answer within 2 s; it was ended")
        assert served.gone.wait(30)
    with endpoint(floods) as (url, served):
        said, fault = got(Endpoint(Address(url, "m")))
        assert (len(said), fault[:22]) == (MOST_LETTERS, "answer of more than 40")
        assert served.gone.wait(30)
    assert got(Endpoint(Address(url, "m")))[1].endswith("no answer (Connection refused)")


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        ("ftp://a/b", None, "--answer-url ftp://a/b: give http"),
        ("localhost:80/v1", None, "give http"),
        ("http://me:pw@host/v1", None, "--answer-url of host: give the key as FRAMELOOM_ANSWER_KEY"),
        ("http://host/v1", "a\nb", "FRAMELOOM_ANSWER_KEY: holds signs"),
    ],
)
def test_an_address_that_cannot_be_is_refused(url: str, key: str | None, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        Address(url, "m", key)
    assert "pw" not in str(caught.value)


async def quick(asked: Asked, put: Put) -> None:
    put("")


def test_an_answer_of_nothing_is_told() -> None:
    assert got(quick) == ("", "empty answer; nothing is said")
    assert KEY not in os.environ
