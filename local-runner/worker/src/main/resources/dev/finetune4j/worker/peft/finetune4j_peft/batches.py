"""Which rows are computed together. The loss of a step is a sum over its rows, so that neither number changes what is learned."""

from __future__ import annotations

from collections.abc import Sequence


def dealt(lengths: Sequence[int], shares: int) -> list[list[int]]:
    """Places in `lengths` for each of some shares of about as many tokens, the longest dealt first."""
    dealt_to: list[list[int]] = [[] for _ in range(shares)]
    tokens = [0] * shares
    for place in sorted(range(len(lengths)), key=lambda at: -lengths[at]):
        least = min(range(shares), key=tokens.__getitem__)
        dealt_to[least].append(place)
        tokens[least] += lengths[place]
    return dealt_to


def padded_parts(lengths: Sequence[int], places: Sequence[int], limit: int, most: int = 0) -> list[list[int]]:
    """Places cut into parts of at most `most` rows, 0 for any number, that take at most `limit` tokens with padding, each at least one
    row, the longest first."""
    parts: list[list[int]] = []
    for place in sorted(places, key=lambda at: -lengths[at]):
        rows = len(parts[-1]) + 1 if parts else 0
        if parts and rows * lengths[parts[-1][0]] <= limit and (most == 0 or rows <= most):
            parts[-1].append(place)
        else:
            parts.append([place])
    return parts


def shared_out(lengths: Sequence[int], shares: int, limit: int, most: int = 0) -> list[list[list[int]]]:
    """For each share the parts that it computes, as many as any other: those at the end may be empty."""
    split = [padded_parts(lengths, own, limit, most) for own in dealt(lengths, shares)]
    most = max(map(len, split))
    return [parts + [[]] * (most - len(parts)) for parts in split]
