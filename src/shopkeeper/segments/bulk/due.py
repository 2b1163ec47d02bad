"""When somebody's answers may change by time alone: for the timers of a segment that was just filled in bulk.

The instant named is never too late, and may be too early: whoever is looked at then is given an exact one. So the tests
of a leaf are left out; only the names of its facts and its lengths of time count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shopkeeper.conditions.leaves import Cart, Expr, Follow, Latest, Leaf, Period, Rhythm, Top, Visits, each_leaf
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_REMOVED
from shopkeeper.segments.bulk.checks import names_sql
from shopkeeper.segments.bulk.words import double
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.timelines import LINE, ORDER, everybody

Names = frozenset[str] | None
_CART = frozenset((PRODUCT_ADDED, PRODUCT_REMOVED, ORDER, LINE))


class Wait(NamedTuple):
    """A fact of these names may change an answer so long after it."""

    names: Names
    after: int


def due(conn: Connection, history: History, wanted: Mapping[str, Expr], at: int) -> dict[int, int]:
    """Number of a person -> the first instant after `at` at which one of these answers may change by itself.

    Raises Unavailable as `History.query` does.
    """
    facts = everybody(conn)
    sql = due_sql(facts.relation, wanted, at)
    return dict(history.query(conn, sql, kind="facts", tables=facts.tables))


def due_sql(relation: str, wanted: Mapping[str, Expr], at: int) -> str:
    """The question: (who, due), one row for each person who has one."""
    leaves = [leaf for rule in wanted.values() for leaf in each_leaf(rule)]
    # A fact whose time has not come changes whatever asks for it when it comes.
    selects = [f'SELECT who, "at" AS due FROM {relation} AS f WHERE "at" > {at}']
    for wait in sorted({wait for leaf in leaves for wait in _waits(leaf)}, key=repr):
        first = at - wait.after + 1
        rows = f'{names_sql(wait.names)} AND "at" >= {first} AND "at" <= {at}'
        selects.append(f'SELECT who, "at" + {wait.after} AS due FROM {relation} AS f WHERE {rows}')
    rhythms = sorted({leaf for leaf in leaves if isinstance(leaf, Rhythm)}, key=repr)
    selects.extend(_rhythm(relation, leaf, at) for leaf in rhythms)
    return f"SELECT who, MIN(due) AS due FROM ({' UNION ALL '.join(selects)}) AS f GROUP BY who"


def _waits(leaf: Leaf) -> Iterator[Wait]:
    """The lengths of time after which a fact enters or leaves what the leaf asks for."""
    if isinstance(leaf, Top):
        leaf = leaf.metric
    names: Names
    if isinstance(leaf, Follow):
        names = leaf.first.names
        if leaf.negate and leaf.within is not None:
            yield Wait(names, leaf.within + 1)
    elif isinstance(leaf, Cart):
        names = _CART
    elif isinstance(leaf, Visits | Latest):
        names = None
    else:
        match: Any = getattr(leaf, "match", None)
        if match is None:
            return
        names = match.names
    period: Period = getattr(leaf, "period", Period())
    for length in (period.within, period.older_than):
        if length is not None:
            yield Wait(names, length + 1)


def _rhythm(relation: str, leaf: Rhythm, at: int) -> str:
    """The next of the moments at which the last order is so many usual gaps ago."""
    gap = (
        f'CASE WHEN COUNT(*) >= {leaf.sure_from} AND MAX("at") > MIN("at") '
        f'THEN CAST(MAX("at") - MIN("at") AS DOUBLE) / NULLIF(COUNT(*) - 1, 0) ELSE {double(leaf.usual_gap)} END'
    )
    b = leaf.bounds
    bounds = sorted({bound for bound in (b.at_least, b.at_most, b.above, b.below, b.exactly) if bound is not None})
    grouped = (
        f'SELECT who, MAX("at") AS latest, {gap} AS gap FROM {relation} AS f '
        f'WHERE {names_sql(leaf.match.names)} AND "at" <= {at} GROUP BY who'
    )
    moments = [
        f"SELECT who, latest + CAST(FLOOR({double(bound)} * gap) AS BIGINT) + {late} AS due FROM g WHERE gap < 1e18"
        for bound in bounds
        for late in (0, 1)  # the answer changes there or a microsecond later
    ]
    united = " UNION ALL ".join(moments)
    return f"SELECT who, due FROM (WITH g AS ({grouped}) {united}) AS f WHERE due > {at}"
