"""A portrait that can be asked for any expression.

    portrait + mesh --> vertices, shapes, head, inside of the mouth     (once)
    expression --> where vertices go --> where pixels come from --> one look-up of the portrait --> mouth --> Planes

Pixels are only ever moved: skin, hair and paint keep their texture. At rest the portrait comes out bit for bit.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import EYES, LOWER_LIP, UPPER_LIP, Points, frame_of, net, with_rings
from frameloom.apps.talk.puppet.expression import Expression
from frameloom.apps.talk.puppet.lips import meet
from frameloom.apps.talk.puppet.mouth import OPEN, Inside, closed, inside_of
from frameloom.apps.talk.puppet.shapes import shapes_of
from frameloom.apps.talk.puppet.warp import Field, face_patch, head_of
from frameloom.media.face_mesh import FaceMesh
from frameloom.media.image import Rgb, from_rgb, sample_at
from frameloom.media.planes import Planes

_SAMPLES_ACROSS = 260
"""Width of the face in samples of its field, about: finer would not be seen."""
_GAZE = (0.13, 0.045)
"""How far an iris goes to the side and down, in units."""


class Puppet:
    """A portrait made ready."""

    def __init__(self, rgb: Rgb, mesh: FaceMesh):
        height, width = rgb.shape[:2]
        self.size = (width, height)
        self.rgb = rgb
        self.base = from_rgb(rgb)
        face = mesh.points[:, :2].astype(np.float64)
        self.frame = frame_of(face)
        gap = (face[14] - face[13]) @ self.frame.down / self.frame.unit
        self.shows_teeth = bool(gap > OPEN)
        if not self.shows_teeth:
            face = meet(rgb, face, self.frame)
        self.vertices = with_rings(face)
        self.shapes = shapes_of(self.vertices, self.frame)
        self.head = head_of(self.vertices, self.frame, self.size)
        self.fine = _finer(rgb)
        self.fine_closed = _finer(closed(rgb, self.vertices, self.frame)) if self.shows_teeth else self.fine
        self.step = max(int(np.ptp(self.vertices[:, 0]) // _SAMPLES_ACROSS), 1)
        self.irises = mesh.irises.astype(np.float64)
        self.inside = self._inside()

    def _inside(self) -> Inside:
        names = self.shapes.names
        shut = self._vertices(Expression(speech=1))
        far = [Expression(speech=1, jaw=1.1, width=1, lower=1), Expression(smile=1, upper=1, width=1), Expression()]
        lips = sorted({point for row in UPPER_LIP + LOWER_LIP for point in row})
        reach = np.concatenate([self._vertices(one)[lips] for one in far])
        assert names
        return inside_of(self.rgb, self.vertices, shut, self.frame, reach, self.shows_teeth)

    def _vertices(self, expression: Expression) -> Points:
        amounts = np.array([getattr(expression, name) for name in self.shapes.names])
        return self.shapes.moved(self.vertices, amounts)

    def picture(self, expression: Expression) -> Planes:
        """Return the portrait with an expression."""
        moved = self._vertices(expression)
        turned = (expression.yaw, expression.pitch, expression.roll, expression.breath)
        patch = face_patch(self.vertices, moved, net().triangles, self.size, self.step)
        if any(turned):
            left, top, right, bottom = 0, 0, *self.size
        else:
            left, top = max(patch.left - 2, 0) & ~1, max(patch.top - 2, 0) & ~1
            right = min(patch.left + (patch.field.shape[1] + 1) * self.step, self.size[0]) + 1 & ~1
            bottom = min(patch.top + (patch.field.shape[0] + 1) * self.step, self.size[1]) + 1 & ~1
            if expression.gaze_x or expression.gaze_y:
                left, top, right, bottom = 0, 0, *self.size
        if right - left < 2 or bottom - top < 2:
            return self.base
        x = np.arange(left, right, dtype=np.float32)
        y = np.arange(top, bottom, dtype=np.float32)
        upright = np.stack(np.meshgrid(x, y), axis=-1)
        if any(turned):
            upright += self.head.back(*turned)[top:bottom, left:right]
        source = self._source(upright, patch, expression)
        shown = sample_at(self.fine_closed if expression.speech else self.fine, source * 2)
        self._fill_mouth(shown, upright, moved, expression)
        return self._with(from_rgb(shown), left, top)

    def _source(self, upright: Field, patch: object, expression: Expression) -> Field:
        """Return which place of the portrait each place of the upright head shows."""
        from frameloom.apps.talk.puppet.warp import Patch

        assert isinstance(patch, Patch)
        height, width = patch.field.shape[:2]
        source = upright.copy()
        # only where the face is
        low_x, low_y = patch.left, patch.top
        inside = (
            (upright[..., 0] >= low_x)
            & (upright[..., 0] <= low_x + width * self.step)
            & (upright[..., 1] >= low_y)
            & (upright[..., 1] <= low_y + height * self.step)
        )
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if rows.size and columns.size:
            part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            source[part] += sample_at(patch.field, np.ascontiguousarray(patch.at(upright[part])))
        if expression.gaze_x or expression.gaze_y:
            self._look(source, expression)
        return source

    def _look(self, source: Field, expression: Expression) -> None:
        """Move the irises: places near one come from beside it."""
        shift = (expression.gaze_x * _GAZE[0] * self.frame.right + expression.gaze_y * _GAZE[1] * self.frame.down) * self.frame.unit
        for x, y, radius in self.irises:
            away = np.hypot(source[..., 0] - x - shift[0] , source[..., 1] - y - shift[1])
            t = np.clip((away / radius - 1.1) / 1.2, 0, 1)
            bump = 1 - t * t * (3 - 2 * t)
            source -= (bump[..., None] * shift).astype(np.float32)

    def _fill_mouth(self, shown: Rgb, upright: Field, moved: Points, expression: Expression) -> None:
        inside = self.inside
        feather = max(0.008 * self.frame.unit, 0.5)
        color, cover = inside.drawn(moved, self.frame, expression.tongue, expression.rounding, feather)
        if not cover.any() or expression.speech + expression.jaw == 0:
            return
        height, width = cover.shape
        places = upright - np.array([inside.left, inside.top], np.float32)
        near = (
            (places[..., 0] > -1) & (places[..., 0] < width) & (places[..., 1] > -1) & (places[..., 1] < height)
        )
        rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        where = np.ascontiguousarray(places[part])
        edge = cover.copy()
        edge[[0, -1]] = 0
        edge[:, [0, -1]] = 0
        share = sample_at(edge, where)[..., None]
        shown[part] = np.rint(shown[part] * (1 - share) + sample_at(color, where) * share).astype(np.uint8)

    def _with(self, part: Planes, left: int, top: int) -> Planes:
        """Return the portrait with a part put in."""
        if part.width == self.size[0] and part.height == self.size[1]:
            return part

        def put(whole: NDArray[np.uint8], piece: NDArray[np.uint8], x: int, y: int) -> NDArray[np.uint8]:
            result = whole.copy()
            result[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
            return result

        return Planes(
            put(self.base.y, part.y, left, top),
            put(self.base.u, part.u, left // 2, top // 2),
            put(self.base.v, part.v, left // 2, top // 2),
        )


def _finer(rgb: Rgb) -> Rgb:
    """Return a picture with a sample between each two, (2 H - 1, 2 W - 1, 3); the old ones stay as they are.

    Between samples stands what a cubic through four of them gives, so that straight lines between the new ones are
    near to a cubic everywhere: moved skin stays sharp.
    """
    for axis in (0, 1):
        ends = [(0, 0)] * 3
        ends[axis] = (1, 2)
        wide = np.pad(rgb, ends, mode="edge").astype(np.int16)
        count = rgb.shape[axis]
        a, b, c, d = (np.take(wide, range(k, k + count), axis=axis) for k in range(4))
        between = np.clip((9 * (b + c) - a - d + 8) >> 4, 0, 255).astype(np.uint8)
        pairs = np.stack([rgb, between], axis=axis + 1)
        shape = list(rgb.shape)
        shape[axis] *= 2
        rgb = np.take(pairs.reshape(shape), range(shape[axis] - 1), axis=axis)
    return np.ascontiguousarray(rgb)


_ = EYES
