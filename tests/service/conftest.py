"""The square's page, served as the command does it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Thread

import pytest
from fastapi import FastAPI
from tests.service.square import Square, SquareScenes

from frameloom.generation.load import VideoModel
from frameloom.service.app import create_app
from frameloom.service.messages import LARGEST_MESSAGE
from frameloom.service.port import address_of, listen, server

Serve = Callable[..., AbstractContextManager[str]]


@pytest.fixture
def square() -> VideoModel:
    return VideoModel("square", Square())


@pytest.fixture
def app(square: VideoModel) -> FastAPI:
    return create_app(square, SquareScenes)


@pytest.fixture
def serve() -> Serve:
    """Serve an application in a thread; gives its address."""

    @contextmanager
    def served(app: FastAPI, largest: int = LARGEST_MESSAGE) -> Iterator[str]:
        with listen("127.0.0.1", 0) as taken:
            running = server(app, largest)
            thread = Thread(target=running.run, kwargs={"sockets": [taken]})
            thread.start()
            try:
                yield address_of(taken)
            finally:
                running.should_exit = True
                thread.join(30)
                assert not thread.is_alive()

    return served
