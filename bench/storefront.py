"""What a page waits for: `/v1/recommend` and `/v1/search` through HTTP, of a real server with 100,000 products.

The shop has the real orders of Complete Journey's last 180 days, which is what recommenders count, moved so that they end
yesterday, and 500 visitors with views. Two loads are measured: one request after another, and half as many a second as that
was, at a steady rate whether or not the last was answered. A no-op of the same server at that rate shows what the machine and
the load itself add. How long the server's threads stood ready and
got no processor is told too, as other programs on the machine make them wait. Purchase intent is trained once a day in a process of its own, in a fresh shop a minute after what
recommenders count was counted first: that is later than the two loads, and the first is measured once more beside it.
"""

from __future__ import annotations

import json
import random
import time
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from bench.figure import Figure
from bench.server import Load, Server, run, serve, training
from shopkeeper.imports import complete_journey as data
from shopkeeper.model.time import DAY
from shopkeeper.recommenders.counts import BOUGHT_FOR

PRODUCTS = 100_000
CONNECTIONS = 8
ALONE_S, STEADY_S = 10, 20
VISITORS, VIEWS = 500, 20
PATIENCE_S = 600


def measure(folder: Path, kind: str, limit_ms: float) -> list[Figure]:
    """Figures of one kind of request, `recommend` or `search`."""
    shop = _shop(folder)
    with serve(shop) as server:
        begun, spent = time.perf_counter(), server.cpu_s()
        _ready(server, kind)
        ready, ready_cpu = time.perf_counter() - begun, server.cpu_s() - spent
        for other in ("search", "recommend"):  # what else begins with the server is not to be measured
            _ready(server, other)
        server.load("views", 60)
        server.load(kind, 5, 1)
        alone = server.load(kind, ALONE_S, 1)
        rate = alone.per_second / 2
        calm = server.load("noop", STEADY_S / 3, CONNECTIONS, rate)
        steady = server.load(kind, STEADY_S, CONNECTIONS, rate)
        memory = server.memory_mb()
        with training(shop):
            beside = server.load(kind, ALONE_S, 1)
    return [
        Figure(f"{kind} over HTTP, one after another, p99", "ms", alone.p99_ms, limit_ms),
        Figure(f"{kind} over HTTP, one after another, median", "ms", alone.p50_ms),
        Figure(f"{kind} over HTTP, one after another, a second", "", alone.per_second),
        Figure(f"{kind} over HTTP, {rate:.0f} a second, p99", "ms", steady.p99_ms, limit_ms),
        Figure(f"{kind} over HTTP, {rate:.0f} a second, median", "ms", steady.p50_ms),
        Figure("a no-op over HTTP at that rate, p99", "ms", calm.p99_ms),
        Figure(
            f"{kind} at that rate, waiting for a processor, a request", "ms", steady.waited_s / steady.requests * 1e3
        ),
        Figure(f"{kind} over HTTP, the server's processor time a request", "ms", _each_ms(steady) - _each_ms(calm)),
        Figure(f"{kind} one after another while intent is trained beside, p99", "ms", beside.p99_ms),
        Figure(f"from the start of the server until {kind} has all it needs", "s", ready),
        Figure("processor time of that", "s", ready_cpu),
        Figure("the server's memory then", "MB", memory),
    ]


def _each_ms(load: Load) -> float:
    return load.cpu_s / load.requests * 1e3


def _ready(server: Server, kind: str) -> None:
    """Wait until the answer is made of everything: the index, or the counts of what goes together."""
    body: dict[str, Any] = (
        {"q": "milk"} if kind == "search" else {"strategies": ["bought_together"], "product": ids()[0]}
    )
    asked = json.dumps({**body, "writeKey": server.key}).encode()
    head = {"Content-Type": "application/json"}
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        request = urllib.request.Request(f"{server.url}/v1/{kind}", asked, head)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                told = json.load(answer)
        except OSError:
            told = {}
        if told.get("products") or told.get("hits"):
            return
        time.sleep(0.2)
    raise SystemExit(f"the server had nothing to answer /v1/{kind} with")


def _shop(folder: Path) -> Path:
    """Made once, whichever is measured first."""
    place = folder / "storefront"
    if place.exists():
        return place
    (folder / "storefront.yaml").write_text("shop: {name: Storefront, currency: USD, time_zone: UTC}\n")
    run(place, "apply", str(folder / "storefront.yaml"))
    parquet.write_table(pa.Table.from_pylist(list(_products())), folder / "products.parquet")
    parquet.write_table(_orders(), folder / "orders.parquet")
    for kind in ("products", "orders"):
        run(place, "import", kind, str(folder / f"{kind}.parquet"))
    return place


def _products() -> Iterator[dict[str, Any]]:
    """The catalogue of the year, filled up with copies."""
    chance = random.Random(7)
    rows = parquet.read_table(data.folder() / "products.parquet").to_pylist()
    for number in range(PRODUCTS):
        row = rows[number] if number < len(rows) else chance.choice(rows)
        kind = row["product_type"] or row["product_category"] or row["department"]
        yield {
            "id": str(row["product_id"]) if number < len(rows) else f"copy-{number}",
            "name": f"{kind} {row['package_size'] or ''}".strip(),
            "category": " > ".join(part for part in (row["department"], row["product_category"]) if part),
            "brand": f"{row['brand']} {number % 40}",
            "price": f"{chance.randint(50, 2_000) / 100:.2f}",
        }


def _lines() -> tuple[Any, Any]:
    """What was bought in the days that count, and when."""
    lines = parquet.read_table(data.folder() / "transactions.parquet")
    at = lines["transaction_timestamp"].cast("timestamp[us]").cast("int64").to_numpy()
    sold = (lines["quantity"].to_numpy() > 0) & (lines["sales_value"].to_numpy() > 0) & (at > at.max() - BOUGHT_FOR)
    return lines.filter(sold), at[sold]


def _orders() -> pa.Table:
    bought, at = _lines()
    yesterday = int(time.time()) * 1_000_000 // DAY * DAY - DAY
    moved = (yesterday - int(at.max())) // DAY * DAY
    return pa.table(
        {
            "order_id": bought["basket_id"].cast("string"),
            "user_id": bought["household_id"].cast("string"),
            "placed_at": pa.array(at + moved, pa.timestamp("us", "UTC")),
            "product_id": bought["product_id"].cast("string"),
            "quantity": bought["quantity"],
            "line_total": pa.array([f"{value:.2f}" for value in bought["sales_value"].to_pylist()]),
        }
    )


@cache
def ids() -> list[str]:
    """What is bought, the best sellers first."""
    bought, _ = _lines()
    product, times = np.unique(bought["product_id"].to_numpy(), return_counts=True)
    return [str(id) for id in product[np.argsort(-times, kind="stable")]]
