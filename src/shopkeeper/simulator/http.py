"""A small HTTP client: JSON over kept-alive connections, lean enough that what it measures is the server."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit

import msgspec


class NoAnswer(Exception):
    """The server could not be reached, or closed the connection, or spoke no HTTP."""


class Answer(msgspec.Struct, frozen=True):
    """Status and raw body."""

    status: int
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            raise NoAnswer(f"the server answered {self.status} with what is not JSON") from None


class Client:
    """Posts JSON to one server. At most `connections` requests are under way at a time; the others wait."""

    def __init__(self, base_url: str, *, connections: int = 8, timeout_s: float = 15) -> None:
        parts = urlsplit(base_url)
        self._host, self._tls = parts.hostname or "127.0.0.1", parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._prefix = parts.path.rstrip("/")
        self._name = parts.netloc
        self._timeout_s = timeout_s
        self._free = asyncio.Semaphore(connections)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, body: bytes, *, key: str = "", user_agent: str = "", ip: str = "") -> Answer:
        """The answer to a POST of JSON, authorised by `key` when given. Raises NoAnswer."""
        head = f"POST {self._prefix}{path} HTTP/1.1\r\nHost: {self._name}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n"
        if key:
            head += f"Authorization: Basic {b64encode(f'{key}:'.encode()).decode()}\r\n"
        if user_agent:
            head += f"User-Agent: {user_agent}\r\n"
        if ip:
            head += f"X-Forwarded-For: {ip}\r\n"
        async with self._free:
            return await self._exchange(f"{head}\r\n".encode() + body)

    async def _exchange(self, request: bytes) -> Answer:
        """One request; a kept connection that the server has closed meanwhile is replaced."""
        while True:
            kept = bool(self._idle)
            try:
                pair = self._idle.pop() if kept else await self._connect()
            except OSError as problem:
                raise NoAnswer(f"{self._name} cannot be reached: {problem}") from problem
            try:
                async with asyncio.timeout(self._timeout_s):
                    pair[1].write(request)
                    answer, reusable = await _read(pair[0])
            except (OSError, EOFError, ValueError) as problem:
                pair[1].close()
                if kept and isinstance(problem, ConnectionError | EOFError):
                    continue
                raise NoAnswer(f"no answer from {self._name}: {type(problem).__name__} {problem}") from problem
            if reusable:
                self._idle.append(pair)
            else:
                pair[1].close()
            return answer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port, ssl=self._tls or None)

    async def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()
        await asyncio.sleep(0)


async def _read(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    """An answer with a known length, or in chunks; and whether the connection may be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ")[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(status, body), headers.get("connection", "").lower() != "close"
