"""Why somebody stands where they stand, in words: the two families of features that speak most for them, as raw facts."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.features import (
    AFFINITY,
    ALIKE,
    CATEGORY_GOES,
    DENSE,
    FIT,
    GOES,
    OWN,
    TASTE,
    Features,
    History,
    history,
    neighbours,
    witnesses,
)
from shopkeeper.forecasts.index import CUSTOMER, LONG
from shopkeeper.forecasts.logistic import COLUMNS, SHARED, Weights, gather, meant
from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints, Longs, Shorts
from shopkeeper.forecasts.shelf import Alike, alike
from shopkeeper.forecasts.space import Space
from shopkeeper.forecasts.web import WEB, near_rows

FAMILIES: dict[str, tuple[str, ...]] = {
    "own": OWN,
    "seen": WEB,
    "goes": GOES,
    "category": (*CATEGORY_GOES, *AFFINITY),
    "alike": ALIKE,
    "taste": TASTE,
    "fit": FIT,
    "customer": CUSTOMER,
}
TOLD = 2
"""Families that are named."""


class Past(NamedTuple):
    """What one customer bought of a set."""

    times: int
    """Days on which they did."""
    last: int
    """Days since the last of them."""
    every: float | None
    """Mean days between them; None for fewer than three times."""


def past_of(bought: History, customer: int) -> Past | None:
    """What a customer bought of the set, None for nothing."""
    place = int(np.searchsorted(bought.buyers, customer))
    if place >= len(bought.buyers) or bought.buyers[place] != customer:
        return None
    first, end = int(bought.first[place]), int(bought.end[place])
    ages = bought.age[first:end]
    times = end - first
    return Past(times, int(ages[0]), float(ages[-1] - ages[0]) / (times - 1) if times >= 3 else None)


def told(past: Past, what: str = "") -> str:
    """`bought 54 times, last 4 days ago, usually every 8`."""
    named = f"bought {what}" if what else "bought"
    if past.times == 1:
        return f"{named} once, {_ago(past.last)}"
    words = f"{named} {past.times} times, last {_ago(past.last)}"
    if past.every is not None:
        words += f", usually every {max(round(past.every), 1)}"
    return words


def _ago(days: int) -> str:
    return "1 day ago" if days == 1 else f"{days} days ago"


class Reasons:
    """Tells why, for customers of one ranking."""

    def __init__(self, known: Space, weights: Weights | None, members: Ints, found: Features) -> None:
        self.known = known
        self.members = members
        self.bought = history(known.past, members)
        self.found = found
        self.weights = weights
        chosen, sources = witnesses(known, members, self.bought)
        self.near, self.close = neighbours(known.past, members, chosen, sources)

    def of(self, customers: Ints) -> list[list[str]]:
        """For each of these customers the reasons, the strongest first."""
        if self.weights is None:
            return [self._counted(int(c)) for c in customers]
        x, repeat = gather(self.known.about, self.found, customers)
        share = self._shares(self.weights, x, repeat)
        names = list(FAMILIES)
        found = []
        for row, customer in enumerate(customers):
            order = np.argsort(-share[row], kind="stable")
            words: list[str] = []
            for number in order:
                if share[row, number] <= 0 or len(words) == TOLD:
                    break
                said = self._words(names[number], int(customer))
                if said and said not in words:
                    words.append(said)
            found.append(words or self._counted(int(customer)))
        return found

    def _shares(self, weights: Weights, x: Floats, repeat: Flags) -> Doubles:
        """(customers, families): what each family adds to the log odds, above the mean of everybody."""
        w, _ = meant(weights, self.found)
        more = weights.repeat
        everybody = self.known.known
        buyers = self.found.buyers
        rate = len(buyers) / max(int(everybody.sum()), 1)
        found = np.zeros((len(x), len(FAMILIES)))
        for family, names in enumerate(FAMILIES.values()):
            for name in names:
                column = COLUMNS.index(name)
                added = (w[column] + more[column] * repeat) * x[:, column]
                found[:, family] += added - self._mean(name, w[column], more[column], rate)
        # Having bought at all belongs to what was bought.
        fixed = (
            weights.constants[1]
            + sum(
                more[COLUMNS.index(name)] * float(x[0, COLUMNS.index(name)])
                for name in SHARED
                if name not in CUSTOMER and name not in DENSE
            )
            if len(x)
            else 0.0
        )
        found[:, 0] += fixed * (repeat - rate)
        return found

    def _mean(self, name: str, w: float, more: float, rate: float) -> float:
        everybody, buyers = self.known.known, self.found.buyers
        if name in OWN:
            return more * rate * float(self.found.own[:, OWN.index(name)].mean()) if len(buyers) else 0.0
        column = (
            self.known.about[:, CUSTOMER.index(name)] if name in CUSTOMER else self.found.dense[:, DENSE.index(name)]
        )
        mean = w * float(column[everybody].mean())
        return mean + (more * rate * float(column[buyers].mean()) if len(buyers) else 0.0)

    def _words(self, family: str, customer: int) -> str:
        match family:
            case "own":
                past = past_of(self.bought, customer)
                return told(past) if past else ""
            case "seen":
                return self._seen(customer)
            case "goes":
                name = self._bought_most(customer, self.near, self.close)
                return f"bought {name}, which goes with it" if name else ""
            case "category":
                return self._category(customer)
            case "alike":
                name = self._bought_most(customer, *self._alike)
                return f"bought {name}, which is like it" if name else ""
            case "taste":
                return "buys what buyers of it buy"
            case "fit":
                return "usually pays about its price"
            case _:
                return self._active(customer)

    def _counted(self, customer: int) -> list[str]:
        past = past_of(self.bought, customer)
        said = told(past) if past else self._seen(customer) or self._active(customer) or self._here()
        return [said]

    def _here(self) -> str:
        return "looked around lately and bought nothing yet"

    def _active(self, customer: int) -> str:
        ages = np.unique([age for product in self._basket(customer) for age in self._ages(customer, product)])
        if not len(ages):
            return ""
        times, last = len(ages), int(ages[0])
        return f"orders often: on {times} days, last {_ago(last)}" if times > 1 else f"ordered once, {_ago(last)}"

    def _basket(self, customer: int) -> list[int]:
        """Every product the customer bought."""
        index = self.known.past
        found: list[int] = index.baskets[index.basket_starts[customer] : index.basket_starts[customer + 1]].tolist()
        return found

    def _ages(self, customer: int, product: int) -> Shorts:
        """When the customer bought a product, the latest first."""
        index = self.known.past
        rows = slice(int(index.starts[product]), int(index.starts[product + 1]))
        first, end = np.searchsorted(index.customer[rows], (customer, customer + 1))
        return index.age[rows][first:end]

    def _bought_most(self, customer: int, products: Ints, weight: Floats) -> str:
        """Of these products the one that what the customer bought of it, lately more, weighs most; empty for none."""
        both, here, _ = np.intersect1d(products, self._basket(customer), return_indices=True)
        best, name = 0.0, ""
        for product, place in zip(both, here, strict=True):
            bought = float(weight[place] * np.exp(-self._ages(customer, product) / LONG).sum())
            if bought > best:
                best, name = bought, self.known.past.products.names[product]
        return name

    def _category(self, customer: int) -> str:
        """The set's narrowest category that the customer bought of."""
        index = self.known.past
        basket = self._basket(customer)
        for codes, labels in zip(index.products.levels, index.products.labels, strict=True):
            own = codes[basket]
            both = own[np.isin(own, codes[self.members]) & (own >= 0)]
            if len(both):
                label = labels[int(np.bincount(both).argmax())]
                return f"bought {len(both)} product{'s' if len(both) > 1 else ''} of {label}"
        return ""

    def _seen(self, customer: int) -> str:
        """The surest sign of interest that the site saw: the cart, a look, words, a look at what goes with it."""
        looks, searches, names = self.known.looks, self.known.searches, self.known.past.products.names
        mine = _of(self._looks, looks.customer, customer)
        if len(mine):
            carted = bool(looks.carted[mine].any())
            return f"{'put it in the cart' if carted else 'looked at it'}, last {_ago(int(looks.age[mine].min()))}"
        mine = _of(self._searches, searches.customer, customer)
        if len(mine):
            return f"searched for it, last {_ago(int(searches.age[mine].min()))}"
        mine = _of(self._near_looks, looks.customer, customer)
        if len(mine):
            first = int(mine[0])
            product = int(np.searchsorted(looks.starts, first, side="right")) - 1
            return f"looked at {names[product]}, which goes with it, {_ago(int(looks.age[first]))}"
        return ""

    @cached_property
    def _alike(self) -> Alike:
        return alike(self.known.past, self.members)

    @cached_property
    def _looks(self) -> Longs:
        return self.known.looks.rows_of(self.members)

    @cached_property
    def _searches(self) -> Longs:
        return self.known.searches.rows_of(self.members)

    @cached_property
    def _near_looks(self) -> Longs:
        """Looks at what goes with the set, the closest first."""
        return near_rows(self.known.looks, self.near)


def _of(rows: Longs, customers: Ints, customer: int) -> Longs:
    """Of these rows those of one customer."""
    return np.asarray(rows[customers[rows] == customer])
