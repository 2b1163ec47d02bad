"""Tests of a product: which attributes there are, and whether a product passes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from shopkeeper.catalogue import Catalogue, fold, lies_in, paths
from shopkeeper.catalogue.rules import path_of
from shopkeeper.model.definitions import Product
from shopkeeper.model.money import exponent
from shopkeeper.model.product_sets import CUSTOM
from shopkeeper.model.segments import Scalar, Test, Tests
from shopkeeper.model.time import DAY

Kind = Literal["money", "share", "number", "text", "texts", "places", "yes"]
Values = list[Any]


class Field(NamedTuple):
    """An attribute: what kind its values are, and what it is in words."""

    kind: Kind
    about: str


FIELDS: dict[str, Field] = {
    "id": Field("text", "the product's id"),
    "title": Field("text", "its name"),
    "description": Field("text", "its description"),
    "brand": Field("text", "its brand"),
    "category": Field("places", "a category it lies in, at any depth"),
    "tag": Field("texts", "one of its tags"),
    "price": Field("money", "what a buyer pays"),
    "list_price": Field("money", "its own price, on sale or not"),
    "sale_price": Field("money", "the price it is reduced to"),
    "cost": Field("money", "what it costs the shop"),
    "discount": Field("share", "the share it is reduced by, from 0 to 1"),
    "margin": Field("share", "the share of the price that is not cost"),
    "stock": Field("number", "units on hand"),
    "age": Field("number", "days since it was first seen"),
    "in_stock": Field("yes", "whether it can be bought"),
    "on_sale": Field("yes", "whether it is reduced"),
    "availability": Field("text", "in_stock, out_of_stock, preorder or backorder"),
    "language": Field("text", "the language of its texts"),
    "discovered": Field("yes", "whether it is known from pages alone"),
    "retired": Field("yes", "whether it is no longer sold"),
}
"""Beside them `attributes.<name>` for each custom attribute."""


class Passing(NamedTuple):
    """What tests look at beside the product."""

    catalogue: Catalogue
    currency: str
    now: int
    texts: Mapping[str, str] = {}
    """The descriptions of the products looked at, and of those they are variants of, where a test asks for them."""


def check(field: str, said: Tests) -> Test:
    """A test in its long form. Raises ValueError where it cannot be asked of the field."""
    if field not in FIELDS and not (field.startswith(CUSTOM) and len(field) > len(CUSTOM)):
        raise ValueError(f"products have no {field!r}; they have {', '.join(FIELDS)} and attributes.<name>")
    test = said if isinstance(said, Test) else Test(is_=said)
    if test.empty:
        raise ValueError(f"nothing is asked of {field}")
    kind = kind_of(field)
    values = [*several(test.is_), *several(test.not_)]
    if kind == "yes" and (test.exists is not None or not all(isinstance(v, bool) for v in values) or not values):
        raise ValueError(f"{field} is true or false")
    bounds = (test.at_least, test.at_most, test.above, test.below)
    if kind in ("text", "texts", "places") and any(bound is not None for bound in bounds):
        raise ValueError(f"{field} is text; it has no order")
    if kind in ("money", "share", "number"):
        if test.contains is not None or test.starts_with is not None:
            raise ValueError(f"{field} is a number; it holds no text")
        if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
            raise ValueError(f"{field} is a number")
    if not all(abs(n) < 1e15 for n in (*bounds, *values) if isinstance(n, int | float)):
        raise ValueError("a number is larger than any product has")
    return test


def kind_of(field: str) -> Kind | None:
    """What kind the values of an attribute are; None for a custom one, which may be any."""
    return FIELDS[field].kind if field in FIELDS else None


def several(said: Scalar | list[Scalar] | None) -> list[Scalar]:
    """One value or several as a list."""
    if said is None:
        return []
    return said if isinstance(said, list) else [said]


def passing(where: Mapping[str, Tests], at: Passing) -> Callable[[Product], bool]:
    """Whether a product passes every test of a `where`."""
    tests = [(_reader(field, at), _judge(field, check(field, said))) for field, said in where.items()]
    return lambda product: all(judge(read(product)) for read, judge in tests)


def _judge(field: str, test: Test) -> Callable[[Values], bool]:
    """Whether the values of an attribute pass; a missing one passes no test unless it says so."""
    if kind_of(field) == "places":
        wanted = [path_of(str(v)) for v in several(test.is_)]
        excluded = [path_of(str(v)) for v in several(test.not_)]
        same: Callable[[Any, Any], bool] = lies_in
    else:
        wanted, excluded = ([*map(_folded, several(v))] for v in (test.is_, test.not_))
        same = _equal

    def holds(value: Any) -> bool:
        text = " > ".join(value) if isinstance(value, tuple) else value
        return (
            (test.is_ is None or any(same(value, each) for each in wanted))
            and (test.contains is None or (isinstance(text, str) and fold(test.contains) in text))
            and (test.starts_with is None or (isinstance(text, str) and text.startswith(fold(test.starts_with))))
            and _inside(value, test)
        )

    def judge(values: Values) -> bool:
        if not values:
            return test.or_missing or test.exists is False
        if test.exists is False or any(same(value, each) for value in values for each in excluded):
            return False
        return any(holds(value) for value in values)

    return judge


def _inside(value: Any, test: Test) -> bool:
    bounds = (test.at_least, test.at_most, test.above, test.below)
    if bounds == (None, None, None, None):
        return True
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return (
        (test.at_least is None or value >= test.at_least)
        and (test.at_most is None or value <= test.at_most)
        and (test.above is None or value > test.above)
        and (test.below is None or value < test.below)
    )


def _equal(value: Any, other: Any) -> bool:
    """Text, numbers and true/false are three kinds: 1 is neither "1" nor true."""
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _folded(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


def _reader(field: str, at: Passing) -> Callable[[Product], Values]:
    """What a product says in a field; a variant that says nothing says what its product does."""
    products = at.catalogue.products
    read = _READERS.get(field) or _custom(field.removeprefix(CUSTOM))
    if kind_of(field) in ("yes", "money", "share", "number") or field == "id":
        return lambda product: read(product, at)

    def inherited(product: Product) -> Values:
        found = read(product, at)
        head = products.get(product.variant_of) if not found and product.variant_of else None
        return read(head, at) if head is not None else found

    return inherited


Read = Callable[[Product, Passing], Values]


def _custom(name: str) -> Read:
    def read(product: Product, _at: Passing) -> Values:
        value = product.extra.get(name)
        values: Iterable[Any] = value if isinstance(value, list) else [value]
        return [_folded(v) for v in values if isinstance(v, str | int | float)]

    return read


def _texts(get: Callable[[Product], Iterable[str]]) -> Read:
    return lambda product, _at: [text for each in get(product) if (text := fold(each))]


def _money(get: Callable[[Product], int | None]) -> Read:
    """Whole units of the shop's currency; an amount in another is missing."""

    def read(product: Product, at: Passing) -> Values:
        units = get(product)
        known = units is not None and product.currency in ("", at.currency)
        return [units / 10 ** exponent(at.currency)] if known and units is not None else []

    return read


