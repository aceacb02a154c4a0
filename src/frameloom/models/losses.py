"""Objectives that mean the same in several families; values in nats unless a name says otherwise."""

import torch
import torch.nn.functional as F
from torch import Tensor


def normal_kl(
    mean: Tensor, log_variance: Tensor, prior_mean: Tensor | float = 0.0, prior_log_variance: Tensor | float = 0.0
) -> Tensor:
    """Return KL(N(mean, variance) || N(prior)) per dimension.

    Source: Kingma & Welling, arXiv:1312.6114, appendix B, for a general normal prior.
    """
    prior_mean = torch.as_tensor(prior_mean, dtype=mean.dtype, device=mean.device)
    prior_log_variance = torch.as_tensor(prior_log_variance, dtype=mean.dtype, device=mean.device)
    ratio = (log_variance - prior_log_variance).exp()
    distance = (mean - prior_mean).square() / prior_log_variance.exp()
    return 0.5 * (ratio + distance - 1 - log_variance + prior_log_variance)


def bernoulli_nll(probability: Tensor, target: Tensor) -> Tensor:
    """Return -log p(target) per pixel, both in [0, 1]; grey targets count as shares of ink."""
    return F.binary_cross_entropy(probability.float().clamp(1e-4, 1 - 1e-4), target.float(), reduction="none")


def relativistic_loss(preferred: Tensor, other: Tensor) -> Tensor:
    """Return the mean of softplus(other - preferred): each score should exceed its partner's.

    The discriminator prefers the real, the generator the fake.
    Source: Jolicoeur-Martineau, arXiv:1807.00734; the pairing of Huang et al., "The GAN is dead", arXiv:2501.05441.
    """
    return F.softplus(other - preferred).mean()


def hinge_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Return the discriminator's hinge loss. Source: Lim & Ye, arXiv:1705.02894."""
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def gradient_penalty(score: Tensor, video: Tensor) -> Tensor:
    """Return half the mean squared norm of d score / d video: R1 on real, R2 on generated clips.

    Source: Mescheder et al., arXiv:1801.04406, eq. 9.
    """
    (gradient,) = torch.autograd.grad(score.sum(), video, create_graph=True)
    return 0.5 * gradient.flatten(1).square().sum(1).mean()


def structural_difference(made: Tensor, truth: Tensor) -> Tensor:
    """Return 1 - SSIM, the mean over pictures (N, 1, H, W) in [0, 1] and whole windows: a bell of 11 px, 1.5 px wide.

    Source: Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004, eq. 13; as
    an objective, Zhao et al., "Loss Functions for Image Restoration with Neural Networks", arXiv:1511.08861.
    """
    a, b = made.float(), truth.float()
    maps = torch.stack([a, b, a * a, b * b, a * b])
    down, across = (_bells(side, made.device) for side in made.shape[2:])
    with torch.autocast(made.device.type, enabled=False):  # variances are differences of what nearly agrees
        mean_a, mean_b, aa, bb, ab = (down.T @ (maps @ across)).unbind()
    light, contrast = 0.01**2, 0.03**2
    same_light = (2 * mean_a * mean_b + light) / (mean_a**2 + mean_b**2 + light)
    spread = aa - mean_a**2 + bb - mean_b**2
    same_structure = (2 * (ab - mean_a * mean_b) + contrast) / (spread + contrast)
    return 1 - (same_light * same_structure).mean()


def _bells(side: int, device: torch.device) -> Tensor:
    """Return a bell of 11 px at each place in which it fits, (side, side - 10): faster than convolving one map."""
    bell = (-0.5 * (torch.arange(-5, 6, device=device) / 1.5).square()).softmax(0)
    return torch.stack([F.pad(bell, (place, side - 11 - place)) for place in range(side - 10)], 1)
