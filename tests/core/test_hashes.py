"""Files are told by what is in them."""

import hashlib
import os
from pathlib import Path

import pytest

from frameloom.core.hashes import hash_of, state_of


def test_a_hash_is_that_of_the_bytes_also_where_size_and_time_stay(tmp_path: Path) -> None:
    path, other = tmp_path / "a.bin", tmp_path / "b.bin"
    path.write_bytes(b"red")
    assert hash_of(path) == hashlib.sha256(b"red").hexdigest()
    about = path.stat()
    other.write_bytes(b"sky")
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    other.replace(path)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (about.st_size, about.st_mtime_ns)
    assert hash_of(path) == hashlib.sha256(b"sky").hexdigest()


def test_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"red")
    first = hash_of(path)
    monkeypatch.setattr(Path, "open", None)
    assert hash_of(path) == first


def test_the_state_of_a_folder_is_that_of_all_in_it_wherever_it_lies(tmp_path: Path) -> None:
    states = []
    for place, text in (("one", "x"), ("two", "x"), ("three", "y")):
        inner = tmp_path / place / "model" / "deep"
        inner.mkdir(parents=True)
        (inner / "a.txt").write_text(text)
        (inner / ".hidden").write_text(place)
        states.append(state_of(tmp_path / place / "model"))
    assert states[0] == states[1] != states[2]
    assert state_of(tmp_path / "none.txt") == ["none.txt"]
