"""A decision that remembers who was inside which segments is the one that asks everything anew for every candidate."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.campaigns import Placed, Plan
from shopkeeper.campaigns.rules import Page, page_fits, schedule_state
from shopkeeper.catalogue import Catalogue
from shopkeeper.conditions import Standing
from shopkeeper.decisions import Board, Chosen, Moment, Visitor, build_board, decide
from shopkeeper.experiments.rules import position
from shopkeeper.model.definitions import (
    Campaign,
    Cap,
    Communication,
    Product,
    Schedule,
    Settings,
    ShopFile,
    Variant,
    When,
    Zone,
)
from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.time import DAY, HOUR, MINUTE, parse_time
from shopkeeper.recommenders import Now, Shelves, Stock
from shopkeeper.segments import build_book
from shopkeeper.timelines import ORDER, Fact, Timeline, joined
from shopkeeper.visitors import Profile

NOW = parse_time("2026-03-01T09:00:00Z")
NAMES = ["one", "two"]
PRODUCTS = {id: Product(id, id) for id in ("tea", "cup", "pot")}
SHELVES = Shelves(Stock(PRODUCTS, {}), Now(sold={"tea": 3, "cup": 2, "pot": 1}))
SINCE = {"session": 0, "day": DAY, "week": 7 * DAY}

segments = st.sampled_from(
    ["everyone", "new-visitors", "returning-customers", "audience:club", "audience:press", "cart-abandoners"]
)
schedules = st.sampled_from([Schedule(), Schedule(), Schedule(from_="2026-03-02"), Schedule(until="2026-03-02")])
pages = st.builds(Page, st.sampled_from(["home", "product"]))
variants = st.sampled_from([{}, {}, {"control": Variant(), "b": Variant(), "c": Variant(weight=0.5)}])
holdouts = st.sampled_from([0, 0, 0, 0.5])
plain = st.builds(Communication, kind=st.just("block"), zone=st.sampled_from(NAMES), variants=variants)
choosy = st.builds(
    Communication,
    kind=st.sampled_from(["block", "recommender"]),
    zone=st.sampled_from(NAMES),
    when=st.sampled_from([When(), When(page_types=("home",))]),
    cap=st.sampled_from([None, Cap(1, "session"), Cap(2, "week")]),
    recommender=st.sampled_from([None, Recommender(min=2, max=2)]),
    variants=variants,
)


@st.composite
def boards(draw: st.DrawFn) -> tuple[Plan, Board]:
    """Two zones; in some shops all candidates are plain, in others some ask for more than a segment."""
    kinds = draw(st.sampled_from([plain, st.one_of(plain, choosy)]))
    campaigns = {
        f"campaign-{number}": Campaign(
            status=draw(st.sampled_from(["published", "published", "published", "draft"])),
            segment=draw(segments),
            schedule=draw(schedules) if kinds is not plain else Schedule(),
            communications={f"c{number}": draw(kinds)},
            holdout=draw(holdouts),
            held_out=draw(st.sampled_from(["nothing", "next"])),
        )
        for number in range(draw(st.integers(0, 8)))
    }
    settings = Settings(holdout=draw(holdouts))
    file = ShopFile(settings=settings, zones={name: Zone() for name in NAMES}, campaigns=campaigns)
    plan = Plan(1, file, {}, {}, {})
    return plan, build_board(plan, build_book(plan, Catalogue()), {}, SHELVES)


class Looker(NamedTuple):
    """A visitor and what they did."""

    visitor: Visitor
    timeline: Timeline


visitors = st.builds(
    lambda person, orders, audiences, shown, at, session, personal, unit: Looker(
        Visitor(
            Profile(person, appearances={communication: [NOW - HOUR] * 2 for communication in shown}),
            Moment(NOW + at, NOW + at - session),
            personal,
            unit if personal else "",
        ),
        Timeline(
            [
                Fact(NOW - MINUTE, b"page", "$page", "phone"),
                *(Fact(NOW - HOUR, b"order", ORDER, "phone", order_id=str(i), value=1) for i in range(orders)),
                *(joined(name, NOW - HOUR, b"click", "phone") for name in sorted(audiences)),
            ]
        ),
    ),
    st.sampled_from(["a:phone", "u:ada"]),
    st.integers(0, 1),
    st.sets(st.sampled_from(["club", "press"])),
    st.sets(st.sampled_from(["c0", "c1", "~c1", "c2", "~c2"])),
    st.sampled_from([0, DAY]),
    st.sampled_from([0, 2 * HOUR]),
    st.booleans(),
    st.sampled_from(["", "u1", "u2", "u3", "u4"]),
)


@given(boards(), st.lists(st.tuples(visitors, pages), min_size=1, max_size=6))
def test_remembering_changes_no_outcome(made: tuple[Plan, Board], looks: list[tuple[Looker, Page]]):
    plan, board = made
    for looker, page in [*looks, *looks]:
        outcomes = decide(board, looker.visitor, partial(what, looker), page, NAMES)
        assert [told(outcome) for outcome in outcomes] == list(asked_anew(plan, looker, page))


@given(boards(), visitors, visitors)
def test_a_new_document_of_a_person_is_looked_at_anew(made: tuple[Plan, Board], before: Looker, after: Looker):
    plan, board = made
    person = before.visitor.profile.person
    profile = msgspec.structs.replace(after.visitor.profile, person=person)
    now = Looker(msgspec.structs.replace(after.visitor, profile=profile), after.timeline)
    decide(board, before.visitor, lambda: before.timeline, Page(), NAMES)
    outcomes = decide(board, now.visitor, lambda: now.timeline, Page(), NAMES)
    assert [told(outcome) for outcome in outcomes] == list(asked_anew(plan, now, Page()))


def what(looker: Looker) -> Timeline:
    return looker.timeline


Way = list[tuple[str, str, list[str]]]


def told(outcome: Chosen) -> Way:
    """(communication, test, reason in words, or variant and products) of every candidate on the way."""
    products = [pick.product.id for pick in outcome.picks]
    assert (outcome.candidate.placed.id if outcome.candidate else None) == chosen(outcome)
    withheld = [w.communication for w in outcome.walked if w.test == "holdout"]
    assert [candidate.placed.id for candidate in outcome.withheld] == withheld
    return [(w.communication, w.test, [w.reason] if w.test else [w.variant, *products]) for w in outcome.walked]


def chosen(outcome: Chosen) -> str | None:
    """The last one on the way, if it failed nothing."""
    return outcome.walked[-1].communication if outcome.walked and not outcome.walked[-1].test else None


def asked_anew(plan: Plan, looker: Looker, page: Page) -> Iterator[Way]:
    """The same by the rules of the product's documentation, without anything prepared or remembered."""
    used: list[str] = []
    for name in NAMES:
        way: Way = []
        for placed in plan.candidates[name]:
            test, reason = failed(plan, placed, looker, page, used)
            recommender = placed.communication.recommender
            picks = [p for p in PRODUCTS if p not in used][: recommender.max] if recommender and not test else []
            picks = picks if recommender and len(picks) >= recommender.min else []
            held_out = "" if test else holdout_of(plan, placed, looker.visitor.unit)
            if held_out:
                way.append((placed.id, "holdout", [f"held out: one of those to whom {held_out}"]))
                if placed.campaign.held_out == "next" and "this" in held_out:
                    continue
                break
            way.append((placed.id, test, [reason] if test else [variant_of(placed, looker.visitor.unit), *picks]))
            if not test:
                used += picks
                break
        yield way


