"""Every report over HTTP: JSON, CSV and Parquet say the same, and a question without sense is answered in words."""

from __future__ import annotations

import csv
import io

import pytest
from pyarrow import parquet

from shopkeeper.engine.rebuild import rebuild
from shopkeeper.reports import LISTED
from tests.doors.conftest import Door

CLICK = {"type": "track", "event": "Communication Clicked", "anonymousId": "ann"}
ORDER = {"type": "track", "event": "Order Completed", "anonymousId": "ann"}


@pytest.fixture
def lively(door: Door) -> Door:
    """Ann clicks and buys."""
    communication = next(iter(door.shop.plan.served))
    element = next(iter(door.shop.plan.served[communication][-1].communication.elements), "")
    for event in (
        CLICK | {"properties": {"communication_id": communication, "element_id": element}},
        ORDER | {"properties": {"order_id": "=o1", "total": 12.5, "currency": "EUR"}},
    ):
        door.post("/v1/batch", {"batch": [event]}, "secret")
    return door


def behind(door: Door, figure: str = "clicks") -> str:
    return f"?figure={figure}&of=communication&key={next(iter(door.shop.plan.served))}"


@pytest.mark.parametrize("name", LISTED)
def test_the_three_forms_of_a_report_agree(lively: Door, name: str):
    query = behind(lively) if name == "behind" else ""
    told = lively.get(f"/v1/stats/{name}{query}")
    assert told.status_code == 200, told.text
    text = lively.get(f"/v1/stats/{name}.csv{query}")
    assert text.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(text.text)))
    binary = lively.get(f"/v1/stats/{name}.parquet{query}")
    table = parquet.read_table(io.BytesIO(binary.content))
    assert table.column_names == [field.key for field in LISTED[name].fields]
    assert len(rows) == table.num_rows == len(told.json()["rows"])


def test_money_is_decimal_in_sheets_and_whole_in_json(lively: Door):
    assert lively.get("/v1/stats/reconciliation").json()["rows"][0]["revenue"] == 1250
    assert "12.50" in lively.get("/v1/stats/reconciliation.csv").text
    table = parquet.read_table(io.BytesIO(lively.get("/v1/stats/reconciliation.parquet").content))
    assert str(table["revenue"][0]) == "12.500"


def test_the_accept_header_chooses_the_form(lively: Door):
    answer = lively.ask("GET", "/v1/stats/campaigns", "secret", headers={"accept": "text/csv"})
    assert answer.text.startswith("campaign,name,status")


def test_an_order_id_like_a_formula_stays_text(lively: Door):
    assert "'=o1" in lively.get(f"/v1/stats/behind.csv{behind(lively, 'orders')}").text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/stats/nonsense", 404, "unknown_report"),
        ("/v1/stats/click-total?by=moon", 400, "bad_parameter"),
        ("/v1/stats/click-total.parquet?from=yesterday", 400, "bad_time"),
        ("/v1/stats/panel?communication=nobody", 404, "unknown_object"),
        ("/v1/stats/behind", 404, "unknown_object"),
        ("/v1/stats/behind?figure=moon", 400, "bad_parameter"),
        ("/v1/stats/behind?of=sequence&key=%00", 404, "unknown_object"),
    ],
)
def test_a_question_without_sense_is_answered_in_words(door: Door, path: str, status: int, code: str):
    answer = door.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_audit_tells_what_it_found(lively: Door):
    told = lively.get("/v1/audit").json()
    assert told["clean"] and told["differences"] == []
    assert told["reconciliation"][0]["order_credit"] == 1250
    with lively.shop.state.write() as conn:
        conn.run("UPDATE attribution_order_credits SET value = 1")
    told = lively.get("/v1/audit").json()
    assert not told["clean"]
    assert {d["where"] for d in told["differences"]} == {"order =o1"}
    rebuild(lively.shop)
    assert lively.get("/v1/audit").json()["clean"]
