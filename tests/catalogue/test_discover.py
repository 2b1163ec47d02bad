"""Products that visitors saw before the shop told of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper.catalogue import read_product
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.goods import finding
from shopkeeper.goods.finding import adopt_discovered
from shopkeeper.model.definitions import CatalogueSettings, ShopFile
from shopkeeper.model.events import PRODUCT_VIEWED, Event, Flag
from shopkeeper.recommenders.strategies import newest

NOON = 1_770_000_000_000_000


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop.open(tmp_path, now=lambda: NOON)
    yield opened
    opened.close()


def view(at=0, flags=0, **properties):
    context = {"url": "https://shop.test/tea"}
    return Event(at.to_bytes(16, "big"), NOON + at, NOON, PRODUCT_VIEWED, "d1", None, flags, properties, context)


def see(shop, *events):
    """Somebody views products; then the job has its turn."""
    with shop.state.write() as conn:
        take_in(conn, shop.desk(), events)
    adopt_discovered(shop)
    return shop.catalogue.products.get(str(events[0].properties.get("product_id", "")))


def test_a_viewed_product_is_discovered_with_what_the_page_said(shop):
    tea = see(
        shop, view(at=1, product_id="tea", name="Green tea", price=4.5, brand="Fern", category="Tea", image="t.jpg")
    )
    assert tea.discovered and (tea.name, tea.price, tea.brand, tea.category) == ("Green tea", 450, "Fern", "Tea")
    assert (tea.image, tea.url) == ("t.jpg", "https://shop.test/tea")


def test_the_latest_view_counts_whatever_came_first(shop):
    late, early = view(7, product_id="tea", price=6), view(5, product_id="tea", price=5)
    assert see(shop, late, early).price == 600
    assert see(shop, view(9, product_id="tea", price=7)).price == 700


def test_what_the_shop_sent_is_not_changed_by_what_a_page_says(shop):
    shop.put_products([read_product({"id": "tea", "name": "Tea", "price": 4}, "EUR", 0)])
    assert see(shop, view(at=1, product_id="tea", name="Free tea", price=0)).name == "Tea"


def test_an_import_takes_the_place_of_what_was_discovered(shop):
    see(shop, view(at=1, product_id="tea", name="Tea?"))
    shop.put_products([read_product({"id": "tea", "name": "Tea"}, "EUR", 0)])
    assert not shop.catalogue.products["tea"].discovered


@pytest.mark.parametrize("wrong", [{"price": -5}, {"price": 1e30}, {"price": 5, "currency": "EURO"}])
def test_who_is_wrong_about_the_price_still_tells_of_the_product(shop, wrong):
    tea = see(shop, view(at=1, product_id="tea", name="Green tea", **wrong))
    assert (tea.name, tea.price, tea.currency, tea.url) == ("Green tea", None, "EUR", "https://shop.test/tea")


def test_a_server_takes_in_what_was_seen_at_its_next_look(shop, monkeypatch):
    monkeypatch.setattr(finding, "ADOPT_EVERY", 10_000)
    following = finding.Following(shop)
    with shop.state.write() as conn:
        take_in(conn, shop.desk(), [view(at=1, product_id="tea", name="Tea")])
    until = time.monotonic() + 20
    while "tea" not in shop.catalogue.products and time.monotonic() < until:
        time.sleep(0.05)
    following.close()
    assert "tea" in shop.catalogue.products


@pytest.mark.parametrize("flag", [Flag.BOT, Flag.STAFF])
def test_bots_and_staff_discover_nothing(shop, flag):
    assert see(shop, view(at=1, flags=int(flag), product_id="tea", name="Tea")) is None


@pytest.mark.parametrize("properties", [{"product_id": "tea"}, {"product_id": "", "name": "Tea"}, {"name": "Tea"},
                                        {"product_id": "x" * 300, "name": "Tea"}, {"product_id": "t", "price": "?"}])  # fmt: skip
def test_a_view_that_tells_nothing_of_use_discovers_nothing(shop, properties):
    assert see(shop, view(at=1, **properties)) is None
    assert not shop.catalogue.products


def test_what_anybody_can_invent_is_not_recommended_unless_the_shop_says_so(shop):
    see(shop, view(at=1, product_id="tea", name="Tea"))
    assert not shop.shelves.of(newest.order)
    shop.apply(ShopFile(catalogue=CatalogueSettings(show_discovered=True)))
    assert [*shop.shelves.of(newest.order)] == ["tea"]
