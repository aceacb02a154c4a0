"""The sheet on which the parts of a character are drawn, in the order in which they cover each other."""

from frameloom.media.canvas import Outline, Paint, Shape


class Sketch:
    """Shapes so far; y = 0 is the middle of the head at rest, 240 units are a head."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []

    def fill(self, outline: Outline, paint: Paint, clip: tuple[Outline, ...] | None = None) -> None:
        """Fill an outline."""
        self.shapes.append(Shape((outline,), paint, 0.0, clip))

    def pen(self, outline: Outline, paint: Paint, width: float, clip: tuple[Outline, ...] | None = None) -> None:
        """Draw along an outline with a round pen."""
        self.shapes.append(Shape((outline,), paint, width, clip))
