"""Settings: keys, the line to paste into the shop, what arrives, and the rules the shop chose."""

from __future__ import annotations

import msgspec

from shopkeeper import events
from shopkeeper.engine.intake import Counts
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import Column, Empty, Table


def snippet(ask: Ask) -> str:
    """The script tag for the shop's pages, with this server's own address."""
    url, prefix = ask.request.url, ask.plan.settings.tag_prefix
    return f'<script async src="{url.scheme}://{url.netloc}{prefix}/t.js" data-key="{ask.shop.keys.write}"></script>'


def show(ask: Ask, counts: Counts | None) -> Page:
    """How to install, and how the shop is set. The secret key is in the page only when `?secret=shown` asks for it."""
    shown = ask.request.query_params.get("secret") == "shown"
    context = {
        "snippet": snippet(ask),
        "write_key": ask.shop.keys.write,
        "secret_key": ask.shop.keys.secret if shown else None,
        "last": events.last_arrived(ask.conn),
        "zones_defined": ask.plan.zones,
    }
    tables = (_steps(counts), _settings(ask))
    return Page("settings.html", "Settings", "settings", tables, context)


def _steps(counts: Counts | None) -> Table:
    columns = (
        Column("step", "Step"),
        Column("events", "Let through", "number"),
        Column("dropped", "Dropped"),
        Column("ms", "Time, ms", "number"),
    )
    rows = [
        step | {"dropped": ", ".join(f"{reason}: {n}" for reason, n in step["dropped"].items()) or None}
        for step in (counts.listing() if counts else ())
    ]
    empty = Empty("The counts live in the server that takes events in, and this page was not opened through it.")
    return Table("intake", "Intake since the server started", columns, rows, empty)


def _settings(ask: Ask) -> Table:
    columns = (Column("setting", "Setting"), Column("value", "Value"))
    values = {
        field.name: getattr(chosen, field.name)
        for chosen in (ask.plan.settings, ask.plan.attribution)
        for field in msgspec.structs.fields(chosen)
    }
    rows = [{"setting": name.replace("_", " "), "value": _words(value)} for name, value in sorted(values.items())]
    return Table("rules", "Rules of the shop", columns, rows, Empty(""))


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
