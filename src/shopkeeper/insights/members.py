"""Who is in a segment: by what is followed where that is kept, else asked of everybody's facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shopkeeper import populations, segments, timelines
from shopkeeper.conditions import Standing
from shopkeeper.insights.base import Base
from shopkeeper.segments import Segment

EVERYBODY = 1 << 40
AWAITED = 100
"""So many people who wait to be looked at are asked one by one; with more, everybody is asked at once."""


class Member(NamedTuple):
    """Somebody inside."""

    person: str
    since: int | None
    """When they entered; None where that is not followed."""


class Members(NamedTuple):
    """Some of the members, and how many there are."""

    size: int
    people: list[Member]
    followed: bool
    """They are those that are followed, the last to enter first; else in no order of meaning."""


class _Moved(NamedTuple):
    """People whose answer for one segment is another by now than what is followed says."""

    came: list[str]
    gone: frozenset[str]


def sizes_now(base: Base) -> dict[str, int]:
    """The size of every segment of the book: by what is followed, the rest in one pass over everybody."""
    moved = _moved(base, base.book.segments.values())
    sizes = segments.followed(base.conn, base.book) if moved is not None else {}
    for id, (came, gone) in (moved or {}).items():
        if id in sizes:
            sizes[id] += len(came) - len(gone)
    rest = {id: segment.expr for id, segment in base.book.segments.items() if id not in sizes}
    if rest:
        thresholds = base.thresholds(rest.values())
        sizes |= populations.sizes(base.conn, base.history, rest, base.now, thresholds).sizes
    return {id: sizes[id] for id in base.book.segments}


def everybody(base: Base) -> int:
    """How many people are on record."""
    return populations.sizes(base.conn, base.history, {}, base.now, {}).everybody


def members(base: Base, segment: Segment, limit: int = EVERYBODY, offset: int = 0, at: int | None = None) -> Members:
    """Members now, or at an instant (then asked of everybody's facts)."""
    size = segments.followed_size(base.conn, segment) if at is None else None
    moved = _moved(base, [segment]) if size is not None else None
    if size is not None and moved is not None:
        came, gone = moved[segment.id]
        # Whoever came stands before all rows; whoever went leaves a gap in them.
        rows = segments.followed_members(base.conn, segment, offset + limit + len(gone))
        people = [Member(person, base.now) for person in came] + [Member(*row) for row in rows if row[0] not in gone]
        return Members(size + len(came) - len(gone), people[offset : offset + limit], followed=True)
    numbers = _numbers_at(base, segment, base.now if at is None else at)
    part = numbers[offset : offset + limit]
    names = timelines.persons(base.conn, part)
    return Members(len(numbers), [Member(names[who], None) for who in part], followed=False)


def people_at(base: Base, segment: Segment, at: int) -> list[str]:
    """Everybody inside at an instant."""
    return sorted(timelines.persons(base.conn, _numbers_at(base, segment, at)).values())


def _moved(base: Base, asked: Iterable[Segment]) -> dict[str, _Moved] | None:
    """Segment -> who of those that wait to be looked at is on the other side by now; None where too many wait, as when
    `serve` did not run or a past was brought in.
    """
    waiting = segments.awaited(base.conn, base.now, AWAITED + 1)
    if len(waiting) > AWAITED:
        return None
    found = {segment.id: segment for segment in asked}
    came: dict[str, list[str]] = {id: [] for id in found}
    gone: dict[str, list[str]] = {id: [] for id in found}
    thresholds = base.thresholds(segment.expr for segment in found.values()) if waiting else {}
    for person in sorted(waiting):
        timeline = timelines.load(base.conn, person)
        standing = Standing(timeline, person, base.now, thresholds)
        before = segments.memberships(base.conn, base.book, person)
        for id, segment in found.items():
            holds = bool(timeline.facts) and standing.answer(segment.expr)[0]
            if holds != (id in before):
                (came if holds else gone)[id].append(person)
    return {id: _Moved(came[id], frozenset(gone[id])) for id in found}


def _numbers_at(base: Base, segment: Segment, at: int) -> list[int]:
    wanted = {segment.id: segment.expr}
    found = populations.members(base.conn, base.history, wanted, at, base.thresholds(wanted.values()))
    return sorted(found.table["who"].to_pylist())
