"""The ledger: a change of credit is a reversal and a new entry with a reason, and nothing is ever rewritten."""

from __future__ import annotations

from shopkeeper import attribution
from shopkeeper.engine.rebuild import rebuild, recredit
from tests.attribution.conftest import Told


def entries(told: Told, order: str, line: int | None = None) -> list[tuple[str, int, str, int]]:
    """(reason, sign, communication, value) of the order ledger, or of a line."""
    with told.shop.state.read() as conn:
        written = attribution.ledger(conn, order)
    place = -1 if line is None else line
    return [(e.reason, e.sign, e.credit.communication, e.credit.value) for e in written if e.credit.line == place]


def differences(told: Told) -> list[object]:
    with told.shop.state.read() as conn:
        return [*attribution.ledger_differences(conn)]


def test_an_order_is_written_down_when_it_is_placed(told: Told):
    told.click("hero-tea", 3)
    told.order("o1", 2, ("tea", 10), ("cup", 5))
    assert entries(told, "o1") == [("placed", 1, "hero-tea", 1500)]
    assert entries(told, "o1", 0) == [("placed", 1, "hero-tea", 1000)]
    assert entries(told, "o1", 1) == []


def test_a_refund_takes_the_entry_back_and_writes_what_is_left(told: Told):
    told.click("hero-tea", 3)
    told.order("o1", 2, ("tea", 10))
    told.say("Order Refunded", 1, order_id="o1", refund=4)
    assert entries(told, "o1") == [
        ("placed", 1, "hero-tea", 1000),
        ("refunded", -1, "hero-tea", -1000),
        ("refunded", 1, "hero-tea", 600),
    ]


def test_a_cancellation_takes_the_entry_back(told: Told):
    told.click("hero-tea", 3)
    told.order("o1", 2, ("tea", 10))
    told.say("Order Cancelled", 1, order_id="o1")
    assert entries(told, "o1")[1:] == [("cancelled", -1, "hero-tea", -1000)]


def test_an_update_is_named_as_one(told: Told):
    told.click("hero-tea", 3)
    told.order("o1", 2, ("tea", 10))
    told.say("Order Updated", 1, order_id="o1", products=[{"product_id": "tea", "price": 12}])
    assert [reason for reason, *_ in entries(told, "o1", 0)] == ["placed", "updated", "updated"]


def test_a_late_touch_takes_over(told: Told):
    told.click("hero-tea", 4)
    told.order("o1", 2, ("tea", 10))
    told.click("side-cup", 3)
    assert entries(told, "o1")[1:] == [("late touch", -1, "hero-tea", -1000), ("late touch", 1, "side-cup", 1000)]


def test_a_cancelled_order_gives_its_click_to_another_order(told: Told):
    told.click("hero-tea", 4)
    told.order("o1", 3, ("tea", 10))
    told.order("o2", 2, ("tea", 10))
    told.say("Order Cancelled", 1, order_id="o1")
    assert entries(told, "o2", 0) == [("another order", 1, "hero-tea", 1000)]


def test_an_irrelevant_event_writes_nothing(told: Told):
    told.click("hero-tea", 4)
    told.order("o1", 2, ("tea", 10))
    told.say("Communication Shown", 3, communication_id="side-cup")
    told.say("Communication Discarded", 3, communication_id="side-cup")
    told.click("side-cup", 1)
    told.click("side-cup", 3, who="bob")
    assert len(entries(told, "o1")) == 1


def test_other_rules_are_a_reason_and_every_credit_names_its_version(told: Told):
    told.click("hero-tea", 30)
    told.click("side-cup", 29)
    told.order("o1", 1, ("tea", 10))
    told.apply(attribution={"order_lookback": "7d", "model": "linear"})
    assert entries(told, "o1") == [("rule change", 1, "hero-tea", 500), ("rule change", 1, "side-cup", 500)]
    with told.shop.state.read() as conn:
        found = attribution.explain(conn, told.shop.plan, told.shop.catalogue, "o1")
    assert found and found["rule"]["version"] == 2 and {e["rule"] for e in found["ledger"]} == {1, 2}
    assert differences(told) == []


def test_the_rules_there_and_back_leave_what_was(told: Told):
    told.click("hero-tea", 30)
    told.order("o1", 1, ("cup", 10))
    told.apply(attribution={"order_lookback": "7d"})
    told.apply()
    assert entries(told, "o1") == [("rule change", 1, "hero-tea", 1000), ("rule change", -1, "hero-tea", -1000)]


def test_a_rate_is_a_reason(told: Told):
    told.click("hero-tea", 3)
    told.order("o1", 2, ("tea", 10), currency="USD")
    told.apply(rates=[{"currency": "USD", "rate": 0.5}])
    assert entries(told, "o1")[1:] == [
        ("order values changed", -1, "hero-tea", -1000),
        ("order values changed", 1, "hero-tea", 500),
    ]


def test_a_refund_of_an_unknown_order_is_kept_until_the_order_comes(told: Told):
    told.say("Order Refunded", 1, order_id="o1", refund=4)
    told.click("hero-tea", 3)
    assert entries(told, "o1") == []
    told.order("o1", 2, ("tea", 10))
    assert entries(told, "o1") == [("placed", 1, "hero-tea", 600)]


def test_a_rebuild_and_a_new_crediting_write_nothing_new(told: Told):
    told.click("hero-tea", 4)
    told.order("o1", 3, ("tea", 10), ("cup", 5))
    told.say("Order Refunded", 2, order_id="o1", refund=4)
    before = entries(told, "o1")
    rebuild(told.shop)
    assert recredit(told.shop) == 1
    assert entries(told, "o1") == before and differences(told) == []


def test_a_rebuild_settles_what_was_wrong(told: Told):
    told.click("hero-tea", 4)
    told.order("o1", 3, ("tea", 10))
    with told.shop.state.write() as conn:
        conn.run("UPDATE attribution_order_credits SET value = 999")
        conn.run("DELETE FROM attribution_ledger WHERE line = 0")
    assert len(differences(told)) == 3
    rebuild(told.shop)
    assert differences(told) == [] and entries(told, "o1", 0) == [("rebuilt", 1, "hero-tea", 1000)]


def test_ten_thousand_lines_are_credited_to_the_cent(quick: Told):
    quick.click("hero-tea", 4)
    quick.order("o1", 3, *[("tea" if n % 2 else "cup", 0.01 * (n % 7)) for n in range(10_000)], discount=1.23)
    with quick.shop.state.read() as conn:
        found = attribution.explain(conn, quick.shop.plan, quick.shop.catalogue, "o1")
    assert found and len(found["lines"]) == 10_000
    assert sum(line["net"] for line in found["lines"]) == found["net"] == sum(n % 7 for n in range(10_000)) - 123
    assert sum(line["credited"] for line in found["lines"]) == 5_000
