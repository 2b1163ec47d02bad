"""Random sets of products to learn from and be judged by: of four kinds, such as people ask about."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.index import Index
from shopkeeper.forecasts.purchases import Doubles, Ints, Longs, Purchases
from shopkeeper.forecasts.space import Space

KINDS = ("single", "category", "mixed", "launch")
LEAST = 8
"""Buyers that a set needs in the days it is judged by."""


class Drawn(NamedTuple):
    """A set of products and who bought of it."""

    kind: str
    members: Ints
    bought: Ints
    """Customers who bought within the horizon, in order."""


def draw(known: Space, after: Purchases, count: int, seed: int) -> list[Drawn]:
    """`count` sets, kinds in turn; `after` is what was bought within the horizon. Sets with too few buyers to judge by
    are drawn again, unless it may be because some of them could not be had; of each kind as many as there are.
    """
    index = known.past
    chance = np.random.default_rng(seed)
    order = np.argsort(after.product, kind="stable")
    product, customer = after.product[order], after.customer[order]
    starts = np.searchsorted(product, np.arange(index.products.size + 1))
    pools = _pools(index, starts)
    found: list[Drawn] = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        for _ in range(50):
            members = _one(kind, pools, chance)
            if not len(members):
                continue
            bought = np.unique(np.concatenate([customer[starts[m] : starts[m + 1]] for m in members]))
            bought = bought[known.known[bought]]
            if len(bought) >= LEAST or known.missing[members].any():
                found.append(Drawn(kind, np.sort(members).astype(np.int32), bought.astype(np.int32)))
                break
    return found


class Pools(NamedTuple):
    """What sets are drawn from."""

    sold: Ints
    weight: Doubles
    """Chance of each sold product: by the root of its buyers."""
    launched: Ints
    groups: list[Ints]
    """Products sold before, by what they share."""
    launches: list[Ints]
    """Products never sold, by what they share; where nothing is known of that, all of them."""


def _pools(index: Index, starts: Longs) -> Pools:
    ever = np.flatnonzero(index.buyers > 0).astype(np.int32)
    sold = np.flatnonzero(index.buyers >= 20).astype(np.int32)
    weight = np.sqrt(index.buyers[sold])
    launched = np.flatnonzero((index.buyers == 0) & (np.diff(starts) > 0)).astype(np.int32)
    return Pools(
        sold,
        weight / max(weight.sum(), 1),
        launched,
        [g for codes in index.products.levels[:2] for g in _groups(codes, ever)],
        [g for codes in index.products.levels for g in _groups(codes, launched)] or [g for g in (launched,) if len(g)],
    )


def _groups(codes: Ints, among: Ints) -> list[Ints]:
    """The products of each code."""
    chosen = among[codes[among] >= 0]
    order = chosen[np.argsort(codes[chosen], kind="stable")]
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1) if len(order) else []


def _one(kind: str, pools: Pools, chance: np.random.Generator) -> Ints:
    nothing = np.zeros(0, np.int32)
    if kind == "single":
        return chance.choice(pools.sold, 1, p=pools.weight) if len(pools.sold) else nothing
    if kind == "category":
        return pools.groups[chance.integers(len(pools.groups))] if pools.groups else nothing
    size = int(chance.integers(3, 21))
    if kind == "mixed":
        if len(pools.sold) < size:
            return nothing
        if chance.random() < 0.5 or not pools.groups:
            return chance.choice(pools.sold, size, replace=False, p=pools.weight)
        group = pools.groups[chance.integers(len(pools.groups))]
        return chance.choice(group, min(size, len(group)), replace=False)
    if not pools.launches:
        return nothing
    group = pools.launches[chance.integers(len(pools.launches))]
    return chance.choice(group, min(size, len(group)), replace=False)
