"""Segments among each other: what they share, exclusive ordered sets, and how people move between them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from shopkeeper import populations
from shopkeeper.conditions import Expr
from shopkeeper.conditions.leaves import And, Neg
from shopkeeper.insights import store
from shopkeeper.insights.base import Base
from shopkeeper.insights.members import everybody
from shopkeeper.insights.rules import jaccard, lift, median, share
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import from_datetime, to_datetime
from shopkeeper.segments import Segment

OUTSIDE = ""
"""Where people are who are in none of a set."""
MOST_DAYS = 92


class Pair(msgspec.Struct, frozen=True):
    """Two segments."""

    segment: str
    other: str
    both: int
    jaccard: float
    """People in both, of those in either."""
    lift: float | None
    """How many times more than chance would have; null where either is empty."""


class Overlap(msgspec.Struct, frozen=True):
    """Every two of some segments, in their order."""

    everybody: int
    sizes: dict[str, int]
    pairs: list[Pair]


class Place(msgspec.Struct, frozen=True):
    """One segment of an exclusive set: whoever is in it and in none before it. An empty id: in none of the set."""

    segment: str
    size: int
    share: float


class Step(msgspec.Struct, frozen=True):
    """How many people went from one place of a set to another during one day."""

    day: str
    origin: str
    target: str
    people: int


class Way(msgspec.Struct, frozen=True):
    """All who went one way, and how long they had been where they came from."""

    origin: str
    target: str
    people: int
    median_days: float | None
    """Of stays that began inside the days looked at; null where none did."""


class Journeys(msgspec.Struct, frozen=True):
    """How people moved between the places of a set, by the ends of days in shop time; the last day ends now."""

    days: list[str]
    steps: list[Step]
    ways: list[Way]


def overlap(base: Base, chosen: Sequence[Segment]) -> Overlap:
    """What each two of these segments share now."""
    wanted = {segment.id: segment.expr for segment in chosen}
    table = populations.members(base.conn, base.history, wanted, base.now, base.thresholds(wanted.values())).table
    rows = base.history.query(base.conn, store.OVERLAP, kind="facts", tables={"members": table})
    shared = {(one, other): int(count) for one, other, count in rows}
    whole = everybody(base)
    sizes = [shared.get((place, place), 0) for place in range(len(chosen))]
    pairs = []
    for one, first in enumerate(chosen):
        for other in range(one + 1, len(chosen)):
            both = shared.get((one, other), 0)
            chance = lift(both, sizes[one], sizes[other], whole)
            pairs.append(Pair(first.id, chosen[other].id, both, jaccard(both, sizes[one], sizes[other]), chance))
    return Overlap(whole, {segment.id: size for segment, size in zip(chosen, sizes, strict=True)}, pairs)


def exclusive(chosen: Sequence[Segment]) -> dict[str, Expr]:
    """The rules of an ordered set: the first that holds is where somebody is."""
    before: list[Expr] = []
    found: dict[str, Expr] = {}
    for segment in chosen:
        found[segment.id] = And((*before, segment.expr))
        before.append(Neg(segment.expr))
    return found


def ordered_set(base: Base, chosen: Sequence[Segment]) -> list[Place]:
    """How many people are where, of an ordered set of segments; the last place is outside of all."""
    wanted = exclusive(chosen)
    thresholds = base.thresholds(wanted.values())
    sizes, whole, _ = populations.sizes(base.conn, base.history, wanted, base.now, thresholds)
    places = [Place(id, size, share(size, whole)) for id, size in sizes.items()]
    rest = whole - sum(sizes.values())
    return [*places, Place(OUTSIDE, rest, share(rest, whole))]


def journeys(base: Base, chosen: Sequence[Segment], days: int) -> Journeys:
    """How people moved between the places of an ordered set over the last `days` days.

    Thresholds of top shares are those of the last count, on all days.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadInput("bad_days", f"Look at 1 to {MOST_DAYS} days, not {days}", where="days")
    ends = _day_ends(base, days)
    wanted = exclusive(chosen)
    thresholds = base.thresholds(wanted.values())
    tables = {
        f"day_{number}": populations.members(base.conn, base.history, wanted, at, thresholds).table
        for number, (_, at) in enumerate(ends)
    }
    rows = base.history.query(base.conn, store.transitions(len(ends)), kind="facts", tables=tables)
    ids = [*wanted, OUTSIDE]
    steps: Counter[tuple[int, str, str]] = Counter()
    stays: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for day, origin, target, people, stayed in rows:
        steps[day, ids[origin], ids[target]] += people
        if stayed is not None:
            stays[ids[origin], ids[target]][stayed] += people
    ways: Counter[tuple[str, str]] = Counter()
    for (_, origin, target), people in steps.items():
        ways[origin, target] += people
    return Journeys(
        [day for day, _ in ends[1:]],
        [Step(ends[day][0], origin, target, n) for (day, origin, target), n in sorted(steps.items())],
        [
            Way(origin, target, people, median(stays.get((origin, target), {})))
            for (origin, target), people in sorted(ways.items(), key=lambda way: (-way[1], way[0]))
        ],
    )


def _day_ends(base: Base, days: int) -> list[tuple[str, int]]:
    """(day of shop time, the instant it ends at) of the day before the first and of each day; the last ends now."""
    today = to_datetime(base.now, base.plan.zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    ends = []
    for back in range(days, 0, -1):
        day = today - timedelta(days=back)
        end = from_datetime((day + timedelta(days=1)).replace(tzinfo=base.plan.zone)) - 1
        ends.append((day.date().isoformat(), end))
    return [*ends, (today.date().isoformat(), base.now)]
