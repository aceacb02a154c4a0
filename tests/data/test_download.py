import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from frameloom.core.errors import DataError, OutputError
from frameloom.data.download import MIRRORS, MNIST, Wanted, get_mnist

CONTENT = bytes(range(256)) * 1000
WANTED = Wanted("digits.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@dataclass
class Mirror:
    """A server on this machine that can be told to misbehave; it notes what it was asked for."""

    address: str = ""
    content: bytes = CONTENT
    status: int = 200
    resumes: bool = True
    breaks_after: int | None = None
    ranges: list[str] = field(default_factory=list)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    told = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.ranges.append(self.headers["Range"])
            if told.status != 200:
                self.send_error(told.status)
                return
            first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-")) if told.resumes else 0
            body = told.content[first:]
            self.send_response(206 if told.resumes else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: told.breaks_after])

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.block_on_close = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def get(folder: Path, *mirrors: str) -> bytes:
    (path,) = get_mnist(folder, mirrors, [WANTED])
    assert [item.name for item in folder.iterdir()] == ["digits.gz"]
    return path.read_bytes()


def test_a_file_arrives_whole_and_is_reported(tmp_path: Path, mirror: Mirror) -> None:
    seen: list[tuple[str, int, int]] = []
    get_mnist(tmp_path / "new" / "folder", [mirror.address], [WANTED], lambda *now: seen.append(now))
    assert (tmp_path / "new" / "folder" / "digits.gz").read_bytes() == CONTENT
    assert seen[-1] == ("digits.gz", len(CONTENT), len(CONTENT))
    assert [there for _, there, _ in seen] == sorted({there for _, there, _ in seen})


def test_a_file_that_is_there_is_not_fetched(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "digits.gz").write_bytes(CONTENT)
    assert get(tmp_path, mirror.address) == CONTENT
    assert mirror.ranges == []


def test_a_wrong_file_of_that_name_is_replaced(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "digits.gz").write_bytes(CONTENT[::-1])
    assert get(tmp_path, mirror.address + "/") == CONTENT


def test_the_next_run_resumes_where_the_last_broke_off(tmp_path: Path, mirror: Mirror) -> None:
    mirror.breaks_after = 100_000
    with pytest.raises(DataError, match=r"ended after 100000 of 256000 bytes\); run again to resume, or put the file"):
        get(tmp_path, mirror.address)
    assert not (tmp_path / "digits.gz").exists()
    mirror.breaks_after = None
    assert get(tmp_path, mirror.address) == CONTENT
    assert mirror.ranges == ["bytes=0-", "bytes=100000-"]


def test_a_server_that_cannot_resume_starts_anew(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / ".digits.gz.part").write_bytes(b"stale" * 10)
    mirror.resumes = False
    assert get(tmp_path, mirror.address) == CONTENT


def test_a_part_that_is_too_long_starts_anew(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / ".digits.gz.part").write_bytes(CONTENT + b"x")
    assert get(tmp_path, mirror.address) == CONTENT


def test_a_whole_part_is_only_checked(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / ".digits.gz.part").write_bytes(CONTENT)
    assert get(tmp_path, mirror.address) == CONTENT
    assert mirror.ranges == []


def test_the_next_mirror_goes_on(tmp_path: Path, mirror: Mirror) -> None:
    assert get(tmp_path, "http://127.0.0.1:9", "no address", mirror.address) == CONTENT


def test_a_wrong_file_is_named_and_thrown_away(tmp_path: Path, mirror: Mirror) -> None:
    mirror.content = CONTENT[::-1]
    with pytest.raises(DataError, match="checksum differs, so it is damaged or another file"):
        get(tmp_path, mirror.address)
    assert list(tmp_path.iterdir()) == []


def test_never_more_is_read_than_the_file_takes(tmp_path: Path, mirror: Mirror) -> None:
    mirror.content = CONTENT + b"and so on" * 1000
    assert get(tmp_path, mirror.address) == CONTENT


def test_every_mirror_s_answer_is_told(tmp_path: Path, mirror: Mirror) -> None:
    mirror.status = 404
    with pytest.raises(DataError) as caught:
        get(tmp_path, mirror.address, "http://127.0.0.1:9")
    assert re.fullmatch(
        r"digits.gz: no mirror gave it \(http://127.0.0.1:\d+: HTTP 404 Not Found; "
        r"http://127.0.0.1:9: .*refused.*\); run again to resume, or put the file into .*",
        str(caught.value),
    )


def test_no_mirror_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no mirror gave it \(no mirror given\)"):
        get_mnist(tmp_path, [], [WANTED])


def test_an_unwritable_folder_is_named(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/folder: cannot be written \(.*\), or choose another folder"):
        get_mnist(tmp_path / "file" / "folder", [mirror.address], [WANTED])


def test_a_full_disk_is_named(tmp_path: Path, mirror: Mirror) -> None:
    """/dev/full takes no byte."""
    (tmp_path / ".digits.gz.part").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="no space left on the device; free some, or choose another folder"):
        get_mnist(tmp_path, [mirror.address], [WANTED])


def test_the_four_official_files_are_wanted() -> None:
    """Sizes as on the page of 1998."""
    assert {wanted.name: wanted.size for wanted in MNIST} == {
        "train-images-idx3-ubyte.gz": 9_912_422,
        "train-labels-idx1-ubyte.gz": 28_881,
        "t10k-images-idx3-ubyte.gz": 1_648_877,
        "t10k-labels-idx1-ubyte.gz": 4_542,
    }
    assert all(re.fullmatch("[0-9a-f]{64}", wanted.sha256) for wanted in MNIST)
    assert all(mirror.startswith("https://") for mirror in MIRRORS)
