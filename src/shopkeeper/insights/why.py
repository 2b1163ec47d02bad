"""Why one person is in a segment, or is not: every condition with its answer, until when, and the facts behind it."""

from __future__ import annotations

import msgspec

from shopkeeper import timelines
from shopkeeper.conditions import NEVER, Standing
from shopkeeper.conditions.evidence import Evidence, evidence
from shopkeeper.conditions.leaves import And, Neg, Or
from shopkeeper.insights.base import Base
from shopkeeper.insights.parts import Part, taken_apart
from shopkeeper.model.errors import NotFound
from shopkeeper.segments import Segment


class Reason(msgspec.Struct, frozen=True):
    """One condition and its answer for one person."""

    where: str
    kind: str
    sentence: str
    holds: bool
    until: int | None
    """From when on the answer may be another by time alone; None for never."""
    evidence: Evidence
    parts: list[Reason]


class Why(msgspec.Struct, frozen=True):
    """The whole of it."""

    person: str
    segment: str
    at: int
    reason: Reason


def why(base: Base, segment: Segment, person: str) -> Why:
    """The reasons, as of the base's instant. Raises NotFound for a person nothing is known of."""
    timeline = timelines.load(base.conn, person)
    if not timeline.facts:
        raise NotFound(
            "unknown_person",
            f"Nothing is on record for {person[:80]!r}",
            hint="Use a user id, or u:<user id> or a:<anonymous id>.",
        )
    standing = Standing(timeline, person, base.now, base.thresholds([segment.expr]))
    tree = taken_apart(segment.rule, base.book)
    return Why(person, segment.id, base.now, _reason(tree, standing))


def _reason(part: Part, standing: Standing) -> Reason:
    holds, until = standing.answer(part.expr)
    found = Evidence() if isinstance(part.expr, And | Or | Neg) else evidence(part.expr, standing)
    return Reason(
        part.where,
        part.kind,
        part.sentence,
        holds,
        until if until < NEVER else None,
        found,
        [_reason(inner, standing) for inner in part.parts],
    )
