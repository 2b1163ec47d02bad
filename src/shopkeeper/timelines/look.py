"""Reading timelines, and the numbers by which the bulk engine knows people."""

from __future__ import annotations

from collections.abc import Sequence

from shopkeeper.storage import Connection, State
from shopkeeper.timelines import store
from shopkeeper.timelines.facts import Fact
from shopkeeper.timelines.timeline import Timeline


def load(conn: Connection, person: str, *, quickly: bool = False) -> Timeline:
    """A person's timeline; empty for whoever is not known. `quickly` raises LongTimelineError where it takes a while."""
    who = store.numbers(conn, (person,)).get(person)
    return Timeline(store.facts(conn, who, quickly=quickly) if who is not None else ())


def glance(state: State, person: str, *, quickly: bool = False) -> Timeline:
    """A person's timeline for a decision. Not remembered: the answers are, and take far less room than the facts.

    `quickly` raises LongTimelineError where others would wait for it.
    """
    with state.read() as conn:
        return load(conn, person, quickly=quickly)


def numbers(conn: Connection, persons: Sequence[str]) -> dict[str, int]:
    """Person -> the number bulk answers know it by."""
    return store.numbers(conn, persons)


def persons(conn: Connection, numbers_: Sequence[int]) -> dict[int, str]:
    """The people of such numbers."""
    return store.persons(conn, numbers_)


def writes_since(conn: Connection, seq: int, limit: int) -> list[tuple[int, int, list[Fact]]]:
    """(number of the person, number of the write, facts) of the next writes after `seq`, in order."""
    return store.since(conn, seq, limit)


def latest_write(conn: Connection) -> int:
    """The number of the latest write: facts of later ones are not in what `conn` sees."""
    return store.counter(conn, "seq")
