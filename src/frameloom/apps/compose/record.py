"""The record of a film: how it was made, of what, and under which licences.

Laid, Sources, choices --> film.record.json
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from frameloom.apps.compose.assets import licence_of
from frameloom.apps.compose.choosing import Chosen
from frameloom.apps.compose.music import LICENCE, settings_of
from frameloom.apps.compose.reading import Draft
from frameloom.apps.compose.speaking import SILENT
from frameloom.apps.compose.timing import Laid
from frameloom.apps.edit.timeline import files_of
from frameloom.apps.recorded import RECORDED
from frameloom.core.hashes import hash_of
from frameloom.core.provenance import commit, version

_NEAR = 3
"""How many folders up the way to a file may lead."""


@dataclass(frozen=True)
class Source:
    """A file that is shown or heard, and its licence, where a list of assets in its folder, or above it, tells one."""

    path: Path
    licence: str


def sources_of(laid: Laid) -> tuple[Source, ...]:
    """Return the files that a film is made of, music among them.

    Raises:
        ConfigError: a list of assets does not fit.
    """
    shown = {path for placed in laid.beats for path in laid.files(placed)}
    shown |= {laid.folder / path for placed in laid.beats for path in files_of(placed.transition)}
    named = sorted(map(_plain, shown))
    found = [Source(path, licence_of(path)) for path in named]
    said = sorted({_plain(laid.folder / one.beat.recording) for one in laid.beats if one.beat.recording})
    found += [Source(path, licence_of(path)) for path in said if path not in named]
    music = laid.storyboard.music
    if music is not None and music.path is not None:
        path = _plain(laid.folder / music.path)
        found.append(Source(path, music.licence or licence_of(path)))
    return tuple(found)


def _plain(path: Path) -> Path:
    """Return a path from the root on without detours; a link stays one, for lists of assets tell of it by its name."""
    return Path(os.path.normpath(path.absolute()))


def _from(folder: Path, path: Path) -> str:
    """Return a path as the storyboard's folder sees it; far from it, the name alone: the rest is nobody's business."""
    try:
        seen = Path(os.path.relpath(path, folder))
    except ValueError:  # another drive
        return path.name
    return path.name if seen.parts.count("..") > _NEAR else seen.as_posix()


def record_text(draft: Draft, laid: Laid, chosen: Sequence[Chosen], sources: Sequence[Source], film: Path) -> str:
    """Return how a film was made and of what, as JSON."""
    board = laid.storyboard
    voices = sorted({placed.narration.voice for placed in laid.beats if placed.narration})
    record = {
        "film": film.name,
        "sha256": hash_of(film),
        "made_by": f"frameloom {version()}",
        "commit": commit(),
        "storyboard": {"path": draft.path.name, "sha256": hash_of(draft.path)},
        "seed": board.seed,
        "theme": laid.theme.name,
        "voices": [{"name": name, "licence": licence_of_voice(name)} for name in voices],
        "music": _music_record(laid),
        "files": [
            {
                "path": _from(laid.folder, one.path),
                "sha256": hash_of(one.path) if one.path.is_file() else None,
                "licence": one.licence,
            }
            for one in sources
        ],
        "beats": [
            {
                "start": float(placed.first / laid.rate),
                "stop": float(placed.stop / laid.rate),
                "scene": placed.scene.kind,
                "from": one.source,
                **({} if one.score is None else {"score": round(one.score, 3)}),
                **({"why": one.why} if one.why else {}),
            }
            for placed, one in zip(laid.beats, chosen, strict=True)
        ],
        "synthetic": _made_here(laid),
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def _made_here(laid: Laid) -> str:
    """Return what of a film was made by a computer."""
    voices = {placed.narration.voice for placed in laid.beats if placed.narration}
    music = laid.storyboard.music
    heard = [
        *(["narration"] if voices - {RECORDED, SILENT} else []),
        *(["music"] if music is not None and music.path is None else []),
    ]
    return f"{', '.join(heard)}{' and ' if heard else ''}drawn pictures were made by a computer"


def licence_of_voice(name: str) -> str:
    """Return under which licence a voice speaks."""
    engine = name.partition(":")[0]
    known = {
        "hibari": "hibari-tts, Apache-2.0",
        "espeak": "espeak-ng, GPL-3.0-or-later program; what it says is free to use",
        "piper": "piper-tts, GPL-3.0 program; voice Joe, CC0",
        "none": "not heard",
        RECORDED: "spoken by somebody; see the files",
    }
    package = {"hibari": "hibari-tts", "espeak": "espeakng-loader", "piper": "piper-tts"}.get(engine)
    try:
        found = f" {metadata.version(package)}" if package else ""
    except metadata.PackageNotFoundError:
        found = ""
    return known.get(engine, "unknown") + (f" (version{found})" if found else "")


def _music_record(laid: Laid) -> dict[str, object] | None:
    music = laid.storyboard.music
    if music is None:
        return None
    if music.path is not None:
        return {"path": _from(laid.folder, laid.folder / music.path)}
    return {"mood": music.mood, "seed": settings_of(laid.storyboard, music).seed, "licence": LICENCE}
