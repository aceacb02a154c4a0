"""What moves between two pictures: corners, points followed, a pattern found, dense flow; all of luma, uint8."""

from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.image.warping import NONE, Matrix

Points = NDArray[np.float32]
"""(N, 2): x and y in px."""


def corners(luma: NDArray[np.uint8], most: int, apart: float, where: NDArray[np.uint8] | None = None) -> Points:
    """Return up to so many corners, (N, 2), at least so many px apart, where the mask, (H, W), is not 0."""
    found = cv2.goodFeaturesToTrack(luma, most, 0.01, apart, mask=where)
    return np.zeros((0, 2), np.float32) if found is None else cast(Points, found.reshape(-1, 2))


def follow(before: NDArray[np.uint8], after: NDArray[np.uint8], points: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Return where points, (N, 2), have gone, and which came back within half a px when followed backwards."""
    if not len(points):
        return points, np.zeros(0, bool)
    there, seen = _follow(before, after, points)
    back, seen_back = _follow(after, before, there)
    return there, seen & seen_back & (np.linalg.norm(back - points, axis=1) < 0.5)


def _follow(before: NDArray[np.uint8], after: NDArray[np.uint8], points: Points) -> tuple[Points, NDArray[np.bool_]]:
    start = np.ascontiguousarray(points.reshape(-1, 1, 2))
    there, seen, _ = cv2.calcOpticalFlowPyrLK(before, after, start, NONE, winSize=(15, 15), maxLevel=3)
    return cast(Points, there.reshape(-1, 2)), cast(NDArray[np.bool_], seen.ravel() == 1)


def similarity(before: Points, after: Points, tolerance: float = 1.0) -> tuple[Matrix, float] | None:
    """Return the move, turn and scale, (2, 3), that takes most points along, and their share; None if none does."""
    if len(before) < 4:
        return None
    cv2.setRNGSeed(0)
    matrix, inliers = cv2.estimateAffinePartial2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=tolerance)
    return None if matrix is None else (cast(Matrix, matrix), float(inliers.mean()))


def best_match(luma: NDArray[np.uint8], pattern: NDArray[np.uint8]) -> tuple[int, int, float]:
    """Return left and top of where a pattern fits best, and its correlation there, in [-1, 1]."""
    _, best, _, place = cv2.minMaxLoc(cv2.matchTemplate(luma, pattern, cv2.TM_CCOEFF_NORMED))
    return int(place[0]), int(place[1]), float(best)


Effort = Literal["ultrafast", "fast", "medium"]
"""How finely flow is looked for: down to a quarter of the size, the same with more care, or down to half of it."""

_EFFORTS: dict[Effort, int] = {
    "ultrafast": cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST,
    "fast": cv2.DISOPTICAL_FLOW_PRESET_FAST,
    "medium": cv2.DISOPTICAL_FLOW_PRESET_MEDIUM,
}


def flow(before: NDArray[np.uint8], after: NDArray[np.uint8], effort: Effort = "medium") -> NDArray[np.float32]:
    """Return how far each pixel of the first goes to reach the second, (H, W, 2) of x and y in px.

    Source: Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016.
    """
    search = cv2.DISOpticalFlow.create(_EFFORTS[effort])
    pictures = np.ascontiguousarray(before), np.ascontiguousarray(after)  # views with gaps are refused
    return cast(NDArray[np.float32], search.calc(*pictures, NONE))
