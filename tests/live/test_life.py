"""What the demo's split view tells of the visitor in front of it."""

from __future__ import annotations

from shopkeeper.live import life
from shopkeeper.model.time import MINUTE, SECOND
from tests.admin.conftest import little
from tests.admin.seed import NOW, Little

__all__ = ["little"]


def test_a_visit_is_told_with_its_segments_and_the_fate_of_every_candidate(little: Little) -> None:
    little.define()
    little.send(
        little.event(NOW - MINUTE, "phone", properties={"title": "Home", "url": "/"}),
        little.act(NOW - 30 * SECOND, "phone", "Clicked", "spring-hero", element_id="button"),
    )
    little.decide(NOW - 20 * SECOND, "phone")
    told = life(little.shop, "phone")
    assert [event["what"] for event in told["events"]] == ["Clicked", "Page"], "the latest first"
    assert "Audience tea-lovers" in told["segments"].values()
    assert told["attributes"] == {"favourite": "tea"}
    (decision,) = told["decisions"]
    assert decision["ms"] > 0
    hero = next(zone for zone in decision["zones"] if zone["zone"] == "home-hero")
    results = {one["id"]: one["result"] for one in hero["candidates"]}
    assert results["spring-hero"] == "passed over"
    assert results["welcome-hero"] == "shown"
    assert results["popular-now"] == "not reached"


def test_a_browser_nobody_knows_is_told_nothing(little: Little) -> None:
    for device in ("", "nobody"):
        told = life(little.shop, device)
        assert not any(told[part] for part in ("person", "events", "decisions", "segments", "attributes"))
