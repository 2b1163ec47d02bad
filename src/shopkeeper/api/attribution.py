"""Routes about how credit is reckoned: the rule sets, and other rules beside them."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import attribution, campaigns
from shopkeeper.api.answers import answer, server_only, window_of
from shopkeeper.attribution import Previewed
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import Attribution
from shopkeeper.model.time import format_time
from shopkeeper.stats import Window


class AttributionRoutes:
    """The handlers, bound to one shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def rules(self, request: Request) -> Response:
        """Every rule set the shop had, newest first; the first is in force."""
        server_only(self._shop, request)
        with self._shop.state.read() as conn:
            found = campaigns.rule_sets(conn)
        rows = [{"created_at": format_time(at), **told(chosen, version)} for version, at, chosen in found]
        return answer({"in_force": self._shop.plan.rule_version, "rows": rows})

    async def preview(self, request: Request) -> Response:
        """Each communication under the rules in force and under those asked about. Nothing is switched."""
        server_only(self._shop, request)
        chosen = _chosen(request, self._shop.plan.attribution)
        window = window_of(self._shop, request)
        rows = await run_in_threadpool(self._preview, window, chosen)
        head = {"from": format_time(window.start), "until": format_time(window.end)}
        rule = told(self._shop.plan.attribution, self._shop.plan.rule_version)
        return answer({**head, "rule": rule, "asked": told(chosen, 0), "rows": rows})

    def _preview(self, window: Window, chosen: Attribution) -> list[Previewed]:
        shop = self._shop
        with shop.state.read() as conn:
            return attribution.preview(conn, shop.plan, shop.catalogue, chosen, *window)


def told(chosen: Attribution, version: int) -> dict[str, Any]:
    """A rule set with its defaults written out; version 0 for one that was never in force."""
    return {"version": version, **{name: getattr(chosen, name) for name in chosen.__struct_fields__}}


def _chosen(request: Request, now: Attribution) -> Attribution:
    """The rules in force with what the query asks to be otherwise."""
    return campaigns.rules_said(
        now, {name: text for name, text in request.query_params.items() if name not in ("from", "until")}
    )
