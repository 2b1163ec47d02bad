"""What figures come to: shares, means, likeness, and medians. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def share(part: float, whole: float) -> float:
    """A part of a whole, 0 of nothing."""
    return part / whole if whole else 0.0


def mean_money(value: int, count: int) -> int:
    """The mean in whole minor units, halves away from zero."""
    if not count:
        return 0
    whole = (2 * abs(value) + count) // (2 * count)
    return whole if value >= 0 else -whole


def jaccard(both: int, one: int, other: int) -> float:
    """What two groups share, of all who are in either."""
    return share(both, one + other - both)


def lift(both: int, one: int, other: int, everybody: int) -> float | None:
    """How many times more people two groups share than chance would have them share; None where either is empty."""
    return both * everybody / (one * other) if one and other else None


def median(lengths: Mapping[int, int]) -> float | None:
    """The median of lengths that occur so many times; None of nothing."""
    total = sum(lengths.values())
    if not total:
        return None
    seen, low = 0, None
    for length in sorted(lengths):
        seen += lengths[length]
        if low is None and 2 * seen >= total:
            low = length
            if 2 * seen > total:
                return float(low)
        elif low is not None:
            return (low + length) / 2
    return None if low is None else float(low)
