"""Others that find products by words, each in a process of its own: `python -m bench.searchers fts5|bm25s FILE`.

The file holds products and questions as JSON; the answer on standard output is, for every question, its ten best ids, and the
milliseconds it took.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TOP = 10
Ask = Callable[[str], list[str]]


def fts5(products: list[dict[str, Any]]) -> Ask:
    """SQLite's full text search: porter stems, weighed columns; all words with the last begun, else any word."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE p USING fts5(id UNINDEXED, title, brand, category, tokenize = 'porter unicode61')")
    rows = [(p["id"], p["name"], p["brand"], p["category"]) for p in products]
    db.executemany("INSERT INTO p VALUES (?, ?, ?, ?)", rows)
    db.execute("INSERT INTO p(p) VALUES ('optimize')")
    sql = f"SELECT id FROM p WHERE p MATCH ? ORDER BY bm25(p, 0, 4, 2, 2) LIMIT {TOP}"

    def ask(text: str) -> list[str]:
        words = [f'"{word}"' for word in re.findall(r"\w+", text)]
        if not words:
            return []
        found = db.execute(sql, (" AND ".join(words) + "*",)).fetchall()
        found = found or db.execute(sql, (" OR ".join(words),)).fetchall()
        return [id for (id,) in found]

    return ask


def bm25s(products: list[dict[str, Any]]) -> Ask:
    """bm25s: sparse BM25 in numpy over the same words, stemmed as ours are."""
    import bm25s as library  # noqa: PLC0415 - only this process needs it

    from shopkeeper.search.analysis import stem  # noqa: PLC0415

    def words(texts: list[str]) -> list[list[str]]:
        return [[stem("en", w) for w in re.findall(r"[^\W\d_]+|\d+", text.lower())] for text in texts]

    index = library.BM25()
    index.index(words([f"{p['name']} {p['brand']} {p['category']}" for p in products]), show_progress=False)
    ids = [p["id"] for p in products]

    def ask(text: str) -> list[str]:
        known = [w for w in words([text])[0] if w in index.vocab_dict]
        if not known:
            return []
        found, scores = index.retrieve([known], k=TOP, show_progress=False)
        return [ids[n] for n, score in zip(found[0], scores[0], strict=True) if score > 0]

    return ask


def main() -> None:
    """Answer every question of the file."""
    kind, file = sys.argv[1:]
    told = json.loads(Path(file).read_text())
    ask = {"fts5": fts5, "bm25s": bm25s}[kind](told["products"])
    for question in told["questions"][:20]:
        ask(question)
    answers, spent, busy = [], [], []
    for question in told["questions"]:
        begun, work = time.perf_counter(), time.thread_time()
        answers.append(ask(question))
        busy.append((time.thread_time() - work) * 1e3)
        spent.append((time.perf_counter() - begun) * 1e3)
    json.dump({"answers": answers, "ms": spent, "processor_ms": busy}, sys.stdout)


if __name__ == "__main__":
    main()
