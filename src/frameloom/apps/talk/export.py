"""Mouth movements for other programs: engines, animation tools, editors.

    VisemeTrack --viseme_curves--> (T, 15) --few keys--> openfacefx.FaceTrack --its exporters--> .json .tsv .anim ...

Source: openfacefx (MIT), which knows the formats. Its own coarticulation starts from phonemes with one strength for all
consonants; ours starts from visemes, pulls harder where lips must meet, and is what our characters show.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.speak.tracks import write_track
from frameloom.apps.talk.curves import TARGETS, viseme_curves
from frameloom.core.errors import MissingDependencyError, OutputError
from frameloom.core.files import whole_file
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

_NEAR = 0.002
"""How far lines may be from curves, across: where a mouth opens within 0.1 s, that is 0.03 of its way."""
_OPENING = "ParamMouthOpenY"
"""Live2D's parameter for how far a mouth is open; its library would open it for each sound alike, even for PP."""


@dataclass(frozen=True)
class ExportFormat:
    """A kind of file, and who reads it."""

    suffix: str
    readers: str
    write: Callable[[Any, str, str], object]
    """From openfacefx's track, a path, and the name of the sound."""


def _rhubarb_json(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_cues import write_rhubarb_json

    write_rhubarb_json(track, path, sound_file=sound)


def _rhubarb_xml(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_cues import write_rhubarb_xml

    write_rhubarb_xml(track, path, sound_file=sound)


def _rhubarb_tsv(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_cues import write_rhubarb_tsv

    write_rhubarb_tsv(track, path)


def _moho(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_cues import write_moho_dat

    write_moho_dat(track, path)


def _papagayo(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_cues import write_pgo

    write_pgo(track, path, sound_path=sound)


def _keys(track: Any, path: str, sound: str) -> None:
    from openfacefx.io_export import write_json

    write_json(track, path)


def _csv(track: Any, path: str, sound: str) -> None:
    from openfacefx.io_export import write_csv

    write_csv(track, path)


def _arkit(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_livelink import write_livelink_csv
    from openfacefx.retarget import PRESETS, retarget

    write_livelink_csv(retarget(track, PRESETS["arkit"]), path)


def _live2d(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_live2d import write_live2d_motion
    from openfacefx.retarget import retarget

    opening = retarget(track, {name: [(_OPENING, mouth.open)] for name, mouth in TARGETS.items()})
    write_live2d_motion(opening, path, params={_OPENING: _OPENING}, fps=float(RATE))


def _vrm(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_vrma import write_vrma

    write_vrma(track, path)


def _unity(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_unity import write_unity_anim

    write_unity_anim(track, path, clip_name=re.sub(r"[^\w.-]+", "_", Path(sound).stem) or "speech")


def _godot(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_godot import write_godot_anim

    write_godot_anim(track, path)


def _spine(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_spine import write_spine

    write_spine(track, path)


def _gltf(track: Any, path: str, sound: str) -> None:
    from openfacefx.export_gltf import write_gltf

    write_gltf(track, path)


EXPORT_FORMATS = (
    ExportFormat(".track.json", "openfacefx: keys of all fifteen visemes", _keys),
    ExportFormat(".motion3.json", "Live2D Cubism", _live2d),
    ExportFormat(".spine.json", "Spine", _spine),
    ExportFormat(".arkit.csv", "ARKit blend shapes, as Live Link Face writes them", _arkit),
    ExportFormat(".rhubarb.json", "Rhubarb Lip Sync: mouth shapes A to H and X", _rhubarb_json),
    ExportFormat(".xml", "Rhubarb Lip Sync", _rhubarb_xml),
    ExportFormat(".tsv", "Rhubarb Lip Sync", _rhubarb_tsv),
    ExportFormat(".csv", "spreadsheets: time, viseme, value", _csv),
    ExportFormat(".anim", "Unity", _unity),
    ExportFormat(".tres", "Godot 4", _godot),
    ExportFormat(".vrma", "VRM", _vrm),
    ExportFormat(".gltf", "glTF morph targets", _gltf),
    ExportFormat(".dat", "Moho, OpenToonz", _moho),
    ExportFormat(".pgo", "Papagayo-NG", _papagayo),
)


def write_visemes(track: VisemeTrack, out: Path, sound: str = "speech.wav", **told: str) -> Path:
    """Write a track as the suffix asks: .json is our own form, all else that of other programs.

    Args:
        track: what a mouth does.
        out: the file.
        sound: name of the sound, for formats that keep it.
        told: what our own form keeps beside it.

    Raises:
        OutputError: the suffix names none of them, or the place cannot be written.
        MissingDependencyError: openfacefx is not installed, which writes those of others.
    """
    chosen = check_format(out)
    if chosen is None:
        write_track(track, out, heard=sound, **told)
        return out
    face = face_track(track)
    name = "".join(sign if sign.isprintable() else "_" for sign in sound)
    with whole_file(out) as part:
        chosen.write(face, os.fspath(part), name)
    return out


def format_of(out: Path) -> ExportFormat | None:
    """Return the format of another program that a suffix names."""
    return next((one for one in EXPORT_FORMATS if out.name.lower().endswith(one.suffix)), None)


def check_format(out: Path) -> ExportFormat | None:
    """Return the format that a suffix asks for, which can be written here; None is our own.

    Raises:
        OutputError: the suffix is not known.
        MissingDependencyError: openfacefx is not installed, which writes those of others.
    """
    chosen = format_of(out)
    if chosen is not None:
        _curves_module()
    elif out.suffix.lower() != ".json":
        known = ", ".join([".json", *(one.suffix for one in EXPORT_FORMATS)])
        raise OutputError(f"{out}: no format for mouth movements ends so; known: {known}")
    return chosen


def face_track(track: VisemeTrack) -> Any:
    """Return a track as openfacefx knows it: few keys, straight lines between them, from 0 to its end for each viseme.

    Raises:
        MissingDependencyError: openfacefx is not installed.
    """
    openfacefx = _curves_module()
    curves = viseme_curves(track)
    if not len(curves):
        curves = np.eye(1, len(VISEMES))
    times: NDArray[np.float64] = np.arange(len(curves) + 1) / RATE
    face = openfacefx.reduce_to_track(times, np.concatenate([curves, curves[-1:]]), float(RATE), _NEAR)
    moved = {channel.name: channel for channel in face.channels}
    still = [openfacefx.Keyframe(0.0, 0.0), openfacefx.Keyframe(float(times[-1]), 0.0)]
    face.channels = [moved.get(name) or openfacefx.Channel(name, still) for name in VISEMES]
    return face


def _curves_module() -> Any:
    """Return the module that makes few keys of curves.

    Raises:
        MissingDependencyError: openfacefx is not installed.
    """
    try:
        from openfacefx import curves
    except ImportError as error:
        raise MissingDependencyError(
            'writing mouth movements needs openfacefx: pip install "frameloom[talk]"'
        ) from error
    return curves
