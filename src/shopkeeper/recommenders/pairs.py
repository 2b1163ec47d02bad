"""Which products go together: the counts of pairs, and of each product its nearest, found with sparse matrices."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Rows = tuple[Numbers, Numbers, NDArray[np.float64]]
"""Of each pair: a product, another, and how near it is."""
NEAREST = 50
"""Neighbours kept of each product."""
CALM = 2.0
"""Added to how often each product was met: pairs of rare products are no certainties."""
MANY = 1_000_000
"""Where so many pairs met, those that met once say nothing."""
LONGEST = 100
"""Products of one basket that are paired, the latest: who buys for a village says little, and pairs grow by the square."""
BLOCK = 1_000
"""Products whose pairs are counted in one go: nobody is answered meanwhile."""
FEW = 8_000
"""Below so many, sorting is quicker than a sum for each product of the shop."""


class Neighbours(NamedTuple):
    """Of each product (a number) its nearest, best first, ties by number."""

    starts: NDArray[np.int64]
    others: NDArray[np.int32]
    scores: NDArray[np.float32]

    def together(self, numbers: Numbers, weights: NDArray[np.float64]) -> tuple[Numbers, NDArray[np.float64]]:
        """(products ascending, how near each is to these together); each of these is weighed."""
        low = self.starts[numbers]
        many = self.starts[numbers + 1] - low
        at = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
        others, worth = self.others[at], self.scores[at] * np.repeat(weights, many)
        if len(at) < FEW:
            found, place = np.unique(others, return_inverse=True)
            return found.astype(np.int64), np.bincount(place, worth).astype(np.float64)
        scores = np.bincount(others, worth).astype(np.float64)
        found = np.flatnonzero(scores)
        return found.astype(np.int64), scores[found]


def met(groups: Numbers, products: Numbers, count: int, *, chance: bool = False) -> Neighbours:
    """Products that were met in the same groups (baskets, visits, people), by cosine; or by `chance`: of the groups with
    the one, the share that has the other.

    Source: item-item cosine, and the conditional probability of Deshpande and Karypis (2004), both shrunk.
    """
    from scipy import sparse  # noqa: PLC0415 - takes half a second and is wanted by whoever counts only

    if not len(groups):
        return _none(count)
    _, rows = np.unique(groups, return_inverse=True)
    once = distinct(rows * count + products)
    cells = (np.ones(len(once), np.float32), (once // count, once % count))
    held = sparse.csr_matrix(cells, shape=(int(rows.max()) + 1, count))
    often = np.asarray(held.sum(axis=0)).ravel()
    least = 2 if (np.asarray(held.sum(axis=1)) ** 2).sum() > MANY else 1
    across = held.T.tocsr()
    parts = [_block(across, held, often, low, least, chance=chance) for low in range(0, count, BLOCK)]
    return _joined(parts, count)


def distinct(values: Numbers) -> Numbers:
    """Each once, in order. Sorting lets requests be answered meanwhile; hashing, as `np.unique` does it, held them up for
    half a second.
    """
    found = np.sort(values)
    return found[np.append(True, found[1:] != found[:-1])] if len(found) else found


def followed(first: Numbers, then: Numbers, count: int) -> Neighbours:
    """Of pairs (a first, then b) the share in which each b followed, times how surely."""
    if not len(first):
        return _none(count)
    pairs, times = np.unique(first * count + then, return_counts=True)
    a, b = pairs // count, pairs % count
    often = np.bincount(first, minlength=count)
    scores = times / (often[a] + CALM)
    return _joined([_nearest(a, b, scores)], count)


def _block(across: Any, held: Any, often: Numbers, low: int, least: int, *, chance: bool) -> Rows:
    """The nearest of the products from `low` on."""
    pairs = (across[low : low + BLOCK] @ held).tocoo()
    a, b, times = pairs.row.astype(np.int64) + low, pairs.col.astype(np.int64), pairs.data
    kept = (a != b) & (times >= least)
    a, b, times = a[kept], b[kept], times[kept]
    scores = times / (often[a] + CALM) if chance else times / np.sqrt((often[a] + CALM) * (often[b] + CALM))
    return _nearest(a, b, scores)


def _nearest(a: Numbers, b: Numbers, scores: NDArray[np.float64]) -> Rows:
    order = np.lexsort((b, -scores, a))
    a, b, scores = a[order], b[order], scores[order]
    kept = ranked(a) < NEAREST
    return a[kept], b[kept], scores[kept]


def ranked(groups: Numbers) -> Numbers:
    """The place of each row within its group, from 0; rows of a group stand together."""
    new = np.r_[True, groups[1:] != groups[:-1]] if len(groups) else np.zeros(0, bool)
    begins = np.flatnonzero(new)
    return np.arange(len(groups)) - np.repeat(begins, np.diff(np.r_[begins, len(groups)]))


def _joined(parts: list[Rows], count: int) -> Neighbours:
    a, b, scores = (np.concatenate([part[n] for part in parts]) for n in range(3))
    starts = np.r_[0, np.cumsum(np.bincount(a, minlength=count))]
    return Neighbours(starts.astype(np.int64), b.astype(np.int32), scores.astype(np.float32))


def _none(count: int) -> Neighbours:
    return Neighbours(np.zeros(count + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
