"""Decisions for one zone as the server writes them for the tag, drawn by the server's own code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from shopkeeper.campaigns import Placed
from shopkeeper.campaigns.rules import hours
from shopkeeper.content import draw
from shopkeeper.decisions.draw import wires
from shopkeeper.model.definitions import Campaign, Product, Schedule
from shopkeeper.recommenders import Pick
from tests.content.stage import NOON, communication, scene


def answer(
    kind: str = "block",
    *,
    content: dict[str, Any] | None = None,
    products: Sequence[Product] = (),
    language: str = "en",
    cart: int = 0,
    over: str = "",
    settings: dict[str, Any] | None = None,
    now: int = NOON,
    **changes: Any,
) -> dict[str, Any]:
    """The communication `spring`, with some of it changed; `over` is the box a quiz is asked in."""
    plain = {"heading": "Spring tea", "text": "Fresh leaves", "button": "See", "href": "/tea"}
    said = {"kind": kind, "content": plain | (content or {})} | changes
    if kind == "recommender":
        said.setdefault("recommender", {})
    picks = [Pick(product, "newest", "New in the shop") for product in products]
    over = kind if kind in ("popup", "notification") else over
    made = communication(said, settings=settings or {})
    results = {id: picks for id, end in made.quiz.results.items() if end.recommender} if made.quiz else {}
    at = scene(cart=cart, language=language, offers=picks, results=results, now=now)
    placed = Placed("spring", "c", Campaign(), made, 3, hours(Schedule(), ZoneInfo("UTC")))
    _, markup = wires(placed, draw(made, at, over=bool(over)), picks, over)
    decoded: dict[str, Any] = msgspec.json.decode(markup)
    return decoded
