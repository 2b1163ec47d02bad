"""What a check looks at and what it answers."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from shopkeeper import decisions, events, orders
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.events import Event
from shopkeeper.orders import Order
from shopkeeper.stats import Window
from shopkeeper.storage import Connection

LATEST_EVENTS = 20_000
"""Checks of single events look at the latest ones only: what is wrong now is in them."""


class Found(NamedTuple):
    """How often a check found its fault, of how many things it looked at, and one of them."""

    times: int
    of: int
    example: str = ""


class Case:
    """The data of one shop over one window; each part is fetched when a check first asks for it."""

    def __init__(self, conn: Connection, plan: Plan, catalogue: Catalogue, window: Window) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.window = window
        self._conn = conn

    @cached_property
    def events(self) -> list[Event]:
        """The latest counted events of the window, in the order they happened."""
        latest = events.latest(self._conn, LATEST_EVENTS)
        inside = [e for e in latest if e.counted and self.window.start <= e.occurred_at < self.window.end]
        return sorted(inside, key=lambda e: e.order)

    @cached_property
    def by_device(self) -> dict[str, list[Event]]:
        """The same events by device, in order."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.device, []).append(event)
        return found

    @cached_property
    def orders(self) -> list[Order]:
        """The orders placed in the window that were not sent by bots or staff."""
        return [order for order, _ in orders.placed_between(self._conn, *self.window) if order.counted]

    def decisions_of(self, device: str) -> set[str]:
        """The ids of the decisions on record for a device, in hexadecimal."""
        return {logged.decision_id.hex() for logged in decisions.decisions_of(self._conn, [device], 1_000)}


def tell(found: list[str], of: int) -> Found:
    """The finding over a list of what was found, in words; the last of them is the example, as it is the freshest."""
    return Found(len(found), of, found[-1] if found else "")
