"""The latest known value of a field, and whether it passes. Pure.

The time before the instant and the answers to up to ten questions fit into one whole number, so that the least of them
tells what the latest fact says, at the price of any other aggregate. Facts of one time that say different things are
told apart by sorting; that is rare, and only the people concerned are sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shopkeeper.conditions.leaves import Latest
from shopkeeper.conditions.passing import passes
from shopkeeper.populations.checks import Fields, check_sql, names_sql
from shopkeeper.populations.numbers import Grouping
from shopkeeper.populations.source import Asked, Source, Span
from shopkeeper.populations.words import FALSE, TRUE, both

TOGETHER = 10
"""Questions in one number: times before the instant take up to 52 of its 62 bits."""


def grouped(leaves: Mapping[str, Latest], grouping: Grouping, name: str) -> tuple[dict[str, str], Iterator[Source]]:
    """The answers in a grouping that will be called `name`, and the sources for those it leaves open."""
    sets: dict[tuple[str, frozenset[str] | None], dict[str, Latest]] = {}
    for key, leaf in leaves.items():
        sets.setdefault((leaf.field, leaf.names), {})[key] = leaf
    answers: dict[str, str] = {}
    open_: list[tuple[dict[str, Latest], str]] = []
    for alike in sets.values():
        keys = list(alike)
        for start in range(0, len(keys), TOGETHER):
            some = {key: alike[key] for key in keys[start : start + TOGETHER]}
            found, tied = _packed(some, grouping)
            answers.update(found)
            if tied != FALSE:
                open_.append((some, f"SELECT who FROM {name} WHERE {tied}"))
    return answers, (_sorted(some, tied, grouping.asked) for some, tied in open_)


def _packed(leaves: Mapping[str, Latest], grouping: Grouping) -> tuple[dict[str, str], str]:
    one = next(iter(leaves.values()))
    column = grouping.fields.column(one.field, one.names)
    bits = [
        f"CASE WHEN {check_sql(leaf.check, column, one.field)} THEN {1 << i} ELSE 0 END"
        for i, leaf in enumerate(leaves.values())
    ]
    rows = grouping.rows(one.names, Span(None, grouping.asked.at), [f"{column} IS NOT NULL"])
    if rows == FALSE:
        return {key: TRUE if passes(leaf.check, leaf.default) else FALSE for key, leaf in leaves.items()}, FALSE
    every = (1 << TOGETHER) - 1
    age, said = f"({grouping.asked.at} - t) * {every + 1}", f"({' + '.join(bits)})"
    least = grouping.aggregate(f"MIN({age} + {said})", rows)
    most = grouping.aggregate(f"MIN({age} + {every} - {said})", rows)
    agreed = f"({least} & {every}) + ({most} & {every}) = {every}"
    answers = {}
    for i, (key, leaf) in enumerate(leaves.items()):
        otherwise = TRUE if passes(leaf.check, leaf.default) else FALSE
        answers[key] = f"CASE WHEN {agreed} THEN ({least} & {1 << i}) <> 0 ELSE {otherwise} END"
    return answers, f"NOT ({agreed})"


def _sorted(leaves: Mapping[str, Latest], tied: str, asked: Asked) -> Source:
    """The answers of the people whose latest facts differ."""
    one = next(iter(leaves.values()))
    fields = Fields(asked.sets)
    column = fields.column(one.field, one.names)
    answers = {key: f"b{position}" for position, key in enumerate(leaves)}
    columns = ", ".join(f"{check_sql(leaf.check, column, one.field)} AS {answers[key]}" for key, leaf in leaves.items())
    known = both([f"t <= {asked.at}", names_sql(one.names), f"{column} IS NOT NULL", f"who IN ({tied})"])
    return Source(
        f"SELECT who, {columns} FROM (SELECT who, {column}, "
        "ROW_NUMBER() OVER (PARTITION BY who ORDER BY t DESC, event_id DESC, name DESC) AS latest "
        f"FROM {fields.select(asked.relation)} AS f WHERE {known}) AS f WHERE latest = 1",
        answers,
    )
