"""The same orders reckoned in other ways: every model shares the same total, a preview is what a switch then gives."""

from __future__ import annotations

from collections import Counter

import pytest

from shopkeeper import attribution
from shopkeeper.attribution import ALL_MODELS, LOOKBACKS, Previewed, Reckoned, Side
from shopkeeper.model.definitions import Attribution
from shopkeeper.model.time import DAY, HOUR
from tests.attribution.conftest import NOW, Told, definitions

WINDOW = (NOW - 30 * DAY, NOW)
OTHERS = [
    {"order_lookback": "7d"},
    {"order_lookback": "session"},
    {"order_lookback": "90d", "model": "linear"},
    {"model": "decay", "half_life": "2h", "order_lookback": "3d"},
    {"model": "position", "kinds": ["block"], "order_lookback": "2d"},
    {"product_lookback": "1h", "credit_products_in_cart": True, "notification_hovers": False},
]


def stories(told: Told) -> None:
    """Three customers: one who clicks about, one who hovers, one who never buys."""
    for hours, communication in ((60, "hero-tea"), (26, "side-cup"), (5, "hero-tea"), (4.9, "side-cup")):
        told.click(communication, hours)
    told.say("Product Added", 30, product_id="cup")
    told.order("o1", 24, ("cup", 5), ("tea", 10))
    told.order("o2", 3, ("tea", 10.01), ("cup", 5))
    told.say("Communication Hovered", 8, who="bob", communication_id="note")
    told.click("side-cup", 7.9, who="bob")
    told.order("o3", 7.8, ("cup", 7), who="bob", currency="USD")
    told.order("o4", 1, ("tea", 3), who="bob")
    told.click("hero-tea", 9, who="eve")
    told.click("side-cup", 2, who="eve")


def reckoned(told: Told, verb) -> list[Reckoned]:
    with told.shop.state.read() as conn:
        found: list[Reckoned] = verb(conn, told.shop.plan, told.shop.catalogue, *WINDOW)
    return found


def under(told: Told, verb, which: str) -> dict[tuple[str, str], int]:
    """(communication, currency) -> value under one model or lookback."""
    return {(r.communication, r.currency): r.value for r in reckoned(told, verb) if r.under == which}


def held(told: Told) -> dict[tuple[str, str], int]:
    """The same, of the ledger."""
    with told.shop.state.read() as conn:
        credits = attribution.order_credits(conn, *WINDOW)
    return {(id, currency): money.value for id, each in credits.items() for currency, money in each.items()}


def previewed(told: Told, chosen: Attribution) -> list[Previewed]:
    with told.shop.state.read() as conn:
        return attribution.preview(conn, told.shop.plan, told.shop.catalogue, chosen, *WINDOW)


def test_every_model_shares_the_same_total(told: Told):
    stories(told)
    rows = reckoned(told, attribution.model_comparison)
    values, orders = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows:
        values[row.under, row.currency] += row.value
        orders[row.under, row.currency] += round(row.orders * 1_000_000)
    assert {row.under for row in rows} == set(ALL_MODELS)
    assert {v for (_, currency), v in values.items() if currency == "EUR"} == {3001 + 300}
    assert {v for (_, currency), v in values.items() if currency == "USD"} == {700}
    assert {n for (_, currency), n in orders.items() if currency == "EUR"} == {3_000_000}
    assert min(row.value for row in rows) >= 0


def test_the_last_model_is_the_ledger(told: Told):
    stories(told)
    assert under(told, attribution.model_comparison, "last") == held(told)


def test_markov_looks_at_paths_that_led_to_nothing(quick: Told):
    """A touch that half of the time leads to nothing is worth less than one that always leads to an order."""
    for who, hours in (("ann", 3), ("bob", 3)):
        quick.click("hero-tea", hours, who=who)
        quick.click("side-cup", hours - 1, who=who)
    quick.order("o1", 1, ("tea", 9), who="ann")
    quick.click("side-cup", 3, who="eve")
    quick.order("o2", 1, ("tea", 9), who="eve")
    rows = {r.communication: r for r in reckoned(quick, attribution.model_comparison) if r.under == "markov"}
    # All orders pass side-cup (effect 1); hero-tea leads to it in 2 of 3 visits and it wins 2 of 3 (effect 2/3).
    assert {id: row.value for id, row in rows.items()} == {"side-cup": 1080, "hero-tea": 720}
    assert sum(row.orders for row in rows.values()) == pytest.approx(2)


def test_the_strip_grows_with_the_lookback(told: Told):
    stories(told)
    rows = reckoned(told, attribution.lookback_strip)
    total = Counter[str]()
    for row in rows:
        total[row.under] += row.value
    assert {row.under for row in rows} <= set(LOOKBACKS)
    assert total["1h"] <= total["24h"] <= total["7d"] <= total["30d"] == 1500 + 1501 + 700 + 300
    assert total["session"] == 700  # only bob's first order fell into the session of a touch


def test_the_strip_at_the_lookback_in_force_is_the_ledger(told: Told):
    stories(told)
    assert under(told, attribution.lookback_strip, "24h") == held(told)


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_a_preview_is_what_a_switch_then_gives(quick: Told, other: dict[str, object]):
    stories(quick)
    chosen = definitions(attribution=other).attribution
    before = previewed(quick, quick.shop.plan.attribution)
    assert before and all(row.now == row.then for row in before)
    asked = previewed(quick, chosen)
    assert {(r.currency, r.communication): r.now for r in asked if r.now != Side()} == {
        (r.currency, r.communication): r.now for r in before
    }
    quick.apply(attribution=other)
    after = previewed(quick, chosen)
    assert {(r.currency, r.communication): r.now for r in after} == {
        (r.currency, r.communication): r.then for r in asked if r.then != Side()
    }


def test_a_preview_switches_nothing(quick: Told):
    stories(quick)
    version = quick.shop.plan.rule_version
    previewed(quick, Attribution(order_lookback="90d"))
    assert quick.shop.plan.rule_version == version
    with quick.shop.state.read() as conn:
        assert attribution.ledger_differences(conn) == []


def test_only_orders_of_the_window_are_reckoned(quick: Told):
    stories(quick)
    with quick.shop.state.read() as conn:
        meaning = (conn, quick.shop.plan, quick.shop.catalogue)
        early = attribution.lookback_strip(*meaning, NOW - 25 * HOUR, NOW - 20 * HOUR)
        empty = attribution.model_comparison(*meaning, NOW - 25 * DAY, NOW - 20 * DAY)
    assert sum(r.value for r in early if r.under == "7d") == 1500
    assert empty == []
