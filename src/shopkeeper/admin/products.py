"""Products: finding them, one with its history, and which products a set means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from shopkeeper.catalogue import Offer, full_products, offers_of
from shopkeeper.goods.finding import find
from shopkeeper.goods.sets import preview
from shopkeeper.model.definitions import FullProduct, Product
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.paging import page_number
from shopkeeper.pages.table import Column, Empty, Row, Table, address
from shopkeeper.product_sets import FIELDS, Part
from shopkeeper.search import Filters, Question

SHOWN, PAGES = 50, 20
"""Products on a page, and pages: the search goes no further than a thousand."""
SET_SHOWN = 100
SET_FIELDS = ("search", "where", "ids")
FACETS = {"category": "Category", "brand": "Brand", "tag": "Tag"}
VALUES = 12
_COLUMNS = (
    Column("name", "Product"),
    Column("id", "Id"),
    Column("price", "Price", "money"),
    Column("was", "Was", "money"),
    Column("brand", "Brand"),
    Column("category", "Category"),
    Column("state", "State"),
)
_IMPORT = "Send them with POST /v1/products, or import a file: shopkeeper import products FILE."


def listing(ask: Ask) -> Page:
    """Products that have the words asked for, with the values to narrow them down by."""
    params = ask.request.query_params
    text = params.get("q", "").strip()[:200]
    chosen = {name: params.get(name, "")[:500] for name in FACETS}
    category, brand, tag = (tuple(filter(None, (chosen[name],))) for name in FACETS)
    filters = Filters(brand=brand, category=category, tag=tag)
    start = (min(page_number(ask), PAGES) - 1) * SHOWN
    found = find(ask.shop, Question(q=text, filters=filters, limit=SHOWN, offset=start))
    products = ask.shop.catalogue.products
    rows = [_row(products[hit.product]) for hit in found.hits if hit.product in products]
    if text or any(chosen.values()):
        empty = Empty("No product has all of this.", "Show all products", "/products")
    else:
        empty = Empty(f"There are no products yet. {_IMPORT}")
    kept = {"q": text, **chosen}
    facets = [
        (label, name, chosen[name], [(f.value, f.count, _link(kept, name, f.value)) for f in values[:VALUES]])
        for name, label in FACETS.items()
        if (values := found.facets.get(name, [])) or chosen[name]
    ]
    context = {
        "q": text,
        "found": found,
        "facets": facets,
        "without": {name: _link(kept, name, "") for name in FACETS},
        "counts": _counts(ask),
        "earlier": _link(kept, "page", str(start // SHOWN)) if start else "",
        "later": _link(kept, "page", str(start // SHOWN + 2))
        if start + SHOWN < min(found.total, SHOWN * PAGES)
        else "",
    }
    table = Table("products", f"{found.total:,} products", _COLUMNS, rows, empty)
    return Page("products.html", "Products", "products", (table,), context, {"total": found.total, "said": found.said})


def one(ask: Ask) -> Page:
    """One product: what is known of it, its variants, and how its price and stock went."""
    catalogue = ask.shop.catalogue
    product = full_products(ask.conn, [ask.id]).get(ask.id)
    if product is None:
        raise NotFound("no_product", f"There is no product {ask.id!r}.", hint="Search for its name.")
    history = offers_of(ask.conn, ask.id)
    columns = (
        Column("at", "Since", "time"),
        Column("price", "A buyer paid", "money"),
        Column("was", "Its own price", "money"),
        Column("state", "State"),
        Column("stock", "Units", "number"),
    )
    facts = (Column("name", "What"), Column("value", "Value"))
    others = [_row(catalogue.products[id]) for id in catalogue.group(ask.id) if id != ask.id]
    tables = (
        Table(
            "history", "Price and stock, the latest first", columns, [_line(o) for o in history[::-1]], Empty("None.")
        ),
        Table("variants", "Variants beside it", _COLUMNS, others, Empty("It has no other variants.")),
        Table("facts", "What is known of it", facts, [*_facts(product)], Empty("Only its id and name.")),
    )
    context: dict[str, Any] = {"product": product}
    return Page("product.html", product.name, "products", tables, context, product)


def choosing(ask: Ask) -> Page:
    """A set of products being said: which it means, and what each part means by itself. The address is the set."""
    params = ask.request.query_params
    said = {name: params.get(name, "")[:20_000].strip() for name in SET_FIELDS}
    found, problem = None, None
    data = set_asked({**params, **said})
    if data:
        try:
            found = preview(ask.shop, data, SET_SHOWN)
        except BadInput as error:
            problem = error
    products = ask.shop.catalogue.products
    rows = [_row(products[hit.product]) for hit in found.products if hit.product in products] if found else []
    sizes = [*_sizes(found.tree, 0)] if found else []
    columns = (Column("part", "Products"), Column("size", "How many", "number"))
    tables = (
        Table("sizes", "Each part by itself", columns, sizes, Empty("Say above which products are meant.")),
        Table("products", "Some of them, by id", _COLUMNS, rows, Empty("No product is meant.")),
    )
    context = {
        **said,
        "join": params.get("join", "all"),
        "found": found,
        "problem": problem,
        "fields": FIELDS,
        "asked": urlencode({name: text for name, text in [*said.items(), ("join", params.get("join", ""))] if text}),
    }
    return Page("product-set.html", "Choose products", "products", tables, context, found)


def set_asked(params: Mapping[str, str]) -> dict[str, Any]:
    """The set of products that an address or a form says in `search`, `where`, `ids` and `join`, as data."""
    parts = [{name: params[name].strip()} for name in SET_FIELDS if params.get(name, "").strip()]
    if len(parts) == 1:
        return dict(parts[0])
    return {"any" if params.get("join") == "any" else "all": parts} if parts else {}


def _sizes(part: Part, depth: int) -> Iterator[Row]:
    yield {"part": part.words, "size": part.size, "quiet": depth > 1}
    for inner in part.parts:
        yield from _sizes(inner, depth + 1)


def _row(product: Product) -> Row:
    return {
        "name": product.name,
        "id": product.id,
        "price": product.paid,
        "was": product.price if product.on_sale else None,
        "brand": product.brand or None,
        "category": product.category or None,
        "state": _state(product),
        "currency": product.currency,
        "links": {"name": address("products", product.id)},
    }


def _state(product: Product) -> str:
    if product.retired_at:
        return "retired"
    state = "in stock" if product.in_stock else "sold out"
    return f"{state}, seen on a page" if product.discovered else state


def _line(offer: Offer) -> Row:
    return {
        "at": offer.at,
        "price": offer.paid,
        "was": offer.price if offer.sale_price is not None else None,
        "state": "in stock" if offer.in_stock else "not to be had",
        "stock": offer.stock,
        "currency": offer.currency,
    }


def _facts(product: FullProduct) -> Iterator[Row]:
    said = {
        "category": "; ".join(filter(None, (product.category, *product.categories))),
        "brand": product.brand,
        "tags": ", ".join(product.tags),
        "variant of": product.variant_of,
        "language": product.language,
        "availability": product.availability,
        "description": product.description[:1_000],
        "address": product.url,
        "pictures": ", ".join(filter(None, (product.image, *product.images))),
        **{name: str(value)[:500] for name, value in product.extra.items()},
    }
    return ({"name": name, "value": value} for name, value in said.items() if value)


def _counts(ask: Ask) -> dict[str, int]:
    products = ask.shop.catalogue.products.values()
    sold = [p for p in products if not p.retired_at]
    return {"sold": len(sold), "retired": len(products) - len(sold), "discovered": sum(p.discovered for p in sold)}


def _link(kept: dict[str, str], name: str, value: str) -> str:
    asked = {key: text for key, text in {**kept, name: value}.items() if text}
    return f"/products?{urlencode(asked)}" if asked else "/products"
