"""Other sites' pages are kept out: by the name they ask for, and by where they come from."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from tests.service.conftest import Serve
from tests.service.square import SquareScenes
from tests.service.talking import UPGRADE, ask

from frameloom.generation.load import VideoModel
from frameloom.service.app import create_app


@pytest.fixture
def address(app: FastAPI, serve: Serve) -> Iterator[str]:
    with serve(app) as address:
        yield address


def test_the_page_is_given_out_under_its_own_names_alone(address: str) -> None:
    for host in ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.1.7"]:
        assert "<canvas" in ask(address, "/", {"Host": host}).text, host
    for host in ["evil.example", "evil.example:8000", "localhost.evil.example", "", "[::1", "a@b:c"]:
        answer = ask(address, "/", {"Host": host})
        assert (answer.status, answer.text) == (
            421,
            "This server answers under localhost or its address only.\n",
        ), host
        assert ask(address, "/stream", {**UPGRADE, "Host": host}).status == 403, host


def test_the_name_it_was_given_is_its_own_too(square: VideoModel, serve: Serve) -> None:
    with serve(create_app(square, SquareScenes, name="Studio")) as address:
        assert ask(address, "/", {"Host": "studio:8000"}).status == 200


def test_a_foreign_page_gets_no_socket(address: str) -> None:
    headers = {**UPGRADE, "Host": "localhost:8000"}
    for origin in ["http://evil.example", "http://localhost:9999", "null", "http://127.0.0.1:8000", "", "http://[::1"]:
        assert ask(address, "/stream", {**headers, "Origin": origin}).status == 403, origin


def test_its_own_page_gets_one(address: str) -> None:
    headers = {**UPGRADE, "Host": "localhost:8000"}
    for origin in ["http://localhost:8000", "http://LOCALHOST:8000"]:
        assert ask(address, "/stream", {**headers, "Origin": origin}).status == 101, origin
    assert ask(address, "/stream", headers).status == 101


def test_browsers_are_told_to_load_nothing_from_elsewhere(address: str) -> None:
    headers = ask(address).headers
    page = "".join(ask(address, path).text for path in ("/", "/page.css", "/main.js"))
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "http://" not in page
    assert "https://" not in page


def test_nothing_but_the_page_is_given_out(address: str) -> None:
    for path in ("/docs", "/openapi.json", "/../serve.py", "/%2e%2e/serve.py", "/recordings/none.mp4"):
        assert ask(address, path).status == 404, path
