"""Which products resemble each other by what they say: words of the name, category, brand, tags, and price. Pure.

Two products are as alike as the rarer of what they share is (inverse document frequency), less where prices lie apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import log

import numpy as np
from numpy.typing import NDArray

from shopkeeper.catalogue.rules import fold, path_of
from shopkeeper.model.definitions import Product

MOST = 100
"""Products told for one."""
COMMON = 0.1
"""What more than this share of many products says, tells none from another."""
MANY = 1_000
REMEMBERED = 20_000
_WORD = re.compile(r"\w+")
Told = list[tuple[str, float]]


class Likeness:
    """Who says what, ready to be asked; answers are remembered."""

    def __init__(self, products: Mapping[str, Product]) -> None:
        self._products = products
        self._keys = sorted(products)
        said: dict[str, list[int]] = {}
        for number, key in enumerate(self._keys):
            for mark in marks_of(products[key]):
                said.setdefault(mark, []).append(number)
        most = max(COMMON * len(products), MANY)
        self._holders: dict[str, NDArray[np.int32]] = {
            mark: np.array(numbers, np.int32) for mark, numbers in said.items() if 1 < len(numbers) <= most
        }
        prices = [products[key].paid for key in self._keys]
        self._prices = np.array([np.nan if price is None else np.log1p(price) for price in prices], np.float64)
        self._told: dict[str, Told] = {}

    def of(self, key: str) -> Told:
        """(product, score), the most alike first."""
        found = self._told.get(key)
        if found is None:
            if len(self._told) >= REMEMBERED:
                self._told.clear()
            found = self._told[key] = self._find(key) if key in self._products else []
        return found

    def _find(self, key: str) -> Told:
        product = self._products[key]
        holders = [(mark, self._holders[mark]) for mark in marks_of(product) if mark in self._holders]
        if not holders:
            return []
        numbers = np.concatenate([each for _, each in holders])
        worth = [_weight(mark) * log(1 + len(self._keys) / len(each)) for mark, each in holders]
        weights = np.repeat(np.array(worth), [len(each) for _, each in holders])
        scores = np.bincount(numbers, weights, len(self._keys))
        found = np.flatnonzero(scores)
        scores = scores[found]
        if product.paid is not None:
            apart = np.abs(self._prices[found] - np.log1p(product.paid))
            scores = scores * (1 - 0.3 * np.nan_to_num(np.minimum(apart, 1.0), nan=0.5))
        rounded = scores.round(9)
        if len(found) > MOST:
            first = rounded >= np.partition(rounded, len(found) - MOST - 1)[len(found) - MOST - 1]
            found, scores, rounded = found[first], scores[first], rounded[first]
        order = np.lexsort((found, -rounded))[: MOST + 1]
        keys = ((self._keys[found[n]], float(scores[n])) for n in order)
        return [(other, score) for other, score in keys if other != key][:MOST]


def marks_of(product: Product) -> Iterator[str]:
    """What a product says, each once, with what kind of saying it is."""
    marks = [f"w{word}" for word in _WORD.findall(fold(product.name)) if len(word) > 2 or not word.isascii()]
    for category in (product.category, *product.categories):
        path = path_of(category)
        marks += [f"c{' > '.join(path[: depth + 1])}" for depth in range(len(path))]
    marks += [f"t{fold(tag)}" for tag in product.tags]
    if product.brand:
        marks.append(f"b{fold(product.brand)}")
    for name, value in product.extra.items():
        values = value if isinstance(value, list) else [value]
        marks += [f"a{name}={fold(v)}" for v in values if isinstance(v, str) and 0 < len(v) <= 40]
    return iter(dict.fromkeys(marks))


def _weight(mark: str) -> float:
    return {"c": 1.5, "w": 1.0, "t": 1.0, "b": 0.7}.get(mark[0], 0.7)
