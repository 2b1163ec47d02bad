"""`shopkeeper attribution`, as a person types it."""

from __future__ import annotations

import json

import pytest

from shopkeeper.model.errors import BadInput, NotFound
from tests.attribution.conftest import DEFINED
from tests.cli.conftest import order

SPAN = ("--from", "2026-02-01", "--until", "2026-04-01")


def line(event: str, day: int, who: str = "ann", **properties) -> str:
    moment = f"2026-03-{day:02}T12:00:00Z"
    said = {"type": "track", "event": event, "userId": who, "timestamp": moment, "properties": properties}
    return json.dumps(said | {"messageId": f"{event} {day} {who}"})


@pytest.fixture
def told(run, tmp_path):
    """A shop with a click two days before an order."""
    (tmp_path / "shop.yaml").write_text(DEFINED)
    (tmp_path / "past.jsonl").write_text(
        "\n".join(
            [
                line("Communication Clicked", 1, communication_id="hero-tea", element_id="button"),
                line("Order Completed", 3, order_id="o1", products=[{"product_id": "tea", "price": 10}]),
            ]
        )
    )
    assert run("apply", tmp_path / "shop.yaml").exit_code == 0
    assert run("import", "events", tmp_path / "past.jsonl").exit_code == 0
    return run


def test_a_preview_shows_both_sides_and_a_switch_makes_it_so(told):
    asked = ("--order-lookback", "7d", "--model", "linear")
    rows = json.loads(told("attribution", "preview", *asked, *SPAN, "--json").output)
    assert [(r["communication"], r["value_now"], r["value_then"], r["click_total_then"]) for r in rows] == [
        ("hero-tea", 0, 1000, 1000)
    ]
    assert "10.00" in told("attribution", "preview", *asked, *SPAN).output
    assert "rules 2 are in force" in told("attribution", "switch", *asked).output
    assert "nothing changed" in told("attribution", "switch", *asked).output
    listed = json.loads(told("attribution", "rules", "--json").output)
    assert [(each["version"], each["order_lookback"], each["model"]) for each in listed] == [
        (2, "7d", "linear"),
        (1, "24h", "last"),
    ]
    assert json.loads(told("attribution", "explain", "o1").output)["order_credit"]["communication"] == "hero-tea"


def test_models_and_lookbacks_are_told(told):
    strip = json.loads(told("attribution", "lookbacks", *SPAN, "--json").output)
    assert {row["under"]: row["value"] for row in strip} == {"7d": 1000, "30d": 1000}
    assert "no order in this window has a touch" in told("attribution", "models", *SPAN).output


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("preview", "--order-lookback", "0h"), "bad_definition"),
        (("preview", "--order-lookback", "91d"), "bad_definition"),
        (("preview", "--model", "markov"), "bad_definition"),
        (("switch", "--product-lookback", "session"), "bad_definition"),
        (("models", "--from", "soon"), "bad_time"),
        (("models", "--from", "2026-03-02", "--until", "2026-03-02"), "bad_window"),
        (("lookbacks", "--from", "1969-01-01"), "bad_window"),
    ],
)
def test_what_makes_no_sense_is_refused(run, words, code):
    with pytest.raises(BadInput) as refused:
        raise run("attribution", *words).exception
    assert refused.value.code == code and refused.value.message


def test_an_unknown_order_is_said_to_be_one(run):
    with pytest.raises(NotFound, match="no order 'o9'"):
        raise run("attribution", "explain", "o9").exception


def test_an_order_too_large_for_an_event_is_told_and_left_in_the_file(told, shop, tmp_path):
    rows = [f"big,ann,2026-03-01T15:00:00,tea,1,{n % 7 / 100:.2f}\n" for n in range(10_000)]
    (tmp_path / "orders.csv").write_text("order_id,user_id,placed_at,product_id,quantity,price\n" + "".join(rows))
    said = told("import", "orders", tmp_path / "orders.csv").output
    assert "10,000 rows were left out" in said and "32768 are allowed" in said
    assert order(shop, "big") is None
