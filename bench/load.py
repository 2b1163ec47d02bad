"""The load, a process of its own: keeps connections busy, or sends at a given rate, and prints what it saw as JSON.

At a rate, latency counts from the moment a request was due, so that a server that stalls is not spared (no coordinated
omission).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import deque
from collections.abc import Iterator
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

from bench.bodies import BODIES


class Run:
    """One load: what is due, who is idle, how long each answer took."""

    def __init__(self, bodies: Iterator[bytes], seconds: float, rate: float) -> None:
        self.bodies = bodies
        self.seconds = seconds
        self.rate = rate
        self.idle: deque[Connection] = deque()
        self.due: deque[float] = deque()
        self.took: list[float] = []
        self.begun = self.ended = 0.0

    def ready(self, connection: Connection) -> None:
        """A connection has its answer: give it the next request."""
        now = perf_counter()
        if self.rate:
            since = self.due.popleft() if self.due else None
        else:
            since = now if now < self.begun + self.seconds else None
        request = next(self.bodies, None) if since else None
        if since and request:
            connection.ask(since, request)
        else:
            self.idle.append(connection)

    async def go(self) -> None:
        """Run for the given time or until there is nothing left to send; then wait for the answers still out."""
        self.begun = perf_counter()
        everybody = len(self.idle)
        if self.rate:
            await self._pace()
        else:
            for connection in [self.idle.popleft() for _ in range(everybody)]:
                self.ready(connection)
        while len(self.idle) < everybody:
            await asyncio.sleep(0.001)
        self.ended = perf_counter()

    async def _pace(self) -> None:
        sent = 0
        while (elapsed := perf_counter() - self.begun) < self.seconds:
            while sent < elapsed * self.rate:
                self.due.append(self.begun + sent / self.rate)
                sent += 1
            while self.due and self.idle:
                self.ready(self.idle.popleft())
            await asyncio.sleep(0.0005)


class Connection(asyncio.Protocol):
    """One keep-alive connection that has at most one request out."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.since = 0.0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own does not say that it is one
        self.run.idle.append(self)

    def ask(self, since: float, request: bytes) -> None:
        self.since = since
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, _, body = self.buffer.partition(b"\r\n\r\n")
        length = head.find(b"content-length: ")
        if length < 0 or len(body) < int(head[length + 16 :].partition(b"\r\n")[0]):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(self.buffer.decode())
        self.buffer = b""
        self.run.took.append(perf_counter() - self.since)
        self.run.ready(self)


async def measure(settings: dict[str, Any]) -> dict[str, float]:
    """Run a load and sum it up."""
    url = urlsplit(settings["url"])
    bodies = BODIES[settings["kind"]](settings["key"])
    run = Run(iter(bodies.make(settings["seconds"])), settings["seconds"], settings["rate"])
    loop = asyncio.get_running_loop()
    for _ in range(settings["connections"]):
        await loop.create_connection(lambda: Connection(run), url.hostname, url.port)
    await run.go()
    took = sorted(run.took)
    return {
        "requests": len(took),
        "events": len(took) * bodies.events,
        "seconds": run.ended - run.begun,
        "p50_ms": took[len(took) // 2] * 1e3,
        "p99_ms": took[len(took) * 99 // 100] * 1e3,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(json.loads(sys.argv[1])))))
