"""Whole files and folders or none, whatever goes wrong in between."""

import errno
import os
from pathlib import Path

import pytest

from frameloom.core.errors import OutputError
from frameloom.core.files import check_outputs, spare, whole_file, whole_folder

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_file(target: Path, failure: BaseException | None = None) -> None:
    with whole_file(target) as part:
        part.write_bytes(b"half")
        if failure:
            raise failure


def write_folder(target: Path, name: str, failure: BaseException | None = None) -> None:
    with whole_folder(target) as part:
        (part / name).touch()
        if failure:
            raise failure


def test_a_file_appears_whole_with_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "new" / "deep" / "a.mp4"
    with whole_file(target) as part:
        assert part.suffix == ".mp4"
        part.write_bytes(b"film")
        assert not target.exists()
    assert target.read_bytes() == b"film"
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_block_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        write_file(target, ZeroDivisionError())
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_no_space_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object) -> None:
        raise FULL

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OutputError, match=r"a\.bin: no space left on the device; free some or write elsewhere"):
        write_file(tmp_path / "a.bin")
    assert list(tmp_path.iterdir()) == []


def test_no_space_while_writing_is_said_too(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no space left"):
        write_file(tmp_path / "a.bin", FULL)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=r"a\.bin: cannot be written \(.*file is a file\); choose another place"):
        write_file(tmp_path / "file" / "a.bin")


def test_a_folder_cannot_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"is a folder; give a file name"):
        write_file(tmp_path)


def test_a_folder_appears_whole_and_replaces_the_old(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for word in ("first", "second"):
        write_folder(target, word)
    assert [path.name for path in target.iterdir()] == ["second"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_folder_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(ZeroDivisionError):
        write_folder(target, "half", ZeroDivisionError())
    assert [path.name for path in target.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_whose_last_rename_fails_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").touch()
    rename, calls = os.replace, []

    def full_once(source: Path, goal: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            raise FULL
        rename(source, goal)

    monkeypatch.setattr(os, "replace", full_once)
    with pytest.raises(OutputError, match="no space left"):
        write_folder(target, "new")
    assert [path.name for path in target.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"is a file; give a folder name"):
        write_folder(tmp_path / "file", "new")


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    source, link = tmp_path / "a.mp4", tmp_path / "link.mp4"
    source.touch()
    link.symlink_to(source)
    other_name = tmp_path / "sub" / ".." / "a.mp4"
    (tmp_path / "sub").mkdir()
    for target in (source, link, other_name, tmp_path):
        with pytest.raises(OutputError, match=r"would overwrite .*a\.mp4, which is read for it; give another name"):
            spare(target, [tmp_path / "b.mp4", source])
    spare(tmp_path / "c.mp4", [source])
    spare(tmp_path / "sub", [source])


def test_outputs_are_neither_inputs_nor_each_other(tmp_path: Path) -> None:
    read, out = tmp_path / "a.toml", tmp_path / "b.srt"
    read.touch()
    check_outputs([out, tmp_path / "new" / "c.mp4"], [read])
    with pytest.raises(OutputError, match=r"b\.srt: is asked for twice; give each its own name"):
        check_outputs([out, tmp_path / "x" / ".." / "b.srt"])
    with pytest.raises(OutputError, match=r"a\.toml"):
        check_outputs([read], [read])
    with pytest.raises(OutputError, match="is a file\\); choose another place"):
        check_outputs([read / "c.mp4"])
