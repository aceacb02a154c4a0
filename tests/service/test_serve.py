"""The server of the page: checked before it is announced, at its place, and gone when it is told to."""

import errno
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from tests.service.talking import ask

from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.service import port
from frameloom.service import serve as room
from frameloom.service.port import address_of, has_screen, listen
from frameloom.service.serve import StreamConfig, serve


def config(**settings: object) -> StreamConfig:
    return validate(StreamConfig, {"model": "mnist-seq2seq", "port": 0, "open": False, **settings}, "stream")


def test_what_to_begin_from_is_a_word_or_a_file() -> None:
    assert [config(begin=begin).begin for begin in (None, "data", "simulator", "clip.mp4")] == [
        None,
        "data",
        "simulator",
        Path("clip.mp4"),
    ]


@pytest.mark.parametrize("settings", [{"port": -1}, {"port": 65536}, {"episode": -1}, {"model": 3}])
def test_settings_that_cannot_be_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=rf"stream: {next(iter(settings))}: "):
        config(**settings)


def test_a_port_in_use_is_said_in_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError) as caught:
            listen("127.0.0.1", port)
    assert str(caught.value) == (
        f"port {port} at 127.0.0.1: in use already; give another, or --port 0 for any that is free"
    )


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(OutputError, match=r"port 0 at 203\.0\.113\.1: .*; give another") as caught:
        listen("203.0.113.1", 0)
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.errno == errno.EADDRNOTAVAIL


def test_addresses_are_written_as_browsers_take_them() -> None:
    with listen("127.0.0.1", 0) as taken:
        assert address_of(taken) == f"http://127.0.0.1:{taken.getsockname()[1]}/"
    if socket.has_ipv6:
        try:
            six = listen("::1", 0)
        except OutputError:
            return  # this machine has no IPv6
        with six:
            assert address_of(six) == f"http://[::1]:{six.getsockname()[1]}/"


def test_a_browser_is_opened_only_where_there_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port.sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_screen()
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setattr(port.sys, "platform", "darwin")
    assert has_screen()


def test_what_cannot_be_begun_is_said_before_the_page_is_announced() -> None:
    announced: list[str] = []
    with pytest.raises(MediaError, match=r"nowhere.mp4: no such file"):
        serve(config(begin="nowhere.mp4"), announced.append)
    assert announced == []


def test_the_page_is_there_when_it_is_announced_and_opened_where_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[str] = []
    opened: list[str] = []
    running: list[uvicorn.Server] = []
    make = room.server

    def watched(app: object, largest: int) -> uvicorn.Server:
        running.append(make(app, largest))
        return running[-1]

    monkeypatch.setattr(room, "server", watched)
    monkeypatch.setattr(room, "has_screen", lambda: True)
    monkeypatch.setattr(room.webbrowser, "open", opened.append)
    thread = threading.Thread(target=serve, args=(config(open=True), announced.append))
    thread.start()
    while not announced:
        time.sleep(0.01)
    assert "<canvas" in ask(announced[0]).text
    running[0].should_exit = True
    thread.join(60)
    assert not thread.is_alive()
    assert opened == announced
