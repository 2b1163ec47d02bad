"""Owns what each person did, as compact facts: by person in state for one answer, as Parquet for everybody's.

May touch storage and model. Start reading in `facts.py` (what a fact says), then `timeline.py` and `bulk.py`.
"""

from shopkeeper.timelines.bulk import Facts, amounts, everybody, marked, tabled
from shopkeeper.timelines.columns import SCHEMAS
from shopkeeper.timelines.facts import (
    COLUMNS,
    LINE,
    ORDER,
    Bought,
    Fact,
    Place,
    facts_of,
    joined,
    order_facts,
    set_value,
)
from shopkeeper.timelines.keep import add, forget, move, number, people_since, put_orders, rename_person, reset, tidy
from shopkeeper.timelines.look import glance, latest_write, load, numbers, persons, writes_since
from shopkeeper.timelines.store import DERIVED, MIGRATIONS, LongTimelineError, count
from shopkeeper.timelines.timeline import Timeline

__all__ = [
    "COLUMNS",
    "DERIVED",
    "LINE",
    "MIGRATIONS",
    "ORDER",
    "SCHEMAS",
    "Bought",
    "Fact",
    "Facts",
    "LongTimelineError",
    "Place",
    "Timeline",
    "add",
    "amounts",
    "count",
    "everybody",
    "facts_of",
    "forget",
    "glance",
    "joined",
    "latest_write",
    "load",
    "marked",
    "move",
    "number",
    "numbers",
    "order_facts",
    "people_since",
    "persons",
    "put_orders",
    "rename_person",
    "reset",
    "set_value",
    "tabled",
    "tidy",
    "writes_since",
]
