"""Figures of segments: those of everybody are the shop's, parts add up, and each can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from shopkeeper import insights, orders, stats, visitors
from shopkeeper.insights import Base, store
from shopkeeper.insights.rules import jaccard, lift, mean_money, median
from shopkeeper.model.definitions import SegmentDefinition
from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.storage.portable import portable
from tests.admin.seed import NOW, Little

WINDOW = (NOW - 30 * DAY, NOW)


def test_everybodys_figures_are_the_shops(crowd: Base):
    found = insights.insights(crowd, crowd.segment("everyone"), *WINDOW)
    head = stats.headline(crowd.conn, crowd.plan, stats.rolling(NOW))
    panels = stats.figures(crowd.conn, crowd.plan, stats.rolling(NOW))
    assert found.segment == found.shop and found.shop.share == 1
    assert (found.shop.orders, found.shop.revenue) == (head.orders, head.revenue)
    assert (found.shop.buyers, found.shop.orders) == (panels.customers, panels.orders)
    assert found.shop.people == visitors.count_people(crowd.conn)[0]


def test_visits_are_the_sessions_on_record(crowd: Base):
    later = crowd._replace(now=NOW + DAY)
    shop = insights.insights(later, crowd.segment("everyone"), NOW - 30 * DAY, NOW + DAY).shop
    spans = crowd.conn.rows("SELECT started_at, ended_at FROM visitors_sessions")
    began = [(start, end) for start, end in spans if start >= NOW - 30 * DAY]
    assert shop.visits == len(began) > 0
    assert shop.minutes_a_visit == pytest.approx(sum(end - start for start, end in began) / MINUTE / len(began))


def test_a_segments_figures_are_those_of_its_people(crowd: Base):
    found = insights.insights(crowd, crowd.segment("loyalty-loyal"), *WINDOW)
    inside = insights.people_at(crowd, crowd.segment("loyalty-loyal"), NOW)
    bought = [o for p in inside for o in orders.person_orders(crowd.conn, p, WINDOW[0], WINDOW[1] - 1) if o.counts]
    assert found.segment.people == len(inside) > 0
    assert (found.segment.orders, found.segment.revenue) == (len(bought), sum(order.net for order in bought))
    assert found.segment.average_order == mean_money(found.segment.revenue, found.segment.orders)


def test_top_products_stand_beside_the_shops(crowd: Base):
    own = insights.insights(crowd, crowd.segment("loyalty-one-time"), *WINDOW)
    assert own.products == sorted(own.products, key=lambda p: -p.revenue)
    assert sum(p.revenue for p in own.products) == own.segment.revenue
    assert all(p.revenue <= p.shop_revenue and p.orders <= p.shop_orders for p in own.products)
    assert own.products[0].name.startswith("Tea no. ")


def test_the_report_by_segment_adds_up_to_the_shops(crowd: Base):
    chosen = [crowd.segment(id) for id in ("everyone", "loyalty-one-time", "loyalty-loyal", "loyalty-frequent")]
    (everyone, *parts), shop = insights.by_segment(crowd, chosen, *WINDOW)
    head = stats.headline(crowd.conn, crowd.plan, stats.rolling(NOW))
    assert (everyone.orders, everyone.revenue) == (shop.orders, shop.revenue) == (head.orders, head.revenue)
    assert (everyone.attributed_orders, everyone.attributed) == (head.attributed_orders, head.attributed)
    assert head.attributed > 0
    assert sum(part.revenue for part in parts) == everyone.revenue
    assert sum(part.attributed for part in parts) == everyone.attributed


def test_overlap_counts_who_is_in_both(crowd: Base):
    chosen = [crowd.segment(id) for id in ("returning-customers", "loyalty-one-time", "loyalty-frequent")]
    found = insights.overlap(crowd, chosen)
    inside = {segment.id: set(insights.people_at(crowd, segment, NOW)) for segment in chosen}
    assert found.sizes == {id: len(people) for id, people in inside.items()}
    for pair in found.pairs:
        one, other = inside[pair.segment], inside[pair.other]
        assert pair.both == len(one & other)
        assert pair.jaccard == len(one & other) / len(one | other)
        assert pair.lift == pytest.approx(len(one & other) * found.everybody / (len(one) * len(other)))


def test_in_an_ordered_set_everybody_is_in_one_place(crowd: Base):
    chosen = [crowd.segment(id) for id in ("loyalty-frequent", "returning-customers", "audience:tea-lovers")]
    places = insights.ordered_set(crowd, chosen)
    frequent, returning, lovers = (set(insights.people_at(crowd, segment, NOW)) for segment in chosen)
    assert [place.size for place in places[:3]] == [
        len(frequent),
        len(returning - frequent),
        len(lovers - returning - frequent),
    ]
    assert places[3].segment == "" and sum(place.size for place in places) == insights.everybody(crowd)


def test_journeys_tell_who_went_where_on_which_day(little: Little, crowd: Base):
    chosen = [crowd.segment(id) for id in ("loyalty-frequent", "loyalty-loyal", "loyalty-one-time")]
    found = insights.journeys(crowd, chosen, 40)
    assert len(found.days) == 40 and found.days[-1] == "2026-03-01"
    first, last = NOW - 40 * DAY, NOW
    went = _places(crowd, chosen, last) - _places(crowd, chosen, first)
    net: dict[str, int] = {}
    for step in found.steps:
        net[step.target] = net.get(step.target, 0) + step.people
        net[step.origin] = net.get(step.origin, 0) - step.people
    assert {place: count for place, count in net.items() if place and count} == went.counts
    once = next(way for way in found.ways if (way.origin, way.target) == ("loyalty-one-time", "loyalty-loyal"))
    assert once.people == sum(s.people for s in found.steps if (s.origin, s.target) == (once.origin, once.target))


def test_the_median_time_to_the_next_place_counts_whole_days(little: Little):
    """Ada bought two days ago; here she buys again now: two days after the first."""
    little.send(little.order(NOW - MINUTE, "ada-phone", "9001", "ada", ("tea-1", 5.5)))
    with little.shop.state.read() as conn:
        now = Base(conn, little.shop.history, little.shop.book, little.shop.thresholds, NOW)
        rule = SegmentDefinition({"all": [{"orders": 1}, {"attribute": "email", "is": "ada@example.com"}]})
        one = now.segment("loyalty-one-time")._replace(id="ada-once", expr=now.book.trial(rule.rule))
        found = insights.journeys(now, [one, now.segment("loyalty-loyal")], 10)
    (way,) = [way for way in found.ways if way.origin == "ada-once"]
    assert (way.target, way.people, way.median_days) == ("loyalty-loyal", 1, 2)


def test_the_questions_can_be_put_to_spark():
    for sql in (
        store.figures("{history}", 0, 1),
        store.products("{history}", 0, 1, 0, 5),
        store.OVERLAP,
        store.CREDITED,
        store.transitions(3),
    ):
        assert portable(sql)


def test_means_and_medians():
    assert (mean_money(5, 2), mean_money(-5, 2), mean_money(7, 0)) == (3, -3, 0)
    assert [median(lengths) for lengths in ({}, {4: 1}, {1: 1, 4: 1}, {1: 2, 9: 1}, {1: 1, 5: 2})] == [
        None,
        4,
        2.5,
        1,
        5,
    ]
    assert (jaccard(0, 0, 0), lift(0, 0, 5, 10), lift(2, 4, 5, 10)) == (0, None, 1)


@dataclass
class _Counts:
    counts: dict[str, int]

    def __sub__(self, other: _Counts) -> _Counts:
        found = {id: self.counts[id] - other.counts[id] for id in self.counts}
        return _Counts({id: count for id, count in found.items() if count})


def _places(crowd: Base, chosen: Iterable[object], at: int) -> _Counts:
    moment = crowd._replace(now=at)
    places = insights.ordered_set(moment, list(chosen))  # type: ignore[arg-type]
    return _Counts({place.segment: place.size for place in places if place.segment})
