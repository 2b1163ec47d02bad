"""The order book: record what events say, keep each order as it stands, answer questions about orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shopkeeper.orders import store
from shopkeeper.orders.read import Said
from shopkeeper.orders.rules import Order, derive
from shopkeeper.storage import Connection
from shopkeeper.storage.hours import disturb


class Changed(NamedTuple):
    """A moment in a person's life as a buyer that is not what it was."""

    person: str
    at: int


def record(
    conn: Connection, said: Sequence[tuple[Said, str]], *, without_tax_and_shipping: bool = False
) -> set[Changed]:
    """Record order events, each with the person it belongs to, and re-derive the orders they speak of."""
    since = store.confirmed_since(conn)
    store.add_said(conn, said)
    touched = {s.order_id for s, _ in said} | _claims_between(conn, since, store.confirmed_since(conn))
    return _derive(conn, sorted(touched), without_tax_and_shipping)


def rename_person(conn: Connection, old: str, new: str, device: str) -> None:
    """Everything recorded for `old`, whose only device is `device`, becomes `new`'s."""
    store.rename_person(conn, old, new, device)


def forget(conn: Connection, devices: Sequence[str], *, without_tax_and_shipping: bool = False) -> set[Changed]:
    """Drop what events on these devices said; the caller records them again from the log."""
    since = store.confirmed_since(conn)
    rows = store.said_on(conn, devices)
    for said, _ in rows:
        store.delete_said(conn, said)
    touched = {said.order_id for said, _ in rows} | _claims_between(conn, since, store.confirmed_since(conn))
    return _derive(conn, sorted(touched), without_tax_and_shipping)


def _claims_between(conn: Connection, one: int | None, other: int | None) -> set[str]:
    """Claimed orders that begin or cease to wait when the shop's first confirmed order moves in time."""
    if one == other:
        return set()
    start, end = sorted(1 << 62 if at is None else at for at in (one, other))
    return set(store.claimed_between(conn, start, end))


def _derive(conn: Connection, order_ids: Sequence[str], without_tax_and_shipping: bool) -> set[Changed]:
    said = store.said(conn, order_ids)
    before = store.heads(conn, order_ids)
    since = store.confirmed_since(conn)
    changed = {Changed(person, at) for person, at in before.values()}
    now: list[tuple[Order, str]] = []
    for order_id in order_ids:
        spoken = said.get(order_id, [])
        order = derive([s for s, _ in spoken], since, without_tax_and_shipping)
        if order:
            person = next(p for s, p in spoken if s.event_id == order.event_id)
            now.append((order, person))
            changed.add(Changed(person, order.at))
    store.put(conn, now, before)
    disturb(conn, [change.at for change in changed])
    return changed


def get_order(conn: Connection, order_id: str) -> tuple[Order, str] | None:
    """The order and the person it belongs to."""
    return store.by_id(conn, order_id)


def person_orders(conn: Connection, person: str, start: int = 0, end: int = 1 << 62) -> list[Order]:
    """A person's orders placed in [start, end], in order, also those that do not count."""
    return store.of_person(conn, person, start, end)


def placings(conn: Connection, person: str, until: int) -> list[tuple[int, bytes]]:
    """(at, event id) of a person's orders that count, up to `until`, in order."""
    return store.placings(conn, person, until)


def person_totals(conn: Connection, person: str, currency: str) -> tuple[int, int, int | None, int | None]:
    """(orders that count, their net value in `currency`, first at, last at)."""
    return store.person_totals(conn, person, currency)


def counting_totals(conn: Connection, start: int, end: int) -> list[tuple[str, int, int, int, int]]:
    """Per currency in [start, end): (currency, orders, customers, net value, refunded) of orders that count."""
    return store.totals(conn, start, end)


def order_sums(conn: Connection, currency: str, start: int, end: int, step: int) -> list[tuple[int, int, int]]:
    """(start of the step, orders, net value) in [start, end) for each step of `step` microseconds with an order."""
    return store.sums(conn, currency, start, end, step)


def order_extent(conn: Connection) -> tuple[int, int] | None:
    """(first, last) time of any order on record, or None."""
    return store.extent(conn)


def best_selling(conn: Connection, since: int, until: int, limit: int = 1000) -> list[tuple[str, float]]:
    """(product, units sold) in [since, until), best first."""
    return store.selling(conn, since, until, limit)


def confirmed_since(conn: Connection) -> int | None:
    """When the shop's first server-confirmed order happened: from then on claims wait for confirmation."""
    return store.confirmed_since(conn)


def buyers(conn: Connection) -> list[str]:
    """Everybody with an order on record."""
    return store.buyers(conn)


def derive_all(conn: Connection, *, without_tax_and_shipping: bool = False) -> None:
    """Derive every order again, after a setting changed what an order's value is."""
    _derive(conn, store.all_ids(conn), without_tax_and_shipping)
