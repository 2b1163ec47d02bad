"""The walk down a zone: the first communication that passes every test is shown. Pure.

A page asks for several zones with dozens of candidates each while a visitor waits, so whatever does not depend on the
visitor is prepared on the candidate: which tests can fail at all, and the outcome to note when one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from shopkeeper.campaigns.plan import Placed
from shopkeeper.campaigns.rules import Page, page_fits, schedule_state
from shopkeeper.model.definitions import Cap, When
from shopkeeper.model.time import DAY
from shopkeeper.recommenders.rules import Pick, Shelves, choose
from shopkeeper.segments.rules import Moment, Segment
from shopkeeper.visitors.profile import Profile

_PER = {"day": DAY, "week": 7 * DAY}
_ANYWHERE = When()


class Candidacy(msgspec.Struct, frozen=True, array_like=True):
    """How one candidate fared: the test it failed and the reason in words; both empty for the one chosen."""

    communication: str
    version: int
    test: str
    reason: str


class Candidate(msgspec.Struct, frozen=True):
    """A communication in a zone, ready to be tested and served."""

    placed: Placed
    segment: Segment | None
    """None when everybody is in it."""
    wire: msgspec.Raw
    """The answer's JSON, but for the products of a recommender."""
    always: bool
    """Published without a schedule."""
    anywhere: bool
    """No page is asked for."""
    stranger: Candidacy
    """The outcome for a visitor outside the segment."""
    unpermitted: Candidacy
    """The outcome for a visitor who permits no personalisation."""
    chosen: Candidacy

    @classmethod
    def of(cls, placed: Placed, segment: Segment | None, wire: msgspec.Raw) -> Candidate:
        """Prepare a communication; `segment` is None when its campaign names one that does not exist."""

        def outcome(test: str, reason: str) -> Candidacy:
            return Candidacy(placed.id, placed.version, test, reason)

        sentence = f"not {segment.sentence}" if segment else f"there is no segment {placed.campaign.segment}"
        when = placed.hours
        nobody = Segment(placed.campaign.segment, "", "", lambda _profile, _moment: False)
        return cls(
            placed=placed,
            segment=None if segment and segment.id == "everyone" else segment or nobody,
            wire=wire,
            always=placed.campaign.status == "published" and when.start is None and when.end is None and not when.parts,
            anywhere=placed.communication.when == _ANYWHERE,
            stranger=outcome("segment", sentence),
            unpermitted=outcome("consent", "the visitor does not permit personalisation"),
            chosen=outcome("", ""),
        )


class Place(NamedTuple):
    """A candidate in its zone, with what the walk looks at first."""

    segment: str | None
    """The segment to be in, where nothing but it and the content can make the candidate fail."""
    stranger: Candidacy
    candidate: Candidate

    @classmethod
    def of(cls, candidate: Candidate) -> Place:
        """The place of a candidate."""
        first = candidate.segment.id if candidate.segment and candidate.always and candidate.anywhere else None
        return cls(first, candidate.stranger, candidate)


class Board(NamedTuple):
    """What competes for attention, as of one version of the definitions."""

    zones: Mapping[str, list[Place]]
    """Zone -> candidates in priority order."""
    shelves: Shelves
    time_zone: ZoneInfo


class Visitor(NamedTuple):
    """Who is looking, and what they permit."""

    profile: Profile
    moment: Moment
    personal: bool
    """Personalisation is permitted; otherwise only the page may decide."""


class Chosen(NamedTuple):
    """The outcome for one zone. `candidate` is None when nobody qualified."""

    zone: str
    candidate: Candidate | None
    picks: list[Pick]
    walked: list[Candidacy]
    """Every candidate looked at, in priority order."""


def decide(board: Board, visitor: Visitor, page: Page, zones: Iterable[str]) -> list[Chosen]:
    """Decide all zones of a page together, in page order; recommenders do not repeat a product of an earlier zone."""
    shown: set[str] = set()
    memberships: dict[str, bool] = {}
    return [_walk(zone, board, visitor, page, shown, memberships) for zone in zones]


def _walk(
    zone: str, board: Board, visitor: Visitor, page: Page, shown: set[str], memberships: dict[str, bool]
) -> Chosen:
    walked: list[Candidacy] = []
    for first, stranger, candidate in board.zones[zone]:
        if first is not None and memberships.get(first) is False:
            walked.append(stranger)
            continue
        failure = _failure(board, visitor, page, candidate, memberships)
        picks: list[Pick] = []
        recommender = candidate.placed.communication.recommender
        if failure is None and recommender is not None:
            picks = choose(board.shelves, recommender, page.category, page.product, shown)
            if not picks and candidate.placed.communication.kind == "recommender":
                failure = _failed(candidate, "content", f"fewer than {recommender.min} products")
        if failure is None:
            shown.update(pick.product.id for pick in picks)
            walked.append(candidate.chosen)
            return Chosen(zone, candidate, picks, walked)
        walked.append(failure)
    return Chosen(zone, None, [], walked)


def _failure(
    board: Board, visitor: Visitor, page: Page, candidate: Candidate, memberships: dict[str, bool]
) -> Candidacy | None:
    """The outcome of the first test the candidate fails."""
    placed, segment = candidate.placed, candidate.segment
    if not candidate.always:
        reason = schedule_state(placed.campaign, placed.hours, board.time_zone, visitor.moment.at)
        if reason:
            return _failed(candidate, "live", reason)
    if not candidate.anywhere:
        reason = page_fits(placed.communication.when, page)
        if reason:
            return _failed(candidate, "page", reason)
    if segment is not None:
        if not visitor.personal:
            return candidate.unpermitted
        member = memberships.get(segment.id)
        if member is None:
            member = memberships[segment.id] = segment.test(visitor.profile, visitor.moment)
        if not member:
            return candidate.stranger
    cap = placed.communication.cap
    if cap is not None and _capped(cap, visitor, placed.id):
        return _failed(candidate, "cap", f"already met {cap.times} x in this {cap.per}")
    return None


def _failed(candidate: Candidate, test: str, reason: str) -> Candidacy:
    return Candidacy(candidate.placed.id, candidate.placed.version, test, reason)


def _capped(cap: Cap, visitor: Visitor, communication: str) -> bool:
    times = visitor.profile.appearances.get(communication)
    if not times:
        return False
    moment = visitor.moment
    since = moment.session_start if cap.per == "session" else moment.at - _PER[cap.per]
    return sum(1 for at in times if at >= since) >= cap.times
