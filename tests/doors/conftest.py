"""The whole API of one shop in this process, asked over ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shopkeeper.api import build_app
from shopkeeper.campaigns import parse_file
from shopkeeper.engine.intake import Intake
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Writer
from shopkeeper.events import list_rejects, stream
from shopkeeper.model.events import Event
from tests.serving import SHOP_YAML


class Door:
    """An open shop and a client of its API."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.writer = Writer(shop)
        self.app: Any = build_app(Intake(shop, self.writer))

    def key(self, name: str) -> str:
        """The shop's write or secret key, or the key given."""
        return {"write": self.shop.keys.write, "secret": self.shop.keys.secret}.get(name, name)

    def post(self, path: str, body: Any, key: str = "write", **headers: str) -> httpx.Response:
        """Send a body, as JSON unless it is bytes."""
        said = {"content": body} if isinstance(body, bytes) else {"json": body}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, key, headers=names, **said)

    def get(self, path: str, key: str = "secret") -> httpx.Response:
        return self.ask("GET", path, key)

    def ask(self, method: str, path: str, key: str = "write", **options: Any) -> httpx.Response:
        """Any request; without an Authorization header when the key is empty."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
                return await client.request(method, path, auth=(self.key(key), "") if key else None, **options)

        return asyncio.run(asked())

    def rejected(self, event: Any, key: str = "write") -> str:
        """Send a batch of a good event and this one; the code it was refused with, after seeing that it was kept."""
        good = {"type": "track", "event": "Good", "anonymousId": "ann"}
        body = self.post("/v1/batch", {"batch": [good, event]}, key).json()
        assert body["accepted"] == 1 and [r["index"] for r in body["rejected"]] == [1]
        assert body["rejected"][0]["message"]
        with self.shop.state.read() as conn:
            kept = list_rejects(conn)
        assert kept[-1].code == body["rejected"][0]["code"]
        return kept[-1].code

    def events(self) -> list[Event]:
        """All events taken in, in their order."""
        with self.shop.state.read() as conn:
            return [event for batch in stream(conn, self.shop.history, 1000) for event in batch]


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    """The API of a new shop, once on each database."""
    shop = Shop.open(tmp_path / "shop", database_url if database_url.startswith("postgres") else None)
    shop.apply(parse_file(SHOP_YAML))
    opened = Door(shop)
    yield opened
    opened.writer.close()
    shop.close()
