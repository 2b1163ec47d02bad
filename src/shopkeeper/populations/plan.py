"""Many rules in one query: every leaf once, its answers as bits, and the trees over the bits of each person. Pure.

A bit says that a person's answer is not that of somebody without facts, so people who did nothing that matters need no
row: everything unites into one row of bits for each person who did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shopkeeper.conditions.leaves import (
    And,
    Bucket,
    Cart,
    Clock,
    Edge,
    Expr,
    Follow,
    Latest,
    Leaf,
    Measure,
    Neg,
    Or,
    Rhythm,
    Share,
    Top,
    Visits,
    each_leaf,
)
from shopkeeper.conditions.live import Standing
from shopkeeper.populations import cart, follow, latest, numbers, orders, shelves, visits
from shopkeeper.populations.numbers import Grouping
from shopkeeper.populations.source import Asked, Leaves, Source, key_of
from shopkeeper.populations.words import FALSE, TRUE
from shopkeeper.timelines import Timeline

BITS = 62
"""In one column."""
_GROUPABLE = (Measure, Edge, Share, Rhythm, Top, Latest)


class Bits(NamedTuple):
    """Where the answers of leaves stand."""

    sql: str | None
    """SELECT who, m0, m1 ...: the people whose answers are not all those of somebody without facts. None: nobody."""
    columns: int
    places: Mapping[str, int]
    """Leaf (by its key) -> the number of its bit. Leaves without one have the same answer for all."""
    alike: Mapping[str, bool]
    """Leaf -> the answer of somebody without facts."""

    def holds(self, expr: Expr) -> str:
        """Whether a rule holds, over those columns. Leaves side by side are asked in one go."""
        if isinstance(expr, Neg):
            return _not(self.holds(expr.part))
        if not isinstance(expr, And | Or):
            return self.holds(And((expr,)))
        every = isinstance(expr, And)
        wanted: dict[int, tuple[int, int]] = {}
        found = []
        for part in expr.parts:
            literal, positive = _literal(part)
            if literal is None:
                found.append(self.holds(part))
                continue
            key = key_of(literal)
            if key not in self.places:
                found.append(TRUE if self.alike[key] == positive else FALSE)
                continue
            column, bit = divmod(self.places[key], BITS)
            mask, value = wanted.get(column, (0, 0))
            differs = positive != self.alike[key]
            if mask >> bit & 1 and bool(value >> bit & 1) != differs:
                found.append(FALSE if every else TRUE)  # a leaf and its own negation
            wanted[column] = (mask | 1 << bit, value | (1 << bit if differs else 0))
        for column, (mask, value) in wanted.items():
            masked = f"(m{column} & {mask})"
            found.append(f"{masked} = {value}" if every else f"{masked} <> {mask ^ value}")
        return _joined(found, every)

    def nobody(self, expr: Expr) -> bool:
        """Whether a rule holds for somebody without facts."""
        if isinstance(expr, And):
            return all(self.nobody(part) for part in expr.parts)
        if isinstance(expr, Or):
            return any(self.nobody(part) for part in expr.parts)
        if isinstance(expr, Neg):
            return not self.nobody(expr.part)
        return self.alike[key_of(expr)]


def bits(rules: Sequence[Expr], asked: Asked, chances: Mapping[str, str]) -> Bits:
    """The bits of all leaves of these rules. `chances` is a relation (who) of those in each bucket, by leaf."""
    distinct = {key_of(leaf): leaf for rule in rules for leaf in each_leaf(rule)}
    nobody = Standing(Timeline(()), "", asked.at, asked.thresholds)
    alike = {key: not isinstance(leaf, Bucket) and nobody.answer(leaf).holds for key, leaf in distinct.items()}
    places: dict[str, int] = {}
    found: list[tuple[Source, list[str]]] = []
    for source in sources(distinct, asked, chances):
        changing = [key for key, answer in source.answers.items() if answer != (TRUE if alike[key] else FALSE)]
        for key in changing:
            places.setdefault(key, len(places))
        if changing:
            found.append((source, changing))
    columns = -(-len(places) // BITS)
    selects = [_masked(source, keys, places, alike, columns) for source, keys in found]
    named = ", ".join(f"{source.name} AS ({source.sql})" for source, _ in found if source.name)
    united = _united(selects, columns)
    if len(found) == 1 and not found[0][0].of:
        united = selects[0]
    return Bits(f"WITH {named} {united}" if named and united else united, columns, places, alike)


def sources(distinct: Leaves, asked: Asked, chances: Mapping[str, str]) -> Iterator[Source]:
    """Leaves that are answered together."""
    groups: dict[Any, dict[str, Any]] = defaultdict(dict)
    on_shelves: set[str] = set()
    for some in shelves.sorted_out(distinct):
        on_shelves.update(some.leaves)
        yield shelves.source(some, asked)
    for key, leaf in distinct.items():
        if key not in on_shelves:
            groups[_together(leaf)][key] = leaf
    for (kind, *_), group in groups.items():
        if kind is Bucket:
            for key in group:
                yield Source(f"SELECT who, TRUE AS b FROM {chances[key]} AS f", {key: "b"})
        elif kind is Follow:
            for key, leaf in group.items():
                yield follow.source(key, leaf, asked)
        elif kind == "grouped":
            for position, some_leaves in enumerate(_split(group)):
                yield from _grouped(some_leaves, asked, f"grouped_{position}")
        elif kind is not Clock:
            yield _SOURCES[kind](group, asked)


def _split(group: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Those about facts of the same names are found in one look: files are ordered by name, so that each look opens only
    what it is about, and people are grouped by what matters alone.
    """
    parts: dict[frozenset[str] | None, dict[str, Any]] = defaultdict(dict)
    for key, leaf in group.items():
        inner = leaf.metric if isinstance(leaf, Top) else leaf
        parts[inner.names if isinstance(inner, Latest) else inner.match.names][key] = leaf
    return parts.values()


