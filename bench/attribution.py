"""Re-attribution of ten million events, beside a hand-written DuckDB query with ASOF joins on the same Parquet files.

Both read the same two files and give the same winners: order credit by campaign, and product credit by line with the
rule of the first later order. pandas can do the first with merge_asof. Live credit is one person's, in a real shop.
The Markov model stands beside the package ChannelAttribution where that is installed (`pip install ChannelAttribution
matplotlib`): it walks the chain at random, ours solves it.
"""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Callable, Sized
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from bench.figure import Figure
from shopkeeper import attribution
from shopkeeper.attribution import ORDERS_SQL, PRODUCTS_SQL
from shopkeeper.attribution.rules.markov import Ended, removal_weights
from shopkeeper.campaigns import parse_file
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import Sender, decode_event, read_event
from shopkeeper.model.events import Event
from shopkeeper.model.time import format_time

EVENTS = 10_000_000
PEOPLE = 500_000
PRODUCTS = 2_000
SPAN = 90 * 86_400_000_000
DAY = 86_400_000_000
RATIO = 1.5
JOURNEYS = 1_000_000

OURS = {
    "touches": "SELECT person, moment, id, id AS touch, product AS element FROM {events} WHERE kind = 'click'",
    "sales": "SELECT person, moment, id, id AS sale FROM {events} WHERE kind = 'order'",
    "lines": "SELECT sale, product AS line, product FROM {lines}",
    "counted": "SELECT DISTINCT product AS element, product FROM {events} WHERE kind = 'click'",
    "moves": "SELECT person, product, moment, id, 1 AS added FROM {events} WHERE kind = 'add' AND false",
}
"""The tables of the product's SQL, as views of the files."""

ASOF_ORDERS = f"""
SELECT o.id, c.id FROM (SELECT person, moment, id FROM {{events}} WHERE kind = 'order') o
ASOF JOIN (SELECT person, moment, id FROM {{events}} WHERE kind = 'click') c
ON c.person = o.person AND c.moment < o.moment
WHERE c.moment >= o.moment - {DAY}
"""
ASOF_LINES = f"""
WITH bought AS (
    SELECT o.person, l.product, o.moment, o.id FROM {{lines}} l
    JOIN (SELECT person, moment, id FROM {{events}} WHERE kind = 'order') o ON o.id = l.sale
),
clicks AS (SELECT person, product, moment, id FROM {{events}} WHERE kind = 'click'),
reached AS (
    SELECT b.*, c.id AS click, c.moment AS clicked FROM bought b
    ASOF JOIN clicks c ON c.person = b.person AND c.product = b.product AND c.moment < b.moment
    WHERE c.moment >= b.moment - {7 * DAY}
)
SELECT r.id, r.product, r.click FROM reached r
ASOF LEFT JOIN bought e ON e.person = r.person AND e.product = r.product AND e.moment < r.moment
WHERE e.moment IS NULL OR e.moment < r.clicked
"""


def measure(folder: Path, _seconds: float) -> list[Figure]:
    """The ratios in one run; the best of three."""
    events, lines = _files(folder)
    db = duckdb.connect()
    db.execute("SET threads = 2")
    for name, sql in OURS.items():
        db.execute(f"CREATE VIEW {name} AS {_on(sql, events, lines)}")
    queries = {
        "orders": (ORDERS_SQL, [DAY]),
        "asof orders": (_on(ASOF_ORDERS, events, lines), []),
        "products": (PRODUCTS_SQL, [7 * DAY]),
        "asof products": (_on(ASOF_LINES, events, lines), []),
    }
    taken: dict[str, float] = {}
    rows: dict[str, int] = {}
    for _ in range(3):  # in turns, so that a busy moment strikes all alike
        for name, (sql, params) in queries.items():
            seconds, rows[name] = _timed(lambda sql=sql, params=params: db.sql(sql, params=params).to_arrow_table())  # type: ignore[misc]
            taken[name] = min(seconds, taken.get(name, seconds))
    orders, asof_orders, products, asof_lines = taken.values()
    assert rows["orders"] == rows["asof orders"], "both find the same orders"
    assert rows["products"] == rows["asof products"], "both find the same lines"
    return [
        Figure("order credit of 10M events, beside ASOF JOIN", "x", orders / asof_orders, RATIO),
        Figure("product credit of 10M events, beside ASOF JOIN", "x", products / asof_lines, RATIO),
        Figure(
            "both ledgers of 10M events, beside ASOF JOIN", "x", (orders + products) / (asof_orders + asof_lines), RATIO
        ),
        Figure("order credit of 10M events", "s", orders),
        Figure("the same by hand-written ASOF JOIN", "s", asof_orders),
        *_pandas(events, rows["orders"]),
        *_markov(),
        Figure("live credit of an order, 20 touches before it", "us", _live(folder / "live")),
    ]


