"""The routes of the reports: figures over a window as JSON, CSV or Parquet, and the audit; with the secret key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import stats
from shopkeeper.api.answers import answer, server_only
from shopkeeper.api.forms import FORMS
from shopkeeper.engine.reports import LISTED, Report, asked, csv_of, parquet_of
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.time import LATEST, format_time, parse_local
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
        window = self._window(request)
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

    def _window(self, request: Request) -> Window:
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
