"""What a shop may send of a product, and what is refused, by field."""

from __future__ import annotations

import pytest

from shopkeeper.catalogue import read_product
from shopkeeper.model.errors import BadInput


def read(kinds=None, **said):
    return read_product({"id": "tea", **said}, "EUR", 0, kinds)


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [(4.5, 450, "EUR"), ("4.50", 450, "EUR"), ("4.50 USD", 450, "USD"), ("JPY 450", 450, "JPY"), ("", None, "EUR")],
)
def test_prices_come_alone_or_with_their_currency(said, amount, currency):
    product = read(price=said)
    assert (product.price, product.currency) == (amount, currency)


def test_two_currencies_in_one_product_are_refused():
    with pytest.raises(BadInput) as refused:
        read(price="5 EUR", sale_price="4 USD")
    assert refused.value.where == "sale_price"


@pytest.mark.parametrize(
    ("said", "in_stock"),
    [
        ({}, True),
        ({"stock": 0}, False),
        ({"stock": "12"}, True),
        ({"availability": "out of stock"}, False),
        ({"availability": "https://schema.org/OutOfStock"}, False),
        ({"availability": "preorder", "stock": 0}, True),
        ({"in_stock": False, "stock": 3}, False),
    ],
)
def test_whether_it_can_be_bought_is_said_or_follows_from_the_stock(said, in_stock):
    assert read(**said).in_stock == in_stock


def test_custom_attributes_have_the_types_that_were_declared():
    kinds = {"weight": "number", "organic": "boolean", "notes": "list"}
    product = read(kinds, weight="1.5", organic="yes", notes="fresh, green", shelf="A7")
    assert product.extra == {"weight": 1.5, "organic": True, "notes": ["fresh", "green"], "shelf": "A7"}


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 300}, "id"),
        ({"name": {"en": "Tea"}}, "name"),
        ({"name": "T\0a"}, "name"),
        ({"price": "12,50 EUR"}, "price"),
        ({"price": -1}, "price"),
        ({"stock": "some"}, "stock"),
        ({"stock": True}, "stock"),
        ({"tags": [{"a": 1}]}, "tags"),
        ({"created_at": "soon"}, "created_at"),
        ({"weight": "heavy"}, "weight"),
    ],
)
def test_what_cannot_be_used_names_its_field(said, where):
    with pytest.raises(BadInput) as refused:
        read({"weight": "number"}, **said)
    assert refused.value.where == where


def test_tags_pictures_and_categories_come_as_lists_or_as_text():
    product = read(tags="new, green,,new", images=["a.jpg", "b.jpg"], categories="Tea > Green;Gifts;2074")
    assert product.tags == ("new", "green")
    assert product.images == ("a.jpg", "b.jpg")
    assert product.categories == ("Tea > Green", "Gifts")
