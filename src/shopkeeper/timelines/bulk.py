"""Everybody's facts for the bulk engine: the files, what is not in them yet, and what in them is no longer so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.timelines import store
from shopkeeper.timelines.columns import to_table
from shopkeeper.timelines.facts import COLUMNS


class Facts(NamedTuple):
    """Facts as SQL: `relation` stands after FROM, `tables` are the Arrow tables it names."""

    relation: str
    tables: Mapping[str, pa.Table]


class Corrections(NamedTuple):
    """What the files hold and is no longer so."""

    renamed: Sequence[tuple[int, int]]
    gone: Sequence[int]
    changed: Sequence[int]

    @property
    def amount(self) -> int:
        return len(self.renamed) + len(self.gone) + len(self.changed)


def everybody(conn: Connection) -> Facts:
    """All facts as `conn` sees them; `{history}` in the relation is put in by `History.query` of kind `facts`."""
    found, tables = _corrected(conn)
    waiting = store.bodies_since(conn, store.counter(conn, store.MOVED), store.EVERYTHING)
    if waiting:
        tables["facts_waiting"] = to_table(waiting)
        found = f"{found} UNION ALL SELECT who, {_LIST} FROM facts_waiting"
    return Facts(f"({found})", tables)


def tabled(columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """Columns as a table that a question may name."""
    return pa.table(dict(columns))


def marked(conn: Connection, chosen: Callable[[str], bool]) -> pa.Table:
    """The numbers (`who`) of the people that are chosen by name."""
    return pa.table({"who": pa.array([who for person, who in store.people(conn) if chosen(person)], pa.int64())})


def amounts(conn: Connection, by_person: Mapping[str, tuple[int, int]]) -> pa.Table:
    """(who, orders, value) of people's amounts, to be joined with what the bulk engine finds."""
    known = store.numbers(conn, sorted(by_person))
    rows = [(who, *by_person[person]) for person, who in known.items()]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table([pa.array(column, pa.int64()) for column in columns], names=["who", "orders", "value"])


def rewritten(conn: Connection, history: History, first: str, last: str) -> pa.Table:
    """The facts of some days' files as they are now."""
    found, tables = _corrected(conn, "f.seq, ")
    sql = f'SELECT * FROM ({found}) ORDER BY name, "at", event_id'
    return history.table(conn, sql, kind="facts", first_day=first, last_day=last, tables=tables)


def corrections(conn: Connection) -> Corrections:
    """What has changed since the files were written."""
    return Corrections(store.renamed(conn), store.gone(conn), store.changed(conn))


_LIST = ", ".join(f'"{name}"' for name in COLUMNS)


def _corrected(conn: Connection, more: str = "") -> tuple[str, dict[str, pa.Table]]:
    """The files as they should read; without corrections the plain scan, which filters reach."""
    wrong = corrections(conn)
    if not wrong.amount:
        return f"SELECT who, {more}{_LIST} FROM {{history}} AS f", {}
    tables = {
        "facts_renamed": pa.table(
            {"old": pa.array([r[0] for r in wrong.renamed], pa.int64()), "now": [r[1] for r in wrong.renamed]}
            if wrong.renamed
            else {"old": pa.array([], pa.int64()), "now": pa.array([], pa.int64())}
        ),
        "facts_gone": pa.table({"who": pa.array(wrong.gone, pa.int64())}),
        "facts_changed": pa.table({"seq": pa.array(wrong.changed, pa.int64())}),
    }
    sql = (
        f"SELECT COALESCE(r.now, f.who) AS who, {more}{_LIST} FROM {{history}} AS f "
        "LEFT JOIN facts_renamed AS r ON r.old = f.who "
        "LEFT JOIN facts_gone AS g ON g.who = COALESCE(r.now, f.who) "
        "LEFT JOIN facts_changed AS c ON c.seq = f.seq WHERE g.who IS NULL AND c.seq IS NULL"
    )
    return sql, tables
