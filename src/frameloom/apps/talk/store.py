"""Characters by name or file: those that come with the package, and those that users write.

ada, bruno, kip, mira, or path/to/my.toml --load--> Character
"""

import difflib
from pathlib import Path

from frameloom.apps.talk.character import Character
from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.core.config import read_toml, validate
from frameloom.core.errors import ConfigError, OutputError
from frameloom.core.files import whole_file
from frameloom.media.files.source import read_still

PACKAGED = Path(__file__).resolve().parents[2] / "characters"
"""Where the characters live that come with the package."""


def character_names() -> tuple[str, ...]:
    """Return the names of the characters that come with the package."""
    return tuple(sorted(path.stem for path in PACKAGED.glob("*.toml")))


def character_path(name: str) -> Path:
    """Return the file of a character, given by its path or by the name of one that comes with the package.

    Raises:
        ConfigError: it is neither.
    """
    path = Path(name)
    packaged = PACKAGED / f"{name.lower()}.toml"
    if path.suffix != ".toml" and packaged.is_file():
        return packaged
    if path.suffix == ".toml" or path.is_file():
        return path
    known = character_names()
    close = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}, or the path of a .toml file"
    raise ConfigError(f"{name}: unknown character; {hint}")


def load_character(name: str) -> Character:
    """Return a character by name or by the path of its file.

    Raises:
        ConfigError: unknown, or its file is not a character's; names each setting that does not fit.
        MediaError: its picture cannot be read.
    """
    path = character_path(name)
    looks = validate(CharacterConfig, read_toml(path), str(path))
    character = Character(looks, path.parent)
    if looks.background.picture is not None:
        read_still(character.folder / looks.background.picture)
    return character


def files_of_character(name: str) -> list[Path]:
    """Return the file of a character, and that of its picture if it has one.

    Raises:
        ConfigError: unknown, or its file is not a character's.
    """
    path = character_path(name)
    picture = validate(CharacterConfig, read_toml(path), str(path)).background.picture
    return [path] if picture is None else [path, path.parent / picture]


def new_character(out: Path, source: str = "ada") -> Path:
    """Write a copy of a character's file, to be changed, and return its path.

    Raises:
        ConfigError: the source is unknown.
        OutputError: the place is taken, or cannot be written.
    """
    text = character_path(source).read_text(encoding="utf-8")
    if out.suffix != ".toml":
        raise OutputError(f"{out}: a character is a .toml file; give a name that ends so")
    if out.exists():
        raise OutputError(f"{out}: is there already; give another name")
    name = out.stem.replace("-", " ").replace("_", " ").title()
    lines = [line for line in text.splitlines() if not line.startswith(("#", "about"))]
    first = next((number for number, line in enumerate(lines) if line.startswith("name")), None)
    if first is not None:
        lines[first] = f'name = "{name}"'
    head = "# Every setting: docs/characters.md. See it: frameloom characters check THIS_FILE --page look.html"
    with whole_file(out) as part:
        part.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return out
