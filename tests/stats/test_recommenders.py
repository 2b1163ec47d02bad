"""Recommender ROI: impressions, clicks, purchases and margin, cut by every slice."""

from __future__ import annotations

import pytest

from shopkeeper import catalogue, stats
from shopkeeper.model.time import DAY, HOUR, MINUTE
from shopkeeper.stats import RecommenderRow
from tests.admin.seed import NOW, Little

AT = NOW - DAY
SHELF = [["tea-1", "best_sellers"], ["tea-2", "best_sellers"], ["tea-3", "newest"]]


@pytest.fixture
def told(little: Little) -> Little:
    """Two people are shown three products; one clicks the second and buys two of it."""
    little.define()
    costly = {"id": "tea-2", "name": "Tea no. 2", "price": "6.50", "cost": "2.25"}
    little.shop.put_products([catalogue.read_product(costly, "EUR", NOW)])
    for device in ("ann-phone", "bob-phone"):
        little.send(little.act(AT, device, "Shown", "popular-now", products=SHELF))
    little.send(little.act(AT + MINUTE, "ann-phone", "Clicked", "popular-now", product_id="tea-2"))
    order = little.order(AT + HOUR, "ann-phone", "o1", "ann", ("tea-2", 6.5), ("tea-1", 5.5))
    order["properties"]["products"][0]["quantity"] = 2
    order["properties"]["total"] = 18.5
    little.send(order)
    return little


def roi(little: Little, by: str) -> dict[str, RecommenderRow]:
    shop = little.shop
    with shop.state.read() as conn:
        rows = stats.recommender_roi(conn, shop.plan, shop.catalogue, stats.rolling(NOW), by)
    return {row.key: row for row in rows}


def test_a_recommender_earns_what_was_clicked_and_bought(told: Little):
    row = roi(told, "communication")["popular-now"]
    assert (row.impressions, row.clicks, row.bought, row.units, row.revenue) == (6, 1, 1, 2.0, 1300)
    assert (row.click_through, row.clicked_to_bought) == (1 / 6, 1.0)
    assert (row.margin, row.margin_of) == (1300 - 2 * 225, 1300)


def test_slots_and_strategies_are_those_the_appearance_said(told: Little):
    slots = roi(told, "slot")
    assert {slot: (row.impressions, row.clicks, row.revenue) for slot, row in slots.items()} == {
        "1": (2, 0, 0),
        "2": (2, 1, 1300),
        "3": (2, 0, 0),
    }
    strategies = roi(told, "strategy")
    assert {s: (row.impressions, row.revenue) for s, row in strategies.items()} == {
        "best_sellers": (4, 1300),
        "newest": (2, 0),
    }


@pytest.mark.parametrize("by", ["campaign", "communication", "zone", "strategy", "slot", "product"])
def test_the_slices_add_up_to_the_click_total_of_recommenders(told: Little, by: str):
    with told.shop.state.read() as conn:
        totals = stats.click_totals(conn, told.shop.plan, stats.rolling(NOW), "communication")
    rows = roi(told, by).values()
    assert sum(row.revenue for row in rows) == sum(t.value for t in totals if t.key == "popular-now") == 1300
    assert sum(row.impressions for row in rows) == 6


def test_a_click_says_itself_where_the_product_stood(told: Little):
    told.send(told.act(AT, "cleo", "Clicked", "popular-now", product_id="tea-3", products=SHELF))
    assert roi(told, "slot")["3"].clicks == 1


def test_a_click_without_any_appearance_counts_without_a_slot(told: Little):
    told.send(told.act(AT, "cleo", "Clicked", "popular-now", product_id="tea-3"))
    assert roi(told, "slot")[""].clicks == 1


@pytest.mark.parametrize("products", ["tea-1", [], [7, None, [], {}, [["tea-1"]]], {"a": 1}, [None] * 100])
def test_a_list_of_products_without_sense_is_no_impression(told: Little, products: object):
    told.send(told.act(AT, "dirk", "Shown", "popular-now", products=products))
    assert roi(told, "communication")["popular-now"].impressions == 6


def test_products_may_be_ids_or_objects_as_segment_sends_them(told: Little):
    mixed = ["tea-1", {"product_id": "tea-2", "strategy": "newest"}]
    told.send(told.act(AT, "emma", "Shown", "popular-now", products=mixed))
    products = roi(told, "product")
    assert (products["tea-1"].impressions, products["tea-2"].impressions) == (3, 3)


def test_a_refund_lowers_revenue_and_not_the_purchase(told: Little):
    refund = told.event(AT + 2 * HOUR, "ann-phone", "Order Refunded", userId="ann")
    refund["properties"] = {"order_id": "o1", "products": [{"product_id": "tea-2", "quantity": 1}]}
    told.send(refund)
    row = roi(told, "communication")["popular-now"]
    assert (row.revenue, row.bought) == (650, 1)
