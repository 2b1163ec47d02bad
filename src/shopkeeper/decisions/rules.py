"""The walk down a zone: the first communication that passes every test is shown. Pure.

A page asks for several zones with dozens of candidates each while a visitor waits, so whatever does not depend on the
visitor is prepared on the candidate: which tests can fail at all, and the outcome to note when one does. Which segments
the visitor is in is found out before the walk, as bits: one for each segment the board asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from shopkeeper.campaigns.plan import Placed
from shopkeeper.campaigns.rules import Page, page_fits, schedule_state
from shopkeeper.model.definitions import Cap, When
from shopkeeper.model.time import DAY
from shopkeeper.recommenders.ask import Occasion
from shopkeeper.recommenders.rules import Pick, choose
from shopkeeper.recommenders.shelves import Shelves
from shopkeeper.visitors.profile import Profile

_PER = {"day": DAY, "week": 7 * DAY}
_ANYWHERE = When()
INTERRUPTIONS = ("popup", "notification")
"""Kinds that come over the page."""


class Limit(NamedTuple):
    """A frequency cap on some communications together, and what is said of who reached it."""

    cap: Cap
    communications: tuple[str, ...]
    reason: str

    def left(self, visitor: Visitor) -> int:
        """How many appearances it still allows; appearances of the person on all devices count."""
        moment, met = visitor.moment, 0
        since = moment.session_start if self.cap.per == "session" else moment.at - _PER[self.cap.per]
        for communication in self.communications:
            met += sum(1 for at in visitor.profile.appearances.get(communication, ()) if at >= since)
        return max(self.cap.times - met, 0)


class Candidacy(msgspec.Struct, frozen=True, array_like=True):
    """How one candidate fared: the test it failed and the reason in words; both empty for the one chosen."""

    communication: str
    version: int
    test: str
    reason: str
    variant: str = ""
    """The variant chosen, where there are any."""


class Candidate(msgspec.Struct, frozen=True):
    """A communication in a zone, ready to be tested and served."""

    placed: Placed
    segment: int
    """The bit of the segment to be in; 0 when everybody is."""
    still: tuple[msgspec.Raw, msgspec.Raw] | None
    """The answer's JSON with fields and with markup, where it is the same for everybody."""
    always: bool
    """Published without a schedule."""
    anywhere: bool
    """No page is asked for."""
    interrupts: bool
    """It comes over the page."""
    limits: tuple[Limit, ...]
    """Its own cap, those of its campaign, and for interruptions the attention budget of the shop."""
    stranger: Candidacy
    """The outcome for a visitor outside the segment."""
    unpermitted: Candidacy
    """The outcome for a visitor who permits no personalisation."""
    chosen: Candidacy
    withheld: Candidacy
    """The outcome for a visitor whom the campaign holds out."""
    withheld_everywhere: Candidacy
    """The outcome for a visitor whom the shop holds out."""
    held_out: int = 0
    """The bit of those whom the campaign holds out; 0 when it holds out nobody."""
    arm: tuple[int, int] = (0, 0)
    """Shift and mask of the bits that tell the number of the variant."""
    arms: tuple[Candidate, ...] = ()
    """The communication as each variant."""

    @classmethod
    def of(
        cls,
        placed: Placed,
        sentence: str,
        bit: int,
        still: tuple[msgspec.Raw, msgspec.Raw] | None = None,
        limits: tuple[Limit, ...] = (),
        held_out: int = 0,
    ) -> Candidate:
        """Prepare a communication; `sentence` says who is in its segment, `bit` is that of the segment."""

        def outcome(test: str, reason: str) -> Candidacy:
            return Candidacy(placed.id, placed.version, test, reason, placed.variant)

        when = placed.hours
        return cls(
            placed=placed,
            segment=bit,
            still=still,
            always=placed.campaign.status == "published" and when.start is None and when.end is None and not when.parts,
            anywhere=placed.communication.when == _ANYWHERE,
            interrupts=placed.communication.kind in INTERRUPTIONS,
            limits=limits,
            stranger=outcome("segment", f"not among people who {sentence}"),
            unpermitted=outcome("consent", "the visitor does not permit personalisation"),
            chosen=outcome("", ""),
            withheld=outcome("holdout", "held out: one of those to whom this campaign shows nothing, to measure it"),
            withheld_everywhere=outcome("holdout", "held out: one of those to whom no campaign shows anything"),
            held_out=held_out,
        )

    @property
    def settled(self) -> bool:
        """Whether nothing but segments and lots can change its outcome: it is not published, or live everywhere and
        always, without a cap, and each of its variants looks alike to everybody.
        """
        alike = all(arm.still is not None for arm in (self, *self.arms))
        unbound = self.always and self.anywhere and not self.limits and alike
        return unbound or self.placed.campaign.status != "published"

    @property
    def bits(self) -> int:
        """The bits of segments and lots that can change its outcome."""
        shift, mask = self.arm
        return self.segment | self.held_out | mask << shift

    def met_with(self, inside: int) -> Candidate:
        """What is met by whoever has these bits: a variant, or where none was drawn the communication itself."""
        number = inside >> self.arm[0] & self.arm[1]
        return self.arms[number - 1] if number else self


