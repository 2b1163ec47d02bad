"""What a process remembers of its state is never older than what somebody was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper.storage import State, open_state


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = open_state(f"sqlite://{tmp_path}/state.db")
    with opened.write() as conn:
        conn.run("CREATE TABLE shelf_tags (tag TEXT NOT NULL PRIMARY KEY, uses BIGINT NOT NULL)")
    yield opened
    opened.close()


def put(state: State, uses: int) -> None:
    with state.write() as conn:
        conn.run(
            "INSERT INTO shelf_tags VALUES ('tea', ?) ON CONFLICT (tag) DO UPDATE SET uses = excluded.uses", (uses,)
        )
        conn.changed(["tea"])


def stored(state: State) -> int:
    with state.read() as conn:
        row = conn.row("SELECT uses FROM shelf_tags WHERE tag = 'tea'")
    return int(row[0]) if row else 0


def remembered(state: State) -> int:
    assert state.memory is not None
    return state.memory.recall("tea", lambda: stored(state))


def test_a_value_is_read_once(state: State):
    put(state, 1)
    assert remembered(state) == 1
    assert state.memory and state.memory.recall("tea", lambda: 7) == 1


def test_a_commit_is_remembered_at_once(state: State):
    put(state, 1)
    assert remembered(state) == 1
    put(state, 2)
    assert remembered(state) == 2


def test_what_was_rolled_back_is_not_forgotten(state: State):
    put(state, 1)
    assert remembered(state) == 1
    with pytest.raises(KeyError), state.write() as conn:
        conn.changed(["tea"])
        raise KeyError
    assert state.memory and state.memory.recall("tea", lambda: 7) == 1


def test_a_value_read_while_a_commit_goes_by_is_not_kept(state: State):
    put(state, 1)

    def slow() -> int:
        found = stored(state)
        put(state, 2)
        return found

    assert state.memory and state.memory.recall("tea", slow) == 1
    assert remembered(state) == 2


def test_everything_can_be_said_to_have_changed(state: State):
    put(state, 1)
    assert remembered(state) == 1
    with state.write() as conn:
        conn.run("UPDATE shelf_tags SET uses = 3")
        conn.changed(None)
    assert remembered(state) == 3


def test_what_a_write_says_is_so_now_needs_no_reading(state: State):
    with state.write() as conn:
        conn.remember({"tea": 5})
        assert conn.recall("tea") == 5
    assert state.memory and state.memory.recall("tea", lambda: 7) == 5


def test_a_write_recalls_what_was_remembered_and_nothing_that_changed(state: State):
    put(state, 1)
    assert remembered(state) == 1
    with state.write() as conn:
        assert conn.recall("tea") == 1
        conn.changed(["tea"])
        assert conn.recall("tea") is None
    with state.write() as conn:
        assert conn.recall("tea") is None


def test_what_a_write_said_is_forgotten_when_it_is_rolled_back(state: State):
    put(state, 1)
    assert remembered(state) == 1
    with pytest.raises(KeyError), state.write() as conn:
        conn.remember({"tea": 5})
        raise KeyError
    with state.write() as conn:
        assert conn.recall("tea") == 1


def test_outside_a_write_nothing_is_recalled(state: State):
    put(state, 1)
    assert remembered(state) == 1
    with state.read() as conn:
        conn.remember({"tea": 5})
        assert conn.recall("tea") is None
    assert remembered(state) == 1


@pytest.mark.parametrize("notice", ["catch up", "write"])
def test_what_another_process_wrote_is_noticed(state: State, tmp_path: Path, notice: str):
    put(state, 1)
    assert remembered(state) == 1
    other = open_state(f"sqlite://{tmp_path}/state.db")
    put(other, 2)
    other.close()
    if notice == "catch up":
        state.catch_up()
    else:
        with state.write():
            pass
    assert remembered(state) == 2
