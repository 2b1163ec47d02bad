"""A segment that is new, or whose rule or threshold is another: its members are found in bulk and put in place at once.

The bulk engine reads a snapshot and stops nobody. Its answer is written beside the old members, a few thousand rows at a
time; then one short transaction makes it the one that counts, and whoever did something meanwhile is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shopkeeper import timelines
from shopkeeper.conditions import Top
from shopkeeper.conditions.leaves import And
from shopkeeper.populations import due as due_in_bulk
from shopkeeper.populations import members as members_in_bulk
from shopkeeper.populations import thresholds as thresholds_in_bulk
from shopkeeper.segments import store
from shopkeeper.segments.book import Book, Segment, asked_version, version_of
from shopkeeper.segments.store import Change, Tracked
from shopkeeper.segments.thresholds import thresholds as kept_thresholds
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import History

ROWS = 2_000
"""Rows written in one transaction: others wait for that."""
EDITED, RENEWED = "the rule changed", "the threshold changed"
Value = TypeVar("Value")


class Found(NamedTuple):
    """What the bulk engine said, as of a write."""

    members: dict[str, list[str]]
    """Segment -> people."""
    due: list[tuple[str, int]]
    """(person, when one of their answers may change by time alone)"""
    seq: int


def renew_thresholds(state: State, history: History, book: Book, now: int) -> bool:
    """Count the thresholds of top shares anew; whether any is another."""
    with state.read() as conn:
        kept = store.thresholds(conn)
        found = thresholds_in_bulk(conn, history, book.tops, now)
    counted = {version_of(top): value for top, value in found.items()}
    if counted == kept:
        return False
    with state.write() as conn:
        store.set_thresholds(conn, sorted(counted.items()))
    return True


def waiting(conn: Connection, book: Book, thresholds: Mapping[Top, float]) -> list[Segment]:
    """The segments whose members are not those of their rule as it is now."""
    tracked = store.tracked(conn)
    return [
        segment
        for segment in book.segments.values()
        if segment.tracked
        and ((known := tracked.get(segment.id)) is None or known.version != asked_version(segment, thresholds))
    ]


def backfill(state: State, history: History, book: Book, now: int) -> list[str]:
    """Put the members of every segment that waits for them in place; returns which. Segments that are no more go."""
    with state.read() as conn:
        thresholds = kept_thresholds(conn, book)
        segments = waiting(conn, book, thresholds)
        found = _ask(conn, history, segments, thresholds, now) if segments else Found({}, [], 0)
        gone = sorted(store.tracked(conn).keys() - {s.id for s in book.segments.values() if s.tracked})
    for id in gone:
        with state.write() as conn:
            store.untrack(conn, id)
        _sweep(state, id, -1)
    if not segments:
        return []
    generations = {id: _write(state, id, members, now) for id, members in found.members.items()}
    with state.write() as conn:
        tracked = store.tracked(conn)
        for segment in segments:
            generation = generations[segment.id]
            known = tracked.get(segment.id)
            store.add_changes(conn, _told(conn, segment, known, found.members[segment.id], now))
            version = asked_version(segment, thresholds)
            store.set_tracked(conn, segment.id, Tracked(version, segment.version, generation, now))
        store.anew(conn, timelines.people_since(conn, found.seq), "")
    # Only now: a timer that rings before the members count would be taken for nothing.
    for timers in _parts(found.due):
        with state.write() as conn:
            store.sooner(conn, timers)
    for id, generation in generations.items():
        _sweep(state, id, generation)
    return [segment.id for segment in segments]


def _ask(
    conn: Connection, history: History, segments: Sequence[Segment], thresholds: Mapping[Top, float], now: int
) -> Found:
    """Members and timers of all of them in one pass over everybody."""
    wanted = {segment.id: segment.expr for segment in segments}
    members = members_in_bulk(conn, history, wanted, now, thresholds)
    # As one rule: their leaves are looked at together, and a person has one timer anyway.
    rung = due_in_bulk(conn, history, {"": And(tuple(wanted.values()))}, now).table
    timers = dict(zip(rung["who"].to_pylist(), rung["due"].to_pylist(), strict=True))
    numbers = members.table["who"].to_pylist()
    names = timelines.persons(conn, sorted({*numbers, *timers}))
    people: dict[str, list[str]] = {id: [] for id in members.ids}
    for position, who in zip(members.table["segment"].to_pylist(), numbers, strict=True):
        people[members.ids[position]].append(names[who])
    return Found(people, [(names[who], at) for who, at in sorted(timers.items())], timelines.latest_write(conn))


def _write(state: State, id: str, members: Sequence[str], now: int) -> int:
    """Write members beside those that count; the number of their generation. Who was in before is in since then."""
    with state.write() as conn:
        known = store.tracked(conn).get(id)
        generation = store.next_generation(conn, id)
        before = store.all_members(conn, id, known.generation) if known else {}
    for part in _parts(sorted(members)):
        with state.write() as conn:
            store.add_members(conn, [(id, generation, person, before.get(person, now)) for person in part])
    return generation


def _told(conn: Connection, segment: Segment, known: Tracked | None, members: Sequence[str], now: int) -> list[Change]:
    """Who is in or out by another threshold has entered or left; an edited rule is told of once, for all."""
    before = set(store.all_members(conn, segment.id, known.generation)) if known else set()
    after = set(members)
    if known is not None and known.rule == segment.version:
        entered = [Change(segment.id, person, now, 1, 0, RENEWED) for person in sorted(after - before)]
        return entered + [Change(segment.id, person, now, 0, 1, RENEWED) for person in sorted(before - after)]
    return [Change(segment.id, "", now, len(after - before), len(before - after), EDITED)]


def _sweep(state: State, id: str, generation: int) -> None:
    """Delete the rows of older generations, a few at a time."""
    while True:
        with state.write() as conn:
            rows = store.old_rows(conn, id, generation, ROWS)
            store.drop_members(conn, rows)
        if len(rows) < ROWS:
            return


def _parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for start in range(0, len(values), ROWS):
        yield values[start : start + ROWS]
