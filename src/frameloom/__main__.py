"""The first step of the command, also for `python -m frameloom` and torchrun: Ctrl-C gets one line from the start."""

import sys


def run() -> None:
    """Run the command line of this process and exit."""
    try:
        from frameloom.cli import main  # takes a third of a second, in which it can be stopped too

        main.run()
    except KeyboardInterrupt:
        sys.stderr.write("frameloom: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    run()
