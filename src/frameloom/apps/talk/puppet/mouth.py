"""What is seen between the lips: upper teeth on the skull, tongue and lower teeth on the jaw, darkness behind.

Drawn in the colours and the light of the portrait. Where the portrait itself shows teeth, these are kept: they stay on
the skull while the lips move over them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import CHEEKS, LOWER_LIP, UPPER_LIP, Frame, Points
from frameloom.apps.talk.puppet.slits import Color, Layer, curve, height_of, shut_line, step
from frameloom.media.image import Rgb, blur, fill_polygon, sample

OPEN = 0.075
"""Lips further apart than this, in units, show teeth of their own."""
_INNER = 3
_TEETH = (0.118, 0.1, 0.092, 0.085, 0.07, 0.06)
"""Widths of upper teeth from the middle outwards, in units, as seen from the front."""
_LENGTHS = (0.045, 0.036, 0.044, 0.034, 0.03, 0.025)
"""How far they reach below the line where the lips meet."""
_SHADE, _SHADE_OF_OWN = np.array([0.4, 0.48, 0.5]), np.array([0.45, 0.55, 0.57])
"""How much of the light rounded lips keep off what is behind them."""
_VIVID = 0.12
"""How far R, G and B of skin are apart, as a share of the largest, in a picture that has all its colours."""


@dataclass(frozen=True, eq=False)
class Inside:
    """What can be drawn between the lips, over a box of the picture that holds the mouth at its widest."""

    left: int
    top: int
    across: NDArray[np.float32]
    """(h, w): where each pixel of the box lies in the frame of the face, in units."""
    down: NDArray[np.float32]
    """The same; 0 on the line where the lips meet."""
    back: Color
    """Darkness and throat, (h, w, 3)."""
    upper: Color
    """Upper teeth, (h, w, 3)."""
    upper_cover: NDArray[np.float32]
    """(h, w), from 0 to 1."""
    lower: Color
    """Lower teeth and tongue, (h, w, 3), as they lie when the jaw is up."""
    lower_cover: NDArray[np.float32]
    tongue: Color
    """(3,)"""
    seam: Color
    """(3,): of the line between closed lips."""
    shade: Color
    """(3,): how much of the light rounded lips keep off what is behind them."""
    shut: Points
    """(11, 2): the inner edge of the lower lip with the lips together."""
    own: bool
    """Whether the upper teeth are the portrait's own."""

    def drawn(self, moved: Points, frame: Frame, tongue: float, rounding: float) -> Layer:
        """Return what is seen between lips that moved."""
        upper, lower = moved[list(UPPER_LIP[_INNER])], moved[list(LOWER_LIP[_INNER])]
        outline = np.concatenate([curve(upper), curve(lower)[::-1]])
        height, width = self.across.shape
        cover = fill_polygon(outline - [self.left, self.top], width, height)
        cover = blur(cover, max(0.008 * frame.unit, 0.5))
        way = (lower - self.shut)[3:8].mean(axis=0) @ frame.down
        fall = max(float(way), 0.0) * frame.down
        picture = self.back
        columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        from_x, from_y = columns - np.float32(fall[0]), rows - np.float32(fall[1])
        low_cover = sample(self.lower_cover, from_x, from_y)[..., None]
        picture = picture * (1 - low_cover) + sample(self.lower, from_x, from_y) * low_cover
        if tongue > 0:
            fallen = float(way) / frame.unit
            tip = _tip(self.across, self.down, fallen, tongue)[..., None]
            picture = picture * (1 - tip) + self.tongue * tip
        over = self.upper_cover[..., None]
        picture = picture * (1 - over) + self.upper * over
        rows_down = np.arange(height)[:, None] + self.top
        under = ((rows_down - height_of(upper, np.arange(width) + self.left)) / frame.unit).astype(np.float32)
        shadow = 0.6 * rounding if self.own else 0.5
        lit = (1 - shadow * (1 - np.clip(under / 0.07, 0, 1)))[..., None]
        dimmed = 1 - (rounding**2 if self.own else rounding) * self.shade
        color, cover = self._seamed((picture * lit * dimmed).astype(np.float32), cover, upper, lower, frame)
        return Layer(self.left, self.top, color, cover)

    def _seamed(
        self, picture: Color, cover: NDArray[np.float32], upper: Points, lower: Points, frame: Frame
    ) -> tuple[Color, NDArray[np.float32]]:
        """Return the inside faded out where lips touch, and the dark line between lips that the portrait parts."""
        height, width = cover.shape
        x, y = np.arange(width) + self.left, np.arange(height)[:, None] + self.top
        top, bottom = height_of(upper, x), height_of(lower, x)
        gap = bottom - top
        cover = cover * np.clip(gap / (0.012 * frame.unit) - 0.4, 0, 1).astype(np.float32)
        if not self.own:
            return picture, cover
        line = 0.62 * shut_line(x, y, top, bottom, (upper[0, 0], upper[-1, 0]), frame.unit)
        whole = np.maximum(cover, line).astype(np.float32)
        share = np.where(whole > 0, np.minimum(line / np.maximum(whole, 1e-6), 1), 0)[..., None]
        return (picture * (1 - share) + self.seam * share).astype(np.float32), whole


