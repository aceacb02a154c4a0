"""Work that runs ahead: in order, few in front, and ended cleanly whatever happens."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from frameloom.apps.enhance.ahead import ahead


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


class Counted:
    """Numbers that know how many of them were taken, and whether they were closed."""

    def __init__(self, stop: int = 10**9) -> None:
        self.taken, self.closed_in, self.stop = 0, "", stop

    def numbers(self) -> Iterator[int]:
        try:
            for number in range(self.stop):
                self.taken += 1
                yield number
        finally:
            self.closed_in = threading.current_thread().name


def test_all_comes_in_order() -> None:
    assert list(ahead(Counted(1000).numbers(), 3)) == list(range(1000))


def test_nothing_is_nothing() -> None:
    assert list(ahead(iter(()))) == []


def test_only_a_few_are_made_in_front() -> None:
    counted = Counted()
    with closing(ahead(counted.numbers(), 3)) as items:
        assert next(items) == 0
        deadline = time.monotonic() + 5
        while counted.taken < 5 and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.02)
        assert counted.taken == 5  # one was taken, three lie there, one waits for a place


def test_work_overlaps() -> None:
    """Two threads that wait for each other come to an end only if both run."""
    there, here = threading.Event(), threading.Event()

    def made() -> Iterator[int]:
        yield 1
        there.set()
        assert here.wait(5)
        yield 2

    items = ahead(made())
    assert next(items) == 1
    assert there.wait(5)
    here.set()
    assert list(items) == [2]


def test_who_stops_closes_the_iterator_in_its_thread() -> None:
    counted = Counted()
    items = ahead(counted.numbers(), 2)
    next(items)
    items.close()
    assert counted.closed_in not in ("", threading.current_thread().name)


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("torn")

    items = ahead(broken())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="torn"):
        next(items)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_of_who_takes_ends_the_thread(error: type[BaseException]) -> None:
    counted = Counted()

    def use() -> None:
        with closing(ahead(counted.numbers(), 2)) as items:
            for number in items:
                if number == 5:
                    raise error

    with pytest.raises(error):
        use()
    assert counted.closed_in


def test_one_may_run_ahead_of_another() -> None:
    inner = Counted()

    def doubled() -> Iterator[int]:
        with closing(ahead(inner.numbers(), 2)) as numbers:
            for number in numbers:
                yield 2 * number

    with closing(ahead(doubled(), 2)) as items:
        assert [next(items) for _ in range(5)] == [0, 2, 4, 6, 8]
    assert inner.closed_in
