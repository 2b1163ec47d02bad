"""The routes that find products: by words for the storefront, and as sets for servers."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shopkeeper.api.answers import answer, body_of, server_only
from shopkeeper.api.hot import PREFLIGHT
from shopkeeper.api.request import basic_key
from shopkeeper.api.turns import Turns
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.finding import SearchTold, find, told
from shopkeeper.goods.sets import preview
from shopkeeper.model.errors import BadInput
from shopkeeper.search import Question, read_question

MAX_BODY = 16 * 1024
MAX_SET = 4 * 1024 * 1024
PAGE, MOST, MOST_OFFSET = 50, 1_000, 999_999_999
"""Products of a set told at once."""
_SEVERAL = ("brand", "category", "tag")
_NUMBERS = ("price_from", "price_to")
_FLAGS = ("in_stock", "on_sale")
_FILTERS = (*_SEVERAL, *_NUMBERS, *_FLAGS)
_WHOLE = ("limit", "offset")
_SWITCHES = ("facets", "relax")


class SearchAsked(Question, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a page asks."""

    write_key: str | None = msgspec.field(name="writeKey", default=None)
    """Where there is no Basic authorisation."""


class SearchRoutes:
    """The handlers, bound to one shop."""

    def __init__(self, shop: Shop, turns: Turns) -> None:
        self.shop = shop
        self.turns = turns

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/v1/search", self.search, methods=["GET", "POST", "OPTIONS"]),
            Route("/v1/product-sets/preview", self.preview, methods=["POST"]),
        ]

    async def search(self, request: Request) -> Response:
        """The products that fit the words and the filters."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={name.decode(): value.decode() for name, value in PREFLIGHT})
        data = _from_query(request) if request.method in ("GET", "HEAD") else await body_of(request, MAX_BODY)
        if not isinstance(data, dict):
            raise BadInput("malformed", "The body must be an object.", hint='Send {"q": "running shoes"}.')
        asked = read_question(data, SearchAsked)
        self.shop.keys.server(basic_key(dict(request.scope["headers"])) or asked.write_key)
        self.shop.served += 1
        return answer(await self.turns.take(partial(self._found, asked)))

    async def preview(self, request: Request) -> Response:
        """The products a set means now."""
        server_only(self.shop, request)
        body = await body_of(request, MAX_SET)
        if not isinstance(body, dict) or "products" not in body or set(body) - {"products", "limit", "offset"}:
            hint = 'Send {"products": {"search": "tea"}, "limit": 50}.'
            raise BadInput("malformed", "The body must be an object with `products`, limit and offset.", hint=hint)
        limit, offset = (_whole(body, name, default, most) for name, default, most in (
            ("limit", PAGE, MOST), ("offset", 0, MOST_OFFSET)
        ))  # fmt: skip
        return answer(await run_in_threadpool(preview, self.shop, body["products"], limit, offset, "$.products"))

    def _found(self, asked: SearchAsked) -> SearchTold:
        return told(self.shop, find(self.shop, asked, storefront=True))


def _whole(body: dict[str, Any], name: str, default: int, most: int) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadInput("bad_parameter", f"{name} must be a whole number from 0 to {most}.", where=f"$.{name}")
    return value


def _from_query(request: Request) -> dict[str, Any]:
    """The fields of a question from the query string; what cannot be one is left for the reader to refuse."""
    data: dict[str, Any] = {}
    filters: dict[str, Any] = {}
    for name in request.query_params:
        values = request.query_params.getlist(name)
        value: Any = values[-1]
        if name in _SEVERAL:
            value = values
        elif name in _NUMBERS:
            value = _number(value)
        elif name in _WHOLE:
            value = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value
        elif name in (*_FLAGS, *_SWITCHES):
            value = {"true": True, "false": False}.get(value, value)
        (filters if name in _FILTERS else data)[name] = value
    return {**data, "filters": filters} if filters else data


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
