"""Who is in which segments at an instant, and how many: asked of everybody's facts at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from shopkeeper import timelines
from shopkeeper.conditions.leaves import Bucket, Expr, Top, each_leaf
from shopkeeper.model.buckets import bucket_of
from shopkeeper.populations import numbers, orders
from shopkeeper.populations.due import due_sql
from shopkeeper.populations.plan import Bits, bits
from shopkeeper.populations.sets import PRODUCT_SETS, ProductSets
from shopkeeper.populations.source import Asked, key_of
from shopkeeper.populations.words import FALSE, TRUE, double
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.timelines import Facts, everybody, marked, tabled


class Sizes(NamedTuple):
    """How many people are in each segment, and how many there are."""

    sizes: dict[str, int]
    everybody: int
    some: Sequence[int] = ()
    """Numbers of some people in the first of them, as far as facts tell them from somebody without any."""


class Members(NamedTuple):
    """Who is in each segment."""

    ids: Sequence[str]
    table: Any
    """Arrow: `segment` (position in `ids`) and `who`, in no order."""


def sizes(
    conn: Connection,
    history: History,
    wanted: Mapping[str, Expr],
    at: int,
    thresholds: Mapping[Top, float],
    some: int = 0,
) -> Sizes:
    """The sizes of many segments, or of the parts of one, in one pass; with up to `some` people of the first.

    Raises Unavailable as `History.query` does.
    """
    asked = _Question(conn, wanted, at, thresholds)
    found = asked.bits
    first = found.holds(next(iter(wanted.values()))) if some else FALSE
    counts = [f"COALESCE(SUM(people) FILTER (WHERE {found.holds(rule)}), 0)" for rule in wanted.values()]
    samples = [f"MIN(some{rest}) FILTER (WHERE {first})" for rest in range(some)]
    selected = ", ".join(["COALESCE(SUM(people), 0)", *counts, *samples])
    sql = f"SELECT {selected}, ({_only_later(asked.relation, at)}) FROM ({_alike(found, some)}) AS f"
    moved, *held, later = history.query(conn, sql, kind="facts", tables=asked.tables)[0]
    whole = timelines.count(conn) - later
    return Sizes(
        {
            id: int(count) + (whole - int(moved) if found.nobody(rule) else 0)
            for (id, rule), count in zip(wanted.items(), held[: len(wanted)], strict=True)
        },
        whole,
        [who for who in held[len(wanted) :] if who is not None],
    )


def _alike(found: Bits, some: int) -> str:
    """How many people have the same bits, and some of them: trees are then asked of few rows."""
    if found.sql is None:
        return f"SELECT 0 AS people{''.join(f', 0 AS some{rest}' for rest in range(some))} WHERE FALSE"
    columns = ", ".join(f"m{column}" for column in range(found.columns))
    samples = "".join(f", MIN(who) FILTER (WHERE who % {some} = {rest}) AS some{rest}" for rest in range(some))
    return f"SELECT {columns}, COUNT(*) AS people{samples} FROM ({found.sql}) AS f GROUP BY {columns}"


def _only_later(relation: str, at: int) -> str:
    """How many people have no facts until `at`, but later ones."""
    later = f'SELECT who FROM {relation} AS f WHERE f."at" > {at}'
    return (
        f"SELECT COUNT(*) FROM (SELECT who FROM {relation} AS f WHERE who IN ({later}) "
        f'GROUP BY who HAVING MIN(f."at") > {at}) AS f'
    )


def members(
    conn: Connection, history: History, wanted: Mapping[str, Expr], at: int, thresholds: Mapping[Top, float]
) -> Members:
    """The members of many segments in one pass. Raises Unavailable as `History.query` does."""
    asked = _Question(conn, wanted, at, thresholds)
    table = history.table(conn, members_sql(asked.bits, wanted, asked.people), kind="facts", tables=asked.tables)
    return Members(tuple(wanted), table)


def due(conn: Connection, history: History, wanted: Mapping[str, Expr], at: int) -> Members:
    """When members and others may change sides by time alone: also `due`, only of people for whom there is such a time.

    It is after `at` and never too late; people whose answer does not change then are to be asked anew all the same.
    """
    facts = everybody(conn)
    asked = Asked(facts.relation, at, {}, ProductSets())
    selects = [
        f"SELECT {position} AS segment, who, due FROM ({due_sql(rule, asked)}) AS f"
        for position, rule in enumerate(wanted.values())
    ]
    sql = " UNION ALL ".join(selects) or "SELECT 0 AS segment, 0 AS who, 0 AS due WHERE FALSE"
    return Members(tuple(wanted), history.table(conn, sql, kind="facts", tables=_with_sets(facts.tables, asked.sets)))


def thresholds(conn: Connection, history: History, tops: Collection[Top], at: int) -> dict[Top, float]:
    """The least metric of each top share at an instant; without one where nobody has any."""
    facts = everybody(conn)
    asked = Asked(facts.relation, at, {}, ProductSets())
    found: dict[Top, float] = {}
    by_key = {key_of(top): top for top in tops}
    for ask in (numbers.metrics, orders.metrics):
        kept = {key: top for key, top in by_key.items() if orders.counts_orders(top) == (ask is orders.metrics)}
        if not kept:
            continue
        source = ask(kept, asked)
        grouped = {
            "metrics": history.table(conn, source.sql, kind="facts", tables=_with_sets(facts.tables, asked.sets))
        }
        for key, sql in thresholds_sql("SELECT * FROM metrics", source.answers, kept).items():
            [(threshold,)] = history.query(conn, sql, kind="facts", tables=grouped)
            if threshold is not None:
                found[by_key[key]] = float(threshold)
    return found


def thresholds_sql(source: str, answers: Mapping[str, str], tops: Mapping[str, Top]) -> dict[str, str]:
    """Top -> the question for its threshold."""
    return {
        key: "SELECT MAX(metric) FROM (SELECT metric, ROW_NUMBER() OVER (ORDER BY metric DESC) AS place, "
        f"COUNT(*) OVER () AS people FROM (SELECT {metric} AS metric FROM ({source}) AS f) AS f "
        f"WHERE metric IS NOT NULL) AS f WHERE CAST(place AS DOUBLE) / people >= {double(tops[key].share)}"
        for key, metric in answers.items()
    }


def members_sql(found: Bits, wanted: Mapping[str, Expr], people: str) -> str:
    """(segment, who) of all members."""
    selects = []
    everyone = any(found.nobody(rule) for rule in wanted.values())
    columns = "".join(f", COALESCE(m{column}, 0) AS m{column}" for column in range(found.columns))
    if everyone and found.sql:
        base = f"SELECT p.who{columns} FROM (SELECT DISTINCT who FROM {people}) AS p LEFT JOIN ({found.sql}) AS b ON b.who = p.who"
    else:
        base = found.sql or f"SELECT DISTINCT who FROM {people}"
    for position, rule in enumerate(wanted.values()):
        held = found.holds(rule)
        if held != FALSE:
            selects.append(f"SELECT {position} AS segment, who FROM base" + ("" if held == TRUE else f" WHERE {held}"))
    return f"WITH base AS ({base}) " + (" UNION ALL ".join(selects) or "SELECT 0 AS segment, who FROM base WHERE FALSE")


class _Question:
    """What is asked, with the facts it is asked of."""

    def __init__(self, conn: Connection, wanted: Mapping[str, Expr], at: int, thresholds: Mapping[Top, float]) -> None:
        facts: Facts = everybody(conn)
        self.tables = dict(facts.tables)
        self.relation = facts.relation
        self.people = f'(SELECT who FROM {facts.relation} AS f WHERE f."at" <= {at}) AS f'
        chances = {}
        buckets = {
            key_of(leaf): leaf for rule in wanted.values() for leaf in each_leaf(rule) if isinstance(leaf, Bucket)
        }
        for position, (key, leaf) in enumerate(buckets.items()):
            self.tables[f"bucket_{position}"] = marked(conn, _inside(leaf))
            chances[key] = f"(SELECT who FROM bucket_{position} WHERE who IN (SELECT who FROM {self.people}))"
        sets = ProductSets()
        self.bits = bits(tuple(wanted.values()), Asked(facts.relation, at, thresholds, sets), chances)
        self.tables = _with_sets(self.tables, sets)


def _with_sets(tables: Mapping[str, Any], sets: ProductSets) -> dict[str, Any]:
    columns = sets.columns()
    return {**tables, PRODUCT_SETS: tabled(columns)} if columns else dict(tables)


def _inside(leaf: Bucket) -> Any:
    return lambda person: leaf.bounds.holds(bucket_of(person, leaf.seed))
