"""What the words of a `where` test: columns, properties, and what the catalogue knows of a product. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from shopkeeper.catalogue import Catalogue
from shopkeeper.conditions.leaves import Check, FieldTest
from shopkeeper.conditions.passing import passes
from shopkeeper.conditions.units import check
from shopkeeper.model.definitions import Product
from shopkeeper.model.segments import OF_PRODUCT, Tests, Where
from shopkeeper.product_sets.attributes import Passing, passing
from shopkeeper.timelines.facts import TAKEN, fold

_COLUMNS = {
    "path": "path",
    "device": "device_class",
    "browser": "browser",
    "os": "os",
    "language": "language",
    "country": "country",
    "region": "region",
    "referrer": "referrer",
    "source": "source",
    "medium": "medium",
    "utm_campaign": "utm_campaign",
}
_EXACT = {"communication": "communication", "element": "element"}
"""Columns that are compared to the letter, as ids are."""
PRODUCT_WORDS = ("product", "category", "brand", "price", "on_sale")
_BY_TIME = ("age",)
"""Attributes that change by time alone, without a word from the catalogue."""
UNKEPT = frozenset(TAKEN) - {*PRODUCT_WORDS, "quantity", *_COLUMNS, *_EXACT}
"""Properties of an event that its fact has in another word (`product_id` is `product`) or leaves out."""
ORDER_WORDS = ("order_value", "discounted", "refunded", "month")


def fact_tests(where: Where, catalogue: Catalogue, currency: str, *, whole: bool = False) -> tuple[FieldTest, ...]:
    """The tests of an event's fact; `whole` where it keeps every property."""
    for word in where:
        if word in UNKEPT and not whole:
            known = ", ".join(sorted({*PRODUCT_WORDS, "quantity", *_COLUMNS}))
            raise ValueError(f"{word} is not kept with what people did; there are {known}, and properties of your own")
    return tuple(_test(word, said, catalogue, currency) for word, said in sorted(where.items()))


def line_tests(where: Where, catalogue: Catalogue, currency: str) -> tuple[FieldTest, ...]:
    """The tests of an order's lines; empty where nothing is asked of a product."""
    if not any(_of_product(word) for word in where):
        return ()
    products = {word: said for word, said in where.items() if word not in ORDER_WORDS}
    orders = {word: said for word, said in where.items() if word in ORDER_WORDS}
    for word in products:
        if not _of_product(word):
            raise ValueError(_unknown(word, (*PRODUCT_WORDS, *ORDER_WORDS)))
    return (*fact_tests(products, catalogue, currency), *order_tests(orders, currency))


def order_tests(where: Where, currency: str) -> tuple[FieldTest, ...]:
    """The tests of an order as a whole."""
    found = []
    for word, said in sorted(where.items()):
        if word == "order_value":
            found.append(FieldTest("properties.order_value", _numeric(word, said, currency)))
        elif word == "month":
            found.append(FieldTest("properties.month", _month(said)))
        elif word in ("discounted", "refunded"):
            if not isinstance(said, bool):
                raise ValueError(f"{word} is true or false")
            field = "properties.discount" if word == "discounted" else "properties.refunded"
            zero: frozenset[str | int | float | bool] = frozenset((0,))
            found.append(FieldTest(field, Check(excluded=zero) if said else Check(values=zero)))
        else:
            raise ValueError(_unknown(word, ORDER_WORDS))
    return tuple(found)


def _of_product(word: str) -> bool:
    return word in PRODUCT_WORDS or word.startswith(OF_PRODUCT)


def _month(said: Tests) -> Check:
    """A test of the month of an order, 1 to 12."""
    wanted = check(said)
    if not any(passes(wanted, month) for month in range(1, 13)):
        raise ValueError("months are the numbers 1 to 12; none of them passes this test")
    return wanted


def _unknown(word: str, known: Sequence[str]) -> str:
    return f"this condition about orders knows no {word!r}; it knows {', '.join(known)}"


def _test(word: str, said: Tests, catalogue: Catalogue, currency: str) -> FieldTest:
    if word == "product":
        return FieldTest("product", _with_variants(check(said, folded=False), catalogue))
    if word == "on_sale":
        if not isinstance(said, bool):
            raise ValueError("on_sale is true or false")
        wanted = check(said)
        on_sale = _where(catalogue, lambda p: p.on_sale)
        return FieldTest("properties.on_sale", wanted, on_sale if said else frozenset(catalogue.products) - on_sale)
    if word == "price":
        wanted = _numeric(word, said, currency)
        return FieldTest("price", wanted, _where(catalogue, lambda p: passes(wanted, _price(p, currency))))
    if word in ("category", "brand"):
        wanted = check(said)
        get: Callable[[Product], str] = (lambda p: p.category) if word == "category" else (lambda p: p.brand)
        return FieldTest(word, wanted, _where(catalogue, lambda p: passes(wanted, _own(p, catalogue, get))))
    if word.startswith(OF_PRODUCT):
        return _attribute(word, said, catalogue, currency)
    if word == "quantity":
        return FieldTest(word, _numeric(word, said))
    if word in _EXACT:
        return FieldTest(_EXACT[word], check(said, folded=False))
    return FieldTest(_COLUMNS.get(word, f"properties.{word}"), check(said))


def _numeric(word: str, said: Tests, currency: str = "") -> Check:
    """A test of what is always a number; ValueError for one that only text or true and false can pass."""
    wanted = check(said, currency=currency)
    values = (wanted.values or frozenset()) | (wanted.excluded or frozenset())
    if wanted.contains or wanted.starts_with or any(isinstance(value, str | bool) for value in values):
        raise ValueError(f"{word} is a number, such as 20 or {{at_least: 20}}")
    return wanted


def _attribute(word: str, said: Tests, catalogue: Catalogue, currency: str) -> FieldTest:
    """A test of what the catalogue says of the product now, meant as in a set of products."""
    name = word.removeprefix(OF_PRODUCT)
    if name == "description":
        # Conditions are compiled while others wait to write, and all long texts together do not fit in memory.
        raise ValueError(f"{word} cannot be asked here; ask for the product by its title, its tags or its ids")
    if name in _BY_TIME:
        raise ValueError(f"{word} changes with every moment and cannot be asked here; ask for the product by its tags")
    return FieldTest("product", Check(values=_where(catalogue, passing({name: said}, Passing(catalogue, currency, 0)))))


def _where(catalogue: Catalogue, test: Callable[[Product], bool]) -> frozenset[str]:
    return frozenset(p.id for p in catalogue.products.values() if test(p))


def _price(product: Product, currency: str) -> int | None:
    if product.currency and product.currency != currency:
        return None
    return product.sale_price if product.sale_price is not None else product.price


def _own(product: Product, catalogue: Catalogue, get: Callable[[Product], str]) -> str | None:
    """What the catalogue says of a product, or of the one it is a variant of."""
    text = get(product)
    if not text and product.variant_of in catalogue.products:
        text = get(catalogue.products[product.variant_of])
    return fold(text) if text else None


def _with_variants(wanted: Check, catalogue: Catalogue) -> Check:
    """A product means its variants too."""

    def spread(values: frozenset[str | int | float | bool] | None) -> frozenset[str | int | float | bool] | None:
        if values is None:
            return None
        ids = {str(value) for value in values}
        heads = {catalogue.same(id) for id in ids}
        return frozenset(ids | heads | {v for v, head in catalogue.variants.items() if head in heads})

    return msgspec.structs.replace(wanted, values=spread(wanted.values), excluded=spread(wanted.excluded))