class Moment(NamedTuple):
    """When, and in which session of the visitor."""

    at: int
    session_start: int
    """When the running session began; `at` when the next event begins one."""


class Visitor(msgspec.Struct, frozen=True):
    """Who is looking, and what they permit."""

    profile: Profile
    moment: Moment
    personal: bool
    """Personalisation is permitted; otherwise only the page may decide."""
    unit: str = ""
    """The id by which variants and holdouts are drawn; empty for whoever takes no part in tests."""


class Chosen(NamedTuple):
    """The outcome for one zone. `candidate` is None when nobody qualified."""

    zone: str
    candidate: Candidate | None
    picks: list[Pick]
    walked: list[Candidacy]
    """Every candidate looked at, in priority order."""
    digest: bytes = b""
    """The hash of the walk, where it was remembered with it (see `log.py`)."""
    shown: tuple[msgspec.Raw, msgspec.Raw] | None = None
    """The answer's JSON with fields and with markup."""
    withheld: tuple[Candidate, ...] = ()
    """What would have been shown, had the visitor not been held out."""


class Offered(NamedTuple):
    """The products chosen for a communication: for itself, and for each result of a quiz."""

    picks: Sequence[Pick] = ()
    results: Mapping[str, Sequence[Pick]] = {}


Draw = Callable[[Candidate, Offered], tuple[tuple[msgspec.Raw, msgspec.Raw] | None, str]]
"""From a candidate and its products to the answer's JSON, or to None and why there is nothing to show."""


class Look(msgspec.Struct, frozen=True):
    """What a walk goes by, beside the candidates."""

    visitor: Visitor
    inside: int
    """The bits of the segments the visitor is in, and of what was drawn for them."""
    page: Page
    shelves: Shelves
    time_zone: ZoneInfo
    draw: Draw
    occasion: Occasion
    """The page and the visitor as recommenders see them."""
    held_out: int = 0
    """The bit of those whom the shop holds out: no campaign shows them anything."""


def walk(zone: str, candidates: Sequence[Candidate], look: Look, shown: set[str]) -> Chosen:
    """Go down a zone. `shown` collects the products on the page: those there already are not repeated.

    Who is held out is asked last, as only what would have been shown can be withheld.
    """
    walked: list[Candidacy] = []
    withheld: tuple[Candidate, ...] = ()
    for each in candidates:
        candidate = each
        failure = _failure(each, look)
        if failure is None:
            candidate = each.met_with(look.inside) if each.arms else each
            json, picks, failure = _content(candidate, look, shown)
        if failure is not None:
            walked.append(failure)
            continue
        held = _holdout(candidate, look) if look.inside else None
        if held is None:
            shown.update(pick.product.id for pick in picks)
            walked.append(candidate.chosen)
            return Chosen(zone, candidate, picks, walked, shown=json, withheld=withheld)
        walked.append(held)
        withheld += (candidate,)
        if held is candidate.withheld_everywhere or candidate.placed.campaign.held_out == "nothing":
            break
    return Chosen(zone, None, [], walked, withheld=withheld)


def _holdout(candidate: Candidate, look: Look) -> Candidacy | None:
    """The outcome of a candidate that is withheld, as its visitor is held out."""
    if look.inside & look.held_out:
        return candidate.withheld_everywhere
    return candidate.withheld if look.inside & candidate.held_out else None


def _content(
    candidate: Candidate, look: Look, shown: set[str]
) -> tuple[tuple[msgspec.Raw, msgspec.Raw] | None, list[Pick], Candidacy | None]:
    """What is to be shown of a candidate that passed every other test: JSON, products, and the outcome when nothing is."""
    if candidate.still is not None:
        return candidate.still, [], None
    communication, occasion = candidate.placed.communication, look.occasion
    picks: list[Pick] = []
    if communication.recommender is not None:
        picks = choose(look.shelves, communication.recommender, occasion, shown)
        if not picks:
            few = f"fewer than {communication.recommender.min} products"
            return None, [], _failed(candidate, "content", few)
    ends = communication.quiz.results if communication.quiz else {}
    results = {
        id: choose(look.shelves, result.recommender, occasion, shown)
        for id, result in ends.items()
        if result.recommender is not None
    }
    json, reason = look.draw(candidate, Offered(picks, results))
    return json, picks, _failed(candidate, "content", reason) if json is None else None


def _failure(candidate: Candidate, look: Look) -> Candidacy | None:
    """The outcome of the first test the candidate fails."""
    placed, visitor = candidate.placed, look.visitor
    if not candidate.always:
        reason = schedule_state(placed.campaign, placed.hours, look.time_zone, visitor.moment.at)
        if reason:
            return _failed(candidate, "live", reason)
    if not candidate.anywhere:
        reason = page_fits(placed.communication.when, look.page)
        if reason:
            return _failed(candidate, "page", reason)
    if candidate.segment:
        if not visitor.personal:
            return candidate.unpermitted
        if not candidate.segment & look.inside:
            return candidate.stranger
    if visitor.profile.appearances:
        for limit in candidate.limits:
            if not limit.left(visitor):
                return _failed(candidate, "cap", limit.reason)
    return None


def _failed(candidate: Candidate, test: str, reason: str) -> Candidacy:
    return Candidacy(candidate.placed.id, candidate.placed.version, test, reason)
