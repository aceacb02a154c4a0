"""Make the net of triangles that photo puppets use, of the face mesh of one portrait.

    python tools/make_face_net.py [PORTRAIT] [OUT]

The points that the network finds are made symmetric, three rings are put about them, and all are joined by Delaunay's
triangulation; lips are joined row by row, so that no triangle lies on both.
"""

import sys
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import EYES, LOWER_LIP, OVAL, UPPER_LIP, with_rings
from frameloom.apps.talk.puppet.landmarks import find_landmarks
from frameloom.media.files.source import read_still

CHECKOUT = Path(__file__).parents[1]
PORTRAIT = CHECKOUT / "tests/media/pictures/astronaut.jpg"
OUT = CHECKOUT / "src/frameloom/apps/talk/puppet/face.npz"

Points = NDArray[np.float64]


def main() -> None:
    """Write the net."""
    portrait, out = (Path(word) for word in (sys.argv[1:] + [str(PORTRAIT), str(OUT)][len(sys.argv) - 1 :]))
    rgb = np.ascontiguousarray(read_still(portrait)[..., :3])
    face = upright(find_landmarks(rgb, str(portrait)).mesh.points[:, :2].astype(np.float64))
    twins = twins_of(face)
    face = (face + face[twins] * (-1, 1)) / 2
    triangles, hole = triangles_of(with_rings(face))
    np.savez_compressed(out, triangles=triangles.astype(np.int16), hole=hole, points=face.astype(np.float32))
    print(f"{out}: {len(triangles)} triangles, {hole.sum()} of them between lips or lids")


def upright(points: Points) -> Points:
    """Return points seen from the middle of the face, along its eyes; outer corners of the eyes are 1 apart."""
    across = points[263] - points[33]
    unit = float(np.linalg.norm(across))
    right = across / unit
    away = points - (points[10] + points[152]) / 2
    return np.stack([away @ right, away @ (-right[1], right[0])], axis=1) / unit


def twins_of(face: Points) -> NDArray[np.int64]:
    """Return the number of each point's mirror image."""
    known = [(OVAL[i], OVAL[-i % len(OVAL)]) for i in range(len(OVAL))]
    known += [pair for row in UPPER_LIP + LOWER_LIP for pair in zip(row, row[::-1], strict=True)]
    for rows in zip(*((eye.upper, eye.lower, eye.crease, eye.orbit, eye.pouch) for eye in EYES), strict=True):
        known += list(zip(*rows, strict=True))
    known += [(b, a) for a, b in known]

    def terms(points: Points) -> Points:
        x, y = points.T
        return np.stack([x, y, np.ones(len(x)), x * x, y * y, x * y], axis=1)

    flipped = face * (-1, 1)
    here, there = np.array(known).T
    bend, *_ = np.linalg.lstsq(terms(flipped[here]), face[there], rcond=None)
    apart = np.linalg.norm((terms(flipped) @ bend)[:, None] - face[None], axis=2)
    twins = np.full(len(face), -1)
    twins[here] = there
    for a, b in np.dstack(np.unravel_index(np.argsort(apart + apart.T, axis=None), apart.shape))[0]:
        if twins[a] < 0 and twins[b] < 0:
            twins[a], twins[b] = b, a
    return twins


def triangles_of(vertices: Points) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return triangles, (T, 3), and which of them lie between lips or lids."""
    inner = {point for row in UPPER_LIP[1:] + LOWER_LIP[1:] for point in row}
    places = (vertices * 1000).astype(np.float32)
    mesh = cv2.Subdiv2D((-6000, -6000, 12000, 12000))
    number = {}
    for index, (x, y) in enumerate(places):
        if index not in inner:
            mesh.insert((float(x), float(y)))
            number[(x, y)] = index
    corners = [tuple(map(tuple, six.reshape(3, 2))) for six in mesh.getTriangleList()]
    joined = [[number[corner] for corner in three] for three in corners if all(corner in number for corner in three)]
    mouth = places[list(UPPER_LIP[0] + LOWER_LIP[0][-2:0:-1])]
    joined = [three for three in joined if cv2.pointPolygonTest(mouth, places[three].mean(axis=0).tolist(), False) <= 0]
    for rows in (UPPER_LIP, LOWER_LIP):
        for outer, next_ in pairwise(rows):
            joined += _strip(outer, next_)
    skin = list({frozenset(three): three for three in joined}.values())
    lids = [set(eye.upper + eye.lower) for eye in EYES]
    gap = _strip(UPPER_LIP[3], LOWER_LIP[3])
    hole = [any(set(three) <= lid for lid in lids) for three in skin] + [True] * len(gap)
    return np.array(skin + gap), np.array(hole)


def _strip(above: tuple[int, ...], below: tuple[int, ...]) -> list[list[int]]:
    """Return the triangles between two rows."""
    made = []
    for i in range(len(above) - 1):
        made += [[above[i], above[i + 1], below[i]], [above[i + 1], below[i + 1], below[i]]]
    return [three for three in made if len(set(three)) == 3]


if __name__ == "__main__":
    main()
