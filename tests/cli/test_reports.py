"""Reports, audit and doctor at the command line: files of every form, and exit codes that mean something."""

from __future__ import annotations

import json

import pytest
from pyarrow import parquet

from shopkeeper.model.errors import BadInput


@pytest.fixture
def shopping(run, tmp_path):
    """A shop with one order that was brought in."""
    orders = tmp_path / "orders.csv"
    orders.write_text("order_id,user_id,placed_at,product_id,price\n1,ann,2026-03-01,tea,1.50\n")
    assert run("import", "orders", orders).exit_code == 0
    return run


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_report_goes_into_a_file_of_the_form_its_name_ends_in(shopping, tmp_path, form):
    file = tmp_path / f"out.{form}"
    told = shopping("report", "reconciliation", "--out", file)
    assert told.exit_code == 0 and "1 rows" in told.output
    if form == "parquet":
        assert parquet.read_table(file)["orders"].to_pylist() == [1]
    else:
        assert "EUR" in file.read_text()


def test_without_a_file_a_report_is_printed_as_csv(shopping):
    assert shopping("report", "click-total", "--choose", "by=site").output.startswith("key,value,share")
    assert json.loads(shopping("report", "panel", "--json").output) == []


def test_the_summary_tells_days_of_the_shop(run, tmp_path):
    (tmp_path / "shop.yaml").write_text("shop: {currency: NZD, time_zone: Pacific/Auckland}")
    run("apply", tmp_path / "shop.yaml")
    (tmp_path / "past.csv").write_text("order_id,user_id,placed_at,product_id,price\n1,ann,2026-03-02T08:00,tea,1.50\n")
    run("import", "orders", tmp_path / "past.csv")
    told = run("report").output.splitlines()
    assert told[0] == "2026-03-02 to 2026-03-02 (Pacific/Auckland), values in NZD"
    assert told[1] == "1 order of 1 customer, revenue 1.50"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "moon"], "There is no report 'moon'"),
        (["report", "--out", "x.csv"], "need the name of a report"),
        (["report", "campaigns", "--out", "x.xls"], "names no form"),
        (["report", "click-total", "--choose", "by"], "is not a choice"),
        (["report", "click-total", "--choose", "by=moon"], "is not known"),
        (["report", "campaigns", "--from", "moon"], "must be times"),
        (["report", "campaigns", "--from", "2026-04-01", "--until", "2026-03-01"], "must lie after"),
    ],
)
def test_a_question_without_sense_is_answered_in_words(shopping, words, said):
    with pytest.raises(BadInput, match=said):
        raise shopping(*words).exception


def test_a_clean_audit_ends_with_0_and_a_difference_with_1(shopping, shop):
    clean = shopping("audit", "--sum")
    assert clean.exit_code == 0
    assert "order credit   0.00 + organic 1.50 = revenue" in clean.output
    with shop.state.write() as conn:
        conn.run("UPDATE stats_sold SET value = value + 1")
    spoilt = shopping("audit")
    assert spoilt.exit_code == 1
    assert "orders of the hour 2026-03-01T00:00:00.000Z" in spoilt.output
    assert "expected 1 / 150 / 0, found 1 / 151 / 0" in spoilt.output


def test_the_doctor_names_the_fault_and_what_to_do(shopping):
    told = shopping("doctor", "--days", "3650")
    assert told.exit_code == 0
    assert "not in the catalogue: 1 of 1" in told.output
    assert "such as product tea, in order 1" in told.output
    assert "POST /v1/products" in told.output
    assert len(json.loads(shopping("doctor", "--json").output)) == 10
