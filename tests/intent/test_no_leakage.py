"""What happens later cannot be known: features, examples and weights are the same whatever the future holds."""

from __future__ import annotations

import numpy as np

from shopkeeper.forecasts.features import DENSE, SET, features
from shopkeeper.forecasts.learn import HORIZONS, cutoffs, examples_at, learn
from shopkeeper.forecasts.logistic import gather
from shopkeeper.forecasts.purchases import Products, Purchases, Stock
from shopkeeper.forecasts.space import space
from shopkeeper.model.definitions import Product
from shopkeeper.recommenders.marks import told
from tests.intent.planted import CATALOGUE, DAYS, NOW, PEOPLE, STRAWBERRY, VANILLA, Planted

T = NOW - 60


def shuffled(purchases: Purchases, day: int) -> Purchases:
    """The same past with a future in which everybody bought something else."""
    chance = np.random.default_rng(4)
    past, future = purchases.before(day), purchases.between(day, NOW + 1)
    other = Purchases(
        chance.permutation(future.customer),
        chance.permutation(future.product),
        future.day,
        future.value * 3,
        future.discount,
    )
    return Purchases(*(np.concatenate(columns) for columns in zip(past, other, strict=True)))


def told_of(products: Products, *, later: bool) -> Products:
    """The same catalogue with texts and stock: some products could not be had, and `later` others can not."""
    marks = told(Product(id, name) for id, name in zip(products.ids, products.names, strict=True))
    gone = np.array([7, 30, 59, *range(0, CATALOGUE, 2 if later else 3)], np.int32)
    day = np.concatenate((np.full(3, T - 10), np.full(len(gone) - 3, T))).astype(np.int32)
    return products._replace(marks=marks, stock=Stock(gone, day, np.zeros(len(gone), bool)))


def test_features_are_the_same_whatever_the_future_holds(planted: Planted):
    everybody = np.arange(PEOPLE + 3, dtype=np.int32)
    seen = []
    for later, purchases in enumerate((planted.purchases, shuffled(planted.purchases, T))):
        known = space(purchases, told_of(planted.products, later=bool(later)), PEOPLE + 3, T)
        found = [
            features(known, np.array(members, np.int32), 28) for members in ((STRAWBERRY,), (VANILLA, 7, 30), (59,))
        ]
        assert [each.of_set[SET.index("set_missing")] for each in found] == [0, 2 / 3, 1]
        assert found[2].dense[:, DENSE.index("alike")].any()
        seen.append([gather(known.about, each, everybody)[0] for each in found])
    for first, second in zip(*seen, strict=True):
        assert np.array_equal(first, second)


def test_what_was_learned_knows_nothing_of_later_days(planted: Planted):
    first, second = (
        learn(p, told_of(planted.products, later=bool(later)), PEOPLE + 3, T)
        for later, p in enumerate((planted.purchases, shuffled(planted.purchases, T)))
    )
    assert first.weights is not None
    assert second.weights is not None
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, second.weights, strict=True))


def test_labels_end_before_now_and_the_last_window_ends_with_it(planted: Planted):
    ends = []
    for cutoff in cutoffs(NOW, DAYS):
        known = space(planted.purchases, planted.products, PEOPLE + 3, cutoff)
        ends += [example.end for example in examples_at(known, planted.purchases, NOW, 1, sets=4)]
    assert max(ends) == NOW
    assert len(cutoffs(NOW, DAYS)) >= 4
    assert {14, 28, 56} == set(HORIZONS)


def test_features_of_a_day_use_rows_before_it_only(planted: Planted):
    known = space(planted.purchases, planted.products, PEOPLE + 3, T)
    assert known.past.age.min() >= 1
    assert len(known.past.customer) <= planted.purchases.before(T).rows
