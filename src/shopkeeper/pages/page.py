"""A page: what a request asks with, what a page holds, and how it goes out as HTML, JSON or CSV."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

import jinja2
import msgspec
from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from shopkeeper import insights
from shopkeeper.campaigns import Plan
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import NotFound
from shopkeeper.pages.table import Table
from shopkeeper.pages.wording import Wording
from shopkeeper.stats import DEFINITIONS, Window, rolling
from shopkeeper.storage import Connection

SECTIONS = (
    ("", "Home"),
    ("campaigns", "Campaigns"),
    ("products", "Products"),
    ("segments", "Segments"),
    ("intent", "Intent"),
    ("people", "People"),
    ("reports", "Reports"),
    ("rejects", "Rejects"),
    ("settings", "Settings"),
)


class Ask(NamedTuple):
    """One request for a page, with the shop as of now."""

    request: Request
    shop: Shop
    conn: Connection
    plan: Plan
    now: int
    id: str = ""
    """The thing the address names."""

    @property
    def window(self) -> Window:
        return rolling(self.now)


class Page(NamedTuple):
    """A page's template with what it shows; its tables have .csv and .json twins."""

    template: str
    title: str
    section: str
    tables: tuple[Table, ...] = ()
    context: Mapping[str, Any] = MappingProxyType({})
    data: Any = None
    """What the .json twin says beside the tables."""


class File(NamedTuple):
    """A static file with a name that changes with its content."""

    body: bytes
    media_type: str
    tag: str


def _files() -> dict[str, File]:
    types = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    found = {}
    for entry in (resources.files("shopkeeper.pages") / "static").iterdir():
        body = entry.read_bytes()
        media_type = types[entry.name.rpartition(".")[2]]
        found[entry.name] = File(body, media_type, hashlib.sha256(body).hexdigest()[:12])
    return found


FILES = _files()
_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("shopkeeper.pages"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["part"] = lambda text: quote(str(text), safe=":@")
_templates.filters["coded"] = lambda text: re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
_json = msgspec.json.Encoder(enc_hook=str)


def html(request: Request, template: str, context: dict[str, Any], status: int = 200) -> HTMLResponse:
    """A rendered template. It may use `base` (the admin's address), `nonce`, `files` and the definitions."""
    text = _templates.get_template(template).render(
        base=request.scope.get("root_path", ""),
        nonce=request.state.nonce,
        files={name: f"{name}?v={file.tag}" for name, file in FILES.items()},
        definitions=DEFINITIONS | insights.DEFINITIONS,
        sections=SECTIONS,
        **context,
    )
    return HTMLResponse(text, status)


def answer(ask: Ask, page: Page, form: str) -> Response:
    """The page in the form asked for: `html`, `json`, or `csv` for its first table or the one `?table=` names."""
    wording = Wording(ask.plan)
    if form == "json":
        tables = {table.name: table.records(wording) for table in page.tables}
        body = _json.encode({"page": page.title, "data": page.data, "tables": tables})
        return Response(body, media_type="application/json")
    if form == "csv":
        return _csv(ask, page, wording)
    context = {
        "page": page,
        "tables": {table.name: table for table in page.tables},
        "wording": wording,
        "shop": ask.plan.shop,
        "window": ask.window,
        "now": ask.now,
        "here": ask.request.url.path,
        "query": ask.request.url.query,
        **page.context,
    }
    return html(ask.request, page.template, context)


def _csv(ask: Ask, page: Page, wording: Wording) -> Response:
    name = ask.request.query_params.get("table")
    table = next((table for table in page.tables if name in (None, table.name)), None)
    if table is None:
        raise NotFound("no_table", f"This page has no table {name!r}.")
    headers = {"Content-Disposition": f'attachment; filename="{quote(table.name, safe="")}.csv"'}
    return Response(table.csv(wording), media_type="text/csv; charset=utf-8", headers=headers)