def inside_of(rgb: Rgb, vertices: Points, shut: Points, frame: Frame, reach: Points, own: bool) -> Inside:
    """Return what can be drawn between the lips of a portrait.

    Args:
        rgb: the portrait.
        vertices: of the face as the portrait shows it, (576, 2).
        shut: the same with the lips together.
        frame: of the face.
        reach: (N, 2): places that the mouth can come to.
        own: whether the portrait shows teeth.
    """
    low = np.maximum(np.floor(reach.min(axis=0)).astype(int) - 6, 0)
    high = np.minimum(np.ceil(reach.max(axis=0)).astype(int) + 7, rgb.shape[1::-1])
    left, top = int(low[0]), int(low[1])
    width, height = int(high[0]) - left, int(high[1]) - top
    x, y = np.meshgrid(np.arange(left, left + width), np.arange(top, top + height))
    local = frame.local(np.stack([x, y], axis=-1).astype(np.float64))
    across = local[..., 0]
    line = frame.local((shut[list(UPPER_LIP[_INNER])] + shut[list(LOWER_LIP[_INNER])]) / 2)
    bend = np.polyfit(line[:, 0], line[:, 1], 2)
    middle = (line[0, 0] + line[-1, 0]) / 2
    down = local[..., 1] - np.polyval(bend, across)
    across = across - middle
    colors = _Colors.of(rgb, vertices, frame)
    softness = 1.2 / frame.unit
    back = colors.dark * (0.55 + 0.45 * np.clip(down / 0.3, 0, 1))[..., None]
    upper, upper_cover = _teeth(across, down, colors, softness, lower=False)
    lower, lower_cover = _teeth(across, down, colors, softness, lower=True)
    mound = step((down + 0.085 - 0.9 * across**2) / 0.05) * step((0.3 - np.abs(across)) / 0.06)
    shade = np.clip(1.05 - 0.9 * np.abs(across) ** 1.5 * 2 - 0.3 * np.exp(-((across / 0.03) ** 2)), 0.3, 1)
    flesh = colors.tongue * (shade * np.clip(0.4 + 5 * (down + 0.06), 0.4, 1))[..., None]
    covered = lower_cover[..., None]
    lower = lower * covered + flesh * (1 - covered)
    lower_cover = np.maximum(lower_cover, mound)
    if own:
        upper, upper_cover = _own(rgb, vertices, x, y, max(0.012 * frame.unit, 0.5))
    return Inside(
        left=left,
        top=top,
        across=across.astype(np.float32),
        down=down.astype(np.float32),
        back=back.astype(np.float32),
        upper=upper.astype(np.float32),
        upper_cover=upper_cover.astype(np.float32),
        lower=lower.astype(np.float32),
        lower_cover=lower_cover.astype(np.float32),
        tongue=colors.tongue.astype(np.float32),
        seam=colors.seam.astype(np.float32),
        shade=_as_vivid(_SHADE_OF_OWN if own else _SHADE, colors.vividness).astype(np.float32),
        shut=shut[list(LOWER_LIP[_INNER])],
        own=own,
    )


