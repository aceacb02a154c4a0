"""The web application of a live talk: one page, one WebSocket.

GET /  page/index.html and its parts        GET /base/  what all pages share        WS /talk  a session
"""

from pathlib import Path

from fastapi import FastAPI, WebSocket
from fastapi.staticfiles import StaticFiles

from frameloom.service.guard import Guard
from frameloom.service.port import BASE
from frameloom.service.sockets import TRY_AGAIN, end
from frameloom.service.talk.session import House, Session

PAGE = Path(__file__).parent / "page"
MOST_PAGES = 4
"""Pages that are served at once."""


def create_talk_app(house: House, *, name: str = "localhost") -> FastAPI:
    """Return the application on which a character answers; name is the host's, besides localhost and addresses."""
    pages: set[Session] = set()
    app = FastAPI(title="Frameloom", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, name=name)

    @app.websocket("/talk")
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        if len(pages) >= MOST_PAGES:
            await end(socket, TRY_AGAIN, f"{MOST_PAGES} pages are open already; close one and try again")
            return
        session = Session(socket, house)
        pages.add(session)
        try:
            await session.serve()
        finally:
            pages.discard(session)

    app.mount("/base", StaticFiles(directory=BASE))
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app
