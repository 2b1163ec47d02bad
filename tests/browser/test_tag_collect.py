"""What the tag finds out by itself: product data, what Google Analytics is told, and how events survive."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import HERO, tag, visit
from tests.browser.recorder import SCRIPT, Recorder

LAYER = "<script>dataLayer = []; function gtag() { dataLayer.push(arguments) }</script>"
ITEMS = [{"item_id": "p1", "item_name": "Sencha", "price": "8.75", "quantity": 2, "item_brand": "Fern"}]


def linked(*things: Any) -> str:
    """JSON-LD of these things."""
    return "".join(f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)


def test_a_product_is_found_in_json_ld_without_marks(page: Page, shop: Recorder) -> None:
    offers = [{"price": "12.50", "priceCurrency": "EUR"}]
    product = {"@type": ["Product"], "sku": "tea-1", "name": "Sencha", "brand": {"name": "Fern"}, "offers": offers}
    visit(page, shop, linked({"@graph": [{"@type": "WebPage"}, product]}))
    viewed = shop.got("Product Viewed")["properties"]
    assert viewed == {"product_id": "tea-1", "name": "Sencha", "price": 12.5, "currency": "EUR", "brand": "Fern"}
    assert shop.questions[0]["page"]["product"] == shop.got("page")["properties"]["product_id"] == "tea-1"


def test_the_variant_of_a_group_is_found_by_the_page_mark(page: Page, shop: Recorder) -> None:
    variants = [
        {"@type": "Product", "sku": f"tea-{size}", "name": f"Sencha {size} g", "offers": {"price": size / 10}}
        for size in (50, 100)
    ]
    group = {"@type": "ProductGroup", "productGroupID": "tea", "name": "Sencha", "hasVariant": variants}
    visit(page, shop, linked(group), marks="data-sk-product=tea-100")
    viewed = shop.got("Product Viewed")["properties"]
    assert (viewed["product_id"], viewed["name"], viewed["price"]) == ("tea-100", "Sencha 100 g", 10)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([None, "words", 7, {"@graph": [None, {"@type": "Product", "sku": "tea-1"}]}], {}),
        ({"@type": "http://schema.org/Product", "sku": "tea-1"}, {}),
        ({"@type": "ItemPage", "mainEntity": {"@type": "Product", "sku": "tea-1"}}, {}),
        ({"@type": "Product", "sku": "", "productID": "tea-1"}, {}),
        ({"@type": "Product", "sku": {"a": 1}, "productID": ["tea-1"]}, {}),
        (
            {"offers": {"@type": "AggregateOffer", "lowPrice": "9.90", "highPrice": 20, "priceCurrency": "EUR"}},
            {"price": 9.9, "currency": "EUR"},
        ),
        ({"offers": {"@type": "AggregateOffer", "offers": [{"price": 5, "priceCurrency": "EUR"}]}}, {"price": 5, "currency": "EUR"}),
        ({"offers": [{"priceSpecification": [{"price": "3.5", "priceCurrency": "EUR"}]}]}, {"price": 3.5, "currency": "EUR"}),
        ({"offers": {"priceCurrency": "EUR", "priceSpecification": {"price": 3}}}, {"price": 3, "currency": "EUR"}),
        ({"offers": [None, {"price": "on request"}]}, {}),
        ({"name": {"@value": "Thé", "@language": "fr"}, "brand": [{"name": "Fern"}]}, {"name": "Thé", "brand": "Fern"}),
        ({"name": ["Sencha", "Green"], "category": [{"name": "Tea"}]}, {"name": "Sencha", "category": "Tea"}),
        ({"name": "x" * 200_000, "brand": {"name": {"deep": []}}}, {"name": "x" * 500}),
        ({"image": ["/i/tea.png", "/i/two.png"]}, {"image_url": "/i/tea.png"}),
        ({"image": {"@type": "ImageObject", "url": "/i/tea.png"}}, {"image_url": "/i/tea.png"}),
        ({"image": "data:image/png;base64," + "A" * 40_000}, {}),
        ({"image": "javascript:alert(1)"}, {}),
        ({"offers": {"availability": "https://schema.org/OutOfStock"}}, {"availability": "https://schema.org/OutOfStock"}),
    ],
)  # fmt: skip
def test_json_ld_is_read_as_shops_write_it(page: Page, shop: Recorder, said: Any, told: dict[str, Any]) -> None:
    if isinstance(said, dict) and "@type" not in said:
        said = {"@type": "Product", "sku": "tea-1"} | said
    visit(page, shop, linked(said))
    viewed = shop.got("Product Viewed")["properties"]
    if "image_url" in viewed:
        viewed["image_url"] = viewed["image_url"].removeprefix(shop.origin)
    assert viewed == {"product_id": "tea-1"} | told


def test_broken_json_ld_hides_no_other(page: Page, shop: Recorder) -> None:
    broken = '<script type="application/ld+json">{"@type": "Product", "sku": </script>'
    deep = f'<script type="application/ld+json">{"[" * 50_000}{"]" * 50_000}</script>'
    crowd = linked([{"@type": "Thing"}] * 20_000)
    other = linked({"@type": "Product", "sku": "tea-1", "name": "Sencha"}).replace("+json", "+json; charset=utf-8")
    visit(page, shop, broken + deep + crowd + other)
    assert shop.got("Product Viewed")["properties"] == {"product_id": "tea-1", "name": "Sencha"}


def test_a_list_of_products_is_no_product_page(page: Page, shop: Recorder) -> None:
    visit(page, shop, linked(*({"@type": "Product", "sku": f"p{number}"} for number in range(2))))
    shop.got("page")
    page.wait_for_timeout(400)
    assert shop.events("Product Viewed") == []


@pytest.mark.parametrize(
    ("name", "params", "expected", "properties"),
    [
        ("view_item", {"currency": "EUR", "items": ITEMS}, "Product Viewed", {"product_id": "p1", "price": 8.75}),
        ("view_item_list", {"item_list_id": "sale", "items": ITEMS}, "Product List Viewed", {"list_id": "sale"}),
        ("select_item", {"items": ITEMS}, "Product Clicked", {"product_id": "p1", "position": 0}),
        ("search", {"search_term": "mint"}, "Products Searched", {"query": "mint"}),
        ("add_to_cart", {"items": ITEMS}, "Product Added", {"product_id": "p1", "quantity": 2, "brand": "Fern"}),
        ("remove_from_cart", {"items": ITEMS}, "Product Removed", {"product_id": "p1"}),
        ("view_cart", {"value": 17.5, "items": ITEMS}, "Cart Viewed", {"value": 17.5}),
        ("begin_checkout", {"value": 17.5, "items": ITEMS}, "Checkout Started", {"value": 17.5}),
        (
            "purchase",
            {"transaction_id": "o1", "value": "17.50", "tax": 1, "currency": "EUR", "items": ITEMS},
            "Order Completed",
            {"order_id": "o1", "value": 17.5, "tax": 1, "currency": "EUR"},
        ),
    ],
)
def test_what_google_analytics_is_told_is_told_to_us(
    page: Page, shop: Recorder, name: str, params: dict[str, Any], expected: str, properties: dict[str, Any]
) -> None:
    visit(page, shop, head=LAYER + SCRIPT)
    page.evaluate("([name, params]) => gtag('event', name, params)", [name, params])
    event = shop.got(expected)
    assert event["properties"] | properties == event["properties"]
    assert [len(event["properties"].get("products", [])), len(shop.events(expected))] in ([0, 1], [1, 1])


def test_a_tag_managers_way_of_telling_and_what_was_told_before_the_tag_came(page: Page, shop: Recorder) -> None:
    said = json.dumps({"event": "add_to_cart", "ecommerce": {"currency": "EUR", "items": ITEMS}})
    visit(page, shop, head=f"<script>dataLayer = [{said}]</script>{SCRIPT}")
    assert shop.got("Product Added")["properties"]["currency"] == "EUR"
    assert page.evaluate(f"dataLayer.push({said}), dataLayer.length") == 2
    shop.until(lambda: len(shop.events("Product Added")) == 2)


def test_a_product_view_that_both_tell_of_counts_once(page: Page, shop: Recorder) -> None:
    visit(page, shop, head=LAYER + SCRIPT, marks="data-sk-product=p1")
    page.evaluate("items => gtag('event', 'view_item', {items})", ITEMS)
    shop.got("Product Viewed")
    page.wait_for_timeout(600)
    assert len(shop.events("Product Viewed")) == 1


def test_mirroring_can_be_turned_off(page: Page, shop: Recorder) -> None:
    visit(page, shop, head=LAYER + tag(mirror="off"))
    page.evaluate("items => gtag('event', 'add_to_cart', {items})", ITEMS)
    shop.got("page")
    page.wait_for_timeout(600)
    assert shop.events("Product Added") == []


def test_what_few_pages_need_is_not_loaded(page: Page, shop: Recorder) -> None:
    visit(page, shop, HERO)
    shop.got("page")
    assert [path.split("/")[-1].split(".")[0] for path in shop.fetched if path.startswith("/sk/")] == ["t", "look"]


def test_events_made_offline_are_sent_when_back(page: Page, shop: Recorder) -> None:
    visit(page, shop)
    shop.got("page")
    page.context.set_offline(True)
    page.evaluate("for (let n = 0; n < 130; n++) shopkeeper.track('Offline', {n})")
    page.wait_for_timeout(600)
    assert len(page.evaluate("JSON.parse(localStorage.sk_queue)")) == 100
    page.context.set_offline(False)
    shop.until(lambda: len(shop.events("Offline")) == 100)
    numbers = [event["properties"]["n"] for event in shop.events("Offline")]
    assert numbers == list(range(30, 130))
    shop.until(lambda: page.evaluate("JSON.parse(localStorage.sk_queue).length") == 0)


def test_events_of_the_last_moment_arrive(page: Page, shop: Recorder) -> None:
    visit(page, shop)
    shop.got("page")
    page.evaluate("shopkeeper.track('Last'); location.href = 'about:blank'")
    shop.got("Last")
