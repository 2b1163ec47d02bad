"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from shopkeeper.forecasts.judge import Report
from shopkeeper.outlook.customers import Judged
from shopkeeper.storage import Connection, Migration, marks, parts

MIGRATIONS = (
    Migration(
        "intent",
        1,
        (
            # One row a model; its columns lie in files. The current one is the one that questions are asked of.
            """CREATE TABLE intent_models (
                version BIGINT NOT NULL PRIMARY KEY, trained_at BIGINT NOT NULL, day BIGINT NOT NULL,
                customers BIGINT NOT NULL, visitors BIGINT NOT NULL, silent BIGINT NOT NULL, products BIGINT NOT NULL,
                rows BIGINT NOT NULL, sets BIGINT NOT NULL, days BIGINT NOT NULL, learnt INTEGER NOT NULL, seconds DOUBLE PRECISION NOT NULL, report BLOB,
                foretold BLOB, laid_at BIGINT NOT NULL, laid_seconds DOUBLE PRECISION NOT NULL, seen BIGINT NOT NULL,
                catalogue BIGINT NOT NULL)""",
            # When training (1) and renewal (2) were begun by a server last: of many nodes one does it. And when somebody
            # asked for a renewal last (3).
            "CREATE TABLE intent_turn (one INTEGER NOT NULL PRIMARY KEY, at BIGINT NOT NULL)",
            # Interests that are followed, and who is or was inside: since when, and whether they still are.
            "CREATE TABLE intent_interests (name TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL)",
            """CREATE TABLE intent_members (
                name TEXT NOT NULL, person TEXT NOT NULL, since BIGINT NOT NULL, inside INTEGER NOT NULL,
                PRIMARY KEY (name, person)) WITHOUT ROWID""",
            "CREATE INDEX intent_members_person ON intent_members (person)",
            "CREATE TABLE intent_current (one INTEGER NOT NULL PRIMARY KEY, version BIGINT NOT NULL)",
        ),
    ),
)


Cut = Literal["top", "share", "over"]
Subject = Literal["set", "churn", "value", "next-order"]


class Interest(msgspec.Struct, frozen=True):
    """A named set, and who of the ranking is meant."""

    name: str
    set: dict[str, Any]
    """A set of products as data; its words and tests are looked up anew at each training and renewal. Empty where people are not
    ranked by one.
    """
    cut: Cut
    """`top`: the first so many; `share`: the first share of all customers; `over`: all whose chance is at least that."""
    amount: float
    horizon: int = 28
    of: Subject = "set"
    """What people are ranked by: interest in the set; their risk of churn; expected spending; or the next order, the
    soonest first, where `over` means within so many days.
    """
    size: int = 0
    """People inside since the last training or renewal."""


class Trained(msgspec.Struct, frozen=True):
    """One model, without its columns."""

    version: int
    trained_at: int
    day: int
    """It knows everything before this day of shop time (counted from 1 January 1970)."""
    customers: int
    """Who bought."""
    visitors: int
    """Identified customers who never bought: they are ranked while they looked at or searched for something lately."""
    silent: int
    """Identified customers of whom nothing is known: they are not ranked."""
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
    foretold: Judged | None = None
    """How well customers' next orders, spending and staying were foretold; None where the past is too short."""
    laid_at: int = 0
    """Until when it knows what people did and which products there are: the training, or a renewal since."""
    laid_seconds: float = 0.0
    """Processor time that this took."""
    seen: int = 0
    """The latest write of facts by then."""
    catalogue: int = 0
    """The catalogue's version by then."""


_COLUMNS = "version, trained_at, day, customers, visitors, silent, products, rows, sets, days, learnt, seconds, report, foretold"
_COLUMNS += ", laid_at, laid_seconds, seen, catalogue"
_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Report).decode
_judged = msgspec.json.Decoder(Judged).decode


def add(conn: Connection, model: Trained) -> None:
    said = [_encode(each) if each else None for each in (model.report, model.foretold)]
    values = [getattr(model, name) for name in Trained.__struct_fields__[:10]]
    laid = (model.laid_at, model.laid_seconds, model.seen, model.catalogue)
    conn.run(
        f"INSERT INTO intent_models VALUES ({marks(18)})", (*values, int(model.learnt), model.seconds, *said, *laid)
    )


