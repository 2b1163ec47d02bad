"""The data doctor: each check finds its fault once, with an example, and nothing in a shop that is well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import decisions
from shopkeeper.engine.intake import Request
from shopkeeper.engine.writer import write_parcels
from shopkeeper.model.time import DAY, HOUR, MINUTE, SECOND, format_time
from shopkeeper.reports.doctor import CHECKS, Finding, examine
from shopkeeper.stats import Window
from tests.admin.seed import NOW, Little

AT = NOW - HOUR
Event = dict[str, Any]


@pytest.fixture
def little(tmp_path: Path) -> Iterator[Little]:
    """The tea shop with its campaigns."""
    shop = Little(tmp_path)
    shop.define()
    yield shop
    shop.close()


def findings(little: Little) -> dict[str, Finding]:
    with little.shop.state.read() as conn:
        found = examine(conn, little.shop.plan, little.shop.catalogue, Window(NOW - 30 * DAY, NOW + 10 * MINUTE))
    return {finding.check: finding for finding in found}


def browse(little: Little, *events: Event, sent_at: int | None = None) -> None:
    """Take events in as a browser would send them."""
    body: Event = {"batch": list(events)} | ({"sentAt": format_time(sent_at)} if sent_at else {})
    parcel, rejected, _ = little.intake.prepare(
        Request(json.dumps(body).encode(), single=False, key=little.shop.keys.write)
    )
    assert not rejected
    with little.shop.state.write() as conn:
        write_parcels(conn, little.shop, [parcel])


def order(little: Little, at: int, id_: str, **properties: Any) -> Event:
    lines = [{"product_id": "tea-1", "price": 5.5}]
    return little.event(
        at, "d1", "Order Completed", properties={"order_id": id_, "currency": "EUR", "products": lines} | properties
    )


def test_a_shop_that_is_well_has_no_findings(little: Little):
    little.decide(AT, "d1")
    with little.shop.state.read() as conn:
        (logged,) = decisions.decisions_of(conn, ["d1"])
    decision = logged.decision_id.hex()
    browse(
        little,
        little.event(AT, "d1", properties={"url": "/"}),
        little.act(AT + 2 * SECOND, "d1", "Shown", "spring-hero", decision_id=decision),
        little.act(AT + MINUTE, "d1", "Clicked", "spring-hero", element_id="button", decision_id=decision),
        little.event(AT + MINUTE + SECOND, "d1", properties={"url": "/c/tea"}),
    )
    little.send(order(little, AT + 2 * MINUTE, "o1"))
    assert {name: f.count for name, f in findings(little).items()} == dict.fromkeys(CHECKS, 0)
    assert findings(little)["impressions-without-decisions"].of == 1


def test_every_finding_has_an_example_and_a_fix(little: Little):
    faults(little)
    for finding in findings(little).values():
        assert (finding.count, bool(finding.example)) == (1, True), finding
        assert finding.count <= finding.of
        assert finding.fix.endswith(".")


def faults(little: Little) -> None:
    """Every fault there is a check for, each once."""
    little.send(
        order(little, AT, "o1", products=[{"price": 3}]),
        order(little, AT, "o2", products=[{"product_id": "moon", "price": 3}]),
        order(little, AT, "o3", currency=None),
        order(little, AT, "o4", currency="CHF"),
    )
    browse(little, order(little, NOW - 3 * HOUR, "claimed-today"))
    browse(
        little,
        little.event(AT, "d2", properties={"url": "/twice"}),
        little.event(AT + SECOND // 2, "d2", properties={"url": "/twice"}),
        little.event(AT + MINUTE, "d2", properties={"url": "/once"}),
        little.event(NOW + 3 * MINUTE, "d3", "Product Viewed", properties={"product_id": "tea-1"}),
        little.act(AT + 2 * MINUTE, "d4", "Shown", "spring-hero", decision_id="0" * 32),
        little.act(AT + 2 * MINUTE, "d4", "Clicked", "spring-hero"),
        little.event(AT, "d5", "Communication Clicked", properties={"communication_id": "nowhere"}),
        little.event(AT + SECOND, "d5", properties={"url": "/"}),
    )
    # Claimed once the shop had begun to confirm its orders, and more than a day ago.
    little.send(order(little, NOW - 5 * DAY, "confirmed"))
    little.now = NOW - 3 * DAY
    browse(little, order(little, little.now, "never-confirmed"))
    little.now = NOW


def test_examples_name_what_was_found(little: Little):
    faults(little)
    told = {name: f.example for name, f in findings(little).items()}
    assert told["orders-without-products"] == "order o1: a line without a product id"
    assert told["unknown-products"] == "product moon, in order o2"
    assert told["missing-currency"] == "order o3"
    assert told["currency-without-rate"] == "order o4 in CHF"
    assert told["never-confirmed"].startswith("order never-confirmed, claimed ")
    assert told["double-tags"].startswith("/twice by d2")
    assert told["clock-skew"] == "Product Viewed of d3, 180 s in the future"
    assert told["impressions-without-decisions"].endswith(f"decision {'0' * 32} is not on record")
    assert told["clicks-without-views"].startswith("spring-hero by d4")
    assert told["undefined-communications"].startswith("nowhere")


def test_an_empty_shop_is_examined_without_fault(tmp_path: Path):
    empty = Little(tmp_path / "empty")
    assert all(finding.count == 0 for finding in findings(empty).values())
    empty.close()
