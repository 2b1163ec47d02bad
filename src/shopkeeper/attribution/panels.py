"""The countable facts reports are made of: acts, people met, and the sums of both ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shopkeeper.attribution import store
from shopkeeper.storage import Connection


class Acts(NamedTuple):
    """How often an act happened: sessions with at least one, and the raw number."""

    sessions: int = 0
    raw: int = 0


class Money(NamedTuple):
    """A sum of one ledger in one currency, minor units, net of refunds."""

    orders: int = 0
    value: int = 0
    lines: int = 0


class Earned(NamedTuple):
    """An order whose credit a campaign holds; `value` in minor units, net of refunds."""

    order_id: str
    at: int
    person: str
    currency: str
    value: int
    communication: str


def extent(conn: Connection) -> tuple[int, int] | None:
    """(first, last) time of any interaction, or None."""
    return store.extent(conn)


def acts(conn: Connection, start: int, end: int) -> dict[str, dict[str, Acts]]:
    """Communication -> act -> counts of what happened in [start, end)."""
    found: dict[str, dict[str, Acts]] = {}
    for communication, act, sessions, raw in store.act_counts(conn, start, end):
        found.setdefault(communication, {})[act] = Acts(sessions, raw)
    return found


def reach(conn: Connection, communications: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """(sessions, people) that met at least one of these communications in [start, end)."""
    return store.reach(conn, communications, start, end)


def order_credits(conn: Connection, start: int, end: int) -> dict[str, dict[str, Money]]:
    """Communication -> currency -> order credit for orders placed in [start, end)."""
    found: dict[str, dict[str, Money]] = {}
    for communication, currency, orders, value in store.order_credit_sums(conn, start, end):
        found.setdefault(communication, {})[currency] = Money(orders, value)
    return found


def product_credits(conn: Connection, by: str, start: int, end: int) -> dict[str, dict[str, Money]]:
    """Key -> currency -> product credit for orders placed in [start, end).

    `by` is campaign, communication, zone, or site (one key, the empty text).
    """
    found: dict[str, dict[str, Money]] = {}
    for key, currency, lines, orders, value in store.product_credit_sums(conn, by, start, end):
        found.setdefault(key, {})[currency] = Money(orders, value, lines)
    return found


def credit_sums(conn: Connection, currency: str, start: int, end: int, step: int) -> list[tuple[int, int, int]]:
    """(start of the step, orders, value) of order credit for each step of `step` microseconds with any."""
    return store.credit_steps(conn, currency, start, end, step)


def top_orders(conn: Connection, campaign: str, start: int, end: int, limit: int = 20) -> list[Earned]:
    """The largest orders placed in [start, end) whose credit a campaign holds."""
    return [Earned(*row) for row in store.largest_credits(conn, campaign, start, end, limit)]


def winners(conn: Connection, order_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Order -> (campaign, communication) that holds its order credit; orders nobody earned are left out."""
    return store.winners(conn, order_ids)
