"""The web application of a live talk: one page, one WebSocket.

GET /  page/main.html and its parts        WS /talk  a session
"""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from frameloom.service.site import furnish, site
from frameloom.service.talk.session import House, Session


def create_talk_app(house: House, *, name: str = "localhost") -> FastAPI:
    """Return the application on which a character answers; name is the host's, besides localhost and addresses."""
    app = site(name)
    furnish(app, Path(__file__).parent / "page", "/talk", partial(Session, house))
    return app
