"""What the quieter routes share: JSON answers, and who may ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import stats
from shopkeeper.api.hot import JSON, read_body
from shopkeeper.api.request import basic_key
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import BadInput, NotAllowed
from shopkeeper.model.time import LATEST, parse_local
from shopkeeper.stats import Window

_HEADERS = {name.decode(): value.decode() for name, value in JSON}


def answer(value: Any) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(value), headers=_HEADERS)


def server_only(shop: Shop, request: Request) -> None:
    """Raises NotAllowed unless the request carries the secret key."""
    if not shop.keys.server(basic_key(dict(request.scope["headers"]))):
        error = NotAllowed("secret_key_needed", "This needs the secret key.", hint="Ask from a server, not a page.")
        error.status = 403
        raise error


def window_of(shop: Shop, request: Request) -> Window:
    """The window asked for, in shop time where a time has no offset; the rolling 30 days by default."""
    window = stats.rolling(shop.now())
    parse: Callable[[str], int] = lambda text: parse_local(text, shop.plan.zone)  # noqa: E731
    try:
        start = parse(request.query_params["from"]) if "from" in request.query_params else window.start
        end = parse(request.query_params["until"]) if "until" in request.query_params else window.end
        if not (0 <= start < LATEST and 0 <= end < LATEST):
            raise ValueError("outside the years 1970 to 9999")
    except (ValueError, OverflowError):
        hint = "Use ISO 8601, such as 2026-03-01 or 2026-03-01T09:30:00Z."
        raise BadInput("bad_time", "from and until must be times between the years 1970 and 9999.", hint=hint) from None
    if end <= start:
        raise BadInput("bad_window", "until must lie after from.")
    return Window(start, end)


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
