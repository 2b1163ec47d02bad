"""A segment that is new, or whose rule or threshold is another: its members are found in bulk and put in place at once.

The bulk engine reads a snapshot and stops nobody. Its answer is written beside the old members, a few thousand rows at a
time; then one short transaction makes it the one that counts, and whoever did something meanwhile is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shopkeeper import timelines
from shopkeeper.conditions import NEVER, Top, each_leaf
from shopkeeper.conditions.leaves import And
from shopkeeper.model.time import MINUTE
from shopkeeper.populations import due as due_in_bulk
from shopkeeper.populations import members as members_in_bulk
from shopkeeper.populations import thresholds as thresholds_in_bulk
from shopkeeper.segments import store
from shopkeeper.segments.book import UNCOUNTED, Book, Segment, asked_version, version_of
from shopkeeper.segments.store import Change, Tracked
from shopkeeper.segments.thresholds import thresholds as kept_thresholds
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import History

SOON = 10 * MINUTE
"""Another node may take timers that ring while a segment is being filled: who has one is looked at again."""
ROWS = 2_000
"""Rows written in one transaction: others wait for that."""
FIRST, EDITED, RENEWED = "first counted", "the rule changed", "the threshold changed"
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
    if any(top not in thresholds for segment in segments for top in _tops(segment)):
        renew_thresholds(state, history, book, now)  # else nobody would be in the top until the next count
    with state.read() as conn:
        thresholds = kept_thresholds(conn, book)
        segments = waiting(conn, book, thresholds)
        before = store.tracked(conn)
        found = _ask(conn, history, segments, thresholds, now) if segments else Found({}, [], 0)
    for id in sorted(before.keys() - {s.id for s in book.segments.values() if s.tracked}):
        with state.write() as conn:
            store.untrack(conn, id)
        _sweep(state, id, NEVER)
    if not segments:
        return []
    generations = {id: _write(state, id, members, now) for id, members in found.members.items()}
    # Before the members count: a crash in between leaves a timer too many, never one too few.
    for timers in _parts(found.due):
        with state.write() as conn:
            store.sooner(conn, timers)
    with state.write() as conn:
        filled = _switch(conn, segments, thresholds, found, generations, before, now)
    for id in filled:
        _sweep(state, id, generations[id])
    return filled


def _switch(
    conn: Connection,
    segments: Sequence[Segment],
    thresholds: Mapping[Top, float],
    found: Found,
    generations: Mapping[str, int],
    before: Mapping[str, Tracked],
    now: int,
) -> list[str]:
    """Make the new members those that count; returns the segments, without those another node filled meanwhile."""
    tracked = store.tracked(conn)
    filled = []
    alive = timelines.numbers(conn, sorted({person for members in found.members.values() for person in members}))
    for segment in segments:
        id, generation = segment.id, generations[segment.id]
        # Visitors who became known meanwhile are others now.
        members = [person for person in found.members[id] if person in alive]
        store.drop_members(conn, [(id, generation, person) for person in found.members[id] if person not in alive])
        if tracked.get(id) != before.get(id):
            store.drop_members(conn, [(id, generation, person) for person in members])
            continue
        store.add_changes(conn, _told(conn, segment, tracked.get(id), members, now))
        store.set_tracked(conn, id, Tracked(asked_version(segment, thresholds), segment.version, generation, now))
        filled.append(id)
    rung = [person for person, at in found.due if at <= now + SOON]
    store.anew(conn, sorted({*timelines.people_since(conn, found.seq), *rung}), "")
    return filled


def _tops(segment: Segment) -> list[Top]:
    return [leaf for leaf in each_leaf(segment.expr) if isinstance(leaf, Top)]


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
        generation = store.next_generation(conn)
        before = store.all_members(conn, id, known.generation) if known else {}
    for part in _parts(sorted(members)):
        with state.write() as conn:
            store.add_members(conn, [(id, generation, person, before.get(person, now)) for person in part])
    return generation


def _told(conn: Connection, segment: Segment, known: Tracked | None, members: Sequence[str], now: int) -> list[Change]:
    """Who is in or out by another threshold has entered or left; an edited rule is told of once, for all."""
    before = set(store.all_members(conn, segment.id, known.generation)) if known else set()
    after = set(members)
    if known is not None and known.rule == segment.version and UNCOUNTED not in known.version.split():
        entered = [Change(segment.id, person, now, 1, 0, RENEWED) for person in sorted(after - before)]
        return entered + [Change(segment.id, person, now, 0, 1, RENEWED) for person in sorted(before - after)]
    cause = FIRST if known is None or known.rule == segment.version else EDITED
    return [Change(segment.id, "", now, len(after - before), len(before - after), cause)]


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
