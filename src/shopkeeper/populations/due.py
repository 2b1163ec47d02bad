"""When an answer may change by time alone: for each person an instant that is not later than that. Pure.

For a count of at least so many facts in the last so many days it is the very instant; else the first at which a fact
that matters enters or leaves its period. Whoever is asked anew then learns the exact instant from the live half.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from shopkeeper.conditions.leaves import (
    Cart,
    Clock,
    Edge,
    Expr,
    Follow,
    Leaf,
    Match,
    Measure,
    Period,
    Rhythm,
    Share,
    Top,
    Visits,
    each_leaf,
)
from shopkeeper.conditions.live import NEVER, Standing
from shopkeeper.model.events import PRODUCT_ADDED
from shopkeeper.model.segments import Range
from shopkeeper.populations.checks import Fields, names_sql, tests_sql
from shopkeeper.populations.source import Asked, key_of
from shopkeeper.populations.words import FALSE, both, bounded, double
from shopkeeper.timelines import Timeline

_EVENTS = Match(None)
_ADDED = Match(frozenset((PRODUCT_ADDED,)))


def due_sql(rule: Expr, asked: Asked) -> str:
    """SELECT who, due of everybody whose answer to a rule may change."""
    distinct = {key_of(leaf): leaf for leaf in each_leaf(rule)}
    # Clocks differ by minutes: a fact may be there already whose time has not come.
    found = [f'SELECT who, f."at" AS due FROM {asked.relation} AS f WHERE f."at" > {asked.at}'] if distinct else []
    for leaf in distinct.values():
        found.extend(_dues(leaf, asked))
    united = " UNION ALL ".join(found) or "SELECT 0 AS who, 0 AS due WHERE FALSE"
    return f"SELECT who, MIN(due) AS due FROM ({united}) AS f WHERE due > {asked.at} GROUP BY who"


def _dues(leaf: Leaf, asked: Asked) -> Iterator[str]:
    match leaf:
        case Clock():
            turn = Standing(Timeline(()), "", asked.at, {}).answer(leaf).until
            if turn != NEVER:
                yield f"SELECT who, {turn} AS due FROM {asked.relation} AS f"
        case Top():
            yield from _dues(leaf.metric, asked)
        case Edge():
            yield from _edge(leaf, asked)
        case Rhythm():
            yield _rhythm(leaf, asked)
        case Measure() if _lately(leaf) and leaf.bounds.at_least is not None:
            yield _nth(leaf, ceil(leaf.bounds.at_least), asked)
        case Measure() | Share():
            yield from _first(leaf.match, leaf.period, asked)
        case Follow():
            yield from _first(leaf.first, leaf.period, asked)
            if leaf.negate and leaf.within is not None:
                yield from _first(leaf.first, Period(within=leaf.within), asked)
        case Cart():
            yield from _first(_ADDED, leaf.period, asked)
        case Visits():
            yield from _first(_EVENTS, leaf.period, asked)


def _lately(leaf: Measure) -> bool:
    """At least so many in the last so many days, and nothing else."""
    needed, within = leaf.bounds.at_least, leaf.period.within
    return (
        leaf.aggregate == "count"
        and needed is not None
        and needed >= 1
        and leaf.bounds == Range(at_least=needed)
        and within is not None
        and leaf.period == Period(within=within)
    )


def _facts(match: Match, when: list[str], asked: Asked) -> str:
    """FROM and WHERE of the matching facts there are."""
    fields = Fields(asked.sets)
    named = names_sql(match.names)
    tests = FALSE if named == FALSE else tests_sql(match.tests, fields, match.names)
    return f"FROM {fields.select(asked.relation)} AS f WHERE {both([f't <= {asked.at}', *when, named, tests])}"


def _absolute(period: Period, time: str = "t") -> list[str]:
    found = [f"{time} >= {period.start}"] if period.start is not None else []
    return found + ([f"{time} < {period.end}"] if period.end is not None else [])


def _next(time: str, period: Period, at: int) -> str | None:
    """The next instant at which something of that time enters or leaves a period; None where time changes nothing."""
    cases = [
        f"WHEN {time} + {length + 1} > {at} THEN {time} + {length + 1}"
        for length in (period.older_than, period.within)
        if length is not None
    ]
    return f"CASE {' '.join(cases)} END" if cases else None


def _first(match: Match, period: Period, asked: Asked) -> Iterator[str]:
    """The first of the matching facts to enter or leave."""
    due = _next("t", period, asked.at)
    if due is not None:
        near = [f"t >= {asked.at - max(n for n in (period.within, period.older_than) if n is not None)}"]
        yield f"SELECT who, MIN({due}) AS due {_facts(match, [*near, *_absolute(period)], asked)} GROUP BY who"


def _nth(leaf: Measure, least: int, asked: Asked) -> str:
    """When the latest facts are too few."""
    within = leaf.period.within or 0
    facts = _facts(leaf.match, [f"t >= {asked.at - within}"], asked)
    return (
        f"SELECT who, t + {within + 1} AS due FROM (SELECT who, t, ROW_NUMBER() OVER (PARTITION BY who ORDER BY t DESC) "
        f"AS place {facts}) AS f WHERE place = {least}"
    )


def _edge(leaf: Edge, asked: Asked) -> Iterator[str]:
    due = _next("edge", leaf.period, asked.at)
    if due is not None:
        edges = f"SELECT who, {'MAX' if leaf.last else 'MIN'}(t) AS edge {_facts(leaf.match, [], asked)} GROUP BY who"
        yield f"SELECT who, {due} AS due FROM ({edges}) AS f WHERE {both(_absolute(leaf.period, 'edge'))}"


def _rhythm(leaf: Rhythm, asked: Asked) -> str:
    """The instants around which a bound is reached."""
    bounds = leaf.bounds
    numbers = (bounds.at_least, bounds.at_most, bounds.above, bounds.below, bounds.exactly)
    reached = [f"last + CAST(FLOOR({bounded(f'{double(n)} * gap')}) AS BIGINT)" for n in numbers if n is not None]
    people = (
        f"SELECT who, COUNT(*) AS facts, MIN(t) AS first, MAX(t) AS last {_facts(leaf.match, [], asked)} GROUP BY who"
    )
    gaps = (
        f"SELECT who, last, CASE WHEN facts >= {leaf.sure_from} AND last > first "
        f"THEN CAST(last - first AS DOUBLE) / NULLIF(facts - 1, 0) ELSE {double(leaf.usual_gap)} END AS gap "
        f"FROM ({people}) AS f"
    )
    each = [
        f"SELECT who, CASE WHEN {at} > {asked.at} THEN {at} ELSE {at} + 1 END AS due FROM ({gaps}) AS f"
        for at in reached
    ]
    return " UNION ALL ".join(each) or "SELECT 0 AS who, 0 AS due WHERE FALSE"
