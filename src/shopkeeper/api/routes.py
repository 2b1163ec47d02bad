"""The quieter routes: explanations, products, definitions; for servers, with the secret key."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import attribution, events
from shopkeeper.api.answers import answer, server_only
from shopkeeper.api.hot import read_body
from shopkeeper.api.openapi import document
from shopkeeper.engine.intake import Intake
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.bring import change_some, put_some
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.shapes import misfit

MAX_PRODUCTS = 10_000
MAX_PRODUCTS_BODY = 16 * 1024 * 1024


class Routes:
    """The handlers, bound to one shop."""

    def __init__(self, shop: Shop, intake: Intake) -> None:
        self.shop = shop
        self.intake = intake

    async def health(self, _request: Request) -> Response:
        """Whether the server can reach its state."""
        with self.shop.state.read() as conn:
            conn.row("SELECT 1")
        return answer({"status": "ok"})

    async def openapi(self, _request: Request) -> Response:
        """The description of all routes."""
        return answer(document())

    async def intake_steps(self, request: Request) -> Response:
        """The steps of intake with their counts, drops and times since the start."""
        server_only(self.shop, request)
        return answer({"steps": self.intake.counts.listing()})

    async def explain_order(self, request: Request) -> Response:
        """Why an order was credited as it was."""
        server_only(self.shop, request)
        order_id = request.path_params["order_id"]
        shop = self.shop
        explained = None
        if len(order_id) <= 255 and "\0" not in order_id:
            with shop.state.read() as conn:
                explained = attribution.explain(conn, shop.plan, shop.catalogue, order_id)
        if explained is None:
            raise NotFound("unknown_order", f"There is no order {order_id[:255]!r}.")
        return answer(explained)

    async def rejects(self, request: Request) -> Response:
        """Kept rejects: how many by code, and the oldest of them."""
        server_only(self.shop, request)
        with self.shop.state.read() as conn:
            counts, kept = events.count_rejects(conn), events.list_rejects(conn, 100)
        rows = [reject.told() for reject in kept]
        return answer({"counts": counts, "rejects": rows})

    async def put_products(self, request: Request) -> Response:
        """Add, replace or (PATCH) change products; those that cannot be used are named, the others are stored."""
        server_only(self.shop, request)
        body = await read_body(request.receive, MAX_PRODUCTS_BODY)
        try:
            items = msgspec.json.decode(body, type=list[dict[str, Any]])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            hint = 'Send a list such as [{"id": "tea-1", "price": 12.25}], not packed.'
            words, place = misfit(error)
            message = f"The body must be a list of products: {words}."
            raise BadInput("malformed", message, where=place, hint=hint) from None
        if len(items) > MAX_PRODUCTS:
            hint = "Send them in several requests."
            raise BadInput("too_many_products", f"A request may hold {MAX_PRODUCTS} products.", hint=hint)
        verb = change_some if request.method == "PATCH" else put_some
        count, rejected = await run_in_threadpool(verb, self.shop, items)
        return answer({"accepted": count, "rejected": rejected})
