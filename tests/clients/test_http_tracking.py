"""The HTTP bodies that RudderStack's and Jitsu's clients send, with all they hold beside the facts."""

from __future__ import annotations

from typing import Any

import httpx

from shopkeeper.model.time import parse_time
from tests.serving import Served

RUDDER: dict[str, Any] = {
    "channel": "server",
    "context": {"library": {"name": "analytics-python", "version": "2.1.0"}, "app": None, "ip": "203.0.113.7"},
    "integrations": {"All": True},
    "rudderId": "6b7c",
    "messageId": "rudder-1",
    "type": "track",
    "event": "Product Added",
    "userId": "customer-7",
    "anonymousId": None,
    "properties": {"product_id": "tea-1"},
    "originalTimestamp": "2026-03-01T10:00:00.000+00:00",
    "sentAt": "2026-03-01T10:00:05.000+00:00",
}
JITSU: dict[str, Any] = {
    "type": "page",
    "messageId": "jitsu-1",
    "timestamp": "2026-03-01T10:00:00.000Z",
    "sentAt": "2026-03-01T10:00:00.000Z",
    "receivedAt": "2026-03-01T10:00:00.000Z",
    "requestIp": "203.0.113.7",
    "userId": None,
    "groupId": None,
    "anonymousId": "b7f5-ann",
    "writeKey": None,
    "_metadata": {"nodeVersion": "20.0.0", "bundled": ["Segment.io"], "unbundled": []},
    "properties": {"name": None, "path": "/", "url": "https://shop.example/", "hash": "", "height": 900},
    "context": {
        "library": {"name": "@jitsu/js", "version": "1.9", "env": "browser"},
        "userAgent": "Mozilla/5.0",
        "locale": "nl-NL",
        "screen": {"width": 1440},
        "traits": {},
        "page": {"url": "https://shop.example/", "title": "Home", "referrer": ""},
        "clientIds": {},
        "campaign": {},
    },
    "traits": None,
    "integrations": None,
}


def test_a_rudderstack_batch_arrives(served: Served):
    answer = served.post("/v1/batch", {"batch": [RUDDER], "sentAt": "2026-03-01T10:00:05.000+00:00", "writeKey": None})
    assert answer.json() == {"success": True, "accepted": 1, "duplicates": 0, "rejected": []}
    (event,) = served.events()
    assert (event.message_id, event.user, event.device) == ("rudder-1", "customer-7", "user:customer-7")
    assert event.received_at - event.occurred_at == 5_000_000, "the sender's clock is corrected, its delay kept"


def test_without_a_sent_time_the_stamp_itself_holds(served: Served):
    single = {name: value for name, value in RUDDER.items() if name != "sentAt"}
    assert served.post("/v1/track", single).status_code == 200
    (event,) = served.events()
    assert event.occurred_at == parse_time("2026-03-01T10:00:00Z")


def test_a_jitsu_page_arrives(served: Served):
    assert served.post("/v1/page", JITSU).json()["accepted"] == 1
    (event,) = served.events()
    assert (event.name, event.device, event.user) == ("$page", "b7f5-ann", None)
    assert event.context["url"] == "https://shop.example/" and event.context["language"] == "nl-NL"


def test_a_browser_may_send_plain_text_with_the_key_in_the_body(served: Served):
    body = httpx.Request("POST", served.base, json={**JITSU, "writeKey": served.keys.write}).content
    answer = httpx.post(served.base + "/v1/p", content=body, headers={"content-type": "text/plain"})
    assert answer.json()["accepted"] == 1
    assert answer.headers["access-control-allow-origin"] == "*"
