"""The application of one port: hot routes, API, tag, and whatever else is mounted beside them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from shopkeeper.api.attribution import AttributionRoutes
from shopkeeper.api.confirm import ConfirmRoutes
from shopkeeper.api.hot import JSON, HotRoutes, error_body, wrong_method
from shopkeeper.api.intent import IntentRoutes
from shopkeeper.api.recommend import RecommendRoutes
from shopkeeper.api.reports import ReportRoutes
from shopkeeper.api.routes import Routes
from shopkeeper.api.search import SearchRoutes
from shopkeeper.api.segments import SegmentRoutes
from shopkeeper.api.turns import Turns
from shopkeeper.engine.intake import Intake
from shopkeeper.model.errors import BadInput, NotFound, ShopkeeperError

log = logging.getLogger(__name__)


def build_app(intake: Intake, beside: Sequence[BaseRoute] = ()) -> Callable[..., Any]:
    """The ASGI application of a shop. `beside` are routes of other doors (admin, a demo storefront)."""
    routes = Routes(intake.shop, intake)
    reports = ReportRoutes(intake.shop)
    confirming = ConfirmRoutes(intake)
    credit = AttributionRoutes(intake.shop)
    turns = Turns(intake.shop)
    rest = Starlette(
        routes=[
            Route("/healthz", routes.health),
            Route("/v1/openapi.json", routes.openapi),
            Route("/v1/intake", routes.intake_steps),
            Route("/v1/stats/{kind}", reports.report),
            Route("/v1/audit", reports.audit),
            Route("/v1/orders/{order_id:path}/explain", routes.explain_order),
            Route("/v1/attribution/rules", credit.rules),
            Route("/v1/attribution/preview", credit.preview),
            Route("/v1/rejects", routes.rejects),
            Route("/v1/products", routes.put_products, methods=["POST", "PATCH"]),
            *SearchRoutes(intake.shop, turns).routes(),
            *RecommendRoutes(intake.shop, turns).routes(),
            Route("/v1/confirm", confirming.ask),
            Route("/v1/confirm", confirming.take, methods=["POST"]),
            Route("/v1/confirmations", confirming.waiting),
            *SegmentRoutes(intake.shop).routes(),
            *IntentRoutes(intake.shop).routes(),
            *beside,
        ],
        exception_handlers={
            ShopkeeperError: _known_error,
            HTTPException: _http_error,
            ClientDisconnect: _gone,
            Exception: _unknown_error,
        },
    )
    return HotRoutes(intake, rest)


def _headers() -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in JSON}


async def _known_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ShopkeeperError), "registered for nothing else"
    return Response(error_body(error), error.status, _headers())


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for nothing else"
    path, headers = request.url.path[:200], dict(error.headers or {})
    if error.status_code == 404:
        plain: ShopkeeperError = NotFound("not_found", f"There is nothing at {path}.", hint="See /v1/openapi.json.")
    elif error.status_code == 405:
        plain = wrong_method(request.method, path, headers.get("Allow", "another method"))
    else:
        plain = BadInput("bad_request", error.detail)
    return Response(error_body(plain), error.status_code, _headers() | headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody is left to read it."""
    return Response(status_code=400)


async def _unknown_error(request: Request, error: Exception) -> Response:
    log.error("%s failed", request.url.path, exc_info=error)
    plain = ShopkeeperError("internal", "Something went wrong here.", hint="The server's log says more.")
    return Response(error_body(plain), 500, _headers())
