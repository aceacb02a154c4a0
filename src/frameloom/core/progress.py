"""Progress of long work: whoever works yields events, whoever watches shows them.

    work --Event, Event, ...--> show: a bar on a terminal, lines in a log, JSON lines for a program

Only the shape of an event is known here; what it counts is the business of whoever works.
"""

import json
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, Protocol, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn
from rich.text import Text

View = Literal["auto", "bar", "lines", "json"]
"""How progress is shown; auto takes the bar on a terminal and lines elsewhere."""


class Event(Protocol):
    """What a piece of long work says about itself."""

    @property
    def progress(self) -> float:
        """Return the share of the work that is done, in [0, 1]."""
        ...

    @property
    def text(self) -> str:
        """Return what to write beside the bar, such as rate and loss."""
        ...

    @property
    def record(self) -> Mapping[str, float | int | str]:
        """Return what to keep of this event; empty when it is not worth a line."""
        ...


Work = TypeVar("Work", bound=Event)


class Clock:
    """Tells the time left from the progress made since it was started."""

    def __init__(self) -> None:
        self.first: tuple[float, float] | None = None
        self.left_s: float | None = None

    def update(self, progress: float, now_s: float) -> float | None:
        """Return the seconds left, or None while nothing has moved.

        >>> clock = Clock()
        >>> clock.update(0.0, 10.0), clock.update(0.25, 20.0)
        (None, 30.0)
        """
        if self.first is None:
            self.first = (progress, now_s)
        done, since = self.first
        if progress > done:
            self.left_s = (now_s - since) * (1 - progress) / (progress - done)
        return self.left_s


def duration(seconds: float | None) -> str:
    """Return a time as people write it.

    >>> duration(75), duration(3723), duration(None)
    ('1:15', '1:02:03', '-:--')
    """
    if seconds is None:
        return "-:--"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def show(events: Iterable[Work], title: str, view: View = "auto") -> Work | None:
    """Run through events while showing them; return the last one, None if there was none.

    Bar and lines go to standard error; JSON lines to standard output.
    """
    last = deque(showing(events, title, view), maxlen=1)
    return last[0] if last else None


def showing(events: Iterable[Work], title: str, view: View = "auto") -> Iterator[Work]:
    """Yield events as they come, each after it has been shown, for work that somebody else pulls."""
    console = Console(stderr=True)
    if view == "json":
        return _json(events)
    if view == "bar" or (view == "auto" and console.is_terminal):
        return _bar(events, title, console)
    return _lines(events, title)


class _TimeLeft(ProgressColumn):
    """The time left, as the clock of the task tells it."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Return the time left of a task."""
        return Text(f"{duration(task.fields['clock'].left_s)} left", style="progress.remaining")


def _bar(events: Iterable[Work], title: str, console: Console) -> Iterator[Work]:
    clock = Clock()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        _TimeLeft(),
        TextColumn("{task.fields[text]}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(escape(title), total=1.0, clock=clock, text="")
        for event in events:
            clock.update(event.progress, time.monotonic())
            bar.update(task, completed=event.progress, text=escape(event.text))
            yield event


def _lines(events: Iterable[Work], title: str) -> Iterator[Work]:
    clock = Clock()
    for event in events:
        left_s = clock.update(event.progress, time.monotonic())
        if event.record:
            sys.stderr.write(f"{title}: {event.progress:4.0%}, {duration(left_s)} left, {event.text}\n")
            sys.stderr.flush()
        yield event


def _json(events: Iterable[Work]) -> Iterator[Work]:
    for event in events:
        if event.record:
            sys.stdout.write(json.dumps(dict(event.record)) + "\n")
            sys.stdout.flush()
        yield event