def _live(folder: Path) -> float:
    """Microseconds to credit a person's new order, the median of many people."""
    shop = Shop.open(folder)
    shop.apply(parse_file("zones: {hero: {}}\ncampaigns: {tea: {communications: {tea: {kind: block, zone: hero, "
                          "elements: {button: {products: [tea]}}}}}}"))  # fmt: skip
    clicked: dict[str, object] = {"communication_id": "tea", "element_id": "button"}
    ordered: dict[str, object] = {"products": [{"product_id": "tea", "price": 1}, {"product_id": "cup", "price": 2}]}
    taken = []
    with shop.state.write() as conn:
        for who in range(200):
            moment = shop.now() - 3_600_000_000
            clicks = [_event(f"{who}.{n}", "Communication Clicked", clicked, moment + n) for n in range(20)]
            order = _event(f"{who}.order", "Order Completed", ordered | {"order_id": str(who)}, moment + 20)
            take_in(conn, shop.desk(), [*clicks, order])
            conn.run("DELETE FROM attribution_order_credits")  # as before the order
            conn.run("DELETE FROM attribution_product_credits")
            begun = time.perf_counter()
            attribution.credit(conn, shop.plan, shop.catalogue, (f"u:{who}",), shop.now() - DAY, shop.now())
            taken.append(time.perf_counter() - begun)
    shop.close()
    return 1e6 * sorted(taken)[len(taken) // 2]


def _event(id: str, name: str, properties: dict[str, object], at: int) -> Event:
    body = {"type": "track", "event": name, "userId": id.split(".", maxsplit=1)[0], "timestamp": format_time(at)}
    wire = decode_event(json.dumps(body | {"properties": properties}).encode())
    return read_event(wire, Sender(True, at, None, 0, {}, ""), id)


def _pandas(events: Path, expected: int) -> list[Figure]:
    if importlib.util.find_spec("pandas") is None:
        return []
    pd = importlib.import_module("pandas")

    def join() -> Sized:
        frame = parquet.read_table(events, columns=["person", "moment", "id", "kind"]).to_pandas()
        frame = frame.sort_values(["moment", "id"])
        orders = frame[frame.kind == "order"].rename(columns={"moment": "ordered"})
        clicks = frame[frame.kind == "click"]
        found = pd.merge_asof(
            orders, clicks, left_on="ordered", right_on="moment", by="person", tolerance=DAY, allow_exact_matches=False
        )
        kept: Sized = found[found.moment.notna()]
        return kept

    seconds, rows = _timed(join)
    assert rows == expected, "pandas finds the same orders"
    return [Figure("the same by pandas.merge_asof", "s", seconds)]


def _markov() -> list[Figure]:
    """A million journeys through 30 communications, by our chain and by the package's."""
    chance = np.random.default_rng(11)
    lengths, steps = chance.geometric(0.35, JOURNEYS), chance.zipf(1.6, 12 * JOURNEYS) % 30
    starts = np.cumsum(np.minimum(lengths, 12)) - np.minimum(lengths, 12)
    won = chance.random(JOURNEYS) < 0.05 + 0.1 * (lengths > 2)
    paths: dict[tuple[str, ...], Ended] = {}
    for start, length, order in zip(starts, np.minimum(lengths, 12), won, strict=True):
        path = tuple(f"c{step}" for step in steps[start : start + length])
        before = paths.get(path, Ended())
        paths[path] = Ended(before.orders + bool(order), before.nothing + (not order))
    seconds, _ = _timed(lambda: removal_weights(paths))
    found = [Figure("Markov model of 1M journeys", "s", seconds)]
    if importlib.util.find_spec("ChannelAttribution") and importlib.util.find_spec("matplotlib"):
        pd, package = importlib.import_module("pandas"), importlib.import_module("ChannelAttribution")
        told = [(" > ".join(path), *ended) for path, ended in paths.items()]
        frame = pd.DataFrame(told, columns=["path", "orders", "nothing"])

        def theirs() -> Sized:
            answer: Sized = package.markov_model(
                frame, "path", "orders", var_null="nothing", seed=1, verbose=False, flg_pro=False
            )
            return answer

        taken, _ = _timed(theirs)
        ours, their = removal_weights(paths), theirs()
        whole = sum(ours.values())
        share = {name: total / won.sum() for name, total in zip(their.iloc[:, 0], their.iloc[:, 1], strict=True)}  # type: ignore[attr-defined]
        apart = max(abs(weight / whole - share[name]) for name, weight in ours.items())
        found += [
            Figure("the same by ChannelAttribution", "s", taken),
            Figure("largest difference of a share", "points", 100 * apart),
        ]
    return found


def _timed(work: Callable[[], Sized]) -> tuple[float, int]:
    """Seconds taken, and the number of rows."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, len(found)


def _on(sql: str, events: Path, lines: Path) -> str:
    return sql.replace("{events}", f"'{events}'").replace("{lines}", f"'{lines}'")


def _liked(people: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """A product for each: everybody cares for five of them."""
    liked: np.ndarray = (people + chance.integers(0, 5, len(people))) % PRODUCTS
    return liked


def _files(folder: Path) -> tuple[Path, Path]:
    """Ten million events (88 views, 8 clicks, 4 orders in a hundred) and the lines of the orders; the same every time."""
    chance = np.random.default_rng(7)
    kinds = chance.choice(np.array(["view", "click", "order"]), EVENTS, p=[0.88, 0.08, 0.04])
    # Everything of a moment is of one person: ties between touches and orders have cases of their own.
    moments = np.sort(chance.choice(SPAN // 1000, EVENTS, replace=False)) * 1000
    people = chance.integers(0, PEOPLE, EVENTS)
    events = pa.table(
        {
            "person": people,
            "moment": moments,
            "id": np.arange(EVENTS),
            "kind": kinds,
            "product": _liked(people, chance),
        }
    )
    sold = np.repeat(np.flatnonzero(kinds == "order"), 3)
    bought = pa.table({"sale": sold, "product": _liked(people[sold], chance)})
    bought = bought.group_by(["sale", "product"]).aggregate([])
    paths = folder / "events.parquet", folder / "lines.parquet"
    for path, table in zip(paths, (events, bought), strict=True):
        parquet.write_table(table, path, compression="zstd", row_group_size=122_880)
    return paths
