"""Some of the customers, where a shop has more than there is to learn: what training takes stays within bounds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.purchases import Purchases, Site

PEOPLE, LINES = 200_000, 4_000_000
"""Customers that weights are learned from at most, and lines of their orders. Everybody is scored."""


class Sample(NamedTuple):
    """What some customers did; they are numbered anew."""

    purchases: Purchases
    customers: int
    site: Site | None
    share: float = 1.0
    """The part of all customers."""


def sample(purchases: Purchases, customers: int, site: Site | None = None) -> Sample:
    """Customers drawn evenly, the same ones for the same past; all of them where they are not too many."""
    if customers <= PEOPLE and purchases.rows <= LINES:
        return Sample(purchases, customers, site)
    order = np.random.default_rng(1).permutation(customers)[:PEOPLE]
    lines = np.cumsum(np.bincount(purchases.customer, minlength=customers)[order])
    chosen = np.zeros(customers, bool)
    chosen[order[: max(int(np.searchsorted(lines, LINES, side="right")), 1)]] = True
    number = (np.cumsum(chosen) - 1).astype(np.int32)
    mine = purchases.where(chosen[purchases.customer])
    return Sample(
        mine._replace(customer=number[mine.customer]),
        int(chosen.sum()),
        site.of(chosen, number) if site else None,
        float(chosen.sum()) / customers,
    )
