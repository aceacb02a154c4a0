"""The web application: one page, one WebSocket, and the recordings made on it.

GET /  page/main.html and its parts        WS /stream  a session        GET /recordings/NAME
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse

from frameloom.generation.load import VideoModel
from frameloom.generation.scenes import Scenes
from frameloom.service.session import Session
from frameloom.service.shelf import Shelf
from frameloom.service.site import furnish, site
from frameloom.service.sockets import Wire


def create_app(
    model: VideoModel, scenes: Callable[[], Scenes], *, episode: int = 0, name: str = "localhost"
) -> FastAPI:
    """Return the application that lets people drive a model.

    Args:
        model: one that predicts frame by frame.
        scenes: opens what a page begins from; called once for each page, in the thread that uses it.
        episode: number of the scene that a page begins with.
        name: host name under which the server may be asked for, besides localhost and addresses.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with TemporaryDirectory(prefix="frameloom-stream-") as folder:
            app.state.shelf = Shelf(Path(folder))
            yield

    app = site(name, life)

    def open_session(wire: Wire) -> Session:
        return Session(wire, model, scenes, app.state.shelf, episode)

    @app.get("/recordings/{file}")
    def recording(file: str) -> FileResponse:
        kept = app.state.shelf.find(file)
        if kept is None:
            raise HTTPException(404, "no such recording; the oldest make room for new ones")
        return FileResponse(kept.path, media_type="video/mp4", filename=kept.name)

    furnish(app, Path(__file__).parent / "page", "/stream", open_session)
    return app
