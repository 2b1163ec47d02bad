"""Answers in one piece, and hot routes without ceremony.

uvicorn writes the head and the body of an answer apart, each a system call and a packet. Waking the client twice for a
small answer cost a fifth of a decision. Here what is written in one turn of the loop goes out together, the answers of all
connections after one another: a client or proxy that sleeps between two answers has to be woken for each, which cost as
much as deciding did.

Its ASGI costs a request a task, two events and a dozen objects, more than the whole of taking an event in. An ordinary
POST to a hot route is therefore answered from the parser's own callbacks; uvicorn goes on keeping the connections, their
order and their end, and to it such a request is a cycle like others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shopkeeper.api.hot import JSON, Asked, HotRoutes, Outcome, cookie_lines, failure
from shopkeeper.events import MAX_BATCH, too_large


class Outbox:
    """The connections of a server that hold something to be written, until its loop comes round."""

    def __init__(self) -> None:
        self._waiting: list[Gathering] = []

    def add(self, connection: Gathering, later: Callable[[Callable[[], None]], object]) -> None:
        if not self._waiting:
            later(self._send)
        self._waiting.append(connection)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.flush()


class Gathering:
    """A transport that holds what is written until the loop comes round; everything else is the transport's own."""

    __slots__ = ("_held", "_later", "_outbox", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, outbox: Outbox) -> None:
        self._transport = transport
        self._later = loop.call_soon
        self._outbox = outbox
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._held:
            self._outbox.add(self, self._later)
        self._held.append(data)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write what is held, unless nobody is there any more."""
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.write(held[0] if len(held) == 1 else b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Nobody:
    """Waits for no message."""

    def set(self) -> None:
        """Nobody is told."""


class Express:
    """A request that is answered without ASGI. uvicorn looks at it as at one of its cycles.

    It must not be part of a ring of objects: the collector would have to find every one of them, and stop everybody
    while it does.
    """

    __slots__ = ("disconnected", "keep_alive", "parts", "path", "response_complete", "size")

    message_event = _Nobody()

    def __init__(self, path: str) -> None:
        self.path, self.size, self.keep_alive = path, 0, True
        self.parts: list[bytes] = []
        self.disconnected = self.response_complete = False


class OnePieceProtocol(HttpToolsProtocol):
    """uvicorn's HTTP on httptools, over a gathering transport, with hot routes answered at once."""

    def __init__(self, outbox: Outbox, **rest: Any) -> None:
        super().__init__(**rest)
        self.outbox = outbox

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Gathering(transport, self.loop, self.outbox))  # type: ignore[arg-type]

    def on_headers_complete(self) -> None:
        path = self._express()
        if path is None:
            super().on_headers_complete()
        else:
            self.cycle = Express(path)  # type: ignore[assignment]

    def _express(self) -> str | None:
        """The hot route asked for, where nothing about the request is out of the ordinary."""
        before: Any = self.cycle  # None at first
        if (
            not isinstance(self.app, HotRoutes)
            or self.parser.get_method() != b"POST"
            or not (before is None or before.response_complete)
            or self.expect_100_continue
            or self.parser.get_http_version() != "1.1"
            or not self.parser.should_keep_alive()
            or self.parser.should_upgrade()
            or self.limit_concurrency is not None
        ):
            return None
        return self.app.find(self.url.decode("latin-1"))

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if not isinstance(cycle, Express):
            super().on_body(body)
        elif not cycle.response_complete:
            cycle.size += len(body)
            cycle.parts.append(body)
            if cycle.size > MAX_BATCH:
                self._reply(cycle, failure(cycle.path, too_large()))

    def on_message_complete(self) -> None:
        cycle = self.cycle
        if not isinstance(cycle, Express):
            super().on_message_complete()
        elif not cycle.response_complete:
            body = cycle.parts[0] if len(cycle.parts) == 1 else b"".join(cycle.parts)
            peer = self.client[0] if self.client else ""
            routes: Any = self.app
            routes.answer(Asked(cycle.path, b"", dict(self.headers), peer, body), partial(self._reply, cycle))

    def _reply(self, cycle: Express, outcome: Outcome) -> None:
        if cycle.disconnected:
            return
        status, body, cookies = outcome
        cycle.response_complete = True
        more = b"" if not cookies else b"".join(b"%s: %s\r\n" % line for line in cookie_lines(cookies))
        if not cycle.keep_alive:  # the server is about to stop
            more += b"connection: close\r\n"
        wire: Any = self.transport
        wire.write(b"%b%d\r\n%b\r\n%b" % (_head(status), len(body), more, body))
        if not cycle.keep_alive:
            wire.close()
        self.on_response_complete()


@cache
def _head(status: int) -> bytes:
    """The head of an answer as far as all of one status share it, up to the value of content-length."""
    return b"%b%bcontent-length: " % (STATUS_LINE[status], b"".join(b"%s: %s\r\n" % line for line in JSON))
