"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from shopkeeper.storage import Connection, Migration, marks, parts

MIGRATIONS = (
    Migration(
        "segments",
        1,
        (
            # From which value on somebody is in the top share by a metric, as of the last count of everybody.
            "CREATE TABLE segments_thresholds (leaf TEXT NOT NULL PRIMARY KEY, value DOUBLE PRECISION NOT NULL)",
            # Which version of a rule its members are those of, and in which generation of rows they stand.
            """CREATE TABLE segments_tracked (
                segment TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL, rule TEXT NOT NULL,
                generation BIGINT NOT NULL, since BIGINT NOT NULL)""",
            """CREATE TABLE segments_members (
                segment TEXT NOT NULL, generation BIGINT NOT NULL, person TEXT NOT NULL, since BIGINT NOT NULL,
                PRIMARY KEY (segment, generation, person)) WITHOUT ROWID""",
            "CREATE INDEX segments_members_person ON segments_members (person)",
            "CREATE TABLE segments_generations (one INTEGER PRIMARY KEY, last BIGINT NOT NULL)",
            # When a person has to be looked at again (0: as soon as possible), because of which facts, and until when
            # each answer stands. One row a person: the timers. `mark` is a number while somebody looks at the person, and
            # 0 else; it is made negative by whatever changes since.
            """CREATE TABLE segments_due (
                person TEXT NOT NULL PRIMARY KEY, due BIGINT NOT NULL, because TEXT NOT NULL, untils BLOB,
                mark BIGINT NOT NULL DEFAULT 0) WITHOUT ROWID""",
            "CREATE INDEX segments_due_due ON segments_due (due)",
            # Who entered and left, and why; an empty person stands for all who changed with a definition.
            """CREATE TABLE segments_changes (
                seq SERIAL KEY, segment TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL,
                entered BIGINT NOT NULL, gone BIGINT NOT NULL, cause TEXT NOT NULL)""",
            "CREATE INDEX segments_changes_segment ON segments_changes (segment, at)",
            "CREATE INDEX segments_changes_person ON segments_changes (person, at)",
        ),
    ),
)

_TOUCHED = "mark = -ABS(segments_due.mark)"
APART = "\x1f"
"""Stands between the names of facts: no name holds it."""
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(dict[str, int]).decode


class Due(NamedTuple):
    """A person to be looked at again."""

    person: str
    due: int
    """0: as soon as possible."""
    because: str
    """Names of new facts, with APART between them; empty where only time has passed."""
    untils: dict[str, int]
    """Until when the answer of each segment stands that does not stand for ever."""
    mark: int = 0
    """Greater than 0 where somebody looks at them already, and nothing of theirs has changed since."""


class Tracked(NamedTuple):
    """What the members of a segment are those of."""

    version: str
    rule: str
    generation: int
    since: int


class Change(NamedTuple):
    """Somebody entered or left a segment."""

    segment: str
    person: str
    at: int
    entered: int
    gone: int
    cause: str


def thresholds(conn: Connection) -> dict[str, float]:
    return dict(conn.rows("SELECT leaf, value FROM segments_thresholds"))


def set_thresholds(conn: Connection, values: Iterable[tuple[str, float]]) -> None:
    conn.run("DELETE FROM segments_thresholds")
    conn.many("INSERT INTO segments_thresholds VALUES (?, ?)", list(values))


def tracked(conn: Connection) -> dict[str, Tracked]:
    rows = conn.rows("SELECT segment, version, rule, generation, since FROM segments_tracked")
    return {row[0]: Tracked(*row[1:]) for row in rows}


def set_tracked(conn: Connection, segment: str, tracked_: Tracked) -> None:
    conn.run(
        "INSERT INTO segments_tracked VALUES (?, ?, ?, ?, ?) ON CONFLICT (segment) DO UPDATE SET "
        "version = excluded.version, rule = excluded.rule, generation = excluded.generation, since = excluded.since",
        (segment, *tracked_),
    )


def next_generation(conn: Connection) -> int:
    """A number for rows that no rows have or had."""
    row = conn.row(
        "INSERT INTO segments_generations VALUES (1, 1) ON CONFLICT (one) DO UPDATE "
        "SET last = segments_generations.last + 1 RETURNING last"
    )
    assert row is not None
    return int(row[0])


