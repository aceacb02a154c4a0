"""The first step of the command, also for `python -m frameloom` and torchrun: Ctrl-C gets one line from the start."""

import signal
import sys
from types import FrameType
from typing import NoReturn

_stops: list[int] = []
"""Signals that came: a library stopped while it loads says anything but that."""


def run() -> None:
    """Run the command line of this process and exit."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    try:
        from frameloom.cli import main  # takes a third of a second, in which it can be stopped too

        main.run()
    except (KeyboardInterrupt, ImportError) as error:
        if isinstance(error, ImportError) and not _stops:
            raise
        sys.stderr.write("frameloom: stopped\n")
        sys.exit(130)


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    _stops.append(signum)
    raise KeyboardInterrupt


if __name__ == "__main__":
    run()
