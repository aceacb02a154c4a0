"""Work that runs ahead of whoever needs it: an iterator in a thread of its own, a few items in front.

    iterator --thread--> [item, item, item] --> for item in ahead(iterator)

Decoding, network and encoding so overlap, and memory holds a few pictures, however long the film. Whatever ends the
loop (its end, an error on either side, Ctrl-C) ends the thread and closes the iterator, there, before it goes on.
"""

from collections import deque
from collections.abc import Generator, Iterator
from threading import Condition, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item], most: int = 4) -> Generator[Item, None, None]:
    """Yield items that a thread takes from an iterator, at most so many in front; its errors are raised here."""
    shelf: _Shelf[Item] = _Shelf(most)
    thread = Thread(target=_fill, args=(shelf, items), daemon=True)
    thread.start()
    try:
        while shelf.waits():
            yield shelf.take()
    finally:
        shelf.close()
        thread.join()
    if shelf.error is not None:
        try:
            raise shelf.error
        finally:
            shelf.error = None  # else the error and this frame would hold each other, and what they hold stay open


class _Shelf(Generic[Item]):
    """A few places between a thread that fills them and one that empties them."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.items: deque[Item] = deque()
        self.changed = Condition()
        self.closed = self.full_stop = False
        self.error: BaseException | None = None

    def put(self, item: Item) -> bool:
        """Put an item there when a place is free; return False if nobody wants it any more."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or len(self.items) < self.places)
            if not self.closed:
                self.items.append(item)
                self.changed.notify_all()
            return not self.closed

    def stop(self, error: BaseException | None) -> None:
        """Say that no more comes, and why if it is an error."""
        with self.changed:
            self.full_stop, self.error = True, error
            self.changed.notify_all()

    def waits(self) -> bool:
        """Wait for an item; return False if no more comes."""
        with self.changed:
            self.changed.wait_for(lambda: self.full_stop or self.items)
            return bool(self.items)

    def take(self) -> Item:
        """Return the first item and free its place."""
        with self.changed:
            self.changed.notify_all()
            return self.items.popleft()

    def close(self) -> None:
        """Say that nobody wants any more."""
        with self.changed:
            self.closed = True
            self.items.clear()
            self.changed.notify_all()


def _fill(shelf: _Shelf[Item], items: Iterator[Item]) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            if not shelf.put(item):
                break
    except BaseException as problem:  # noqa: BLE001 (handed to the thread that takes, and raised there)
        error = problem
    finally:
        if isinstance(items, Generator):
            items.close()
        shelf.stop(error)
