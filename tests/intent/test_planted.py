"""Patterns that were planted are found, and told in words."""

from __future__ import annotations

import numpy as np

from shopkeeper.forecasts.draw import draw
from shopkeeper.forecasts.features import OWN, features
from shopkeeper.forecasts.judge import measure
from shopkeeper.forecasts.purchases import Purchases
from shopkeeper.forecasts.rank import rank
from shopkeeper.forecasts.reasons import Reasons
from shopkeeper.forecasts.space import space
from tests.intent.planted import FRESH, NEVER, NOW, STRAWBERRY, VANILLA, VITAMIN, WAITING, Planted


def bought(planted: Planted, product: int) -> np.ndarray:
    """Whether each customer ever bought it."""
    mine = planted.purchases.customer[planted.purchases.product == product]
    return np.isin(np.arange(planted.known.past.customers), mine)


def reasons(planted: Planted, members: tuple[int, ...], *customers: int) -> list[list[str]]:
    numbers = np.array(members, np.int32)
    found = features(planted.known, numbers, 28)
    return Reasons(planted.known, planted.learnt.weights, numbers, found).of(np.array(customers, np.int32))


def test_who_buys_strawberry_bars_ranks_for_vanilla_powder(planted: Planted):
    ranking = planted.ranking(VANILLA)
    fresh = ~bought(planted, VANILLA)
    eaters = bought(planted, STRAWBERRY)
    assert measure(ranking.score[fresh], eaters[fresh]).auc > 0.9
    best = next(int(c) for c in ranking.first(500) if fresh[c])
    assert "bought strawberry bar, which goes with it" in reasons(planted, (VANILLA,), best)[0]


def test_a_vitamin_that_has_run_out_comes_before_a_fresh_one_and_before_never(planted: Planted):
    chance = planted.ranking(VITAMIN).chance
    assert chance[WAITING] > 2 * chance[FRESH]
    assert chance[WAITING] > 2 * chance[NEVER]


def test_reasons_tell_how_often_and_when(planted: Planted):
    told = reasons(planted, (VITAMIN,), WAITING)[0]
    assert told[0] == "bought 2 times, last 90 days ago"
    steady = next(
        int(c)
        for c in planted.ranking(VITAMIN).first(50)
        if (planted.purchases.customer[planted.purchases.product == VITAMIN] == c).sum() >= 4
    )
    assert any("usually every 6" in words for words in reasons(planted, (VITAMIN,), steady)[0])


def test_chances_add_up_to_what_was_just_sold(planted: Planted):
    ranking = planted.ranking(VITAMIN)
    recent = planted.purchases.between(NOW - 28, NOW)
    buyers = len(np.unique(recent.customer[recent.product == VITAMIN]))
    assert abs(ranking.chance.sum() - buyers) < 0.15 * buyers


def test_it_is_not_the_most_overdue_who_come_first(planted: Planted):
    ranking = planted.ranking(STRAWBERRY)
    late = np.full(planted.known.past.customers, -1.0)
    late[ranking.found.buyers] = ranking.found.own[:, OWN.index("due_ratio")]
    most = set(np.argsort(-late)[:20].tolist())
    assert len(most & set(ranking.first(20).tolist())) < 15


def test_the_back_test_beats_activity_and_stands_with_every_part(planted: Planted):
    report = planted.learnt.report
    assert report is not None
    lines = {(line.method, line.part): line for line in report.lines}
    assert lines["model", "all"].auc > lines["activity", "all"].auc + 0.1
    assert {"all", "repeat", "never bought"} <= {line.part for line in report.lines if line.method == "past count"}
    reached = [point.reached for point in report.curve]
    assert reached == sorted(reached)
    assert reached[-1] == 1
    assert report.first_day == NOW - 28


def test_sets_are_drawn_the_same_in_every_run(planted: Planted):
    after = planted.purchases.between(NOW - 28, NOW)
    first, second = (draw(planted.known, after, 20, 5) for _ in range(2))
    assert [drawn.members.tolist() for drawn in first] == [drawn.members.tolist() for drawn in second]


def test_a_customer_with_a_million_lines_is_one_customer(planted: Planted):
    chance, many = np.random.default_rng(6), 1_000_000
    person = np.full(many, NEVER, np.int32)
    product = chance.integers(0, 50, many, np.int32)
    day = (NOW - chance.integers(1, 300, many)).astype(np.int32)
    ones = np.ones(many, np.float32)
    large = Purchases(*map(np.concatenate, zip(planted.purchases, (person, product, day, ones, ones), strict=True)))
    known = space(large, planted.products, planted.known.past.customers, NOW)
    assert len(known.past.customer) <= planted.purchases.rows + 50 * 300
    ranking = rank(known, planted.learnt.weights, np.array([VITAMIN], np.int32), 28)
    assert np.isfinite(ranking.chance).all()
    assert 0 < ranking.chance[NEVER] <= 1


def test_products_without_category_or_price_are_ranked_too(planted: Planted):
    bare = planted.products._replace(levels=(np.full(planted.products.size, -1, np.int32),) * 4, labels=([],) * 4)
    free = planted.purchases._replace(value=np.zeros_like(planted.purchases.value))
    known = space(free, bare, planted.known.past.customers, NOW)
    for members in ((VITAMIN,), (59,), tuple(range(60))):
        ranking = rank(known, planted.learnt.weights, np.array(members, np.int32), 28)
        assert np.isfinite(ranking.chance).all()
