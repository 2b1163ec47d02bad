"""The latest known value of a field, and whether it passes. Pure."""

from __future__ import annotations

from shopkeeper.conditions.leaves import Latest
from shopkeeper.segments.bulk.checks import Fields, check_sql, names_sql
from shopkeeper.segments.bulk.source import Asked, Source
from shopkeeper.segments.bulk.words import both


def source(leaves: dict[str, Latest], asked: Asked) -> Source:
    """The answers of leaves about one field of facts of the same names."""
    one = next(iter(leaves.values()))
    fields = Fields()
    column = fields.column(one.field, one.names)
    passed = {key: check_sql(leaf.check, column, one.field) for key, leaf in leaves.items()}
    answers = {key: f"b{position}" for position, key in enumerate(leaves)}
    columns = ", ".join(f"{sql} AS {answers[key]}" for key, sql in passed.items())
    known = both([f"t <= {asked.at}", names_sql(one.names), f"{column} IS NOT NULL"])
    return Source(
        f"SELECT who, {columns} FROM (SELECT who, {column}, "
        "ROW_NUMBER() OVER (PARTITION BY who ORDER BY t DESC, event_id DESC, name DESC) AS latest "
        f"FROM {fields.select(asked.relation)} AS f WHERE {known}) AS f WHERE latest = 1",
        answers,
    )
