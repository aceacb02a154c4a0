"""A portrait that can be asked for any expression.

    portrait + mesh --> vertices, shapes, head, inside of the mouth     (once)
    expression --> where vertices go --> where pixels come from --> one look-up of the portrait --> mouth --> Planes

Pixels are only ever moved: skin, hair and paint keep their texture. At rest the portrait comes out bit for bit.
"""

import math

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import EYES, LOWER_LIP, UPPER_LIP, Points, frame_of, net, with_rings
from frameloom.apps.talk.puppet.expression import REST, Expression
from frameloom.apps.talk.puppet.lips import closed, in_order, meet
from frameloom.apps.talk.puppet.mouth import OPEN, inside_of
from frameloom.apps.talk.puppet.shapes import shapes_of
from frameloom.apps.talk.puppet.slits import Layer, lashes_of
from frameloom.apps.talk.puppet.warp import STILL_PX, Field, Patch, face_patch, head_of
from frameloom.media.face_mesh import FaceMesh
from frameloom.media.image import Rgb, from_rgb, sample_at
from frameloom.media.planes import Planes

_SAMPLES_ACROSS = 260
"""Width of the face in samples of its field, about: finer would not be seen."""
_GAZE = (0.045, 0.02)
"""How far an iris goes to the side and down, in units: 12 degrees of an eyeball."""
_FAR = 0.4
"""More than the head ever moves, in units."""
_WIDEST = (
    Expression(speech=1, jaw=1.1, width=1, lower=1),
    Expression(speech=1, smile=1, upper=1, width=1),
    REST,
)
"""Between them the lips stay."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in px."""


