"""One fact followed, or not followed, by another. Pure."""

from __future__ import annotations

from shopkeeper.conditions.leaves import Follow, Match
from shopkeeper.populations.checks import Fields, names_sql, tests_sql
from shopkeeper.populations.source import Asked, Source, span
from shopkeeper.populations.words import FALSE, both, either


def source(key: str, leaf: Follow, asked: Asked) -> Source:
    """The answer of one leaf. Facts of one event stand at one place in time: none of them follows another."""
    fields = Fields(asked.sets)
    when = span(leaf.period, asked.at)
    if leaf.negate and leaf.within is not None:
        when = when._replace(last=min(when.last, asked.at - leaf.within - 1))
    first = both([when.sql(), _matches(leaf.first, fields)])
    second = both([f"t <= {asked.at}", _matches(leaf.second, fields)])
    places = (
        f"SELECT who, t, event_id, MAX(CASE WHEN {first} THEN 1 ELSE 0 END) AS is_first, "
        f"MAX(CASE WHEN {second} THEN t END) AS second_at "
        f"FROM {fields.select(asked.relation)} AS f WHERE {both([_since(when.first, asked.at), either((first, second))])} "
        "GROUP BY who, t, event_id"
    )
    # From the latest to the earliest: the least time so far is that of the next second.
    followed = (
        "SELECT who, t, is_first, MIN(second_at) OVER (PARTITION BY who ORDER BY t DESC, event_id DESC "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS next_at FROM ({places}) AS f"
    )
    came = "next_at IS NOT NULL" if leaf.within is None else f"next_at IS NOT NULL AND next_at - t <= {leaf.within}"
    wanted = f"NOT ({came})" if leaf.negate else came
    return Source(
        f"SELECT who, TRUE AS b FROM ({followed}) AS f WHERE is_first = 1 AND {wanted} GROUP BY who", {key: "b"}
    )


def _since(first: int | None, at: int) -> str:
    return f"t <= {at}" if first is None else f"t >= {first} AND t <= {at}"


def _matches(match: Match, fields: Fields) -> str:
    named = names_sql(match.names)
    return FALSE if named == FALSE else both([named, tests_sql(match.tests, fields, match.names)])
