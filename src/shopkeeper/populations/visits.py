"""Visits: a device's events without long pauses, counted. Pure."""

from __future__ import annotations

from shopkeeper.conditions.leaves import Visits
from shopkeeper.model.events import PAGE
from shopkeeper.populations.checks import Fields, names_sql, tests_sql
from shopkeeper.populations.source import Asked, Source, earliest, span
from shopkeeper.populations.words import both, text, within


def source(leaves: dict[str, Visits], asked: Asked) -> Source:
    """The answers of leaves with one gap between visits."""
    fields = Fields(asked.sets)
    gap = next(iter(leaves.values())).gap
    entries, counts, answers = [], [], {}
    firsts: list[int | None] = []
    for position, (key, leaf) in enumerate(leaves.items()):
        when = span(leaf.period, asked.at)
        firsts.append(when.first)
        entry = tests_sql(leaf.entry, fields, None)
        entries.append(f"MAX(CASE WHEN begins = 1 AND {entry} THEN 1 ELSE 0 END) = 1 AS e{position}")
        passed = [f"e{position}", when.sql("first_at")]
        if leaf.pages is not None:
            passed.append(within("pages", leaf.pages, whole=True))
        if leaf.minutes is not None:
            passed.append(within("(CAST(last_at - first_at AS DOUBLE) / 60e6)", leaf.minutes, whole=False))
        counts.append(f"COUNT(*) FILTER (WHERE {both(passed)}) AS c{position}")
        answers[key] = within(f"c{position}", leaf.bounds, whole=True)
    known = [f"t <= {asked.at}", names_sql(None)]
    first = earliest(firsts)
    if first is not None:
        # A visit that begins in the period shows by the events up to a gap before.
        known.append(f"t >= {first - gap}")
    order = "OVER (PARTITION BY who, device ORDER BY t, event_id"
    begins = (
        f"SELECT f.*, CASE WHEN t - LAG(t) {order}) < {gap} THEN 0 ELSE 1 END AS begins "
        f"FROM {fields.select(asked.relation)} AS f WHERE {both(known)}"
    )
    numbered = (
        f"SELECT f.*, SUM(begins) {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS visit "
        f"FROM ({begins}) AS f"
    )
    visits = (
        f"SELECT who, {', '.join(entries)}, MIN(t) AS first_at, MAX(t) AS last_at, "
        f"COUNT(*) FILTER (WHERE name = {text(PAGE)}) AS pages FROM ({numbered}) AS f GROUP BY who, device, visit"
    )
    return Source(f"SELECT who, {', '.join(counts)} FROM ({visits}) AS f GROUP BY who", answers)
