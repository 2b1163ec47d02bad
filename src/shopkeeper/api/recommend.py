"""The route that recommends products, for storefronts and servers, and how the OpenAPI document describes it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shopkeeper.api.answers import answer, body_of
from shopkeeper.api.hot import PREFLIGHT
from shopkeeper.api.operation import WRITE, Operation, ref
from shopkeeper.api.request import basic_key
from shopkeeper.api.turns import Turns
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.recommending import RecommendAsked, RecommendTold, read_recommend, recommend
from shopkeeper.model.errors import BadInput

MAX_BODY = 1024 * 1024
RECOMMEND_TOLD: tuple[type, ...] = (RecommendAsked, RecommendTold)


class RecommendRoutes:
    """The handler, bound to one shop."""

    def __init__(self, shop: Shop, turns: Turns) -> None:
        self.shop = shop
        self.turns = turns

    def routes(self) -> list[Route]:
        """All of them."""
        return [Route("/v1/recommend", self.recommend, methods=["POST", "OPTIONS"])]

    async def recommend(self, request: Request) -> Response:
        """Products for a page and a visitor."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={name.decode(): value.decode() for name, value in PREFLIGHT})
        data = await body_of(request, MAX_BODY)
        if not isinstance(data, dict):
            hint = 'Send {"strategies": ["similar"], "product": "tea-1"}.'
            raise BadInput("malformed", "The body must be an object.", hint=hint)
        asked = read_recommend(data)
        server = self.shop.keys.server(basic_key(dict(request.scope["headers"])) or asked.write_key)
        self.shop.served += 1
        return answer(await self.turns.take(partial(recommend, self.shop, asked, server=server)))


def recommend_operations() -> Iterator[Operation]:
    """Every method of every route."""
    summary = "Recommend products by a definition's name or by strategies, with a reason for each"
    errors = (400, 401, 403, 404, 413, 503)
    yield Operation("post", "/v1/recommend", summary, WRITE, ref("RecommendTold"), errors, ref("RecommendAsked"))
