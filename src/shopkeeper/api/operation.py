"""One route as the OpenAPI document describes it."""

from __future__ import annotations

from typing import NamedTuple

from shopkeeper.api.schemas import Schema

REF = "#/components/schemas/{name}"
ANYONE, WRITE, SECRET = "no key", "write or secret key", "secret key"


class Operation(NamedTuple):
    """One method of one route, and all a caller must know of it."""

    method: str
    path: str
    summary: str
    key: str
    answer: Schema
    errors: tuple[int, ...]
    """Statuses of the errors it may answer with, beside 405 and 500, which all may."""
    body: Schema | None = None
    parameters: tuple[Schema, ...] = ()
    media: str = "application/json"


def ref(name: str) -> Schema:
    """A schema of the document's components."""
    return {"$ref": REF.format(name=name)}
