"""Takes cut together, by cuts and by every transition that the editor has, and where that was.

    takes  A A A A A A A . . B B B B B B C C C C C     A to B dissolves, B to C is a cut
    transitions          1 1                           both shots are seen
    cuts                             1                 first picture of the new shot

Transitions are drawn at 96x54, their labels only where both shots show. Flashes, light, things that rush by, titles and
bars come on top and are no edits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from frameloom.data.edits import EditsConfig
from frameloom.data.mishaps import dim, flash, letterbox, rush, smooth, title
from frameloom.data.takes import HEIGHT, WIDTH, Footage, Span, Take, shoot
from frameloom.effects.transitions import TRANSITION_NAMES, Change, Look, TransitionName, begin
from frameloom.media import thumbs
from frameloom.media.image import mix_planes_by, resize
from frameloom.media.planes import Planes

GRADUAL: tuple[TransitionName, ...] = tuple(name for name in TRANSITION_NAMES if name != "cut")
"""Every transition that takes time."""
PLAIN: tuple[TransitionName, ...] = ("fade", "fadeblack", "fadewhite", "dip", "wipeleft", "slideleft", "dissolve")
"""Those that films use most; a share of the edits is of these."""

_LEAST_LEVELS = 2.0
"""Mean change of luma, in levels of 8 bits, from which both shots count as seen."""
_LEAST_CUT_LEVELS = 8.0
"""Mean change at a cut; shots that are more alike are drawn again."""


@dataclass
class Edited:
    """A clip and what was done to it."""

    take: Take
    """96x54."""
    cuts: list[int] = field(default_factory=list)
    """First pictures of new shots."""
    transitions: list[tuple[int, int, str]] = field(default_factory=list)
    """First picture in which both shots are seen, the one after the last, and the name."""


def cut_together(random: np.random.Generator, config: EditsConfig, footage: Sequence[Footage]) -> Edited:
    """Return a clip of 96x54 as dice cut it together, without grain."""
    alone = random.random() < config.unedited
    bounds = [] if alone else _bounds(random, config)
    pieces, edited = _Pieces(random, config.frames, footage), Edited(_blank(config.frames))
    spans: list[Span] = []
    ends = [first + length for first, length in bounds] + [config.frames]
    begins, shot = 0, pieces.next((0, ends[0]))
    for (first, length), end in zip(bounds, ends[1:], strict=True):
        other = pieces.next((first, end))
        spans.append((begins, first))
        edited_to = _join(random, config, edited, (begins, first, length), shot, other)
        begins, shot = edited_to, other
    _fill(edited.take, shot, begins, config.frames)
    spans.append((begins, config.frames))
    _mishaps(random, config.mishaps, edited.take, spans, pieces)
    return edited


class _Pieces:
    """Takes of a clip's length, each unlike the one before."""

    def __init__(self, random: np.random.Generator, length: int, footage: Sequence[Footage]) -> None:
        self.random, self.length, self.footage = random, length, footage
        self.last: NDArray[np.uint8] | None = None
        self.origin = 0

    def next(self, span: Span) -> Take:
        """Return the next take, of which only a span is needed; now and then of the same footage."""
        footage, random = self.footage, self.random
        for _ in range(4):
            if self.last is None or random.random() < 0.75:
                self.origin = int(random.integers(len(footage)))
            take = shoot(random, footage[self.origin], self.length, span)
            if self.last is None or _apart(take.y[span[0] : span[0] + 1], self.last).min() > _LEAST_CUT_LEVELS:
                break
        self.last = take.y[span[1] - 1 : span[1]]
        return take


def small(take: Take) -> NDArray[np.uint8]:
    """Return the small pictures of a take, (T, 3, 27, 48)."""
    luma = resize(take.y.reshape(-1, WIDTH), thumbs.WIDTH, len(take) * thumbs.HEIGHT, "area")
    return np.stack([luma.reshape(take.u.shape).astype(np.uint8), take.u, take.v], 1)


def _bounds(random: np.random.Generator, config: EditsConfig) -> list[tuple[int, int]]:
    """Return where edits begin, and their length in pictures, 0 of a cut."""
    bounds: list[tuple[int, int]] = []
    time = -random.uniform(0, config.shot)
    while True:
        time += max(config.shot * np.exp(random.normal(0, 0.8)), 6)
        if time >= config.frames - 2:
            return bounds
        if time < 2:
            continue
        length = 0
        if random.random() < config.gradual:
            length = int(np.exp(random.uniform(np.log(4), np.log(config.longest))))
        if time + length < config.frames - 1:
            bounds.append((int(time), length))
        time += length


