"""Durable intake over HTTP, profiles updated: in batches of twenty and one by one."""

from __future__ import annotations

from pathlib import Path

from bench.decide import shop_file
from bench.figure import Figure
from bench.server import run, serve

BATCHED = 20_000.0
SINGLE = 5_000.0
P99_MS = 50.0


def measure(folder: Path, seconds: float) -> list[Figure]:
    """Events a second at full load, and latency at 70 % of it."""
    data = folder / "intake"
    shop = folder / "intake.yaml"
    shop.write_text(shop_file())
    run(data, "apply", str(shop))
    figures = []
    with serve(data) as server:
        server.settle()  # a fresh shop first finds the members of its segments
        for kind, name, budget, connections in (
            ("batch", "in batches of 20", BATCHED, 32),
            ("one", "one by one", SINGLE, 128),
        ):
            full = server.load(kind, seconds, connections)
            paced = server.load(kind, seconds, connections, rate=0.7 * full.per_second)
            figures += [
                Figure(f"intake {name}", "events/s", full.events_per_second, budget, at_least=True),
                Figure(f"intake {name}: processor time", "us/event", full.cpu_s / full.events * 1e6),
                Figure(f"intake {name}: p50 at 70 % load", "ms", paced.p50_ms),
                Figure(f"intake {name}: p99 at 70 % load", "ms", paced.p99_ms, P99_MS),
            ]
    return figures
