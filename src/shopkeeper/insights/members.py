"""Who is in a segment: by what is followed where that is kept, else asked of everybody's facts."""

from __future__ import annotations

from typing import NamedTuple

from shopkeeper import populations, segments, timelines
from shopkeeper.insights.base import Base
from shopkeeper.segments import Segment

EVERYBODY = 1 << 40


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


def sizes_now(base: Base) -> dict[str, int]:
    """The size of every segment of the book: by what is followed, the rest in one pass over everybody."""
    sizes = segments.followed(base.conn, base.book)
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
    if size is not None:
        found = segments.followed_members(base.conn, segment, limit, offset)
        return Members(size, [Member(*row) for row in found], followed=True)
    numbers = _numbers_at(base, segment, base.now if at is None else at)
    part = numbers[offset : offset + limit]
    names = timelines.persons(base.conn, part)
    return Members(len(numbers), [Member(names[who], None) for who in part], followed=False)


def people_at(base: Base, segment: Segment, at: int) -> list[str]:
    """Everybody inside at an instant."""
    return sorted(timelines.persons(base.conn, _numbers_at(base, segment, at)).values())


def _numbers_at(base: Base, segment: Segment, at: int) -> list[int]:
    wanted = {segment.id: segment.expr}
    found = populations.members(base.conn, base.history, wanted, at, base.thresholds(wanted.values()))
    return sorted(found.table["who"].to_pylist())
