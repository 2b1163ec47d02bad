"""What products say, as columns: words of the name, categories, brand, tags and attributes, and who else says so. Pure.

Two products are as alike as the rarer of what they share is (inverse document frequency), less where prices lie apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shopkeeper.catalogue.rules import fold, path_of
from shopkeeper.model.definitions import Product

COMMON = 0.1
"""What more than this share of many products says, tells none from another."""
MANY = 1_000
_WORD = re.compile(r"\w+")
_WORTH = {"c": 1.5, "w": 1.0, "t": 1.0, "b": 0.7, "a": 0.7}
"""By the kind of saying: category, word, tag, brand, attribute."""


class Marks(NamedTuple):
    """What each of many products (numbers) says, and the products that say it. What none or nearly all share is left out."""

    starts: NDArray[np.int64]
    """Marks of product p: `marks[starts[p]:starts[p + 1]]`."""
    marks: NDArray[np.int32]
    holder_starts: NDArray[np.int64]
    holders: NDArray[np.int32]
    """Products that say mark m, ascending: `holders[holder_starts[m]:holder_starts[m + 1]]`."""
    worth: NDArray[np.float64]
    """Of sharing each mark."""
    price: NDArray[np.float64]
    """Log of each product's price, nan where it has none."""

    def alike(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(products ascending, how alike each is): all that share anything with a product, itself too."""
        own = self.marks[self.starts[number] : self.starts[number + 1]]
        if not len(own):
            return np.zeros(0, np.int64), np.zeros(0)
        low, high = self.holder_starts[own], self.holder_starts[own.astype(np.int64) + 1]
        numbers = np.concatenate([self.holders[a:b] for a, b in zip(low, high, strict=True)])
        scores = np.bincount(numbers, np.repeat(self.worth[own], high - low), len(self.price)).astype(np.float64)
        found = np.flatnonzero(scores).astype(np.int64)
        scores = scores[found]
        if not np.isnan(self.price[number]):
            apart = np.abs(self.price[found] - self.price[number])
            scores = scores * (1 - 0.3 * np.nan_to_num(np.minimum(apart, 1.0), nan=0.5))
        return found, scores


def told(products: Iterable[Product | None]) -> Marks:
    """What these products say; nothing where one is not known."""
    codes: dict[str, int] = {}
    said: list[int] = []
    many: list[int] = []
    prices: list[float] = []
    for product in products:
        own = [codes.setdefault(mark, len(codes)) for mark in marks_of(product)] if product else []
        said += own
        many.append(len(own))
        prices.append(np.nan if product is None or product.paid is None else float(np.log1p(product.paid)))
    mark, product_of = np.array(said, np.int32), np.repeat(np.arange(len(many), dtype=np.int32), many)
    size = np.bincount(mark, minlength=len(codes))
    tells = (size > 1) & (size <= max(COMMON * len(many), MANY))
    kept = tells[mark]
    mark, product_of = mark[kept], product_of[kept]
    kinds = np.array([_WORTH[text[0]] for text in codes], np.float64)
    return Marks(
        starts=_starts(product_of, len(many)),
        marks=mark,
        holder_starts=_starts(mark, len(codes)),
        holders=product_of[np.argsort(mark, kind="stable")],
        worth=kinds * np.log(1 + len(many) / np.maximum(size, 1)),
        price=np.array(prices, np.float64),
    )


def _starts(numbers: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.bincount(numbers, minlength=count)))).astype(np.int64)


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
