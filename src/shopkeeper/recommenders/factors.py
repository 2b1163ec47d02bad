"""Taste: products and people as points, near where the same people buy. Learned beside the counts, people placed as they ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shopkeeper.model.time import DAY
from shopkeeper.recommenders.als import FACTORS, REGULARISATION, points
from shopkeeper.recommenders.pairs import distinct

LEAST_PEOPLE = 200
"""With fewer buyers neighbours tell as much, and nothing is learned."""
TAUGHT_BY = 20_000
"""People that are learned from, drawn evenly: of more the points hardly move, and it takes seconds."""
LIKED = 300
"""Products told of one taste."""


class Factors(NamedTuple):
    """The points of products, as of an instant."""

    at: int
    keys: Sequence[str]
    """Products that have a point: bought by two people at least; in their order."""
    numbers: Mapping[str, int]
    items: NDArray[np.float32]
    """(products, FACTORS)"""
    onto: NDArray[np.float32]
    """(FACTORS, FACTORS): turns the sum of what somebody bought into the point they stand at."""

    def liked(self, taste: Mapping[str, float]) -> list[tuple[str, float]]:
        """Products near to somebody who bought these so often, the nearest first and ties by id; these too."""
        own = sorted((self.numbers[key], weight) for key, weight in taste.items() if key in self.numbers)
        if not own:
            return []
        weights = np.log1p(np.array([weight for _, weight in own], np.float32))
        here = self.onto @ (weights @ self.items[[number for number, _ in own]])
        scores = (self.items @ here).astype(np.float64).round(6)
        some = np.flatnonzero(scores > 0)
        if len(some) > LIKED:
            edge = np.partition(scores[some], len(some) - LIKED)[len(some) - LIKED]
            some = some[scores[some] >= edge]
        order = some[np.lexsort((some, -scores[some]))][:LIKED]
        return [(self.keys[n], s) for n, s in zip(order.tolist(), scores[order].tolist(), strict=True)]


def learn(lines: NDArray[np.int64], keys: Sequence[str], now: int) -> Factors | None:
    """Points of the products of these lines (see `counts.Rows`); None where too few people bought anything."""
    people, who = np.unique(lines[2], return_inverse=True)
    if len(people) < LEAST_PEOPLE:
        return None
    # Deferred: small shops do without.
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    size = len(keys)
    day = (lines[1] - lines[1].min()) // DAY
    span = int(day.max()) + 1
    cells, days = np.unique(distinct((who * size + lines[3]) * span + day) // span, return_counts=True)
    bought = csr_matrix((np.log1p(days).astype(np.float32), (cells // size, cells % size)), shape=(len(people), size))
    kept = np.flatnonzero(np.bincount(cells % size, minlength=size) >= 2)
    if len(kept) < FACTORS:
        return None
    taught = np.linspace(0, len(people) - 1, min(len(people), TAUGHT_BY)).astype(np.int64)
    items = points(bought[taught][:, kept])
    wide = items.astype(np.float64)
    onto = np.linalg.inv(wide.T @ wide + REGULARISATION * np.eye(FACTORS)).astype(np.float32)
    told = [keys[number] for number in kept.tolist()]
    return Factors(now, told, {key: number for number, key in enumerate(told)}, items, onto)
