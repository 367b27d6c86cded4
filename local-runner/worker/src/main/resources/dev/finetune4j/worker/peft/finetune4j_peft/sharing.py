"""How weights are shared out among the processes of one machine: each holds a part of every layer, and a layer is put together when it is
needed."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh

from finetune4j_peft import problems
from finetune4j_peft.check import version_numbers
from finetune4j_peft.packed import PackedLinear
from finetune4j_peft.ranks import Ranks

WEIGHT_SHARE = 0.6
"""Share of a device's memory that weights may take, so that there is room for activations."""
SHARD = "FINETUNE4J_SHARD"
"""Set to 1, has weights shared out among the processes even where each had room for all of them."""
SHARDING_TORCH = (2, 7)
"""The first torch that shares some weights out and leaves others whole."""


@dataclasses.dataclass(frozen=True)
class WeightBytes:
    """What weights take, with gradients and moments where they are trained: those that can be shared out, and those that every process has
    whole."""

    shared: float
    whole: float
    trains_all: bool
    is_packed: bool

    def held(self, processes: int) -> float:
        """Bytes of each process."""
        return self.shared / processes + self.whole


def is_to_be_shared(weights: WeightBytes, ranks: Ranks, asked: bool) -> bool:
    """Whether weights are shared out, as asked or for want of room; raises WorkProblem FT0604 where there is none for what a process would
    have to hold, and FT0675 where torch is too old for what is asked."""
    is_able = version_numbers(torch.__version__) >= SHARDING_TORCH
    if asked and ranks.world > 1 and not is_able:
        # What the plan foresaw of memory and time holds for shared weights only.
        raise problems.cannot_share(str(torch.__version__), ".".join(map(str, SHARDING_TORCH)))
    room = ranks.memory()
    is_tight = room is not None and weights.held(1) > WEIGHT_SHARE * room
    shares = is_able and ranks.world > 1 and (asked or is_tight or os.environ.get(SHARD) == "1")
    held = weights.held(ranks.world if shares else 1)
    if room is not None and held > room:
        raise problems.does_not_fit(held, room, weights.trains_all, weights.is_packed, ranks.world)
    return shares


def share_frozen(model: torch.nn.Module, layers: torch.nn.ModuleList, device: torch.device, is_packed: bool) -> None:
    """Leaves each process its share of the layers' frozen weights; of packed ones, nothing but what matrices are packed in, since torch 2.7
    shares no mixture of number formats out. What is trained, and what is outside the layers, every process has whole."""
    # By number: whoever held the weights themselves would keep them whole on the device.
    shared = {
        id(parameter)
        for module in layers.modules()
        for parameter in module.parameters(recurse=False)
        if not parameter.requires_grad and (isinstance(module, PackedLinear) or not is_packed)
    }
    kept = {parameter for parameter in model.parameters() if id(parameter) not in shared}
    _share(model, layers, device, False, ignored_params=kept)


def share_trained(model: torch.nn.Module, layers: torch.nn.ModuleList, device: torch.device, dtype: torch.dtype) -> None:
    """Leaves each process its share of every weight in float32, and so of gradients and moments. Layers are put together in the number
    format that is computed in; gradients are added up in float32."""
    from torch.distributed.fsdp import MixedPrecisionPolicy

    policy = MixedPrecisionPolicy(param_dtype=dtype, reduce_dtype=torch.float32)
    _share(model, layers, device, True, mp_policy=policy)


def _share(model: torch.nn.Module, layers: torch.nn.ModuleList, device: torch.device, widens: bool, **settings: Any) -> None:
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (dist.get_world_size(),))
    for unit in [*layers, model]:
        if widens:
            unit.float()  # only what is shared out next: all of it may be more than the machine has memory for
        fully_shard(unit, mesh=mesh, **settings)
