"""Models, turns and interests in state, the same on both databases."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from shopkeeper import intent, timelines
from shopkeeper.intent import store
from shopkeeper.intent.interests import FACT, keep, restore
from shopkeeper.intent.store import Interest, Trained
from shopkeeper.model.time import DAY, HOUR, parse_local
from shopkeeper.storage import State, migrate

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def state(any_state: State) -> State:
    migrate(any_state, (*timelines.MIGRATIONS, *intent.MIGRATIONS))
    return any_state


def model(version: int, day: int = 20_000) -> Trained:
    return Trained(version, version, day, 5, 2, 1, 6, 7, 800, 300, learnt=True, seconds=1.5, report=None)


def test_a_newer_model_is_never_replaced_by_an_older(state: State):
    with state.write() as conn:
        for version in (20, 10):
            store.add(conn, model(version))
            store.switch(conn, version)
        assert store.current(conn) == 20
        assert store.model(conn, 20) == model(20)
        assert store.versions(conn) == [10, 20]


def test_of_many_servers_one_takes_the_turn(state: State):
    with state.write() as conn:
        assert intent.claim(conn, 10 * DAY, 10 * DAY - DAY // 4)
        assert not intent.claim(conn, 10 * DAY + HOUR, 10 * DAY + HOUR - DAY // 4)
        assert intent.claim(conn, 11 * DAY, 11 * DAY - DAY // 4)


def test_training_is_due_once_a_day_after_three_at_night(state: State):
    evening, night, morning = (parse_local(f"2026-03-{text}", ZONE) for text in ("01T20:00", "02T02:00", "02T04:00"))
    with state.write() as conn:
        assert not intent.due(conn, evening, ZONE, None, 3)
        assert not intent.due(conn, evening, ZONE, evening - HOUR, 3)
        assert intent.due(conn, evening, ZONE, evening - DAY, 3)
        store.add(conn, model(evening))
        store.switch(conn, evening)
        assert not intent.due(conn, night, ZONE, evening - DAY, 3)
        assert intent.due(conn, morning, ZONE, evening - DAY, 3)


def test_only_changes_of_an_interest_become_facts_and_are_put_back(state: State):
    def said(person: str) -> list[bool]:
        facts = timelines.load(conn, person).named(FACT)
        return [fact.properties["tea"] for fact in facts]

    with state.write() as conn:
        store.put_interest(conn, Interest("tea", {"ids": ["a", "b"]}, "top", 2))
        assert keep(conn, "tea", {"u:ann", "u:bob"}, DAY) == ["u:ann", "u:bob"]
        assert keep(conn, "tea", {"u:bob", "u:cy"}, 2 * DAY) == ["u:ann", "u:cy"]
        assert keep(conn, "tea", {"u:bob", "u:cy"}, 3 * DAY) == []
        assert [each.size for each in store.interests(conn)] == [2]
        assert (said("u:ann"), said("u:bob"), said("u:cy")) == ([True, False], [True], [True])
        timelines.forget(conn, ["u:ann", "u:bob"])
        restore(conn, ["u:ann", "u:bob"])
        assert (said("u:ann"), said("u:bob"), said("u:cy")) == ([False], [True], [True])
