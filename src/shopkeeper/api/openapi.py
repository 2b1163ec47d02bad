"""The OpenAPI document of this API, built from the structs that are really used.

`OPERATIONS` is the one list of routes; docs/reference/api.md is written from the document it gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from shopkeeper import __version__
from shopkeeper.api import schemas
from shopkeeper.api.forms import FORMS
from shopkeeper.api.hot import INTAKE
from shopkeeper.api.intent_operations import INTENT_TYPES, intent_operations
from shopkeeper.api.operation import ANYONE, REF, SECRET, WRITE, Operation, ref
from shopkeeper.api.recommend import RECOMMEND_TOLD, recommend_operations
from shopkeeper.api.schemas import Schema
from shopkeeper.api.search_operations import SEARCH_TOLD, search_operations
from shopkeeper.api.segment_operations import TOLD, segment_operations
from shopkeeper.attribution import Previewed
from shopkeeper.engine.decide import Asked
from shopkeeper.engine.intake import Answer, Rejected
from shopkeeper.events.wire import WireEvent
from shopkeeper.reports import LISTED
from shopkeeper.stats import Difference


class Error(msgspec.Struct):
    """Every error: a stable code, a message for people, and where and hint when there is something to say."""

    code: str
    message: str
    where: str = ""
    hint: str = ""
    rejected: list[Rejected] = []
    """Calls of one event: the event that was refused and kept among the rejects."""


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    rows = [report.row for report in LISTED.values()]
    types = [WireEvent, Asked, Answer, Error, *TOLD, *SEARCH_TOLD, *INTENT_TYPES, *RECOMMEND_TOLD]
    types += [Previewed, *rows, Difference]
    _, components = msgspec.json.schema_components(types, ref_template=REF)
    paths: dict[str, Any] = {}
    for operation in operations():
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "shopkeeper", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "basic", "description": _KEY}},
        },
    }


_ABOUT = "Events in Segment's shape, decisions for the zones of a page, and figures that explain themselves."
_TAG = "The tag, for the shop's pages; `/sk` is the setting `tag_prefix`, under which `b` and `d` are `/v1/b` and `/v1/decide`"
_KEY = "The key is the user name, the password stays empty. The write key may send events and ask for decisions."


def operations() -> Iterator[Operation]:
    """Every method of every route."""
    intake = (400, 401, 413, 503)
    for path, call in INTAKE.items():
        summary = f"Take in one {call} call" if call else "Take in a batch of calls"
        body = ref("WireEvent") if call else schemas.BATCH
        yield Operation("post", path, summary, WRITE, ref("Answer"), intake, body)
    yield from _deciding()
    window = (
        schemas.query("from", "ISO 8601, shop time without an offset; default: 30 x 24 h ago"),
        schemas.query("until", "ISO 8601, exclusive; default: now"),
    )
    yield from _reports(window)
    yield from _attribution(window)
    order = schemas.in_path("order_id", "the order's id as it was sent")
    yield Operation(
        "get",
        "/v1/orders/{order_id}/explain",
        "Why an order was credited as it was",
        SECRET,
        schemas.EXPLANATION,
        (401, 403, 404, 503),
        None,
        (order,),
    )
    server = (401, 403, 503)
    steps = "The steps of intake with their counts, drops and times since the start"
    yield Operation("get", "/v1/intake", steps, SECRET, schemas.STEPS, server)
    rejects = "How many rejects are kept, by code, and the oldest 100 of them"
    yield Operation("get", "/v1/rejects", rejects, SECRET, schemas.REJECTS, server)
    products = "Add or replace products; those that cannot be used are named, the others stored"
    yield Operation("post", "/v1/products", products, SECRET, schemas.STORED, (400, *server, 413), schemas.PRODUCTS)
    changes = "Change some fields of products there are, such as price and stock; null takes a value away"
    yield Operation("patch", "/v1/products", changes, SECRET, schemas.STORED, (400, *server, 413), schemas.PRODUCTS)
    yield from search_operations()
    yield from recommend_operations()
    yield from segment_operations()
    yield from intent_operations()
    yield from _confirming()
    yield Operation("get", "/healthz", "Whether the server can reach its state", ANYONE, schemas.HEALTH, (503,))
    yield Operation("get", "/v1/openapi.json", "This document", ANYONE, {"type": "object"}, ())
    noop = "Nothing: what benchmarks compare the other routes with"
    yield Operation("post", "/v1/noop", noop, ANYONE, schemas.NOOP, (413,))
    yield Operation("get", "/sk/t.js", _TAG, ANYONE, {}, (), media="text/javascript")


def _deciding() -> Iterator[Operation]:
    """What to show."""
    explain = schemas.query("explain", "1: add each candidate's test and reason (secret key only)")
    yield Operation(
        "post",
        "/v1/decide",
        "Decide all zones of a page",
        WRITE,
        schemas.DECISION,
        (400, 401, 403, 413, 503),
        ref("Asked"),
        (explain,),
    )
    yield Operation(
        "post",
        "/v1/render",
        "Decide all zones of a page and give each as markup, for shops that put it into their pages themselves",
        WRITE,
        schemas.RENDERED,
        (400, 401, 403, 413, 503),
        ref("Asked"),
        (explain,),
    )


def _reports(window: tuple[Schema, ...]) -> Iterator[Operation]:
    errors = (400, 401, 403, 503)
    yield Operation(
        "get", "/v1/stats/summary", "Orders, customers and revenue", SECRET, schemas.SUMMARY, errors, None, window
    )
    for name, report in LISTED.items():
        choices = []
        for choice, values in report.choices.items():
            allowed = {"type": "string", "enum": list(values)} if values else schemas.TEXT
            default = f"default: {values[0]}" if values else "all when left out"
            choices.append(schemas.query(choice, default, allowed))
        answer = schemas.figures(ref(report.row.__name__), report.choices)
        summary = f"{report.title}: {report.about[0].lower()}{report.about[1:]}"
        missing = (404,) if any(not values for values in report.choices.values()) else ()
        yield Operation(
            "get", f"/v1/stats/{name}", summary, SECRET, answer, (*errors, *missing), None, (*window, *choices)
        )
        for form in ("csv", "parquet"):
            told = f"The same as {form.upper() if form == 'csv' else 'Parquet'}, money in decimals"
            yield Operation(
                "get",
                f"/v1/stats/{name}.{form}",
                told,
                SECRET,
                {},
                (*errors, *missing),
                None,
                (*window, *choices),
                FORMS[form],
            )
    audit = "Whether every rollup is what the rows say and both ledgers add up to the revenue, order by order"
    yield Operation("get", "/v1/audit", audit, SECRET, schemas.AUDIT, (401, 403, 503))


def _attribution(window: tuple[Schema, ...]) -> Iterator[Operation]:
    """How credit is reckoned, and how it would be."""
    errors = (400, 401, 403, 503)
    versions = "Every set of attribution rules the shop had, newest first"
    yield Operation("get", "/v1/attribution/rules", versions, SECRET, schemas.RULE_SETS, (401, 403, 503))
    preview = "Each communication under the rules in force and under those asked about; nothing is switched"
    asked = tuple(
        schemas.query(name, f"{meaning}; default: as in force", schema)
        for name, (meaning, schema) in schemas.RULES.items()
    )
    answer = schemas.reckoned(ref("Previewed"), asked=schemas.RULE_SET)
    yield Operation("get", "/v1/attribution/preview", preview, SECRET, answer, errors, None, (*window, *asked))


def _confirming() -> Iterator[Operation]:
    """E-mail addresses and their owners."""
    token = schemas.query("token", "that of the link")
    yield Operation(
        "get",
        "/v1/confirm",
        "A page that asks whether an address is the reader's",
        ANYONE,
        {},
        (400,),
        None,
        (token,),
        "text/html",
    )
    done = "The address of a link is confirmed"
    yield Operation("post", "/v1/confirm", done, ANYONE, {}, (400, 503), None, (token,), "text/html")
    listed = "The addresses that wait for their owners, newest first, with the link to send to each"
    yield Operation("get", "/v1/confirmations", listed, SECRET, schemas.WAITING, (401, 403, 503))


def _described(operation: Operation) -> dict[str, Any]:
    done = {"schema": operation.answer} if operation.answer else {}
    error: dict[str, Any] = {"application/json": {"schema": ref("Error")}}
    if operation.media == "text/html":
        error["text/html"] = {}  # people read these
    described: dict[str, Any] = {
        "summary": operation.summary,
        "description": f"Needs {operation.key}.",
        "operationId": re.sub(r"\W+", "_", f"{operation.method}{operation.path}").strip("_"),
        "parameters": list(operation.parameters),
        "responses": {
            "200": {"description": "Done", "content": {operation.media: done}},
            **{
                str(status): {"description": HTTPStatus(status).phrase, "content": error}
                for status in sorted({*operation.errors, 405, 500})
            },
        },
        # The key of events and decisions may stand in the body instead.
        "security": {ANYONE: [{}], WRITE: [{"key": []}, {}], SECRET: [{"key": []}]}[operation.key],
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body}}}
    return described
