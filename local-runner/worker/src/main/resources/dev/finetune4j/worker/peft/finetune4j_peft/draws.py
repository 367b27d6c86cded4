"""The numbers of Java's SplittableRandom (https://doi.org/10.1145/2714064.2660195), which fresh adapters start as in the core."""

from __future__ import annotations

import numpy

from finetune4j_peft.recipe import Draw

_GAMMA = 0x9E3779B97F4A7C15


def doubles(seed: int, count: int) -> numpy.ndarray:
    """The first `nextDouble()` of a generator, [count] float64 in [0, 1)."""
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed % 2**64) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(_GAMMA)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = z ^ (z >> numpy.uint64(31))
    return (z >> numpy.uint64(11)).astype(numpy.float64) * 2.0**-53


def drawn(draw: Draw) -> numpy.ndarray:
    """A factor as it starts, [rows, columns] float32."""
    uniform = doubles(draw.seed, draw.rows * draw.columns)
    return ((2 * uniform - 1) * draw.bound).astype(numpy.float32).reshape(draw.rows, draw.columns)
