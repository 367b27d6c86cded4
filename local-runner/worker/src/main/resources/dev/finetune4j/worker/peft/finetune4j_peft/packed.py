"""Frozen matrices in the 4-bit format NF4 with double quantization (Dettmers et al. 2023, https://arxiv.org/abs/2305.14314), number by
number as the core packs them, and as bitsandbytes does, which is in none of the images."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F

BLOCK = 64
"""Elements that share a magnitude."""
MAGNITUDES = 256
"""Magnitudes that share a distance."""
BYTES_PER_ELEMENT = 0.5 + 1 / BLOCK + 4 / (BLOCK * MAGNITUDES)
BLOCKS_AT_ONCE = 1 << 18
"""Blocks whose numbers are held in float32 at once, 64 MiB of them."""

_TINY = 1e-38
_CODES = (
    -1.0, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.091050036, 0.0,
    0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0,
)  # fmt: skip
"""Quantiles of the normal distribution, scaled to -1..1 (appendix E of the paper)."""


@functools.cache
def codes(device: torch.device) -> torch.Tensor:
    """[16] float32."""
    return torch.tensor(_CODES, device=device)


@functools.cache
def levels(device: torch.device) -> torch.Tensor:
    """The signed dynamic data type of 8 bits (Dettmers 2015, https://arxiv.org/abs/1511.04561), [256] float32."""
    found = [0.0, 1.0]
    for exponent in range(7):
        bounds = torch.linspace(0.1, 1, 2**exponent + 1, dtype=torch.float32)
        centres = 10.0 ** (exponent - 6) * ((bounds[:-1] + bounds[1:]) / 2.0)
        found += centres.tolist() + (-centres).tolist()
    return torch.tensor(sorted(found), dtype=torch.float32, device=device)


@functools.cache
def pairs(device: torch.device) -> torch.Tensor:
    """The two codes of each byte, [256, 2] float32."""
    book = codes(device)
    return torch.stack([book.repeat_interleave(16), book.repeat(16)], dim=1)


def _nearest(x: torch.Tensor, book: torch.Tensor) -> torch.Tensor:
    return torch.bucketize(x, (book[:-1] + book[1:]) / 2, out_int32=True)


def _scaled(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows [n, size] over their largest magnitude, and that, [n]."""
    largest = rows.abs().amax(1)
    return rows * (1.0 / largest.clamp(min=_TINY)).unsqueeze(1), largest


def _rows_of(x: torch.Tensor, size: int) -> torch.Tensor:
    """[n, size], the last filled up with zeros."""
    return F.pad(x, (0, -x.numel() % size)).view(-1, size)


class PackedLinear(torch.nn.Linear):
    """A frozen linear layer that unpacks its matrix [out, in] at each use, and keeps none of it for the backward pass.

    packed: [blocks, 32] bytes, the first element of a pair in the upper half. magnitudes: [blocks] bytes, filled up to a multiple of 4.
    distances: [blocks / 256, rounded up] float32. mean: float32, of all magnitudes. Four bytes are held as a float32, which is never
    computed with: torch 2.7 shares nothing else out among processes.
    """

    def __init__(self, linear: torch.nn.Linear, device: torch.device, dtype: torch.dtype):
        """Packs a layer on a device; `dtype` is what it computes in."""
        torch.nn.Module.__init__(self)
        self.in_features = linear.in_features
        self.out_features = linear.out_features
        self.dtype = dtype
        self.bias = linear.bias
        flat = linear.weight.detach().to(device).flatten()
        packed, largest = [], []
        for piece in flat.split(BLOCKS_AT_ONCE * BLOCK):
            unit, magnitude = _scaled(_rows_of(piece.float(), BLOCK))
            chosen = _nearest(unit, codes(device)).to(torch.uint8).view(-1, BLOCK // 2, 2)
            packed.append(chosen[..., 0] << 4 | chosen[..., 1])
            largest.append(magnitude)
        every = torch.cat(largest)
        mean = every.double().mean().float()  # the last bit of a sum in float32 would depend on the machine
        apart, distances = _scaled(_rows_of(every - mean, MAGNITUDES))
        magnitudes = _nearest(apart, levels(device)).flatten()[: every.numel()].to(torch.uint8)
        self.packed = _frozen(torch.cat(packed).view(torch.float32))
        self.magnitudes = _frozen(F.pad(magnitudes, (0, -magnitudes.numel() % 4)).view(torch.float32))
        self.distances = _frozen(distances)
        self.register_buffer("mean", mean)
        self._held: torch.Tensor | None = None
        self._latest: _Latest | None = None

    @property
    def weight(self) -> torch.Tensor:
        """What the layer multiplies with, [out, in]; made anew each time, unless it is held."""
        if self._held is not None:
            return self._held
        if self._latest is not None:
            self._latest.hold(self)
            return self.weight
        return _unpacked(*self._parts(), (self.out_features, self.in_features), self.dtype)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[.., in] to [.., out]."""
        if self._held is not None:
            return F.linear(x, self._held, self.bias)
        return _Product.apply(x, *self._parts(), self.bias, (self.out_features, self.in_features))

    def unpack(self) -> None:
        """Multiplies with one matrix from now on."""
        self._held = _unpacked(*self._parts(), (self.out_features, self.in_features), self.dtype)

    def stand_in(self) -> None:
        """Holds one element in place of the matrix, for who looks at nothing but its shape, format and device."""
        one = torch.empty(1, dtype=self.dtype, device=self.packed.device)
        self._held = one.expand(self.out_features, self.in_features)

    def let_go(self) -> None:
        """Unpacks the matrix at each use again."""
        self._held = None

    def hold_latest(self, latest: _Latest | None) -> None:
        """Holds the matrix, once it was unpacked, until another of the same holder is."""
        self._latest = latest

    def numbers(self) -> Iterator[torch.nn.Parameter]:
        """What the matrix is packed in."""
        yield from (self.packed, self.magnitudes, self.distances)

    def _parts(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.packed, self.magnitudes, self.distances, self.mean


def pack(
    model: torch.nn.Module, layers: torch.nn.ModuleList, device: torch.device, target: torch.device, dtype: torch.dtype
) -> None:
    """Packs every linear layer within the layers of a model, one after the other on a device, and lays it down on the target. All else is put
    into the number format that is computed in."""
    for parent in list(layers.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, torch.nn.Linear):
                setattr(parent, name, PackedLinear(child, device, dtype).to(target))
    packed = {parameter for module in layers.modules() if isinstance(module, PackedLinear) for parameter in module.numbers()}
    for parameter in model.parameters():
        if parameter not in packed:
            parameter.data = parameter.data.to(dtype)


class _Latest:
    """Holds the matrix that was unpacked last."""

    def __init__(self) -> None:
        self._layer: PackedLinear | None = None

    def hold(self, layer: PackedLinear) -> None:
        if self._layer is not None:
            self._layer.let_go()
        self._layer = layer
        layer.unpack()


@contextlib.contextmanager
def wrapped(layers: torch.nn.ModuleList, needs_numbers: bool) -> Iterator[None]:
    """While PEFT wraps layers: it asks each matrix a dozen times for its format and device, and takes the numbers of some adapters from it."""
    packed = [module for module in layers.modules() if isinstance(module, PackedLinear)]
    latest = _Latest()
    for layer in packed:
        layer.hold_latest(latest) if needs_numbers else layer.stand_in()
    try:
        yield
    finally:
        for layer in packed:
            layer.hold_latest(None)
            layer.let_go()


def _frozen(x: torch.Tensor) -> torch.nn.Parameter:
    return torch.nn.Parameter(x, requires_grad=False)


def _unpacked(
    packed: torch.Tensor,
    magnitudes: torch.Tensor,
    distances: torch.Tensor,
    mean: torch.Tensor,
    shape: tuple[int, int],
    dtype: torch.dtype,
) -> torch.Tensor:
    """[out, in]; every number is computed in float32 and rounded once."""
    device = packed.device
    packed, magnitudes = packed.view(torch.uint8), magnitudes.view(torch.uint8)
    numbers = torch.empty(packed.shape[0], BLOCK, dtype=dtype, device=device)
    for begin in range(0, packed.shape[0], BLOCKS_AT_ONCE):
        end = min(begin + BLOCKS_AT_ONCE, packed.shape[0])
        spread = distances[torch.arange(begin, end, device=device) // MAGNITUDES]  # [n]
        largest = levels(device)[magnitudes[begin:end].int()] * spread + mean  # [n]
        chosen = F.embedding(packed[begin:end].int(), pairs(device)).view(-1, BLOCK)  # [n, 64]
        torch.mul(chosen, largest.unsqueeze(1), out=numbers[begin:end])
    return numbers.flatten()[: shape[0] * shape[1]].view(shape)


class _Product(torch.autograd.Function):
    """x W^T + b of a packed matrix, which autograd would keep unpacked for the gradient of x."""

    @staticmethod
    def forward(ctx: Any, x, packed, magnitudes, distances, mean, bias, shape):
        ctx.save_for_backward(packed, magnitudes, distances, mean)
        ctx.shape = shape
        return F.linear(x, _unpacked(packed, magnitudes, distances, mean, shape, x.dtype), bias)

    @staticmethod
    def backward(ctx: Any, gradient):
        weight = _unpacked(*ctx.saved_tensors, ctx.shape, gradient.dtype)
        return gradient @ weight, None, None, None, None, None, None
