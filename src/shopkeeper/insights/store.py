"""The room's tables, and its questions to everybody's facts. Private to the room.

In questions `facts` is a relation to stand after FROM, `members` an Arrow table of (segment, who). SQL that DuckDB and Spark know.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopkeeper.model.time import SESSION_GAP
from shopkeeper.storage import Connection, Migration

MIGRATIONS = (
    Migration(
        "insights",
        1,
        (
            # Frozen copies of segments' members.
            """CREATE TABLE insights_lists (
                id TEXT NOT NULL PRIMARY KEY, segment TEXT NOT NULL, sentence TEXT NOT NULL, at BIGINT NOT NULL,
                size BIGINT NOT NULL)""",
            """CREATE TABLE insights_listed (
                list TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (list, person)) WITHOUT ROWID""",
            "CREATE INDEX insights_listed_person ON insights_listed (person)",
        ),
    ),
)

_BOUGHT = "name = '=order' AND value IS NOT NULL"
"""Orders that count, in the shop's currency."""


def figures(facts: str, start: int, end: int) -> str:
    """What the members of each segment did in [start, end), one row a segment:

    (segment, people, buyers, orders, revenue, visitors, visits, pages, microseconds).
    """
    inside = f"t >= {start} AND t < {end}"
    bought = (
        f"SELECT who, COUNT(*) AS orders, SUM(value) AS revenue FROM facts WHERE {_BOUGHT} AND {inside} GROUP BY who"
    )
    begins = (
        "SELECT who, device, t, name, event_id, CASE WHEN t - LAG(t) OVER (PARTITION BY who, device ORDER BY t, event_id) "
        f"< {SESSION_GAP} THEN 0 ELSE 1 END AS begins FROM facts "
        f"WHERE t >= {start - SESSION_GAP} AND t < {end} AND NOT STARTS_WITH(name, '=')"
    )
    numbered = (
        "SELECT who, device, t, name, SUM(begins) OVER (PARTITION BY who, device ORDER BY t, event_id "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS visit FROM ({begins}) AS b"
    )
    visits = (
        "SELECT who, MIN(t) AS began, MAX(t) - MIN(t) AS lasted, COUNT(*) FILTER (WHERE name = '$page') AS pages "
        f"FROM ({numbered}) AS n GROUP BY who, device, visit"
    )
    visited = (
        "SELECT who, COUNT(*) AS visits, SUM(pages) AS pages, SUM(lasted) AS lasted "
        f"FROM ({visits}) AS v WHERE began >= {start} GROUP BY who"
    )
    return (
        f"WITH facts AS ({_facts(facts)}), bought AS ({bought}), visited AS ({visited}) "
        "SELECT m.segment, COUNT(*), COUNT(b.who), COALESCE(SUM(b.orders), 0), COALESCE(SUM(b.revenue), 0), "
        "COUNT(v.who), COALESCE(SUM(v.visits), 0), COALESCE(SUM(v.pages), 0), COALESCE(SUM(v.lasted), 0) "
        "FROM members AS m LEFT JOIN bought AS b ON b.who = m.who LEFT JOIN visited AS v ON v.who = m.who "
        "GROUP BY m.segment ORDER BY m.segment"
    )


def products(facts: str, start: int, end: int, segment: int, limit: int) -> str:
    """What the members of one segment bought most in [start, end), beside everybody's:

    (product, orders, revenue, orders of all, revenue of all). Products of other currencies are left out.
    """
    lines = (
        "SELECT who, product, order_id, value FROM facts "
        f"WHERE name = '=line' AND value IS NOT NULL AND product IS NOT NULL AND t >= {start} AND t < {end}"
    )
    own = f"SELECT who FROM members WHERE segment = {segment}"
    return (
        f"WITH facts AS ({_facts(facts)}), lines AS ({lines}), own AS ({own}) "
        "SELECT l.product, COUNT(DISTINCT CASE WHEN o.who IS NOT NULL THEN order_id END) AS orders, "
        "SUM(CASE WHEN o.who IS NOT NULL THEN value ELSE 0 END) AS revenue, COUNT(DISTINCT order_id) AS all_orders, "
        "SUM(value) AS all_revenue FROM lines AS l LEFT JOIN own AS o ON o.who = l.who GROUP BY l.product "
        "HAVING COUNT(o.who) > 0 "
        f"ORDER BY 3 DESC, 2 DESC, 1 LIMIT {limit}"
    )


