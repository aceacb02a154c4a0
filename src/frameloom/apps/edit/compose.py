"""Layers of all tracks become one picture per frame.

    track 0:  A --transition-- B      full picture
    track 1:       title              over it, in its box only
    track 2:            logo          over that

A picture that covers everything goes on as it is, without a copy, straight from its decoder to the encoder.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from fractions import Fraction

from frameloom.apps.edit.layers import ClipLayers, Layer, see_through
from frameloom.apps.edit.layout import Laid, Layout, Placed
from frameloom.apps.edit.timeline import Transition
from frameloom.effects import transitions
from frameloom.effects.blend import over
from frameloom.media.colors import parse_color
from frameloom.media.planes import ColorName, Planes, plain

Overlay = Callable[[Fraction], Layer | None]
"""Draws something over everything, such as subtitles."""


def compose(
    laid: Layout,
    first: int = 0,
    stop: int | None = None,
    overlays: tuple[Overlay, ...] = (),
    tell: Callable[[str], None] = lambda text: None,
) -> Iterator[Planes]:
    """Yield the pictures of a timeline, one per frame, from one frame number up to another.

    What a maker should hear, such as that a tracked face was lost, goes to tell.

    Raises:
        MediaError: a source is damaged.
    """
    ground = background(laid)
    shown = [track for track in laid.tracks if track.track.kind == "video" and not track.track.hidden]
    with ExitStack() as stack:
        tracks = [
            stack.enter_context(closing(_TrackLayers(laid, track, see_through(ground, 0) if index else ground, tell)))
            for index, track in enumerate(shown)
        ]
        for number in range(first, laid.frames if stop is None else stop):
            time = number / laid.rate
            layers = [layer for track in tracks if (layer := track.at(time))]
            layers += [layer for overlay in overlays if (layer := overlay(time))]
            yield flatten(layers, ground, laid.color)


def background(laid: Layout) -> Planes:
    """Return what is seen where nothing is shown."""
    red, green, blue, opacity = parse_color(laid.timeline.background)
    ground = plain(laid.width, laid.height, (red, green, blue), laid.depth, laid.color)
    return ground if opacity == 255 else see_through(ground, opacity / 255)


def flatten(layers: list[Layer], ground: Planes, color: ColorName) -> Planes:
    """Return the picture that layers make over a ground; what is hidden costs nothing."""
    covering = [index for index, layer in enumerate(layers) if _covers(layer, ground)]
    picture = layers[covering[-1]].planes if covering else ground
    for layer in layers[covering[-1] + 1 if covering else 0 :]:
        picture = over(picture, layer.planes, layer.left, layer.top, layer.opacity, layer.mode, color)
    return picture


def _covers(layer: Layer, ground: Planes) -> bool:
    """Return whether nothing behind a layer can be seen, and it has just the size of the picture."""
    plain_cover = layer.opacity >= 1 and layer.mode == "normal" and layer.planes.alpha is None
    same_size = (layer.planes.width, layer.planes.height) == (ground.width, ground.height)
    return plain_cover and same_size and layer.left == 0 and layer.top == 0


class _TrackLayers:
    """The layer of one track, asked for in order of time."""

    def __init__(self, laid: Layout, track: Laid, ground: Planes, tell: Callable[[str], None]) -> None:
        self.laid, self.ground, self.tell = laid, ground, tell
        self.coming = [placed for placed in track.clips if placed.has_pictures]
        self.open: list[tuple[Placed, ClipLayers]] = []
        self.changes: dict[str, Callable[[Planes, Planes, float], Planes]] = {}

    def at(self, time: Fraction) -> Layer | None:
        """Return the layer at a time on the timeline."""
        self._turn_to(time)
        if not self.open:
            return None
        placed, layers = self.open[-1]
        layer = layers.at(time - placed.begin)
        before = self.open[0] if len(self.open) > 1 else None
        if placed.into and time < placed.begin + placed.into.duration:
            leaving = before[1].at(time - before[0].begin) if before else None
            share = (time - placed.begin) / placed.into.duration
            return self._change(placed, placed.into, leaving, layer, float(share))
        if placed.out_of and time >= placed.end - placed.out_of.duration:
            share = (time - placed.end + placed.out_of.duration) / placed.out_of.duration
            return self._change(placed, placed.out_of, layer, None, float(share))
        return layer

    def _turn_to(self, time: Fraction) -> None:
        """Close the clips that have ended by this time and open those that have begun."""
        for placed, layers in self.open:
            if placed.end <= time:
                layers.close()
        self.open = [(placed, layers) for placed, layers in self.open if placed.end > time]
        while self.coming and self.coming[0].begin <= time:
            placed = self.coming.pop(0)
            if placed.end > time:
                self.open.append((placed, ClipLayers(placed, self.laid, self.tell)))

    def _change(self, placed: Placed, look: Transition, a: Layer | None, b: Layer | None, share: float) -> Layer:
        """Return the two sides of a transition as one layer of full size."""
        key = f"{placed.where} {look is placed.into}"
        if key not in self.changes:
            size = self.laid.width, self.laid.height
            self.changes = {key: transitions.begin(look, *size, self.laid.depth, self.laid.color)}
        sides = [flatten([side], self.ground, self.laid.color) if side else self.ground for side in (a, b)]
        return Layer(self.changes[key](sides[0], sides[1], share))

    def close(self) -> None:
        """Close all clips."""
        for _, layers in self.open:
            layers.close()
        self.open = []
