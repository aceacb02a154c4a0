"""Which frameloom made a file: its version and, from a checkout, its commit."""

import shutil
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def version() -> str:
    """Return the version of the installed package, "unknown" for sources that were never installed."""
    try:
        return metadata.version("frameloom")
    except metadata.PackageNotFoundError:
        return "unknown"


@cache
def commit(package: Path = _PACKAGE) -> str | None:
    """Return the commit of the checkout the package runs from, with "+" when files differ; None elsewhere."""
    checkout = package.parents[1]
    git = shutil.which("git")
    if git is None or not (checkout / ".git").exists():
        return None
    command = [git, "-C", str(checkout), "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None