def _grouped(group: Mapping[str, Any], asked: Asked, name: str) -> Iterator[Source]:
    """What is found in one look at the facts."""
    grouping = Grouping(asked)
    latest_ones = {key: leaf for key, leaf in group.items() if isinstance(leaf, Latest)}
    answers, open_ = latest.grouped(latest_ones, grouping, name)
    answers |= numbers.answers({key: leaf for key, leaf in group.items() if key not in latest_ones}, grouping)
    yield Source(grouping.sql(), answers, name)
    yield from open_


def _together(leaf: Leaf) -> tuple[Any, ...]:
    if orders.counts_orders(leaf):
        return ("orders",)
    if isinstance(leaf, _GROUPABLE):
        return ("grouped",)
    if isinstance(leaf, Visits):
        return (Visits, leaf.gap)
    return (type(leaf),)


_SOURCES: dict[Any, Any] = {
    "orders": orders.source,
    Cart: cart.source,
    Visits: visits.source,
}


def _masked(
    source: Source, keys: Sequence[str], places: Mapping[str, int], alike: Mapping[str, bool], columns: int
) -> str:
    """The answers of a source as bits, without people whose bits are all unset."""
    rows: list[dict[str, list[str]]] = [defaultdict(list) for _ in range(columns)]
    for key in keys:
        column, bit = divmod(places[key], BITS)
        answer = source.answers[key]
        differs = f"COALESCE({answer}, FALSE)" if not alike[key] else f"NOT COALESCE({answer}, FALSE)"
        rows[column][source.of.get(key, TRUE)].append(f"CASE WHEN {differs} THEN {1 << bit} ELSE 0 END")
    # One CASE over the kinds of rows: each is asked only what it is about.
    kinds = [[f"WHEN {kind} THEN {' + '.join(found)}" for kind, found in by_kind.items()] for by_kind in rows]
    masks = [f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0" for cases in kinds]
    selected = ", ".join(f"CAST({mask} AS BIGINT) AS m{column}" for column, mask in enumerate(masks))
    some = " OR ".join(f"m{column} <> 0" for column, mask in enumerate(masks) if mask != "0")
    return f"SELECT * FROM (SELECT who, {selected} FROM {source.name or f'({source.sql}) AS f'}) AS f WHERE {some}"


def _united(selects: Sequence[str], columns: int) -> str | None:
    if not selects:
        return None
    together = ", ".join(f"BIT_OR(m{column}) AS m{column}" for column in range(columns))
    return f"SELECT who, {together} FROM ({' UNION ALL '.join(selects)}) AS f GROUP BY who"


def _literal(expr: Expr) -> tuple[Leaf | None, bool]:
    positive = True
    while isinstance(expr, Neg):
        expr, positive = expr.part, not positive
    return (None if isinstance(expr, And | Or) else expr), positive


def _joined(conditions: Sequence[str], every: bool) -> str:
    neutral, deciding = (TRUE, FALSE) if every else (FALSE, TRUE)
    found = [condition for condition in conditions if condition != neutral]
    if deciding in found:
        return deciding
    return (" AND " if every else " OR ").join(f"({condition})" for condition in found) or neutral


def _not(condition: str) -> str:
    return {TRUE: FALSE, FALSE: TRUE}.get(condition, f"NOT ({condition})")
