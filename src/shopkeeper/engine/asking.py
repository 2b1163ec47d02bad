"""Questions about segments as the doors put them: ids and words in, what can be told out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shopkeeper import insights, segments, visitors
from shopkeeper.campaigns import Plan
from shopkeeper.engine.segments import base, person_named
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.told import (
    ChangesTold,
    ChangeTold,
    EvidenceTold,
    ListsTold,
    ListTold,
    MembersTold,
    MemberTold,
    PreviewTold,
    ReasonTold,
    SegmentsTold,
    SegmentTold,
    SizedTold,
    WhyTold,
)
from shopkeeper.insights import Member, Reason, Sized
from shopkeeper.model.time import DAY, format_time
from shopkeeper.segments import Change, FrozenList, Segment
from shopkeeper.storage import Connection

TREND = 7 * DAY
ALL = insights.EVERYBODY


def listing(shop: Shop) -> SegmentsTold:
    """Every segment with its size."""
    with shop.state.read() as conn:
        asked = base(shop, conn)
        sizes = insights.sizes_now(asked)
        followed = segments.followed(conn, shop.book)
        flow = segments.flow(conn, asked.now - TREND)
        everybody = sizes["everyone"] if _is_everybody(shop) else insights.everybody(asked)
        rows = [
            _segment(shop, segment, sizes[id], everybody, followed=id in followed, flow=flow.get(id, (0, 0)))
            for id, segment in shop.book.segments.items()
        ]
    return SegmentsTold(everybody, rows)


def shown(shop: Shop, id: str) -> SegmentTold:
    """One segment with its rule."""
    with shop.state.read() as conn:
        asked = base(shop, conn)
        segment = asked.segment(id)
        size = insights.members(asked, segment, limit=0).size
        followed = segments.followed_size(conn, segment) is not None
        flow = segments.flow(conn, asked.now - TREND).get(id, (0, 0))
        told = _segment(shop, segment, size, insights.everybody(asked), followed=followed, flow=flow)
    told.rule = segment.rule
    return told


def previewed(shop: Shop, rule: Any) -> PreviewTold:
    """What a rule would give. BadInput points at what is wrong in it."""
    with shop.state.read() as conn:
        found = insights.preview(base(shop, conn), rule)
        sample = told_members(shop, conn, [Member(person, None) for person in found.sample])
    return PreviewTold(
        found.sentence,
        found.size,
        found.everybody,
        found.share,
        _sized(found.tree),
        shop.plan.shop.currency,
        sample,
        found.empty_because,
    )


def members(shop: Shop, id: str, limit: int, offset: int = 0, at: int | None = None) -> MembersTold:
    """Some of the members now, or at an instant."""
    with shop.state.read() as conn:
        asked = base(shop, conn)
        found = insights.members(asked, asked.segment(id), limit, offset, at)
        people = told_members(shop, conn, found.people)
    when = format_time(at if at is not None else asked.now, shop.plan.zone)
    return MembersTold(id, when, found.size, offset, shop.plan.shop.currency, people)


def why(shop: Shop, id: str, person: str) -> WhyTold:
    """Why a person is in a segment, or is not."""
    with shop.state.read() as conn:
        asked = base(shop, conn)
        segment = asked.segment(id)
        found = insights.why(asked, segment, person_named(conn, person))
        entered = segments.memberships(conn, shop.book, found.person).get(id)
    plan = shop.plan
    when, since = format_time(found.at, plan.zone), _time(plan, entered)
    return WhyTold(found.person, id, when, since, plan.shop.currency, _reason(plan, found.reason))


def changes(shop: Shop, id: str, limit: int) -> ChangesTold:
    """Who entered and left a segment."""
    with shop.state.read() as conn:
        base(shop, conn).segment(id)
        found = segments.changes_in(conn, id, limit)
    return ChangesTold([_change(shop.plan, change) for change in found])


def freeze(shop: Shop, id: str, name: str) -> ListTold:
    """Keep the members as a list."""
    with shop.state.read() as conn:
        asked = base(shop, conn)
        segment = asked.segment(id)
        people = [member.person for member in insights.members(asked, segment).people]
    with shop.state.write() as conn:
        return _list(shop.plan, segments.freeze(conn, name, segment, people, asked.now))


def lists(shop: Shop) -> ListsTold:
    """All lists."""
    with shop.state.read() as conn:
        return ListsTold([_list(shop.plan, found) for found in segments.lists(conn)])


def delete_list(shop: Shop, name: str) -> ListTold:
    """Drop a list; what it was."""
    with shop.state.write() as conn:
        return _list(shop.plan, segments.delete_list(conn, name))


def listed(shop: Shop, name: str, limit: int, offset: int = 0) -> MembersTold:
    """The people of a list, as they are now."""
    with shop.state.read() as conn:
        people = segments.listed(conn, name)
        part = [Member(person, None) for person in people[offset : offset + limit]]
        told = told_members(shop, conn, part)
        frozen = next(found for found in segments.lists(conn) if found.id == name)
    when, currency = format_time(frozen.at, shop.plan.zone), shop.plan.shop.currency
    return MembersTold(frozen.segment, when, len(people), offset, currency, told)


def told_members(shop: Shop, conn: Connection, people: Iterable[Member]) -> list[MemberTold]:
    """Who these people are."""
    people = list(people)
    profiles = visitors.load(conn, [member.person for member in people])
    return [
        MemberTold(
            person=member.person,
            user_id=(profile := profiles[member.person]).user or "",
            name=visitors.name_of(profile),
            email=str(profile.attribute("email") or ""),
            orders=profile.orders,
            spent=profile.spent,
            since=_time(shop.plan, member.since),
        )
        for member in people
    ]


def _is_everybody(shop: Shop) -> bool:
    return shop.book.segments["everyone"].origin == "prebuilt"


def _segment(
    shop: Shop, segment: Segment, size: int, everybody: int, *, followed: bool, flow: tuple[int, int]
) -> SegmentTold:
    return SegmentTold(
        segment.id,
        segment.name,
        segment.note,
        segment.sentence,
        segment.origin,
        size,
        size / everybody if everybody else 0.0,
        followed,
        *flow,
        segments.users_of(shop.plan, segment.id),
    )


def _time(plan: Plan, at: int | None) -> str | None:
    return format_time(at, plan.zone) if at is not None else None


def _sized(part: Sized) -> SizedTold:
    inner = [_sized(each) for each in part.parts]
    return SizedTold(part.where, part.kind, part.sentence, part.size, part.share, inner)


def _reason(plan: Plan, reason: Reason) -> ReasonTold:
    found = reason.evidence
    return ReasonTold(
        reason.where,
        reason.kind,
        reason.sentence,
        reason.holds,
        _time(plan, reason.until),
        EvidenceTold(found.count, _time(plan, found.last), found.value, found.money),
        [_reason(plan, part) for part in reason.parts],
    )


def _change(plan: Plan, change: Change) -> ChangeTold:
    at = format_time(change.at, plan.zone)
    return ChangeTold(change.segment, change.person, at, change.entered, change.gone, change.cause)


def _list(plan: Plan, found: FrozenList) -> ListTold:
    return ListTold(found.id, found.segment, found.sentence, format_time(found.at, plan.zone), found.size)
