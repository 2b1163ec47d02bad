"""A base of people for questions in bulk, emptied after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shopkeeper import populations, timelines
from shopkeeper.conditions import leaves as ask
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import History
from shopkeeper.timelines import Fact
from tests.segments.naive import Context


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

    def members(self, crowd, rules: Sequence[ask.Expr], t: int, context: Context) -> list[set[str]]:
        def question(conn: Connection, history: History) -> list[set[str]]:
            wanted = {str(position): rule for position, rule in enumerate(rules)}
            found = populations.members(conn, history, wanted, t, context.thresholds)
            sizes = populations.sizes(conn, history, wanted, t, context.thresholds)
            persons = timelines.persons(conn, range(1, 1000)) | {}
            sets: list[set[str]] = [set() for _ in rules]
            rows = found.table.to_pydict()
            for segment, who in zip(rows["segment"], rows["who"], strict=True):
                sets[segment].add(persons[who])
            assert found.table.num_rows == sum(map(len, sets)), "somebody is a member twice"
            assert list(sizes.sizes.values()) == list(map(len, sets))
            assert sizes.everybody == sum(any(fact.at <= t for fact in facts) for facts in crowd.values())
            return sets

        return self.asked(crowd, question)

    def dues(self, crowd: Mapping[str, list[Fact]], rules: Sequence[ask.Expr], t: int) -> dict[tuple[int, str], int]:
        """(position of the rule, person) -> when the answer may change."""

        def question(conn: Connection, history: History) -> dict[tuple[int, str], int]:
            found = populations.due(conn, history, {str(n): rule for n, rule in enumerate(rules)}, t).table.to_pydict()
            persons = timelines.persons(conn, range(1, 1000))
            rows = zip(found["segment"], found["who"], found["due"], strict=True)
            return {(segment, persons[who]): due for segment, who, due in rows}

        return self.asked(crowd, question)
