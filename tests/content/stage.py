"""Communications as a merchant writes them, drawn for a visitor of whom something is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from shopkeeper.campaigns import read_file
from shopkeeper.content import Scene, Words, draw
from shopkeeper.model.definitions import Communication, Product
from shopkeeper.model.time import parse_local

BERLIN = ZoneInfo("Europe/Berlin")
NOON = parse_local("2026-12-01T12:00", BERLIN)


class Chosen(NamedTuple):
    """A product as a recommender hands it on."""

    product: Product
    strategy: str = "newest"
    reason: str = "New in the shop"


def file_with(communication: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A whole file around one communication."""
    zones = {"hero": {"kind": "block"}, "over": {"kind": "popup"}, "note": {"kind": "notification"}}
    zone = {"popup": "over", "notification": "note"}.get(communication.get("kind", "block"), "hero")
    said = {"kind": "block", "zone": zone} | communication
    shop = {"time_zone": "Europe/Berlin"}
    return {"shop": shop, "zones": zones, "campaigns": {"c": {"communications": {"x": said}}}} | more


def communication(said: dict[str, Any], **more: Any) -> Communication:
    """The communication as it is after the file was applied."""
    return read_file(file_with(said, **more)).campaigns["c"].communications["x"]


def scene(values: Mapping[str, Any] | None = None, cart: int = 0, language: str = "en", **more: Any) -> Scene:
    """The first of December at noon in Berlin."""
    at = more.pop("now", NOON)
    return Scene(Words(language), "EUR", BERLIN, at, values=lambda: values or {}, cart=lambda: cart, **more)


def drawn(said: dict[str, Any], at: Scene | None = None, **more: Any) -> str:
    """Its markup."""
    over = said.get("kind") in ("popup", "notification")
    return draw(communication(said, **more), at or scene(), over=over).html
