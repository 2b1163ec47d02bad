"""The live evaluator against the referee: the same answer at every instant, and it changes when it said it would."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.conditions import leaves as ask
from shopkeeper.conditions.live import NEVER, Standing
from shopkeeper.timelines import Fact, Timeline
from tests.segments import probes
from tests.segments.naive import Context, holds
from tests.segments.strategies import PEOPLE, clocks, facts, instants, moments, single, steady, trees

examples = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
people = st.sampled_from(PEOPLE)


@st.composite
def thresholds(draw: st.DrawFn, exprs: list[ask.Expr]) -> Context:
    """What a count may have found for the Top leaves of these rules."""
    tops = {leaf for expr in exprs for leaf in ask.each_leaf(expr) if isinstance(leaf, ask.Top)}
    found: dict[ask.Top, float] = {}
    for top in sorted(tops, key=repr):
        numbers = moments if isinstance(top.metric, ask.Edge) else st.sampled_from((0, 1, 2, 7, 500, 1000))
        number = draw(st.one_of(numbers, st.none()))
        if number is not None:
            found[top] = number
    return Context(found)


@examples
@given(st.data(), st.lists(trees, min_size=1, max_size=4), facts(), people, instants)
def test_live_answers_as_the_referee(data, exprs: list[ask.Expr], did: list[Fact], person: str, t: int):
    context = data.draw(thresholds(exprs))
    standing = Standing(Timeline(did), person, t, context.thresholds)
    assert [standing.answer(e).holds for e in exprs] == [holds(e, did, person, t, context) for e in exprs]


@examples
@given(st.data(), trees, facts(most=6), people, instants)
def test_an_answer_holds_until_it_said(data, expr: ask.Expr, did: list[Fact], person: str, t: int):
    context = data.draw(thresholds([expr]))
    answer, until = Standing(Timeline(did), person, t, context.thresholds).answer(expr)
    assert until > t
    changed = [
        at for at in probes.instants([expr], did, t) if at < until and holds(expr, did, person, at, context) != answer
    ]
    assert not changed, f"it is another {changed[0] - t} us after, not {until - t}"


@examples
@given(st.data(), steady, facts(most=6), people, instants)
def test_a_single_answer_flips_when_it_said(data, leaf: ask.Leaf, did: list[Fact], person: str, t: int):
    context = data.draw(thresholds([leaf]))
    answer, until = Standing(Timeline(did), person, t, context.thresholds).answer(leaf)
    assert until == NEVER or holds(leaf, did, person, until, context) != answer


@examples
@given(clocks, instants)
def test_the_clock_turns_when_it_said(leaf: ask.Clock, t: int):
    answer, until = Standing(Timeline([]), "a:d1", t, {}).answer(leaf)
    assert until == NEVER or holds(leaf, [], "a:d1", until) != answer
    near = [at for at in probes.instants([leaf], [], t) if at < until]
    assert all(holds(leaf, [], "a:d1", at) == answer for at in near)


@examples
@given(st.data(), st.lists(single, min_size=1, max_size=4), facts(), people, instants)
def test_what_has_not_happened_yet_changes_nothing(data, exprs, did: list[Fact], person: str, t: int):
    context = data.draw(thresholds(exprs))
    whole = Standing(Timeline(did), person, t, context.thresholds)
    so_far = Standing(Timeline(fact for fact in did if fact.at <= t), person, t, context.thresholds)
    assert [whole.answer(e).holds for e in exprs] == [so_far.answer(e).holds for e in exprs]
