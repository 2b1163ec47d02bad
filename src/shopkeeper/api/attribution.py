"""Routes about how credit is reckoned: the rule sets, other rules beside them, the models, and the lookback strip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import attribution, campaigns
from shopkeeper.api.routes import Routes, answer
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.definitions import Attribution
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import format_time
from shopkeeper.storage import Connection

Row = TypeVar("Row")
Reckon = Callable[[Connection, Plan, Catalogue, int, int], list[Row]]
_YES = {"true": True, "1": True, "false": False, "0": False}


class AttributionRoutes:
    """The handlers, bound to the other quiet routes for keys and windows."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._shop = routes.shop

    async def rules(self, request: Request) -> Response:
        """Every rule set the shop had, newest first; the first is in force."""
        self._routes.server_only(request)
        with self._shop.state.read() as conn:
            found = campaigns.rule_sets(conn)
        rows = [{"created_at": format_time(at), **told(chosen, version)} for version, at, chosen in found]
        return answer({"in_force": self._shop.plan.rule_version, "rows": rows})

    async def preview(self, request: Request) -> Response:
        """Each communication under the rules in force and under those asked about. Nothing is switched."""
        self._routes.server_only(request)
        chosen = _chosen(request, self._shop.plan.attribution)
        reckon: Reckon[Any] = lambda conn, plan, products, start, end: attribution.preview(  # noqa: E731
            conn, plan, products, chosen, start, end
        )
        return await self._reckoned(request, reckon, asked=told(chosen, 0))

    async def models(self, request: Request) -> Response:
        """Order credit by every model over the same touches."""
        self._routes.server_only(request)
        return await self._reckoned(request, attribution.model_comparison)

    async def lookbacks(self, request: Request) -> Response:
        """Order credit by the model in force with each lookback of the strip."""
        self._routes.server_only(request)
        return await self._reckoned(request, attribution.lookback_strip)

    async def _reckoned(self, request: Request, reckon: Reckon[Any], **more: Any) -> Response:
        window = self._routes.window(request)
        shop = self._shop

        def work() -> list[Any]:
            with shop.state.read() as conn:
                return reckon(conn, shop.plan, shop.catalogue, *window)

        rows = await run_in_threadpool(work)
        head = {"from": format_time(window.start), "until": format_time(window.end)}
        return answer({**head, "rule": told(shop.plan.attribution, shop.plan.rule_version), **more, "rows": rows})


def told(chosen: Attribution, version: int) -> dict[str, Any]:
    """A rule set with its defaults written out; version 0 for one that was never in force."""
    return {"version": version, **{name: getattr(chosen, name) for name in chosen.__struct_fields__}}


def _chosen(request: Request, now: Attribution) -> Attribution:
    """The rules in force with what the query asks to be otherwise."""
    asked: dict[str, Any] = {}
    for name, text in request.query_params.items():
        if name in ("from", "until"):
            continue
        if name not in now.__struct_fields__:
            known = ", ".join(now.__struct_fields__)
            raise BadInput("bad_parameter", f"{name[:100]!r} is not a rule.", hint=f"Use {known}.")
        if name == "kinds":
            asked[name] = text.split(",")
        else:
            asked[name] = _YES.get(text, text) if isinstance(getattr(now, name), bool) else text
    return campaigns.parse_rules(msgspec.to_builtins(now) | asked)
