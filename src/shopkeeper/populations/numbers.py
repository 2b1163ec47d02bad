"""Answers that are numbers over matching facts, in one grouping of the facts by person. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shopkeeper.conditions.leaves import Edge, Match, Measure, Period, Rhythm, Share, Top
from shopkeeper.conditions.passing import MILLION, in_millionths
from shopkeeper.model.segments import Range
from shopkeeper.populations import checks
from shopkeeper.populations.source import Asked, Leaves, Source, Span, earliest, span
from shopkeeper.populations.words import FALSE, TRUE, both, compare, double, either, within

FEW = 12
"""Up to so many different questions facts are looked through for those that matter before they are grouped."""
_EVER = Period()


class Grouping:
    """Aggregates over the facts of each person, each written once."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.fields = checks.Fields(asked.sets)
        self._aggregates: dict[tuple[str, str], str] = {}
        """(what is reckoned, of which facts) -> the column that holds it."""
        self._rows: dict[str, tuple[frozenset[str] | None, Span]] = {}

    def matching(self, match: Match, when: Span, part: Iterable[str] = ()) -> str:
        """Whether a fact matches and lies in the span."""
        tests = [checks.test_sql(test, self.fields, match.names) for test in match.tests]
        return self.rows(match.names, when, [*tests, *part])

    def rows(self, names: frozenset[str] | None, when: Span, conditions: Iterable[str]) -> str:
        """Whether a fact is of these names, lies in the span and fulfils the conditions."""
        whole = both([when.sql(), checks.names_sql(names), *conditions])
        if whole != FALSE:
            self._rows[whole] = (names, when)
        return whole

    def aggregate(self, reckoned: str, rows: str) -> str:
        """The column that holds an aggregate of some of the facts."""
        return self._aggregates.setdefault((reckoned, rows), f"a{len(self._aggregates)}")

    def count(self, rows: str) -> str:
        return "0" if rows == FALSE else self.aggregate("COUNT(*)", rows)

    def sql(self, by: str = "who") -> str:
        """One row a person (and whatever else it is grouped by), of those with facts that matter."""
        aggregates = [
            f"{reckoned} AS {alias}" if [rows] == [*self._rows] else f"{reckoned} FILTER (WHERE {rows}) AS {alias}"
            for (reckoned, rows), alias in self._aggregates.items()
        ]
        facts = self.fields.select(self.asked.relation)
        return f"SELECT {', '.join([by, *aggregates])} FROM {facts} AS f WHERE {self._wanted()} GROUP BY {by}"

    def _wanted(self) -> str:
        """The facts that any of the aggregates looks at, or a few more of them."""
        if len(self._rows) < 2:
            return next(iter(self._rows), FALSE)
        spans = [when for _, when in self._rows.values()]
        first = earliest(when.first for when in spans)
        sets = [names for names, _ in self._rows.values()]
        names = None if None in sets else frozenset(name for names in sets if names is not None for name in names)
        found = [Span(first, max(when.last for when in spans)).sql()]
        found.append(checks.names_sql(names) if names is not None else either(map(checks.names_sql, sets)))
        if len(self._rows) <= FEW:
            found.append(either(self._rows))
        return both(found)


def answers(leaves: Leaves, grouping: Grouping) -> dict[str, str]:
    """The answers of Measure, Edge, Share, Rhythm and Top leaves, distinct orders aside."""
    return {key: _ANSWERS[type(leaf)](leaf, grouping) for key, leaf in leaves.items()}


def metrics(tops: Mapping[str, Top], asked: Asked) -> Source:
    """The metric of each Top leaf, NULL for people outside."""
    grouping = Grouping(asked)
    found = {}
    for key, top in tops.items():
        if isinstance(top.metric, Edge):
            at, inside = _edge(top.metric, grouping)
            found[key] = f"CASE WHEN {inside} THEN {at} END"
        else:
            some, number, _ = _number(top.metric, grouping)
            found[key] = f"CASE WHEN {some} THEN {number} END"
    return Source(grouping.sql(), found)


def _measure(leaf: Measure, grouping: Grouping) -> str:
    return _number(leaf, grouping)[2](leaf.bounds)


def _top(leaf: Top, grouping: Grouping) -> str:
    threshold = grouping.asked.thresholds.get(leaf)
    if threshold is None:
        return FALSE
    if isinstance(leaf.metric, Edge):
        at, inside = _edge(leaf.metric, grouping)
        return both([inside, compare(at, ">=", threshold, whole=True)])
    some, _, holds = _number(leaf.metric, grouping)
    return both([some, holds(Range(at_least=threshold))])


