"""What doors tell of segments: ids and words in, what programs read out. The wire shapes are in `told.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shopkeeper import segments, visitors
from shopkeeper.insights.base import Base, person_named
from shopkeeper.insights.figures import by_segment as parts_of
from shopkeeper.insights.figures import insights as insights_of
from shopkeeper.insights.lists import FrozenList
from shopkeeper.insights.lists import listed as people_of
from shopkeeper.insights.lists import lists as all_lists
from shopkeeper.insights.members import Member, everybody, sizes_now
from shopkeeper.insights.members import members as members_of
from shopkeeper.insights.preview import Sized
from shopkeeper.insights.preview import preview as preview_of
from shopkeeper.insights.together import Journeys, Overlap, ordered_set
from shopkeeper.insights.together import journeys as journeys_of
from shopkeeper.insights.together import overlap as overlap_of
from shopkeeper.insights.told import (
    BySegmentTold,
    ChangesTold,
    ChangeTold,
    EvidenceTold,
    InsightsTold,
    ListsTold,
    ListTold,
    MembersTold,
    MemberTold,
    PlacesTold,
    PreviewTold,
    ReasonTold,
    SegmentsTold,
    SegmentTold,
    SizedTold,
    WhyTold,
)
from shopkeeper.insights.why import Reason
from shopkeeper.insights.why import why as why_of
from shopkeeper.model.events import IDENTIFY, PAGE
from shopkeeper.model.time import DAY
from shopkeeper.segments import Change, Segment
from shopkeeper.timelines.facts import CONSENT, JOINED, LINE, ORDER, SET

TREND = 7 * DAY
_FACTS = {
    ORDER: "an order",
    LINE: "an order",
    JOINED: "an audience joined",
    SET: "an attribute set",
    CONSENT: "a choice on consent",
    PAGE: "a page view",
    IDENTIFY: "an identity",
}
"""Facts that have names of our own, in words."""


def listing(base: Base) -> SegmentsTold:
    """Every segment with its size."""
    sizes = sizes_now(base)
    followed = segments.followed(base.conn, base.book)
    flow = segments.flow(base.conn, base.now - TREND)
    whole = everybody(base)
    rows = [
        _segment(base, segment, sizes[id], whole, followed=id in followed, flow=flow.get(id, (0, 0)))
        for id, segment in base.book.segments.items()
    ]
    return SegmentsTold(whole, rows)


def shown(base: Base, id: str) -> SegmentTold:
    """One segment with its rule."""
    segment = base.segment(id)
    size = members_of(base, segment, limit=0).size
    followed = segments.followed_size(base.conn, segment) is not None
    flow = segments.flow(base.conn, base.now - TREND).get(id, (0, 0))
    told = _segment(base, segment, size, everybody(base), followed=followed, flow=flow)
    told.rule = segment.rule
    return told


def previewed(base: Base, rule: Any) -> PreviewTold:
    """What a rule would give. BadInput points at what is wrong in it."""
    found = preview_of(base, rule)
    sample = told_members(base, [Member(person, None) for person in found.sample])
    return PreviewTold(
        found.sentence,
        found.size,
        found.everybody,
        found.share,
        _sized(found.tree),
        base.plan.shop.currency,
        sample,
        found.empty_because,
    )


def members(base: Base, id: str, limit: int, offset: int = 0, at: str | None = None) -> MembersTold:
    """Some of the members now, or at an instant, written as people write it."""
    moment = None if at is None else base.moment(at)
    found = members_of(base, base.segment(id), limit, offset, moment)
    people = told_members(base, found.people)
    when = base.told(base.now if moment is None else moment)
    return MembersTold(id, when, found.size, offset, base.plan.shop.currency, people)


def why(base: Base, id: str, person: str) -> WhyTold:
    """Why a person is in a segment, or is not."""
    segment = base.segment(id)
    found = why_of(base, segment, person_named(base.conn, person))
    entered = segments.memberships(base.conn, base.book, found.person).get(id)
    reason = _reason(base, found.reason)
    return WhyTold(found.person, id, base.told(found.at), base.maybe(entered), base.plan.shop.currency, reason)


def changes(base: Base, id: str, limit: int) -> ChangesTold:
    """Who entered and left a segment."""
    base.segment(id)
    found = segments.changes_in(base.conn, id, limit)
    return ChangesTold([_change(base, change) for change in found])


def insights(base: Base, id: str, start: int, end: int) -> InsightsTold:
    """A segment's figures beside the shop's, over [start, end)."""
    found = insights_of(base, base.segment(id), start, end)
    return InsightsTold(id, base.told(start), base.told(end), base.plan.shop.currency, *found)


def by_segment(base: Base, ids: Sequence[str], start: int, end: int) -> BySegmentTold:
    """What each segment (all, where none is named) brought in [start, end)."""
    chosen = base.chosen(ids) if ids else list(base.book.segments.values())
    rows, shop = parts_of(base, chosen, start, end)
    return BySegmentTold(base.told(start), base.told(end), base.plan.shop.currency, rows, shop)


def overlap(base: Base, ids: Sequence[str]) -> Overlap:
    """What each two segments share."""
    return overlap_of(base, base.chosen(ids, least=2))


def sets(base: Base, ids: Sequence[str]) -> PlacesTold:
    """How many are where, of an ordered set."""
    places = ordered_set(base, base.chosen(ids))
    return PlacesTold(sum(place.size for place in places), places)


def journeys(base: Base, ids: Sequence[str], days: int) -> Journeys:
    """How people moved between the places of an ordered set."""
    return journeys_of(base, base.chosen(ids), days)


def lists(base: Base) -> ListsTold:
    """All lists."""
    return ListsTold([list_told(base, found) for found in all_lists(base.conn)])


def listed(base: Base, name: str, limit: int, offset: int = 0) -> MembersTold:
    """The people of a list, as they are now."""
    people = people_of(base.conn, name)
    part = [Member(person, None) for person in people[offset : offset + limit]]
    told = told_members(base, part)
    frozen = next(found for found in all_lists(base.conn) if found.id == name)
    currency = base.plan.shop.currency
    return MembersTold(frozen.segment, base.told(frozen.at), len(people), offset, currency, told)


def told_members(base: Base, people: Iterable[Member]) -> list[MemberTold]:
    """Who these people are."""
    people = list(people)
    profiles = visitors.load(base.conn, [member.person for member in people])
    return [
        MemberTold(
            person=member.person,
            user_id=(profile := profiles[member.person]).user or "",
            name=visitors.name_of(profile),
            email=str(profile.attribute("email") or ""),
            orders=profile.orders,
            spent=profile.spent,
            since=base.maybe(member.since),
        )
        for member in people
    ]


def _segment(
    base: Base, segment: Segment, size: int, whole: int, *, followed: bool, flow: tuple[int, int]
) -> SegmentTold:
    return SegmentTold(
        segment.id,
        segment.name,
        segment.note,
        segment.sentence,
        segment.origin,
        size,
        size / whole if whole else 0.0,
        followed,
        *flow,
        segments.users_of(base.plan, segment.id),
    )


def _sized(part: Sized) -> SizedTold:
    inner = [_sized(each) for each in part.parts]
    return SizedTold(part.where, part.kind, part.sentence, part.size, part.share, inner)


def _reason(base: Base, reason: Reason) -> ReasonTold:
    found = reason.evidence
    return ReasonTold(
        reason.where,
        reason.kind,
        reason.sentence,
        reason.holds,
        base.maybe(reason.until),
        EvidenceTold(found.count, base.maybe(found.last), found.value, found.money),
        [_reason(base, part) for part in reason.parts],
    )


def _change(base: Base, change: Change) -> ChangeTold:
    at = base.told(change.at)
    return ChangeTold(change.segment, change.person, at, change.entered, change.gone, cause_words(change.cause))


def cause_words(cause: str) -> str:
    """Why somebody entered or left: the names of the facts that came, those of our own in words."""
    return ", ".join(dict.fromkeys(_FACTS.get(name, name) for name in cause.split(",")))


def list_told(base: Base, found: FrozenList) -> ListTold:
    """A list as it is told."""
    return ListTold(found.id, found.segment, found.sentence, base.told(found.at), found.size)
