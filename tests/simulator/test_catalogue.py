"""The invented products and their pictures."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from shopkeeper.simulator.catalogue import catalogue
from shopkeeper.simulator.shop_file import shop_file
from shopkeeper.simulator.storefront.personas import PERSONAS
from shopkeeper.simulator.storefront.pictures import picture


def test_about_300_products_in_8_categories() -> None:
    goods = catalogue()
    assert 290 <= len(goods.items) <= 320
    assert len({item.product.category for item in goods.items.values()}) == 8


def test_the_same_seed_gives_the_same_catalogue_and_another_another() -> None:
    again = catalogue.__wrapped__(3)
    assert again == catalogue.__wrapped__(3)
    assert again != catalogue.__wrapped__(4)


@pytest.mark.parametrize("seed", range(5))
def test_every_seed_sells_what_the_campaigns_and_personas_name(seed: int) -> None:
    goods = catalogue(seed)
    named = {
        product
        for campaign in shop_file().campaigns.values()
        for one in campaign.communications.values()
        for element in one.elements.values()
        for product in (*element.products, *one.when.products)
    }
    for one in PERSONAS:
        named |= {ident for _, idents in (*one.orders, *one.views) for ident in idents} | set(one.cart)
    assert named <= goods.items.keys()


def test_prices_are_sensible_and_ids_readable() -> None:
    for item in catalogue().items.values():
        assert re.fullmatch(r"[a-z0-9-]+", item.id)
        assert 200 <= item.cents <= 30_000
        assert item.product.sale_price is None or item.product.sale_price < (item.product.price or 0)


def test_the_feed_has_decimal_prices() -> None:
    feed = {product["id"]: product for product in catalogue().feed()}
    assert feed["strawberry-bar"]["price"] == 2.5


def test_every_picture_is_well_formed_and_always_the_same() -> None:
    for item in catalogue().items.values():
        drawn = picture(item)
        assert ET.fromstring(drawn).tag.endswith("svg")
        assert drawn == picture(item)


def test_definitions_name_zones_that_exist_and_every_communication_has_its_place() -> None:
    file = shop_file()
    for campaign in file.campaigns.values():
        for ident, one in campaign.communications.items():
            assert ident in file.zones[one.zone].priority
            assert one.zone == "" or (file.zones[one.zone].kind == "block") == (
                one.kind in ("block", "recommender", "quiz")
            )
