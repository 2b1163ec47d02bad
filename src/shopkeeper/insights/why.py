"""Why one person is in a segment, or is not: every condition with its answer, until when, and the facts behind it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from shopkeeper import segments, timelines
from shopkeeper.conditions import NEVER, Standing, each_leaf
from shopkeeper.conditions.evidence import Evidence, evidence
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
    # A joint rests on its parts; a condition that comes down to several questions, on the last of them that holds.
    leaves = [] if part.parts else list(each_leaf(part.expr))
    holding = [leaf for leaf in leaves if standing.answer(leaf)[0]]
    found = evidence((holding[-1:] or leaves)[0], standing) if leaves else Evidence()
    return Reason(
        part.where,
        part.kind,
        part.sentence,
        holds,
        until if until < NEVER else None,
        found,
        [_reason(inner, standing) for inner in part.parts],
    )


class Inside(NamedTuple):
    """A segment somebody is in."""

    segment: Segment
    since: int | None
    """When they entered; None where that is not followed."""
    until: int | None
    """From when on time alone may take them out; None for never."""


def segments_of(base: Base, person: str) -> list[Inside]:
    """Every segment a person is in now, in the order of the book."""
    timeline = timelines.load(base.conn, person)
    if not timeline.facts:
        return []
    rules = [segment.expr for segment in base.book.segments.values()]
    standing = Standing(timeline, person, base.now, base.thresholds(rules))
    since = segments.memberships(base.conn, base.book, person)
    found = []
    for id, segment in base.book.segments.items():
        holds, until = standing.answer(segment.expr)
        if holds:
            found.append(Inside(segment, since.get(id), until if until < NEVER else None))
    return found
