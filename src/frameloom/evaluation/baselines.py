"""What anybody can predict: the scores that a model must beat to say anything.

Each predicts from past (B, T, C, H, W) in [-1, 1] as a model does.
"""

from dataclasses import dataclass
from itertools import count

import torch
from torch import Tensor

from frameloom.core.errors import DataError
from frameloom.data.source import Source
from frameloom.models.base import Predicts

BLACK = -1.0


class Zeros:
    """Predicts black."""

    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return black frames, (B, frames, C, H, W)."""
        return torch.full_like(past[:, :1], BLACK).expand(-1, frames, -1, -1, -1)


class CopyLast:
    """Predicts that nothing moves."""

    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return the last frame again and again, (B, frames, C, H, W)."""
        return past[:, -1:].expand(-1, frames, -1, -1, -1)


class MeanOfPast:
    """Predicts the mean of the frames that it was given."""

    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return the mean frame again and again, (B, frames, C, H, W)."""
        return past.mean(dim=1, keepdim=True).expand(-1, frames, -1, -1, -1)


@dataclass(frozen=True)
class MeanOfData:
    """Predicts the mean frame of the training data, whatever it was given."""

    frame: Tensor
    """(C, H, W) in [-1, 1]."""

    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return the mean frame again and again, (B, frames, C, H, W)."""
        return self.frame.to(past).expand(len(past), frames, -1, -1, -1)


def mean_of_data(train: Source, clips: int = 500, batch: int = 100) -> MeanOfData:
    """Return the predictor of the mean frame over so many training clips.

    Raises:
        DataError: the source has no clips.
    """
    total = torch.zeros(train.shape[1:], dtype=torch.float64)
    seen = 0
    wanted = clips if train.count is None else min(clips, train.count)
    for index in count():
        if seen >= wanted:
            break
        video = train.batch(index, min(batch, wanted))["video"]
        total += video.mean(dim=1).sum(dim=0).to("cpu", torch.float64)
        seen += len(video)
    if not seen:
        raise DataError("the training data has no clips to take the mean of")
    return MeanOfData((total / seen).float())


def baselines(train: Source | None = None) -> dict[str, Predicts]:
    """Return the trivial predictors by name; the mean of the data needs training data."""
    known: dict[str, Predicts] = {"zeros": Zeros(), "copy last": CopyLast(), "mean of past": MeanOfPast()}
    return known if train is None else {**known, "mean of data": mean_of_data(train)}
