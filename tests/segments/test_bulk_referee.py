"""The bulk evaluator against the referee: the same people in every segment, and thresholds that are those of a count."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import populations
from shopkeeper.conditions import leaves as ask
from shopkeeper.conditions.live import NEVER, Standing
from shopkeeper.timelines import Fact, Timeline
from tests.segments.base import Base
from tests.segments.naive import Context, holds, threshold
from tests.segments.strategies import crowds, instants, trees

examples = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def counted(rules: list[ask.Expr], crowd: Mapping[str, list[Fact]], t: int) -> Context:
    found = {top: threshold(top, crowd, t) for rule in rules for top in ask.each_leaf(rule) if isinstance(top, ask.Top)}
    return Context({top: number for top, number in found.items() if number is not None})


@examples
@given(rules=st.lists(trees, min_size=1, max_size=6), crowd=crowds(), t=instants)
def test_bulk_answers_as_the_referee(base: Base, rules: list[ask.Expr], crowd: dict[str, list[Fact]], t: int):
    context = counted(rules, crowd, t)
    people = [person for person, facts in crowd.items() if any(fact.at <= t for fact in facts)]
    meant = [{p for p in people if holds(rule, crowd[p], p, t, context)} for rule in rules]
    assert base.members(crowd, rules, t, context) == meant


@examples
@given(rules=st.lists(trees, min_size=1, max_size=6), crowd=crowds(), t=instants)
def test_thresholds_are_those_of_a_count(base: Base, rules: list[ask.Expr], crowd: dict[str, list[Fact]], t: int):
    tops = {leaf for rule in rules for leaf in ask.each_leaf(rule) if isinstance(leaf, ask.Top)}
    found = base.asked(crowd, lambda conn, history: populations.thresholds(conn, history, tops, t))
    assert found == counted(rules, crowd, t).thresholds


@examples
@given(rules=st.lists(trees, min_size=1, max_size=4), crowd=crowds(), t=instants)
def test_whoever_changes_by_time_alone_is_due_by_then(
    base: Base, rules: list[ask.Expr], crowd: dict[str, list[Fact]], t: int
):
    context = counted(rules, crowd, t)
    dues = base.dues(crowd, rules, t)
    for position, rule in enumerate(rules):
        for person, facts in crowd.items():
            until = Standing(Timeline(facts), person, t, context.thresholds).answer(rule).until
            due = dues.get((position, person), NEVER)
            assert t < due <= until
