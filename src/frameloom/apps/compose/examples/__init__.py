"""Storyboards that work, to be changed: a news item, an advertisement, a lesson."""

import difflib
import re
from pathlib import Path

from frameloom.core.errors import ConfigError, OutputError
from frameloom.core.files import whole_folder

KINDS = ("news", "advert", "lesson")
_PACKAGE = Path(__file__).parent
_BESIDE = {"news": ("river.jpg",), "advert": ("flask.png", "rows.csv")}
"""Files that storyboards name; `tools/make_example_pictures.py` has drawn the pictures."""
_LANGUAGES = ("en", "zh")


def example(kind: str) -> Path:
    """Return the storyboard that comes along.

    Raises:
        ConfigError: there is none of this kind.
    """
    if kind not in KINDS:
        close = difflib.get_close_matches(kind, KINDS, n=1)
        told = f"did you mean {close[0]!r}?" if close else f"give {', '.join(KINDS)}"
        raise ConfigError(f"compose new {kind}: no such example; {told}")
    return _PACKAGE / f"{kind}.toml"


def write_new(kind: str, folder: Path, language: str | None = None) -> Path:
    """Write an example into a new folder, and return its storyboard.

    Raises:
        ConfigError: there is none of this kind, or not in this language.
        OutputError: the folder is there already, or cannot be written.
    """
    story = example(kind)
    if language not in (None, *_LANGUAGES):
        raise ConfigError(f"compose new {kind} --lang {language}: comes in {', '.join(_LANGUAGES)}; leave --lang out")
    own = story.with_suffix(f".{language}.toml")
    text = (own if own.is_file() else story).read_text(encoding="utf-8")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder}: is there already; give a folder that is not, or is empty")
    if language is not None:  # one that speaks several says its first
        text = re.sub(r'^language = ".*"', f'language = "{language}"', text, count=1, flags=re.MULTILINE)
    with whole_folder(folder) as part:
        (part / "story.toml").write_text(text, encoding="utf-8")
        for name in _BESIDE.get(kind, ()):
            (part / name).write_bytes((_PACKAGE / name).read_bytes())
    return folder / "story.toml"
