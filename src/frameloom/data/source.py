"""Where batches come from: one union of settings, one protocol, one door."""

from typing import Annotated, Protocol

import torch
from pydantic import Field

from frameloom.data.batch import Batch
from frameloom.data.clips import Clips, ClipsConfig
from frameloom.data.degraded import Degraded, DegradedConfig
from frameloom.data.digits import Split
from frameloom.data.edits import Edits, EditsConfig
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.data.robot_push.source import RobotPush, RobotPushConfig
from frameloom.data.speech import Speech, SpeechConfig
from frameloom.data.triplets import Triplets, TripletsConfig

DataConfig = Annotated[
    MovingMnistConfig | ClipsConfig | RobotPushConfig | DegradedConfig | TripletsConfig | EditsConfig | SpeechConfig,
    Field(discriminator="source"),
]


class Source(Protocol):
    """Yields batches by number; the same number gives the same batch."""

    count: int | None
    """Clips in all; None for an endless stream."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of a clip."""
        ...

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return clips index * size to (index + 1) * size, or the part of them that is share[0] of share[1]."""
        ...


def open_source(
    config: MovingMnistConfig
    | ClipsConfig
    | RobotPushConfig
    | DegradedConfig
    | TripletsConfig
    | EditsConfig
    | SpeechConfig,
    split: Split,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> Source:
    """Return the source that the settings describe.

    Raises:
        DataError: the files behind it are missing or damaged.
    """
    if isinstance(config, MovingMnistConfig):
        return MovingMnist(config, split, seed, device)
    if isinstance(config, RobotPushConfig):
        return RobotPush(config, split, seed, device)
    if isinstance(config, DegradedConfig):
        return Degraded(config, split, seed, device)
    if isinstance(config, TripletsConfig):
        return Triplets(config, split, seed, device)
    if isinstance(config, EditsConfig):
        return Edits(config, split, seed, device)
    if isinstance(config, SpeechConfig):
        return Speech(config, split, seed, device)
    return Clips(config, split, seed, device)
