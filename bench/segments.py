"""Segments over everybody: 1M people, 10M facts of a year in a file a month and, of late, one a day.

`one` is a preview as a marketer makes it: at least two views of a category in 30 days, a spend of 50.00 in a year, on
mobile, and no order for 14 days; the size of the whole and of its four conditions. The same figures by a query written
by hand for these files are measured beside it. `alike` are 100 segments of such conditions: 30 categories, 4 periods, other
amounts, devices and pauses. `many` are 100 generated segments of two to four conditions each: views
of a category (30 of them, four windows, once to five times), pages, orders and spend in windows of 30 to 365 days, first
and last orders, clicks on contents with or without an order since, products of a category bought, an attribute, the
device and country last seen, audiences joined, open carts, rhythm, share of discounted orders; all in one pass.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from bench.figure import Figure
from bench.shopfacts import CATEGORIES, DAY, END, shop
from shopkeeper import populations
from shopkeeper.conditions.leaves import (
    And,
    Cart,
    Check,
    Edge,
    Expr,
    FieldTest,
    Follow,
    Latest,
    Match,
    Measure,
    Neg,
    Or,
    Period,
    Rhythm,
    Share,
    each_leaf,
)
from shopkeeper.model.segments import Range
from shopkeeper.storage import State
from shopkeeper.storage.history import History

PEOPLE, FACTS = 1_000_000, 10_000_000
ORDERS = Match(frozenset(("=order",)))
EVER = Period()
ONCE = Range(at_least=1)


def measure(folder: Path, seconds: float, people: int = PEOPLE, facts: int = FACTS) -> list[Figure]:
    """A preview, the same by hand, and 100 segments at once; the best of a few runs each, taken in turns."""
    state, history = shop(folder / "segments", people, facts)
    try:
        return _figures(state, history, max(3, min(5, int(seconds))))
    finally:
        history.close()
        state.close()


def _figures(state: State, history: History, turns: int) -> list[Figure]:
    with state.read() as conn:
        files = [str(file.path) for file in history.files(conn, "facts")]
        hand = _Hand(files)
        alike, many = similar(100), generated(100)

        def preview() -> None:
            found = populations.sizes(conn, history, one(), END, {})
            assert tuple(found.sizes.values()) == hand.answer, f"{found} is not what the hand found: {hand.answer}"

        hand.ask()
        best = _best(
            {
                "hand": hand.ask,
                "preview": preview,
                "one": lambda: populations.members(conn, history, {"one": one()["whole"]}, END, {}),
                "alike": lambda: populations.sizes(conn, history, alike, END, {}),
                "sizes": lambda: populations.sizes(conn, history, many, END, {}),
                "many": lambda: populations.members(conn, history, many, END, {}),
            },
            turns,
        )
    return [
        Figure("preview of a segment, 1M people, 10M facts", "s", best["preview"], 1.5),
        Figure("the same query written by hand", "s", best["hand"]),
        Figure("preview / by hand", "x", best["preview"] / best["hand"]),
        Figure("members of one segment", "s", best["one"]),
        Figure("sizes of 100 segments of its kind / preview", "x", best["alike"] / best["preview"], 1.5),
        Figure("sizes of 100 segments of all kinds / preview", "x", best["sizes"] / best["preview"], 1.5),
        Figure("members of 100 segments of all kinds / of one", "x", best["many"] / best["one"], 1.5),
    ]


def _best(ways: dict[str, Callable[[], object]], turns: int) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(turns):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            best[name] = min(best.get(name, 1e9), time.perf_counter() - started)
    return best


def one() -> dict[str, Expr]:
    """The previewed segment and its conditions."""
    whole = _quiet_viewers(7, 30, 5000, "mobile", 14)
    return {"whole": whole, **{str(position): part for position, part in enumerate(whole.parts)}}


def similar(count: int) -> dict[str, Expr]:
    """Segments of the same conditions about other things, the same ones in every run."""
    chance = random.Random(7)
    return {
        f"segment-{position}": _quiet_viewers(
            chance.randrange(CATEGORIES),
            chance.choice((7, 14, 30, 90)),
            chance.choice((5_000, 10_000, 20_000, 50_000)),
            chance.choice(("mobile", "desktop")),
            chance.choice((7, 14, 30)),
        )
        for position in range(count)
    }


def _quiet_viewers(category: int, days: int, spent: int, device: str, quiet: int) -> And:
    """Views of a category, and an amount spent in a year, by people on a device who have not ordered of late."""
    return And(
        (
            Measure(_viewed(category), Period(within=days * DAY), "count", Range(at_least=2)),
            Measure(ORDERS, Period(within=365 * DAY), "sum", Range(at_least=spent), "value"),
            Latest(None, "device_class", Check(values=frozenset((device,)))),
            Measure(ORDERS, Period(within=quiet * DAY), "count", Range(exactly=0)),
        )
    )


_BY_HAND = """
WITH people AS (
    SELECT who,
        COUNT(*) FILTER (WHERE name = 'Product Viewed' AND category = 'category-7' AND "at" >= {end} - 30 * {day}) >= 2 AS a,
        COALESCE(SUM(value) FILTER (WHERE name = '=order' AND "at" >= {end} - 365 * {day}), 0) >= 5000 AS b,
        ARG_MAX(device_class, "at") FILTER (WHERE device_class IS NOT NULL AND name NOT LIKE '=%') = 'mobile' AS c,
        COUNT(*) FILTER (WHERE name = '=order' AND "at" >= {end} - 14 * {day}) = 0 AS d
    FROM read_parquet($files) WHERE "at" <= {end} GROUP BY who
)
SELECT COUNT(*) FILTER (WHERE a AND b AND c AND d), COUNT(*) FILTER (WHERE a), COUNT(*) FILTER (WHERE b),
    COUNT(*) FILTER (WHERE c), COUNT(*) FILTER (WHERE d) FROM people