def _join(
    random: np.random.Generator, config: EditsConfig, edited: Edited, place: tuple[int, int, int], a: Take, b: Take
) -> int:
    """Lay down shot a and what leads over to b; return from where on b is alone."""
    begins, first, length = place
    _fill(edited.take, a, begins, first)
    if not length:
        edited.cuts.append(first)
        return first
    plain = random.random() < config.plain
    names = PLAIN if plain else GRADUAL
    name = names[int(random.integers(len(names)))]
    change = _change(random, name)
    for time, share in enumerate(_shares(random, name, length).tolist(), first):
        picture = change(a.picture(time), b.picture(time), share)
        edited.take.y[time], edited.take.u[time], edited.take.v[time] = picture.y, picture.u, picture.v
    both = slice(first, first + length)
    made = edited.take.y[both]
    new = np.flatnonzero(_apart(made, a.y[both]) > _LEAST_LEVELS)  # the first of them shows something of b
    old = np.flatnonzero(_apart(made, b.y[both]) > _LEAST_LEVELS)  # the last of them shows something of a
    if len(new) and len(old) and new[0] <= old[-1]:
        edited.transitions.append((first + int(new[0]), first + int(old[-1]) + 1, name))
    else:
        edited.cuts.append(first + int(new[0] if len(new) else length // 2))
    return first + length


def _change(random: np.random.Generator, name: TransitionName) -> Change:
    """Return a transition of that name; what its look leaves open is drawn."""
    if name == "matte":
        return _matte(smooth(random))
    direction = ("left", "right", "up", "down")[int(random.integers(4))]
    color = ("black", "black", "white", "#203060")[int(random.integers(4))]
    softness = None if random.random() < 0.5 else float(random.uniform(0, 0.6))
    settings = {"name": name, "direction": direction, "color": color, "seed": int(random.integers(1000))}
    return begin(Look.model_validate({**settings, "softness": softness}), WIDTH, HEIGHT)


def _matte(when: NDArray[np.float32]) -> Change:
    def change(a: Planes, b: Planes, progress: float) -> Planes:
        return mix_planes_by(a, b, np.clip((progress * 1.2 - when) / 0.2, 0, 1).astype(np.float32))

    return change


def _shares(random: np.random.Generator, name: TransitionName, length: int) -> NDArray[np.float64]:
    """Return the progress of each picture of a transition, in (0, 1): even, eased, or, of dips, held halfway."""
    shares = np.arange(1, length + 1) / (length + 1)
    if name in ("dip", "fadeblack", "fadewhite") and random.random() < 0.5:
        held = random.uniform(0, 0.5)
        return np.where(
            shares < 0.5, np.minimum(shares / (1 - held), 0.5), np.maximum(1 - (1 - shares) / (1 - held), 0.5)
        )
    if random.random() < 0.3:
        return shares * shares * (3 - 2 * shares)
    return shares


def _mishaps(random: np.random.Generator, often: float, take: Take, spans: list[Span], pieces: _Pieces) -> None:
    """Let things happen that are no edits, each in one shot or, of titles and bars, over all of them."""
    wide = [span for span in spans if span[1] - span[0] >= 12]
    for happens, chance in ((dim, 0.3), (flash, 0.5), (flash, 0.25), (rush, 0.4), (rush, 0.2)):
        if wide and random.random() < often * chance:
            first, end = wide[int(random.integers(len(wide)))]
            inner = (first + 3, end - 3)
            if happens is rush:
                rush(random, take, inner, pieces.next(inner))
            elif happens is flash:
                flash(random, take, inner)
            else:
                dim(random, take, (first, end))
    if random.random() < 0.6 * often:
        title(random, take)
    if random.random() < 0.3 * often:
        letterbox(random, take)


def _blank(length: int) -> Take:
    y, u, v = (np.zeros((length, HEIGHT // part, WIDTH // part), np.uint8) for part in (1, 2, 2))
    return Take(y, u, v)


def _fill(out: Take, take: Take, first: int, end: int) -> None:
    part = slice(first, end)
    out.y[part], out.u[part], out.v[part] = take.y[part], take.u[part], take.v[part]


def _apart(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean change of luma, picture by picture, looked at in every ninth px."""
    gap = a[:, ::3, ::3].astype(np.int16) - b[:, ::3, ::3]
    mean: NDArray[np.float64] = np.abs(gap).mean((1, 2))
    return mean
