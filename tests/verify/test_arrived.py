"""What arrived, or did not, names the faults that no page shows."""

from __future__ import annotations

from typing import Any

import pytest

from shopkeeper import campaigns, verify
from shopkeeper.model.time import DAY, HOUR, MINUTE, SECOND
from shopkeeper.verify import Installed, Verdict
from tests.admin.seed import FILE, NOW, Little
from tests.reports.test_doctor import browse


@pytest.fixture
def little(tmp_path: Any):
    """The tea shop with its campaigns, and nothing that arrived."""
    shop = Little(tmp_path)
    shop.define()
    yield shop
    shop.close()


def verdicts(little: Little) -> dict[str, Verdict]:
    with little.shop.state.read() as conn:
        had = verify.arrived(conn, little.shop)
    return {v.check: v for v in verify.look(little.shop, Installed(), had, [], verify.anywhere)}


def visits(little: Little, count: int, first: int = 0, **more: Any) -> None:
    """So many people open a page, one a minute, up to now."""
    pages = [
        little.event(NOW - k * MINUTE, f"p{k}", context={"page": {"url": "https://shop.example/"}} | more)
        for k in range(first, first + count)
    ]
    browse(little, *pages)


def test_before_anything_arrived_nothing_else_is_blamed(little: Little):
    found = verdicts(little)
    assert {name for name, v in found.items() if v.result == "failed"} == {"no-page-views"}
    assert found["silence"].result == found["orders-missing"].result == "not checked"


def test_views_are_told_by_host(little: Little):
    visits(little, 3)
    found = verdicts(little)["no-page-views"]
    assert (found.result, found.evidence) == ("passed", "3 in the last 7 days, from shop.example")
    odd = ["javascript://shop.evil/%0aalert(1)", "https://u:p@shop.evil/", "/", "file:///etc/passwd", "https://[x"]
    browse(little, *(little.event(NOW, "odd", context={"page": {"url": url}}) for url in odd))
    with little.shop.state.read() as conn:
        assert verify.pages_seen(conn) == {"shop.example": "https://shop.example/"}


def test_a_shop_that_fell_silent(little: Little):
    visits(little, 1)
    assert verdicts(little)["silence"].result == "passed"
    little.now += 3 * DAY
    assert verdicts(little)["silence"].evidence == "The last event arrived 3 days ago."


def test_orders_are_missed_once_enough_people_came(little: Little):
    visits(little, 199)
    assert verdicts(little)["orders-missing"].result == "not checked"
    browse(little, little.event(NOW, "late", context={"page": {"url": "https://shop.example/"}}))
    missed = verdicts(little)["orders-missing"]
    assert (missed.result, missed.evidence) == ("failed", "200 page views and no order in the last 7 days.")
    little.send(little.order(NOW - HOUR, "p1", "1001", "ada", ("tea-1", 5.5)))
    assert verdicts(little)["orders-missing"].result == "passed"


def test_claims_no_server_confirms(little: Little):
    little.send(little.order(NOW - 3 * DAY, "p1", "1001", "ada", ("tea-1", 5.5)))
    browse(little, little.order(NOW - 2 * DAY, "p2", "1002", "", ("tea-1", 5.5)) | {"userId": None})
    found = verdicts(little)["orders-unconfirmed"]
    assert found.result == "failed" and "order 1002" in found.evidence and "secret key" in found.fix


def test_a_page_that_always_refuses_for_its_visitors(little: Little):
    visits(little, 19, consent={"measurement": False})
    assert verdicts(little)["consent-withheld"].result == "not checked"
    denied: dict[str, Any] = {"context": {"consent": {"measurement": False}}}
    browse(little, little.event(NOW, "q", **denied))
    assert verdicts(little)["consent-withheld"].evidence == "20 of 20 visitors refused."
    browse(little, little.event(NOW, "r"), little.event(NOW, "s"))
    assert verdicts(little)["consent-withheld"].result == "passed"


def test_two_installations_report_every_page_twice(little: Little):
    visits(little, 3)
    assert verdicts(little)["two-installations"].result == "passed"
    twice: dict[str, Any] = {"context": {"page": {"url": "https://shop.example/"}}}
    browse(little, little.event(NOW - SECOND // 2, "p0", **twice))
    found = verdicts(little)["two-installations"]
    assert found.result == "failed" and "https://shop.example/ by p0" in found.evidence
    visits(little, 60, first=3)
    assert verdicts(little)["two-installations"].result == "warning", "one in sixty is somebody's accident"


def test_clocks_that_are_wrong(little: Little):
    browse(little, little.event(NOW + 4 * MINUTE, "p1"), little.event(NOW, "p2"))
    assert "in the future" in verdicts(little)["clock-skew"].evidence


def test_orders_of_products_nobody_knows(little: Little):
    little.send(little.order(NOW - HOUR, "p1", "1001", "ada", ("tea-99", 5.5)))
    assert "product tea-99, in order 1001" in verdicts(little)["unknown-orders"].evidence


def test_refused_events_are_counted(little: Little):
    little.send({"type": "bogus", "messageId": "x"})
    assert verdicts(little)["refused-events"].evidence == "unknown_type 1"


def test_zones_of_campaigns_that_no_page_asks_for(little: Little):
    assert verdicts(little)["zones-not-found"].result == "not checked"
    little.decide(NOW, "ada")
    assert verdicts(little)["zones-not-found"].result == "passed"


def test_a_zone_that_is_nowhere(little: Little):
    file = with_another_zone(little)
    little.shop.apply(file)
    little.decide(NOW, "ada")
    assert verdicts(little)["zones-not-found"].evidence == "home-foot (campaign foot)"


def with_another_zone(little: Little):
    """The shop's file with one more zone and its campaign."""
    more = "  home-foot: {kind: block}\ncampaigns:\n  foot:\n    status: published\n    communications:\n"
    more += "      foot-note: {kind: block, zone: home-foot, content: {heading: Foot}}\n"
    return campaigns.parse_file(FILE.replace("campaigns:\n", more, 1))
