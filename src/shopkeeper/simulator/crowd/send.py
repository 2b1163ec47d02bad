"""How the crowd reaches the server: events and decisions over HTTP, counted and timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from shopkeeper.model.errors import Unavailable
from shopkeeper.model.time import format_time
from shopkeeper.simulator.crowd.people import Device
from shopkeeper.simulator.crowd.steps import Answer, Page
from shopkeeper.simulator.http import Answer as HttpAnswer
from shopkeeper.simulator.http import Client, NoAnswer

_BATCH = 200
_PARALLEL = 4
_PAUSES_S = (0, 0.1, 0.4, 1)
_REFUSALS_KEPT = 5

Progress = Callable[[int, int], None]
"""Called with events delivered and events there are."""


@contextmanager
def alone() -> Iterator[None]:
    """The first failure of a task group as itself: one cause is enough for a person to act on."""
    try:
        yield
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


class Sender:
    """Posts to one server with both keys. `refusals` keeps the first few answers to events that were not taken."""

    def __init__(self, base_url: str, write_key: str, secret_key: str) -> None:
        self._client = Client(base_url, connections=64)
        self._write_key, self._secret_key = write_key, secret_key
        self.events = 0
        self.refused = 0
        self.refusals: list[str] = []
        self.decide_ms: list[float] = []

    async def import_events(self, events: Sequence[dict[str, Any]], on_progress: Progress | None = None) -> None:
        """Deliver a history, as a server that hands over its past would. Raises Unavailable."""
        batches = iter([events[start : start + _BATCH] for start in range(0, len(events), _BATCH)])

        async def work() -> None:
            for batch in batches:
                await self.from_server(batch)
                if on_progress:
                    on_progress(self.events, len(events))

        with alone():
            async with asyncio.TaskGroup() as group:
                for _ in range(_PARALLEL):
                    group.create_task(work())

    async def from_server(self, events: Sequence[dict[str, Any]]) -> None:
        """Events with the secret key. Raises Unavailable when the server does not take them after some tries."""
        body = msgspec.json.encode({"batch": events})
        await self._send("/v1/batch", body, len(events), key=self._secret_key)

    async def from_browser(self, device: Device, events: Sequence[dict[str, Any]], now: int) -> None:
        """Events as the tag sends them. Raises Unavailable likewise."""
        body = msgspec.json.encode({"batch": events, "writeKey": self._write_key, "sentAt": format_time(now)})
        await self._send("/v1/b", body, len(events), user_agent=device.user_agent)

    async def decide(self, device: Device, page: Page, url: str, identity: dict[str, str]) -> dict[str, Answer]:
        """What the server shows on a page; its latency is measured from the first byte sent. Raises Unavailable."""
        about = {"type": page.type, "url": url, "title": page.title}
        about |= {name: value for name, value in (("product", page.product), ("category", page.category)) if value}
        ask = {"writeKey": self._write_key, "zones": page.zones, "overlays": True, "page": about, **identity}
        started = time.perf_counter()
        answer = await self._post("/v1/decide", msgspec.json.encode(ask), user_agent=device.user_agent)
        self.decide_ms.append((time.perf_counter() - started) * 1000)
        said = answer.json()
        return {zone: _answer(said, zone, found) for zone, found in said["zones"].items() if found}

    async def close(self) -> None:
        await self._client.close()

    async def _send(self, path: str, body: bytes, count: int, *, key: str = "", user_agent: str = "") -> None:
        said = (await self._post(path, body, key=key, user_agent=user_agent)).json()
        rejected = said.get("rejected", [])
        self.events += count - len(rejected)
        self.refused += len(rejected)
        for one in rejected[: _REFUSALS_KEPT - len(self.refusals)]:
            self.refusals.append(f"{one.get('code')}: {one.get('message')}")

    async def _post(self, path: str, body: bytes, *, key: str = "", user_agent: str = "") -> HttpAnswer:
        problem = ""
        for pause_s in _PAUSES_S:
            await asyncio.sleep(pause_s)
            try:
                answer = await self._client.post(path, body, key=key, user_agent=user_agent)
            except NoAnswer as failure:
                problem = str(failure)
            else:
                if answer.status == 200:
                    return answer
                problem = f"{path} answered {answer.status}: {answer.body[:200].decode(errors='replace')}"
                if answer.status < 500 and answer.status != 429:
                    break
        raise Unavailable("crowd_not_served", problem, hint="Is the server running, and are the keys its own?")


def _answer(said: dict[str, Any], zone: str, found: dict[str, Any]) -> Answer:
    products = tuple((each["id"], each.get("strategy", "")) for each in found.get("products") or ())
    return Answer(
        found["communication"], found["kind"], zone, found.get("version"), said.get("decision_id", ""), products
    )