def holdout_of(plan: Plan, placed: Placed, unit: str) -> str:
    """Who holds the visitor out, in words; empty when nobody does."""
    if unit and position("holdout", unit) < plan.settings.holdout:
        return "no campaign shows anything"
    if unit and position(f"holdout:{placed.campaign_id}", unit) < placed.campaign.holdout:
        return "this campaign shows nothing, to measure it"
    return ""


def variant_of(placed: Placed, unit: str) -> str:
    """The variant by the shares of 2, 2 and 1 in 5."""
    place = position(f"variants:{placed.id}", unit)
    shares = {"control": 0.4, "b": 0.8, "c": 1.0}
    return next(name for name, end in shares.items() if place < end) if unit and placed.communication.variants else ""


def failed(plan: Plan, placed: Placed, looker: Looker, page: Page, used: list[str]) -> tuple[str, str]:
    """The first test a candidate fails, and why; empty when it passes all."""
    visitor, c, wanted = looker.visitor, placed.communication, placed.campaign.segment
    moment = visitor.moment
    if reason := schedule_state(placed.campaign, placed.hours, ZoneInfo("UTC"), moment.at):
        return "live", reason
    if reason := page_fits(c.when, page):
        return "page", reason
    segment = build_book(plan, Catalogue()).get(wanted)
    assert segment is not None
    if wanted != "everyone" and not visitor.personal:
        return "consent", "the visitor does not permit personalisation"
    if not Standing(looker.timeline, visitor.profile.person, moment.at, {}).answer(segment.expr).holds:
        return "segment", f"not among people who {segment.sentence}"
    if c.cap:
        since = moment.session_start if c.cap.per == "session" else moment.at - SINCE[c.cap.per]
        tested = plan.settings.holdout or placed.campaign.holdout
        met = [placed.id, f"~{placed.id}"] if tested else [placed.id]
        if sum(at >= since for id in met for at in visitor.profile.appearances.get(id, ())) >= c.cap.times:
            return "cap", f"already met {c.cap.times} x in this {c.cap.per}"
    if c.recommender and len(PRODUCTS) - len(used) < c.recommender.min:
        return "content", f"fewer than {c.recommender.min} products"
    return "", ""
