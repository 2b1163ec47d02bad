"""Orders from files: rows become orders, broken rows are told, nothing comes in twice."""

from __future__ import annotations

import csv
import json
import tracemalloc
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from pyarrow import parquet

from shopkeeper import events
from shopkeeper.imports.orders import Orders
from shopkeeper.imports.rows import read_rows
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import format_time
from tests.cli.conftest import order

GOOD = """order_id,customer_id,placed_at,product_id,quantity,price
o1,ann,2026-03-01T10:00:00,tea,2,4.50
o1,ann,2026-03-01T10:00:00,cup,1,12
o2,bob,2026-03-02,tea,1,4.50
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(GOOD)
    return path


def logged(shop):
    with shop.state.read() as conn:
        return events.count(conn, shop.history)[0]


def errors_of(path):
    return list(csv.DictReader(path.open()))


def test_rows_of_one_order_id_are_one_order(run, shop, file):
    assert "2 came in" in run("import", "orders", file).output
    o1 = order(shop, "o1")
    assert (o1.value, o1.currency, o1.user, format_time(o1.at)) == (2100, "EUR", "ann", "2026-03-01T10:00:00.000Z")
    assert [(line.product, line.quantity, line.value) for line in o1.lines] == [("tea", 2, 900), ("cup", 1, 1200)]


@pytest.mark.parametrize("broken", ["o1,ann,2026-03-01T10:00:00,cup,1", "o1,ann,2026-03-01T10:00:00,cup,1,12,,"])
def test_an_order_with_a_row_of_too_few_or_too_many_cells_stays_out_whole(run, shop, file, tmp_path, broken):
    file.write_text(GOOD.replace("o1,ann,2026-03-01T10:00:00,cup,1,12", broken))
    errors = tmp_path / "errors.csv"
    run("import", "orders", file, "--map", "customer_id=user_id", "--errors", errors)
    assert order(shop, "o1") is None and order(shop, "o2") is not None
    assert [row["row"] for row in errors_of(errors)] == ["2", "3"]


def test_a_parquet_file_with_two_columns_of_one_name_is_refused(run, tmp_path):
    path = tmp_path / "orders.parquet"
    columns = [pa.array([value]) for value in ("o1", "ann", "2026-03-01", "tea", "4.50", "5")]
    names = ["order_id", "user_id", "placed_at", "product_id", "price", "price"]
    parquet.write_table(pa.Table.from_arrays(columns, names=names), path)
    done = run("import", "orders", path)
    assert isinstance(done.exception, BadInput) and "names the column 'price' twice" in str(done.exception)


def test_columns_read_by_other_names_are_told(run, file):
    file.write_text(GOOD.replace("product_id", "sku").replace("price", "total"))
    told = run("import", "orders", file, "--map", "customer_id=user_id", "--dry-run").output
    assert "read sku as product_id, total as line_total; --map says otherwise" in told
    file.write_text(GOOD.replace("customer_id", "User ID"))
    assert "read " not in run("import", "orders", file, "--dry-run").output


def test_an_import_ends_in_history_files(run, shop, file):
    run("import", "orders", file)
    with shop.state.read() as conn:
        assert [f.day for f in shop.history.files(conn, "events")] == ["2026-03-01", "2026-03-02"]


def test_importing_twice_changes_nothing(run, shop, file):
    run("import", "orders", file)
    assert "0 came in, 2 were there already" in run("import", "orders", file).output
    assert logged(shop) == 2


def test_a_dry_run_says_the_same_and_writes_nothing(run, shop, file):
    assert "2 would come in" in run("import", "orders", file, "--dry-run").output
    assert logged(shop) == 0


def test_a_broken_row_is_told_with_its_place_and_the_rest_comes_in(run, shop, file, tmp_path):
    file.write_text(GOOD + "o3,cat,2026-03-03,tea,1,four\no4,dan,someday,tea,1,4\no5,eve,2026-03-03,tea\n")
    result = run("import", "orders", file, "--errors", tmp_path / "errors.csv")
    assert result.exit_code == 0
    assert "2 came in" in result.output
    told = errors_of(tmp_path / "errors.csv")
    assert [(e["row"], e["column"]) for e in told] == [("5", "price"), ("6", "placed_at"), ("7", "")]
    assert told[0]["message"] == "'four' is not an amount of money"
    assert told[1]["customer_id"] == "dan"


def test_an_order_with_a_broken_row_stays_out_whole_until_it_is_mended(run, shop, file, tmp_path):
    file.write_text(GOOD.replace("cup,1,", "cup,one,"))
    run("import", "orders", file, "--errors", tmp_path / "errors.csv")
    assert order(shop, "o1") is None
    assert [e["row"] for e in errors_of(tmp_path / "errors.csv")] == ["2", "3"]
    mended = (tmp_path / "errors.csv").read_text().replace("one", "1")
    (tmp_path / "errors.csv").write_text(mended)
    run("import", "orders", tmp_path / "errors.csv")
    assert order(shop, "o1").value == 2100


def test_a_file_of_errors_is_mended_and_imported_until_nothing_is_left(run, shop, file, tmp_path):
    file.write_text(GOOD.replace("cup,1,", "cup,one,").replace("bob", ""))
    left = tmp_path / "errors.csv"
    run("import", "orders", file, "--errors", left)
    for wrong, right in (("one", "1"), ("o2,,", "o2,bob,")):
        left.write_text(left.read_text().replace(wrong, right))
        run("import", "orders", left, "--errors", left)
    assert left.read_text() == "row,column,message,order_id,customer_id,placed_at,product_id,quantity,price\n"
    assert [order(shop, id).value for id in ("o1", "o2")] == [2100, 450]
    assert sorted(tmp_path.glob("errors*")) == [left]


def test_what_was_given_back_is_no_order(run, shop, file, tmp_path):
    file.write_text(GOOD + "o3,cat,2026-03-03,tea,-1,4.50\no1,ann,2026-03-01T10:00:00,tea,-1,4.50\n")
    result = run("import", "orders", file, "--errors", tmp_path / "errors.csv")
    assert "1 came in" in result.output
    assert order(shop, "o3") is None
    told = {e["row"]: (e["column"], e["message"]) for e in errors_of(tmp_path / "errors.csv")}
    assert told["5"] == ("quantity", "'-1' is less than none; tell what was given back as an Order Refunded event")
    assert told["2"] == ("order_id", "its order is left out, as row 6 is broken")


def test_what_was_given_back_comes_in_as_an_event(run, shop, file, tmp_path):
    run("import", "orders", file)
    refunds = tmp_path / "refunds.jsonl"
    refunds.write_text(
        '{"type": "track", "event": "Order Refunded", "userId": "ann", "timestamp": "2026-03-05T10:00:00Z", '
        '"properties": {"order_id": "o1", "products": [{"product_id": "tea", "quantity": 1}]}}\n'
    )
    assert "1 came in" in run("import", "events", refunds).output
    assert [line.refunded for line in order(shop, "o1").lines] == [450, 0]


def test_an_order_that_comes_again_with_other_content_is_told(run, shop, file, tmp_path):
    run("import", "orders", file)
    file.write_text(GOOD.replace("4.50", "5.50"))
    run("import", "orders", file, "--errors", tmp_path / "errors.csv")
    assert "before with other content" in errors_of(tmp_path / "errors.csv")[0]["message"]
    assert order(shop, "o1").value == 2100


def test_columns_of_any_name_can_be_mapped(run, shop, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text("Nr;Who;When;Item;Sum\n7;ann;01.03.2026 10:30;tea;4,5\n8;ann;01.03.2026 11:00;tea;4.5\n")
    names = {"Nr": "order_id", "Who": "user_id", "When": "placed_at", "Item": "product_id", "Sum": "line_total"}
    maps = [word for name, field in names.items() for word in ("--map", f"{name}={field}")]
    result = run("import", "orders", file, *maps, "--time-format", "%d.%m.%Y %H:%M")
    assert "row 2, Sum: '4,5' is not an amount of money" in result.output
    assert order(shop, "8").value == 450


def test_times_without_an_offset_are_shop_time(run, shop, file, tmp_path):
    (tmp_path / "shop.yaml").write_text("shop: {time_zone: Europe/Amsterdam}")
    run("apply", tmp_path / "shop.yaml")
    run("import", "orders", file)
    assert format_time(order(shop, "o1").at) == "2026-03-01T09:00:00.000Z"


def test_parquet_brings_its_own_types(run, shop, tmp_path):
    moment = pa.scalar(1_770_000_000_000_000, pa.timestamp("us", "UTC")).as_py()
    table = pa.table(
        {
            "order_id": pa.array([7, 7], pa.int64()),
            "user_id": pa.array([3.0, None], pa.float64()),
            "placed_at": [moment, moment],
            "product_id": [1, 2],
            "quantity": [1, 2],
            "line_total": [Decimal("1.10"), Decimal("2.20")],
            "order_total": [3.3, None],
        }
    )
    parquet.write_table(table, tmp_path / "orders.parquet")
    run("import", "orders", tmp_path / "orders.parquet")
    seven = order(shop, "7")
    assert (seven.user, seven.at, seven.value) == ("3", 1_770_000_000_000_000, 330)
    assert [line.value for line in seven.lines] == [110, 220]


def test_two_customers_cannot_share_an_order(run, shop, file):
    file.write_text(GOOD.replace("o2,bob", "o1,bob"))
    assert "row 4, customer_id: order o1 has 'ann' and 'bob' as user_id" in run("import", "orders", file).output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"order_id,placed_at\n", "has column names but no rows"),
        (b"order_id,when\n1,2\n", "no column for placed_at, product_id, user_id or anonymous_id, price or line_total"),
        (b"a,a\n1,2\n", "names the column 'a' twice"),
        ("order_id,caf\xe9\n1,2\n".encode("latin-1"), "is not text in utf-8"),
        (b"PAR1 and no more", "is not a whole Parquet file"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(run, tmp_path, content, says):
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(BadInput, match=says):
        raise run("import", "orders", tmp_path / "bad.csv").exception


def test_a_file_called_parquet_that_is_none_is_told_so(run, tmp_path):
    (tmp_path / "orders.parquet").write_bytes(b"\xff order_id")
    with pytest.raises(BadInput, match="is not a whole Parquet file"):
        raise run("import", "orders", tmp_path / "orders.parquet").exception


@pytest.mark.parametrize(
    "words", [["nowhere.csv"], ["."], [__file__, "--map", "x"], [__file__, "--encoding", "klingon"]]
)
def test_a_command_that_cannot_work_is_an_error_for_people(run, words):
    assert isinstance(run("import", "orders", *words).exception, BadInput)


def test_rows_of_an_order_may_lie_apart(run, shop, file):
    file.write_text(GOOD + "o1,,,pot,1,20\n")
    assert "2 came in" in run("import", "orders", file).output
    assert [line.product for line in order(shop, "o1").lines] == ["tea", "cup", "pot"]


def test_orders_are_taken_in_the_order_of_their_times_and_their_rows_in_that_of_the_file(tmp_path):
    path = tmp_path / "apart.csv"
    lines = [f"o{n % 50},ann,2026-03-{1 + n * 7 % 28:02},p{n},1,1" for n in range(1_000)]
    path.write_text("\n".join(["order_id,user_id,placed_at,product_id,quantity,price", *lines]))
    with Orders(read_rows(path), {}, ZoneInfo("UTC"), room=tmp_path) as source:
        calls = [json.loads(call.raw) for call in source]
    assert [c["timestamp"] for c in calls] == sorted(c["timestamp"] for c in calls)
    for call in calls:
        number = int(call["properties"]["order_id"][1:])
        assert [p["product_id"] for p in call["properties"]["products"]] == [f"p{n}" for n in range(number, 1_000, 50)]
    assert not [*tmp_path.glob("pile-*")]


def test_orders_come_from_json_and_tabs_too(run, shop, tmp_path):
    row = {"order_id": "o1", "user_id": "ann", "placed_at": "2026-03-01", "product_id": "tea", "price": 4.5}
    (tmp_path / "list.json").write_text(json.dumps([row, {**row, "order_id": "o2"}]))
    (tmp_path / "lines.jsonl").write_text(json.dumps({**row, "order_id": "o3"}) + "\n{half\n")
    (tmp_path / "tabs.tsv").write_text("\t".join(row) + "\n" + "\t".join(map(str, {**row, "order_id": "o4"}.values())))
    for name, told in (
        ("list.json", "2 came in"),
        ("lines.jsonl", "row 2: it is not a JSON object"),
        ("tabs.tsv", "1 "),
    ):
        assert told in run("import", "orders", tmp_path / name).output
    assert [order(shop, id).value for id in ("o1", "o2", "o3", "o4")] == [450] * 4


def test_an_order_without_end_is_told_and_not_gathered(run, shop, file, monkeypatch):
    monkeypatch.setattr("shopkeeper.imports.orders.MOST_LINES", 10)
    file.write_text(GOOD + "o3,eve,2026-03-03,tea,1,1\n" * 30)
    told = run("import", "orders", file).output
    assert "2 came in" in told and "30 rows were left out" in told and "o3 has more than 10 rows" in told


def test_a_row_with_two_faults_stands_in_the_file_of_errors_once(run, file, tmp_path):
    file.write_text(GOOD.replace("bob,2026-03-02,tea,1,4.50", f"{'b' * 2_000},soon,tea,1,4.50"))
    run("import", "orders", file, "--errors", tmp_path / "errors.csv")
    (told,) = errors_of(tmp_path / "errors.csv")
    assert "'soon' is not a time" in told["message"] and "longer than 1,000 characters" in told["message"]


def test_a_file_of_orders_that_breaks_off_brings_none(run, shop, file):
    file.write_bytes(GOOD.encode() + b"o3,caf\xe9,2026-03-03,tea,1,1\n")
    assert isinstance(run("import", "orders", file).exception, BadInput)
    assert logged(shop) == 0


def test_a_long_text_in_every_row_of_a_small_parquet_file_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "long.parquet"
    parquet.write_table(pa.table({"order_id": range(5_000), "note": ["x" * 500_000] * 5_000}), path)
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    assert sum(len(row.values["note"]) for row in read_rows(path)) == 2_500_000_000
    assert tracemalloc.get_traced_memory()[1] < 100 << 20
    tracemalloc.stop()