"""


class _Hand:
    """The preview as somebody who knows the files would write it, by an engine with the same means."""

    def __init__(self, files: list[str]) -> None:
        self.engine = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
        self.files = files
        self.answer: tuple[int, ...] = ()

    def ask(self) -> None:
        found = self.engine.execute(_BY_HAND.format(end=END, day=DAY), {"files": self.files}).fetchone()
        assert found is not None
        self.answer = found


def generated(count: int) -> dict[str, Expr]:
    """Segments of two to four conditions, the same ones in every run."""
    chance = random.Random(7)
    kinds = list(_conditions(chance))
    found: dict[str, Expr] = {}
    for position in range(count):
        parts = tuple(chance.choice(kinds)() for _ in range(chance.choice((2, 2, 3, 4))))
        found[f"segment-{position}"] = Or(parts) if chance.random() < 0.2 else And(parts)
    return found


def _conditions(chance: random.Random) -> Iterator[Callable[[], Expr]]:
    days = chance.choice

    def period(*lengths: int) -> Period:
        return Period(within=days(lengths) * DAY)

    def viewed() -> Expr:
        times = Range(at_least=chance.choice((1, 1, 2, 3, 5)))
        return Measure(_viewed(chance.randrange(CATEGORIES)), period(7, 14, 30, 90), "count", times)

    yield from (viewed, viewed, viewed)
    yield lambda: Measure(
        Match(frozenset(("$page",))), period(7, 30, 90), "count", Range(at_least=chance.choice((3, 5, 10, 20)))
    )
    yield lambda: Measure(ORDERS, period(30, 90, 180, 365), "count", Range(at_least=chance.choice((1, 2, 3))))
    yield lambda: Measure(ORDERS, period(30, 90, 180), "count", Range(exactly=0))
    yield lambda: Measure(
        ORDERS, period(90, 365), "sum", Range(at_least=chance.choice((5_000, 10_000, 20_000, 50_000))), "value"
    )
    yield lambda: Edge(ORDERS, period(30, 60, 90), last=chance.random() < 0.6)
    yield lambda: Measure(_bought(chance.randrange(CATEGORIES)), period(90, 365), "orders", ONCE)
    yield lambda: Measure(_clicked(chance.randrange(12)), period(7, 30), "count", ONCE)
    yield lambda: Follow(_clicked(chance.randrange(3)), ORDERS, period(30), None, negate=True)
    yield lambda: Latest(
        frozenset(("$identify", "=set")),
        "properties.plan",
        Check(values=frozenset((chance.choice(("gold", "basic")),))),
    )
    yield lambda: Latest(None, "device_class", Check(values=frozenset((chance.choice(("mobile", "desktop")),))))
    yield lambda: Neg(Latest(None, "country", Check(values=frozenset((chance.choice(("nl", "be")),)))))
    yield lambda: Measure(
        Match(frozenset(("=joined",)), (_is("label", f"audience-{chance.randrange(8)}"),)), EVER, "count", ONCE
    )
    yield lambda: Cart((), Range(at_least=chance.choice((5_000, 10_000))), period(7, 30))
    yield lambda: Rhythm(ORDERS, 90 * DAY, 3, Range(above=chance.choice((1.5, 3.0))))
    yield lambda: Share(
        ORDERS, (FieldTest("properties.discount", Check(excluded=frozenset((0,)))),), EVER, Range(at_least=0.5)
    )


def _is(field: str, value: str) -> FieldTest:
    return FieldTest(field, Check(values=frozenset((value,))))


def _viewed(category: int) -> Match:
    return Match(frozenset(("Product Viewed",)), (_is("category", f"category-{category}"),))


def _clicked(content: int) -> Match:
    return Match(frozenset(("Communication Clicked",)), (_is("communication", f"content-{content}"),))


def _bought(category: int) -> Match:
    products = frozenset(f"p{category * 100 + number}" for number in range(100))
    return Match(frozenset(("=line",)), (FieldTest("product", Check(values=products)),))


def main() -> None:
    """`python -m bench.segments --people 100000 --facts 1000000`: the same in another size, with what is in the 100."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--facts", type=int, default=FACTS)
    asked = parser.parse_args()
    kinds = [type(leaf).__name__ for rule in generated(100).values() for leaf in each_leaf(rule)]
    print({kind: kinds.count(kind) for kind in sorted(set(kinds))})
    with tempfile.TemporaryDirectory(prefix="shopkeeper-bench-", dir=Path.cwd()) as folder:
        for figure in measure(Path(folder), 3, asked.people, asked.facts):
            print(f"{figure.what}: {figure.figure:.3g} {figure.unit}")


if __name__ == "__main__":
    main()
