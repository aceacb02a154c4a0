"""Where a page is served: a port of this machine, its address, and a server for one application.

listen(host, port) --address_of--> http://127.0.0.1:8000/        server(app).run(sockets=[...]) until told to stop
"""

import errno
import os
import socket
import sys
from collections.abc import Callable

import uvicorn

from frameloom.core.errors import OutputError

_BACKLOG, _MOST_CONNECTIONS = 64, 64
"""Four pages need ten or so each."""
_PATIENCE_S = 2
"""How long pages have to go when the server ends."""


def server(app: Callable[..., object], largest: int) -> uvicorn.Server:
    """Return a server for messages of so many bytes at most, at low latency: nothing compressed, little queued."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=largest,
            ws_max_queue=16,
            limit_concurrency=_MOST_CONNECTIONS,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=_PATIENCE_S,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        OutputError: the port is in use or may not be taken, or the host is not this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(_BACKLOG)
    except OSError as error:
        taken.close()
        reason = "in use already" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise OutputError(f"port {port} at {host}: {reason}; give another, or --port 0 for any that is free") from error
    return taken


def address_of(taken: socket.socket) -> str:
    """Return where a browser finds the page."""
    host, port = taken.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def has_screen() -> bool:
    """Return whether a browser can show itself here; on Linux, that takes a display."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
