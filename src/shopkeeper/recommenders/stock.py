"""What may be recommended, as of one version of the catalogue: one product for each group of variants. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from shopkeeper.catalogue.rules import fold, lies_in, path_of
from shopkeeper.model.definitions import Product
from shopkeeper.recommenders.likeness import Likeness

_NOTHING: frozenset[str] = frozenset()


class Stock:
    """The products that are sold, by what stands for them: a product's id, or the id its variants share."""

    def __init__(
        self,
        products: Mapping[str, Product],
        variants: Mapping[str, str],
        before: Stock | None = None,
        *,
        discovered: bool = False,
    ) -> None:
        """`variants` tells what a product is a variant of; `discovered` products are among them only if asked. What was
        alike in the stock `before` is told until it is `renewed`.
        """
        self.products = products
        self.discovered = discovered
        self._variants = variants
        self.faces: dict[str, Product] = {}
        """What stands for a product and its variants -> the one to show."""
        for id, product in products.items():
            if not product.retired_at and (discovered or not product.discovered):
                key = variants.get(id, id)
                other = self.faces.get(key)
                self.faces[key] = product if other is None else _face(key, (other, product))
        self.likeness: Likeness | None = before.likeness if before is not None else None
        """What resembles what, as far as it was found out."""
        self._outdated = self.likeness is not None

    def same(self, id: str) -> str:
        """What stands for a product."""
        return self._variants.get(id, id)

    def among(self, ids: Iterable[str]) -> frozenset[str]:
        """What stands for these products."""
        return frozenset(self.same(id) for id in ids)

    def in_category(self, name: str) -> frozenset[str]:
        """What lies in a category, at any depth; see `catalogue.lies_in`."""
        wanted = path_of(name)
        places = [keys for place, keys in self._places.items() if lies_in(place, wanted)]
        return frozenset().union(*places)

    def of_brand(self, name: str) -> frozenset[str]:
        """What is of a brand."""
        return self._brands.get(fold(name), _NOTHING)

    @property
    def alike(self) -> Likeness:
        """What resembles what; found out when it is first asked, which takes a second for 100,000 products."""
        if self.likeness is None:
            self.likeness = Likeness(self.faces)
        return self.likeness

    def renew(self) -> None:
        """Find out anew what is alike, where only the stock before was looked at."""
        if self._outdated:
            self.likeness, self._outdated = Likeness(self.faces), False

    @cached_property
    def _places(self) -> dict[tuple[str, ...], list[str]]:
        by_text: dict[str, list[str]] = defaultdict(list)
        for key, product in self.faces.items():
            for text in (product.category, *product.categories):
                if text:
                    by_text[text].append(key)
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for text, keys in by_text.items():
            found[path_of(text)] += keys
        return found

    @cached_property
    def _brands(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key, product in self.faces.items():
            if product.brand:
                found[fold(product.brand)].add(key)
        return {brand: frozenset(keys) for brand, keys in found.items()}


def _face(key: str, group: Sequence[Product]) -> Product:
    """The product itself, or the first variant; one that can be bought before one that cannot."""
    return min(group, key=lambda p: (not p.in_stock, p.id != key, p.id))
