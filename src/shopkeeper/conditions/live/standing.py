"""One person's answers at one instant, each with the instant at which it may be another. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from shopkeeper.conditions.leaves import (
    And,
    Bucket,
    Cart,
    Clock,
    Edge,
    Expr,
    Follow,
    Latest,
    Leaf,
    Match,
    Measure,
    Neg,
    Or,
    Rhythm,
    Share,
    Top,
    Visits,
)
from shopkeeper.conditions.live import measures, others
from shopkeeper.conditions.live.flips import NEVER
from shopkeeper.conditions.passing import fact_test
from shopkeeper.timelines.facts import Fact
from shopkeeper.timelines.timeline import Timeline


class Answer(NamedTuple):
    """Whether it holds, and the first instant at which that may be otherwise (NEVER: it stays so)."""

    holds: bool
    until: int


class Standing:
    """What holds for one person at the instant `at`. Answers are remembered, so that many rules share their parts.

    `thresholds` are those of Top leaves; without one nobody is in the top.
    """

    def __init__(self, timeline: Timeline, person: str, at: int, thresholds: Mapping[Top, float]) -> None:
        self.timeline = timeline
        self.person = person
        self.at = at
        self.thresholds = thresholds
        # By identity: rules that are read together share their leaves, and hashing a leaf takes longer than most answers.
        self._answers: dict[int, tuple[Leaf, Answer]] = {}
        self._matches: dict[int, tuple[Match, Sequence[Fact]]] = {}

    def moved(self, at: int, thresholds: Mapping[Top, float]) -> Standing:
        """The same person at another instant; which facts match what is found once for both."""
        standing = Standing(self.timeline, self.person, at, thresholds)
        standing._matches = self._matches
        return standing

    def answer(self, expr: Expr) -> Answer:
        """Whether a rule holds. An answer stands until one of the parts it rests on changes."""
        if isinstance(expr, And):
            return self._all(expr.parts)
        if isinstance(expr, Or):
            return self._any(expr.parts)
        if isinstance(expr, Neg):
            holds, until = self.answer(expr.part)
            return Answer(not holds, until)
        known = self._answers.get(id(expr))
        if known is None:
            known = self._answers[id(expr)] = (expr, Answer(*_KINDS[type(expr)](expr, self)))
        return known[1]

    def _all(self, parts: Sequence[Expr]) -> Answer:
        """True until the first part may fail; false for as long as the most lasting failure."""
        true, false = NEVER, 0
        for part in parts:
            holds, until = self.answer(part)
            if not holds:
                false = max(false, until)
                if false == NEVER:
                    break
            elif until < true:
                true = until
        return Answer(False, false) if false else Answer(True, true)

    def _any(self, parts: Sequence[Expr]) -> Answer:
        true, false = 0, NEVER
        for part in parts:
            holds, until = self.answer(part)
            if holds:
                true = max(true, until)
                if true == NEVER:
                    break
            elif until < false:
                false = until
        return Answer(True, true) if true else Answer(False, false)

    def matching(self, match: Match) -> Sequence[Fact]:
        """All matching facts in order, also those whose time has not come."""
        known = self._matches.get(id(match))
        if known is None:
            facts = self.timeline.of(match.names)
            found = list(filter(fact_test(match.tests), facts)) if match.tests and facts else facts
            known = self._matches[id(match)] = (match, found)
        return known[1]


_KINDS: dict[type, Callable[[Any, Standing], tuple[bool, int]]] = {
    Measure: measures.measure,
    Edge: measures.edge,
    Share: measures.share,
    Rhythm: measures.rhythm,
    Top: measures.top,
    Latest: others.latest,
    Follow: others.follow,
    Cart: others.cart,
    Visits: others.visits,
    Clock: others.clock,
    Bucket: others.bucket,
}
