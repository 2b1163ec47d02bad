"""The audit finds what is not as it must be, says where, and finds nothing where all is well."""

from __future__ import annotations

import pytest

from shopkeeper import stats
from shopkeeper.engine.jobs import sum_hours
from shopkeeper.stats import Audited
from tests.admin.seed import Little


@pytest.fixture
def audited(little: Little) -> Little:
    little.define()
    little.ada()
    little.crowd(20)
    while sum_hours(little.shop, 500):
        pass
    return little


def audit(little: Little) -> Audited:
    with little.shop.state.read() as conn:
        return stats.audit(conn, little.shop.plan)


def spoil(little: Little, sql: str) -> Audited:
    with little.shop.state.write() as conn:
        assert conn.run(sql)
    return audit(little)


def test_a_shop_as_it_should_be_is_clean(audited: Little):
    found = audit(audited)
    assert found.clean
    assert found.hours > 100
    (euros,) = found.reconciliation
    assert 0 < euros.product_credit < euros.revenue
    assert 0 < euros.order_credit < euros.revenue


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stats_acts SET sessions = sessions + 1 WHERE raw = (SELECT MAX(raw) FROM stats_acts)",
        "UPDATE stats_earned SET value = value - 1",
        "UPDATE stats_sold SET orders = orders + 1",
        "DELETE FROM stats_clicked WHERE kind = 'zone'",
        "DELETE FROM attribution_interactions WHERE act = 'hovered'",
    ],
)
def test_a_rollup_that_is_not_what_the_rows_say_is_told_with_its_hour(audited: Little, sql: str):
    found = spoil(audited, sql)
    assert {difference.check for difference in found.differences} == {"rollup"}
    assert all("of the hour 2" in difference.where for difference in found.differences)


def test_an_order_credited_with_another_value_is_named(audited: Little):
    found = spoil(audited, "UPDATE attribution_order_credits SET value = value + 1 WHERE order_id = '1001'")
    assert ("order credit", "order 1001", "1200", "1201") in {
        (d.check, d.where, d.expected, d.found) for d in found.differences
    }
    assert not found.clean
    assert not found.reconciliation[0].holds


def test_a_line_credited_that_does_not_exist_is_named(audited: Little):
    found = spoil(audited, "UPDATE attribution_product_credits SET line = 7 WHERE order_id = '1001'")
    assert "order 1001, line 8" in {d.where for d in found.differences if d.check == "product credit"}


def test_credit_of_an_order_nobody_knows_is_named(audited: Little):
    found = spoil(audited, "DELETE FROM orders_orders WHERE order_id = '1001'")
    assert "no order, no credit" in {d.expected for d in found.differences}


def test_a_ledger_that_does_not_add_up_to_the_credit_is_named(audited: Little):
    found = spoil(audited, "DELETE FROM attribution_ledger WHERE order_id = '1001'")
    assert "order 1001" in {d.where for d in found.differences if d.check == "ledger"}
