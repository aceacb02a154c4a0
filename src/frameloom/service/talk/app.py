"""The web application of a live talk: one page, one WebSocket.

GET /  page/main.html and its parts     GET /own/  a page of the user's own     GET /glyphs.css  what Chinese takes
WS /talk  a session
"""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from frameloom.service.glyphs import add_glyphs
from frameloom.service.site import furnish, site
from frameloom.service.talk.house import House
from frameloom.service.talk.session import Session


def create_talk_app(house: House, *, name: str = "localhost", own: Path | None = None) -> FastAPI:
    """Return the application on which a character answers; name is the host's, besides localhost and addresses.

    A folder of one's own is given out too, under the same rules: its scripts are files, and nothing is loaded from
    elsewhere.
    """
    app = site(name)
    if own is not None:
        app.mount("/own", StaticFiles(directory=own, html=True))
    add_glyphs(app)
    furnish(app, Path(__file__).parent / "page", "/talk", partial(Session, house))
    return app
