"""One question about purchase intent in a very large shop: 1M customers, 100k products, 50M lines of a year.

Popularity falls off as in real shops (Zipf), customers have tastes (categories they buy of), sets are asked cold of a
process that maps the model's files: the first question pays for reading them. Weights are those of Complete Journey,
as what they are does not change what a question costs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.figure import Figure
from shopkeeper.forecasts.logistic import COLUMNS, Weights
from shopkeeper.forecasts.purchases import Doubles, Ints, Products, Purchases
from shopkeeper.forecasts.rank import rank
from shopkeeper.forecasts.space import space
from shopkeeper.intent.files import load, save

CUSTOMERS, PRODUCTS, LINES = 1_000_000, 100_000, 50_000_000
CATEGORIES, DEPARTMENTS, BRANDS = 500, 20, 2_000
TODAY = 20_000


def measure(folder: Path, _seconds: float, scale: float = 1.0) -> list[Figure]:
    """Build the shop, write its model, and ask a fresh process."""
    where = folder / "intent-large"
    started = time.process_time()
    purchases, products, customers = shop(int(CUSTOMERS * scale), int(PRODUCTS * scale), int(LINES * scale))
    made = time.process_time()
    known = space(purchases, products, customers, TODAY)
    chance = np.random.default_rng(5)
    weights = Weights(_random(chance), _random(chance), _random(chance), np.array([-4.0, 0.5, 0.0]))
    built = time.process_time()
    save(where, known, weights, [f"u:{number}" for number in range(customers)])
    print(f"made in {made - started:.0f} s, laid out in {built - made:.0f} s", file=sys.stderr)
    del known, purchases
    asked = subprocess.run(
        [sys.executable, "-m", "bench.intent_speed", "--ask", str(where)], capture_output=True, text=True, check=True
    )
    told = json.loads(asked.stdout)
    large = f"{customers:,} customers x {products.size:,} products x {int(LINES * scale):,} lines"
    return [
        *(Figure(f"intent query, {large}: {kind}", "s", seconds, 0.6) for kind, seconds in told["seconds"].items()),
        Figure("its process at most", "GB", told["memory"], 4.0),
        Figure("laying out that shop, processor time", "s", built - made),
    ]


def _random(chance: np.random.Generator) -> Doubles:
    return chance.normal(0, 0.05, len(COLUMNS))


def shop(customers: int, count: int, lines: int) -> tuple[Purchases, Products, int]:
    """The same shop in every run."""
    chance = np.random.default_rng(3)
    popular = np.cumsum(1 / np.arange(1, count + 1) ** 0.8)
    popular /= popular[-1]
    rank_ = np.searchsorted(popular, chance.random(lines, np.float32)).astype(np.int32)
    order = chance.permutation(count).astype(np.int32)
    product = order[np.minimum(rank_, count - 1)]
    del rank_
    category = (np.arange(count) % CATEGORIES).astype(np.int32)
    customer = chance.integers(0, customers, lines, np.int32)
    # Two lines of three are moved to a category that the customer likes, to a product as popular.
    liked = (customer.astype(np.int64) * 7919 + chance.integers(0, 12, lines, np.int32) * 31) % CATEGORIES
    moved = chance.random(lines, np.float32) < 2 / 3
    product[moved] = (product[moved] // CATEGORIES * CATEGORIES + liked[moved]).astype(np.int32) % count
    del liked, moved
    day = (TODAY - 1 - chance.integers(0, 365, lines, np.int32)).astype(np.int32)
    value = chance.integers(100, 5000, lines, np.int32).astype(np.float32)
    levels = (
        category,
        category // 5,
        category // (CATEGORIES // DEPARTMENTS),
        (np.arange(count) * 13 % BRANDS).astype(np.int32),
    )
    labels = tuple([str(n) for n in range(int(codes.max()) + 1)] for codes in levels)
    ids = [f"p{n}" for n in range(count)]
    return (
        Purchases(customer, product, day, value, np.zeros(lines, np.float32)),
        Products(ids, ids, levels, labels),
        customers,
    )


def asking(where: Path) -> None:
    """In a process of its own: seconds of processor time by kind of set, medians of three, and the memory."""
    model = load(where, 1)
    chance = np.random.default_rng(9)
    buyers = model.space.past.buyers
    best = np.argsort(-buyers).astype(np.int32)
    category = model.space.past.products.levels[0]
    sets: dict[str, Ints] = {
        "the best seller": best[:1],
        "the 20 best sellers": np.sort(best[:20]),
        "20 random products": np.sort(chance.choice(len(buyers), 20, replace=False)).astype(np.int32),
        "a category": np.flatnonzero(category == category[best[0]]).astype(np.int32),
    }
    times: dict[str, list[float]] = {name: [] for name in sets}
    rank(model.space, model.weights, sets["20 random products"], 28)
    for _ in range(3):
        for name, members in sets.items():
            started = time.process_time()
            rank(model.space, model.weights, members, 28).first(500)
            times[name].append(time.process_time() - started)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    told = {name: float(np.median(found)) for name, found in times.items()}
    print(json.dumps({"seconds": told, "memory": int(peak.split()[1]) / 1024**2}))


def main() -> None:
    """`python -m bench.intent_speed --scale 0.1`: the same in another size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--ask", type=Path)
    asked = parser.parse_args()
    if asked.ask:
        asking(asked.ask)
        return
    with tempfile.TemporaryDirectory(prefix="shopkeeper-bench-", dir=Path.cwd()) as folder:
        for figure in measure(Path(folder), 3, asked.scale):
            print(f"{figure.what}: {figure.figure:.3g} {figure.unit}")


if __name__ == "__main__":
    main()
