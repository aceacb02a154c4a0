"""An honest sampler of stochastic Moving MNIST: what the best of many draws scores when nothing is left to learn.

    digits, places and velocities at the end of the past --the generator's own law, dice thrown anew--> futures

It is told more than the past shows: places to a fraction of a px, and the velocity even of a digit that left a wall in
the last frame, which nobody could see. From there it draws as the generator does: straight on, and a new velocity, each
of its two parts even in -4...4 px, at each wall. Digits overlap by sum, clipped at white.

It is no floor. Its draws are as likely as the truth itself, so a model whose single draws score higher on average is
less honest than it (surer, or blurred), and the mean of the metric over its draws is the score of honesty. The best of
many draws has no such meaning: a sampler that spreads its draws more evenly than chance, or hedges between futures in
one blurred draw, may find better ones.
"""

from dataclasses import dataclass

from torch import Tensor

from frameloom.data.moving_mnist import MovingMnist
from frameloom.data.source import Source
from frameloom.evaluation.entrants import Clips, Kind
from frameloom.evaluation.protocol import Protocol

NAME = "oracle sampler"


@dataclass(frozen=True)
class Oracle:
    """Draws futures by the generator's own law."""

    source: MovingMnist
    samples: int
    seed: int = 0
    name: str = NAME

    @property
    def kind(self) -> Kind:
        """Return what it stands for."""
        return "sampler"

    def predict(self, clips: Clips, draw: int) -> Tensor:
        """Return a draw of the future, (B, future, 1, H, W) in [-1, 1]."""
        number = hash((self.seed, draw)) % 2**62
        future = self.source.futures(clips.index, clips.size, clips.past.shape[1], clips.future, number)
        return future[: len(clips.past)]


def oracle_of(source: Source, protocol: Protocol, seed: int) -> Oracle | None:
    """Return the sampler of a source; None where the future is settled or the law is not known."""
    if not isinstance(source, MovingMnist) or source.config.preset != "stochastic" or source.file is not None:
        return None
    return Oracle(source, protocol.samples, seed)
