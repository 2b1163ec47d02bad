"""Decisions are on record at once, whether or not the index by device knows them yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shopkeeper import decisions
from shopkeeper.decisions import MIGRATIONS, Candidacy, Chosen, Made, Recorder
from shopkeeper.decisions.log import digest_of
from shopkeeper.storage import State, migrate, open_state

PASSED = Candidacy("hero", 1, "", "")
AWAY = Candidacy("pop", 1, "segment", "not members of the club")


@pytest.fixture
def state(database_url: str) -> Iterator[State]:
    opened = open_state(database_url)
    migrate(opened, MIGRATIONS)
    yield opened
    opened.close()


def made(at: int, device: str = "phone", digest: bool = True) -> Made:
    walked = [AWAY, PASSED]
    outcome = Chosen("top", None, [], walked, digest_of(walked) if digest else b"")
    return Made(bytes([at]) * 16, at, device, f"a:{device}", "/", [outcome])


def keep(state: State, *new: Made, recorder: Recorder | None = None) -> None:
    with state.write() as conn:
        (recorder or Recorder()).keep(conn, new)


def seen(state: State, *devices: str, limit: int = 200) -> list[int]:
    with state.read() as conn:
        return [logged.at for logged in decisions.decisions_of(conn, devices, limit)]


def test_a_decision_is_found_before_and_after_it_is_entered(state: State):
    keep(state, made(1), made(2, "laptop"))
    decisions.enter_decisions(state)
    keep(state, made(3), made(4, "laptop"))
    assert seen(state, "phone") == [3, 1]
    decisions.enter_decisions(state)
    assert seen(state, "phone", "laptop") == [4, 3, 2, 1]
    assert seen(state, "phone", "laptop", limit=3) == [4, 3, 2]


@pytest.mark.parametrize("digest", [True, False], ids=["remembered walk", "walk of its own"])
def test_the_record_says_why(state: State, digest: bool):
    keep(state, made(1, digest=digest))
    with state.read() as conn:
        (logged,) = decisions.decisions_of(conn, ["phone"])
    assert logged.zones == {"top": [AWAY, PASSED]}


def test_a_walk_is_stored_again_after_a_write_that_failed(state: State):
    recorder = Recorder()
    with pytest.raises(ZeroDivisionError), state.write() as conn:
        recorder.keep(conn, [made(1)])
        raise ZeroDivisionError
    recorder.forget()
    keep(state, made(2), recorder=recorder)
    with state.read() as conn:
        (logged,) = decisions.decisions_of(conn, ["phone"])
    assert logged.zones["top"]


def test_old_decisions_are_forgotten_in_the_index_too(state: State):
    keep(state, made(1), made(2))
    decisions.enter_decisions(state)
    keep(state, made(3))
    with state.write() as conn:
        assert decisions.purge_decisions(conn, 2) == 1
        assert conn.rows("SELECT seq FROM decisions_devices") == [(2,)]
    assert seen(state, "phone") == [3, 2]


def test_decisions_of_an_older_version_are_entered_too(database_url: str):
    state = open_state(database_url)
    migrate(state, [step for step in MIGRATIONS if step.number == 1])
    keep(state, made(1))
    migrate(state, MIGRATIONS)
    assert seen(state, "phone") == [1]
    decisions.enter_decisions(state)
    assert seen(state, "phone") == [1]
    state.close()
