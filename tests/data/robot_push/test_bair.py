"""The archive of BAIR from a server on this machine: a small tar of the same form, and all that can go wrong."""

import io
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from frameloom.core.errors import DataError, OutputError
from frameloom.data.robot_push import bair
from frameloom.data.robot_push.bair import ARCHIVE, MIRRORS, Arriving, get_bair
from frameloom.data.robot_push.source import RobotPush, RobotPushConfig

TRAIN, TEST = "softmotion30_44k/train/traj_0_to_255.tfrecords", "softmotion30_44k/test/traj_0_to_255.tfrecords"


@dataclass
class Mirror:
    """A server that can be told to misbehave; it notes from where it was asked."""

    address: str = ""
    content: bytes = b""
    status: int = 200
    resumes: bool = True
    breaks_after: list[int] = field(default_factory=list)
    says_size: bool = True
    asked: list[int] = field(default_factory=list)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(bair, "_NEAR", 2000)
    monkeypatch.setattr(bair, "_CHUNK", 1000)
    told = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            told.asked.append(first)
            if told.status != 200 or self.path != f"/{ARCHIVE}":
                self.send_error(told.status if told.status != 200 else 404)
                return
            body = told.content[first if told.resumes else 0 :]
            self.send_response(206 if told.resumes else 200)
            if told.says_size:
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Range", f"bytes {first}-{len(told.content) - 1}/{len(told.content)}")
            self.end_headers()
            try:
                self.wfile.write(body[: told.breaks_after.pop(0)] if told.breaks_after else body)
            except (ConnectionResetError, BrokenPipeError):
                self.close_connection = True  # the other side passes over the rest

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def tarred(members: list[tuple[str, bytes]], form: int = tarfile.USTAR_FORMAT) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=form) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            archive.addfile(info, io.BytesIO(content))
    return output.getvalue()


@pytest.fixture
def contents(tmp_path: Path, make_file) -> dict[str, bytes]:
    """What the two files of the archive hold."""
    files = {TRAIN: make_file(tmp_path / "train.tfrecords", 5), TEST: make_file(tmp_path / "test.tfrecords", 3, 9)}
    return {name: path.read_bytes() for name, path in files.items()}


@pytest.fixture
def archive(contents: dict[str, bytes]) -> bytes:
    rest = [("softmotion30_44k/", b""), ("softmotion30_44k/train/notes.txt", b"x" * 5000)]
    return tarred(rest + list(contents.items()))


@pytest.fixture
def get(tmp_path: Path, mirror: Mirror, contents: dict[str, bytes]) -> Callable[[], Arriving]:
    """Get the archive into a folder, and return the last event after a look at the files."""

    def run() -> Arriving:
        *_, last = get_bair(tmp_path / "bair", [mirror.address])
        assert found(tmp_path / "bair") == contents
        return last

    return run


