"""Which products resemble each other, by their ids: what `marks.py` finds alike, the most alike first. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shopkeeper.model.definitions import Product
from shopkeeper.recommenders.marks import told

MOST = 100
"""Products told for one."""
REMEMBERED = 20_000
Told = list[tuple[str, float]]


class Likeness:
    """Who says what, ready to be asked; answers are remembered."""

    def __init__(self, products: Mapping[str, Product]) -> None:
        self._keys = sorted(products)
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        self._marks = told(products[key] for key in self._keys)
        self._told: dict[str, Told] = {}

    def of(self, key: str) -> Told:
        """(product, score), the most alike first."""
        found = self._told.get(key)
        if found is None:
            if len(self._told) >= REMEMBERED:
                self._told.clear()
            number = self._numbers.get(key)
            found = self._told[key] = [] if number is None else self._find(number)
        return found

    def _find(self, number: int) -> Told:
        found, scores = self._marks.alike(number)
        rounded = scores.round(9)
        if len(found) > MOST:
            first = rounded >= np.partition(rounded, len(found) - MOST - 1)[len(found) - MOST - 1]
            found, scores, rounded = found[first], scores[first], rounded[first]
        order = np.lexsort((found, -rounded))[: MOST + 1]
        return [(self._keys[found[n]], float(scores[n])) for n in order if found[n] != number][:MOST]
