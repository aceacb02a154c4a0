"""Which points of a face mesh are what, and the net of triangles between them.

    468 points of the face (MediaPipe's numbers) + 3 rings of 36 about it = 576 vertices, 1114 triangles

The rings carry what moves with the face without being of it: neck, ears, hair. The outermost one never moves.
Source of the triangles: Delaunay's triangulation of the points that the network finds on the portrait of Eileen Collins
(NASA, public domain), made symmetric; between the lips row by row, so that upper and lower lip never share one. See
tools/make_face_net.py.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.media.face_mesh import LEFT_EYE, RIGHT_EYE

Points = NDArray[np.float64]
"""(N, 2): x and y in px."""

UPPER_LIP = (
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
)
"""Rows of 11 from the outer edge to the inner one, each from the left of the picture to the right."""
LOWER_LIP = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The edge of the face, from the top of the forehead round by the right of the picture."""
LEAST_FACE_PX = 40
"""Width of the smallest face that can be moved: its mouth is 15 px wide."""
RINGS = (1.18, 1.42, 1.75)
"""Sizes of the rings as multiples of the oval."""

JAW_LINE = {
    point: share
    for share, points in (
        (0.92, (152, 148, 377)),
        (0.9, (176, 400)),
        (0.85, (149, 378)),
        (0.76, (150, 379)),
        (0.63, (136, 365)),
        (0.46, (172, 397)),
        (0.28, (58, 288)),
        (0.12, (132, 361)),
        (0.03, (93, 323)),
    )
    for point in points
}
"""How much of the jaw's drop the lower edge of the face goes along with."""
CHIN = (152, 148, 377, 175, 171, 396, 199, 208, 428)
NOSE_BASE = 2
NOSE_TIP = 1
CHEEKS = (50, 280)
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
"""The one on the left of the picture, then the other."""


@dataclass(frozen=True)
class Eye:
    """Rows of an eye's lids, each of 9 or 7 points from the outer corner to the inner one."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    crease: tuple[int, ...]
    """Above the upper lid; without corners."""
    orbit: tuple[int, ...]
    """Above the crease; without corners."""
    pouch: tuple[int, ...]
    """Below the lower lid; without corners."""


EYES = (
    Eye(
        (33, 246, 161, 160, 159, 158, 157, 173, 133),
        RIGHT_EYE[:9],
        (247, 30, 29, 27, 28, 56, 190),
        (113, 225, 224, 223, 222, 221, 189),
        (25, 110, 24, 23, 22, 26, 112),
    ),
    Eye(
        (263, 466, 388, 387, 386, 385, 384, 398, 362),
        LEFT_EYE[:9],
        (467, 260, 259, 257, 258, 286, 414),
        (342, 445, 444, 443, 442, 441, 413),
        (255, 339, 254, 253, 252, 256, 341),
    ),
)
"""The one on the left of the picture, then the other."""


@dataclass(frozen=True, eq=False)
class Net:
    """Triangles, and the face they were made on."""

    triangles: NDArray[np.int64]
    """(T, 3): numbers of vertices."""
    edges: NDArray[np.int64]
    """(E, 2): neighbours on the skin; none across mouth or eyes."""
    face: Points
    """(468, 2): an upright face, symmetric; its eyes' outer corners are 1 apart."""


@cache
def net() -> Net:
    """Return the net of all faces."""
    with np.load(Path(__file__).parent / "face.npz") as file:
        holes = file["hole"]
        order = np.argsort(~holes, kind="stable")  # skin is drawn over what lies between lips and lids
        triangles, holes = file["triangles"].astype(np.int64)[order], holes[order]
        skin = triangles[~holes]
        pairs = np.sort(np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]]), axis=1)
        return Net(triangles, np.unique(pairs, axis=0), file["points"].astype(np.float64))


def with_rings(face: Points) -> Points:
    """Return the vertices of a face, (468, 2), and of the rings about it, (576, 2)."""
    oval = face[list(OVAL)]
    middle = oval.mean(axis=0)
    return np.concatenate([face, *(middle + (oval - middle) * size for size in RINGS)])


@dataclass(frozen=True, eq=False)
class Frame:
    """How a face lies in the picture."""

    right: Points
    """(2,): along the eyes, of length 1."""
    down: Points
    """(2,): across it."""
    unit: float
    """About the distance between the pupils, 63 mm on an adult, in px."""
    mouth: Points
    """(2,): the middle of the mouth."""

    def local(self, places: Points) -> Points:
        """Return places, (..., 2), as seen from the mouth, in units."""
        away = places - self.mouth
        return np.stack([away @ self.right, away @ self.down], axis=-1) / self.unit


def frame_of(face: Points) -> Frame:
    """Return how a face, (468, 2), lies in the picture."""
    eyes = [face[list(eye.upper + eye.lower)].mean(axis=0) for eye in EYES]
    across = eyes[1] - eyes[0]
    right = across / np.linalg.norm(across)
    down = np.array([-right[1], right[0]])
    mouth = face[[78, 308, 13, 14]].mean(axis=0)
    tall = (mouth - (eyes[0] + eyes[1]) / 2) @ down
    return Frame(right, down, float(np.linalg.norm(across) + tall) / 2, mouth)
