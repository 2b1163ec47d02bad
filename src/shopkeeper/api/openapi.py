"""The OpenAPI document of this API, built from the structs that are really used."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from shopkeeper import __version__
from shopkeeper.api.hot import INTAKE
from shopkeeper.engine.decide import Asked
from shopkeeper.engine.intake import Answer
from shopkeeper.events.wire import WireEvent
from shopkeeper.stats import CampaignRow, ClickTotal, CommunicationRow, SequenceRow

REF = "#/components/schemas/{name}"
KINDS = {
    "communications": CommunicationRow,
    "sequences": SequenceRow,
    "campaigns": CampaignRow,
    "click-total": ClickTotal,
}


class Error(msgspec.Struct):
    """Every error: a stable code, a message for people, and where and hint when there is something to say."""

    code: str
    message: str
    where: str = ""
    hint: str = ""


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    types = [WireEvent, Asked, Answer, Error, *KINDS.values()]
    (wire, asked, answer, error, *rows), components = msgspec.json.schema_components(types, ref_template=REF)
    paths: dict[str, Any] = {}
    for path, call in INTAKE.items():
        body = wire if call else _batch(wire)
        summary = f"Take in one {call} call" if call else "Take in a batch of calls"
        paths[path] = {"post": _operation(summary, body=body, answer=answer, error=error, key=False)}
    paths["/v1/decide"] = {"post": _decide(asked, error)}
    for (kind, _), row in zip(KINDS.items(), rows, strict=True):
        by = ["zone", "campaign", "communication", "site"]
        more = [_query("by", "what to sum by", {"type": "string", "enum": by})] if kind == "click-total" else []
        operation = _operation(f"The figures of {kind.replace('-', ' ')}", answer=_figures(row), error=error)
        operation["parameters"] = [
            _query("from", "ISO 8601, shop time without an offset; default: 30 x 24 h ago"),
            _query("until", "ISO 8601, exclusive; default: now"),
            *more,
        ]
        paths[f"/v1/stats/{kind}"] = {"get": operation}
    paths["/v1/orders/{order_id}/explain"] = {"get": _explain(error)}
    paths["/v1/intake"] = {"get": _operation("Steps of intake with counts and times", answer=_OBJECT, error=error)}
    paths["/v1/rejects"] = {"get": _operation("Kept rejects", answer=_OBJECT, error=error)}
    products = {"type": "array", "items": {"type": "object"}}
    paths["/v1/products"] = {"post": _operation("Add or replace products", body=products, answer=_OBJECT, error=error)}
    paths["/healthz"] = {"get": _operation("Whether the server can reach its state", answer=_OBJECT, error=error)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "shopkeeper", "version": __version__, "description": _ABOUT},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "basic", "description": _KEY}},
        },
    }


_ABOUT = "Events in Segment's shape, decisions for the zones of a page, and figures that explain themselves."
_KEY = "The key is the user name, the password stays empty. The write key may send events and ask for decisions."
_OBJECT = {"type": "object"}


def _batch(wire: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["batch"],
        "properties": {
            "batch": {"type": "array", "items": wire},
            "writeKey": {"type": "string"},
            "sentAt": {"type": "string"},
        },
    }


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["from", "until", "currency", "rows"],
        "properties": {
            "from": {"type": "string"},
            "until": {"type": "string"},
            "currency": {"type": "string"},
            "rows": {"type": "array", "items": row},
        },
    }


def _operation(
    summary: str, *, answer: dict[str, Any], error: dict[str, Any], body: dict[str, Any] | None = None, key: bool = True
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary + (" (secret key)" if key else ""),
        "responses": {"200": _json("Done", answer), "default": _json("An error", error)},
    }
    if body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _decide(asked: dict[str, Any], error: dict[str, Any]) -> dict[str, Any]:
    answer = {
        "type": "object",
        "required": ["decision_id", "zones", "errors", "ms"],
        "properties": {
            "decision_id": {"type": "string"},
            "zones": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
            "errors": {"type": "array", "items": {"type": "object"}},
            "ms": {"type": "number"},
            "explain": {"type": "object"},
        },
    }
    operation = _operation("Decide all zones of a page", body=asked, answer=answer, error=error, key=False)
    operation["parameters"] = [_query("explain", "1: add each candidate's test and reason (secret key)")]
    return operation


def _explain(error: dict[str, Any]) -> dict[str, Any]:
    operation = _operation("Why an order was credited as it was", answer=_OBJECT, error=error)
    operation["parameters"] = [{"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}]
    return operation


def _query(name: str, text: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": schema or {"type": "string"}}


def _json(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}
