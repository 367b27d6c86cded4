#!/usr/bin/env python3
"""NF4 with double quantization, after the paper (Dettmers et al. 2023, https://arxiv.org/abs/2305.14314) and its published code book.

    python nf4_reference.py

compares this with the package bitsandbytes (0.50 was used), where it is installed: every code and magnitude exactly, dequantized
numbers to 1e-5 of themselves, since it sums the mean of the magnitudes in float32. Its
kernel for CPUs sometimes takes the second nearest level for a magnitude; its kernels for GPUs and its plain ones take the nearest.
The scripts that make fixtures import it. It is no import of the engine's packed.py: the core is held to it, and that engine to the core.
Needs torch.
"""
import torch

CODES = torch.tensor([
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0])


def dynamic_levels():
    """The signed dynamic data type of 8 bits (Dettmers 2015, https://arxiv.org/abs/1511.04561)."""
    levels = [0.0, 1.0]
    for exponent in range(7):
        bounds = torch.linspace(0.1, 1, 2 ** exponent + 1, dtype=torch.float32)
        centres = 10.0 ** (exponent - 6) * ((bounds[:-1] + bounds[1:]) / 2.0)
        levels += centres.tolist() + (-centres).tolist()
    return torch.tensor(sorted(levels), dtype=torch.float32)


def nearest(x, book):
    return torch.bucketize(x, (book[:-1] + book[1:]) / 2)


def blocks_of(x, size):
    """[blocks, size], the last filled up with zeros."""
    flat = x.reshape(-1).float()
    return torch.nn.functional.pad(flat, (0, -flat.numel() % size)).view(-1, size)


def scaled(rows):
    """The rows over their largest magnitude, and that."""
    largest = rows.abs().amax(1)
    return rows * (1.0 / largest.clamp(min=1e-38)).unsqueeze(1), largest


def quantize(w):
    """Codes [blocks, 64], magnitudes [blocks], distances [blocks / 256] and mean of a tensor."""
    unit, largest = scaled(blocks_of(w, 64))
    mean = largest.double().mean().float()  # the last bit of a sum in float32 would depend on the machine
    apart, distances = scaled(blocks_of(largest - mean, 256))
    magnitudes = nearest(apart, dynamic_levels()).reshape(-1)[:largest.numel()]
    return nearest(unit, CODES), magnitudes, distances, mean


def dequantize(quantized, shape):
    codes, magnitudes, distances, mean = quantized
    spread = distances.repeat_interleave(256)[:magnitudes.numel()]
    largest = dynamic_levels()[magnitudes] * spread + mean
    return (CODES[codes] * largest.unsqueeze(1)).reshape(-1)[:shape.numel()].view(shape)


def round_trip(w):
    """A tensor as it is after quantization, float32."""
    return dequantize(quantize(w), w.shape)


def main():
    import bitsandbytes.functional as bnb

    for seed, shape in enumerate([(37, 40), (64, 64), (160, 128), (1536, 576)]):
        torch.manual_seed(seed)
        for w in (torch.randn(shape), 0.02 * torch.randn(shape).bfloat16()):
            packed, state = bnb.quantize_4bit(w, quant_type="nf4", compress_statistics=True, blocksize=64)
            codes, magnitudes, distances, mean = quantize(w)
            pairs = codes.reshape(-1)[:w.numel() // 2 * 2].view(-1, 2)
            assert torch.equal(packed.reshape(-1).long(), pairs[:, 0] * 16 + pairs[:, 1]), "codes"
            assert torch.allclose(state.state2.absmax, distances, rtol=1e-6, atol=0), "distances"
            assert torch.allclose(state.offset, mean, rtol=1e-6, atol=0), "mean"
            levels, theirs = dynamic_levels(), state.absmax.long()
            wanted = (scaled(blocks_of(w, 64))[1] - mean) / distances.repeat_interleave(256)[:magnitudes.numel()]
            other = theirs != magnitudes  # the kernel for CPUs does not always find the nearest level
            ours_is_nearer = (levels[magnitudes] - wanted).abs() < (levels[theirs] - wanted).abs()
            assert torch.all(ours_is_nearer[other]), "magnitudes"
            state.dtype = torch.float32
            numbers = bnb.dequantize_4bit(packed, state)
            equal = torch.isclose(numbers, round_trip(w), rtol=1e-5, atol=0).view(-1)
            same = (~other).repeat_interleave(64)[:w.numel()]
            assert torch.all(equal[same]), "numbers"
            print(shape, w.dtype, f"all equal, but {int(other.sum())} of {other.numel()} magnitudes, nearer here")


if __name__ == "__main__":
    main()
