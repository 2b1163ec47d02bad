"""The referee of attribution: what SQL credits to everybody at once is what the rules credit person by person."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import attribution, orders
from shopkeeper.attribution import Cause
from shopkeeper.engine.derive import ALWAYS, take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import Attribution
from shopkeeper.model.events import Event
from shopkeeper.storage.portable import portable
from tests.properties.play import same, tables, undone
from tests.properties.worlds import SHOP, START, busy_worlds

examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150)
lookbacks = st.sampled_from(["1h", "3h", "24h", "2d", "7d", "30d"])
rule_sets = st.builds(
    Attribution,
    order_lookback=lookbacks,
    product_lookback=lookbacks,
    kinds=st.sampled_from([("block", "popup", "notification"), ("block",)]),
    notification_hovers=st.booleans(),
    credit_products_in_cart=st.booleans(),
)


@examples
@given(busy_worlds(), rule_sets)
def test_bulk_is_what_the_rules_say(shop: Shop, arrived: list[Event], chosen: Attribution):
    plan = shop.plan
    shop.plan = type(plan)(
        7,
        msgspec.structs.replace(SHOP, attribution=chosen),
        plan.numbers,
        plan.served,
        segments=plan.segments,
        rule_version=7,
    )
    try:
        with undone(shop) as conn:
            take_in(conn, shop.desk(), arrived)
            live = tables(conn)
            for ledger in ("attribution_order_credits", "attribution_product_credits"):
                conn.run(f"DELETE FROM {ledger}")
            cause = Cause(START, "recomputed")
            attribution.credit_everybody(conn, shop.history, shop.plan, shop.catalogue, cause)
            bulk = tables(conn)
            print("N", len(arrived), len(bulk["attribution_order_credits"]), len(bulk["attribution_product_credits"]))
            attribution.credit(conn, shop.plan, shop.catalogue, orders.buyers(conn), 0, ALWAYS, cause)
            again = tables(conn)
    finally:
        shop.plan = plan
    same(live, bulk)
    same(bulk, again)


@pytest.mark.parametrize("sql", [attribution.ORDERS_SQL, attribution.PRODUCTS_SQL], ids=["orders", "products"])
def test_the_sql_runs_on_every_engine(sql: str):
    assert "touches" in portable(sql)
