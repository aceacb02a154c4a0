"""Where the parts of a face are: 468 points of its surface, its eyelids and its irises, by MediaPipe's networks.

    picture, box, eyes --turned square--> face network --> 468 points (x, y, depth)
                       --square per eye-> iris network --> lids (refined), iris (middle, radius)

The numbers of the points are MediaPipe's. Each network looks several times at slightly other squares, and the mean of
what it sees counts: the points of one look are a few percent of a mouth off, which would show as a crooked lip.

Source: Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", arXiv:1907.06724;
Ablavatski et al., "Real-time Pupil Tracking from Monocular Video for Digital Puppetry", arXiv:2006.11341. Weights:
Google, Apache-2.0; see nets/README.md.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.image import Rgb

Points = NDArray[np.float32]

NETS = Path(__file__).parent / "nets"
POINTS = 468
_FACE_PX, _EYE_PX = 192, 64
_MARGIN, _EYE_MARGIN = 1.5, 2.3
"""Sides of the squares as multiples of the face and of the distance between an eye's corners."""
_LOOKS = ((1.0, 0.0, 0.0), (0.92, 0.02, 0.0), (1.08, -0.02, 0.0), (1.0, 0.0, 0.025), (1.0, 0.0, -0.025))
"""Scale, turn (as a share of a radian) and shift of each look."""

_LIDS_OF_NETWORK = 16
RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173)
"""Lid points of the eye that is on the left of the picture, as the iris network orders them."""
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398)


@dataclass(frozen=True, eq=False)
class FaceMesh:
    """A face in a picture."""

    points: Points
    """(468, 3): x and y in px, depth in px too: the smaller, the nearer."""
    irises: Points
    """(2, 3): x, y and radius in px of the iris on the left of the picture and of the other."""
    presence: float
    """How surely there is a face, from 0 to 1."""


def face_mesh(rgb: Rgb, box: tuple[float, float, float, float], eyes: Points) -> FaceMesh:
    """Return the mesh of the face in a picture, (H, W, 3).

    Args:
        rgb: the picture.
        box: left, top, width and height of the face in px.
        eyes: (2, 2): the middles of the eyes, the one on the left of the picture first.

    Raises:
        MediaError: a net is not in the package.
    """
    across = eyes[1] - eyes[0]
    turn = math.atan2(across[1], across[0])
    middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    side = max(box[2], box[3]) * _MARGIN
    points, _ = _looked_at(rgb, middle, side, turn, _LOOKS[:1])
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    across = points[263, :2] - points[33, :2]
    turn = math.atan2(across[1], across[0])
    points, presence = _looked_at(rgb, (low + high) / 2, float((high - low).max()) * _MARGIN, turn, _LOOKS)
    irises = np.zeros((2, 3), np.float32)
    for side_number, lids in enumerate((RIGHT_EYE, LEFT_EYE)):
        found, irises[side_number] = _eye(rgb, points, lids, turn, mirrored=side_number == 1)
        points[list(lids), :2] = _stretched(found, points[lids[0], :2])
    return FaceMesh(points, irises, presence)


def _looked_at(
    rgb: Rgb, middle: NDArray[Any], side: float, turn: float, looks: tuple[tuple[float, float, float], ...]
) -> tuple[Points, float]:
    """Return the mean of what the face network sees in several squares, and how surely it sees a face."""
    seen, flags = [], []
    for scale, more_turn, shift in looks:
        matrix = _square(middle + shift * side, side * scale, turn + more_turn, _FACE_PX)
        found, flag = _run("face_landmark", _cut(rgb, matrix, _FACE_PX), ("conv2d_20", "conv2d_30"))
        points = found.reshape(POINTS, 3)
        depth = points[:, 2:] * side * scale / _FACE_PX
        seen.append(np.concatenate([_mapped(points[:, :2], matrix), depth], axis=1))
        flags.append(1 / (1 + math.exp(-float(flag.ravel()[0]))))
    return np.mean(seen, axis=0).astype(np.float32), float(np.mean(flags))