def untrack(conn: Connection, segment: str) -> None:
    conn.run("DELETE FROM segments_tracked WHERE segment = ?", (segment,))


def untrack_all(conn: Connection) -> None:
    for table in ("segments_tracked", "segments_members", "segments_due"):
        conn.run(f"DELETE FROM {table}")


def memberships(conn: Connection, persons: Sequence[str]) -> dict[str, list[tuple[str, int, int]]]:
    """Person -> (segment, generation, since)."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    for part in parts(persons):
        sql = (
            f"SELECT person, segment, generation, since FROM segments_members WHERE person IN ({marks(len(part))}) "
            "ORDER BY segment"
        )
        for person, *rest in conn.rows(sql, part):
            found.setdefault(person, []).append((rest[0], rest[1], rest[2]))
    return found


def add_members(conn: Connection, rows: Iterable[tuple[str, int, str, int]]) -> None:
    """(segment, generation, person, since)"""
    conn.many("INSERT INTO segments_members VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", list(rows))


def drop_members(conn: Connection, rows: Iterable[tuple[str, int, str]]) -> None:
    """(segment, generation, person)"""
    conn.many("DELETE FROM segments_members WHERE segment = ? AND generation = ? AND person = ?", list(rows))


def members(conn: Connection, segment: str, generation: int, limit: int, offset: int = 0) -> list[tuple[str, int]]:
    """(person, since), the latest first."""
    sql = (
        "SELECT person, since FROM segments_members WHERE segment = ? AND generation = ? "
        "ORDER BY since DESC, person LIMIT ? OFFSET ?"
    )
    return [(row[0], row[1]) for row in conn.rows(sql, (segment, generation, limit, offset))]


def all_members(conn: Connection, segment: str, generation: int) -> dict[str, int]:
    """Person -> since."""
    sql = "SELECT person, since FROM segments_members WHERE segment = ? AND generation = ?"
    return dict(conn.rows(sql, (segment, generation)))


def sizes(conn: Connection) -> dict[tuple[str, int], int]:
    """(segment, generation) -> members."""
    sql = "SELECT segment, generation, COUNT(*) FROM segments_members GROUP BY segment, generation"
    return {(row[0], row[1]): int(row[2]) for row in conn.rows(sql)}


def old_rows(conn: Connection, segment: str, generation: int, limit: int) -> list[tuple[str, int, str]]:
    """Rows of a segment's generations before this one."""
    sql = "SELECT segment, generation, person FROM segments_members WHERE segment = ? AND generation < ? LIMIT ?"
    return [(row[0], row[1], row[2]) for row in conn.rows(sql, (segment, generation, limit))]


def touch(conn: Connection, rows: Iterable[tuple[str, str]]) -> None:
    """(person, because): to be looked at as soon as possible."""
    conn.many(
        "INSERT INTO segments_due (person, due, because) VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET due = 0, "
        f"{_TOUCHED}, "
        # With too many names to keep no answer stands.
        "untils = CASE WHEN LENGTH(segments_due.because) + LENGTH(excluded.because) > 500 THEN NULL "
        "ELSE segments_due.untils END, "
        "because = CASE WHEN segments_due.because = '' OR segments_due.because = excluded.because "
        f"THEN excluded.because ELSE segments_due.because || '{APART}' || excluded.because END "
        # Whoever waits already because of this is left alone, unless somebody looks at them without seeing it.
        "WHERE segments_due.due <> 0 OR segments_due.mark > 0 "
        "OR (segments_due.because <> excluded.because AND LENGTH(segments_due.because) <= 500)",
        [(person, 0, because) for person, because in rows],
    )


def anew(conn: Connection, persons: Iterable[str], because: str) -> None:
    """To be looked at as soon as possible, with no answer standing."""
    conn.many(
        "INSERT INTO segments_due (person, due, because) VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET due = 0, "
        f"because = excluded.because, untils = NULL, {_TOUCHED}",
        [(person, 0, because) for person in persons],
    )


