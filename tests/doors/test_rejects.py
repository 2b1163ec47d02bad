"""Rejects are kept until their cause is gone."""

from __future__ import annotations

import json

from shopkeeper.engine.replay import replay
from shopkeeper.events import Reject, count_rejects, keep_rejects
from tests.doors.conftest import Door

BAD_ORDER = {"event": "Order Completed", "userId": "u", "properties": {"order_id": "1", "currency": "EURO", "total": 5}}


def counts(door: Door) -> dict[str, int]:
    with door.shop.state.read() as conn:
        return count_rejects(conn)


def test_a_bad_order_stays_however_often_it_is_replayed(door: Door):
    assert door.post("/v1/track", BAD_ORDER).status_code == 400
    assert replay(door.shop, 10) == (0, 1) == replay(door.shop, 10)
    assert counts(door) == {"bad_currency": 1} and door.events() == []


def test_the_same_id_with_other_content_stays(door: Door):
    first = {"event": "Looked", "anonymousId": "ann", "messageId": "m-1"}
    assert door.post("/v1/track", first).json()["accepted"] == 1
    answer = door.post("/v1/track", {**first, "event": "Bought"})
    assert answer.status_code == 400 and answer.json()["code"] == "id_reused"
    assert replay(door.shop, 10) == (0, 1)
    assert [event.name for event in door.events()] == ["Looked"]


def test_what_became_acceptable_is_taken_at_the_time_it_arrived(door: Door):
    raw = json.dumps({"event": "Looked", "anonymousId": "ann", "messageId": "m-1"}).encode()
    arrived = door.shop.now() - 86_400_000_000
    with door.shop.state.write() as conn:
        keep_rejects(conn, [Reject(arrived, "too_strict", "An older version refused it.", False, "track", None, raw)])
    assert replay(door.shop, 10) == (1, 0)
    assert [(event.name, event.occurred_at) for event in door.events()] == [("Looked", arrived)]
    assert counts(door) == {}


def test_servers_can_see_them(door: Door):
    door.post("/v1/track", BAD_ORDER)
    listed = door.get("/v1/rejects").json()
    assert listed["counts"] == {"bad_currency": 1}
    assert "EURO" in listed["rejects"][0]["raw"] and "ISO 4217" in listed["rejects"][0]["message"]
