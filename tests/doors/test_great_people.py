"""Customers who did a great many things: they are served, and keep nobody waiting."""

from __future__ import annotations

import threading

import pytest

from shopkeeper import orders
from shopkeeper.campaigns import parse_file
from shopkeeper.decisions import decide
from shopkeeper.engine import decide as deciding
from shopkeeper.timelines import store as facts
from tests.doors.conftest import Door

VIEWERS = """
segments: {viewers: {rule: {did: Product Viewed, times: {at_least: 3}}}}
zones: {hero: {kind: block}}
campaigns:
  seen: {status: published, segment: viewers, communications: {hello: {kind: block, zone: hero, content: {heading: Hi}}}}
"""
POP_UP = """
zones: {over: {kind: popup}}
campaigns:
  rescue:
    status: published
    communications:
      stay: {kind: popup, zone: over, trigger: {on: cart_value, value: 10}, content: {heading: Stay}}
"""
ASKED = {"anonymousId": "ann", "zones": ["hero"]}


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads in which was decided, one after another."""
    names: list[str] = []

    def noted(*arguments):
        names.append(threading.current_thread().name)
        return decide(*arguments)

    monkeypatch.setattr(deciding, "decide", noted)
    return names


@pytest.mark.parametrize("limit", ["QUICK_WRITES", "QUICK_BYTES"])
def test_they_are_decided_about_beside_the_others(door: Door, threads, monkeypatch, limit):
    door.shop.apply(parse_file(VIEWERS))
    for number in range(3):
        door.post("/v1/track", {"event": "Product Viewed", "anonymousId": "ann", "messageId": f"m{number}"})
    monkeypatch.setattr(facts, limit, 2)
    zones = door.post("/v1/decide", ASKED).json()["zones"]
    assert zones["hero"]["communication"] == "hello"
    asked = len(threads)
    assert threads[-1] != threading.main_thread().name
    assert door.post("/v1/decide", ASKED).json()["zones"] == zones
    assert len(threads) == asked + 1, "what was found is remembered, and told at once"


def test_their_decisions_are_recorded_once(door: Door, monkeypatch):
    """Also where the worth of their cart is asked last of all."""
    door.shop.apply(parse_file(POP_UP))
    added = {
        "event": "Product Added",
        "anonymousId": "ann",
        "properties": {"product_id": "tea-1", "price": 12.5, "quantity": 1},
    }
    for number in range(3):
        door.post("/v1/track", {**added, "messageId": f"m{number}"})
    monkeypatch.setattr(facts, "QUICK_WRITES", 2)
    noted: list[object] = []
    monkeypatch.setattr(door.writer, "note", noted.append)
    told = door.post("/v1/decide", {"anonymousId": "ann", "zones": ["over"]}).json()
    assert told["zones"]["over"]["communication"] == "stay" and told["cart"] == 12.5
    assert len(noted) == 1


def test_whoever_did_little_is_decided_about_at_once(door: Door, threads):
    door.shop.apply(parse_file(VIEWERS))
    door.post("/v1/track", {"event": "Product Viewed", "anonymousId": "ann", "messageId": "m"})
    assert door.post("/v1/decide", ASKED).status_code == 200
    assert len(threads) == 1


def test_a_refund_reads_no_more_orders_than_it_can_concern(door: Door, monkeypatch):
    """Those within reach of clicks up to the next order, not all since."""
    for week in range(1, 41):
        at = f"2026-{1 + week // 5:02d}-{1 + 5 * (week % 5):02d}T12:00:00Z"
        order = {"order_id": f"o{week}", "total": 10}
        call = {"event": "Order Completed", "userId": "big", "timestamp": at, "properties": order}
        assert door.post("/v1/track", {**call, "messageId": f"m{week}"}, "secret").json()["success"]
    read: list[str] = []
    every = orders.orders_of

    def reading(*arguments):
        found = every(*arguments)
        read.extend(order.order_id for own in found.values() for order in own)
        return found

    monkeypatch.setattr(orders, "orders_of", reading)
    refund = {"event": "Order Refunded", "userId": "big", "properties": {"order_id": "o20", "total": 1}}
    assert door.post("/v1/track", {**refund, "messageId": "r"}, "secret").json()["success"]
    assert "o20" in read and len(read) < 8
