"""Shelves: each strategy's products in order, per category and for the whole shop, prepared for decisions."""

from __future__ import annotations

from collections import defaultdict

from shopkeeper.catalogue import Catalogue
from shopkeeper.model.time import DAY
from shopkeeper.orders import best_selling
from shopkeeper.recommenders.rules import Shelves
from shopkeeper.recommenders.strategies import STRATEGIES, Facts
from shopkeeper.storage import Connection

WINDOW = 30 * DAY
"""Sales older than this do not make a best seller."""


def build_shelves(conn: Connection, catalogue: Catalogue, now: int, *, discovered: bool = False) -> Shelves:
    """Fill every strategy's shelves from the facts of this moment; `discovered` products stand on them only if asked."""
    facts = Facts(dict(best_selling(conn, now - WINDOW, now)), now)
    available = [
        p
        for p in catalogue.products.values()
        if p.in_stock and not p.variant_of and not p.retired_at and (discovered or not p.discovered)
    ]
    filled: dict[str, dict[str, list[str]]] = {}
    for name, strategy in STRATEGIES.items():
        by_category: dict[str, list[str]] = defaultdict(list)
        for product in strategy.rank(available, facts):
            by_category[""].append(product.id)
            if product.category:
                by_category[product.category].append(product.id)
        filled[name] = dict(by_category)
    return Shelves(filled, {name: s.reason for name, s in STRATEGIES.items()}, catalogue.products)
