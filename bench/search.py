"""Search over 100,000 products beside SQLite FTS5 and bm25s, in one run: how long, and how good on a judged set.

The products are the catalogue of Complete Journey, filled up with copies. Questions to measure are made of the words of
random products, as they stand, begun, misspelt, or with a word that nothing has. The judged set (judged.json) says which
products a question means, by their kind: 3 for what was meant, 1 for what lies near; quality is NDCG@10 over it.
"""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from pyarrow import parquet

from bench import storefront
from bench.figure import Figure
from shopkeeper.catalogue import read_product
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.bring import bring_products
from shopkeeper.goods.finding import find, keep_up
from shopkeeper.imports import complete_journey as data
from shopkeeper.search import Filters, Question

PRODUCTS, QUESTIONS, TOP = 100_000, 1_000, 10
P99_MS, CHANGE_S = 15.0, 1.0
JUDGED = json.loads(Path(__file__).with_name("judged.json").read_text())


def measure(folder: Path, _seconds: float) -> list[Figure]:
    """Latency, quality, how soon a change is found, and what making the index takes."""
    chance = random.Random(6)
    kinds, products = catalogue(chance)
    words = questions(products, chance)
    shop = Shop.open(folder / "search")
    bring_products(shop, (read_product(p, "USD", 0) for p in products))
    begun = time.process_time()
    keep_up(shop)
    made_s = time.process_time() - begun
    asked = [Question(q=q, limit=TOP) for q in words]
    plain = _timed(shop, asked)
    narrowed = _timed(shop, [Question(q=q, limit=TOP, filters=Filters(brand=("Private",))) for q in words])
    processor = _timed(shop, asked, time.thread_time)
    judged = [[hit.id for hit in find(shop, Question(q=j["q"], limit=TOP)).hits] for j in JUDGED]
    change_s = _changed(shop)
    shop.close()
    figures = [
        Figure("search, 100k products, p99", "ms", _p99(plain), P99_MS),
        Figure("search, 100k products, mean", "ms", mean(plain)),
        Figure("search, processor time, p99", "ms", _p99(processor), P99_MS),
        Figure("search, processor time, mean", "ms", mean(processor)),
        Figure("search with a filter, p99", "ms", _p99(narrowed), P99_MS),
        Figure("search, NDCG@10 of 42 judged questions", "", _ndcg(judged, kinds)),
        Figure("from a change to its being found", "s", change_s, CHANGE_S),
        Figure("index of 100k products made, processor time", "s", made_s),
    ]
    told = folder / "search.json"
    told.write_text(json.dumps({"products": products, "questions": words + [j["q"] for j in JUDGED]}))
    for kind, name in (("fts5", "SQLite FTS5"), ("bm25s", "bm25s")):
        out = subprocess.run(
            [sys.executable, "-m", "bench.searchers", kind, str(told)], capture_output=True, check=True, text=True
        )
        answer = json.loads(out.stdout)
        spent, busy = answer["ms"][: len(words)], answer["processor_ms"][: len(words)]
        found = answer["answers"][len(words) :]
        figures += [
            Figure(f"{name}, p99", "ms", _p99(spent)),
            Figure(f"{name}, processor time, p99", "ms", _p99(busy)),
            Figure(f"{name}, processor time, mean", "ms", mean(busy)),
            Figure(f"{name}, NDCG@10", "", _ndcg(found, kinds)),
        ]
    return [*figures, *storefront.measure(folder, "search", P99_MS)]


def catalogue(chance: random.Random) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The kind of each product in words, and the products."""
    rows = parquet.read_table(data.folder() / "products.parquet").to_pylist()
    kinds: dict[str, str] = {}
    products = []
    for number in range(PRODUCTS):
        row = rows[number] if number < len(rows) else chance.choice(rows)
        id = str(row["product_id"]) if number < len(rows) else f"copy-{number}"
        kind = row["product_type"] or row["product_category"] or row["department"]
        name = f"{kind} {row['package_size']}" if row["package_size"] else kind
        kinds[id] = f"{row['product_category']} {row['product_type']}"
        products.append(
            {"id": id, "name": name, "category": row["product_category"] or "", "brand": row["brand"] or ""}
        )
    return kinds, products


def questions(products: list[dict[str, Any]], chance: random.Random) -> list[str]:
    found: list[str] = []
    while len(found) < QUESTIONS:
        words = re.findall(r"[a-z]{3,}", chance.choice(products)["name"].lower())
        if not words:
            continue
        words = chance.sample(words, min(len(words), chance.randint(1, 3)))
        match chance.random():
            case share if share < 0.2:
                words[-1] = words[-1][: max(2, len(words[-1]) - 2)]
            case share if share < 0.4:
                place = chance.randrange(len(words[0]))
                words[0] = words[0][:place] + words[0][place + 1 :]
            case share if share < 0.5:
                words.append("zzyzx")
        found.append(" ".join(words))
    return found


def _timed(shop: Shop, questions: list[Question], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Milliseconds of each question; on a busy machine those of the processor say more."""
    spent = []
    for question in questions:
        begun = clock()
        find(shop, question)
        spent.append((clock() - begun) * 1e3)
    return spent


def _changed(shop: Shop) -> float:
    begun = time.perf_counter()
    shop.put_products([read_product({"id": "new", "name": "Zanzibar lamp"}, "USD", 0)])
    keep_up(shop)
    assert find(shop, Question(q="zanzibar")).hits[0].id == "new"
    return time.perf_counter() - begun


def _ndcg(answers: list[list[str]], kinds: dict[str, str]) -> float:
    """Mean of the discounted gain of ten answers as a share of the best possible (Järvelin and Kekäläinen, 2002)."""
    shares = []
    for judged, found in zip(JUDGED, answers, strict=True):
        grades = {grade: re.compile(judged[str(grade)]) for grade in (3, 1)}
        grade_of = {id: next((g for g, like in grades.items() if like.search(kind)), 0) for id, kind in kinds.items()}
        best = sorted(grade_of.values(), reverse=True)[:TOP]
        shares.append(_gain([grade_of[id] for id in found[:TOP]]) / _gain(best))
    return mean(shares)


def _gain(grades: list[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _p99(spent: list[float]) -> float:
    return quantiles(spent, n=100)[-1]
