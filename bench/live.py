"""Segments live: what a new event costs for a visitor of 200 facts and 50 segments; what an idle server with 1M people does.

The segments are those every shop has and 28 more, as a marketer writes them. The idle server's people all have a timer
that rings in a month and stand in the state as people do; its processor time is that of the whole process.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from bench.figure import Figure
from bench.server import run, serve
from shopkeeper.campaigns import parse_file
from shopkeeper.conditions import Standing
from shopkeeper.engine.shop import Shop
from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.segments import Book
from shopkeeper.segments.book import ANY_EVENT
from shopkeeper.timelines import Fact, Timeline

PEOPLE, FACTS, SEGMENTS = 1_000_000, 200, 50
EVENT_US = 1_000.0
IDLE_SHARE = 0.02
"""Of one core; near zero is what people expect of a program that has nothing to do."""
_CATEGORIES = ("tea", "coffee", "cups", "books", "garden")


def measure(folder: Path, seconds: float, people: int = PEOPLE) -> list[Figure]:
    """Microseconds of an event, and the share of a core an idle server takes."""
    data = folder / "live"
    file = yaml.safe_dump({"segments": {id: {"rule": rule} for id, rule in _rules().items()}})
    shop = Shop.open(data)
    shop.apply(parse_file(file))
    figures = _event(shop.book, shop.now())
    _fill(shop, people)
    shop.close()
    return [*figures, *_idle(data, seconds)]


def _rules() -> dict[str, Any]:
    """Twenty-eight rules of the kinds that marketers write."""
    rules: dict[str, Any] = {}
    for n, category in enumerate(_CATEGORIES):
        looked = {"did": "Product Viewed", "where": {"category": category}, "within": f"{7 * (n + 1)} days"}
        bought = {"orders": {"at_least": 1}, "where": {"category": category}, "within": "90 days"}
        rules[f"looked-{n}"] = looked
        rules[f"keen-{n}"] = {**looked, "times": {"at_least": 3}}
        rules[f"unsold-{n}"] = {"all": [looked, {"not": bought}]}
        rules[f"cart-{n}"] = {"all": [{"cart": "open", "where": {"category": category}}, {"orders": {"at_least": n}}]}
        rules[f"mobile-{n}"] = {"all": [{"visitor": "device", "is": "mobile"}, looked]}
    rules["mailable"] = {"consent": "marketing"}
    rules["paused"] = {"not": {"did": "anything", "within": "14 days"}}
    rules["named"] = {"attribute": "name", "is": {"exists": True}}
    return rules


def _event(book: Book, now: int) -> list[Figure]:
    chance = random.Random(5)
    names = ["Product Viewed"] * 6 + ["$page"] * 8 + ["Product Added", "Product List Viewed", "Communication Shown"]
    facts = [
        Fact(
            now - chance.randrange(60 * DAY) // MINUTE * MINUTE,
            number.to_bytes(16, "big"),
            chance.choice(names),
            "phone",
            product=f"p{chance.randrange(300)}",
            category=chance.choice(_CATEGORIES),
            price=1250,
            device_class="mobile",
        )
        for number in range(FACTS)
    ]
    segments = list(book.segments.values())
    assert len(segments) == SEGMENTS, len(segments)
    touched = [s for s in segments if s.touched_by & {"Product Viewed", ANY_EVENT}]
    every = _microseconds(lambda: _ask(facts, segments, now))
    some = _microseconds(lambda: _ask(facts, touched, now))
    return [
        Figure("50 segments, 200 facts: all asked anew", "us", every, EVENT_US),
        Figure(f"the {len(touched)} a product view can change", "us", some, EVENT_US),
    ]


def _ask(facts: list[Fact], segments: list[Any], now: int) -> None:
    standing = Standing(Timeline(facts), "u:ann", now, {})
    for segment in segments:
        standing.answer(segment.expr)


def _microseconds(what: Any) -> float:
    times = []
    for _ in range(200):
        begun = time.process_time_ns()
        what()
        times.append((time.process_time_ns() - begun) / 1000)
    return median(times)


def _fill(shop: Shop, people: int) -> None:
    """People with a timer in a month, a profile, and a place among the people of timelines."""
    later = shop.now() + 30 * DAY
    step = 50_000
    for start in range(0, people, step):
        numbers = range(start, min(start + step, people))
        with shop.state.write() as conn:
            sql = "INSERT INTO segments_due (person, due, because) VALUES (?, ?, ?)"
            conn.many(sql, [(f"u:{n}", later + n, "") for n in numbers])
            conn.many("INSERT INTO timelines_people VALUES (?, ?)", [(f"u:{n}", 10**9 + n) for n in numbers])
            conn.many(
                "INSERT INTO visitors_profiles VALUES (?, ?, ?, ?)",
                [(f"u:{n}", later, f"{n}", b"\x90") for n in numbers],
            )


def _idle(data: Path, seconds: float) -> list[Figure]:
    run(data, "keys", "--json")
    with serve(data) as server:
        time.sleep(5)  # what it does at its start
        before, begun = server.cpu_s(), time.perf_counter()
        time.sleep(max(10, 4 * seconds))
        share = (server.cpu_s() - before) / (time.perf_counter() - begun)
        memory = server.memory_mb()
    return [
        Figure("idle server, 1M people, 50 segments", "of a core", share, IDLE_SHARE),
        Figure("its memory", "MB", memory),
    ]
