"""What training of purchase intent costs a shop of 1, 10 and 100 times Complete Journey, and how it grows.

The shop has so many times the households, each of the others buying what one of the real ones buys, some days earlier: 1.4
million lines, 14 and 144 million. Every size is trained in a process of its own, so that its memory is told alone, from
columns in memory as `shopkeeper intent train` does it once it has read the past: learning with the back-test, laying out
what is known of everybody, and foretelling what customers do.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from bench import journey_purchases
from bench.figure import Figure, table
from shopkeeper.forecasts.learn import learn
from shopkeeper.forecasts.purchases import Purchases
from shopkeeper.forecasts.space import space
from shopkeeper.outlook.customers import foretell

SIZES = (1, 10, 100)
USUAL = (1, 10)
"""Sizes of a plain run of all benchmarks: the largest takes some minutes and 11 GB."""


def measure(_folder: Path, _seconds: float, sizes: Sequence[int] = USUAL) -> list[Figure]:
    """Time and memory of each size."""
    return [figure for times in sizes for figure in _measured(times)]


def _measured(times: int) -> list[Figure]:
    command = [sys.executable, "-m", "bench.training", "--alone", str(times)]
    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return [Figure(f"training {times}x: {what}", unit, figure) for what, unit, figure in told]


def alone(times: int) -> list[tuple[str, str, float]]:
    """Train once, in this process: (what, unit, figure)."""
    purchases, products, households, end = journey_purchases.read()
    purchases, customers = repeated(purchases.before(end), households, times), households * times
    clock = [time.process_time()]
    learnt = learn(purchases, products, customers, end)
    clock.append(time.process_time())
    known = space(purchases, products, customers, end)
    clock.append(time.process_time())
    foretell(purchases, products, customers, end, known)
    clock.append(time.process_time())
    learning, laying_out, foretelling = np.diff(clock).tolist()
    return [
        ("lines", "", purchases.rows),
        ("customers", "", customers),
        ("sets learned from", "", learnt.sets),
        ("learning and back-test, processor time", "s", learning),
        ("laying out everybody, processor time", "s", laying_out),
        ("foretelling what customers do, processor time", "s", foretelling),
        ("all of it, processor time", "s", clock[-1] - clock[0]),
        ("memory at most", "MB", _peak_mb()),
    ]


def repeated(purchases: Purchases, customers: int, times: int) -> Purchases:
    """The purchases of so many times the customers, filled into columns that are made once."""
    chance = np.random.default_rng(times)
    rows, first = purchases.rows, purchases.day.min()
    columns: list[Any] = [np.empty(rows * times, column.dtype) for column in purchases]
    found = Purchases(*columns)
    for copy in range(times):
        part = slice(copy * rows, (copy + 1) * rows)
        for column, own in zip(found, purchases, strict=True):
            column[part] = own
        if copy:
            earlier = chance.integers(0, 7, customers).astype(np.int32)
            found.customer[part] += np.int32(copy * customers)
            found.day[part] = np.maximum(purchases.day - earlier[purchases.customer], first)
    return found


def _peak_mb() -> float:
    """The most this process held: not what its parent did, as the usage the system tells of children may be."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """`python -m bench.training`: all sizes; `python -m bench.training 1 3`: these."""
    parser = argparse.ArgumentParser()
    parser.add_argument("times", nargs="*", type=int, help="so many times Complete Journey; 1, 10 and 100 without")
    parser.add_argument("--alone", action="store_true", help="in this process, as JSON")
    asked = parser.parse_args()
    if asked.alone:
        print(json.dumps(alone(*asked.times)))
        return
    Console().print(table(measure(Path(), 0, asked.times or SIZES)))


if __name__ == "__main__":
    main()
