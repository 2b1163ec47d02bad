"""What the quieter routes share: JSON answers, and who may ask."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper.api.hot import JSON
from shopkeeper.api.request import basic_key
from shopkeeper.engine.shop import Shop
from shopkeeper.model.errors import NotAllowed

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
