"""Bad input about products at the doors of sets, search, recommenders and intent: clear, bounded, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shopkeeper.asking.intent import train
from shopkeeper.goods.finding import keep_up
from tests.doors.conftest import Door

SET_DOORS = {
    "/v1/product-sets/preview": lambda said: {"products": said},
    "/v1/intent": lambda said: {"set": said},
    "/v1/intent/purchased": lambda said: {"set": said},
    "/v1/recommend": lambda said: {"include": said},
}


@pytest.fixture
def bare(door: Door) -> Door:
    """Products without category, price or name, bought by a few, one of whom buys everything there is many times."""
    known = [{"id": "bare"}, {"id": "named", "name": "Пуэр чай"}, {"id": "priced", "price": 3}, {"id": "launch"}]
    assert door.post("/v1/products", known, "secret").status_code == 200
    today = datetime.now(UTC)
    orders = [
        order(f"o{number}-{who}", who, today - timedelta(days=number), "bare", "named", "priced")
        for number in range(1, 10)
        for who in ("ann", "bob")
    ]
    orders.append(order("village", "eve", today - timedelta(days=3), "bare", *(f"p{n}" for n in range(400))))
    for at in range(0, len(orders), 5):
        answer = door.post("/v1/batch", {"batch": orders[at : at + 5]}, "secret").json()
        assert not answer["rejected"]
    train(door.shop)
    keep_up(door.shop)
    door.shop.restock()
    return door


def order(id: str, who: str, at: datetime, *products: str) -> dict[str, Any]:
    lines = [{"product_id": product, "quantity": 1, "price": 2} for product in products]
    said = {"order_id": id, "total": 2 * len(lines), "products": lines}
    call = {"type": "track", "event": "Order Completed", "userId": who, "messageId": id}
    return {**call, "timestamp": at.isoformat(), "properties": said}


BAD_SETS: tuple[dict[str, Any], ...] = (
    {},
    {"search": " "},
    {"search": 7},
    {"ids": []},
    {"ids": {"tea": 1}},
    {"where": "price >"},
    {"where": "__import__('os') is 1"},
    {"all": []},
    {"not": {"not": {"guess": 1}}},
)
NOTHING: tuple[dict[str, Any], ...] = ({"ids": "nobody, nothing"}, {"search": "bicycle"}, {"where": "price > 1000"})
BAD_FRAMES: tuple[dict[str, Any], ...] = (
    {"on": "2999-01-01"},
    {"from": "2025-02-01", "until": "2025-01-01"},
    {"last_days": -1},
    {"on": "0000-00-00"},
    {"last_days": 10**18},
)


def test_sets_and_time_frames_that_cannot_be_are_refused_at_every_door(bare: Door):
    for path, body in SET_DOORS.items():
        for said in BAD_SETS:
            answer = bare.post(path, body(said), "secret")
            told = answer.json()
            assert (path, said, answer.status_code) == (path, said, 400)
            assert told["code"] and told["message"] and told["hint"]
        if path != "/v1/intent/purchased":  # what is not in the catalogue may have been bought
            continue
        for when in BAD_FRAMES:
            told = bare.post(path, {"ids": "bare", "when": when}, "secret").json()
            assert (when, told["code"]) == (when, "bad_time_frame")


def test_what_means_no_product_is_never_everything(bare: Door):
    for path in ("/v1/product-sets/preview", "/v1/intent"):
        for said in NOTHING:
            answer = bare.post(path, SET_DOORS[path](said), "secret")
            assert (path, said, answer.status_code) == (path, said, 400)
            assert answer.json()["code"] in {"unknown_products", "empty_product_set"}
    assert bare.post("/v1/recommend", {"include": {"search": "bicycle"}}, "secret").json()["products"] == []


def test_more_ids_than_there_are_products_mean_those_there_are(bare: Door):
    ids = ["bare", *(f"none-{n}" for n in range(50_000)), "bare", "named"]
    told = bare.post("/v1/intent", {"ids": ids}, "secret").json()
    assert (told["size"], told["unknown_size"], len(told["unknown"])) == (2, 50_000, 20)
    for path in ("/v1/product-sets/preview", "/v1/intent"):
        answer = bare.post(path, SET_DOORS[path]({"ids": [f"p{n}" for n in range(200_001)]}), "secret")
        assert answer.status_code in {400, 413}
        assert answer.json()["hint"]


def test_products_without_category_price_or_name_are_found_recommended_and_wanted(bare: Door):
    wanted = bare.post("/v1/intent", {"ids": "bare, launch", "explain": True}, "secret").json()
    assert {each["person"] for each in wanted["people"]} >= {"u:ann", "u:bob"}
    assert all(each["reasons"][0] for each in wanted["people"])
    together = bare.post("/v1/recommend", {"strategies": ["bought_together"], "product": "bare"}).json()["products"]
    assert {each["id"] for each in together} == {"named", "priced"}
    assert [hit["id"] for hit in bare.post("/v1/search", {"q": "bare"}).json()["hits"]] == ["bare"]
    # Words of a language without a stemmer find what is written so.
    assert [hit["id"] for hit in bare.post("/v1/search", {"q": "пуэр"}).json()["hits"]] == ["named"]
    assert bare.post("/v1/product-sets/preview", {"products": {"search": "пуэр"}}, "secret").json()["total"] == 1
    # A customer who bought everything is one customer.
    told = bare.post("/v1/intent", {"ids": "p7", "top": 1}, "secret").json()
    assert told["people"][0]["person"] == "u:eve"
    found = bare.post("/v1/recommend", {"strategies": ["for_you"], "userId": "eve", "max": 5}, "secret").json()
    assert found["products"][0]["id"] == "bare"
    # Of one id twice in a request the later is the product.
    bare.post("/v1/products", [{"id": "twin", "name": "One"}, {"id": "twin", "name": "Two"}], "secret")
    assert bare.shop.catalogue.products["twin"].name == "Two"


def test_the_model_and_the_shelves_are_the_same_on_both_databases(bare: Door):
    told = bare.post("/v1/intent", {"ids": "named", "explain": True}, "secret").json()
    assert [(each["person"], each["reasons"]) for each in told["people"]] == [
        ("u:ann", ["bought 9 times, last 1 day ago, usually every 1"]),
        ("u:bob", ["bought 9 times, last 1 day ago, usually every 1"]),
        ("u:eve", ["ordered once, 3 days ago"]),
    ]
    followed = bare.ask("PUT", "/v1/intent/interests/tea", "secret", json={"set": {"search": "чай"}, "top": 2}).json()
    assert (followed["live"], followed["people"]) == (True, 2)
    again = bare.post("/v1/recommend", {"strategies": ["buy_again"], "userId": "ann"}, "secret").json()["products"]
    assert {each["id"] for each in again} <= {"bare", "named", "priced"}
    best = bare.post("/v1/recommend", {"strategies": ["best_sellers"], "max": 3}).json()["products"]
    assert [each["id"] for each in best] == ["bare", "named", "priced"]
