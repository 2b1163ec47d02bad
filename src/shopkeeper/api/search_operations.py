"""The routes of products's search and sets as the OpenAPI document describes it."""

from __future__ import annotations

from collections.abc import Iterator

from shopkeeper.api.operation import SECRET, WRITE, Operation, ref
from shopkeeper.api.schemas import NUMBER, TEXT, WHOLE, YES, Schema, fixed, listed, query
from shopkeeper.api.search import MOST, SearchAsked
from shopkeeper.api.search import MOST_OFFSET as MOST_SET_OFFSET
from shopkeeper.goods.finding import SearchTold
from shopkeeper.goods.sets import SetTold
from shopkeeper.search.question import LONGEST_TEXT, MOST_HITS, MOST_OFFSET

SEARCH_TOLD: tuple[type, ...] = (SearchAsked, SearchTold, SetTold)
_PREVIEW = fixed(
    ("limit", "offset"),
    products={"type": "object", "description": "a set such as {search: tea}, see docs/guide/products.md"},
    limit={**WHOLE, "minimum": 0, "maximum": MOST},
    offset={**WHOLE, "minimum": 0, "maximum": MOST_SET_OFFSET},
)
_ERRORS = (400, 401, 503)


def search_operations() -> Iterator[Operation]:
    """Every method of every route."""
    summary = "Find products by words and filters; where nothing has all of the words, something near, and it says so"
    parameters = (
        query("q", "the words; every product where there are none", {**TEXT, "maxLength": LONGEST_TEXT}),
        *(_several(name) for name in ("brand", "category", "tag")),
        *(
            query(name, "whole units of the shop's currency", {**NUMBER, "minimum": 0, "maximum": 1e12})
            for name in ("price_from", "price_to")
        ),
        *(query(name, "true or false", YES) for name in ("in_stock", "on_sale")),
        query("sort", "default: relevance", {**TEXT, "enum": ["relevance", "price", "-price", "newest"]}),
        query("limit", "at most so many; default: 20", {**WHOLE, "minimum": 0, "maximum": MOST_HITS}),
        query("offset", "leave out so many; default: 0", {**WHOLE, "minimum": 0, "maximum": MOST_OFFSET}),
        query("language", "ISO 639-1 code of the words; default: the shop's", {**TEXT, "pattern": "^([a-z]{2})?$"}),
        query("facets", "whether values are counted; default: true", YES),
        query("relax", "whether something near may be shown; default: true", YES),
        query("writeKey", "where there is no Basic authorisation"),
    )
    yield Operation("get", "/v1/search", summary, WRITE, ref("SearchTold"), _ERRORS, None, parameters)
    yield Operation(
        "post", "/v1/search", "The same with a body", WRITE, ref("SearchTold"), (*_ERRORS, 413), ref("SearchAsked")
    )

    meant = "What a set of products means now: how many, some of them, unknown ids, each part by itself"
    yield Operation("post", "/v1/product-sets/preview", meant, SECRET, ref("SetTold"), (*_ERRORS, 403, 413), _PREVIEW)


def _several(name: str) -> Schema:
    schema = listed({**TEXT, "minLength": 1, "maxLength": 500})
    return query(name, "repeatable; any of them will do", schema) | {"explode": True}
