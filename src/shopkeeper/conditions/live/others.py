"""Answers about the latest value, what followed, the cart, visits, the clock and chance, live. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Protocol
from zoneinfo import ZoneInfo

from shopkeeper.conditions.leaves import Bucket, Cart, Clock, Follow, Latest, Match, Visits
from shopkeeper.conditions.live.flips import EVER, NEVER, boundaries, coming, settled
from shopkeeper.conditions.passing import Value, fact_test, field_of, half_up, passes
from shopkeeper.model.buckets import bucket_of
from shopkeeper.model.events import PAGE, PRODUCT_ADDED, PRODUCT_REMOVED
from shopkeeper.model.time import MINUTE, from_datetime, to_datetime
from shopkeeper.timelines.facts import ORDER, Fact
from shopkeeper.timelines.timeline import Timeline

MOST = 1e18
"""Minor units one line of a cart is worth at most: they fit the whole numbers of every engine."""
_MOVES = frozenset((PRODUCT_ADDED, PRODUCT_REMOVED))
_at = attrgetter("at")
_order = attrgetter("order")


class Asked(Protocol):
    """What a leaf may ask of a person's standing."""

    @property
    def at(self) -> int: ...
    @property
    def person(self) -> str: ...
    @property
    def timeline(self) -> Timeline: ...
    def matching(self, match: Match) -> Sequence[Fact]: ...


def latest(leaf: Latest, asked: Asked) -> tuple[bool, int]:
    facts = asked.timeline.of(leaf.names)
    name = leaf.field.removeprefix("properties.") if leaf.field.startswith("properties.") else None

    def says(fact: Fact) -> bool:
        return name in fact.properties if name is not None else field_of(fact, leaf.field) is not None

    def value(t: int) -> Value:
        best: Fact | None = None
        for fact in reversed(facts):
            if fact.at > t or not says(fact):
                continue
            if best is None or (fact.order == best.order and fact.name > best.name):
                best = fact
            elif fact.order < best.order:
                break
        return field_of(best, leaf.field) if best is not None else leaf.default

    ahead = {fact.at for fact in facts[bisect_right(facts, asked.at, key=_at) :] if says(fact)}
    return settled(asked.at, lambda t: passes(leaf.check, value(t)), sorted(ahead))


def follow(leaf: Follow, asked: Asked) -> tuple[bool, int]:
    first, second = asked.matching(leaf.first), asked.matching(leaf.second)
    if not first:
        return False, NEVER

    def holds(t: int) -> bool:
        there = second[: bisect_right(second, t, key=_at)]
        return any(leaf.period.holds(fact.at, t) and _followed(leaf, fact, there, t) for fact in reversed(first))

    candidates = {*boundaries(leaf.period, first, asked.at), *coming(second, asked.at), *coming(first, asked.at)}
    if leaf.negate and leaf.within is not None:
        candidates.update(at for fact in first if (at := fact.at + leaf.within + 1) > asked.at)
    return settled(asked.at, holds, sorted(candidates))


def _followed(leaf: Follow, fact: Fact, second: Sequence[Fact], t: int) -> bool:
    after = bisect_right(second, fact.order, key=_order)
    came = after < len(second) and (leaf.within is None or second[after].at - fact.at <= leaf.within)
    if not leaf.negate:
        return came
    return not came and (leaf.within is None or t - fact.at > leaf.within)


def cart(leaf: Cart, asked: Asked) -> tuple[bool, int]:
    moves, orders = asked.timeline.of(_MOVES), asked.timeline.named(ORDER)
    if not moves:
        return False, NEVER

    def holds(t: int) -> bool:
        inside = open_cart(moves, orders, t)
        if not inside or not any(map(fact_test(leaf.tests), inside)):
            return False
        if leaf.bounds is not None and not leaf.bounds.holds(cart_value(inside)):
            return False
        return leaf.period.holds(max(fact.at for fact in inside), t)

    near = {*boundaries(leaf.period, moves, asked.at), *coming(moves, asked.at), *coming(orders, asked.at)}
    return settled(asked.at, holds, sorted(near))


def cart_worth(timeline: Timeline, t: int) -> int:
    """Minor units of what lies in somebody's cart at `t`."""
    return max(cart_value(open_cart(timeline.of(_MOVES), timeline.named(ORDER), t)), 0)


def open_cart(moves: Sequence[Fact], orders: Sequence[Fact], t: int) -> list[Fact]:
    """The facts that put what lies in the cart at `t` there."""
    there = bisect_right(orders, t, key=_at)
    since = orders[there - 1].order if there else (-1, b"")
    inside: dict[str, Fact] = {}
    for fact in moves:
        if fact.at > t:
            break
        if fact.product is None or fact.order <= since:
            continue
        if fact.name == PRODUCT_ADDED:
            inside[fact.product] = fact
        else:
            inside.pop(fact.product, None)
    return list(inside.values())


