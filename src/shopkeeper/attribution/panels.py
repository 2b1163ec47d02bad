"""The countable facts reports are made of: acts, people met, and the sums of both ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shopkeeper.attribution import store
from shopkeeper.attribution.rules.words import Credit, Interaction
from shopkeeper.attribution.seen import Earning, Seen
from shopkeeper.storage import Connection

MET = ("shown", "delivered")
"""The acts by which a person really met a communication: on a page, in their letter box."""


class Money(NamedTuple):
    """A sum of one ledger in one currency, minor units, net of refunds."""

    orders: int = 0
    value: int = 0
    lines: int = 0
    refunded: int = 0
    """Given back since; the gross value is the value and this."""


class Earned(NamedTuple):
    """An order whose credit a campaign holds; `value` in minor units, net of refunds."""

    order_id: str
    at: int
    person: str
    currency: str
    value: int
    communication: str


class Exposed(NamedTuple):
    """A person met a variant of a communication, or it was withheld from them."""

    communication: str
    variant: str
    withheld: bool
    person: str


def extent(conn: Connection) -> tuple[int, int] | None:
    """(first, last) time of any interaction, or None."""
    return store.extent(conn)


def reach(
    conn: Connection, communications: Sequence[str], start: int, end: int, acts: Sequence[str] = MET
) -> tuple[int, int]:
    """(sessions, people) that met at least one of these communications in [start, end), or to whom it was `withheld`."""
    return store.reach(conn, communications, start, end, acts)


def exposures(conn: Connection, communications: Sequence[str], start: int, end: int) -> list[Exposed]:
    """Who met which variant of these communications, or was held out of it, in [start, end); each once, in order."""
    return [Exposed(*row) for row in store.exposures(conn, communications, start, end)]


def order_credits(conn: Connection, start: int, end: int) -> dict[str, dict[str, Money]]:
    """Communication -> currency -> order credit for orders placed in [start, end)."""
    found: dict[str, dict[str, Money]] = {}
    for communication, currency, orders, value, refunded in store.order_credit_sums(conn, start, end):
        found.setdefault(communication, {})[currency] = Money(orders, value, 0, refunded)
    return found


def product_credits(conn: Connection, by: str, start: int, end: int) -> dict[str, dict[str, Money]]:
    """Key -> currency -> product credit for orders placed in [start, end).

    `by` is element (`communication/element`), communication, campaign, zone, or site (one key, the empty text).
    """
    found: dict[str, dict[str, Money]] = {}
    for key, currency, lines, orders, value, refunded in store.product_credit_sums(conn, by, start, end):
        found.setdefault(key, {})[currency] = Money(orders, value, lines, refunded)
    return found


def clicked_orders(conn: Connection, by: str, start: int, end: int) -> dict[str, list[str]]:
    """Key -> orders placed in [start, end) with a line credited to it; `by` as in `product_credits`."""
    found: dict[str, list[str]] = {}
    for key, order_id in store.product_credit_orders(conn, by, start, end):
        found.setdefault(key, []).append(order_id)
    return found


def credit_sums(conn: Connection, currency: str, start: int, end: int, step: int) -> list[tuple[int, int, int]]:
    """(start of the step, orders, value) of order credit for each step of `step` microseconds with any."""
    return store.credit_steps(conn, currency, start, end, step)


def credits_by_person(conn: Connection, currency: str, start: int, end: int) -> dict[str, tuple[int, int]]:
    """Person -> (orders, value) of order credit for orders placed in [start, end), in one currency."""
    return store.credits_by_person(conn, currency, start, end)


def top_orders(conn: Connection, campaign: str, start: int, end: int, limit: int = 20) -> list[Earned]:
    """The largest orders placed in [start, end) whose credit a campaign holds."""
    return [Earned(*row) for row in store.largest_credits(conn, campaign, start, end, limit)]


def winners(conn: Connection, order_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Order -> (campaign, communication) that holds its order credit; orders nobody earned are left out."""
    return store.winners(conn, order_ids)


def acts_between(conn: Connection, start: int, end: int, communications: Sequence[str] = ()) -> list[Seen]:
    """Acts upon communications (all, or those named) in [start, end), in order."""
    return store.acts_between(conn, start, end, communications)


def first_act(conn: Connection, communication: str, act: str, device: str, session: int) -> Seen | None:
    """The first such act of a session upon a communication."""
    return store.first_act(conn, communication, act, device, session)


def order_credit_places(conn: Connection, start: int, end: int, communications: Sequence[str] = ()) -> list[Earning]:
    """Order credit of orders placed in [start, end), by communication, zone, device class, variant and currency."""
    return store.order_credit_places(conn, start, end, communications)


def credits_between(conn: Connection, start: int, end: int) -> list[Credit]:
    """The entries of both ledgers for orders placed in [start, end); those of whole orders have line WHOLE_ORDER."""
    return store.credits_between(conn, start, end)


def earning_touches(conn: Connection, start: int, end: int) -> set[bytes]:
    """The clicks of [start, end) that earned a line of any later order."""
    return store.earning_touches(conn, start, end)


def interactions_between(
    conn: Connection, start: int, end: int, communications: Sequence[str], acts: Sequence[str]
) -> list[Interaction]:
    """Whole interactions of these acts with these communications in [start, end), in order."""
    return store.interactions_between(conn, start, end, communications, acts)


def touch(conn: Connection, credit: Credit) -> Interaction | None:
    """The interaction an entry was given for."""
    return store.interaction(conn, credit.communication, credit.touch_at, credit.touch_id)
