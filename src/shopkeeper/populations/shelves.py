"""Counts of facts that differ in one value, as views by category: each fact belongs to one shelf at most. Pure.

Facts are counted by person and shelf, so that a hundred categories cost what one does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shopkeeper.conditions.leaves import Check, FieldTest, Leaf, Match, Measure
from shopkeeper.populations.checks import Fields, is_number, likenesses, missing, names_sql
from shopkeeper.populations.source import Asked, Source, Span, earliest, span
from shopkeeper.populations.words import both, text, within

SEVERAL = 4
"""From so many shelves on this pays."""


class Shelves(NamedTuple):
    """Leaves about facts of the same names that have one of several values in one field."""

    names: frozenset[str]
    aggregate: str
    matches: dict[str, Match]
    leaves: dict[str, Measure]


def sorted_out(leaves: Mapping[str, Leaf]) -> Iterator[Shelves]:
    """The leaves that can be counted by shelf."""
    found: dict[tuple[frozenset[str], str, str], list[Shelves]] = defaultdict(list)
    for key, leaf in leaves.items():
        test = _single(leaf)
        if test is None or not isinstance(leaf, Measure) or leaf.match.names is None:
            continue
        groups = found[leaf.match.names, test.field, leaf.aggregate]
        if not groups:
            groups.append(Shelves(leaf.match.names, leaf.aggregate, {}, {}))
        shelves = groups[0]
        name = repr(leaf.match)
        if name in shelves.matches or all(_apart(test, other.tests[0]) for other in shelves.matches.values()):
            shelves.matches[name] = leaf.match
            shelves.leaves[key] = leaf
    return (shelves for groups in found.values() for shelves in groups if len(shelves.matches) >= SEVERAL)


def _single(leaf: Leaf) -> FieldTest | None:
    """The only test of a count, where it asks for values and nothing else."""
    if not isinstance(leaf, Measure) or leaf.aggregate not in ("count", "orders") or len(leaf.match.tests) != 1:
        return None
    test = leaf.match.tests[0]
    plain = test.check.values is not None and test.check == Check(values=test.check.values)
    return test if plain and not is_number(test.field) else None


def _apart(one: FieldTest, other: FieldTest) -> bool:
    """Whether no fact passes both."""
    values = (one.check.values or frozenset()).isdisjoint(other.check.values or frozenset())
    return values and (one.products or frozenset()).isdisjoint(other.products or frozenset())


def source(shelves: Shelves, asked: Asked) -> Source:
    """The answers, in one row for each person and shelf."""
    fields = Fields(asked.sets)
    numbers = {name: position for position, name in enumerate(shelves.matches)}
    spans = {key: span(leaf.period, asked.at) for key, leaf in shelves.leaves.items()}
    counts: dict[Span, str] = {}
    for when in spans.values():
        counts.setdefault(when, f"n{len(counts)}")
    widest = Span(earliest(when.first for when in counts), max(when.last for when in counts))
    answers, of = {}, {}
    for key, leaf in shelves.leaves.items():
        of[key] = f"shelf = {numbers[repr(leaf.match)]}"
        answers[key] = within(counts[spans[key]], leaf.bounds, whole=True)
    columns = ", ".join(f"COUNT(*) FILTER (WHERE {when.sql()}) AS {name}" for when, name in counts.items())
    shelf, placed = _placed(shelves, fields, asked)
    wanted = both([names_sql(shelves.names), widest.sql()])
    placed = f"SELECT who, t, order_id, {shelf} AS shelf FROM {placed} WHERE {wanted}"
    by = "who, shelf" if shelves.aggregate == "count" else "who, shelf, order_id"
    sql = f"SELECT {by}, {columns} FROM ({placed}) AS f WHERE shelf IS NOT NULL GROUP BY {by}"
    if shelves.aggregate == "orders":
        distinct = ", ".join(f"COUNT(order_id) FILTER (WHERE {name} > 0) AS {name}" for name in counts.values())
        sql = f"SELECT who, shelf, {distinct} FROM ({sql}) AS f GROUP BY who, shelf"
    return Source(sql, answers, of=of)


def _placed(shelves: Shelves, fields: Fields, asked: Asked) -> tuple[str, str]:
    """The shelf of a fact, and FROM what. Joined, as engines compare with a long list one value after the other."""
    tests = [match.tests[0] for match in shelves.matches.values()]
    field = tests[0].field
    column = fields.column(field, shelves.names)
    own = [(value, place) for place, test in enumerate(tests) for value in likenesses(field, test.check.values)]
    known = [(id, place) for place, test in enumerate(tests) for id in test.products or ()]
    facts = f"{fields.select(asked.relation)} AS f LEFT JOIN {_map(own)} AS own(value, place) ON own.value = {column}"
    if not known or field == "product":
        return "own.place", facts
    joined = f"{facts} LEFT JOIN {_map(known)} AS known(value, place) ON known.value = product"
    helped = missing(column, field)
    return f"CASE WHEN {helped} THEN known.place ELSE own.place END", joined


def _map(places: list[tuple[str, int]]) -> str:
    rows = [f"({text(value)}, {place})" for value, place in sorted(places)] or ["('', NULL)"]
    return f"(VALUES {', '.join(rows)})"
