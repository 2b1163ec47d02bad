"""The walk down a zone: the first communication that passes every test is shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shopkeeper.campaigns import page_fits, schedule_state
from shopkeeper.campaigns.rules import Page
from shopkeeper.decisions.board import Board, Candidate
from shopkeeper.model.definitions import Cap
from shopkeeper.model.time import DAY
from shopkeeper.recommenders import Pick, choose
from shopkeeper.segments import Moment
from shopkeeper.visitors import Profile

__all__ = ["Chosen", "Failed", "Page", "Visitor", "decide"]

_PER = {"day": DAY, "week": 7 * DAY}


class Visitor(NamedTuple):
    """Who is looking, and what they permit."""

    profile: Profile
    moment: Moment
    personal: bool
    """Personalisation is permitted; otherwise only the page may decide."""


class Failed(NamedTuple):
    """A candidate that was passed over: the test it failed and the reason in words."""

    candidate: Candidate
    test: str
    reason: str


class Chosen(NamedTuple):
    """The outcome for one zone. `candidate` is None when nobody qualified."""

    zone: str
    candidate: Candidate | None
    picks: list[Pick]
    failed: list[Failed]


def decide(board: Board, visitor: Visitor, page: Page, zones: Iterable[str]) -> list[Chosen]:
    """Decide all zones of a page together, in page order; recommenders do not repeat a product of an earlier zone."""
    shown: set[str] = set()
    outcomes = []
    for zone in zones:
        failed: list[Failed] = []
        outcome = Chosen(zone, None, [], failed)
        for candidate in board.zones[zone]:
            failure = _failure(board, visitor, page, candidate)
            picks: list[Pick] = []
            if failure is None and candidate.placed.communication.recommender is not None:
                recommender = candidate.placed.communication.recommender
                picks = choose(board.shelves, recommender, page.category, page.product, shown)
                if not picks and candidate.placed.communication.kind == "recommender":
                    failure = ("content", f"fewer than {recommender.min} products")
            if failure is None:
                shown.update(pick.product.id for pick in picks)
                outcome = Chosen(zone, candidate, picks, failed)
                break
            failed.append(Failed(candidate, *failure))
        outcomes.append(outcome)
    return outcomes


def _failure(board: Board, visitor: Visitor, page: Page, candidate: Candidate) -> tuple[str, str] | None:
    """(test, reason) of the first test the candidate fails."""
    placed, segment = candidate.placed, candidate.segment
    reason = schedule_state(placed.campaign, placed.hours, board.plan.zone, visitor.moment.now)
    if reason:
        return ("live", reason)
    reason = page_fits(placed.communication.when, page)
    if reason:
        return ("page", reason)
    if segment is None:
        return ("segment", f"the segment {placed.campaign.segment} does not exist")
    if segment.id != "everyone":
        if not visitor.personal:
            return ("consent", "the visitor did not permit personalisation")
        if not segment.test(visitor.profile, visitor.moment):
            return ("segment", f"not {segment.sentence}")
    cap = placed.communication.cap
    if cap is not None and _capped(cap, visitor, placed.id):
        return ("cap", f"already met {cap.times} x in this {cap.per}")
    return None


def _capped(cap: Cap, visitor: Visitor, communication: str) -> bool:
    times = visitor.profile.appearances.get(communication)
    if not times:
        return False
    moment = visitor.moment
    since = moment.session_start if cap.per == "session" else moment.now - _PER[cap.per]
    return sum(1 for at in times if at >= since) >= cap.times
