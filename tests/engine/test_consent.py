"""What a visitor permits: the choice, else the shop's default, decides what is kept and what may be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import decisions, orders, visitors
from shopkeeper.campaigns import parse_file
from shopkeeper.engine import decide
from shopkeeper.engine.intake import Intake, Request
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Writer, write_parcels

DEFINITIONS = """
settings: {{consent_default: {default}}}
zones: {{hero: {{}}}}
campaigns:
  club: {{status: published, segment: "audience:club", communications: {{club-hero: {{kind: block, zone: hero}}}}}}
  all:
    status: published
    communications:
      all-hero: {{kind: block, zone: hero, elements: {{button: {{join: club}}}}}}
"""
CLICK = {"communication_id": "all-hero", "element_id": "button"}


class Place:
    """A shop with one zone, where a click on what everybody sees joins a club that sees something else."""

    def __init__(self, data: Path, default: str) -> None:
        self.shop = Shop.open(data)
        self.shop.apply(parse_file(DEFINITIONS.format(default=default)))
        self.writer = Writer(self.shop)
        self.intake = Intake(self.shop, self.writer)
        self.sent = 0

    def track(self, event: str, properties: dict[str, Any], consent: dict[str, bool] | None = None) -> None:
        self.sent += 1
        context = {"consent": consent} if consent is not None else {}
        call = {"type": "track", "event": event, "messageId": str(self.sent), "anonymousId": "ann"}
        body = json.dumps(call | {"properties": properties, "context": context}).encode()
        parcel, _, _ = self.intake.prepare(Request(body, single=True, call="track", key=self.shop.keys.write))
        with self.shop.state.write() as conn:
            write_parcels(conn, self.shop, [parcel])

    def sees(self, consent: dict[str, bool] | None = None) -> str:
        asked = {"anonymousId": "ann", "zones": ["hero"], "consent": consent or {}}
        body = json.dumps(asked).encode()
        told = decide.answer(self.shop, self.writer, decide.Caller(self.shop.keys.write), body)
        return str(json.loads(told)["zones"]["hero"]["communication"])

    def people(self) -> int:
        with self.shop.state.read() as conn:
            return visitors.count_people(conn)[0]

    def records(self) -> int:
        self.writer.close()
        with self.shop.state.read() as conn:
            return decisions.count_decisions(conn)


@pytest.fixture
def granted(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path, "granted")
    yield place
    place.shop.close()


@pytest.fixture
def denied(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path, "denied")
    yield place
    place.shop.close()


def test_a_click_is_used_for_the_next_decision(granted: Place):
    granted.track("Communication Clicked", CLICK)
    assert granted.sees() == "club-hero"


def test_withdrawing_personalisation_acts_at_once(granted: Place):
    granted.track("Communication Clicked", CLICK)
    granted.track("Consent Changed", {}, {"personalisation": False})
    assert granted.sees() == "all-hero"


def test_withdrawing_measurement_leaves_contextual_decisions_without_a_record(granted: Place):
    granted.track("Communication Clicked", CLICK)
    granted.track("Consent Changed", {}, {"measurement": False})
    assert granted.sees() == "all-hero"
    assert granted.records() == 0


def test_of_a_call_under_denial_only_the_denial_is_kept(granted: Place):
    granted.track("Communication Clicked", CLICK, {"measurement": False})
    with granted.shop.state.read() as conn:
        (profile,) = visitors.search_people(conn)
    assert not profile.audiences
    assert not profile.allows("measurement", default=True)


def test_a_shop_that_asks_first_keeps_nothing_of_who_was_not_asked(denied: Place):
    denied.track("Communication Clicked", CLICK)
    assert denied.people() == 0
    assert denied.sees() == "all-hero"
    assert denied.intake.counts.dropped["read", "no_consent"] == 1
    assert denied.records() == 0


def test_a_shop_that_asks_first_knows_who_said_yes(denied: Place):
    yes = {"measurement": True, "personalisation": True}
    denied.track("Communication Clicked", CLICK, yes)
    assert denied.sees() == "club-hero"
    assert denied.records() == 1


def test_a_call_without_a_choice_is_judged_by_the_last_one_on_its_device(granted: Place):
    granted.track("Consent Changed", {}, {"measurement": False})
    granted.track("Communication Clicked", CLICK)
    with granted.shop.state.read() as conn:
        (profile,) = visitors.search_people(conn)
    assert not profile.audiences
    granted.track("Consent Changed", {}, {"measurement": True})
    granted.track("Communication Clicked", CLICK)
    assert granted.sees() == "club-hero"


def test_the_order_of_a_server_stays_an_order_whatever_its_visitor_permits(granted: Place):
    body = {
        "type": "track",
        "event": "Order Completed",
        "messageId": "order",
        "userId": "ann",
        "properties": {"order_id": "1", "total": 5},
        "context": {"consent": {"measurement": False}},
    }
    request = Request(json.dumps(body).encode(), single=True, call="track", key=granted.shop.keys.secret)
    parcel, _, _ = granted.intake.prepare(request)
    with granted.shop.state.write() as conn:
        write_parcels(conn, granted.shop, [parcel])
    with granted.shop.state.read() as conn:
        assert orders.get_order(conn, "1") is not None
