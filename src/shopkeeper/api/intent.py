"""The routes about purchase intent: who wants to buy these products, who has purchased them, how far it can be trusted."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shopkeeper.api.answers import answer, body_of, server_only
from shopkeeper.asking import intent as verbs
from shopkeeper.asking import interests as following
from shopkeeper.engine.shop import Shop
from shopkeeper.intent import Trained, trained
from shopkeeper.model.errors import BadInput
from shopkeeper.model.shapes import misfit

MAX_BODY = 16 * 1024 * 1024
UNKNOWN_TOLD = 20
Body = TypeVar("Body")


class PurchasedTold(msgspec.Struct):
    """The identified customers who have purchased of a set, or have not."""

    size: int
    people: list[str]
    unknown: list[str]
    """Some of the ids that are neither in the catalogue nor in any order."""
    unknown_size: int


class PurchasedAsked(verbs.PurchasedQuestion, forbid_unknown_fields=True):
    """Who has purchased of a set, or with `not` who has not."""

    have_not: bool = msgspec.field(name="not", default=False)


class InterestsTold(msgspec.Struct):
    """The interests that are followed, by name."""

    interests: list[following.InterestTold]


class IntentRoutes:
    """The handlers, bound to one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/v1/intent", self.interested, methods=["POST"]),
            Route("/v1/intent/purchased", self.purchased, methods=["POST"]),
            Route("/v1/intent/backtest", self.backtest),
            Route("/v1/intent/customers/{person:path}", self.customer),
            Route("/v1/intent/renew", self.renew, methods=["POST"]),
            Route("/v1/intent/interests", self.interests),
            Route("/v1/intent/interests/{name}", self.follow, methods=["PUT"]),
            Route("/v1/intent/interests/{name}", self.unfollow, methods=["DELETE"]),
        ]

    async def interested(self, request: Request) -> Response:
        """Who wants to buy some of a set."""
        server_only(self.shop, request)
        question = _read(await body_of(request, MAX_BODY), verbs.Question)
        return answer(await run_in_threadpool(verbs.ask, self.shop, question))

    async def purchased(self, request: Request) -> Response:
        """Who has purchased of a set in a time frame."""
        server_only(self.shop, request)
        asked = _read(await body_of(request, MAX_BODY), PurchasedAsked)
        people = await run_in_threadpool(verbs.purchased, self.shop, asked, have=not asked.have_not)
        strange = await run_in_threadpool(verbs.strange, self.shop, asked)
        return answer(PurchasedTold(len(people), people, strange[:UNKNOWN_TOLD], len(strange)))

    async def backtest(self, request: Request) -> Response:
        """The current model and its back-test."""
        server_only(self.shop, request)
        return answer(await run_in_threadpool(self._trained))

    async def customer(self, request: Request) -> Response:
        """What is foretold of one customer."""
        server_only(self.shop, request)
        return answer(await run_in_threadpool(verbs.customer, self.shop, request.path_params["person"]))

    async def renew(self, request: Request) -> Response:
        """Have what is known of everybody renewed, and with it the interests."""
        server_only(self.shop, request)
        return answer(await run_in_threadpool(following.ask_renewal, self.shop))

    async def interests(self, request: Request) -> Response:
        """The interests that are followed."""
        server_only(self.shop, request)
        return answer(InterestsTold(await run_in_threadpool(following.followed, self.shop)))

    async def follow(self, request: Request) -> Response:
        """Follow an interest, or follow it anew."""
        server_only(self.shop, request)
        asked = _read(await body_of(request, MAX_BODY), following.InterestAsked)
        return answer(await run_in_threadpool(following.follow, self.shop, request.path_params["name"], asked))

    async def unfollow(self, request: Request) -> Response:
        """Follow an interest no more."""
        server_only(self.shop, request)
        await run_in_threadpool(following.unfollow, self.shop, request.path_params["name"])
        return answer(InterestsTold(await run_in_threadpool(following.followed, self.shop)))

    def _trained(self) -> Trained:
        with self.shop.state.read() as conn:
            return trained(conn)


def _read(body: Any, kind: type[Body]) -> Body:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        words, place = misfit(error)
        hint = "See /v1/openapi.json."
        raise BadInput("malformed", f"The question cannot be read: {words}.", where=place, hint=hint) from None