def _own(
    rgb: Rgb, vertices: Points, x: NDArray[np.int64], y: NDArray[np.int64], rim: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a portrait shows between its lips and where that covers what is behind it, at columns and rows.

    A rim of so many px belongs to it; what an upper lip that rises further uncovers looks as it does at its edge.
    """
    edge, other = vertices[list(UPPER_LIP[_INNER])], vertices[list(LOWER_LIP[_INNER])]
    outline = np.concatenate([curve(edge), curve(other)[::-1]]) - [x[0, 0], y[0, 0]]
    over, under = height_of(edge, x), height_of(other, x)
    gum = over + np.minimum(2 * rim, np.maximum(under - over, 0) / 2)
    shown = sample(rgb, x.astype(np.float32), np.maximum(y, gum).astype(np.float32))
    above = step((gum - y) / rim) * step(np.minimum(x - edge[0, 0], edge[-1, 0] - x) / (4 * rim))
    cover = 2 * blur(fill_polygon(outline, x.shape[1], x.shape[0]), rim) + above
    return shown.astype(np.float64), np.clip(cover, 0, 1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Colors:
    """What the inside of a mouth looks like in the light of a portrait."""

    dark: NDArray[np.float64]
    """(3,), as all of them."""
    gum: NDArray[np.float64]
    tongue: NDArray[np.float64]
    tooth: NDArray[np.float64]
    seam: NDArray[np.float64]
    vividness: float
    """0 in a grey picture, 1 in one in colour."""

    @classmethod
    def of(cls, rgb: Rgb, vertices: Points, frame: Frame) -> "_Colors":
        """Return the colours of a portrait: light from the cheeks, red from the lips."""
        skin = np.mean([_about(rgb, vertices[cheek], 0.12 * frame.unit) for cheek in CHEEKS], axis=0)
        lips = np.mean([_about(rgb, vertices[point], 0.03 * frame.unit) for point in LOWER_LIP[1][3:8]], axis=0)
        light = min(float(skin.max()) * 1.06, 245.0)
        tint = skin / max(float(skin.max()), 1.0)
        tooth = light * (0.6 * np.array([1.0, 0.965, 0.9]) + 0.4 * tint)
        tongue = 0.42 * lips + 0.3 * skin * np.array([0.95, 0.55, 0.52])
        dark = np.minimum(0.2 * lips * np.array([1.0, 0.62, 0.6]), 46)
        gum, seam = 0.6 * lips + 0.2 * skin, lips * np.array([0.5, 0.38, 0.36])
        vividness = min(float(np.ptp(skin)) / max(float(skin.max()), 1.0) / _VIVID, 1.0)
        return cls(
            dark=_as_vivid(dark, vividness),
            gum=_as_vivid(gum, vividness),
            tongue=_as_vivid(tongue, vividness),
            tooth=_as_vivid(tooth * 0.93, vividness),
            seam=_as_vivid(seam, vividness),
            vividness=vividness,
        )


def _about(rgb: Rgb, place: Points, radius: float) -> NDArray[np.float64]:
    """Return the mean colour about a place."""
    x, y = np.clip(np.rint(place).astype(int), 0, np.array(rgb.shape[1::-1]) - 1)
    r = max(round(radius), 1)
    part = rgb[max(y - r, 0) : y + r + 1, max(x - r, 0) : x + r + 1]
    mean: NDArray[np.float64] = np.median(part.reshape(-1, 3).astype(np.float64), axis=0)
    return mean


def _as_vivid(color: NDArray[np.float64], vividness: float) -> NDArray[np.float64]:
    """Return a colour, (3,), made grey as far as vividness lacks 1."""
    grey = color.mean()
    faded: NDArray[np.float64] = grey + (color - grey) * vividness
    return faded


def _teeth(
    across: NDArray[np.float64], down: NDArray[np.float64], colors: _Colors, softness: float, *, lower: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a row of teeth and where it covers what is behind it."""
    scale = 0.72 if lower else 1.0
    ends = np.cumsum(np.array(_TEETH) * scale)
    x = np.abs(across)
    number = np.minimum(np.searchsorted(ends, x), len(ends) - 1)
    starts = np.concatenate([[0.0], ends[:-1]])
    part = (x - starts[number]) / (ends - starts)[number]
    rim = np.minimum(part, 1 - part) * (ends - starts)[number]
    arch = 0.42 * x**2
    if lower:
        edge = down - (0.022 + arch * 0.6)
        cover = step(edge / (2 * softness) + 0.5) * step((0.1 - edge) / 0.03)
    else:
        edge = np.array(_LENGTHS)[number] - arch - 0.02 * (2 * part - 1) ** 6 * (number < 3) - down
        cover = step(edge / (2 * softness) + 0.5)
    cover = cover * step((ends[-1] - x) / 0.04)
    gaps = 1 - 0.32 * np.exp(-((rim / max(0.006, 0.7 * softness)) ** 2))
    round_ = 1 - 0.10 * (2 * part - 1) ** 2
    sides = np.clip(1 - 3.2 * x**2, 0.28, 1)
    shine = gaps * round_ * sides * (0.74 if lower else 1.0)
    edge_shade = 1 - 0.12 * np.exp(-np.clip(edge, 0, None) / 0.012)
    color = colors.tooth * (shine * edge_shade)[..., None]
    gum = step((edge - (0.1 if lower else 0.15)) / 0.02)[..., None]
    return color * (1 - gum) + colors.gum * (0.7 * sides)[..., None] * gum, cover


def _tip(across: NDArray[np.float32], down: NDArray[np.float32], fallen: float, raised: float) -> NDArray[np.float32]:
    """Return where the raised tip of the tongue covers what is behind it: between the jaw and the upper teeth."""
    top = (fallen - 0.02) * (1 - raised) + 0.025 * raised
    wide = 0.17 - 0.03 * raised
    dome = top + 0.9 * (np.abs(across) / wide) ** 2.5 * 0.1
    cover = step((down - dome) / 0.03) * step((wide * 1.25 - np.abs(across)) / 0.05)
    return (cover * min(raised * 1.5, 1)).astype(np.float32)
