"""A decision's glance at a visitor, remembered or read, sees what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.model.events import PAGE, Event
from shopkeeper.storage import Connection, migrate, open_state
from shopkeeper.storage.state import State
from shopkeeper.visitors import MIGRATIONS, glance, record_sessions, store
from shopkeeper.visitors.profile import Profile
from shopkeeper.visitors.rules import Claim

HOUR = 3_600_000_000
NOW = 100 * HOUR
"""Visits of the test lie around it."""

devices = st.sampled_from(["phone", "laptop"])
writes = st.one_of(
    st.tuples(st.just("claim"), devices, st.sampled_from(["ada", "bob"]), st.integers(0, 9)),
    st.tuples(st.just("unclaim"), devices),
    st.tuples(st.just("visit"), devices, st.integers(-12, 4)),
    st.tuples(st.just("no visits"), devices),
    st.tuples(st.just("learn"), st.sampled_from(["a:phone", "u:ada", "u:bob"]), st.integers(1, 9)),
    st.tuples(st.just("forget"), st.sampled_from(["a:phone", "u:ada", "u:bob"])),
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    folder: Path = tmp_path_factory.mktemp("glance")
    opened = open_state(f"sqlite://{folder}/state.db")
    migrate(opened, MIGRATIONS)
    yield opened
    opened.close()


def visit(conn: Connection, device: str, start: int, end: int) -> None:
    record_sessions(conn, [Event(bytes(16), at, at, PAGE, device) for at in (start, end)])


def perform(state: State, write: tuple) -> None:
    what, who, *more = write
    with state.write() as conn:
        match what:
            case "claim":
                store.add_claims(conn, [(who, Claim(more[1], bytes([more[1]]) * 16, more[0]))])
            case "unclaim":
                store.delete_claims(conn, who)
            case "visit":
                start = NOW + more[0] * HOUR // 4
                visit(conn, who, start, start + HOUR // 6)
            case "no visits":
                store.delete_spans(conn, who)
            case "learn":
                store.put_profiles(conn, [(Profile(who, orders=more[0]), "")])
            case "forget":
                store.delete_persons(conn, [who])


@given(st.lists(writes, max_size=12))
def test_what_is_remembered_is_what_is_stored(state: State, steps: list):
    for step in steps:
        perform(state, step)
        for device in ("phone", "laptop"):
            seen = glance(state, device, None, NOW)
            assert state.memory is not None
            state.memory.clear()
            assert glance(state, device, None, NOW) == seen
            glance(state, device, None, NOW)


def test_a_visit_in_the_future_does_not_hide_the_running_one(state: State):
    perform(state, ("no visits", "phone"))
    with state.write() as conn:
        visit(conn, "phone", NOW - 60, NOW - 30)
        visit(conn, "phone", NOW + HOUR, NOW + HOUR)
    assert glance(state, "phone", None, NOW)[1] == NOW - 60
