"""The rules of attribution: those the shop had, what others would give beside them, and switching to others."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import parse_qsl

import anyio.from_thread
import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shopkeeper import attribution, campaigns
from shopkeeper.admin.reports import period, periods
from shopkeeper.attribution import Previewed, Side
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import Attribution, Kind, Model
from shopkeeper.model.errors import BadInput
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import Column, Empty, Row, Table, address

_NOT_RULES = ("from", "until", "days", "table", "switch")
_WORDS = {"last": "last touch", "first": "first touch", "linear": "linear: all alike", "position": "position: 40/20/40",
          "decay": "decay: the later the more", "shapley": "Shapley"}  # fmt: skip


def show(ask: Ask) -> Page:
    """The rules in force as a form; with others asked for, what they would give beside what is given now."""
    window = period(ask)
    now = ask.plan.attribution
    chosen, problem = now, None
    said = _said(list(ask.request.query_params.multi_items()))
    try:
        chosen = campaigns.rules_said(now, said)
    except BadInput as error:
        problem = error
    rows: list[Previewed] = []
    if chosen != now:
        rows = attribution.preview(ask.conn, ask.plan, ask.shop.catalogue, chosen, *window)
    context = {
        "problem": problem,
        "chosen": chosen,
        "changed": _changed(now, chosen),
        "models": [(model, _WORDS[model]) for model in get_args(Model)],
        "kinds": get_args(Kind),
        "window": window,
        "periods": periods(ask),
        "asked": _texts(chosen),
        "typed": _texts(now) | said,
    }
    tables = (_beside(ask, rows), _versions(ask))
    data = {"in_force": now, "asked": chosen, "window": window}
    return Page("attribution.html", "Attribution rules", "reports", tables, context, data)


def switch(shop: Shop, request: Request) -> Response:
    """Put the rules of the form in force, for all of history."""
    body: bytes = anyio.from_thread.run(request.body)
    said = _said(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    shop.change(
        lambda plan: msgspec.structs.replace(plan.file, attribution=campaigns.rules_said(plan.attribution, said))
    )
    return RedirectResponse(f"{request.scope.get('root_path', '')}/attribution", 303)


def _said(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """What a form says of rules. Kinds are boxes that are ticked: one value each."""
    said: dict[str, str] = {}
    for name, text in pairs:
        if name == "kinds" and name in said:
            said[name] += f",{text}"
        elif name not in _NOT_RULES:
            said[name] = text.strip()
    return said


def _texts(chosen: Attribution) -> dict[str, str]:
    """Rules as a form says them."""
    return {
        name: ",".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else value
        for name, value in msgspec.structs.asdict(chosen).items()
    }


def _changed(now: Attribution, chosen: Attribution) -> list[tuple[str, str, str]]:
    """(rule, now, then) of what is otherwise."""
    before, after = _texts(now), _texts(chosen)
    return [(name.replace("_", " "), before[name], after[name]) for name in before if before[name] != after[name]]


def _beside(ask: Ask, rows: list[Previewed]) -> Table:
    columns = (
        Column("campaign", "Campaign"),
        Column("communication", "Communication"),
        Column("orders_now", "Orders", "number", "orders"),
        Column("orders_then", "would be", "number"),
        Column("value_now", "Value", "money", "value"),
        Column("value_then", "would be", "money"),
        Column("click_total_now", "Click total", "money", "click_total"),
        Column("click_total_then", "would be", "money"),
    )
    told = [_row(ask, row) for row in rows]
    told += [_total(currency, rows) for currency in sorted({row.currency for row in rows}) if len(rows) > 1]
    empty = Empty("No order of this window is credited, under the rules in force or these.", "Reports", "/reports")
    return Table("preview", "What is given now, and what would be", columns, told, empty)


def _row(ask: Ask, row: Previewed) -> Row:
    links = {}
    if row.campaign in ask.plan.file.campaigns:
        links["communication"] = address("campaigns", row.campaign, row.communication)
    return {
        "campaign": row.campaign,
        "communication": row.communication,
        "currency": row.currency,
        "links": links,
        **_sides(row.now, row.then),
    }


def _total(currency: str, rows: list[Previewed]) -> Row:
    def total(sides: list[Side]) -> Side:
        return Side(*(sum(getattr(side, name) for side in sides) for name in Side.__struct_fields__))

    own = [row for row in rows if row.currency == currency]
    sides = _sides(total([row.now for row in own]), total([row.then for row in own]))
    return {"campaign": "All", "communication": "", "currency": currency, **sides}


def _sides(now: Side, then: Side) -> dict[str, Any]:
    return {
        f"{name}_{word}": getattr(side, name)
        for word, side in (("now", now), ("then", then))
        for name in Side.__struct_fields__
    }


def _versions(ask: Ask) -> Table:
    columns = (
        Column("version", "Version", "number"),
        Column("since", "Since", "time"),
        Column("rules", "Rules", "prose"),
    )
    rows: list[Row] = []
    for version, at, chosen in campaigns.rule_sets(ask.conn):
        told = ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in _texts(chosen).items())
        rows.append({"version": version, "since": at, "rules": told})
    return Table("versions", "Rules the shop had", columns, rows, Empty("The defaults have been in force all along."))
