"""The document describes every route, and a fuzzer that believes it finds no fault."""

from __future__ import annotations

import copy
import re
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.routing import Route

from shopkeeper.api.hot import DECIDING, INTAKE, SHORT
from shopkeeper.api.openapi import document, operations
from shopkeeper.api.operation import SECRET, Operation
from shopkeeper.reports import LISTED
from tests.doors.conftest import Door
from tests.serving import Served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    negative_data_rejection,
]
TWINS = {"/v1/import", *(f"/v1/{short}" for short in SHORT), "/v1/b"}
"""Paths that are other names of the same routes."""


def fuzzed() -> dict[str, Any]:
    """The document without keys, which are always sent, and without twins."""
    described = copy.deepcopy(document())
    described["paths"] = {path: item for path, item in described["paths"].items() if path not in TWINS}
    for path in described["paths"].values():
        for operation in path.values():
            del operation["security"]
    return described


schema = schemathesis.openapi.from_dict(fuzzed())
schema.config.generation.update(modes=list(schemathesis.GenerationMode))
bounded = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schema.parametrize()
@bounded
def test_no_call_breaks_the_server_or_its_word(case, shared_server: Served):
    case.call_and_validate(base_url=shared_server.base, auth=(shared_server.keys.secret, ""), checks=CHECKS)


@schema.include(path=[operation.path for operation in operations() if operation.key != SECRET]).parametrize()
@bounded
def test_no_call_from_a_page_does_either(case, shared_server: Served):
    case.call_and_validate(base_url=shared_server.base, auth=(shared_server.keys.write, ""), checks=CHECKS)


def test_every_route_is_described(door: Door):
    served = {*INTAKE, *DECIDING, "/v1/noop", "/sk/t.js", "/v1/stats/summary"}
    served |= {f"/v1/stats/{name}{form}" for name in LISTED for form in ("", ".csv", ".parquet")}
    routes = [route for route in door.app.rest.routes if isinstance(route, Route)]
    served |= {re.sub(r":path\}", "}", route.path) for route in routes if route.path != "/v1/stats/{kind}"}
    assert served == set(document()["paths"])


def test_every_error_is_described_by_the_error_schema():
    for path in document()["paths"].values():
        for operation in path.values():
            bad = {status: said for status, said in operation["responses"].items() if status != "200"}
            assert {"405", "500"} <= bad.keys()
            assert all(s["content"]["application/json"]["schema"]["$ref"].endswith("/Error") for s in bad.values())


def test_operation_ids_are_unique():
    ids = [operation["operationId"] for path in document()["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids)) == len(list(operations()))


@pytest.mark.parametrize("operation", [o for o in operations() if o.key == SECRET], ids=lambda o: o.path)
@pytest.mark.parametrize(("key", "status"), [("", 401), ("nobody", 401), ("write", 403)])
def test_routes_for_servers_need_the_secret_key(shared_server: Served, operation: Operation, key: str, status: int):
    path = re.sub(r"\{\w+\}", "1001", operation.path)
    auth = (shared_server.key(key), "") if key else None
    answer = httpx.request(operation.method, shared_server.base + path, auth=auth)
    assert answer.status_code == status and {"code", "message", "hint"} <= answer.json().keys()