class Puppet:
    """A portrait made ready."""

    def __init__(self, rgb: Rgb, mesh: FaceMesh):
        height, width = rgb.shape[:2]
        self.size = (width, height)
        self.base = from_rgb(rgb)
        face = mesh.points[:, :2].astype(np.float64)
        self.frame = frame_of(face)
        self.shows_teeth = bool((face[14] - face[13]) @ self.frame.down > OPEN * self.frame.unit)
        if not self.shows_teeth:
            face = meet(rgb, face, self.frame)
        self.vertices = with_rings(in_order(face, self.frame))
        self.shapes = shapes_of(self.vertices, self.frame)
        self.head = head_of(self.vertices, self.frame, self.size)
        self.fine = finer(rgb)
        self.closed = finer(closed(rgb, self.vertices, self.frame)) if self.shows_teeth else self.fine
        self.step = max(int(np.ptp(self.vertices[:, 0]) // _SAMPLES_ACROSS), 1)
        self.irises = mesh.irises.astype(np.float64)
        self.lashes = [lashes_of(rgb, self.vertices, self.frame, eye) for eye in EYES]
        self.lips = sorted({point for row in UPPER_LIP + LOWER_LIP for point in row})
        reach = np.concatenate([self.moved(far)[self.lips] for far in _WIDEST])
        shut = self.moved(Expression(speech=1))
        self.inside = inside_of(rgb, self.vertices, shut, self.frame, reach, self.shows_teeth)

    def moved(self, expression: Expression) -> Points:
        """Return where the vertices of the upright head go, (576, 2) in px."""
        amounts = np.array([getattr(expression, name) for name in self.shapes.names])
        return self.shapes.moved(self.vertices, amounts)

    def picture(self, expression: Expression) -> Planes:
        """Return the portrait with an expression."""
        moved = self.moved(expression)
        patch = face_patch(self.vertices, moved, net().triangles, self.size, self.step)
        box = self._box(patch, expression)
        if box[2] - box[0] < 2 or box[3] - box[1] < 2:
            return self.base
        columns = np.arange(box[0], box[2], dtype=np.float32)
        rows = np.arange(box[1], box[3], dtype=np.float32)
        upright = np.stack(np.meshgrid(columns, rows), axis=-1)
        turned = (expression.yaw, expression.pitch, expression.roll, expression.breath)
        if any(turned):
            upright += self.head.back(*turned)
        parts = bool(np.abs(moved[self.lips] - self.vertices[self.lips]).max() > STILL_PX)
        shown = sample_at(self.closed if parts else self.fine, self._source(upright, box, patch, expression))
        layers = [lashes.drawn(moved, self.frame) for lashes in self.lashes]
        if parts:
            layers.append(self.inside.drawn(moved, self.frame, expression.tongue, expression.rounding))
        for layer in layers:
            self._lay(shown, upright, box, layer)
        return self._with(from_rgb(shown), box)

    def _box(self, patch: Patch, expression: Expression) -> Box:
        """Return which part of the picture changes, at even corners."""
        if any((expression.yaw, expression.pitch, expression.roll, expression.breath)):
            return 0, 0, *self.size
        boxes = [patch.box] if patch.box[2] > patch.box[0] else []
        if expression.gaze_x or expression.gaze_y:
            boxes += [self._about(iris) for iris in self.irises]
        if not boxes:
            return 0, 0, 0, 0
        left, top = (min(box[side] for box in boxes) & ~1 for side in (0, 1))
        right, bottom = (max(box[side] for box in boxes) + 1 & ~1 for side in (2, 3))
        return max(left, 0), max(top, 0), min(right, self.size[0]), min(bottom, self.size[1])

    def _about(self, iris: NDArray[np.float64]) -> Box:
        x, y, radius = iris
        reach = 2.4 * radius + _GAZE[0] * self.frame.unit
        return math.floor(x - reach), math.floor(y - reach), math.ceil(x + reach) + 1, math.ceil(y + reach) + 1

    def _part(self, inner: Box, outer: Box, far: float) -> tuple[slice, slice] | None:
        """Return rows and columns of an outer box that may show an inner box of the upright head."""
        left, top = (max(math.floor(inner[side] - far) - outer[side], 0) for side in (0, 1))
        right, bottom = (min(math.ceil(inner[side] + far), outer[side]) - outer[side - 2] for side in (2, 3))
        return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None

    def _source(self, upright: Field, box: Box, patch: Patch, expression: Expression) -> Field:
        """Return where in the finer portrait lies what each place of the upright head shows."""
        source = upright.copy()
        far = _FAR * self.frame.unit
        if part := self._part(patch.box, box, far):
            source[part] += sample_at(patch.field, np.ascontiguousarray(patch.at(upright[part])))
        if expression.gaze_x or expression.gaze_y:
            across, down = (
                share * way for share, way in zip((expression.gaze_x, expression.gaze_y), _GAZE, strict=True)
            )
            shift = (across * self.frame.right + down * self.frame.down) * self.frame.unit
            for iris in self.irises:
                if part := self._part(self._about(iris), box, far):
                    away = np.hypot(
                        source[part][..., 0] - iris[0] - shift[0], source[part][..., 1] - iris[1] - shift[1]
                    )
                    t = np.clip((away / iris[2] - 1.1) / 1.2, 0, 1)
                    source[part] -= ((1 - t * t * (3 - 2 * t))[..., None] * shift).astype(np.float32)
        return source * np.float32(2)

    def _lay(self, shown: Rgb, upright: Field, box: Box, layer: Layer | None) -> None:
        """Draw a layer onto the picture, where its head has turned to."""
        if layer is None:
            return
        height, width = layer.cover.shape
        inner = (layer.left, layer.top, layer.left + width, layer.top + height)
        part = self._part(inner, box, _FAR * self.frame.unit)
        if part is None:
            return
        where = np.ascontiguousarray(upright[part] - np.array([layer.left, layer.top], np.float32))
        cover = layer.cover.astype(np.float32)
        cover[[0, -1]] = 0  # beyond its border there is nothing of it
        cover[:, [0, -1]] = 0
        share = sample_at(cover, where)[..., None]
        color = sample_at(np.ascontiguousarray(layer.color), where)
        shown[part] = np.rint(shown[part] * (1 - share) + color * share).astype(np.uint8)

    def _with(self, part: Planes, box: Box) -> Planes:
        """Return the portrait with a part put in."""
        if (part.width, part.height) == self.size:
            return part
        left, top = box[:2]
        y, u, v = self.base.y.copy(), self.base.u.copy(), self.base.v.copy()
        y[top : box[3], left : box[2]] = part.y
        for plane, piece in ((u, part.u), (v, part.v)):
            plane[top // 2 : box[3] // 2, left // 2 : box[2] // 2] = piece
        return Planes(y, u, v)


def finer(rgb: Rgb) -> Rgb:
    """Return a picture with a sample between each two, (2 H - 1, 2 W - 1, 3); the old ones stay as they are.

    Between samples stands what a cubic through four of them gives, so that straight lines between the new ones are
    near to a cubic everywhere: moved skin stays sharp.
    """
    for axis in (0, 1):
        ends = [(0, 0)] * 3
        ends[axis] = (1, 2)
        wide = np.moveaxis(np.pad(rgb, ends, mode="edge").astype(np.int16), axis, 0)
        count = rgb.shape[axis]
        between = (9 * (wide[1 : count + 1] + wide[2 : count + 2]) - wide[:count] - wide[3 : count + 3] + 8) >> 4
        made = np.empty((2 * count - 1, *wide.shape[1:]), np.uint8)
        made[::2] = np.moveaxis(rgb, axis, 0)
        made[1::2] = np.clip(between[:-1], 0, 255)
        rgb = np.moveaxis(made, 0, axis)
    return np.ascontiguousarray(rgb)
