"""What the catalogue tells: launches are known by what they say, and what cannot be had is not expected to sell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from shopkeeper.forecasts.features import DENSE, features
from shopkeeper.forecasts.judge import measure
from shopkeeper.forecasts.learn import learn
from shopkeeper.forecasts.logistic import Weights
from shopkeeper.forecasts.purchases import Products, Purchases, Stock
from shopkeeper.forecasts.rank import Ranking, rank
from shopkeeper.forecasts.reasons import Reasons
from shopkeeper.forecasts.shelf import alike, missing
from shopkeeper.forecasts.space import Space, space
from shopkeeper.model.definitions import Product
from shopkeeper.recommenders.marks import told

NOW, DAYS, PEOPLE = 20_000, 250, 300
FLAVOURS = ("lemon", "cocoa", "mint", "ginger", "apple")
OF_A_FLAVOUR = 24
COUNT = len(FLAVOURS) * OF_A_FLAVOUR
SOON = COUNT - 1
"""An apple product that comes tomorrow."""


class Sweets(NamedTuple):
    """A shop that launches something every few days; everybody keeps to a flavour, and the shop has no categories."""

    purchases: Purchases
    products: Products
    known: Space
    weights: Weights

    def ranking(self, *members: int) -> Ranking:
        return rank(self.known, self.weights, np.array(members, np.int32), 28)


def bought(stock: Stock | None) -> Purchases:
    """Every third day or so a product of one's flavour that is there; products come in turn, the last one tomorrow."""
    chance = np.random.default_rng(3)
    rows = []
    for person in range(PEOPLE):
        own = person % len(FLAVOURS)
        for day in range(int(chance.integers(0, 6)), DAYS, 3):
            there = [n for n in range(own, SOON, len(FLAVOURS)) if n * 2 < day]
            gone = missing(stock, COUNT, NOW - DAYS + day)
            there = [n for n in there if not gone[n]]
            if there:
                rows.append((person, int(chance.choice(there[-5:])), NOW - DAYS + day))
    person, product, day = np.array(rows, np.int32).T
    return Purchases(person, product, day, np.full(len(rows), 300, np.float32), np.zeros(len(rows), np.float32))


def sweets(*, marks: bool = True, stock: Stock | None = None) -> Sweets:
    names = [f"{FLAVOURS[n % len(FLAVOURS)]} number{n}" for n in range(COUNT)]
    nothing = np.full(COUNT, -1, np.int32)
    said = told(Product(f"p{n}", name) for n, name in enumerate(names)) if marks else None
    products = Products([f"p{n}" for n in range(COUNT)], names, (nothing,) * 4, ([],) * 4, said, stock)
    purchases = bought(stock)
    weights = learn(purchases, products, PEOPLE, NOW).weights
    assert weights is not None
    return Sweets(purchases, products, space(purchases, products, PEOPLE, NOW), weights)


@pytest.fixture(scope="module")
def plain() -> Sweets:
    return sweets()


def keen(flavour: str) -> np.ndarray:
    return np.arange(PEOPLE) % len(FLAVOURS) == FLAVOURS.index(flavour)


def test_who_buys_a_flavour_ranks_for_a_launch_that_says_so(plain: Sweets):
    ranking = plain.ranking(SOON)
    assert measure(ranking.score.astype(float), keen("apple")).auc > 0.95
    numbers = np.array([SOON], np.int32)
    first = ranking.first(1)
    words = Reasons(plain.known, plain.weights, numbers, ranking.found).of(first)[0]
    assert any(said.startswith("bought apple") and said.endswith("which is like it") for said in words)


def test_without_names_a_launch_is_anybodys(plain: Sweets):
    nameless = plain.known._replace(past=plain.known.past._replace(products=plain.products._replace(marks=None)))
    found = features(nameless, np.array([SOON], np.int32), 28)
    assert not found.dense[:, DENSE.index("alike")].any()


def test_only_what_was_never_sold_is_known_by_what_it_says(plain: Sweets):
    assert not len(alike(plain.known.past, np.array([0, 1], np.int32)).products)
    near = alike(plain.known.past, np.array([0, SOON], np.int32))
    assert {plain.products.names[n].split()[0] for n in near.products} == {"apple"}
    assert near.share.sum() == pytest.approx(1.0)


def test_what_cannot_be_had_is_not_expected_to_sell(plain: Sweets):
    """Every other product was gone for good when it was three weeks old, and one that sells is since yesterday."""
    last = SOON - len(FLAVOURS)
    rows = sorted([(NOW - DAYS + 2 * n + 21, n) for n in range(0, last, 2)] + [(NOW - 1, last)])
    day, product = np.array(rows, np.int32).T
    shop = sweets(stock=Stock(product, day, np.zeros(len(rows), bool)))
    there = shop.known._replace(missing=np.zeros(COUNT, bool))
    members = np.array([last], np.int32)
    gone, had_ = (float(rank(known, shop.weights, members, 28).chance.sum()) for known in (shop.known, there))
    assert gone < had_ / 2
