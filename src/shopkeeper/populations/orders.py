"""Distinct orders among matching facts, counted in two steps: by order, then by person. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from shopkeeper.conditions.leaves import Leaf, Measure, Top
from shopkeeper.model.segments import Range
from shopkeeper.populations.numbers import Grouping
from shopkeeper.populations.source import Asked, Source, span
from shopkeeper.populations.words import FALSE, both, within


def counts_orders(leaf: Leaf) -> bool:
    """Whether a leaf is about the number of orders."""
    measure = leaf.metric if isinstance(leaf, Top) else leaf
    return isinstance(measure, Measure) and measure.aggregate == "orders"


def source(leaves: Mapping[str, Measure | Top], asked: Asked) -> Source:
    """The answers of measures of distinct orders, and of Top leaves about them."""
    sql, columns = _counted({key: _measure(leaf) for key, leaf in leaves.items()}, asked)
    answers = {}
    for key, leaf in leaves.items():
        facts, orders = columns[key]
        if isinstance(leaf, Measure):
            answers[key] = within(orders, leaf.bounds, whole=True)
        else:
            threshold = asked.thresholds.get(leaf)
            enough = FALSE if threshold is None else within(orders, Range(at_least=threshold), whole=True)
            answers[key] = both([f"{facts} > 0", enough])
    return Source(sql, answers)


def metrics(tops: Mapping[str, Top], asked: Asked) -> Source:
    """The number of orders of each person, NULL without a matching fact."""
    sql, columns = _counted({key: _measure(top) for key, top in tops.items()}, asked)
    return Source(sql, {key: f"CASE WHEN {facts} > 0 THEN {orders} END" for key, (facts, orders) in columns.items()})


def _measure(leaf: Measure | Top) -> Measure:
    measure = leaf.metric if isinstance(leaf, Top) else leaf
    assert isinstance(measure, Measure)
    return measure


def _counted(measures: Mapping[str, Measure], asked: Asked) -> tuple[str, dict[str, tuple[str, str]]]:
    """One row a person, and for each measure the columns of its facts and of its orders."""
    grouping = Grouping(asked)
    counts = {key: grouping.count(grouping.matching(m.match, span(m.period, asked.at))) for key, m in measures.items()}
    columns, selected = {}, []
    for position, (key, count) in enumerate(counts.items()):
        columns[key] = (f"f{position}", f"o{position}")
        selected.append(f"SUM({count}) AS f{position}")
        selected.append(f"COUNT(order_id) FILTER (WHERE {count} > 0) AS o{position}")
    return f"SELECT who, {', '.join(selected)} FROM ({grouping.sql('who, order_id')}) AS f GROUP BY who", columns
