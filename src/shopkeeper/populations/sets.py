"""Large sets of products, as those of a category, in one table that facts are joined with: a bit for each set. Pure.

Inside an aggregate a list of values is compared one by one, and a long list in SQL takes seconds to read: a brand of
eighty thousand products cost minutes before.
"""

from __future__ import annotations

from collections import defaultdict

PRODUCT_SETS = "product_sets"
"""The name of the table."""
BITS = 62
"""Sets in one whole number."""


class ProductSets:
    """The sets that the questions of one query ask for, each once."""

    def __init__(self) -> None:
        self._places: dict[frozenset[str], int] = {}

    def place(self, products: frozenset[str]) -> tuple[int, int]:
        """The mask column of a set (0 for `m0`), and its bit there."""
        place = self._places.setdefault(products, len(self._places))
        return place // BITS, 1 << place % BITS

    def columns(self) -> dict[str, list[str] | list[int]]:
        """The table: `product` and masks `m0`, `m1` ...; nothing where no set was asked for."""
        found: dict[str, int] = defaultdict(int)
        for products, place in self._places.items():
            for product in products:
                found[product] |= 1 << place
        masks = range((len(self._places) + BITS - 1) // BITS)
        table: dict[str, list[str] | list[int]] = {"product": list(found)} if masks else {}
        for mask in masks:
            table[f"m{mask}"] = [bits >> mask * BITS & (1 << BITS) - 1 for bits in found.values()]
        return table
