"""Transitions of light and damage: a burn of film and a broken signal.

    film-burn    clouds of noise drift and glow up from the edges; at their brightest one picture fades to the other
    glitch       bands of the picture jump sideways and show the one or the other; colours come apart

Both are fixed by a seed and change with progress only, so that a frame looks the same whenever it is drawn.
"""

import math

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, mixed, mixed_by, smoothstep
from frameloom.media.image import from_rgb, resize_planes, sample, stretch
from frameloom.media.planes import Planes

_GLOW_COLUMNS, _GLOW_ROWS = 96, 54
"""Size at which the glow is computed; it is soft."""
_CLOUDS = 4
"""Cells of the coarsest clouds across the picture."""
_DRIFT = 0.35
"""How far the clouds drift, as a share of the picture's width."""
_HEAT = np.array([[70, 8, 0], [190, 40, 4], [255, 110, 20], [255, 190, 80], [255, 240, 200]], np.float64)
"""Red, green and blue from the rim of a burn to its middle."""

_JUMPS = 14
"""How often a glitch changes on its way."""
_BANDS = 18
_JUMP_SHARE = 0.12
"""How far a band jumps at most, as a share of the width."""
_APART_SHARE = 0.04
"""How far colours come apart at most."""


def _film_burn(look: Look, canvas: Canvas) -> Change:
    dice = np.random.default_rng(look.seed)
    near, far = (_noise(dice) for _ in range(2))
    x, y = np.meshgrid(
        np.linspace(0, 1, _GLOW_COLUMNS, dtype=np.float32), np.linspace(0, 1, _GLOW_ROWS, dtype=np.float32)
    )
    origin = float(dice.choice([-0.1, 1.1]))
    reach = np.abs(x - np.float32(origin)) * np.float32(1.3) + np.abs(y - np.float32(dice.random())) * np.float32(0.4)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        columns, rows = np.float32(_GLOW_COLUMNS), np.float32(_GLOW_ROWS)
        drift = np.float32(progress * _DRIFT)
        clouds = sample(near, (x + drift) * columns, y * rows) * sample(
            far, (x + 0.5 - drift) * columns, (y + drift) * rows
        )
        amount = math.sin(math.pi * progress) ** 1.5
        spread = 2.4 * amount - reach * 1.6 + 1.2 * (clouds - 0.25)
        heat = 1 - np.exp(-1.4 * np.maximum(spread, 0))
        glow = from_rgb(_heated(heat), canvas.depth, canvas.color)
        weight = stretch(np.sqrt(heat) * np.clip(heat * 4, 0, 1), canvas.width, canvas.height)
        burning = resize_planes(glow, canvas.width, canvas.height, "linear")
        picture = mixed(a, b, smoothstep(0.35, 0.65, progress))
        return mixed_by(picture, Planes(burning.y, burning.u, burning.v, picture.alpha), weight)

    return change


def _noise(dice: np.random.Generator) -> NDArray[np.float32]:
    """Return clouds in [0, 1], twice as wide and high as the glow, so that they can drift."""
    total = np.zeros((2 * _GLOW_ROWS, 2 * _GLOW_COLUMNS), np.float32)
    for octave in range(2):
        cells = _CLOUDS * 2**octave
        grains = dice.random((2 * cells * _GLOW_ROWS // _GLOW_COLUMNS + 2, 2 * cells), np.float32)
        total += stretch(grains, total.shape[1], total.shape[0], "cubic") / 2**octave
    return np.asarray((total - total.min()) / np.ptp(total), np.float32)


def _heated(heat: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the colour of each heat in [0, 1]."""
    steps = np.linspace(0, 1, len(_HEAT))
    return np.stack([np.interp(heat, steps, part) for part in _HEAT.T], axis=-1).astype(np.uint8)


def _glitch(look: Look, canvas: Canvas) -> Change:
    def change(a: Planes, b: Planes, progress: float) -> Planes:
        dice = np.random.default_rng([look.seed, int(progress * _JUMPS)])
        strength = smoothstep(0, 1, 1 - abs(2 * progress - 1))
        borders = np.sort(dice.integers(0, canvas.height // 2, _BANDS - 1)).tolist()
        apart = [round(part * strength * _APART_SHARE * canvas.width / 2) for part in dice.uniform(-1, 1, 2)]
        result = _copied(a)
        for top, bottom in zip([0, *borders], [*borders, canvas.height // 2], strict=True):
            source = b if dice.random() < progress else a
            jumps = dice.random() < 0.2 + 0.6 * strength
            jump = 2 * round(dice.normal() / 2 * strength * _JUMP_SHARE * canvas.width / 2) if jumps else 0
            _roll(result, source, slice(top, bottom), jump // 2, apart)
        return result

    return change


def _copied(picture: Planes) -> Planes:
    alpha = None if picture.alpha is None else picture.alpha.copy()
    return Planes(picture.y.copy(), picture.u.copy(), picture.v.copy(), alpha)


def _roll(result: Planes, source: Planes, pairs: slice, jump_pairs: int, apart: list[int]) -> None:
    """Put a band of the source into our own new result, rolled to the right; colours by so many pairs more."""
    rows = slice(2 * pairs.start, 2 * pairs.stop)
    result.y[rows] = np.roll(source.y[rows], 2 * jump_pairs, axis=1)
    result.u[pairs] = np.roll(source.u[pairs], jump_pairs + apart[0], axis=1)
    result.v[pairs] = np.roll(source.v[pairs], jump_pairs + apart[1], axis=1)
    if result.alpha is not None and source.alpha is not None:
        result.alpha[rows] = np.roll(source.alpha[rows], 2 * jump_pairs, axis=1)


LIGHT: dict[str, Maker] = {"film-burn": _film_burn, "glitch": _glitch}
