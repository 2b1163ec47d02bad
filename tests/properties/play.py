"""Playing events into a real shop and looking at everything that is derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from shopkeeper import timelines
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import DERIVED, Shop
from shopkeeper.model.events import Event
from shopkeeper.storage import Connection

Tables = dict[str, list[tuple[Any, ...]]]


class _Undo(Exception):
    """Leaves a transaction without a trace."""


@contextmanager
def undone(shop: Shop) -> Iterator[Connection]:
    """A writing transaction that is rolled back: an empty shop again for the next try, in no time."""
    try:
        with shop.state.write() as conn:
            yield conn
            raise _Undo
    except _Undo:
        pass


def play(shop: Shop, batches: Iterable[Sequence[Event]]) -> Tables:
    """The derived tables after these batches arrived in an empty shop."""
    with undone(shop) as conn:
        for batch in batches:
            take_in(conn, shop.desk(), batch)
        return tables(conn)


def settle(shop: Shop, batches: Iterable[Sequence[Event]], tidy: Callable[[Shop], object]) -> Tables:
    """The derived tables after these batches were committed to an emptied shop, with `tidy` after each."""
    empty(shop)
    for batch in batches:
        with shop.state.write() as conn:
            take_in(conn, shop.desk(), batch)
        tidy(shop)
    with shop.state.read() as conn:
        return tables(conn)


def empty(shop: Shop) -> None:
    """Forget every event; definitions and products stay."""
    with shop.state.write() as conn:
        for table in (
            "events_log",
            "events_horizon",
            "events_stale",
            "storage_manifest",
            "attribution_ledger",
            *DERIVED,
        ):
            conn.run(f"DELETE FROM {table}")
        conn.changed(None)
    shop.history.sweep()


def tables(conn: Connection) -> Tables:
    """Every row of every derived table, sorted; timelines by person, as their numbers depend on who came first."""
    found = {
        table: sorted((tuple(map(_plain, row)) for row in conn.rows(f"SELECT * FROM {table}")), key=repr)
        for table in DERIVED
        if table not in timelines.DERIVED
    }
    people = sorted(row[0] for row in conn.rows("SELECT person FROM timelines_people"))
    found["timelines"] = [
        (person, *msgspec.structs.astuple(fact)) for person in people for fact in timelines.load(conn, person).facts
    ]
    found["timelines"].sort(key=repr)
    return found


def same(one: Tables, other: Tables) -> None:
    """Fail, naming the rows that only one of the two has, unless both are equal."""
    if one == other:
        return
    rows = [
        f"{mark} {table} {_readable(row)}"
        for table in one
        for mark, mine, theirs in (("-", one[table], other[table]), ("+", other[table], one[table]))
        for row in mine
        if row not in theirs
    ]
    pytest.fail("\n".join(rows), pytrace=False)


def one_by_one(events: Sequence[Event]) -> list[list[Event]]:
    """Each event in a batch of its own."""
    return [[event] for event in events]


def cut(events: Sequence[Event], sizes: Sequence[int]) -> list[Sequence[Event]]:
    """The events in batches of these sizes, the rest in one."""
    batches, start = [], 0
    for size in sizes:
        batches.append(events[start : start + size])
        start += size
    return [batch for batch in [*batches, events[start:]] if batch]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _readable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Documents unpacked, so that a failing test shows what differs."""
    decode: Callable[[bytes], Any] = msgspec.msgpack.decode
    return tuple(decode(v) if isinstance(v, bytes) and len(v) > 16 else v for v in row)
