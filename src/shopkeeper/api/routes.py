"""The quieter routes: figures, explanations, products, definitions; for servers, with the secret key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import attribution, catalogue, events, stats
from shopkeeper.api.hot import JSON, read_body
from shopkeeper.api.openapi import CLICK_TOTALS_BY, REPORTS, document
from shopkeeper.api.request import basic_key
from shopkeeper.engine.intake import Intake
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import BadInput, NotAllowed, NotFound
from shopkeeper.model.time import LATEST, format_time, parse_local
from shopkeeper.stats import Window

MAX_PRODUCTS = 10_000
MAX_PRODUCTS_BODY = 16 * 1024 * 1024
_HEADERS = {name.decode(): value.decode() for name, value in JSON}


def answer(value: Any) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(value), headers=_HEADERS)


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
        self.server_only(request)
        return answer({"steps": self.intake.counts.listing()})

    async def figures(self, request: Request) -> Response:
        """Panels of one kind of object over a window."""
        self.server_only(request)
        kind = request.path_params["kind"]
        if kind not in REPORTS:
            raise NotFound("unknown_report", f"There is no report {kind!r}.", hint=f"Use {', '.join(REPORTS)}.")
        window = self.window(request)
        by = request.query_params.get("by", "zone")
        if by not in CLICK_TOTALS_BY:
            raise BadInput("bad_parameter", f"by={by!r} is not known.", hint=f"Use {', '.join(CLICK_TOTALS_BY)}.")
        return answer(await run_in_threadpool(self._figures, kind, window, by))

    async def explain_order(self, request: Request) -> Response:
        """Why an order was credited as it was."""
        self.server_only(request)
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
        self.server_only(request)
        with self.shop.state.read() as conn:
            counts, kept = events.count_rejects(conn), events.list_rejects(conn, 100)
        rows = [reject.told() for reject in kept]
        return answer({"counts": counts, "rejects": rows})

    async def put_products(self, request: Request) -> Response:
        """Add or replace products; those that cannot be used are named, the others are stored."""
        self.server_only(request)
        body = await read_body(request.receive, MAX_PRODUCTS_BODY)
        try:
            items = msgspec.json.decode(body, type=list[dict[str, Any]])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            hint = 'Send a list such as [{"id": "tea-1", "price": 12.25}], not packed.'
            raise BadInput("malformed", f"The body must be a list of products: {error}", hint=hint) from None
        if len(items) > MAX_PRODUCTS:
            hint = "Send them in several requests."
            raise BadInput("too_many_products", f"A request may hold {MAX_PRODUCTS} products.", hint=hint)
        stored, rejected = [], []
        for index, item in enumerate(items):
            try:
                stored.append(catalogue.read_product(item, self.shop.plan.shop.currency, self.shop.now()))
            except BadInput as error:
                rejected.append({"index": index, "code": error.code, "message": str(error)})
        count = await run_in_threadpool(self.shop.put_products, stored)
        return answer({"accepted": count, "rejected": rejected})

    def _figures(self, kind: str, window: Window, by: str) -> Any:
        shop = self.shop
        head = {
            "from": format_time(window.start),
            "until": format_time(window.end),
            "currency": shop.plan.shop.currency,
        }
        with shop.state.read() as conn:
            if kind == "click-total":
                return {**head, "by": by, "rows": stats.click_totals(conn, shop.plan, window, by)}
            found = stats.figures(conn, shop.plan, window)
        if kind == "summary":
            return {**head, "orders": found.orders, "customers": found.customers, "revenue": found.revenue}
        return {**head, "rows": getattr(found, kind)}

    def window(self, request: Request) -> Window:
        """The window asked for, in shop time where a time has no offset; the rolling 30 days by default."""
        window = stats.rolling(self.shop.now())
        parse: Callable[[str], int] = lambda text: parse_local(text, self.shop.plan.zone)  # noqa: E731
        try:
            start = parse(request.query_params["from"]) if "from" in request.query_params else window.start
            end = parse(request.query_params["until"]) if "until" in request.query_params else window.end
            if not (0 <= start < LATEST and 0 <= end < LATEST):
                raise ValueError("outside the years 1970 to 9999")
        except (ValueError, OverflowError):
            hint = "Use ISO 8601, such as 2026-03-01 or 2026-03-01T09:30:00Z."
            raise BadInput(
                "bad_time", "from and until must be times between the years 1970 and 9999.", hint=hint
            ) from None
        if end <= start:
            raise BadInput("bad_window", "until must lie after from.")
        return Window(start, end)

    def server_only(self, request: Request) -> None:
        """Refuse whoever does not hold the secret key."""
        if not self.shop.keys.server(basic_key(dict(request.scope["headers"]))):
            error = NotAllowed("secret_key_needed", "This needs the secret key.", hint="Ask from a server, not a page.")
            error.status = 403
            raise error
