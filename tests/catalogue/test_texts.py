"""Long texts lie apart: nothing that decides holds them, and nothing that changes a product loses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopkeeper import catalogue
from shopkeeper.catalogue import read_product
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.bring import bring_products, change_some, retire_absent
from shopkeeper.model.definitions import FullProduct

TEXT = "Picked by hand. " * 1_000


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def told(shop: Shop) -> Callable[[], FullProduct]:
    """The tea as it is stored."""

    def told() -> FullProduct:
        with shop.state.read() as conn:
            return catalogue.full_products(conn, ["tea"])["tea"]

    shop.put_products([read_product({"id": "tea", "name": "Tea", "price": 4, "description": TEXT}, "EUR", 0)])
    return told


def test_the_products_in_memory_hold_no_long_text(shop, told):
    assert told().description == TEXT.strip()
    assert not hasattr(shop.catalogue.products["tea"], "description")


def test_what_changes_a_product_keeps_its_text(shop, told):
    change_some(shop, [{"id": "tea", "price": 5}])
    assert (told().price, told().description) == (500, TEXT.strip())
    shop.put_products([read_product({"id": "cup", "name": "Cup", "price": 4}, "EUR", 0)])
    retire_absent(shop, {"cup"}, force=True)
    assert told().retired_at and told().description == TEXT.strip()
    again = {"id": "tea", "name": "Tea", "price": 5, "description": TEXT, "variant_of": "drinks"}
    bring_products(shop, [read_product(again, "EUR", 0)])
    assert told().variant_of == "drinks" and told().description == TEXT.strip()


def test_a_text_is_replaced_and_taken_away(shop, told):
    change_some(shop, [{"id": "tea", "description": "Short."}])
    assert told().description == "Short."
    shop.put_products([read_product({"id": "tea", "name": "Tea", "price": 4}, "EUR", 0)])
    assert not told().description
    with shop.state.read() as conn:
        assert not catalogue.descriptions(conn, ["tea"])


def test_a_product_that_comes_again_word_for_word_is_not_written(shop, told):
    same = read_product({"id": "tea", "name": "Tea", "price": 4, "description": TEXT}, "EUR", 0)
    assert bring_products(shop, [same], dry_run=True).same == 1
    assert bring_products(shop, [same]).same == 1
    other = read_product({"id": "tea", "name": "Tea", "price": 4, "description": "Other"}, "EUR", 0)
    assert bring_products(shop, [other], dry_run=True).changed == 1
