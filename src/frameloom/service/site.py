"""What the applications of all pages share: one head, one guard, one door, nothing that is given out but the page.

base/page.html + FOLDER/main.html --> GET /        FOLDER --> its parts        base/ --> GET /base/
"""

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI, WebSocket
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Lifespan

from frameloom.service.guard import Guard
from frameloom.service.sockets import Door, Session, Wire

_BASE = Path(__file__).parent / "base"
_MAIN = "<!-- main -->\n"
"""Stands in the head for what is a page's own."""


def site(name: str, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Return an application that answers under this host name, besides localhost and addresses."""
    app = FastAPI(title="Frameloom", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, name=name)
    return app


def furnish(app: FastAPI, folder: Path, path: str, open_session: Callable[[Wire], Session]) -> None:
    """Add a page, its parts, and the socket at a path; the application's own addresses come before."""
    head = (_BASE / "page.html").read_text(encoding="utf-8")
    page = head.replace(_MAIN, (folder / "main.html").read_text(encoding="utf-8"))
    door = Door(open_session)

    @app.api_route("/", methods=["GET", "HEAD"])
    def index() -> HTMLResponse:
        return HTMLResponse(page)

    @app.websocket(path)
    async def socket(socket: WebSocket) -> None:
        await door.let_in(socket)

    app.mount("/base", StaticFiles(directory=_BASE))
    app.mount("/", StaticFiles(directory=folder))
