"""The instants at which an answer could change by time alone, found without knowing how evaluators find them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shopkeeper.conditions import leaves as ask
from shopkeeper.model.time import DAY, HOUR, MINUTE
from shopkeeper.timelines import Fact
from tests.segments.naive import as_tuple, matches


def instants(exprs: Iterable[ask.Expr], facts: Sequence[Fact], t: int) -> list[int]:
    """Every boundary after `t` of these rules, and the microseconds beside it."""
    found: set[int] = {t + 1, t + MINUTE, t + 400 * DAY}
    times = {fact.at for fact in facts}
    for expr in exprs:
        for leaf in ask.each_leaf(expr):
            found.update(at + length for at in times for length in _lengths(leaf))
            if isinstance(leaf, ask.Rhythm):
                found.update(_beats(leaf, facts))
            if isinstance(leaf, ask.Clock):
                found.update(range(t - t % HOUR, t + 3 * DAY, HOUR // 2))
    return sorted({at + off for at in found for off in (-1, 0, 1) if at + off > t})


def _lengths(leaf: ask.Leaf) -> Iterator[int]:
    """How long after a fact something could happen."""
    yield 0
    inner = leaf.metric if isinstance(leaf, ask.Top) else leaf
    period = getattr(inner, "period", None)
    if period is not None:
        yield from (length for length in (period.within, period.older_than) if length is not None)
    if isinstance(leaf, ask.Follow) and leaf.within is not None:
        yield leaf.within


def _beats(leaf: ask.Rhythm, facts: Sequence[Fact]) -> Iterator[int]:
    times = sorted(fact.at for fact in facts if matches(leaf.match, fact))
    for count in range(1, len(times) + 1):
        last = times[count - 1]
        gaps = {float(leaf.usual_gap), (last - times[0]) / max(count - 1, 1)}
        for bound in as_tuple(leaf.bounds):
            yield from (last + int((bound or 0) * gap) for gap in gaps)
