"""Choosing products for one place on one page: strategies in order until the minimum is reached. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from shopkeeper.catalogue.rules import fold
from shopkeeper.model.definitions import Product
from shopkeeper.model.recommenders import Recommender
from shopkeeper.recommenders.ask import LOOKED, Ask, Found, Occasion
from shopkeeper.recommenders.shelves import Shelves
from shopkeeper.recommenders.strategies import STRATEGIES

POOL = 100
"""The best that were found, among which some are moved to the front or the end."""
PINNED = "pin"
"""What a pinned product says its strategy is."""


class Pick(NamedTuple):
    """A product and why it was chosen."""

    product: Product
    strategy: str
    reason: str


class _Candidate(NamedTuple):
    key: str
    strategy: str
    reason: str


def choose(shelves: Shelves, recommender: Recommender, occasion: Occasion, without: Collection[str] = ()) -> list[Pick]:
    """Up to `max` products, or none at all when the strategies together find fewer than `min`.

    Later strategies are asked only while fewer than `min` were found. `without` are products already on the page.
    """
    ask = Ask(shelves, recommender, occasion)
    taken = {shelves.stock.same(id) for id in without}
    if ask.seed:
        taken.add(ask.seed)
    admits = _admitting(ask)
    picks: list[Pick] = []
    crowd = _Crowd(recommender)
    pinned = (_Candidate(shelves.stock.same(id), PINNED, "Picked for you by the shop") for id in recommender.pin)
    _take(ask, picks, taken, crowd, (each for each in pinned if admits(each.key)))
    for place, name in enumerate(recommender.strategies):
        if place and len(picks) >= recommender.min:
            break
        found = islice(STRATEGIES[name].find(ask), LOOKED)
        passing = (_Candidate(key, name, why) for key, why in found if key not in taken and admits(key))
        _take(ask, picks, taken, crowd, _moved(ask, passing))
    return picks if len(picks) >= recommender.min else []


def _take(ask: Ask, picks: list[Pick], taken: set[str], crowd: _Crowd, candidates: Iterable[_Candidate]) -> None:
    """Put candidates among the picks until they are full."""
    if len(picks) >= ask.recommender.max:
        return
    for key, strategy, reason in candidates:
        face = ask.stock.faces[key]
        if key in taken or not crowd.admits(face):
            continue
        taken.add(key)
        picks.append(Pick(face, strategy, reason))
        if len(picks) >= ask.recommender.max:
            return


def _moved(ask: Ask, passing: Iterator[_Candidate]) -> Iterable[_Candidate]:
    """The same, with those that are boosted before the others of the best, and those that are buried after them."""
    if ask.recommender.boost is None and ask.recommender.bury is None:
        return passing
    first, last = ask.shelves.meant(ask.recommender.boost), ask.shelves.meant(ask.recommender.bury)
    pool = list(islice(passing, POOL))
    return sorted(pool, key=lambda each: (each.key in last) - (each.key in first))


class _Crowd:
    """How many of one brand and of one category were taken; products that name neither are never too many."""

    def __init__(self, recommender: Recommender) -> None:
        self._most = {"brand": recommender.per_brand, "category": recommender.per_category}
        self._taken: Counter[tuple[str, str]] = Counter()

    def admits(self, product: Product) -> bool:
        """Whether there is room for one more like this; it is counted where there is."""
        alike = [(name, fold(said)) for name, most in self._most.items() if most and (said := getattr(product, name))]
        if any(self._taken[each] >= (self._most[each[0]] or 0) for each in alike):
            return False
        self._taken.update(alike)
        return True


def _admitting(ask: Ask) -> Callable[[str], bool]:
    """Whether a product may be shown here; what that needs of the visitor is read only where it is asked for."""
    recommender, faces, scope = ask.recommender, ask.stock.faces, ask.scope
    sold_out = "out_of_stock" in recommender.hide
    hidden: set[str] = set(ask.cart) if "in_cart" in recommender.hide else set()
    bought = ask.person.bought if recommender.only or "bought" in recommender.hide else {}
    if recommender.only == "new" or "bought" in recommender.hide:
        hidden.update(bought)
    dearer, cheaper = ("dearer" in recommender.relative), ("cheaper" in recommender.relative)
    paid = ask.product.paid if ask.product else None

    def admits(key: str) -> bool:
        face = faces.get(key)
        if (
            face is None
            or key in hidden
            or (sold_out and not face.in_stock)
            or (scope is not None and key not in scope)
        ):
            return False
        if recommender.only == "again" and key not in bought:
            return False
        if dearer or cheaper:
            if paid is None or face.paid is None or face.currency != (ask.product.currency if ask.product else ""):
                return False
            return not (dearer and face.paid <= paid) and not (cheaper and face.paid >= paid)
        return True

    return admits


__all__ = ["Found", "Pick", "choose"]
