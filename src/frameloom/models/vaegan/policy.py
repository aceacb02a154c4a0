"""What is done next, where nobody says it: a mixture of normals over actions, learned beside the bound.

    what is seen --head--> shares, means, log-variances --draw--> an action, which steers as a given one does

A model that is left to itself acts as it has seen others act, so that what an action decides is never left to the
latent of a frame, and being steered and being left alone are one and the same skill.
Source: Bishop, "Mixture density networks", NCRG/94/004; hidden actions as latents, Kingma et al., arXiv:1406.5298.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

COMPONENTS = 5
"""Normals in the mixture: a hand on its way goes on, turns to the next thing, or was stopped."""
SMALLEST, LARGEST = math.log(0.05**2), 1.0
"""Bounds of a log-variance; actions that were cut to exactly 0 or 1 would make it fall without end."""


@dataclass(frozen=True)
class Policy:
    """A mixture over actions: log-shares (B, K), means and log-variances (B, K, A)."""

    log_shares: Tensor
    means: Tensor
    log_variances: Tensor

    def nats(self, action: Tensor) -> Tensor:
        """Return -log p(action), (B,), of actions (B, A)."""
        distance = (action[:, None].float() - self.means).square() / self.log_variances.exp()
        by_component = 0.5 * (distance + self.log_variances + math.log(2 * math.pi)).sum(2)
        return -(self.log_shares - by_component).logsumexp(1)

    def draw(self) -> Tensor:
        """Return actions (B, A) in [-1, 1]."""
        chosen = torch.multinomial(self.log_shares.exp(), 1)[:, 0]
        row = torch.arange(len(chosen), device=chosen.device)
        means, log_variances = self.means[row, chosen], self.log_variances[row, chosen]
        return (means + torch.randn_like(means) * (0.5 * log_variances).exp()).clamp(-1, 1)


def outputs(actions: int) -> int:
    """Return how many numbers a head must give for a policy over actions of this length."""
    return COMPONENTS * (1 + 2 * actions)


def policy(output: Tensor) -> Policy:
    """Return the mixture that a head's output (B, outputs(A)) stands for."""
    shares, means, log_variances = _parts(output.float())
    span = (LARGEST - SMALLEST) / 2
    return Policy(shares.log_softmax(1), means, SMALLEST + span * (1 + torch.tanh(log_variances)))


def _parts(output: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    actions = (output.shape[1] // COMPONENTS - 1) // 2
    rows = output.unflatten(1, (COMPONENTS, 1 + 2 * actions))
    return rows[..., 0], rows[..., 1 : 1 + actions], rows[..., 1 + actions :]
