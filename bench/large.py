"""Files and customers far larger than usual: a feed of products of 800 MB, and one customer with a million order lines.

The file is read piece by piece, so memory follows the text of the products that are kept and nothing else: the same products
with a tenth of the text stand beside. What a command takes is its processor time and the most it held in memory.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure
from bench.server import PROGRAM

ITEMS, LONG, SHORT = 50_000, 16_000, 1_600
"""Products of the feed, and bytes of text in each."""
LINES, OF_AN_ORDER, PRODUCTS = 1_000_000, 50, 5_000
TIMES_THE_TEXT = 1.5
"""Of more text, so much more memory at most."""


class Taken(NamedTuple):
    """What a command took."""

    seconds: float
    """Of processor time."""
    memory_mb: float


def measure(folder: Path, _seconds: float) -> list[Figure]:
    """The feed, short and long, and the customer."""
    short, long = (_fed(folder, size) for size in (SHORT, LONG))
    more = (long.memory_mb - short.memory_mb) / (ITEMS * (LONG - SHORT) / 1e6)
    return [
        Figure(f"feed of {ITEMS:,} products, {ITEMS * LONG // 10**6:,} MB: processor time", "s", long.seconds),
        Figure("its peak memory", "MB", long.memory_mb),
        Figure(f"the same with {ITEMS * SHORT // 10**6:,} MB of text, peak memory", "MB", short.memory_mb),
        Figure("memory for each further MB of text", "MB", more, TIMES_THE_TEXT),
        *_villager(folder),
    ]


def _fed(folder: Path, size: int) -> Taken:
    feed = folder / f"feed-{size}.xml"
    words = ("lorem ipsum dolor sit amet " * (size // 27 + 1))[:size]
    with feed.open("w") as file:
        file.write('<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>')
        for number in range(ITEMS):
            file.write(f"<item><g:id>p{number}</g:id><g:title>Product {number}</g:title><g:price>9.95 EUR</g:price>")
            file.write(f"<g:brand>Brand {number % 100}</g:brand><description>{words}</description></item>\n")
        file.write("</channel></rss>")
    taken = _taken(folder / f"fed-{size}", "import", "products", str(feed))
    feed.unlink()
    return taken


def _villager(folder: Path) -> list[Figure]:
    """Somebody who buys for a whole village, beside 400 who do not."""
    shop, sheet = folder / "village", folder / "village.csv"
    with sheet.open("w") as file:
        file.write("order_id,customer_id,placed_at,product_id,quantity,line_total\n")
        for number in range(LINES):
            order = number // OF_AN_ORDER
            file.write(f"v{order},village,{_day(order)},p{number * 7919 % PRODUCTS},1,2.00\n")
        for number in range(20_000):
            file.write(f"o{number},c{number % 400},{_day(number)},p{number * number % PRODUCTS},1,2.00\n")
    imported = _taken(shop, "import", "orders", str(sheet))
    trained = _taken(shop, "intent", "train")
    asked = _taken(shop, "intent", "--ids", "p7, p49", "--explain", "--json")
    return [
        Figure(f"one customer with {LINES:,} lines: import, processor time", "s", imported.seconds),
        Figure("its peak memory", "MB", imported.memory_mb),
        Figure("training of intent on it, processor time", "s", trained.seconds),
        Figure("its peak memory, with the customer", "MB", trained.memory_mb),
        Figure("a question with reasons, as a command, processor time", "s", asked.seconds),
    ]


def _day(number: int) -> str:
    return f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:00:00"


def _taken(shop: Path, *words: str) -> Taken:
    process = subprocess.Popen([*PROGRAM, "--data", str(shop), *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"shopkeeper {' '.join(words)} failed")
    return Taken(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)
