"""One process or several that share a batch: `torchrun --nproc-per-node N -m percepnet.training train ...`."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from .configuration import ConfigError


@dataclass(frozen=True)
class Group:
    """This process: its device, its number and how many there are."""

    device: torch.device
    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that reports and saves."""
        return self.rank == 0

    def share_of(self, batch: int) -> range:
        """The numbers of the sequences of a batch that are this process's."""
        if batch % self.size:
            raise ConfigError(f"a batch of {batch} cannot be shared by {self.size} processes: choose a multiple")
        part = batch // self.size
        return range(self.rank * part, (self.rank + 1) * part)

    def wrap(self, network: nn.Module) -> nn.Module:
        """The network, its gradients averaged over the processes."""
        return DistributedDataParallel(network) if self.size > 1 else network

    def mean(self, value: torch.Tensor) -> torch.Tensor:
        """A value without gradient, averaged over the processes."""
        if self.size > 1:
            value = value.clone()
            distributed.all_reduce(value)
            value /= self.size
        return value

    def from_first(self, value):
        """What the first process has, in all."""
        if self.size > 1:
            box = [value]
            distributed.broadcast_object_list(box)
            return box[0]
        return value


def join_group(device: str = "auto") -> Group:
    """The processes torchrun started, or this one alone. device: "auto" (a GPU if there is one), "cpu" or "cuda"."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device not in ("cpu", "cuda") or (device == "cuda" and not torch.cuda.is_available()):
        raise ConfigError(f"there is no device {device!r} here: give --device cpu")
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return Group(torch.device(device))
    if device == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if device == "cuda" else "gloo")
    return Group(torch.device(device), distributed.get_rank(), size)


@contextmanager
def joined_group(device: str = "auto") -> Iterator[Group]:
    """join_group, left at the end: by all processes together, or its threads may end one that is still at work."""
    group = join_group(device)
    try:
        yield group
        if group.size > 1:
            gc.collect()  # a network that is shared refers to itself, and must not outlive the group
            distributed.barrier()
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()
