"""The web application: one page, one WebSocket, and the recordings made on it.

GET /  page/index.html and its parts    GET /base/  what pages share    WS /stream  a session    GET /recordings/NAME
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI, HTTPException, WebSocket
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from frameloom.generation.load import VideoModel
from frameloom.generation.scenes import Scenes
from frameloom.service.guard import Guard
from frameloom.service.port import BASE
from frameloom.service.session import Session
from frameloom.service.shelf import Shelf
from frameloom.service.sockets import TRY_AGAIN, end

PAGE = Path(__file__).parent / "page"
MOST_PAGES = 4
"""Pages that are served at once."""


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
    pages: set[Session] = set()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with TemporaryDirectory(prefix="frameloom-stream-") as folder:
            app.state.shelf = Shelf(Path(folder))
            yield

    app = FastAPI(title="Frameloom", lifespan=life, openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, name=name)

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        if len(pages) >= MOST_PAGES:
            await end(socket, TRY_AGAIN, f"{MOST_PAGES} pages are open already; close one and try again")
            return
        session = Session(socket, model, scenes, app.state.shelf, episode)
        pages.add(session)
        try:
            await session.serve()
        finally:
            pages.discard(session)

    @app.get("/recordings/{file}")
    def recording(file: str) -> FileResponse:
        kept = app.state.shelf.find(file)
        if kept is None:
            raise HTTPException(404, "no such recording; the oldest make room for new ones")
        return FileResponse(kept.path, media_type="video/mp4", filename=kept.name)

    app.mount("/base", StaticFiles(directory=BASE))
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app
