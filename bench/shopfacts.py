"""A year of made-up facts as the mover and `tidy` leave them: many people who come now and then, a few who come often."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa

from shopkeeper import timelines
from shopkeeper.model.time import day_of, month_of
from shopkeeper.storage import State, migrate, open_state
from shopkeeper.storage.history import MIGRATIONS, History
from shopkeeper.timelines.keep import OLD

END = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z, the instant all questions are asked at."""
DAY = 86_400_000_000
DAYS = 365
CATEGORIES = 30


def shop(folder: Path, people: int, facts: int) -> tuple[State, History]:
    """An opened shop with that many people and facts, in one file a month, and one a day for the last of them."""
    folder.mkdir(parents=True, exist_ok=True)
    state = open_state(f"sqlite://{folder}/state.db")
    migrate(state, (*MIGRATIONS, *timelines.MIGRATIONS))
    history = History(folder / "history", state, timelines.SCHEMAS)
    engine = duckdb.connect()
    schema = timelines.SCHEMAS["facts"]
    spans: dict[str, list[pa.Table]] = defaultdict(list)
    for day in range(DAYS):
        first, last = facts * day // DAYS, facts * (day + 1) // DAYS
        start = END - (DAYS - day) * DAY
        table = engine.sql(_DAY.format(first=first, last=last, people=people, start=start)).to_arrow_table()
        spans[month_of(start) if start < END - OLD else day_of(start)].append(table.select(schema.names).cast(schema))
    for span, tables in spans.items():
        with state.write() as conn:
            history.add(
                conn, "facts", span, pa.concat_tables(tables).sort_by([("name", "ascending"), ("at", "ascending")])
            )
    engine.close()
    with state.write() as conn:
        timelines.number(conn, map(str, range(people)))
    return state, history


# Rows are numbered over the year. The first `people` numbers, spread over the days by a large step, give everybody one
# fact at least; the others lean to few people. `r(i, n)` are independent random numbers of a row.
_DAY = """
WITH rows AS (
    SELECT i, {start} + (hash(i, 1) % 86400000000)::BIGINT AS "at", hash(i, 2) % 1000 AS kind,
        pow((hash(i, 3) % 1000000) / 1000000.0, 2.5) AS lean, hash(i, 4) % 30 AS shelf, hash(i, 5) % 100 AS chance
    FROM range({first}, {last}) AS t(i)
), named AS (
    SELECT *, CASE WHEN i % 10 = 0 THEN (i / 10)::BIGINT % {people} ELSE (lean * {people})::BIGINT % {people} END + 1
        AS who,
        CASE WHEN kind < 400 THEN '$page' WHEN kind < 700 THEN 'Product Viewed' WHEN kind < 780 THEN 'Product Added'
            WHEN kind < 800 THEN 'Product Removed' WHEN kind < 830 THEN '$identify' WHEN kind < 890
            THEN 'Communication Shown' WHEN kind < 905 THEN 'Communication Clicked' WHEN kind < 940 THEN '=order'
            WHEN kind < 990 THEN '=line' ELSE '=joined' END AS name
    FROM rows
)
SELECT who, i AS seq, "at", unhex(md5(i::VARCHAR)) AS event_id, name, 'd' || who AS device,
    CASE WHEN name LIKE 'Product%' OR name = '=line' THEN 'p' || (shelf * 100 + chance) END AS product,
    CASE WHEN name LIKE 'Product%' THEN 'category-' || shelf END AS category,
    CASE WHEN name LIKE 'Product%' THEN 'brand-' || (chance % 20) END AS brand,
    CASE WHEN name LIKE 'Product%' OR name = '=line' THEN 500 + chance * 200 END AS price,
    CASE WHEN name IN ('Product Added', '=line') THEN 1.0 + (chance % 3) END AS quantity,
    CASE WHEN name IN ('=order', '=line') THEN 1000 + chance * 150 END AS value,
    CASE WHEN name IN ('=order', '=line') THEN 'o' || i END AS order_id,
    CASE WHEN name LIKE 'Communication%' THEN 'content-' || (chance % 12) END AS communication,
    NULL AS element, CASE WHEN name = '=joined' THEN 'audience-' || (chance % 8) END AS label,
    CASE WHEN name = '$page' THEN '/shelf/' || shelf END AS path,
    CASE WHEN name[1] <> '=' THEN CASE WHEN who % 10 + chance // 95 < 6 THEN 'mobile' ELSE 'desktop' END END
        AS device_class,
    CASE WHEN name[1] <> '=' THEN 'firefox' END AS browser, CASE WHEN name[1] <> '=' THEN 'linux' END AS os,
    CASE WHEN name[1] <> '=' THEN 'nl' END AS language,
    CASE WHEN name[1] <> '=' THEN CASE WHEN who % 5 = 0 THEN 'be' ELSE 'nl' END END AS country,
    CASE WHEN name[1] <> '=' THEN 'r' || (who % 12) END AS region, NULL AS referrer,
    CASE WHEN name = '$page' AND chance < 20 THEN 'newsletter' END AS source, NULL AS medium, NULL AS utm_campaign,
    CASE WHEN name = '$identify' THEN '{{"plan":"' || CASE WHEN chance < 30 THEN 'gold' ELSE 'basic' END || '"}}'
        WHEN name IN ('=order', '=line') THEN '{{"discount":' || CASE WHEN chance < 25 THEN 100 ELSE 0 END
            || ',"month":3,"order_value":' || (1000 + chance * 150) || ',"refunded":0}}' END AS properties
FROM named ORDER BY name, "at"
"""
