"""The order book: record what events say, keep each order as it stands, answer questions about orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shopkeeper.orders import store
from shopkeeper.orders.read import Said
from shopkeeper.orders.rules import Order, Reading, derive
from shopkeeper.storage import Connection
from shopkeeper.storage.hours import disturb


class Changed(NamedTuple):
    """A moment in a person's life as a buyer that is not what it was."""

    person: str
    at: int
    order_id: str
    placed: bool
    """It was not there before."""


class Derived(NamedTuple):
    """What deriving some orders again has changed."""

    changed: set[Changed]
    orders: dict[str, tuple[str, Order]]
    """(person, order) by id: those that were derived, as they stand."""


def record(conn: Connection, said: Sequence[tuple[Said, str]], reading: Reading) -> Derived:
    """Record order events, each with the person it belongs to, and re-derive the orders they speak of."""
    since = store.confirmed_since(conn)
    store.add_said(conn, said)
    touched = {s.order_id for s, _ in said} | _claims_between(conn, since, store.confirmed_since(conn))
    return _derive(conn, sorted(touched), reading)


def rename_person(conn: Connection, old: str, new: str, device: str) -> None:
    """Everything recorded for `old`, whose only device is `device`, becomes `new`'s."""
    store.rename_person(conn, old, new, device)


def forget(conn: Connection, devices: Sequence[str], reading: Reading) -> Derived:
    """Drop what events on these devices said; the caller records them again from the log."""
    since = store.confirmed_since(conn)
    rows = store.said_on(conn, devices)
    for said, _ in rows:
        store.delete_said(conn, said)
    touched = {said.order_id for said, _ in rows} | _claims_between(conn, since, store.confirmed_since(conn))
    return _derive(conn, sorted(touched), reading)


def _claims_between(conn: Connection, one: int | None, other: int | None) -> set[str]:
    """Claimed orders that begin or cease to wait when the shop's first confirmed order moves in time."""
    if one == other:
        return set()
    start, end = sorted(1 << 62 if at is None else at for at in (one, other))
    return set(store.claimed_between(conn, start, end))


def _derive(conn: Connection, order_ids: Sequence[str], reading: Reading) -> Derived:
    said = store.said(conn, order_ids)
    before = store.heads(conn, order_ids)
    since = store.confirmed_since(conn)
    changed = {Changed(person, at, order_id, placed=False) for order_id, (person, at) in before.items()}
    now: list[tuple[Order, str]] = []
    for order_id in order_ids:
        spoken = said.get(order_id, [])
        order = derive([s for s, _ in spoken], since, reading)
        if order:
            person = next(p for s, p in spoken if s.event_id == order.event_id)
            now.append((order, person))
            changed.add(Changed(person, order.at, order_id, placed=order_id not in before))
    store.put(conn, now, before)
    disturb(conn, [change.at for change in changed])
    return Derived(changed, {order.order_id: (person, order) for order, person in now})


def get_order(conn: Connection, order_id: str) -> tuple[Order, str] | None:
    """The order and the person it belongs to."""
    return store.by_id(conn, order_id)


def person_orders(conn: Connection, person: str, start: int = 0, end: int = 1 << 62) -> list[Order]:
    """A person's orders placed in [start, end], in order, also those that do not count."""
    return store.of_person(conn, person, start, end)


def orders_of(conn: Connection, persons: Sequence[str], start: int, end: int) -> dict[str, list[Order]]:
    """Each person's orders placed in [start, end], in order, also those that do not count."""
    return store.of_persons(conn, persons, start, end)


def orders_at(
    conn: Connection, moments: Sequence[tuple[str, int]], known: Mapping[str, tuple[str, Order]]
) -> list[tuple[str, Order]]:
    """(person, order) of the orders placed by these people at these (person, at), also those that do not count.

    `known` are some as they stand, which need not be read.
    """
    ids = store.ids_of_moments(conn, moments)
    read = store.by_ids(conn, [order_id for order_id in ids if order_id not in known])
    return [known.get(order_id) or read[order_id] for order_id in ids]


def counting_heads(conn: Connection) -> list[tuple[str, str, int, bytes, str, int, int]]:
    """(order id, person, at, event id, currency, value, refunded) of every order that counts."""
    return store.counting_heads(conn)


def counting_lines(conn: Connection) -> list[tuple[str, int, str, str, int, int]]:
    """(order id, number, product, variant of, net, refunded) of every line of theirs that names a product."""
    return store.counting_lines(conn)


def placings(conn: Connection, persons: Sequence[str], until: int) -> dict[str, list[tuple[int, bytes]]]:
    """(at, event id) of each person's orders that count, up to `until`, in order."""
    return store.placings(conn, persons, until)


def next_placing(conn: Connection, person: str, after: int) -> int | None:
    """When a person's first order that counts after this moment was placed."""
    return store.next_placing(conn, person, after)


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


def placed_between(conn: Connection, start: int, end: int) -> list[tuple[Order, str]]:
    """Every order placed in [start, end) with its person, in order, also those that do not count."""
    return store.placed_between(conn, start, end)


def net_values(conn: Connection, currency: str, start: int, end: int) -> dict[str, int]:
    """Order -> net value, of the orders placed in [start, end) that count, in one currency."""
    return store.net_values(conn, currency, start, end)


def quantities(conn: Connection, order_ids: Sequence[str]) -> dict[tuple[str, int], float]:
    """(order, line) -> how many of its product were bought."""
    return store.quantities(conn, order_ids)


def best_selling(conn: Connection, since: int, until: int, limit: int = 1000) -> list[tuple[str, float]]:
    """(product, units sold) in [since, until), best first."""
    return store.selling(conn, since, until, limit)


def confirmed_since(conn: Connection) -> int | None:
    """When the shop's first server-confirmed order happened: from then on claims wait for confirmation."""
    return store.confirmed_since(conn)


def buyers(conn: Connection, start: int = 0, end: int = 1 << 62) -> list[str]:
    """Everybody with an order on record that was placed in [start, end)."""
    return store.buyers(conn, start, end)


def derive_all(conn: Connection, reading: Reading) -> Derived:
    """Derive every order again, after a setting or a rate changed what an order's value is."""
    return _derive(conn, store.all_ids(conn), reading)
