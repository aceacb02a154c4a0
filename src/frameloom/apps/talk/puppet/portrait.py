"""The portrait as the video shows it: its face found, cut to head and shoulders, scaled."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import EYES, LOWER_LIP, OVAL, UPPER_LIP
from frameloom.apps.talk.puppet.config import PuppetConfig
from frameloom.apps.talk.puppet.landmarks import Found, find_landmarks
from frameloom.core.files import spare, whole_file
from frameloom.media.face_mesh import FaceMesh
from frameloom.media.files.pictures import write_still
from frameloom.media.files.source import read_still
from frameloom.media.image import Rgb, resize, without_alpha
from frameloom.media.text import TextStyle, draw_text

_SMALL = 0.25
"""A face that takes less than this share of the picture's height is cut out, with `view = "auto"`."""
_HEADS = (3.0, 0.44)
"""How many faces high the cut is, and where the middle of the face lies in it."""
_MOST_ENLARGED = 3.0
_GROUND = np.float32(208)


@dataclass(frozen=True, eq=False)
class Portrait:
    """A picture ready to be moved."""

    rgb: Rgb
    """(H, W, 3); both sides even."""
    mesh: FaceMesh
    notes: tuple[str, ...]


def read_portrait(config: PuppetConfig) -> Portrait:
    """Return the portrait of a puppet as its video shows it.

    Raises:
        ConfigError: landmarks by hand do not fit.
        MediaError: not a picture, or no face in it that can be moved.
    """
    rgb = _seen(config.portrait)
    found = find_landmarks(rgb, str(config.portrait), config.face, config.landmarks)
    left, top, right, bottom = _cut(rgb, found.mesh) if config.view == "auto" else (0, 0, *rgb.shape[1::-1])
    width, height = right - left, bottom - top
    scale = min(config.side / max(width, height), _MOST_ENLARGED if config.view == "auto" else 1.0)
    across, down = (max(round(side * scale / 2), 1) * 2 for side in (width, height))
    shown = cast(Rgb, resize(np.ascontiguousarray(rgb[top:bottom, left:right]), across, down))
    scales = np.array([across / width, down / height], np.float32)
    points = found.mesh.points.copy()
    points[:, :2] = (points[:, :2] - (left, top) + 0.5) * scales - 0.5
    points[:, 2] *= scales.mean()
    irises = found.mesh.irises.copy()
    irises[:, :2] = (irises[:, :2] - (left, top) + 0.5) * scales - 0.5
    irises[:, 2] *= scales.mean()
    return Portrait(shown, replace(found.mesh, points=points, irises=irises), found.notes)


def _seen(path: Path) -> Rgb:
    """Return a picture upright; where it is transparent, before a light grey ground."""
    rgba = read_still(path)
    if (rgba[..., 3] == 255).all():
        return without_alpha(rgba)
    cover = rgba[..., 3:].astype(np.float32) / 255
    return np.rint(rgba[..., :3] * cover + _GROUND * (1 - cover)).astype(np.uint8)


def _cut(rgb: Rgb, mesh: FaceMesh) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of head and shoulders, or of the whole if they fill it."""
    height, width = rgb.shape[:2]
    oval = mesh.points[list(OVAL), :2]
    low, high = oval.min(axis=0), oval.max(axis=0)
    tall = float(high[1] - low[1])
    if tall >= _SMALL * height:
        return 0, 0, width, height
    side = min(round(_HEADS[0] * tall), height, width) // 2 * 2
    middle = (low + high) / 2
    left = min(max(round(float(middle[0]) - side / 2), 0), width - side)
    top = min(max(round(float(middle[1]) - side * _HEADS[1]), 0), height - side)
    return left, top, left + side, top + side


def show_landmarks(config: PuppetConfig, out: Path) -> tuple[str, ...]:
    """Write the portrait as PNG with its faces numbered and the landmarks of the chosen one; return notes.

    Raises:
        ConfigError: landmarks by hand do not fit.
        MediaError: not a picture, or no face in it that can be moved.
        OutputError: the place cannot be written.
    """
    spare(out, [path for path in (config.portrait, config.audio, config.landmarks) if path])
    rgb = _seen(config.portrait)
    found = find_landmarks(rgb, str(config.portrait), config.face, config.landmarks)
    scale = max(1, round(1000 / max(rgb.shape[:2])))
    large = cast(Rgb, resize(rgb, rgb.shape[1] * scale, rgb.shape[0] * scale)).copy()
    _dot(large, found, scale)
    for number, face in enumerate(found.faces, 1):
        style = TextStyle(size=0.05, weight=700, color="yellow", outline=0.1)
        _paste(large, draw_text(str(number), style, min(large.shape[:2])), face.left * scale, face.top * scale)
    with whole_file(out) as part:
        write_still(part, large)
    return found.notes


def _dot(picture: Rgb, found: Found, scale: int) -> None:
    points = (found.mesh.points[:, :2] + 0.5) * scale - 0.5
    eyes = [number for eye in EYES for number in eye.upper + eye.lower]
    lips = [number for row in (UPPER_LIP[0], LOWER_LIP[0]) for number in row]
    meeting = [number for row in (UPPER_LIP[3], LOWER_LIP[3]) for number in row]
    for numbers, color in (
        (range(len(points)), (0, 255, 0)),
        (OVAL, (255, 255, 255)),
        (eyes, (255, 0, 255)),
        (lips, (255, 255, 0)),
        (meeting, (255, 60, 60)),
    ):
        for x, y in np.rint(points[list(numbers)]).astype(int):
            picture[max(y - 1, 0) : max(y + 2, 0), max(x - 1, 0) : max(x + 2, 0)] = color


def _paste(picture: Rgb, text: NDArray[np.uint8], left: float, top: float) -> None:
    x, y = max(round(left), 0), max(round(top), 0)
    under = picture[y : y + text.shape[0], x : x + text.shape[1]]
    over = text[: under.shape[0], : under.shape[1]]
    share = over[..., 3:].astype(np.float32) / 255
    under[:] = np.rint(under * (1 - share) + over[..., :3] * share).astype(np.uint8)
