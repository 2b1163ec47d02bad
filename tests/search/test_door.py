"""The storefront's search over HTTP: the write key is enough, data only, within limits."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.serving import Served

PRODUCTS = [
    {
        "id": "run",
        "name": "Running shoes",
        "brand": "Fern",
        "price": 80,
        "sale_price": 60,
        "category": "Shoes > Running",
    },
    {"id": "sock", "name": "Running socks", "brand": "Acme", "price": 9, "in_stock": False},
]


@pytest.fixture
def ask(served: Served):
    served.post("/v1/products", PRODUCTS, "secret")

    def ask(**asked):
        return httpx.get(f"{served.base}/v1/search", params=asked, auth=(served.keys.write, ""), timeout=30)

    soon(lambda: ask(q="running").json()["total"] == 2)
    return ask


def soon(holds):
    """Wait for what holds within a second on a machine that is not busy."""
    until = time.monotonic() + 30
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)


def test_a_page_asks_with_the_write_key_and_gets_what_it_shows(served: Served, ask):
    told = ask(q="running shoe").json()
    (hit,) = told["hits"]
    assert {name: hit[name] for name in ("id", "name", "price", "was", "currency", "in_stock")} == {
        "id": "run", "name": "Running shoes", "price": "60.00", "was": "80.00", "currency": "EUR", "in_stock": True,
    }  # fmt: skip
    posted = served.post("/v1/search", {"q": "running shoe", "writeKey": served.keys.write}, "write").json()
    assert posted == told | {"version": posted["version"]}  # of the catalogue, which may have moved on


def test_filters_come_in_the_address(ask):
    def found(**asked):
        return {hit["id"] for hit in ask(**asked).json()["hits"]}

    assert found(q="running", in_stock="true") == {"run"}
    assert found(brand=["Fern", "Acme"], price_to=10) == {"sock"}
    assert found(category="Shoes", on_sale="true") == {"run"}


def test_what_was_shown_instead_is_said(ask):
    told = ask(q="runing shoes").json()
    assert (told["relaxed"], told["did_you_mean"]) == ("corrected", "running shoes")


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 1000},
        {"limit": "many"},
        {"q": "x" * 201},
        {"in_stock": "perhaps"},
        {"price_from": "nan"},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_asked_is_refused(ask, asked):
    refused = ask(**asked)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_search")


def test_without_a_key_of_the_shop_nothing_is_told(served: Served):
    assert httpx.get(f"{served.base}/v1/search?q=tea").status_code == 401
    assert httpx.get(f"{served.base}/v1/search?q=tea&writeKey=wk_no").status_code == 401


def test_a_page_of_another_origin_may_ask(served: Served):
    before = httpx.options(f"{served.base}/v1/search")
    assert before.status_code == 204 and before.headers["access-control-allow-origin"] == "*"


def test_rejected_products_name_their_field_and_what_to_do(served: Served):
    sent = [{"id": "a", "price": "dear"}, {"id": "b", "stock": "some"}, {"id": "c"}]
    told = served.post("/v1/products", sent, "secret").json()
    assert told["accepted"] == 1
    assert [(r["index"], r["code"], r["field"]) for r in told["rejected"]] == [
        (0, "bad_price", "price"),
        (1, "bad_stock", "stock"),
    ]


def test_a_change_of_some_fields_leaves_the_others_and_names_what_it_cannot_change(served: Served, ask):
    sent = [
        {"id": "run", "sale_price": None, "stock": 0},
        {"id": "nosuch", "price": 1},
        {"id": "sock", "price": "dear"},
    ]
    told = httpx.patch(f"{served.base}/v1/products", json=sent, auth=(served.keys.secret, ""), timeout=30).json()
    assert (told["accepted"], [r["code"] for r in told["rejected"]]) == (1, ["unknown_product", "bad_price"])
    soon(lambda: ask(q="running shoes", in_stock="false").json()["hits"])
    (hit,) = ask(q="running shoes").json()["hits"]
    assert (hit["price"], hit["in_stock"], hit["brand"]) == ("80.00", False, "Fern")


def test_products_seen_on_pages_are_found_only_where_the_shop_says_so(served: Served, ask):
    view = {"type": "track", "event": "Product Viewed", "anonymousId": "a", "messageId": "m1",
            "properties": {"product_id": "odd", "name": "Oddity lamp"}}  # fmt: skip
    assert served.post("/v1/batch", {"batch": [view]}).status_code == 200
    assert ask(q="oddity", relax="false").json()["total"] == 0
