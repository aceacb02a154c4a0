"""Paths in a timeline's file: local, relative to that file where they lie near it, usable once they are read.

edits/trip.toml: "../a.mp4"  --usable-->  edits/../a.mp4 = a.mp4  --portable-->  "../a.mp4"
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote, urlsplit
from urllib.request import url2pathname

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_NEAR = 3
"""How many folders up a path may lead before it is written whole."""

Settings = TypeVar("Settings", bound=Config)


def usable(text: str, folder: Path, where: str) -> Path:
    """Return the local file that a path or `file:` address in a file in this folder names.

    Raises:
        ConfigError: it names no local file.
    """
    if "\0" in text or not text.strip() or len(text) > 4096:
        raise ConfigError(f"{where}: not a path, got {text[:80]!r}; give a file on this machine")
    raw = folder / text
    if not _exists(raw) and (scheme := _SCHEME.match(text)):
        if scheme[1].lower() != "file":
            raise ConfigError(f"{where}: only files on this machine are read, got {text[:200]!r}; fetch it first")
        return _normal(folder / _of_address(text, where))
    return _normal(raw)


def foreign(text: str, folder: Path, where: str, *, encoded: bool = True) -> Path:
    """Return the local file that another program names; what is no address may still be percent-encoded.

    Raises:
        ConfigError: it names no local file.
    """
    text = text.replace("\\", "/") if re.match(r"[A-Za-z]:\\|\\\\", text) else text
    path = usable(text, folder, where)
    if not encoded or _SCHEME.match(text) or _exists(path):
        return path
    return usable(unquote(text), folder, where)


def portable(path: Path, folder: Path) -> str:
    """Return a path as it is written into a file in this folder: relative where it lies near, else whole."""
    whole, home = os.path.abspath(path), os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow links
    try:
        relative = os.path.relpath(whole, home)
    except ValueError:  # another drive
        return Path(whole).as_posix()
    up = Path(relative).parts.count("..")
    reaches_root = up >= len(Path(home).parts) - 1 and up > 0
    text = Path(whole if up > _NEAR or reaches_root else relative).as_posix()
    return f"./{text}" if _SCHEME.match(text) else text


def address(path: Path | str) -> str:
    """Return a path as other programs want it: whole ones as file addresses, relative ones percent-encoded."""
    path = Path(path)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/()!$&'+,;=@")


def map_paths(config: Settings, change: Callable[[Path, str], Path], where: str = "") -> Settings:
    """Return settings with every path in them changed; `change` also gets the place, as tracks[0].items[1].path."""
    changed = {
        name: _mapped(getattr(config, name), change, f"{where}.{name}" if where else name)
        for name in type(config).model_fields
    }
    return config.model_copy(update={name: new for name, new in changed.items() if new is not getattr(config, name)})


def _mapped(value: object, change: Callable[[Path, str], Path], where: str) -> object:
    if isinstance(value, Path):
        return change(value, where)
    if isinstance(value, Config):
        return map_paths(value, change, where)
    if isinstance(value, tuple) and any(isinstance(part, Config | Path) for part in value):
        return tuple(_mapped(part, change, f"{where}[{index}]") for index, part in enumerate(value))
    return value


def _of_address(text: str, where: str) -> Path:
    """Return the path of a `file:` address; pydantic may have folded its slashes."""
    parts = urlsplit(text)
    if parts.netloc not in {"", "localhost"}:
        raise ConfigError(
            f"{where}: only files on this machine are read, got {text[:200]!r}; mount it and give its path"
        )
    path = url2pathname(parts.path)
    if "\0" in path:
        raise ConfigError(f"{where}: not a path, got {text[:80]!r}; give a file on this machine")
    return Path(path.removeprefix("/") if re.match(r"/[A-Za-z]:", path) else path)


def _normal(path: Path) -> Path:
    """Return a path without `..`, unless a link makes that another file."""
    short = Path(os.path.normpath(path))
    return path if _exists(path) and not _exists(short) else short


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
