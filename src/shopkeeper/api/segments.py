"""The routes about segments: which there are, who is inside and why, trying a rule, definitions, lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shopkeeper.api.answers import answer, body_of, number_of, server_only, window_of
from shopkeeper.engine.segments import ask, delete_list, delete_segment, freeze, put_segment
from shopkeeper.engine.shop import Shop
from shopkeeper.insights import MOST_DAYS, telling
from shopkeeper.model.errors import BadInput

MAX_BODY = 256 * 1024
DAYS = 14
PAGE, MOST = 100, 1000
"""Members told at once."""
TOGETHER: dict[str, Callable[..., Any]] = {
    "overlap": telling.overlap,
    "sets": telling.sets,
    "journeys": telling.journeys,
    "by-segment": telling.by_segment,
}
"""Questions about several segments, under /v1/insights/."""


class SegmentRoutes:
    """The handlers, bound to one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def routes(self) -> list[Route]:
        """All of them, those with a fixed path first."""
        one = "/v1/segments/{id}"
        return [
            Route("/v1/segments", self.listing),
            Route("/v1/segments/preview", self.preview, methods=["POST"]),
            Route(f"{one}/members", self.members),
            Route(f"{one}/members/{{person:path}}", self.why),
            Route(f"{one}/changes", self.changes),
            Route(f"{one}/insights", self.insights),
            Route(f"{one}/freeze", self.freeze, methods=["POST"]),
            Route(one, self.shown),
            Route(one, self.put, methods=["PUT"]),
            Route(one, self.delete, methods=["DELETE"]),
            *(Route(f"/v1/insights/{kind}", self.together) for kind in TOGETHER),
            Route("/v1/lists", self.lists),
            Route("/v1/lists/{id}", self.listed),
            Route("/v1/lists/{id}", self.delete_list, methods=["DELETE"]),
        ]

    async def listing(self, request: Request) -> Response:
        """Every segment with its size."""
        return await self._told(request, telling.listing)

    async def shown(self, request: Request) -> Response:
        """One segment with its rule."""
        return await self._told(request, telling.shown, request.path_params["id"])

    async def members(self, request: Request) -> Response:
        """Some of the members, now or at an instant."""
        params = request.query_params
        server_only(self.shop, request)
        limit = number_of(params, "limit", PAGE, 1, MOST)
        offset = number_of(params, "offset", 0, 0, 999_999_999)
        return await self._told(request, telling.members, request.path_params["id"], limit, offset, params.get("at"))

    async def why(self, request: Request) -> Response:
        """Why a person is inside, or is not."""
        return await self._told(request, telling.why, request.path_params["id"], request.path_params["person"])

    async def changes(self, request: Request) -> Response:
        """Who entered and left."""
        server_only(self.shop, request)
        limit = number_of(request.query_params, "limit", PAGE, 1, MOST)
        return await self._told(request, telling.changes, request.path_params["id"], limit)

    async def insights(self, request: Request) -> Response:
        """The figures of a segment beside the shop's, over a window."""
        server_only(self.shop, request)
        window = window_of(self.shop, request)
        return await self._told(request, telling.insights, request.path_params["id"], *window)

    async def together(self, request: Request) -> Response:
        """Several segments beside each other."""
        server_only(self.shop, request)
        params = request.query_params
        kind = request.url.path.rpartition("/")[2]
        ids = [id for text in params.getlist("segments") for id in text.split(",") if id]
        more: tuple[int, ...] = ()
        if kind == "by-segment":
            more = window_of(self.shop, request)
        if kind == "journeys":
            more = (number_of(params, "days", DAYS, 1, MOST_DAYS),)
        return await self._told(request, TOGETHER[kind], ids, *more)

    async def preview(self, request: Request) -> Response:
        """What a rule would give."""
        server_only(self.shop, request)
        body = await body_of(request, MAX_BODY)
        if not isinstance(body, dict) or set(body) != {"rule"}:
            raise BadInput(
                "malformed", "The body must be an object with `rule`.", hint='Send {"rule": {"did": "page"}}.'
            )
        return await self._told(request, telling.previewed, body["rule"])

    async def freeze(self, request: Request) -> Response:
        """Keep the members as a list."""
        server_only(self.shop, request)
        body = await body_of(request, MAX_BODY)
        if not isinstance(body, dict) or set(body) != {"as"} or not isinstance(body["as"], str):
            raise BadInput("malformed", "The body must be an object with `as`.", hint='Send {"as": "spring-letter"}.')
        return await self._done(request, freeze, request.path_params["id"], body["as"])

    async def put(self, request: Request) -> Response:
        """Define a segment, or define it anew."""
        server_only(self.shop, request)
        body = await body_of(request, MAX_BODY)
        return await self._done(request, put_segment, request.path_params["id"], body)

    async def delete(self, request: Request) -> Response:
        """Take a segment out of the definitions."""
        return await self._done(request, delete_segment, request.path_params["id"])

    async def lists(self, request: Request) -> Response:
        """All lists."""
        return await self._told(request, telling.lists)

    async def listed(self, request: Request) -> Response:
        """The people of a list."""
        server_only(self.shop, request)
        limit = number_of(request.query_params, "limit", PAGE, 1, MOST)
        offset = number_of(request.query_params, "offset", 0, 0, 999_999_999)
        return await self._told(request, telling.listed, request.path_params["id"], limit, offset)

    async def delete_list(self, request: Request) -> Response:
        """Drop a list."""
        return await self._done(request, delete_list, request.path_params["id"])

    async def _told(self, request: Request, question: Callable[..., Any], *arguments: Any) -> Response:
        """The answer to a question."""
        return await self._done(request, ask, question, *arguments)

    async def _done(self, request: Request, verb: Callable[..., Any], *arguments: Any) -> Response:
        """What a verb of the engine answers, off the loop."""
        server_only(self.shop, request)
        return answer(await run_in_threadpool(verb, self.shop, *arguments))
