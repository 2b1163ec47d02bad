"""Events and products from files."""

from __future__ import annotations

import csv
import json

import pytest

from shopkeeper import events, visitors
from tests.cli.conftest import order
from tests.cli.test_import_orders import logged

VIEWED = {"type": "track", "event": "Product Viewed", "anonymousId": "a", "timestamp": "2026-03-01T10:00:00Z"}
NAMED = {"type": "identify", "userId": "ann", "traits": {"plan": "gold"}, "timestamp": "2026-03-01T10:01:00Z"}


@pytest.fixture
def jsonl(tmp_path):
    path = tmp_path / "past.jsonl"
    path.write_text("\n".join(map(json.dumps, [VIEWED, NAMED])))
    return path


def test_json_lines_are_taken_as_a_client_would_send_them(run, shop, jsonl):
    assert "2 came in" in run("import", "events", jsonl).output
    with shop.state.read() as conn:
        assert visitors.load(conn, ["u:ann"])["u:ann"].attribute("plan") == "gold"


def test_events_without_an_id_come_in_once(run, shop, jsonl):
    run("import", "events", jsonl)
    run("import", "events", jsonl)
    assert logged(shop) == 2


def test_broken_lines_are_told(run, shop, jsonl, tmp_path):
    untimed = {k: v for k, v in VIEWED.items() if k != "timestamp"}
    nobody = {k: v for k, v in VIEWED.items() if k != "anonymousId"}
    jsonl.write_text("\n".join([json.dumps(VIEWED), "{half", json.dumps(untimed), json.dumps(nobody)]))
    run("import", "events", jsonl, "--errors", tmp_path / "errors.csv")
    assert logged(shop) == 1
    assert [e["row"] for e in csv.DictReader((tmp_path / "errors.csv").open())] == ["2", "3", "4"]


def test_what_was_wrong_is_no_property_of_what_was_mended(run, shop, tmp_path):
    file, left = tmp_path / "past.csv", tmp_path / "errors.csv"
    file.write_text("event,user_id,timestamp,colour\nVisited,ann,someday,red\n")
    run("import", "events", file, "--errors", left)
    left.write_text(left.read_text().replace("Visited,ann,someday", "Visited,ann,2026-03-01"))
    run("import", "events", left)
    with shop.state.read() as conn:
        (event,) = (event for batch in events.stream(conn, shop.history, 10) for event in batch)
    assert event.properties == {"colour": "red"}


def test_a_list_of_json_is_taken_like_lines(run, shop, jsonl, tmp_path):
    (tmp_path / "list.json").write_text(json.dumps([VIEWED, NAMED]))
    assert "2 came in" in run("import", "events", tmp_path / "list.json").output
    assert logged(shop) == 2


def test_events_before_the_place_where_a_file_breaks_came_in(run, shop, tmp_path):
    file = tmp_path / "past.csv"
    file.write_bytes(
        b"event,user_id,timestamp\n" + b"Visited,ann,2026-03-01\n" + b"Visited,caf\xe9,2026-03-01\n" * 9_000
    )
    result = run("import", "events", file)
    assert "is not text in utf-8" in str(result.exception)
    (tmp_path / "cut.json").write_text(json.dumps([VIEWED, NAMED])[:-20])
    result = run("import", "events", tmp_path / "cut.json", "--errors", tmp_path / "errors.csv")
    assert "1 came in" in result.output and "it breaks off" in str(result.exception)
    assert logged(shop) >= 1


def test_columns_of_a_sheet_are_properties(run, shop, tmp_path):
    rows = "event,user_id,timestamp,properties.product_id,colour\nProduct Viewed,ann,2026-03-01,tea,\n"
    (tmp_path / "past.csv").write_text(
        rows + "Product Viewed,ann,soon,tea,red\nOrder Completed,ann,2026-03-02,tea,red\n"
    )
    result = run("import", "events", tmp_path / "past.csv")
    assert "row 3, timestamp: 'soon' is not a time" in result.output
    assert "row 4, order_id: Order Completed needs an order_id" in result.output
    with shop.state.read() as conn:
        (event,) = events.of_devices(conn, shop.history, ["user:ann"])
    assert (event.name, event.properties) == ("Product Viewed", {"product_id": "tea"})


def test_products_come_in_and_replace(run, shop, tmp_path):
    file = tmp_path / "products.csv"
    file.write_text("sku,title,price,colour\ntea,Tea,4.50,green\ncup,Cup,a lot,\n,Nameless,1,\n")
    result = run("import", "products", file)
    assert "1 came in" in result.output
    assert "row 3, price: Product cup: 'a lot' is not an amount of money" in result.output
    assert "row 4, sku: A product needs an id" in result.output
    shop.refresh()
    tea = shop.catalogue.products["tea"]
    assert (tea.name, tea.price, tea.extra) == ("Tea", 450, {"colour": "green"})
    assert "0 came in, 1 were there already" in run("import", "products", file).output


def test_a_dry_run_of_products_writes_nothing(run, shop, tmp_path):
    (tmp_path / "products.csv").write_text("id\ntea\n")
    assert "1 would come in" in run("import", "products", tmp_path / "products.csv", "--dry-run").output
    shop.refresh()
    assert not shop.catalogue.products


def test_a_report_of_an_empty_shop_says_what_would_fill_it(run):
    assert "No order and no campaign is on record yet" in run("report").output
    empty = {"orders": 0, "customers": 0, "revenue_cents": 0, "campaigns": {}}
    assert json.loads(run("report", "--json").output) == empty


def test_orders_among_the_events_are_orders(run, shop, jsonl):
    bought = {"order_id": "o1", "products": [{"product_id": "tea", "price": 2}]}
    jsonl.write_text(json.dumps({**NAMED, "type": "track", "event": "Order Completed", "properties": bought}))
    run("import", "events", jsonl)
    assert order(shop, "o1").value == 200
    assert json.loads(run("report", "--json").output)["revenue_cents"] == 200