def found(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_files_arrive_whole_and_alone(tmp_path: Path, mirror: Mirror, archive: bytes, get) -> None:
    mirror.content = archive
    last = get()
    assert [path.relative_to(tmp_path / "bair").as_posix() for path in last.files] == [TRAIN, TEST]
    assert (last.progress, last.damaged, dict(last.record)) == (1.0, (), {"files": 2, "damaged": 0})
    source = RobotPush(RobotPushConfig(path=str(tmp_path / "bair"), frames=5), "test")
    assert source.count == 3


def test_progress_is_told(tmp_path: Path, mirror: Mirror, archive: bytes, get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bair, "_EVENT_EVERY", 2000)
    mirror.content = archive
    events = list(get_bair(tmp_path / "bair", [mirror.address]))
    shares = [event.progress for event in events]
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert [event.record["records"] for event in events if "records" in event.record] == [5, 3]
    assert events[0].text == "traj_0_to_255.tfrecords, 0.0 GB of 0.0 GB"


@pytest.mark.parametrize("resumes", [True, False])
def test_the_next_try_goes_on_in_the_middle_of_a_file(mirror: Mirror, archive: bytes, get, resumes: bool) -> None:
    mirror.content, mirror.resumes, mirror.breaks_after = archive, resumes, [9_000, 3_000 if resumes else 9_000]
    get()
    assert mirror.breaks_after == []
    if resumes:
        # what is not wanted is passed over; then the break; then again up to where the part file ends
        assert mirror.asked == [0, 6144, 0, 6144, 9144]


def test_a_next_run_goes_on_too(tmp_path: Path, mirror: Mirror, archive: bytes, get) -> None:
    mirror.content, mirror.breaks_after = archive, [9_000, 3_000, 0, 0, 0, 0]
    with pytest.raises(DataError, match=r"no mirror gave it \(.*: ended after \d+ of \d+ bytes.*run again to resume"):
        list(get_bair(tmp_path / "bair", [mirror.address]))
    parts = [path.name for path in (tmp_path / "bair").rglob("*") if path.is_file()]
    assert parts == [".traj_0_to_255.tfrecords.part"]
    mirror.breaks_after = []
    get()


def test_what_is_there_is_passed_over(tmp_path: Path, mirror: Mirror, archive: bytes, get, contents) -> None:
    mirror.content = archive
    get()
    (tmp_path / "bair" / TEST).unlink()
    mirror.asked.clear()
    get()
    place = archive.index(contents[TRAIN])
    assert mirror.asked[-1] >= place + len(contents[TRAIN])


def test_a_file_or_part_of_another_size_is_fetched_again(tmp_path: Path, mirror: Mirror, archive: bytes, get) -> None:
    mirror.content = archive
    target = tmp_path / "bair" / TRAIN
    target.parent.mkdir(parents=True)
    target.write_bytes(b"something else")
    target.with_name(f".{target.name}.part").write_bytes(bytes(100_000))
    get()


def test_the_next_mirror_goes_on(tmp_path: Path, mirror: Mirror, archive: bytes, contents) -> None:
    mirror.content = archive
    list(get_bair(tmp_path / "bair", [f"{mirror.address}/elsewhere", "http://127.0.0.1:9", mirror.address + "/"]))
    assert found(tmp_path / "bair") == contents


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_other_forms_of_tar_are_read(mirror: Mirror, contents, get, form: int) -> None:
    long = "softmotion30_44k/" + "x" * 150 + "é.txt"  # takes a header of its own in both forms
    mirror.content = tarred([(long, b"y" * 700), *((f"./{name}", data) for name, data in contents.items())], form)
    get()


@pytest.mark.parametrize(
    "name",
    [
        "../evil.tfrecords",
        "/tmp/softmotion30_44k/train/traj_0_to_1.tfrecords",
        "softmotion30_44k/train/../../traj_0_to_1.tfrecords",
        "softmotion30_44k/other/traj_0_to_1.tfrecords",
        "softmotion30_44k/train/traj_0_to_1.tfrecords\n",
        "softmotion30_44k/train/traj_0_to_1.tfrecords.py",
    ],
)
def test_other_names_are_never_written(tmp_path: Path, mirror: Mirror, contents, get, name: str) -> None:
    mirror.content = tarred([(name, b"evil"), *contents.items()])
    get()
    assert not list(tmp_path.glob("evil*"))


def test_links_are_never_made(tmp_path: Path, mirror: Mirror) -> None:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as archive:
        link = tarfile.TarInfo(TRAIN)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    mirror.content = output.getvalue()
    with pytest.raises(DataError, match=r"the archive holds no softmotion30_44k/\*/traj_\*.tfrecords"):
        list(get_bair(tmp_path / "bair", [mirror.address]))
    assert found(tmp_path / "bair") == {}


def changed_header(archive: bytes, begin: int, field: bytes, mend: bool = True) -> bytes:
    """Change the first header of an archive, and its sum with it."""
    header = bytearray(archive[:512])
    header[begin : begin + len(field)] = field
    if mend:
        header[148:156] = b" " * 8
        header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + archive[512:]


@pytest.mark.parametrize(
    ("begin", "field", "mend", "message"),
    [
        (0, b"other", False, "byte 0 of the archive is no header of a file up to 4294967296 bytes"),
        (124, b"77777777777\0", True, "byte 0 of the archive is no header"),
        (124, b"\x80" + bytes(10) + b"\1", True, "byte 0 of the archive is no header"),
        (124, b"-0000000001\0", True, "byte 0 of the archive is no header"),
        (124, b"00077777777\0", True, f"{TRAIN} would reach past the end of the archive"),
    ],
)
def test_damaged_headers_are_not_believed(
    tmp_path: Path, mirror: Mirror, contents, begin: int, field: bytes, mend: bool, message: str
) -> None:
    mirror.content = changed_header(tarred(list(contents.items())), begin, field, mend)
    with pytest.raises(DataError, match=re.escape(message)):
        list(get_bair(tmp_path / "bair", [mirror.address]))
    assert found(tmp_path / "bair") == {}


def test_damaged_records_are_kept_and_named(tmp_path: Path, mirror: Mirror, contents) -> None:
    damaged = bytearray(contents[TRAIN])
    damaged[100] ^= 1
    mirror.content = tarred([(TRAIN, bytes(damaged))])
    *_, last = get_bair(tmp_path / "bair", [mirror.address])
    assert len(last.damaged) == 1
    assert last.damaged[0].startswith(f"{tmp_path / 'bair' / TRAIN}: record 0: its bytes do not match their checksum")


def test_an_archive_without_size_or_too_large_is_refused(
    tmp_path: Path, mirror: Mirror, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.content, mirror.says_size = archive, False
    with pytest.raises(DataError, match="gives no bytes as size; the archive has about 30 GB"):
        list(get_bair(tmp_path / "bair", [mirror.address]))
    mirror.says_size = True
    monkeypatch.setattr(bair, "LARGEST_ARCHIVE", 100)
    with pytest.raises(DataError, match=rf"gives {len(archive)} bytes as size"):
        list(get_bair(tmp_path / "bair", [mirror.address]))


def test_every_mirror_s_answer_is_told_once(tmp_path: Path, mirror: Mirror) -> None:
    mirror.status = 403
    with pytest.raises(DataError) as caught:
        list(get_bair(tmp_path / "bair", [mirror.address, "http://127.0.0.1:9"]))
    assert re.fullmatch(
        rf"{ARCHIVE}: no mirror gave it \(http://127.0.0.1:\d+: HTTP 403 Forbidden; http://127.0.0.1:9: .*refused.*\); "
        r"run again to resume, or unpack it into .*",
        str(caught.value),
    )
    assert len(mirror.asked) == 3
    with pytest.raises(DataError, match=r"\(no mirror given\)"):
        list(get_bair(tmp_path / "bair", []))


def test_a_disk_without_room_is_named_before_anything_comes(
    tmp_path: Path, mirror: Mirror, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.content = archive
    usage = shutil.disk_usage(tmp_path)._replace(free=len(archive) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(OutputError, match=r"bair: 0.0 GB are still to come and 0.0 GB are free; choose another folder"):
        list(get_bair(tmp_path / "bair", [mirror.address]))
    assert found(tmp_path / "bair") == {}


def test_places_that_cannot_be_written_are_named(tmp_path: Path, mirror: Mirror, archive: bytes) -> None:
    mirror.content = archive
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/bair: cannot be written \(.*\), or choose another folder"):
        list(get_bair(tmp_path / "file" / "bair", [mirror.address]))
    target = tmp_path / "bair" / TRAIN
    target.parent.mkdir(parents=True)
    target.with_name(f".{target.name}.part").symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"no space left on the device; free some, or choose another folder"):
        list(get_bair(tmp_path / "bair", [mirror.address]))


def test_the_known_address_is_berkeley_s() -> None:
    assert [f"{mirror}/{ARCHIVE}" for mirror in MIRRORS] == [
        "http://rail.eecs.berkeley.edu/datasets/bair_robot_pushing_dataset_v0.tar"
    ]
