"""The processes that compute one job together. Numbers go between them on the CPU, gradients where they lie."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.tensor import DTensor

BUCKET_ELEMENTS = 1 << 26
"""Elements of gradients that are summed in one go."""


PATIENCE = timedelta(hours=1)
"""How long a process waits for its peers: the first one writes a whole model meanwhile, and takes digests of it."""


class Ranks:
    """This process among its peers. One that has none never waits."""

    def __init__(self) -> None:
        self.rank = int(os.environ.get("RANK", "0"))
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        local = int(os.environ.get("LOCAL_RANK", "0"))
        on_gpu = torch.cuda.is_available()
        self.device = torch.device("cuda", local) if on_gpu else torch.device("cpu")
        self._peak = 0
        if on_gpu:
            torch.cuda.set_device(self.device)
        if self.world > 1:
            dist.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=PATIENCE)

    @property
    def is_first(self) -> bool:
        """Whether this is the process that tells and writes."""
        return self.rank == 0

    def memory(self) -> int | None:
        """Bytes of this process's device, None on the CPU."""
        return torch.cuda.get_device_properties(self.device).total_memory if self.device.type == "cuda" else None

    def free_memory(self) -> int:
        """Bytes of this process's device that are free, of the machine on the CPU."""
        if self.device.type == "cuda":
            kept = torch.cuda.memory_reserved(self.device) - torch.cuda.memory_allocated(self.device)  # to be used again
            return torch.cuda.mem_get_info(self.device)[0] + kept
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")

    def peak_gpu_bytes(self) -> int | None:
        """Most bytes of this process's device that were ever taken: what PyTorch held at most, and what the driver and other processes hold besides; None on the CPU."""
        if self.device.type != "cuda":
            return None
        free, total = torch.cuda.mem_get_info(self.device)
        besides = total - free - torch.cuda.memory_reserved(self.device)
        return max(self._peak, torch.cuda.max_memory_reserved(self.device)) + max(0, besides)

    @contextlib.contextmanager
    def beside_the_peak(self) -> Iterator[None]:
        """Leaves out of the peak what is taken only because there is room for it."""
        on_gpu = self.device.type == "cuda"
        if on_gpu:
            self._peak = max(self._peak, torch.cuda.max_memory_reserved(self.device))
        try:
            yield
        finally:
            if on_gpu:
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats(self.device)

    def agree(self, value: bool) -> bool:
        """What the first process found, for all."""
        if self.world == 1:
            return value
        told = torch.tensor([int(value)])
        dist.broadcast(told, 0)
        return bool(told.item())

    def sum(self, value: float) -> float:
        """The sum over all processes, in float64."""
        if self.world == 1:
            return value
        total = torch.tensor([value], dtype=torch.float64)
        dist.all_reduce(total)
        return float(total.item())

    def most(self, value: int) -> int:
        """The largest of all processes."""
        return self._reduced(value, dist.ReduceOp.MAX)

    def least(self, value: int) -> int:
        """The smallest of all processes."""
        return self._reduced(value, dist.ReduceOp.MIN)

    def _reduced(self, value: int, by: dist.ReduceOp) -> int:
        if self.world == 1:
            return value
        told = torch.tensor([value])
        dist.all_reduce(told, op=by)
        return int(told.item())

    def sum_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Makes every gradient the sum of those of all processes; one that a process has not is zero there."""
        if self.world == 1:
            return
        bucket: list[torch.Tensor] = []
        elements = 0
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            bucket.append(parameter.grad)
            elements += parameter.grad.numel()
            if elements >= BUCKET_ELEMENTS:
                _sum(bucket)
                bucket, elements = [], 0
        if bucket:
            _sum(bucket)

    def scale_of_mean(self) -> float:
        """What makes the mean over all processes, as FSDP takes it, their sum: where gloo is asked for a mean, that of torch 2.7 adds up."""
        mean = torch.empty(1, device=self.device)
        dist.reduce_scatter_tensor(mean, torch.ones(self.world, device=self.device), op=dist.ReduceOp.AVG)
        return self.world / mean.item()

    def gather(self, values: list[Any]) -> list[list[Any]]:
        """The lists of all processes, in their order."""
        if self.world == 1:
            return [values]
        gathered: list[list[Any]] = [[] for _ in range(self.world)]
        dist.all_gather_object(gathered, values)
        return gathered

    def wait(self) -> None:
        """Until all are here."""
        if self.world > 1:
            dist.barrier() if self.device.type == "cpu" else self.agree(True)

    def end(self) -> None:
        if self.world > 1 and dist.is_initialized():
            dist.destroy_process_group()


def own_part(tensor: torch.Tensor) -> torch.Tensor:
    """What this process has of a tensor that is shared out, in the same memory; others as they are."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def own_rows(tensor: torch.Tensor) -> tuple[int, int]:
    """The first row of this process's part, and the one after its last: as torch.chunk cuts."""
    rows = tensor.shape[0]
    if not isinstance(tensor, DTensor):
        return 0, rows
    each = -(-rows // tensor.device_mesh.size())
    begin = min(rows, tensor.device_mesh.get_local_rank() * each)
    return begin, min(rows, begin + each)


def _sum(gradients: list[torch.Tensor]) -> None:
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
    dist.all_reduce(flat)
    begin = 0
    for gradient in gradients:
        gradient.copy_(flat[begin : begin + gradient.numel()].view_as(gradient))
        begin += gradient.numel()
