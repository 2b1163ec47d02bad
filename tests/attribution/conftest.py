"""A little shop in a folder of its own, and events told as one would tell them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shopkeeper.campaigns import parse_file
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import Sender, read_event
from shopkeeper.events.wire import WireEvent
from shopkeeper.model.definitions import Product, ShopFile
from shopkeeper.model.time import DAY, HOUR, format_time, parse_time

NOW = parse_time("2026-03-01T12:00:00Z")
DEFINED = """
shop: {currency: EUR, time_zone: Europe/Amsterdam}
zones: {hero: {}, side: {}, corner: {kind: notification}}
campaigns:
  tea: {status: published, communications: {hero-tea: {kind: block, zone: hero, elements: {button: {products: [tea]}}}}}
  cup: {status: published, communications: {side-cup: {kind: block, zone: side, elements: {button: {products: [cup]}}}}}
  news: {status: published, communications: {note: {kind: notification, zone: corner}}}
"""


class Told:
    """A shop that is told what happened, hours before NOW."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.count = 0

    def say(self, name: str, hours: float, who: str = "ann", **properties: Any) -> None:
        """One event, sent by the shop's server."""
        self.count += 1
        body = {
            "type": "track",
            "event": name,
            "userId": who,
            "messageId": f"m{self.count}",
            "timestamp": format_time(NOW - round(hours * HOUR)),
            "properties": properties,
        }
        # Decoded past the limit of an event's bytes, for orders with very many lines.
        event = read_event(msgspec.convert(body, WireEvent), Sender(True, NOW, None, 0, {}, ""), "x")
        with self.shop.state.write() as conn:
            take_in(conn, self.shop.desk(), [event])

    def click(self, communication: str, hours: float, who: str = "ann") -> None:
        self.say("Communication Clicked", hours, who, communication_id=communication, element_id="button")

    def order(self, id: str, hours: float, *products: tuple[str, float], who: str = "ann", **more: Any) -> None:
        lines = [{"product_id": product, "price": price} for product, price in products]
        self.say("Order Completed", hours, who, order_id=id, products=lines, **more)

    def apply(self, **parts: Any) -> None:
        """Other definitions beside the campaigns, such as attribution={...}."""
        self.shop.apply(definitions(**parts))


def definitions(**parts: Any) -> ShopFile:
    return parse_file(DEFINED + "".join(f"{name}: {json.dumps(value)}\n" for name, value in parts.items()))


@pytest.fixture(params=["sqlite", "postgres"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Told]:
    """The shop on either database."""
    database = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    yield from _told(tmp_path, database)


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Told]:
    """The shop on SQLite only."""
    yield from _told(tmp_path, None)


def _told(folder: Path, database: str | None) -> Iterator[Told]:
    hands = [NOW - 100 * DAY]
    shop = Shop.open(folder / "shop", database, now=lambda: hands[0])
    shop.apply(definitions())
    shop.put_products([Product("tea", "Tea"), Product("cup", "Cup")])
    hands[0] = NOW
    yield Told(shop)
    shop.close()
