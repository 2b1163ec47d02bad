"""Who sees which variant and from whom what is withheld: by the visitor's id only, asked after everything else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from shopkeeper.campaigns import Plan, parse_file
from shopkeeper.campaigns.rules import Page
from shopkeeper.catalogue import Catalogue
from shopkeeper.decisions import Board, Chosen, Moment, Visitor, build_board, decide
from shopkeeper.experiments import Holdout, Split
from shopkeeper.model.time import HOUR, parse_time
from shopkeeper.recommenders import Now, Shelves, Stock
from shopkeeper.segments import build_book
from shopkeeper.timelines import Timeline
from shopkeeper.visitors import Profile
from shopkeeper.visitors.profile import would_be

NOW = parse_time("2026-03-01T09:00:00Z")
SHELVES = Shelves(Stock({}, {}), Now())
UNITS = [f"unit-{number}" for number in range(300)]
SHOP = """
zones: {top: {}, side: {}}
campaigns:
  spring:
    status: published
    communications:
      hero:
        kind: block
        zone: top
        content: {heading: Plain, button: Go, href: /}
        elements: {button: {href: /plain}}
        variants:
          control: {}
          loud: {content: {heading: LOUD, button: GO, href: /}, elements: {button: {href: /loud}}}
  calm:
    status: published
    communications: {rest: {kind: block, zone: top, content: {heading: Rest}}, aside: {kind: block, zone: side}}
"""


def board(text: str = SHOP, **spring: Any) -> Board:
    """The shop with something else said of its campaign `spring`; `shop` is its holdout of everything."""
    file = parse_file(text)
    settings = msgspec.structs.replace(file.settings, holdout=spring.pop("shop", 0))
    campaign = msgspec.structs.replace(file.campaigns["spring"], **spring)
    changed = msgspec.structs.replace(file, settings=settings, campaigns=file.campaigns | {"spring": campaign})
    plan = Plan(1, changed, {"spring": 3}, {}, {})
    return build_board(plan, build_book(plan, Catalogue()), {}, SHELVES)


def look(made: Board, unit: str, *zones: str, **profile: Any) -> list[Chosen]:
    visitor = Visitor(Profile("a:phone", **profile), Moment(NOW, NOW - HOUR), personal=True, unit=unit)
    return decide(made, visitor, lambda: Timeline(()), Page(), zones or ("top",))


def said(outcome: Chosen) -> dict[str, Any]:
    assert outcome.shown is not None
    told: dict[str, Any] = msgspec.json.decode(outcome.shown[0])
    return told


def test_a_visitor_sees_the_variant_of_their_id():
    made, split = board(), Split.of("hero", {"control": 1, "loud": 1})
    for unit in UNITS:
        (outcome,) = look(made, unit)
        variant = split.variant_of(unit)
        assert said(outcome)["content"]["heading"] == {"control": "Plain", "loud": "LOUD"}[variant]
        assert said(outcome)["version"] == f"3/{variant}"
        assert outcome.walked[-1].variant == variant


def test_who_takes_no_part_sees_the_control_and_is_counted_nowhere():
    (outcome,) = look(board(holdout=1.0, shop=1.0), "")
    assert said(outcome)["content"]["heading"] == "Plain"
    assert said(outcome)["version"] == 3
    assert outcome.walked[-1].variant == "" and outcome.withheld == ()


@pytest.mark.parametrize("held_out", ["nothing", "next"])
def test_a_campaign_shows_nothing_to_those_it_holds_out(held_out: str):
    made, holdout = board(holdout=0.3, held_out=held_out), Holdout.of_campaign("spring", 0.3)
    for unit in UNITS:
        (outcome,) = look(made, unit)
        shown = outcome.candidate.placed.id if outcome.candidate else None
        if not holdout.holds(unit):
            assert (shown, outcome.withheld) == ("hero", ())
            continue
        assert shown == ("rest" if held_out == "next" else None)
        assert [withheld.placed.id for withheld in outcome.withheld] == ["hero"]
        assert outcome.walked[0].test == "holdout" and "held out" in outcome.walked[0].reason


def test_the_shop_holds_out_of_everything_and_remembers_it_apart():
    made, holdout = board(shop=0.3), Holdout.of_shop(0.3)
    for unit in [*UNITS, *UNITS]:
        top, side = look(made, unit, "top", "side")
        held = holdout.holds(unit)
        assert [c.placed.id for c in (*top.withheld, *side.withheld)] == (["hero", "aside"] if held else [])
        assert (side.candidate is None) == held


def test_only_what_would_have_been_shown_is_withheld():
    made = board(
        SHOP.replace("zone: top\n        content", "zone: top\n        cap: {times: 1}\n        content"), holdout=1.0
    )
    (first,) = look(made, "anybody")
    (again,) = look(made, "anybody", appearances={would_be("hero"): [NOW - 1]})
    assert [c.placed.id for c in first.withheld] == ["hero"]
    assert (again.walked[0].test, again.withheld) == ("cap", ())


def test_what_was_withheld_took_no_attention():
    text = SHOP.replace("zones: {", "settings: {attention: [{times: 1}]}\nzones: {pop: {kind: popup}, ").replace(
        "aside: {", "box: {kind: popup, zone: pop, content: {heading: Box}}, aside: {"
    )
    made = board(text, holdout=0.0, shop=0.0)
    (outcome,) = look(made, "anybody", "pop", appearances={would_be("box"): [NOW - 1]})
    assert outcome.candidate is not None and outcome.candidate.placed.id == "box"
