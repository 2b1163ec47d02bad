"""The shop as a visitor and as shopkeeper meet it."""

from __future__ import annotations

import asyncio
import hmac
import html
import json
import re
from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from shopkeeper.simulator.catalogue import catalogue
from shopkeeper.simulator.storefront import send_products
from shopkeeper.simulator.storefront.personas import PERSONAS, past
from tests.simulator.recorder import SECRET_KEY, Recorder


@pytest.fixture
def shop(recorder: Recorder) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=recorder.url, follow_redirects=True) as browser:
        yield browser


@pytest.mark.parametrize(
    ("path", "page", "zone"),
    [
        ("/shop/", "home", "home-hero"),
        ("/shop/c/tea", "category", "category-banner"),
        ("/shop/p/tidal-mug", "product", "product-recommend"),
        ("/shop/cart", "cart", "cart-recommend"),
    ],
)
def test_pages_say_what_they_are_and_mark_their_zones(shop: httpx.Client, path: str, page: str, zone: str) -> None:
    body = shop.get(path).text
    assert f'data-sk-page="{page}"' in body
    assert f'data-sk-zone="{zone}"' in body
    assert 'src="/sk/t.js" data-key="wk_test"' in body


def test_every_link_and_picture_of_the_home_page_leads_somewhere_in_the_shop(shop: httpx.Client) -> None:
    body = shop.get("/shop/").text
    for target in set(re.findall(r'(?:href|src)="([^"#]+)"', body)) - {"/sk/t.js"}:
        if not target.startswith("data:"):
            assert target.startswith("/shop/")
            assert shop.get(html.unescape(target)).status_code == 200


def test_cart_and_checkout_end_in_an_order_sent_with_the_secret_key(shop: httpx.Client, recorder: Recorder) -> None:
    shop.cookies.set("sk_id", "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", domain="127.0.0.1")
    shop.post("/shop/cart/lines", data={"product": "strawberry-bar", "add": "2"})
    shop.post("/shop/cart/lines", data={"product": "tidal-mug", "add": "1"})
    thanks = shop.post("/shop/checkout", data={"name": "Ada"})
    assert thanks.status_code == 200
    assert "/shop/thanks/" in str(thanks.url)
    [(path, key, order)] = recorder.events
    assert (path, key) == ("/v1/batch", "secret")
    assert order["anonymousId"].startswith("0192aaaa")
    assert "userId" not in order
    assert order["properties"]["total"] == 2 * 2.5 + 22 + 4.95
    assert [line["product_id"] for line in order["properties"]["products"]] == ["strawberry-bar", "tidal-mug"]
    assert "nothing in it" in shop.get("/shop/cart").text


def test_a_quantity_of_none_takes_the_line_out(shop: httpx.Client) -> None:
    shop.post("/shop/cart/lines", data={"product": "tidal-mug", "add": "3"})
    answer = shop.post(
        "/shop/cart/lines", data={"product": "tidal-mug", "set": "0"}, headers={"accept": "application/json"}
    )
    assert answer.json()["count"] == 0
    assert answer.json()["change"] == -3


def test_who_logs_in_is_signed_for_the_tag_and_named_in_the_order(shop: httpx.Client, recorder: Recorder) -> None:
    page = shop.post("/shop/login", data={"email": "Ada.Lane@example.com"}).text
    told = json.loads(html.unescape(re.search(r'data-customer="([^"]+)"', page)[1]))  # type: ignore[index]
    assert told["traits"] == {"name": "Ada Lane", "email": "ada.lane@example.com"}
    assert told["signature"] == hmac.new(SECRET_KEY.encode(), told["userId"].encode(), "sha256").hexdigest()
    shop.post("/shop/cart/lines", data={"product": "tidal-mug", "add": "1"})
    shop.post("/shop/checkout", data={})
    assert recorder.named("Order Completed")[0]["userId"] == told["userId"]


def test_what_makes_no_sense_is_answered_and_changes_nothing(shop: httpx.Client) -> None:
    assert shop.post("/shop/login", data={"email": "nobody"}).status_code == 400
    assert shop.post("/shop/cart/lines", data={"product": "tidal-mug", "add": "many"}).status_code == 400
    assert shop.post("/shop/cart/lines", data={"product": "unicorn"}).status_code == 404
    assert shop.get("/shop/p/unicorn").status_code == 404
    shop.cookies.set("shop_cart", "tidal-mug:9999999.unicorn:1.:.tidal-mug:-4", domain="127.0.0.1")
    shop.cookies.set("shop_customer", "forged", domain="127.0.0.1")
    assert shop.get("/shop/cart").status_code == 200


def test_becoming_a_persona_tells_its_past_and_logs_in(shop: httpx.Client, recorder: Recorder) -> None:
    shop.cookies.set("sk_id", "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", domain="127.0.0.1")
    page = shop.post("/shop/be/cart-abandoner").text
    assert "Hello, Milo" in page
    assert "sk_id" not in shop.cookies
    assert len(recorder.named("Product Added")) == 3
    assert "Boston Fern" in shop.get("/shop/cart").text


@pytest.mark.parametrize("one", PERSONAS, ids=lambda one: one.id)
def test_a_personas_past_is_the_same_all_day_and_lies_before_it(one: object) -> None:
    today = date(2026, 3, 4)
    events = past(one, catalogue(), today)  # type: ignore[arg-type]
    assert events == past(one, catalogue(), today)  # type: ignore[arg-type]
    assert len({event["messageId"] for event in events}) == len(events)
    assert all(event["timestamp"] < "2026-03-04" for event in events)


def test_the_shop_publishes_its_products(recorder: Recorder) -> None:
    assert asyncio.run(send_products(recorder.url, SECRET_KEY, catalogue()))
    assert len(recorder.products) == len(catalogue().items)
