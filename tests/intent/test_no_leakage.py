"""What happens later cannot be known: features, examples and weights are the same whatever the future holds."""

from __future__ import annotations

import numpy as np

from shopkeeper.forecasts.features import features
from shopkeeper.forecasts.learn import HORIZONS, cutoffs, examples_at, learn
from shopkeeper.forecasts.logistic import gather
from shopkeeper.forecasts.purchases import Purchases
from shopkeeper.forecasts.space import space
from tests.intent.planted import DAYS, NOW, PEOPLE, STRAWBERRY, VANILLA, Planted

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


def test_features_are_the_same_whatever_the_future_holds(planted: Planted):
    everybody = np.arange(PEOPLE + 3, dtype=np.int32)
    seen = []
    for purchases in (planted.purchases, shuffled(planted.purchases, T)):
        known = space(purchases, planted.products, PEOPLE + 3, T)
        found = [
            features(known, np.array(members, np.int32), 28) for members in ((STRAWBERRY,), (VANILLA, 7, 30), (59,))
        ]
        seen.append([gather(known.about, each, everybody)[0] for each in found])
    for first, second in zip(*seen, strict=True):
        assert np.array_equal(first, second)


def test_what_was_learned_knows_nothing_of_later_days(planted: Planted):
    first, second = (
        learn(p, planted.products, PEOPLE + 3, T) for p in (planted.purchases, shuffled(planted.purchases, T))
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
