"""Facts and questions in few words, for tests that are read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from shopkeeper.conditions import leaves as ask
from shopkeeper.conditions.live import Answer, Standing
from shopkeeper.model.segments import Range
from shopkeeper.timelines import Fact, Timeline
from tests.segments.naive import Context, holds

_numbers = itertools.count(1)

ONCE = Range(at_least=1)
EVER = ask.Period()


def did(name: str, at: int, device: str = "d1", event_id: int | None = None, **columns: Any) -> Fact:
    """One fact; ids ascend in the order of writing."""
    number = next(_numbers) if event_id is None else event_id
    return Fact(at, number.to_bytes(16, "big"), name, device, **columns)


def count(name: str, bounds: Range = ONCE, period: ask.Period = EVER, *tests: ask.FieldTest) -> ask.Measure:
    """How many facts of a name."""
    return ask.Measure(ask.Match(frozenset((name,)), tests), period, "count", bounds)


def agreed(expr: ask.Expr, facts: Sequence[Fact], t: int, person: str = "u:ann") -> bool:
    """What live and the referee both say."""
    live = live_answer(expr, facts, t, person).holds
    assert live == holds(expr, facts, person, t), f"live says {live}"
    return live


def live_answer(expr: ask.Expr, facts: Sequence[Fact], t: int, person: str = "u:ann") -> Answer:
    """What live says, and until when."""
    return Standing(Timeline(facts), person, t, Context().thresholds).answer(expr)