def due(conn: Connection, now: int, limit: int) -> list[Due]:
    """Who has to be looked at by now: timers first, the longest waiting first; then those of whom there are new facts."""
    found: list[Due] = []
    for low, high in ((1, now), (0, 0)):
        sql = (
            "SELECT person, due, because, untils, mark FROM segments_due WHERE due >= ? AND due <= ? "
            "ORDER BY due, person LIMIT ?"
        )
        rows = conn.rows(sql, (low, high, limit - len(found)))
        found.extend(Due(p, d, b, _decode(u) if u else {}, m) for p, d, b, u, m in rows)
    return found


def mark(conn: Connection, persons: Iterable[str], number: int) -> None:
    """These people are looked at from now on, or with 0 no more."""
    conn.many("UPDATE segments_due SET mark = ? WHERE person = ?", [(number, person) for person in persons])


def marks_of(conn: Connection, persons: Sequence[str]) -> dict[str, int]:
    """The mark of each of these people who still has a row."""
    found: dict[str, int] = {}
    for part in parts(persons):
        sql = f"SELECT person, mark FROM segments_due WHERE person IN ({marks(len(part))})"
        found.update((row[0], row[1]) for row in conn.rows(sql, part))
    return found


def next_due(conn: Connection) -> int | None:
    row = conn.row("SELECT MIN(due) FROM segments_due")
    return row[0] if row else None


def set_due(conn: Connection, rows: Iterable[tuple[str, int, Mapping[str, int]]]) -> None:
    """(person, due, untils): what is to come next, of people who were looked at."""
    conn.many(
        "INSERT INTO segments_due (person, due, because, untils) VALUES (?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET "
        "due = excluded.due, because = '', untils = excluded.untils, mark = 0",
        [(person, at, "", _encode(untils)) for person, at, untils in rows],
    )


def sooner(conn: Connection, rows: Iterable[tuple[str, int]]) -> None:
    """(person, due): a timer for people who may have one already; then the earlier counts. No answer stands then."""
    conn.many(
        "INSERT INTO segments_due (person, due, because) VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET due = "
        "CASE WHEN segments_due.due < excluded.due THEN segments_due.due ELSE excluded.due END, untils = NULL, "
        f"{_TOUCHED}",
        [(person, at, "") for person, at in rows],
    )


def drop_due(conn: Connection, persons: Iterable[str]) -> None:
    conn.many("DELETE FROM segments_due WHERE person = ?", [(person,) for person in persons])


def add_changes(conn: Connection, rows: Iterable[Change]) -> None:
    conn.many(
        "INSERT INTO segments_changes (segment, person, at, entered, gone, cause) VALUES (?, ?, ?, ?, ?, ?)",
        list(rows),
    )


def changes_of(conn: Connection, person: str, limit: int) -> list[Change]:
    """What one person entered and left, the latest first."""
    sql = (
        "SELECT segment, person, at, entered, gone, cause FROM segments_changes WHERE person = ? "
        "ORDER BY at DESC, seq DESC LIMIT ?"
    )
    return [Change(*row) for row in conn.rows(sql, (person, limit))]


def changes_in(conn: Connection, segment: str, limit: int) -> list[Change]:
    """Who entered and left a segment, the latest first."""
    sql = (
        "SELECT segment, person, at, entered, gone, cause FROM segments_changes WHERE segment = ? "
        "ORDER BY at DESC, seq DESC LIMIT ?"
    )
    return [Change(*row) for row in conn.rows(sql, (segment, limit))]


def rename_person(conn: Connection, old: str, new: str) -> None:
    """What one person entered and left was another's doing; where `old` is now is found out anew."""
    conn.run("UPDATE segments_changes SET person = ? WHERE person = ?", (new, old))


def size(conn: Connection, segment: str, generation: int) -> int:
    sql = "SELECT COUNT(*) FROM segments_members WHERE segment = ? AND generation = ?"
    row = conn.row(sql, (segment, generation))
    return int(row[0]) if row else 0


def flow(conn: Connection, since: int) -> dict[str, tuple[int, int]]:
    """Segment -> (entered, left) of single people since an instant."""
    sql = (
        "SELECT segment, SUM(entered), SUM(gone) FROM segments_changes WHERE at >= ? AND person <> '' GROUP BY segment"
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in conn.rows(sql, (since,))}