def _number(leaf: Measure, grouping: Grouping) -> tuple[str, str, Callable[[Range], str]]:
    """Whether there is anything, the number of a measure, and how to ask whether it lies within bounds."""
    rows = grouping.matching(leaf.match, span(leaf.period, grouping.asked.at))
    facts = grouping.count(rows)
    if leaf.aggregate == "count":
        return f"{facts} > 0", facts, lambda bounds: within(facts, bounds, whole=True)
    column = grouping.fields.column(leaf.field, leaf.match.names)
    return _added(leaf, rows, column, grouping)


def _added(leaf: Measure, rows: str, column: str, grouping: Grouping) -> tuple[str, str, Callable[[Range], str]]:
    wholes, fractions = _summands(leaf.field, column)

    def total(value: str | None, among: str) -> tuple[str, str]:
        if value is None or rows == FALSE:
            return "0", "0"
        chosen = both([rows, among])
        return (
            f"COALESCE({grouping.aggregate(f'SUM({value})', chosen)}, 0)",
            grouping.aggregate(f"COUNT({value})", chosen),
        )

    whole, whole_count = total(*wholes)
    some = f"{grouping.count(rows)} > 0"
    if fractions[0] is None:
        number, count = f"CAST({whole} AS DOUBLE)", whole_count
    else:
        fraction, fraction_count = total(*fractions)
        millionths = f"({whole} * {MILLION} + {fraction})"
        number, count = f"(CAST({millionths} AS DOUBLE) / 1e6)", f"({whole_count} + {fraction_count})"
    if leaf.aggregate == "mean":
        mean = f"({number} / NULLIF({count}, 0))"
        return f"{count} > 0", mean, lambda bounds: both([f"{count} > 0", within(mean, bounds, whole=False)])
    if fractions[0] is None:
        return some, whole, lambda bounds: within(whole, bounds, whole=True)
    return some, number, lambda bounds: within(millionths, in_millionths(bounds), whole=True)


def _summands(field: str, column: str) -> tuple[tuple[str | None, str], tuple[str | None, str]]:
    """What is added up of a field, (value, of which facts): as whole numbers, and others in millionths."""
    if field.startswith(checks.PROPERTY):
        return (
            (checks.whole_value(column), checks.whole_token(column)),
            (_millionths(checks.fraction_value(column)), checks.fraction_token(column)),
        )
    if field == "quantity":
        return (None, TRUE), (_millionths(column), TRUE)
    return (column if checks.is_number(field) else None, TRUE), (None, TRUE)


def _millionths(value: str) -> str:
    return f"TRY_CAST(ROUND({value} * 1e6) AS DECIMAL(38, 0))"


def _edge(leaf: Edge, grouping: Grouping) -> tuple[str, str]:
    """When the first or last was, and whether that lies in the period."""
    when = span(leaf.period, grouping.asked.at)
    # Whatever lies before the period does not matter for the last one.
    seen = Span(when.first if leaf.last else None, grouping.asked.at)
    rows = grouping.matching(leaf.match, seen)
    if rows == FALSE:
        return "0", FALSE
    at = grouping.aggregate(f"{'MAX' if leaf.last else 'MIN'}(t)", rows)
    return at, both([f"{at} IS NOT NULL", when.sql(at)])


def _share(leaf: Share, grouping: Grouping) -> str:
    when = span(leaf.period, grouping.asked.at)
    whole = grouping.count(grouping.matching(leaf.match, when))
    tests = [checks.test_sql(test, grouping.fields, leaf.match.names) for test in leaf.part]
    part = grouping.count(grouping.matching(leaf.match, when, tests))
    share = f"(CAST({part} AS DOUBLE) / NULLIF({whole}, 0))"
    return both([f"{whole} > 0", within(share, leaf.bounds, whole=False)])


def _rhythm(leaf: Rhythm, grouping: Grouping) -> str:
    rows = grouping.matching(leaf.match, span(_EVER, grouping.asked.at))
    if rows == FALSE:
        return FALSE
    count = grouping.count(rows)
    first, last = (grouping.aggregate(f"{word}(t)", rows) for word in ("MIN", "MAX"))
    gap = (
        f"CASE WHEN {count} >= {leaf.sure_from} AND {last} > {first} "
        f"THEN CAST({last} - {first} AS DOUBLE) / NULLIF({count} - 1, 0) ELSE {double(leaf.usual_gap)} END"
    )
    since = f"CAST({grouping.asked.at} - {last} AS DOUBLE)"
    bounds = leaf.bounds
    operators = ((">=", bounds.at_least), ("<=", bounds.at_most), (">", bounds.above), ("<", bounds.below))
    compared = [
        f"{since} {operator} {double(number)} * ({gap})"
        for operator, number in (*operators, ("=", bounds.exactly))
        if number is not None
    ]
    return both([f"{count} > 0", *compared])


_ANSWERS: dict[type, Callable[[Any, Grouping], str]] = {
    Measure: _measure,
    Edge: lambda leaf, grouping: _edge(leaf, grouping)[1],
    Share: _share,
    Rhythm: _rhythm,
    Top: _top,
}
