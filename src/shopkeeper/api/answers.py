"""What the quieter routes share: answering in JSON, asking for the secret key, reading parameters and bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper.api.hot import JSON, read_body
from shopkeeper.api.request import basic_key
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import BadInput, NotAllowed
from shopkeeper.model.time import LATEST, parse_local
from shopkeeper.stats import Window, rolling

_HEADERS = {name.decode(): value.decode() for name, value in JSON}


def answer(value: Any) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(value), headers=_HEADERS)


def server_only(shop: Shop, request: Request) -> None:
    """Raise NotAllowed for a request without the secret key."""
    if not shop.keys.server(basic_key(dict(request.scope["headers"]))):
        error = NotAllowed("secret_key_needed", "This needs the secret key.", hint="Ask from a server, not a page.")
        error.status = 403
        raise error


def window_of(shop: Shop, params: Mapping[str, str]) -> Window:
    """The window asked for, in shop time where a time has no offset; the rolling 30 days by default."""
    window = rolling(shop.now())
    start = moment_of(shop, params, "from", window.start)
    end = moment_of(shop, params, "until", window.end)
    if end <= start:
        raise BadInput("bad_window", "until must lie after from.")
    return Window(start, end)


def moment_of(shop: Shop, params: Mapping[str, str], name: str, default: int) -> int:
    """A time in the query, in shop time where it has no offset."""
    try:
        at = parse_local(params[name], shop.plan.zone) if name in params else default
        if not 0 <= at < LATEST:
            raise ValueError("outside the years 1970 to 9999")
    except (ValueError, OverflowError):
        hint = "Use ISO 8601, such as 2026-03-01 or 2026-03-01T09:30:00Z."
        message = f"{name} must be a time between the years 1970 and 9999."
        raise BadInput("bad_time", message, where=name, hint=hint) from None
    return at


def number_of(params: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number in the query."""
    text = params.get(name, str(default))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not least <= number <= most:
        message = f"{name} must be a whole number from {least} to {most}."
        raise BadInput("bad_parameter", message, where=name, hint=f"Leave it out for {default}.")
    return number


async def body_of(request: Request, limit: int) -> Any:
    """The JSON of a request's body."""
    body = await read_body(request.receive, limit)
    try:
        found = msgspec.json.decode(body)
        msgspec.json.encode(found)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadInput("malformed", f"The body must be JSON: {error}", hint="See /v1/openapi.json.") from None
    if b"\\u0000" in body:
        raise BadInput("nul_character", "Text may not hold the NUL character.")
    return found
