"""The pages about products: searching, one product with its history, choosing a set."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from shopkeeper.catalogue import read_product
from shopkeeper.model.time import MINUTE
from tests.admin.seed import NOW, Little

Read = Callable[[str], str]


def put(lively: Little, **said: object) -> None:
    lively.shop.put_products([read_product({"id": "pot", "name": "Iron pot", **said}, "EUR", 0)])


def test_products_are_searched_and_narrowed_down(lively: Little, text: Read):
    put(lively, brand="Fern", category="Kitchen > Pots", price=30)
    page = text("/products?q=iron+pots")
    assert "Iron pot" in page and "1 products" in page
    assert "brand=Fern" in page and "category=Kitchen+%3E+Pots" in page
    assert "No product has all of this" in text("/products?q=pot&brand=Acme")


def test_a_misspelt_word_says_what_was_shown_instead(lively: Little, text: Read):
    put(lively)
    assert "this is for “iron pot”" in text("/products?q=irno+pot")


def test_a_product_shows_how_its_price_went(lively: Little, text: Read):
    put(lively, price=30)
    lively.shop.now = lambda: NOW + MINUTE
    put(lively, price=30, sale_price=20, stock=0)
    lively.shop.now = lambda: NOW
    page = text("/products/pot")
    assert "20.00" in page and "30.00" in page
    assert page.index("not to be had") < page.index("in stock")


def test_a_product_there_is_not_is_an_error_page(lively: Little, marketer: TestClient):
    assert marketer.get("/admin/products/nosuch").status_code == 404


def test_a_set_shows_its_products_its_parts_and_unknown_ids(lively: Little, text: Read):
    page = text("/product-set?search=tea&where=price+>+8&ids=nosuch&join=any")
    assert "found by “tea”" in page and "with price above 8" in page
    assert "1 ids are not in the catalogue" in page and "nosuch" in page


def test_a_set_that_cannot_be_understood_says_where(lively: Little, text: Read):
    page = text("/product-set?where=price+>")
    assert "it ends where a value should stand" in page and "column 8" in page
    assert "these ids are not in the catalogue" in text("/product-set?ids=nosuch")


def test_what_products_say_is_never_markup(lively: Little, text: Read):
    put(lively, name="<script>alert(1)</script> pot", description="<b>bold</b>")
    for path in ("/products?q=pot", "/products/pot", "/product-set?search=pot"):
        assert "<script>alert" not in text(path) and "<b>bold" not in text(path)