def _eye(
    rgb: Rgb, points: Points, lids: tuple[int, ...], turn: float, *, mirrored: bool
) -> tuple[Points, NDArray[np.float32]]:
    """Return the lids of an eye, (16, 2), and its iris: x, y and radius."""
    ends = points[[lids[0], lids[8]], :2]
    side = float(np.linalg.norm(ends[0] - ends[1])) * _EYE_MARGIN
    seen = []
    for scale, more_turn, shift in _LOOKS:
        matrix = _square(ends.mean(axis=0) + shift * side, side * scale, turn + more_turn, _EYE_PX)
        square = _cut(rgb, matrix, _EYE_PX)
        if mirrored:  # the network knows one eye only
            square = np.ascontiguousarray(square[:, ::-1])
        names = ("output_eyes_contours_and_brows", "output_iris")
        contour, iris = _run("iris_landmark", square, names)
        places = np.concatenate([contour.reshape(-1, 3)[:_LIDS_OF_NETWORK, :2], iris.reshape(-1, 3)[:, :2]])
        if mirrored:
            places[:, 0] = _EYE_PX - 1 - places[:, 0]
        seen.append(_mapped(places, matrix))
    mean = np.mean(seen, axis=0).astype(np.float32)
    middle, rim = mean[_LIDS_OF_NETWORK], mean[_LIDS_OF_NETWORK + 1 :]
    radius = np.linalg.norm(rim - middle, axis=1).mean()
    return mean[:_LIDS_OF_NETWORK], np.array([*middle, radius], np.float32)


def _stretched(lids: Points, outer: Points) -> Points:
    """Return lids, (16, 2), drawn out to their outer corner, which the iris network sets too far in."""
    along = lids[0] - lids[8]
    share = (lids - lids[8]) @ along / max(float(along @ along), 1e-6)
    further = max(float((outer - lids[0]) @ along) / max(float(along @ along), 1e-6), 0.0)
    drawn: Points = (lids + share[:, None] * further * along).astype(np.float32)
    return drawn


def _square(middle: NDArray[Any], side: float, turn: float, px: int) -> NDArray[np.float64]:
    """Return the (2, 3) matrix from a square of so many px to where it lies in the picture."""
    scale = side / px
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    matrix = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0]])
    matrix[:, 2] = middle - matrix[:, :2] @ [(px - 1) / 2, (px - 1) / 2]
    return matrix


def _mapped(places: NDArray[Any], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    mapped: NDArray[np.float64] = places @ matrix[:, :2].T + matrix[:, 2]
    return mapped


def _cut(rgb: Rgb, matrix: NDArray[np.float64], px: int) -> NDArray[np.float32]:
    """Return what a square shows, (px, px, 3) in [0, 1]; a large picture is made smaller first, lest it flickers."""
    step = math.hypot(matrix[0, 0], matrix[0, 1])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if step > 1.5:
        corners = _mapped(np.array([[0, 0], [px, 0], [0, px], [px, px]]), matrix)
        size, reach = np.array(rgb.shape[1::-1]), 2 * step + 2  # five deviations of the blur
        left, top = np.clip(np.floor(corners.min(axis=0) - reach).astype(int), 0, size - 1)
        right, bottom = np.clip(np.ceil(corners.max(axis=0) + reach).astype(int), (left + 1, top + 1), size)
        rgb = cast(Rgb, cv2.GaussianBlur(rgb[top:bottom, left:right], (0, 0), step / 2.5))
        matrix = matrix - [[0, 0, left], [0, 0, top]]
    square = cv2.warpAffine(rgb, matrix, (px, px), flags=flags, borderMode=cv2.BORDER_CONSTANT)
    return cast(NDArray[np.float32], square.astype(np.float32) / 255)


def _run(name: str, square: NDArray[np.float32], outputs: tuple[str, ...]) -> list[NDArray[np.float32]]:
    network, lock = _network(name)
    with lock:
        network.setInput(np.ascontiguousarray(square.transpose(2, 0, 1)[None]))
        return [np.array(found) for found in network.forward(list(outputs))]


@cache
def _network(name: str) -> tuple[Any, Lock]:
    """Return a net and who may use it: one thread at a time."""
    path = NETS / f"{name}.tflite"
    if not path.is_file():
        raise MediaError(f"{path}: the net that reads faces is missing; install frameloom again")
    engine = getattr(cv2.dnn, "ENGINE_CLASSIC", None)  # OpenCV 5 has several; the new one gives one output only
    net = cv2.dnn.readNetFromTFLite(str(path)) if engine is None else cv2.dnn.readNetFromTFLite(str(path), engine)
    return net, Lock()
