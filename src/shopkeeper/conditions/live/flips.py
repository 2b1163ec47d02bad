"""When an answer changes by time alone: trying the instants at which it could. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shopkeeper.conditions.leaves import Period
from shopkeeper.timelines.facts import Fact

NEVER = 1 << 62
EVER = Period()


def boundaries(period: Period, facts: Iterable[Fact], t: int) -> list[int]:
    """The instants after `t` at which one of the facts enters or leaves the period, ascending."""
    found = set()
    for fact in facts:
        begin, end = period.stay(fact.at)
        if end is None or begin < end:
            if begin > t:
                found.add(begin)
            if end is not None and end > t:
                found.add(end)
    return sorted(found)


def settled(t: int, holds: Callable[[int], bool], candidates: Sequence[int]) -> tuple[bool, int]:
    """The answer at `t`, and the first of the candidates (after t, ascending) at which it is another."""
    answer = holds(t)
    for instant in candidates:
        if holds(instant) != answer:
            return answer, instant
    return answer, NEVER


def coming(facts: Sequence[Fact], t: int) -> list[int]:
    """The times of facts that are not there yet: clocks differ by minutes."""
    found = []
    for fact in reversed(facts):
        if fact.at <= t:
            break
        found.append(fact.at)
    return found[::-1]
