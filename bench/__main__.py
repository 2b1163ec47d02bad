"""`python -m bench [names] [--seconds 5] [--json]`: measure against the budgets and print the table."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bench import (
    attribution,
    decide,
    intake,
    intent,
    intent_speed,
    journey,
    large,
    live,
    panels,
    recommend,
    search,
    segments,
    start,
    tag,
    training,
)
from bench.figure import Figure, table

BENCHMARKS: dict[str, Callable[[Path, float], list[Figure]]] = {
    "attribution": attribution.measure,
    "decide": decide.measure,
    "intake": intake.measure,
    "intent": intent.measure,
    "intent-speed": intent_speed.measure,
    "journey": journey.measure,
    "large": large.measure,
    "live": live.measure,
    "panels": panels.measure,
    "recommend": recommend.measure,
    "search": search.measure,
    "segments": segments.measure,
    "start": start.measure,
    "tag": tag.measure,
    "training": training.measure,
}


def main() -> None:
    """Run the benchmarks that were named, or all, on fresh shops below the current folder (a real disk, not /tmp)."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure against the budgets.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; all without")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each load (default 5)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    asked = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled when it starts; so is ours
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="shopkeeper-bench-", dir=Path.cwd()) as folder:
        for name in asked.names or BENCHMARKS:
            print(f"{name} ...", file=sys.stderr)
            figures += BENCHMARKS[name](Path(folder), asked.seconds)
    if asked.json:
        print(json.dumps([{**f._asdict(), "ratio": f.ratio, "verdict": f.verdict} for f in figures], indent=2))
    else:
        Console().print(table(figures))


if __name__ == "__main__":
    main()