def _discount(product: Product, _at: Passing) -> Values:
    if not product.on_sale or not product.price or product.sale_price is None:
        return [0.0] if product.price is not None else []
    return [(product.price - product.sale_price) / product.price]


def _margin(product: Product, _at: Passing) -> Values:
    return [(product.paid - product.cost) / product.paid] if product.paid and product.cost is not None else []


_READERS: dict[str, Read] = {
    "id": lambda product, _at: [fold(product.id)],
    "title": _texts(lambda p: (p.name,)),
    "description": lambda product, at: [text] if (text := fold(at.texts.get(product.id, ""))) else [],
    "brand": _texts(lambda p: (p.brand,)),
    "category": lambda product, _at: [*paths(product)],
    "tag": _texts(lambda p: p.tags),
    "price": _money(lambda p: p.paid),
    "list_price": _money(lambda p: p.price),
    "sale_price": _money(lambda p: p.sale_price),
    "cost": _money(lambda p: p.cost),
    "discount": _discount,
    "margin": _margin,
    "stock": lambda product, _at: [] if product.stock is None else [product.stock],
    "age": lambda product, at: [(at.now - product.created_at) / DAY] if product.created_at else [],
    "in_stock": lambda product, _at: [product.in_stock],
    "on_sale": lambda product, _at: [product.on_sale],
    "availability": _texts(lambda p: (p.availability,)),
    "language": _texts(lambda p: (p.language,)),
    "discovered": lambda product, _at: [product.discovered],
    "retired": lambda product, _at: [bool(product.retired_at)],
}
