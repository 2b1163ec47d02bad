"""Recommenders: how long an answer takes with 100,000 products, and how good "for you" is on Complete Journey.

Speed: a shop of the catalogue of Complete Journey filled up with copies, its real orders of 180 days, and made-up views.
Requests are made of random products, carts and people; what each strategy takes is told by itself, once everything the
shelves remember was asked. Quality: the first basket of each household in the last 28 days is to be found by what was
bought before; beside `for_you` stand what people bought most, what sells, and neighbours alone.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import log2
from pathlib import Path
from statistics import mean, quantiles
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyarrow import parquet
from rich.console import Console
from rich.table import Table

from bench import storefront
from bench.figure import Figure
from shopkeeper.imports import complete_journey as data
from shopkeeper.model.definitions import Product
from shopkeeper.model.events import PRODUCT_VIEWED
from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.recommenders import STRATEGIES, Now, Occasion, Shelves, Stock, choose
from shopkeeper.recommenders.counts import BOUGHT_FOR, Counts, count
from shopkeeper.timelines import LINE, Fact, Timeline

PRODUCTS, VIEWS, ASKED = 100_000, 1_000_000, 100
P99_MS, RECALL = 10.0, 0.19
HORIZON, TOP = 28 * DAY, 20
Numbers = NDArray[np.int64]


class Journey(NamedTuple):
    """Lines in time; products and households by number."""

    at: Numbers
    basket: Numbers
    who: Numbers
    product: Numbers
    ids: list[str]
    cut: int
    """The instant before which everything is known."""


def measure(folder: Path, _seconds: float) -> list[Figure]:
    """Both tables, and what a page waits for."""
    journey = _read()
    begun = time.process_time()
    counts, lines = _counted(journey)
    counted_s = time.process_time() - begun
    figures = [Figure(f"{lines.shape[1]:,} lines of 180 days counted, processor time", "s", counted_s)]
    figures += _quality(journey, counts)
    figures += _speed(journey, lines)
    return [*figures, *storefront.measure(folder, "recommend", P99_MS)]


def quality() -> list[Figure]:
    """What each method finds of the next basket, of all of it, of repeats and of what is new."""
    journey = _read()
    return _quality(journey, _counted(journey)[0])


def _counted(journey: Journey) -> tuple[Counts, Numbers]:
    """What everybody did before the cut, and the lines it was counted from."""
    past = journey.at < journey.cut
    rows = np.stack([journey.basket, journey.at, journey.who, journey.product, np.ones_like(journey.at)])
    lines = rows[:, past & (journey.at >= journey.cut - BOUGHT_FOR)]
    return count(lines, np.zeros((5, 0), np.int64), journey.ids, journey.cut, 1), lines


def _read() -> Journey:
    """What counts of the year: without coupons and lines of no quantity."""
    lines = parquet.read_table(data.folder() / "transactions.parquet")
    kinds = parquet.read_table(data.folder() / "products.parquet", columns=["product_id", "product_category"])
    coupons = [row["product_id"] for row in kinds.to_pylist() if row["product_category"] == "COUPON/MISC ITEMS"]
    product = lines["product_id"].to_numpy()
    kept = (lines["quantity"].to_numpy() > 0) & ~np.isin(product, np.array(coupons))
    ids, numbers = np.unique(product[kept], return_inverse=True)
    at = lines["transaction_timestamp"].cast("timestamp[us]").cast("int64").to_numpy()[kept]
    basket, who = (lines[name].to_numpy()[kept].astype(np.int64) for name in ("basket_id", "household_id"))
    return Journey(at, basket, who, numbers.astype(np.int64), [str(id) for id in ids], int(at.max()) - HORIZON)


def _quality(journey: Journey, counts: Counts) -> list[Figure]:
    """Recall and NDCG at 20 of the next basket, of all, of what was bought before, and of what never was."""
    stock = Stock({id: Product(id, id) for id in journey.ids}, {})
    shelves = Shelves(stock, Now(journey.cut, counts, counts.bought))
    methods: dict[str, Callable[[Occasion], list[str]]] = {
        "for you": lambda occasion: _ids(shelves, "for_you", occasion),
        "bought most by the person": lambda occasion: _most(occasion, stock),
        "neighbours alone": lambda occasion: [
            key for key, _ in counts.near("together", occasion.person(stock).taste(), themselves=True)[:TOP]
        ],
        "best sellers": lambda occasion: _ids(shelves, "best_sellers", occasion),
        "for you, new only": lambda occasion: _ids(shelves, "for_you", occasion, only="new"),
    }
    scores: dict[str, list[tuple[float, ...]]] = {name: [] for name in methods}
    for occasion, basket in _next_baskets(journey):
        before = set(occasion.person(stock).bought)
        for name, method in methods.items():
            found = method(occasion)
            again, new = ([id for id in found if (id in before) is old] for old in (True, False))
            scores[name].append(
                (_recall(found, basket), _ndcg(found, basket), _recall(again, basket & before), _recall(new, basket - before))
            )  # fmt: skip
    Console(width=120).print(_table(scores))
    recall = mean(row[0] for row in scores["for you"])
    return [Figure(f"for you: recall@20, {len(scores['for you']):,} baskets", "", recall, RECALL, at_least=True)]


def _table(scores: dict[str, list[tuple[float, ...]]]) -> Table:
    """Means over the baskets that have any of what is looked for."""
    columns = ("recall@20", "NDCG@20", "recall@20 of repeats", "recall@20 of new")
    shown = Table("recommender", *columns, title="The next basket on Complete Journey")
    for name, rows in scores.items():
        values = np.nanmean(np.array(rows), axis=0)
        shown.add_row(name, *(f"{value:.4f}" for value in values))
    return shown


def _next_baskets(journey: Journey) -> Sequence[tuple[Occasion, set[str]]]:
    """The first basket of each household after the cut, and the household before it."""
    found = []
    order = np.lexsort((journey.at, journey.who))
    who = journey.who[order]
    starts = np.r_[0, np.flatnonzero(who[1:] != who[:-1]) + 1, len(who)]
    for low, high in pairwise(starts.tolist()):
        rows = order[low:high]
        later, earlier = rows[journey.at[rows] >= journey.cut], rows[journey.at[rows] < journey.cut]
        if len(later) and len(earlier):
            facts = [
                Fact(int(journey.at[n]), b"", LINE, "d", journey.ids[journey.product[n]], quantity=1.0) for n in earlier
            ]
            basket = later[journey.basket[later] == journey.basket[later[0]]]
            timeline = Timeline(facts)
            occasion = Occasion(journey.cut, timeline=lambda timeline=timeline: timeline)  # type: ignore[misc]
            found.append((occasion, {journey.ids[journey.product[n]] for n in basket}))
    return found


def _ids(shelves: Shelves, strategy: str, occasion: Occasion, **said: object) -> list[str]:
    recommender = Recommender(strategies=(strategy,), max=TOP, **said)  # type: ignore[arg-type]
    return [pick.product.id for pick in choose(shelves, recommender, occasion)]


def _most(occasion: Occasion, stock: Stock) -> list[str]:
    bought = occasion.person(stock).bought
    return sorted(bought, key=lambda id: (-len(bought[id]), id))[:TOP]


def _recall(found: Sequence[str], basket: set[str]) -> float:
    return len(basket.intersection(found)) / len(basket) if basket else float("nan")


def _ndcg(found: Sequence[str], basket: set[str]) -> float:
    gained = sum(1 / log2(place + 2) for place, id in enumerate(found) if id in basket)
    return gained / sum(1 / log2(place + 2) for place in range(min(len(basket), TOP)))


def _speed(journey: Journey, lines: Numbers) -> list[Figure]:
    """Milliseconds of an answer, whatever the strategy, and of the slowest strategies."""
    chance = random.Random(7)
    products = _products(chance)
    ids = list(products)
    views = _views(lines, journey)
    counts = count(lines, views, [*journey.ids, *sorted(products.keys() - set(journey.ids))], journey.cut, 1)
    stock = Stock(products, {})
    begun = time.process_time()
    stock.alike.of(ids[0])
    alike_s = time.process_time() - begun
    costly = {n: frozenset(id for id, p in products.items() if (p.paid or 0) > 100 * n) for n in (2, 5)}
    shelves = Shelves(
        stock, Now(journey.cut, counts, counts.bought), lambda said: costly[said["where"]["price"]["above"]]
    )
    people = _people(journey, lines, chance)
    wall: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}
    for turn in range(2):  # the first turn fills what the shelves remember, as restocking does
        wall = {name: [] for name in STRATEGIES}
        busy = {name: [] for name in STRATEGIES}
        for name in STRATEGIES:
            for number in range(ASKED):
                recommender, occasion = _request(name, ids, people, chance, number)
                started, spent = time.perf_counter(), time.thread_time()
                choose(shelves, recommender, occasion)
                wall[name].append((time.perf_counter() - started) * 1e3)
                busy[name].append((time.thread_time() - spent) * 1e3)
        if turn == 0:
            begun = time.process_time()
            shelves = Shelves(stock, shelves.now, lambda said: costly[said["where"]["price"]["above"]]).restocked(
                shelves
            )
            restocked_s = time.process_time() - begun
            gc.collect()
            gc.freeze()  # as `serve` does
    every = [ms for times in wall.values() for ms in times]
    spent_on = [ms for times in busy.values() for ms in times]
    slowest = sorted(busy, key=lambda name: -_p99(busy[name]))[:3]
    return [
        Figure("recommend, 100k products, p99", "ms", _p99(every), P99_MS),
        Figure("recommend, processor time, p99", "ms", _p99(spent_on), P99_MS),
        Figure("recommend, processor time, mean", "ms", mean(spent_on)),
        *(Figure(f"recommend, {name}, processor time, p99", "ms", _p99(busy[name])) for name in slowest),
        Figure("what is alike among 100k products, processor time", "s", alike_s),
        Figure("shelves filled again, processor time", "s", restocked_s),
    ]


def _request(
    name: str, ids: list[str], people: list[Timeline], chance: random.Random, number: int
) -> tuple[Recommender, Occasion]:
    """Half of them with filters."""
    filters: dict[str, object] = {}
    if number % 2:
        filters = {
            "include": {"where": {"price": {"above": chance.choice((2, 5))}}},
            "hide": ("bought", "in_cart", "out_of_stock"),
            "per_brand": 3,
            "relative": ("cheaper",) if number % 4 == 1 else (),
        }
    recommender = Recommender(
        strategies=(name, "best_sellers"), min=6, max=12, products=tuple(chance.sample(ids, 20)), free_delivery_from=20,
        **filters,  # type: ignore[arg-type]
    )  # fmt: skip
    person = chance.choice(people)
    at = person.facts[-1].at + MINUTE
    popular = ids[: len(ids) // 20]
    occasion = Occasion(
        at, session_start=at - 30 * MINUTE, page="product", product=chance.choice(popular if number % 3 else ids),
        cart=chance.sample(popular, 3), timeline=lambda: person,
    )  # fmt: skip
    return recommender, occasion


def _products(chance: random.Random) -> dict[str, Product]:
    rows = parquet.read_table(data.folder() / "products.parquet").to_pylist()
    found = {}
    for number in range(PRODUCTS):
        row = rows[number] if number < len(rows) else chance.choice(rows)
        id = str(row["product_id"]) if number < len(rows) else f"copy-{number}"
        kind = row["product_type"] or row["product_category"] or row["department"]
        category = " > ".join(part for part in (row["department"], row["product_category"]) if part)
        price = chance.randint(50, 2_000)
        found[id] = Product(
            id, f"{kind} {row['package_size'] or ''}".strip(), price=price, currency="USD", category=category,
            brand=f"{row['brand']} {number % 40}", created_at=number,
        )  # fmt: skip
    return found


def _views(lines: Numbers, journey: Journey) -> Numbers:
    """Views of what is bought, more of what is bought more, in visits of up to ten."""
    rng = np.random.default_rng(7)
    of = lines[3][rng.integers(0, lines.shape[1], VIEWS)]
    who = np.repeat(rng.integers(0, 100_000, VIEWS // 10), 10)
    at = (
        np.repeat(journey.cut - rng.integers(0, 30 * DAY, VIEWS // 10), 10)
        + np.tile(np.arange(10), VIEWS // 10) * MINUTE
    )
    at = np.minimum(at, journey.cut)
    return np.stack([np.arange(VIEWS), at, who, of, np.ones(VIEWS, np.int64)])


def _people(journey: Journey, lines: Numbers, chance: random.Random) -> list[Timeline]:
    """Households with what they bought in 180 days, and twenty views just now."""
    found = []
    for who in chance.sample(sorted(set(lines[2].tolist())), 50):
        own = lines[:, lines[2] == who]
        facts = [
            Fact(int(at), b"", LINE, "d", journey.ids[n], quantity=1.0) for at, n in zip(own[1], own[3], strict=True)
        ]
        facts += [
            Fact(journey.cut - n * MINUTE, b"v", PRODUCT_VIEWED, "d", journey.ids[chance.choice(own[3].tolist())])
            for n in range(20)
        ]
        found.append(Timeline(facts))
    return found


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[-1]
