"""Panels over 10 million events: from rollups, from the rows, and beside a query written by hand for DuckDB.

The events are made by DuckDB: a million visits of ten events in 60 days, half of them acts upon 40 communications. Their
acts are put into the shop's tables as live processing would have left them; DuckDB reads the same from a Parquet file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb

from bench.figure import Figure
from shopkeeper import attribution, stats
from shopkeeper.attribution import Interaction
from shopkeeper.campaigns import parse_file
from shopkeeper.engine.jobs import sum_hours
from shopkeeper.engine.shop import Shop
from shopkeeper.model.time import DAY, HOUR, SECOND
from shopkeeper.stats import Facts, Window

VISITS = int(os.environ.get("SHOPKEEPER_BENCH_VISITS", "1_000_000"))
"""Of ten events each."""
START = 1_767_225_600 * SECOND
END = START + 60 * DAY
CHUNK = 100_000
PANEL_MS = 50.0
RAW_RATIO = 1.5
ONE = "c7"
MAKE = """
COPY (
    SELECT * FROM (
        SELECT began + i * 95000000 AS happened, visit * 10 + i AS number, 'd' || (hash(visit) % 400000) || '-' || visit AS device,
            began AS session, 'c' || (hash(visit * 31 + i // 4) % 40) AS communication,
            CASE WHEN i IN (1, 3, 5, 7) THEN 'shown' WHEN i = 8 AND visit % 3 = 0 THEN 'clicked' END AS act,
            ['desktop', 'mobile', 'tablet'][1 + visit % 3] AS device_class
        FROM (SELECT range AS visit, {start} + (hash(range) % {length})::BIGINT AS began FROM range({visits})),
            (SELECT range AS i FROM range(10))
    ) ORDER BY happened, number
) TO '{file}' (FORMAT parquet, COMPRESSION zstd)
"""
BY_HAND = """
SELECT act, COUNT(DISTINCT (device, session)), COUNT(*) FROM '{file}'
WHERE communication = ? AND act IS NOT NULL AND happened >= ? AND happened < ? GROUP BY act
"""


def measure(folder: Path, _seconds: float) -> list[Figure]:
    """Median times of the 30-day panel of one communication, and of all."""
    file = folder / "events.parquet"
    duck = duckdb.connect(config={"threads": 2})
    length = END - START - HOUR
    duck.execute(MAKE.format(start=START, length=length, visits=VISITS, file=file))
    shop = _shop(folder / "panels")
    begun = time.perf_counter()
    _fill(shop, duck, file)
    filled = time.perf_counter()
    while sum_hours(shop, 1_000):
        pass
    summed = time.perf_counter() - filled
    window = Window(END - 31 * DAY - 1234567, END - DAY - 1234567)
    by_hand = _median(lambda: duck.execute(BY_HAND.format(file=file), [ONE, *window]).fetchall())
    expected = {
        act: (sessions, raw)
        for act, sessions, raw in duck.execute(BY_HAND.format(file=file), [ONE, *window]).fetchall()
    }
    with shop.state.read() as conn:
        plan = shop.plan
        row = stats.panel(conn, plan, window, "communication", [ONE])[0]
        found = {"shown": (row.instances, row.raw_shown), "clicked": (row.clicks, row.raw_clicked)}
        if found != expected:
            raise SystemExit(f"the panel says {found}, the query by hand {expected}")
        one = _median(lambda: stats.panel(conn, plan, window, "communication", [ONE]))
        every = _median(lambda: stats.panel(conn, plan, window, "communication"), 3)
        rows = _median(lambda: Facts(conn, plan, window, from_rows=True).acts([ONE]))
    shop.close()
    events = f"{VISITS * 10 / 1e6:g}M events"
    return [
        Figure(f"30-day panel of one communication, {events}", "ms", one * 1e3, PANEL_MS),
        Figure("the same of all 40 communications", "ms", every * 1e3),
        Figure("the same of one from the rows, as a share of a DuckDB query by hand", "x", rows / by_hand, RAW_RATIO),
        Figure("that query", "ms", by_hand * 1e3),
        Figure("summing up 60 days of hours", "s", summed),
        Figure("filling the shop (not a budget)", "s", filled - begun),
    ]


def _shop(folder: Path) -> Shop:
    shop = Shop.open(folder, now=lambda: END)
    communications = "".join(f"      c{n}: {{kind: block, zone: hero}}\n" for n in range(40))
    shop.apply(
        parse_file(
            "zones:\n  hero: {kind: block}\ncampaigns:\n  all:\n    status: published\n    communications:\n"
            + communications
        )
    )
    return shop


def _fill(shop: Shop, duck: duckdb.DuckDBPyConnection, file: Path) -> None:
    acts = duck.execute(
        f"SELECT happened, number, act, device, session, communication, device_class FROM '{file}' WHERE act IS NOT NULL"
    )
    while rows := acts.fetchmany(CHUNK):
        with shop.state.write() as conn:
            attribution.record(
                conn,
                [
                    Interaction(
                        at,
                        number.to_bytes(16, "big"),
                        act,
                        f"a:{device}",
                        device,
                        session,
                        communication,
                        zone="hero",
                        version=1,
                        device_class=device_class,
                    )
                    for at, number, act, device, session, communication, device_class in rows
                ],
            )


def _median(action: Callable[[], object], times: int = 9) -> float:
    """Seconds it takes, the middle of several tries after one to warm up."""
    action()
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        took.append(time.perf_counter() - begun)
    return median(took)