def cart_value(inside: Iterable[Fact]) -> int:
    """Minor units of what these facts put into the cart."""
    return sum(half_up(_worth(f.price or 0, 1.0 if f.quantity is None else f.quantity)) for f in inside)


def _worth(price: int, quantity: float) -> float:
    """What one line is worth, never beyond what can be kept."""
    return max(-MOST, min(price * quantity, MOST))


def visits(leaf: Visits, asked: Asked) -> tuple[bool, int]:
    events = asked.timeline.events
    whole = not leaf.entry and leaf.pages is None and leaf.minutes is None and leaf.period == EVER

    def holds(t: int) -> bool:
        found = visits_of(events, t, leaf.gap)
        return leaf.bounds.holds(len(found) if whole else sum(1 for visit in found if _counts(leaf, visit, t)))

    near = {*boundaries(leaf.period, events, asked.at), *coming(events, asked.at)} if _moves(leaf) else set()
    near.update(coming(events, asked.at))
    return settled(asked.at, holds, sorted(near))


def _moves(leaf: Visits) -> bool:
    """Whether time alone changes what counts."""
    return leaf.period.within is not None or leaf.period.older_than is not None


def visits_of(events: Sequence[Fact], t: int, gap: int) -> list[list[Fact]]:
    """The visits there are at `t`, each its events in order."""
    running: dict[str, list[Fact]] = {}
    found: list[list[Fact]] = []
    for fact in events:
        if fact.at > t:
            break
        visit = running.get(fact.device)
        if visit is None or fact.at - visit[-1].at >= gap:
            visit = running[fact.device] = []
            found.append(visit)
        visit.append(fact)
    return found


def _counts(leaf: Visits, visit: Sequence[Fact], t: int) -> bool:
    return (
        leaf.period.holds(visit[0].at, t)
        and fact_test(leaf.entry)(visit[0])
        and (leaf.pages is None or leaf.pages.holds(sum(1 for fact in visit if fact.name == PAGE)))
        and (leaf.minutes is None or leaf.minutes.holds((visit[-1].at - visit[0].at) / MINUTE))
    )


def clock(leaf: Clock, asked: Asked) -> tuple[bool, int]:
    zone = ZoneInfo(leaf.zone)
    return settled(asked.at, lambda t: inside(leaf, t), [at for at in _turns(leaf, zone, asked.at) if at > asked.at])


def inside(leaf: Clock, t: int) -> bool:
    """Whether the shop's clock is inside the hours."""
    local = to_datetime(t, ZoneInfo(leaf.zone))
    minute = local.hour * 60 + local.minute
    if leaf.end > leaf.start:
        return local.weekday() in leaf.days and leaf.start <= minute < leaf.end
    yesterday = (local.weekday() - 1) % 7
    return (local.weekday() in leaf.days and minute >= leaf.start) or (yesterday in leaf.days and minute < leaf.end)


def _turns(leaf: Clock, zone: ZoneInfo, t: int) -> list[int]:
    """The instants around the next days at which the hours may begin or end; also those of clock changes."""
    day = to_datetime(t, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return list(_turns_of(day, leaf.start, leaf.end, leaf.zone))


@lru_cache(maxsize=4096)
def _turns_of(day: datetime, start: int, end: int, zone: str) -> tuple[int, ...]:
    found: set[int] = set()
    for days in range(9):
        midnight = day + timedelta(days=days)
        for minute in (0, start, end, 24 * 60):
            for fold in (0, 1):
                local = (midnight + timedelta(minutes=minute)).replace(tzinfo=ZoneInfo(zone), fold=fold)
                found.add(from_datetime(local))
        found.update(_clock_changes(midnight, zone))
    return tuple(sorted(found))


def _clock_changes(midnight: datetime, zone: str) -> list[int]:
    """The hours of a day at which the shop's clock is put forward or back."""
    start = from_datetime(midnight.replace(tzinfo=ZoneInfo(zone)))
    quarters = [start + quarter * 15 * MINUTE for quarter in range(26 * 4)]
    offsets = [to_datetime(at, ZoneInfo(zone)).utcoffset() for at in quarters]
    return [at for at, before, after in zip(quarters[1:], offsets, offsets[1:], strict=False) if before != after]


def bucket(leaf: Bucket, asked: Asked) -> tuple[bool, int]:
    return leaf.bounds.holds(bucket_of(asked.person, leaf.seed)), NEVER
