"""Decisions, figures and products: a wrong wish is answered with what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.conftest import Door

BAD_WISHES = {
    "a word for zones": ({"zones": "home-hero"}, "malformed"),
    "numbers for zones": ({"zones": [1]}, "malformed"),
    "too many zones": ({"zones": ["a"] * 51}, "too_many_zones"),
    "a list for a page": ({"page": []}, "malformed"),
    "a number for consent": ({"consent": {"measurement": 1}}, "malformed"),
    "a long id": ({"anonymousId": "x" * 256}, "bad_id"),
    "a NUL": ({"anonymousId": "ann", "page": {"url": "/\0"}}, "nul_character"),
}


@pytest.mark.parametrize(("wish", "code"), BAD_WISHES.values(), ids=BAD_WISHES)
def test_a_bad_wish_for_a_decision(door: Door, wish: Any, code: str):
    answer = door.post("/v1/decide", wish)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_an_unknown_zone_does_not_spoil_the_others(door: Door):
    answer = door.post("/v1/decide", {"anonymousId": "ann", "zones": ["nowhere", "home-hero"]}).json()
    assert answer["zones"]["home-hero"]["communication"] == "spring-hero"
    assert [(e["code"], e["zone"]) for e in answer["errors"]] == [("unknown_zone", "nowhere")]
    assert "shop.yaml" in answer["errors"][0]["message"]


def test_an_address_no_parser_likes_is_still_a_page(door: Door):
    wish = {"anonymousId": "ann", "zones": ["home-hero"], "page": {"url": "http://[x"}}
    assert door.post("/v1/decide", wish).status_code == 200


def test_a_page_may_not_ask_for_reasons(door: Door):
    wish = {"anonymousId": "ann", "zones": ["home-hero"]}
    assert door.post("/v1/decide?explain=1", wish).json()["code"] == "secret_key_needed"
    assert door.post("/v1/decide?explain=1", wish, "secret").json()["explain"]["home-hero"][0]["result"] == "chosen"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=soon", "bad_time"),
        ("from=", "bad_time"),
        ("from=0001-01-01", "bad_time"),
        ("until=9999-12-31T23:59:59-14:00", "bad_time"),
        ("from=2026-03-01%00", "bad_time"),
        ("from=2026-03-02&until=2026-03-01", "bad_window"),
    ],
)
def test_a_window_that_is_none(door: Door, query: str, code: str):
    answer = door.get(f"/v1/stats/communications?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/stats/nothing", 404, "unknown_report"),
        ("/v1/stats/click-total?by=moon", 400, "bad_parameter"),
        ("/v1/orders/none/explain", 404, "unknown_order"),
        ("/v1/orders/%00/explain", 404, "unknown_order"),
        ("/v1/orders/%FF/explain", 404, "unknown_order"),
    ],
)
def test_something_that_is_not_there(door: Door, path: str, status: int, code: str):
    answer = door.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("product", "code"),
    [
        ({}, "missing_product_id"),
        ({"id": "x" * 256}, "bad_product_id"),
        ({"id": ["x"]}, "bad_field"),
        ({"id": "a\0"}, "bad_field"),
        ({"id": "a", "note": "\0"}, "bad_field"),
        ({"id": "a", "price": "cheap"}, "bad_price"),
        ({"id": "a", "currency": "EURO"}, "bad_currency"),
        ({"id": "a", "created_at": "soon"}, "bad_time"),
        ({"id": "a", "created_at": 1e30}, "bad_time"),
    ],
)
def test_a_bad_product_does_not_spoil_the_others(door: Door, product: Any, code: str):
    answer = door.post("/v1/products", [product, {"id": "tea-1", "price": 12.25}], "secret").json()
    assert answer["accepted"] == 1
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(0, code)]


@pytest.mark.parametrize("id", ["a\0", "x" * 256, ""])
def test_what_can_be_no_product_is_not_there_to_be_changed(door: Door, id: str):
    door.post("/v1/products", [{"id": "tea-1", "price": 12.25}], "secret")
    changes = [{"id": id, "price": 1}, {"id": "tea-1", "price": 1}]
    answer = door.ask("PATCH", "/v1/products", "secret", json=changes).json()
    assert answer["accepted"] == 1
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(0, "unknown_product")]


@pytest.mark.parametrize("body", [5, {}, [5], None])
def test_products_that_are_no_list(door: Door, body: Any):
    answer = door.post("/v1/products", body, "secret")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
