"""A small shop with patterns that every marketer expects, as plain purchases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.learn import Learnt, learn
from shopkeeper.forecasts.purchases import Products, Purchases
from shopkeeper.forecasts.rank import Ranking, rank
from shopkeeper.forecasts.space import Space, space

NOW, DAYS, PEOPLE = 20_000, 330, 500
STRAWBERRY, VANILLA, VITAMIN = 0, 1, 2
CATALOGUE = 60
WAITING, FRESH, NEVER = PEOPLE, PEOPLE + 1, PEOPLE + 2
"""Bought the two-month vitamin three months ago, bought it yesterday, never bought anything like it."""


class Planted(NamedTuple):
    """The shop, and what was learned from it."""

    purchases: Purchases
    products: Products
    known: Space
    learnt: Learnt

    def ranking(self, *members: int) -> Ranking:
        """Everybody's place for some products."""
        return rank(self.known, self.learnt.weights, np.array(members, np.int32), 28)


def purchases() -> Purchases:
    """Every fourth customer eats strawberry bars, and half of these take to vanilla powder within weeks; every fifth
    takes a vitamin every two months; all buy other things now and then, each of their own few.
    """
    chance = np.random.default_rng(11)
    rows: list[tuple[int, int, int]] = []
    for person in range(PEOPLE):
        start = int(chance.integers(0, 60))
        liked = 3 + chance.choice(CATALOGUE - 10, 6, replace=False)
        for day in range(start, DAYS, int(chance.integers(9, 25))):
            rows += [(person, int(product), day) for product in chance.choice(liked, 2, replace=False)]
        if person % 4 == 0:
            begun = int(chance.integers(0, DAYS))
            rows += [(person, STRAWBERRY, day) for day in range(begun, DAYS, 14)]
            if chance.random() < 0.5:
                rows += [(person, VANILLA, day) for day in range(begun + int(chance.integers(5, 60)), DAYS, 40)]
        if person % 5 == 1:
            taken = float(chance.integers(0, 60))
            while taken < DAYS:
                rows.append((person, VITAMIN, int(taken)))
                taken += 60 + chance.normal(0, 6)
    for person in (WAITING, FRESH, NEVER):  # alike in everything else
        rows += [(person, 5 + day % 3, day) for day in range(10, DAYS - 5, 20)]
    rows += [(WAITING, VITAMIN, DAYS - 150), (WAITING, VITAMIN, DAYS - 90)]
    rows += [(FRESH, VITAMIN, DAYS - 61), (FRESH, VITAMIN, DAYS - 1)]
    person, product, day = np.array(rows, np.int32).T
    value = np.full(len(rows), 500, np.float32)
    return Purchases(person, product, (NOW - DAYS + day).astype(np.int32), value, np.zeros(len(rows), np.float32))


def products() -> Products:
    """Bars, powders and vitamins, and shelves of ten other things each; the last seven were never sold."""
    names = ["strawberry bar", "vanilla powder", "vitamin D", *(f"thing {n}" for n in range(3, CATALOGUE))]
    category = np.array([0, 1, 2, *(3 + n // 10 for n in range(3, CATALOGUE))], np.int32)
    nothing = np.full(CATALOGUE, -1, np.int32)
    labels = [f"shelf {n}" for n in range(int(category.max()) + 1)]
    return Products(
        [f"p{n}" for n in range(CATALOGUE)], names, (category, nothing, nothing, nothing), (labels, [], [], [])
    )


def plant() -> Planted:
    """Plant it, and learn from it."""
    bought, known = purchases(), products()
    learnt = learn(bought, known, PEOPLE + 3, NOW)
    return Planted(bought, known, space(bought, known, PEOPLE + 3, NOW), learnt)
