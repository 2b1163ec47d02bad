"""What every kind of leaf comes down to in bulk: a SELECT of one row a person, and each answer as SQL over it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shopkeeper.conditions.leaves import Leaf, Period, Top
from shopkeeper.populations.sets import ProductSets
from shopkeeper.populations.words import both


class Asked(NamedTuple):
    """What questions are asked of."""

    relation: str
    """The facts, to stand after FROM."""
    at: int
    thresholds: Mapping[Top, float]
    sets: ProductSets
    """Collects the sets of products that the questions name."""


class Source(NamedTuple):
    """Answers that are found together."""

    sql: str
    """SELECT who and some columns, one row for each person (but see `of`) that may answer otherwise than somebody
    without facts."""
    answers: Mapping[str, str]
    """Leaf (by its key) -> its answer over those columns: TRUE or FALSE, or NULL for FALSE."""
    name: str = ""
    """What others may call it."""
    of: Mapping[str, str] = {}
    """Leaf -> the rows it is about, where there is more than one row for each person. Two leaves are about the same rows or
    have none in common."""


Leaves = Mapping[str, Leaf]
"""Leaves by their keys (`key_of`)."""


def key_of(leaf: Leaf) -> str:
    """What tells leaves apart. Not equality: in Python a check for 1 equals a check for True."""
    return repr(leaf)


class Span(NamedTuple):
    """The times that lie in a period at an instant, both included; none where first > last."""

    first: int | None
    last: int

    def sql(self, column: str = "t") -> str:
        return both(
            [f"{column} <= {self.last}"]
            if self.first is None
            else [f"{column} >= {self.first}", f"{column} <= {self.last}"]
        )


def span(period: Period, at: int) -> Span:
    """The times of facts that lie in a period at the instant `at`."""
    firsts = [at - period.within if period.within is not None else None, period.start]
    last = at if period.older_than is None else at - period.older_than - 1
    if period.end is not None:
        last = min(last, period.end - 1)
    return Span(max((first for first in firsts if first is not None), default=None), last)


def earliest(firsts: Iterable[int | None]) -> int | None:
    """The first time that one of several spans needs; None for all that there are."""
    found = list(firsts)
    return None if None in found else min(first for first in found if first is not None)
