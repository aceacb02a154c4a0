"""Several processes that train as one: each takes its share of the batch, gradients are averaged.

    torchrun --nproc-per-node 2 -m frameloom train RECIPE

Differs from DistributedDataParallel: phases own their parameters, so gradients are averaged explicitly after
each backward pass, and the processes agree at every step on the time used and on stopping.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed
from torch import Tensor

from frameloom.core.errors import ConfigError

LAST_WORK_S = 0.3
"""Time for gloo's thread to let go of the last tensors, for which it needs Python: meeting an interpreter that is
shutting down, it aborts the process."""


@dataclass(frozen=True)
class Ranks:
    """The place of this process among those that train together."""

    rank: int = 0
    size: int = 1

    @property
    def share(self) -> tuple[int, int]:
        """Return which part of the batch is ours, of how many."""
        return self.rank, self.size

    @property
    def leads(self) -> bool:
        """Return whether this process writes the files."""
        return self.rank == 0

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace float tensors of one device by their mean over all processes."""
        if self.size == 1 or not tensors:
            return
        flat = torch.cat([tensor.detach().float().reshape(-1) for tensor in tensors])
        torch.distributed.all_reduce(flat)
        flat /= self.size
        start = 0
        for tensor in tensors:
            tensor.detach().copy_(flat[start : start + tensor.numel()].view(tensor.shape))
            start += tensor.numel()

    def agree(self, elapsed_s: float, stop: bool) -> tuple[float, bool]:
        """Return the longest time and whether any process wants to stop."""
        if self.size == 1:
            return elapsed_s, stop
        news = torch.tensor([elapsed_s, float(stop)], dtype=torch.float64)
        torch.distributed.all_reduce(news, torch.distributed.ReduceOp.MAX)
        return float(news[0]), bool(news[1])

    def wait(self) -> None:
        """Return when every process has come here."""
        self.agree(0.0, stop=False)

    def require_even(self, batch: int) -> None:
        """Refuse a batch that the processes cannot share evenly.

        Raises:
            ConfigError: the batch is not a multiple of the number of processes.
        """
        if batch % self.size:
            raise ConfigError(f"training.batch: {batch} clips do not share out over {self.size} processes evenly")


@contextmanager
def joined() -> Iterator[Ranks]:
    """Yield our place among the processes that torchrun started; alone without torchrun."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Ranks()
        return
    torch.distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Ranks(torch.distributed.get_rank(), size)
    finally:
        time.sleep(LAST_WORK_S)
        torch.distributed.destroy_process_group()


def default_device() -> torch.device:
    """Return this process's GPU where there is one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    return torch.device("cpu")
