"""The room's tables and every statement on them. Private to the room.

Rollups by hour. They hold for the hours `storage.hours` lists, and can be made anew from the rows at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.stats.rules import Carried, Counted, Counts, Pair, Place, Window
from shopkeeper.storage import Connection, Migration, marks

MIGRATIONS = (
    Migration(
        "stats",
        1,
        (
            """CREATE TABLE stats_acts (
                communication TEXT NOT NULL, hour BIGINT NOT NULL, act TEXT NOT NULL, zone TEXT NOT NULL,
                device_class TEXT NOT NULL, variant TEXT NOT NULL, day TEXT NOT NULL, sessions BIGINT NOT NULL,
                raw BIGINT NOT NULL,
                PRIMARY KEY (communication, hour, act, zone, device_class, variant, day)) WITHOUT ROWID""",
            "CREATE INDEX stats_acts_hour ON stats_acts (hour)",
            """CREATE TABLE stats_carried (
                communication TEXT NOT NULL, hour BIGINT NOT NULL, act TEXT NOT NULL, device TEXT NOT NULL,
                session BIGINT NOT NULL, first_at BIGINT NOT NULL, zone TEXT NOT NULL, device_class TEXT NOT NULL,
                variant TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (communication, hour, act, device, session)) WITHOUT ROWID""",
            "CREATE INDEX stats_carried_hour ON stats_carried (hour)",
            """CREATE TABLE stats_earned (
                communication TEXT NOT NULL, hour BIGINT NOT NULL, zone TEXT NOT NULL, device_class TEXT NOT NULL,
                variant TEXT NOT NULL, day TEXT NOT NULL, currency TEXT NOT NULL, orders BIGINT NOT NULL,
                value BIGINT NOT NULL, refunded BIGINT NOT NULL,
                PRIMARY KEY (communication, hour, zone, device_class, variant, day, currency)) WITHOUT ROWID""",
            "CREATE INDEX stats_earned_hour ON stats_earned (hour)",
            """CREATE TABLE stats_clicked (
                kind TEXT NOT NULL, hour BIGINT NOT NULL, name TEXT NOT NULL, day TEXT NOT NULL,
                currency TEXT NOT NULL, lines BIGINT NOT NULL, orders BIGINT NOT NULL, value BIGINT NOT NULL,
                refunded BIGINT NOT NULL, PRIMARY KEY (kind, hour, name, day, currency)) WITHOUT ROWID""",
            """CREATE TABLE stats_sold (
                hour BIGINT NOT NULL, day TEXT NOT NULL, currency TEXT NOT NULL, orders BIGINT NOT NULL,
                value BIGINT NOT NULL, refunded BIGINT NOT NULL, PRIMARY KEY (hour, day, currency)) WITHOUT ROWID""",
        ),
    ),
)
ROLLUPS = ("stats_acts", "stats_carried", "stats_earned", "stats_clicked", "stats_sold")
GAPS = 20
"""With more gaps than this it is quicker to read every carried session than to ask for those of each gap."""

Earned = dict[tuple[str, str, str, str, str, str], tuple[int, int, int]]
"""(communication, zone, device class, variant, day, currency) -> (orders, value, refunded)."""
Clicked = dict[tuple[str, str, str, str], tuple[int, int, int, int]]
"""(kind of key, key, day, currency) -> (lines, orders, value, refunded)."""
Sold = dict[tuple[str, str], tuple[int, int, int]]
"""(day, currency) -> (orders, net value, refunded)."""


def clear(conn: Connection, hour: int) -> None:
    for table in ROLLUPS:
        conn.run(f"DELETE FROM {table} WHERE hour = ?" if table != "stats_clicked" else _CLEAR_CLICKED, (hour,))


_CLEAR_CLICKED = (
    "DELETE FROM stats_clicked WHERE kind IN ('element', 'communication', 'campaign', 'zone', 'site') AND hour = ?"
)


def put_acts(conn: Connection, hour: int, counts: Counts, carried: Iterable[Carried]) -> None:
    conn.many(
        f"INSERT INTO stats_acts VALUES ({marks(9)})",
        [(p.communication, hour, p.act, p.zone, p.device_class, p.variant, p.day, *n) for p, n in counts.items()],
    )
    conn.many(
        f"INSERT INTO stats_carried VALUES ({marks(10)})",
        [
            (c.pair.communication, hour, c.pair.act, c.pair.device, c.pair.session, c.first_at)
            + (c.place.zone, c.place.device_class, c.place.variant, c.place.day)
            for c in carried
        ],
    )


def put_money(conn: Connection, hour: int, earned: Earned, clicked: Clicked, sold: Sold) -> None:
    conn.many(
        f"INSERT INTO stats_earned VALUES ({marks(10)})",
        [(key[0], hour, *key[1:], *sums) for key, sums in earned.items()],
    )
    conn.many(
        "INSERT INTO stats_clicked VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(key[0], hour, *key[1:], *sums) for key, sums in clicked.items()],
    )
    conn.many("INSERT INTO stats_sold VALUES (?, ?, ?, ?, ?, ?)", [(hour, *key, *s) for key, s in sold.items()])


def acts(conn: Connection, run: Window, communications: Sequence[str] = ()) -> Counts:
    """What the summed hours of a run counted, by place; of some communications or of all."""
    which, params = _only(communications)
    sql = (
        "SELECT communication, act, zone, device_class, variant, day, SUM(sessions), SUM(raw) FROM stats_acts "
        f"WHERE {which} hour >= ? AND hour < ? GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return {Place(*row[:6]): Counted(int(row[6]), int(row[7])) for row in conn.rows(sql, (*params, *run))}


def carried(
    conn: Connection, run: Window, gaps: Sequence[Window], start: int, communications: Sequence[str] = ()
) -> list[Carried]:
    """Sessions carried into the hours of a run that may have begun before `start` or in one of the gaps."""
    which, params = _only(communications)
    before = [gap for gap in gaps if gap.start < run.end]
    began, bounds = "", [start]
    if len(before) <= GAPS:
        began = f"AND (first_at < ?{' OR (first_at >= ? AND first_at < ?)' * len(before)})"
        bounds += [edge for gap in before for edge in gap]
    sql = (
        "SELECT communication, act, device, session, first_at, zone, device_class, variant, day FROM stats_carried "
        f"WHERE {which} hour >= ? AND hour < ? {began}"
    )
    rows = conn.rows(sql, (*params, *run, *(bounds if began else ())))
    return [Carried(Pair(*r[:4]), r[4], Place(r[0], r[1], *r[5:])) for r in rows]


def earned(conn: Connection, run: Window, communications: Sequence[str] = ()) -> Earned:
    which, params = _only(communications)
    sql = (
        "SELECT communication, zone, device_class, variant, day, currency, SUM(orders), SUM(value), SUM(refunded) "
        f"FROM stats_earned WHERE {which} hour >= ? AND hour < ? GROUP BY 1, 2, 3, 4, 5, 6"
    )
    rows = conn.rows(sql, (*params, *run))
    return {(r[0], r[1], r[2], r[3], r[4], r[5]): (int(r[6]), int(r[7]), int(r[8])) for r in rows}


def clicked(conn: Connection, run: Window, kind: str) -> Clicked:
    sql = (
        "SELECT kind, name, day, currency, SUM(lines), SUM(orders), SUM(value), SUM(refunded) FROM stats_clicked "
        "WHERE kind = ? AND hour >= ? AND hour < ? GROUP BY 1, 2, 3, 4"
    )
    rows = conn.rows(sql, (kind, *run))
    return {(r[0], r[1], r[2], r[3]): (int(r[4]), int(r[5]), int(r[6]), int(r[7])) for r in rows}


def sold(conn: Connection, run: Window) -> Sold:
    sql = (
        "SELECT day, currency, SUM(orders), SUM(value), SUM(refunded) FROM stats_sold "
        "WHERE hour >= ? AND hour < ? GROUP BY 1, 2"
    )
    return {(r[0], r[1]): (int(r[2]), int(r[3]), int(r[4])) for r in conn.rows(sql, run)}


def _only(communications: Sequence[str]) -> tuple[str, Sequence[str]]:
    return (f"communication IN ({marks(len(communications))}) AND" if communications else ""), communications
