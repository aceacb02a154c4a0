from pathlib import Path

import pytest

from frameloom.core.errors import DataError
from frameloom.data.robot_push.check import checking
from frameloom.data.robot_push.records import read_index


def test_every_file_is_read_and_every_damaged_record_named(tmp_path: Path, make_file) -> None:
    first = make_file(tmp_path / "train" / "b.tfrecords", 3, labels=True)
    second = make_file(tmp_path / "test" / "deeper" / "a.tfrecords.gz", 2, cameras=("aux1",))
    make_file(tmp_path / ".hidden" / "c.tfrecords")
    (tmp_path / "notes.txt").touch()
    *_, last = checking(tmp_path)
    assert (last.files, last.whole, last.frames, last.damaged) == (2, 5, 25, ())
    content = bytearray(first.read_bytes())
    content[read_index(first).places[1][0] + 7] ^= 2
    first.write_bytes(content)
    second.write_bytes(b"no gzip")
    *earlier, last = checking(tmp_path)
    assert (last.files, last.whole, last.frames, last.progress) == (2, 2, 10, 1.0)
    assert [told.split(": ")[0] for told in last.damaged] == [str(second), str(first)]
    assert "cannot be unpacked" in last.damaged[0]
    assert "record 1: its bytes do not match their checksum" in last.damaged[1]
    assert dict(last.record) == {"files": 2, "whole": 2, "frames": 10, "damaged": 2}
    assert [event.progress for event in earlier] == sorted(event.progress for event in earlier)
    assert all(not event.record for event in earlier)


def test_one_file_can_be_checked(tmp_path: Path, make_file) -> None:
    *_, last = checking(make_file(tmp_path / "any-name", 2))
    assert (last.files, last.whole, last.text) == (1, 2, "2 whole, 0 damaged")


def test_a_label_map_that_is_broken_counts_as_damage(tmp_path: Path, make_file) -> None:
    from frameloom.data.robot_push.framing import read_record, write_payloads

    payload = read_record(read_index(make_file(tmp_path / "a.tfrecords", 1, labels=True)), 0)
    write_payloads(tmp_path / "a.tfrecords", [payload.replace(b"3/label_main", b"3/lebal_main")])
    *_, last = checking(tmp_path)
    assert "record 0: has no 3/label_main" in last.damaged[0]


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DataError, match=rf"{place}: no such file, and no folder with files of records"):
            list(checking(place))
