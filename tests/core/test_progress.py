"""Progress as people, logs and programs see it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from frameloom.core.progress import Clock, View, duration, show


@dataclass(frozen=True)
class Step:
    progress: float
    text: str = "7 clips/s [sic]"
    record: Mapping[str, float] = field(default_factory=lambda: {"loss": 0.5})


def steps() -> Iterator[Step]:
    yield Step(0.25)
    yield Step(0.5, record={})
    yield Step(1.0)


def test_json_prints_one_object_per_record_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(steps(), "try", "json") == Step(1.0)
    output = capsys.readouterr()
    assert [json.loads(line) for line in output.out.splitlines()] == [{"loss": 0.5}, {"loss": 0.5}]
    assert output.err == ""


@pytest.mark.parametrize("view", ["auto", "lines"])
def test_a_log_gets_one_line_per_record(view: View, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(steps(), "try", view) == Step(1.0)
    output = capsys.readouterr()
    assert output.err.splitlines()[0] == "try:  25%, -:-- left, 7 clips/s [sic]"
    assert output.err.splitlines()[1].startswith("try: 100%, 0:00 left")
    assert output.out == ""


def test_a_terminal_gets_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    assert show(steps(), "try", "bar") == Step(1.0)
    output = capsys.readouterr()
    assert "100%" in output.err
    assert "0:00 left" in output.err
    assert "7 clips/s [sic]" in output.err
    assert output.out == ""


@pytest.mark.parametrize("view", ["bar", "lines", "json"])
def test_work_without_events_has_no_last_one(view: View) -> None:
    assert show(iter(()), "try", view) is None


def test_time_left_is_counted_from_the_first_event() -> None:
    """A resumed run that begins at one half and takes 10 s for a quarter has 10 s left."""
    clock = Clock()
    assert clock.update(0.5, 100.0) is None
    assert clock.update(0.75, 110.0) == pytest.approx(10.0)
    assert clock.update(1.0, 120.0) == 0.0


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0, 59.6, 3600)] == ["0:00", "1:00", "1:00:00"]
