"""Assignment: from somebody's id to a variant, and to being held out. Pure.

Source: the public vectors of the GrowthBook SDKs (hash version 2, bucket ranges, choosing a variation), kept in
`cases/experiments`. Shares and positions are fractions of 1; a range has its start and not its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shopkeeper.model.buckets import STEPS, place_of

Range = tuple[float, float]
_NEARLY = 0.01
"""Weights that add up to one but for so much are taken as they are."""


def position(seed: str, value: str) -> float:
    """Where an id lies between 0 (included) and 1 (excluded), in steps of a ten-thousandth."""
    return place_of(value, seed) / STEPS


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    """What part of all ids each variant has, by weights of any sum above 0."""
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}


def bucket_ranges(weights: Sequence[float], coverage: float = 1.0) -> tuple[Range, ...]:
    """The range of each variant: side by side by their weights, of each the first `coverage`.

    Weights that do not add up to 1 mean equal ones.
    """
    covered = min(max(coverage, 0.0), 1.0)
    if abs(sum(weights) - 1) > _NEARLY:
        weights = [1 / len(weights)] * len(weights)
    ranges, start = [], 0.0
    for weight in weights:
        ranges.append((start, start + covered * weight))
        start += weight
    return tuple(ranges)


def choose(place: float, ranges: Sequence[Range]) -> int:
    """Which range a position lies in; -1 for none."""
    for number, (start, end) in enumerate(ranges):
        if start <= place < end:
            return number
    return -1


class Split(NamedTuple):
    """The variants of a communication and the ranges of ids that meet each."""

    seed: str
    names: tuple[str, ...]
    ranges: tuple[Range, ...]

    @classmethod
    def of(cls, communication: str, weights: Mapping[str, float]) -> Split:
        """That of a communication whose variants have these weights, of any sum above 0.

        Variants keep the order of their definition: a changed weight moves the borders, nobody else.
        """
        return cls(f"variants:{communication}", tuple(weights), bucket_ranges([*shares(weights).values()]))

    def number_of(self, unit: str) -> int:
        """The place among `names` of the variant an id belongs to."""
        found = choose(position(self.seed, unit), self.ranges)
        # The last border may lie a rounding error below 1: who is beyond it belongs to the last one that has a share.
        return found if found >= 0 else max(n for n, (start, end) in enumerate(self.ranges) if start < end)

    def variant_of(self, unit: str) -> str:
        """The variant an id belongs to."""
        return self.names[self.number_of(unit)]


class Holdout(NamedTuple):
    """A share of all ids that is deliberately given nothing."""

    seed: str
    share: float

    @classmethod
    def of_shop(cls, share: float) -> Holdout:
        """The one holdout of everything."""
        return cls("holdout", share)

    @classmethod
    def of_campaign(cls, campaign: str, share: float) -> Holdout:
        """That of one campaign."""
        return cls(f"holdout:{campaign}", share)

    def holds(self, unit: str) -> bool:
        """Whether an id is held out. A greater share keeps all who were held out before."""
        return self.share > 0 and position(self.seed, unit) < self.share
