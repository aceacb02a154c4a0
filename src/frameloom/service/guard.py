"""Keeps pages of other sites out: any page that a browser shows may try to reach a server on its own machine.

    Host    must be localhost, an address, or the name the server was given: a foreign name means DNS rebinding
    Origin  of a WebSocket must be the page that this server itself gave out

A request that names no Origin comes from no browser's page and passes.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        b"font-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-cache",
}


class Guard:
    """Wraps an application."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        """Let in what asks for localhost, an address or this name."""
        self.app, self.name = app, name.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        origin = headers.get("origin")
        if not self._is_ours(host):
            answer = PlainTextResponse("This server answers under localhost or its address only.\n", 421)
        elif scope["type"] == "websocket" and not _is_own(origin, host):
            answer = PlainTextResponse("This page was not given out by this server.\n", 403)
        else:
            await self.app(scope, receive, _with_policy(send))
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        else:
            await answer(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        """Return whether a Host header names this server."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in ("localhost", self.name):
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True


def _is_own(origin: str | None, host: str) -> bool:
    """Return whether a page that was given out under this host says that it asks."""
    return origin is None or origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())


def _with_policy(send: Send) -> Send:
    """Return a way to answer that adds what a browser may do with the answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [(key, value) for key, value in message["headers"] if key not in _POLICY]
            message = {**message, "headers": [*given, *_POLICY.items()]}
        await send(message)

    return sending
