"""The bulk evaluator against the referee: the same people in every segment, and thresholds that are those of a count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import timelines
from shopkeeper.conditions import leaves as ask
from shopkeeper.segments import bulk
from shopkeeper.storage import Connection, State, migrate, open_state
from shopkeeper.storage.history import MIGRATIONS, History
from shopkeeper.timelines import Fact
from tests.segments.naive import Context, holds, threshold
from tests.segments.strategies import crowds, instants, trees

examples = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


class _Undo(Exception):
    pass


class Base:
    """A base of people that is emptied after each question."""

    def __init__(self, state: State, history: History) -> None:
        self.state = state
        self.history = history

    def asked(self, crowd: Mapping[str, list[Fact]], question: Callable[[Connection, History], Any]) -> Any:
        try:
            with self.state.write() as conn:
                timelines.add(conn, crowd)
                found = question(conn, self.history)
                raise _Undo
        except _Undo:
            return found

    def members(self, crowd, rules: list[ask.Expr], t: int, context: Context) -> list[set[str]]:
        def question(conn: Connection, history: History) -> list[set[str]]:
            wanted = {str(position): rule for position, rule in enumerate(rules)}
            found = bulk.members(conn, history, wanted, t, context.thresholds)
            sizes = bulk.sizes(conn, history, wanted, t, context.thresholds)
            persons = timelines.persons(conn, range(1, 1000)) | {}
            sets: list[set[str]] = [set() for _ in rules]
            rows = found.table.to_pydict()
            for segment, who in zip(rows["segment"], rows["who"], strict=True):
                sets[segment].add(persons[who])
            assert found.table.num_rows == sum(map(len, sets)), "somebody is a member twice"
            assert list(sizes.sizes.values()) == list(map(len, sets))
            return sets

        return self.asked(crowd, question)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    folder: Path = tmp_path_factory.mktemp("base")
    state = open_state(f"sqlite://{folder}/state.db")
    migrate(state, (*MIGRATIONS, *timelines.MIGRATIONS))
    history = History(folder / "history", state, timelines.SCHEMAS)
    yield Base(state, history)
    history.close()
    state.close()


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
    found = base.asked(crowd, lambda conn, history: bulk.thresholds(conn, history, tops, t))
    assert found == counted(rules, crowd, t).thresholds
