"""The routes of the reports: figures over a window as JSON, CSV or Parquet, and the audit; with the secret key."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import stats
from shopkeeper.api.answers import answer, server_only, window_of
from shopkeeper.api.forms import FORMS
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import NotFound
from shopkeeper.model.time import format_time
from shopkeeper.reports import LISTED, Report, asked, csv_of, parquet_of
from shopkeeper.stats import Window

SUMMARY = "summary"


class ReportRoutes:
    """The handlers, bound to one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def report(self, request: Request) -> Response:
        """One report over a window."""
        server_only(self.shop, request)
        name, form = _form(request)
        if name != SUMMARY and name not in LISTED:
            known = ", ".join([SUMMARY, *LISTED])
            raise NotFound("unknown_report", f"There is no report {name[:64]!r}.", hint=f"Use {known}.")
        window = window_of(self.shop, request)
        if name == SUMMARY:
            return answer(await run_in_threadpool(self._summary, window))
        return await run_in_threadpool(self._report, name, form, window, dict(request.query_params))

    async def audit(self, request: Request) -> Response:
        """Recompute every rollup and hold the ledgers against every order."""
        server_only(self.shop, request)
        return answer(await run_in_threadpool(self._audit))

    def _summary(self, window: Window) -> dict[str, Any]:
        with self.shop.state.read() as conn:
            found = stats.figures(conn, self.shop.plan, window)
        return self._head(window) | {"orders": found.orders, "customers": found.customers, "revenue": found.revenue}

    def _report(self, name: str, form: str, window: Window, said: dict[str, str]) -> Response:
        shop, report = self.shop, LISTED[name]
        with shop.state.read() as conn:
            question = asked(report, conn, shop.plan, shop.catalogue, window, said)
            rows = report.make(question)
        if form == "json":
            chosen = {choice: value for choice, value in question.chosen.items() if value}
            return answer(self._head(window) | chosen | {"rows": rows})
        return _file(report, rows, form, name, shop)

    def _audit(self) -> dict[str, Any]:
        with self.shop.state.read() as conn:
            found = stats.audit(conn, self.shop.plan)
        told: dict[str, Any] = msgspec.to_builtins(found)
        return {"clean": found.clean} | told

    def _head(self, window: Window) -> dict[str, Any]:
        return {
            "from": format_time(window.start),
            "until": format_time(window.end),
            "currency": self.shop.plan.shop.currency,
        }


def _form(request: Request) -> tuple[str, str]:
    """(report, form): by the end of the path, else by what the caller accepts."""
    name: str = request.path_params["kind"]
    stem, _, end = name.rpartition(".")
    if end in FORMS and stem:
        return stem, end
    accepted = request.headers.get("accept", "")
    return name, next((form for form, media in FORMS.items() if media in accepted), "json")


def _file(report: Report, rows: Any, form: str, name: str, shop: Shop) -> Response:
    body = csv_of(report, rows, shop.plan).encode() if form == "csv" else parquet_of(report, rows, shop.plan)
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"', "cache-control": "no-store"}
    return Response(body, media_type=FORMS[form], headers=headers)