OVERLAP = (
    "SELECT a.segment, b.segment AS other, COUNT(*) FROM members AS a JOIN members AS b ON a.who = b.who "
    "GROUP BY a.segment, b.segment"
)
"""How many people each two segments share; a segment and itself: its size."""

CREDITED = (
    "SELECT m.segment, SUM(c.orders), SUM(c.value) FROM members AS m JOIN amounts AS c ON c.who = m.who "
    "GROUP BY m.segment ORDER BY m.segment"
)
"""What the members of each segment were credited for."""


def transitions(days: int) -> str:
    """Who went from where to where between the ends of neighbouring days, of exclusive segments: tables `day_0` ...

    (day, from, to, people, days in `from`, NULL where it began before the first day); -1 is outside of all. A row for
    each length of the stay before.
    """
    states = " UNION ALL ".join(f"SELECT {day} AS day, segment AS place, who FROM day_{day}" for day in range(days))
    order = "PARTITION BY who ORDER BY day"
    neighbours = (
        f"SELECT who, day, place, LAG(day) OVER ({order}) AS day_before, LAG(place) OVER ({order}) AS place_before, "
        f"LEAD(day) OVER ({order}) AS day_after, LEAD(place) OVER ({order}) AS place_after FROM states"
    )
    marked = (
        "SELECT who, day, place, day_before, day_after, place_after, "
        "CASE WHEN day_before = day - 1 AND place_before = place THEN 0 ELSE 1 END AS arrives, "
        "CASE WHEN day_after = day + 1 AND place_after = place THEN 0 ELSE 1 END AS leaves FROM neighbours"
    )
    stays = (
        "SELECT who, day, place, day_before, day_after, place_after, arrives, leaves, "
        "MAX(CASE WHEN arrives = 1 THEN day END) OVER (PARTITION BY who ORDER BY day "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS since FROM marked"
    )
    left = (
        "SELECT day + 1 AS day, place AS origin, "
        "CASE WHEN day_after = day + 1 THEN place_after ELSE -1 END AS target, "
        "CASE WHEN since > 0 THEN day + 1 - since END AS stayed FROM stays "
        f"WHERE leaves = 1 AND day < {days - 1}"
    )
    came = (
        "SELECT day, -1 AS origin, place AS target, CAST(NULL AS INTEGER) AS stayed FROM stays "
        "WHERE arrives = 1 AND day > 0 AND (day_before IS NULL OR day_before < day - 1)"
    )
    return (
        f"WITH states AS ({states}), neighbours AS ({neighbours}), marked AS ({marked}), stays AS ({stays}) "
        "SELECT day, origin, target, COUNT(*), stayed "
        f"FROM ({left} UNION ALL {came}) AS moves GROUP BY day, origin, target, stayed ORDER BY day, origin, target"
    )


def _facts(facts: str) -> str:
    return f'SELECT f.*, f."at" AS t FROM {facts} AS f'


def add_list(conn: Connection, id: str, segment: str, sentence: str, at: int, persons: Sequence[str]) -> None:
    conn.run("INSERT INTO insights_lists VALUES (?, ?, ?, ?, ?)", (id, segment, sentence, at, len(persons)))
    conn.many("INSERT INTO insights_listed VALUES (?, ?)", [(id, person) for person in persons])


def lists(conn: Connection) -> list[tuple[str, str, str, int, int]]:
    """(list, segment, sentence, at, size)"""
    sql = "SELECT id, segment, sentence, at, size FROM insights_lists ORDER BY at DESC, id"
    return [(row[0], row[1], row[2], row[3], row[4]) for row in conn.rows(sql)]


def listed(conn: Connection, id: str) -> list[str]:
    return [row[0] for row in conn.rows("SELECT person FROM insights_listed WHERE list = ? ORDER BY person", (id,))]


def drop_list(conn: Connection, id: str) -> None:
    conn.run("DELETE FROM insights_listed WHERE list = ?", (id,))
    conn.run("DELETE FROM insights_lists WHERE id = ?", (id,))


def rename_listed(conn: Connection, old: str, new: str) -> None:
    """Who stood in a list under both names stands in it once."""
    conn.run(
        "DELETE FROM insights_listed WHERE person = ? AND list IN (SELECT list FROM insights_listed WHERE person = ?)",
        (old, new),
    )
    conn.run("UPDATE insights_listed SET person = ? WHERE person = ?", (new, old))
