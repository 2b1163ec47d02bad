"""The routes that carry the load, as bare ASGI: intake, decide, and the no-op that benchmarks compare them with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec
from starlette.requests import ClientDisconnect

from shopkeeper.api.request import Headers, basic_key, client_address, sender_context, sender_flags, sender_known
from shopkeeper.api.tag import CROSS_ORIGIN, TagFiles
from shopkeeper.api.visitor import VisitorCookie
from shopkeeper.engine import decide
from shopkeeper.engine.intake import Answer, Intake, Request
from shopkeeper.events import MAX_BATCH, too_large, unpack
from shopkeeper.model.errors import BadInput, ShopkeeperError
from shopkeeper.timelines import LongTimelineError

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
RENDER, NOOP = "/v1/render", "/v1/noop"
DECIDING = ("/v1/decide", RENDER)
HOT = frozenset((*INTAKE, *DECIDING, NOOP))
BESIDE = {"b": "/v1/b", "d": "/v1/decide"}
"""What the tag asks for beside its own file -> the route."""
PREFLIGHT = [
    *CROSS_ORIGIN,
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"POST, OPTIONS"),
]
JSON = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *CROSS_ORIGIN]
_encode = msgspec.json.Encoder().encode
log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """A request of a hot route, whoever read it off the wire."""

    path: str
    query: bytes
    headers: Headers
    peer: str
    """The address at the other end of the connection."""
    body: bytes


Outcome = tuple[int, bytes, Sequence[str]]
"""Status, body, and the cookies to set."""
Reply = Callable[[Outcome], None]
"""Called once."""


class HotRoutes:
    """An ASGI application that answers the hot routes itself and hands everything else on.

    `OnePieceProtocol` reads most requests of hot routes off the wire and brings them to `answer` without a task and a
    conversation of events for each; what is out of the ordinary comes as ASGI, and so do tests.
    """

    def __init__(self, intake: Intake, rest: Callable[[Scope, Receive, Send], Any]) -> None:
        self.shop = intake.shop
        self.writer = intake.writer
        self.intake = intake
        self.rest = rest
        self.tag = TagFiles()
        self.threaded = self.shop.state.name != "sqlite"
        """A database across a socket is asked from a thread, so that the loop never waits for it."""
        self._apart = None if self.threaded else ThreadPoolExecutor(1, "decide")
        """Where visitors who did a great many things are decided about: one after another, as each takes a while."""

    def find(self, path: str) -> str | None:
        """The hot route of a path, or None."""
        if path in HOT:
            return path
        prefix = self.shop.plan.settings.tag_prefix + "/"
        return BESIDE.get(path.removeprefix(prefix)) if path.startswith(prefix) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        hot = self.find(path) if scope["type"] == "http" else None
        prefix = self.shop.plan.settings.tag_prefix + "/"
        if (
            hot is None
            and path.startswith(prefix)
            and (file := self.tag.find(path.removeprefix(prefix), _accepted(scope)))
        ):
            await _respond_file(send, scope["method"], path, file)
            return
        if hot is None:
            await self.rest(scope, receive, send)
            return
        method = scope["method"]
        if method == "OPTIONS":
            await respond(send, 204, b"", PREFLIGHT)
        elif method != "POST":
            status, body, _ = failure(hot, wrong_method(method, hot, "POST"))
            await respond(send, status, b"" if method == "HEAD" else body, [*JSON, (b"allow", b"POST, OPTIONS")])
        else:
            with suppress(ClientDisconnect):
                status, body, cookies = await self._answered(hot, scope, receive)
                await respond(send, status, body, [*JSON, *cookie_lines(cookies)])

    async def _answered(self, hot: str, scope: Scope, receive: Receive) -> Outcome:
        try:
            body = await read_body(receive)
        except BadInput as error:
            return failure(hot, error)
        replied: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        peer = (scope.get("client") or ("", 0))[0]
        asked = Asked(hot, scope["query_string"], dict(scope["headers"]), peer, body)
        self.answer(asked, lambda outcome: None if replied.done() else replied.set_result(outcome))
        return await replied

    def answer(self, asked: Asked, reply: Reply) -> None:
        """Answer a POST to a hot route on the running loop: at once, or when the disk has what it brought."""
        try:
            if asked.path == NOOP:
                self.shop.served += 1  # what is compared with it makes jobs rest too
                outcome: Outcome = (200, b'{"ok":true}', ())
            elif asked.path in DECIDING:
                if self.threaded:
                    self._decide_apart(asked, reply)
                    return
                try:
                    outcome = self._decide(asked, quickly=True)
                except LongTimelineError:
                    self._decide_apart(asked, reply)
                    return
            else:
                self._take_in(asked, reply)
                return
        except Exception as error:  # noqa: BLE001 - whatever it is becomes an answer
            outcome = failure(asked.path, error)
        reply(outcome)

    def _decide(self, asked: Asked, *, quickly: bool = False) -> Outcome:
        headers = asked.headers
        visitor = VisitorCookie(headers, self.shop.keys.secret)
        answer = decide.answer(
            self.shop,
            self.writer,
            decide.Caller(
                basic_key(headers),
                bool(self._flags(asked)),
                visitor.forged,
                visitor.keep if visitor.first_party else None,
                partial(sender_context, headers),
            ),
            unpack(asked.body, _encoding(headers)),
            explain=b"explain" in asked.query and _wants(asked.query, "explain"),
            served=asked.path == RENDER,
            quickly=quickly,
        )
        return 200, answer, visitor.set

    def _decide_apart(self, asked: Asked, reply: Reply) -> None:
        def told(deciding: asyncio.Future[Outcome]) -> None:
            error = deciding.exception()
            reply(failure(asked.path, error) if error else deciding.result())

        asyncio.get_running_loop().run_in_executor(self._apart, self._decide, asked).add_done_callback(told)

    def _take_in(self, asked: Asked, reply: Reply) -> None:
        call, known = INTAKE[asked.path], sender_known(asked.headers)
        request = Request(
            asked.body,
            bool(call),
            call,
            _encoding(asked.headers),
            basic_key(asked.headers),
            known.context,
            self._flags(asked),
            known.pages,
        )

        def told(outcome: Answer | BaseException) -> None:
            if isinstance(outcome, Answer):
                reply((*intake_answer(outcome, single=bool(call)), ()))
            else:
                reply(failure(asked.path, outcome))

        self.intake.take(request, told)

    def _flags(self, asked: Asked) -> int:
        address = client_address(asked.headers, asked.peer)
        return sender_flags(asked.headers, address, self.shop.plan.settings.staff_ips)


def failure(path: str, error: BaseException) -> Outcome:
    """What to answer when something went wrong; what nobody foresaw is logged."""
    if isinstance(error, ShopkeeperError):
        return error.status, error_body(error), ()
    log.error("%s failed", path, exc_info=error)
    return 500, b'{"code":"internal","message":"Something went wrong here; nothing was accepted."}', ()


def cookie_lines(cookies: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """The headers that set them."""
    return [(b"set-cookie", cookie.encode()) for cookie in cookies]


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


def _encoding(headers: Headers) -> str:
    encoded = headers.get(b"content-encoding")
    return encoded.decode("latin-1").strip().lower() if encoded else ""


def _wants(query: bytes, name: str) -> bool:
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get(name)
    return values is not None and values[0].lower() not in ("0", "false", "no")
