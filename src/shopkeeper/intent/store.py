"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

import msgspec

from shopkeeper.intent.judge import Report
from shopkeeper.storage import Connection, Migration

MIGRATIONS = (
    Migration(
        "intent",
        1,
        (
            # One row a model; its columns lie in files. The current one is the one that questions are asked of.
            """CREATE TABLE intent_models (
                version BIGINT NOT NULL PRIMARY KEY, trained_at BIGINT NOT NULL, day BIGINT NOT NULL,
                customers BIGINT NOT NULL, products BIGINT NOT NULL, rows BIGINT NOT NULL, sets BIGINT NOT NULL,
                days BIGINT NOT NULL, learnt INTEGER NOT NULL, seconds DOUBLE PRECISION NOT NULL, report BLOB)""",
            # When training was begun by a server last: of many nodes one does it.
            "CREATE TABLE intent_turn (one INTEGER NOT NULL PRIMARY KEY, at BIGINT NOT NULL)",
            "CREATE TABLE intent_current (one INTEGER NOT NULL PRIMARY KEY, version BIGINT NOT NULL)",
        ),
    ),
)


class Trained(msgspec.Struct, frozen=True):
    """One model, without its columns."""

    version: int
    trained_at: int
    day: int
    """It knows everything before this day of shop time (counted from 1 January 1970)."""
    customers: int
    products: int
    rows: int
    """Purchases: one a customer, product and day."""
    sets: int
    """Random sets it learned from."""
    days: int
    """Days from the first purchase until then."""
    learnt: bool
    """False where there was too little data: then past purchases are counted."""
    seconds: float
    """Processor time it took."""
    report: Report | None


_COLUMNS = "version, trained_at, day, customers, products, rows, sets, days, learnt, seconds, report"
_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Report).decode


def add(conn: Connection, model: Trained) -> None:
    report = _encode(model.report) if model.report else None
    values = (
        *(getattr(model, name) for name in Trained.__struct_fields__[:8]),
        int(model.learnt),
        model.seconds,
        report,
    )
    conn.run("INSERT INTO intent_models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def switch(conn: Connection, version: int) -> None:
    """Make a version the one that is asked; an older one never takes the place of a newer."""
    conn.run(
        "INSERT INTO intent_current VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET version = excluded.version "
        "WHERE excluded.version > intent_current.version",
        (version,),
    )


def current(conn: Connection) -> int | None:
    row = conn.row("SELECT version FROM intent_current")
    return int(row[0]) if row else None


def model(conn: Connection, version: int) -> Trained | None:
    row = conn.row(f"SELECT {_COLUMNS} FROM intent_models WHERE version = ?", (version,))
    if row is None:
        return None
    *values, learnt, seconds, report = row
    return Trained(*values, bool(learnt), seconds, _decode(report) if report else None)


def versions(conn: Connection) -> list[int]:
    """All of them, the oldest first."""
    return [row[0] for row in conn.rows("SELECT version FROM intent_models ORDER BY version")]


def drop(conn: Connection, version: int) -> None:
    conn.run("DELETE FROM intent_models WHERE version = ?", (version,))


def claim(conn: Connection, now: int, unless_since: int) -> bool:
    """Take the turn to train; False where somebody took it after `unless_since`."""
    taken = conn.rows(
        "INSERT INTO intent_turn VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at "
        "WHERE intent_turn.at <= ? RETURNING at",
        (now, unless_since),
    )
    return bool(taken)
