"""Points of taste: who buys alike is shown what the others buy; a small shop does without, and says nothing of it."""

from __future__ import annotations

import numpy as np

from shopkeeper.model.definitions import Product
from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.time import DAY, HOUR
from shopkeeper.recommenders import Counts, Now, Occasion, Shelves, Stock, choose
from shopkeeper.recommenders.counts import count
from shopkeeper.recommenders.factors import LEAST_PEOPLE
from shopkeeper.timelines import LINE, Fact, Timeline

NOW = 20_000 * DAY
CIRCLE, SHOP = 40, 120
"""Products of one circle of people, and all."""


def counted(people: int, at: int = NOW, before: Counts | None = None) -> Counts:
    """Three circles of people, each of whom buys ten of the forty products of their circle, each in an order of its own."""
    chance = np.random.default_rng(2)
    rows: list[tuple[int, ...]] = []
    for person in range(people):
        for product in chance.choice(CIRCLE, 10, replace=False):
            day = NOW - int(chance.integers(1, 170)) * DAY
            rows.append((len(rows), day, person, person % 3 * CIRCLE + int(product), 1))
    keys = [f"p{n:03}" for n in range(SHOP)]
    lines, nothing = np.array(rows, np.int64).T, np.zeros((5, 0), np.int64)
    return count(lines, nothing, keys, at, 1, before.factors if before else None)


def test_who_buys_alike_is_shown_what_the_others_buy():
    factors = counted(600).factors
    assert factors is not None
    liked = factors.liked({"p003": 2.0, "p011": 1.0, "p017": 1.0})
    first = [key for key, _ in liked if key not in ("p003", "p011", "p017")][:20]
    assert all(key < "p040" for key in first)
    assert [score for _, score in liked] == sorted((score for _, score in liked), reverse=True)
    assert factors.liked({"gone": 1.0}) == []


def test_the_same_purchases_give_the_same_points_and_they_last_an_hour():
    first, again = counted(600), counted(600)
    assert first.factors is not None
    assert again.factors is not None
    assert np.array_equal(first.factors.items, again.factors.items)
    assert counted(600, NOW + HOUR, first).factors is first.factors
    assert counted(600, NOW + HOUR + 1, first).factors is not first.factors


def test_new_products_for_a_visitor_come_by_taste_with_a_reason():
    counts = counted(600)
    shelves = Shelves(Stock({key: Product(key, key) for key in counts.keys}, {}), Now(NOW, counts, {}))
    facts = [Fact(NOW - n * DAY, b"", LINE, "d", f"p{n:03}", quantity=1.0) for n in range(1, 8)]
    occasion = Occasion(NOW, timeline=lambda: Timeline(facts))
    picks = choose(shelves, Recommender(strategies=("for_you",), only="new", max=12), occasion)
    assert len(picks) == 12
    assert all(pick.product.id < "p040" for pick in picks)
    assert {pick.reason for pick in picks} == {"Bought by people who buy what you buy"}


def test_a_small_shop_learns_no_points_and_recommends_by_what_goes_together():
    assert counted(LEAST_PEOPLE - 1).factors is None
    assert counted(LEAST_PEOPLE).factors is not None
    none = np.zeros((5, 0), np.int64)
    assert count(none, none, [], NOW, 1).factors is None
