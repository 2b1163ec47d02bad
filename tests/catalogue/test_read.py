"""What a shop may send of a product, and what is refused, by field."""

from __future__ import annotations

import pytest

from shopkeeper.catalogue import as_sent, changed, read_product
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


FULL = {
    "name": "Tea", "price": 5, "sale_price": "4.50", "cost": 2, "stock": 0, "tags": ["a, b"], "categories": ["A; B", "C"],
    "images": ["x,y.jpg"], "brand": "Fern", "language": "de", "description": "d", "weight": 1.5, "created_at": 5,
}  # fmt: skip


def test_a_product_said_again_is_the_same():
    for product in (read(), read(**FULL), read(availability="preorder", stock=0), read(price="450 JPY")):
        assert read_product(as_sent(product), "EUR", 0) == product


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ({"price": 6}, {"price": 600, "sale_price": 450, "name": "Tea", "in_stock": False}),
        ({"sale_price": None}, {"price": 500, "sale_price": None}),
        ({"stock": 3}, {"stock": 3, "in_stock": True}),
        ({"availability": "out of stock"}, {"availability": "out_of_stock", "in_stock": False, "stock": 0}),
        ({"in_stock": True}, {"stock": 0, "in_stock": True}),
        ({"title": "Green tea", "tags": []}, {"name": "Green tea", "tags": ()}),
        ({"currency": "USD", "price": 7}, {"price": 700, "sale_price": None, "currency": "USD"}),
        ({"weight": None, "colour": "red"}, {"extra": {"colour": "red"}, "created_at": 5}),
    ],
)
def test_a_change_leaves_what_it_does_not_name(change, now):
    after = changed(read(**FULL), {"id": "tea", **change}, "EUR")
    assert {name: getattr(after, name) for name in now} == now
