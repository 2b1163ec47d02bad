"""The routes that carry the load, as bare ASGI: intake, decide, and the no-op that benchmarks compare them with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import ClientDisconnect

from shopkeeper.api.request import basic_key, client_address, sender_context, sender_flags
from shopkeeper.api.tag import CROSS_ORIGIN, TagFiles
from shopkeeper.api.visitor import VisitorCookie
from shopkeeper.engine import decide
from shopkeeper.engine.intake import Answer, Intake, Request
from shopkeeper.events import MAX_BATCH, too_large, unpack
from shopkeeper.model.errors import BadInput, ShopkeeperError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SINGLE = {
    "track": "track",
    "page": "page",
    "identify": "identify",
    "alias": "alias",
    "screen": "screen",
    "group": "group",
}
SHORT = {"t": "track", "p": "page", "i": "identify", "a": "alias"}
INTAKE = {
    "/v1/batch": "",
    "/v1/b": "",
    "/v1/import": "",
    **{f"/v1/{route}": call for route, call in (SINGLE | SHORT).items()},
}
"""Path -> the call a single route stands for; empty for batches."""
DECIDING = ("/v1/decide", "/v1/render")
BESIDE = {"b": "/v1/b", "d": "/v1/decide"}
"""What the tag asks for beside its own file -> the route."""
CORS = CROSS_ORIGIN
PREFLIGHT = [
    *CORS,
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"POST, OPTIONS"),
]
JSON = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *CORS]
_encode = msgspec.json.Encoder().encode
log = logging.getLogger(__name__)


class HotRoutes:
    """An ASGI application that answers the hot routes itself and hands everything else on."""

    def __init__(self, intake: Intake, rest: Callable[[Scope, Receive, Send], Any]) -> None:
        self.shop = intake.shop
        self.writer = intake.writer
        self.intake = intake
        self.rest = rest
        self.tag = TagFiles()
        self.threaded = self.shop.state.name != "sqlite"
        """A database across a socket is asked from a thread, so that the loop never waits for it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        hot = path in INTAKE or path in DECIDING or path == "/v1/noop"
        cookies: list[str] = []
        if not hot and path.startswith(prefix := self.shop.plan.settings.tag_prefix + "/"):
            name = path.removeprefix(prefix)
            if name in BESIDE:
                hot, path = True, BESIDE[name]
            elif file := self.tag.find(name, _accepted(scope)):
                await _respond_file(send, scope["method"], path, file)
                return
        if scope["type"] != "http" or not hot:
            await self.rest(scope, receive, send)
            return
        try:
            status, body = await self._answer(path, scope, receive, cookies)
        except ClientDisconnect:
            return
        except ShopkeeperError as error:
            status, body = error.status, error_body(error)
        except Exception:
            log.exception("%s failed", path)
            status, body = 500, b'{"code":"internal","message":"Something went wrong here; nothing was accepted."}'
        headers = PREFLIGHT if status == 204 else JSON if status != 405 else [*JSON, (b"allow", b"POST, OPTIONS")]
        if cookies:
            headers = [*headers, *((b"set-cookie", cookie.encode()) for cookie in cookies)]
        await respond(send, status, b"" if scope["method"] == "HEAD" else body, headers)

    async def _answer(self, path: str, scope: Scope, receive: Receive, cookies: list[str]) -> tuple[int, bytes]:
        if scope["method"] == "OPTIONS":
            return 204, b""
        if scope["method"] != "POST":
            raise wrong_method(scope["method"], path, "POST")
        body = await read_body(receive)
        if path == "/v1/noop":
            self.shop.served += 1  # what is compared with it makes jobs rest too
            return 200, b'{"ok":true}'
        headers = dict(scope["headers"])
        encoded = headers.get(b"content-encoding")
        encoding = encoded.decode("latin-1").strip().lower() if encoded else ""
        address = client_address(headers, (scope.get("client") or ("", 0))[0])
        flags = sender_flags(headers, address, self.shop.plan.settings.staff_ips)
        if path in DECIDING:
            explain = b"explain" in scope["query_string"] and _wants(scope["query_string"], "explain")
            visitor = VisitorCookie(headers, self.shop.keys.secret)
            act = partial(
                decide.answer,
                self.shop,
                self.writer,
                decide.Caller(
                    basic_key(headers),
                    bool(flags),
                    visitor.forged,
                    visitor.keep if visitor.first_party else None,
                    partial(sender_context, headers),
                ),
                unpack(body, encoding),
                explain=explain,
                served=path == "/v1/render",
            )
            answer = await asyncio.to_thread(act) if self.threaded else act()
            cookies += visitor.set
            return 200, answer
        call = INTAKE[path]
        request = Request(
            body=body,
            single=bool(call),
            call=call,
            encoding=encoding,
            key=basic_key(headers),
            context=sender_context(headers),
            flags=flags,
        )
        outcome = await self.intake.receive(request)
        return intake_answer(outcome, single=bool(call))


def intake_answer(outcome: Answer, *, single: bool) -> tuple[int, bytes]:
    """Status and body: a batch is fine even when some of its events are not; a single bad event is a bad request."""
    if single and outcome.rejected:
        first = outcome.rejected[0]
        return 400, _encode({"code": first.code, "message": first.message, "rejected": outcome.rejected})
    return 200, _encode(outcome)


async def read_body(receive: Receive, limit: int = MAX_BATCH) -> bytes:
    """The whole body, refused as soon as it is longer than it may be. Raises ClientDisconnect when it never ends."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise too_large(limit)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def respond(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """Send a complete response."""
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": length + headers})
    await send({"type": "http.response.body", "body": body})


def error_body(error: ShopkeeperError) -> bytes:
    """The JSON of an error: code, message, and where and hint when there are any."""
    fields = {"code": error.code, "message": error.message, "where": error.where, "hint": error.hint}
    return _encode({name: text for name, text in fields.items() if text or name in ("code", "message")})


def wrong_method(method: str, path: str, allowed: str) -> ShopkeeperError:
    """The error for a method that means nothing at a path."""
    error = BadInput("method_not_allowed", f"{method} means nothing at {path[:200]}.", hint=f"Use {allowed}.")
    error.status = 405
    return error


async def _respond_file(send: Send, method: str, path: str, file: tuple[bytes, list[tuple[bytes, bytes]]]) -> None:
    body, headers = file
    if method in ("GET", "HEAD"):
        await respond(send, 200, b"" if method == "HEAD" else body, headers)
    else:
        error = wrong_method(method, path, "GET")
        await respond(send, error.status, error_body(error), [*JSON, (b"allow", b"GET, HEAD")])


def _accepted(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")


def _wants(query: bytes, name: str) -> bool:
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get(name)
    return values is not None and values[0].lower() not in ("0", "false", "no")
