"""What somebody said, read strictly: errors stand at their place; the same again in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.model.errors import BadInput
from shopkeeper.model.product_sets import AllOf, AnyOf, Filtered, NotIn
from shopkeeper.model.segments import Test as Asks
from shopkeeper.product_sets import parse_where, read_set, sentence, to_data


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ("tea", "$"),
        ({"serch": "tea"}, "$"),
        ({"search": 5}, "$.search"),
        ({"search": "tea", "where": {}}, "$"),
        ({"all": []}, "$.all"),
        ({"all": {"search": "tea"}}, "$.all"),
        ({"any": [{"search": "tea"}, {"ids": {}}]}, "$.any[1].ids"),
        ({"not": {"all": [{"where": {"colour": "red"}}]}}, "$.not.all[0].where.colour"),
        ({"where": {"price": {"abov": 3}}}, "$.where[...]"),
        ({"where": {"price": "cheap"}}, "$.where.price"),
        ({"where": {"price": {"contains": "1"}}}, "$.where.price"),
        ({"where": {"price": {"above": 1e300}}}, "$.where.price"),
        ({"where": {"brand": {"above": 3}}}, "$.where.brand"),
        ({"where": {"in_stock": "maybe"}}, "$.where.in_stock"),
        ({"where": {"price": {}}}, "$.where.price"),
        ({"where": {"attributes.": 1}}, "$.where.attributes."),
        ({"where": "price >"}, "$.where, column 8"),
        ({"ids": [1.5]}, "$.ids"),
        ({"ids": [True]}, "$.ids"),
    ],
)
def test_what_cannot_be_understood_names_its_place(data, where):
    with pytest.raises(BadInput) as refused:
        read_set(data)
    assert refused.value.where == where


def test_sets_may_not_be_nested_for_ever():
    data: dict[str, Any] = {"search": "tea"}
    for _ in range(40):
        data = {"not": data}
    with pytest.raises(BadInput, match="nested"):
        read_set(data)
    with pytest.raises(BadInput, match="parts"):
        read_set({"any": [{"search": "tea"}] * 500})


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("price > 100", Filtered({"price": Asks(above=100)})),
        ("price>=9.50", Filtered({"price": Asks(at_least=9.5)})),
        ("discount >= 30%", Filtered({"discount": Asks(at_least=0.3)})),
        ("stock between 1 and 5", Filtered({"stock": Asks(at_least=1, at_most=5)})),
        ("brand = Acme", Filtered({"brand": "Acme"})),
        ("Brand is Acme Foods", Filtered({"brand": "Acme Foods"})),
        ("brand is not 'Acme and Sons'", Filtered({"brand": Asks(not_="Acme and Sons")})),
        ("brand != Acme", Filtered({"brand": Asks(not_="Acme")})),
        ("category in (Tea, 'Home > Cups')", Filtered({"category": Asks(is_=["Tea", "Home > Cups"])})),
        ("tag not in (old, worn out)", Filtered({"tag": Asks(not_=["old", "worn out"])})),
        ("title contains green tea", Filtered({"title": Asks(contains="green tea")})),
        ("id starts with tea-", Filtered({"id": Asks(starts_with="tea-")})),
        ("cost is missing", Filtered({"cost": Asks(exists=False)})),
        ("cost exists", Filtered({"cost": Asks(exists=True)})),
        ("on_sale", Filtered({"on_sale": True})),
        ("in_stock is false", Filtered({"in_stock": False})),
        ("age < 30 days", Filtered({"age": Asks(below=30)})),
        ("attributes.size is 42", Filtered({"attributes.size": 42})),
        ("attributes.size is '42'", Filtered({"attributes.size": "42"})),
        ("not on_sale", NotIn(Filtered({"on_sale": True}))),
        ("on_sale and stock > 1", AllOf((Filtered({"on_sale": True}), Filtered({"stock": Asks(above=1)})))),
        (
            "tag = a or tag = b and on_sale",
            AnyOf((Filtered({"tag": "a"}), AllOf((Filtered({"tag": "b"}), Filtered({"on_sale": True}))))),
        ),
        (
            "(tag = a or tag = b) and on_sale",
            AllOf((AnyOf((Filtered({"tag": "a"}), Filtered({"tag": "b"}))), Filtered({"on_sale": True}))),
        ),
    ],
)
def test_a_where_is_read_as_data(text, data):
    assert parse_where(text) == data


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("price > 100 brand = x", 13),
        ("price > cheap", 9),
        ("prise > 5", 1),
        ("brand", 6),
        ("brand ? Acme", 7),
        ("(price > 5", 11),
        ("price > 5)", 10),
        ("price > 5 and", 14),
        ("tag in (a, )", 12),
        ("tag in a", 8),
        ("brand = 'Acme", 8),
        ("price between 5 or 6", 17),
        ("and", 1),
        ("not " * 40 + "on_sale", 65),
        ("__import__('os')", 11),
    ],
)
def test_a_where_that_cannot_be_understood_names_the_column(text, column):
    with pytest.raises(BadInput) as refused:
        parse_where(text)
    assert refused.value.where == f"$, column {column}"


@given(st.text(alphabet="price >100and()'\"brand is not,=%", max_size=40))
def test_any_text_is_a_set_or_an_error_with_its_place(text):
    try:
        said: object = parse_where(text)
    except BadInput as error:
        said = error
    assert isinstance(said, BadInput) or read_set(to_data(parse_where(text))) == said


def test_a_set_is_told_in_words():
    data = {
        "all": [
            {"search": "running shoes"},
            {"where": {"price": {"above": 100}, "brand": {"not": "Acme"}, "on_sale": True}},
            {"not": {"any": [{"ids": "a b"}, {"ids": [str(n) for n in range(9)]}]}},
        ]
    }
    assert sentence(read_set(data)) == (
        "Products found by “running shoes” and with price above 100, brand not Acme, on sale yes and not (among a or b or"
        " among 9 listed ones)"
    )