def switch(conn: Connection, version: int) -> bool:
    """Make a version the one that is asked; whether it is. What was trained earlier never takes the place of what was
    trained later, nor of two of one training the older that of the newer.
    """
    trained = "(SELECT trained_at FROM intent_models WHERE version = {}.version)"
    new, old = trained.format("excluded"), trained.format("intent_current")
    taken = conn.rows(
        "INSERT INTO intent_current VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET version = excluded.version "
        f"WHERE {new} > {old} OR ({new} = {old} AND excluded.version > intent_current.version) RETURNING version",
        (version,),
    )
    return bool(taken)


def current(conn: Connection) -> int | None:
    row = conn.row("SELECT version FROM intent_current")
    return int(row[0]) if row else None


def model(conn: Connection, version: int) -> Trained | None:
    row = conn.row(f"SELECT {_COLUMNS} FROM intent_models WHERE version = ?", (version,))
    if row is None:
        return None
    said = dict(zip(Trained.__struct_fields__, row, strict=True))
    learnt, report, foretold = (said[name] for name in ("learnt", "report", "foretold"))
    said |= {"learnt": bool(learnt), "report": _decode(report) if report else None}
    return Trained(**said | {"foretold": _judged(foretold) if foretold else None})


def versions(conn: Connection) -> list[int]:
    """All of them, the oldest first."""
    return [row[0] for row in conn.rows("SELECT version FROM intent_models ORDER BY version")]


def drop(conn: Connection, version: int) -> None:
    conn.run("DELETE FROM intent_models WHERE version = ?", (version,))


def claim(conn: Connection, now: int, unless_since: int, *, renewal: bool = False) -> bool:
    """Take the turn to train, or to renew; False where somebody took it after `unless_since`."""
    taken = conn.rows(
        "INSERT INTO intent_turn VALUES (?, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at "
        "WHERE intent_turn.at <= ? RETURNING at",
        (2 if renewal else 1, now, unless_since),
    )
    return bool(taken)


def ask_renewal(conn: Connection, now: int) -> None:
    """Note that somebody wants a renewal."""
    conn.run("INSERT INTO intent_turn VALUES (3, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at", (now,))


def renewal_asked(conn: Connection) -> int:
    """When somebody wanted one last; 0 for never."""
    row = conn.row("SELECT at FROM intent_turn WHERE one = 3")
    return int(row[0]) if row else 0


_interest = msgspec.json.Decoder(Interest).decode


def interests(conn: Connection) -> list[Interest]:
    """All that are followed, with their sizes."""
    sql = "SELECT name, COUNT(*) FROM intent_members WHERE inside = 1 GROUP BY name"
    sizes = dict(conn.rows(sql))
    found = [_interest(row[0]) for row in conn.rows("SELECT body FROM intent_interests ORDER BY name")]
    return [msgspec.structs.replace(each, size=int(sizes.get(each.name, 0))) for each in found]


def names(conn: Connection) -> tuple[str, ...]:
    return tuple(row[0] for row in conn.rows("SELECT name FROM intent_interests ORDER BY name"))


def put_interest(conn: Connection, interest: Interest) -> None:
    conn.run(
        "INSERT INTO intent_interests VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        (interest.name, _encode(interest)),
    )


def drop_interest(conn: Connection, name: str) -> None:
    """Its members stay, as having left."""
    conn.run("DELETE FROM intent_interests WHERE name = ?", (name,))


def inside(conn: Connection, name: str) -> set[str]:
    return {row[0] for row in conn.rows("SELECT person FROM intent_members WHERE name = ? AND inside = 1", (name,))}


def put_members(conn: Connection, name: str, entered: Sequence[str], left: Sequence[str], now: int) -> None:
    conn.many(
        "INSERT INTO intent_members VALUES (?, ?, ?, ?) ON CONFLICT (name, person) DO UPDATE "
        "SET since = excluded.since, inside = excluded.inside",
        [*((name, person, now, 1) for person in entered), *((name, person, now, 0) for person in left)],
    )


def members(conn: Connection, only: Sequence[str] | None) -> list[tuple[str, str, int, bool]]:
    """(interest, person, since, inside) of everybody, or of some people."""
    sql = "SELECT name, person, since, inside FROM intent_members"
    if only is None:
        rows = conn.rows(f"{sql} ORDER BY name, person")
    else:
        rows = []
        for part in parts(only):
            rows += conn.rows(f"{sql} WHERE person IN ({marks(len(part))}) ORDER BY name, person", part)
    return [(name, person, since, bool(inside_)) for name, person, since, inside_ in rows]
