"""What cannot be accepted is named with a code, kept, and spoils nothing beside it."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

from shopkeeper.campaigns import parse_file
from shopkeeper.events import list_rejects
from tests.doors.conftest import Door
from tests.serving import SHOP_YAML


def track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Looked", "anonymousId": "ann", **fields}


def order(**properties: Any) -> dict[str, Any]:
    return track(event="Order Completed", properties=properties)


def nested(levels: int) -> dict[str, Any]:
    """An event as deep as that."""
    value: Any = 1
    for _ in range(levels - 1):
        value = {"a": value}
    return track(properties=value)


BAD_EVENTS = {
    "nothing": (None, "malformed"),
    "a list": ([1], "malformed"),
    "wrong properties": (track(properties=[1]), "malformed"),
    "a fraction for an id": (track(anonymousId=1.5), "malformed"),
    "no ids": ({"type": "track", "event": "Looked"}, "missing_identity"),
    "null ids": (track(anonymousId=None, userId=None), "missing_identity"),
    "ids that are no ids": (track(anonymousId="undefined"), "missing_identity"),
    "half an alias": ({"type": "alias", "userId": "u"}, "missing_identity"),
    "a long id": (track(anonymousId="x" * 256), "id_too_long"),
    "a long message id": (track(messageId="x" * 256), "id_too_long"),
    "no name": ({"type": "track", "anonymousId": "ann"}, "missing_event"),
    "our own names": (track(event="$page"), "reserved_name"),
    "our own facts": (track(event="=order"), "reserved_name"),
    "a long name": (track(event="x" * 201), "name_too_long"),
    "no type": ({"event": "Looked", "anonymousId": "ann"}, "unknown_type"),
    "an unknown type": (track(type="tarck"), "unknown_type"),
    "too large": (track(properties={"text": "x" * 33_000}), "event_too_large"),
    "too deep": (nested(33), "too_deep"),
    "a NUL": (track(properties={"text": "a\0b"}), "nul_character"),
    "a NUL in a name": (track(properties={"a\0": 1}), "nul_character"),
    "a NUL in an id": ({"type": "alias", "userId": "u", "previousId": "p\0"}, "nul_character"),
    "a number beyond all stores": (track(properties={"n": 2**65}), "number_too_large"),
    "the year 0": (track(timestamp="0000-01-01T00:00:00Z"), "bad_time"),
    "the year 99999": (track(timestamp="99999-01-01T00:00:00Z"), "bad_time"),
    "before the web": (track(timestamp="1969-12-31T23:59:59Z"), "bad_time"),
    "a day that is none": (track(timestamp="2026-02-30T00:00:00Z"), "bad_time"),
    "a word for a time": (track(timestamp="yesterday"), "bad_time"),
    "a number for a time": (track(timestamp=1767225600), "malformed"),
    "a word for the sent time": (track(timestamp="2026-03-01T00:00:00Z", sentAt="soon"), "bad_time"),
    "an order without id": (order(total=1), "missing_order_id"),
    "no currency at all": (order(order_id="1", currency="EURO"), "bad_currency"),
    "a word for money": (order(order_id="1", total="much"), "bad_amount"),
    "an order worth less than nothing": (order(order_id="1", total=-5), "bad_amount"),
    "lines worth less than nothing": (order(order_id="1", products=[{"price": 5, "quantity": -1}]), "bad_amount"),
    "more money than there is": (order(order_id="1", products=[{"price": 1e13, "quantity": 1e8}]), "bad_amount"),
    "products that are none": (order(order_id="1", products=[5]), "bad_products"),
    "a word for a quantity": (order(order_id="1", products=[{"quantity": "few"}]), "bad_quantity"),
}


@pytest.mark.parametrize(("event", "code"), BAD_EVENTS.values(), ids=BAD_EVENTS)
def test_a_bad_event_is_refused_alone_and_kept(door: Door, event: Any, code: str):
    assert door.rejected(event) == code


GOOD_EVENTS = {
    "as deep as may be": nested(32),
    "an id that is a number": track(anonymousId=7),
    "an address no parser likes": {
        "type": "page",
        "anonymousId": "ann",
        "properties": {"url": "http://[x/?utm_source=a"},
    },
    "odd context": track(context={"page": 5, "campaign": [1], "consent": "yes", "locale": {}, "traits": 1}),
    "a version beyond all versions": track(
        event="Communication Clicked", properties={"communication_id": "spring-hero", "version": 2**40}
    ),
    "an unknown communication": track(event="Communication Clicked", properties={"communication_id": "nobody"}),
    "a communication that is no text": track(event="Communication Clicked", properties={"communication_id": {"a": 1}}),
    "the far future": track(timestamp="9999-12-31T23:59:59-14:00"),
    "a sender whose clock began at year 1": track(timestamp="0001-01-01T00:00:00Z", sentAt="0001-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("event", GOOD_EVENTS.values(), ids=GOOD_EVENTS)
def test_odd_but_good_events_are_taken(door: Door, event: Any):
    assert door.post("/v1/batch", {"batch": [event]}).json()["rejected"] == []
    assert len(door.events()) == 1


ODD_JSON = {
    "NaN": (b'{"n": NaN}', "not_finite"),
    "minus infinity": (b'{"n": [-Infinity]}', "not_finite"),
    "beyond a double": (b'{"n": 1e999}', "malformed"),
    "half a surrogate pair": (b'{"text": "\\ud83d"}', "lone_surrogate"),
    "the other half": (b'{"text": "\\ude00"}', "lone_surrogate"),
    "bad UTF-8": (b'{"text": "\xff"}', "not_utf8"),
}


@pytest.mark.parametrize(("properties", "code"), ODD_JSON.values(), ids=ODD_JSON)
def test_odd_json_spoils_its_own_event_only(door: Door, properties: bytes, code: str):
    good = json.dumps(track()).encode()
    bad = b'{"type": "track", "event": "Odd", "anonymousId": "ann", "properties": ' + properties + b"}"
    answer = door.post("/v1/batch", b'{"batch": [' + bad + b"," + good + b"]}").json()
    assert answer["accepted"] == 1
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(0, code)]
    single = door.post("/v1/track", bad)
    assert single.status_code == 400 and single.json()["code"] == code
    with door.shop.state.read() as conn:
        assert [reject.code for reject in list_rejects(conn)] == [code, code]


def test_a_whole_emoji_is_no_half(door: Door):
    door.post("/v1/track", b'{"event": "\\ud83d\\ude00", "anonymousId": "ann"}')
    assert [event.name for event in door.events()] == ["\N{GRINNING FACE}"]


ONE = json.dumps(track()).encode()
BAD_BODIES = {
    "nothing": (b"", {}, 400, "malformed"),
    "no JSON": (b"hello", {}, 400, "malformed"),
    "half of it": (b'{"batch": [', {}, 400, "malformed"),
    "no batch": (b"{}", {}, 400, "malformed"),
    "a batch that is no list": (b'{"batch": {}}', {}, 400, "malformed"),
    "a batch of brackets": (b'{"batch": [' + b"[" * 5000 + b"]" * 5000 + b"]}", {}, 400, "too_deep"),
    "a number for the sent time": (b'{"batch": [], "sentAt": 5}', {}, 400, "malformed"),
    "too many": (b'{"batch": [' + b",".join([b"{}"] * 2501) + b"]}", {}, 400, "too_many_events"),
    "too large": (b'{"batch": [' + b" " * 512_000 + b"]}", {}, 413, "batch_too_large"),
    "a gzip bomb": (gzip.compress(b" " * 50_000_000), {"content_encoding": "gzip"}, 413, "batch_too_large"),
    "gzip cut short": (gzip.compress(ONE)[:-9], {"content_encoding": "gzip"}, 400, "bad_gzip"),
    "no gzip": (ONE, {"content_encoding": "gzip"}, 400, "bad_gzip"),
    "deflate": (zlib.compress(ONE), {"content_encoding": "deflate"}, 400, "bad_encoding"),
}


@pytest.mark.parametrize(("body", "headers", "status", "code"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_body_is_refused_with_a_hint(door: Door, body: bytes, headers: dict[str, str], status: int, code: str):
    answer = door.post("/v1/batch", body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"] and door.events() == []


@pytest.mark.parametrize(("key", "hint"), [("", "Basic auth or as writeKey"), ("nobody", "shopkeeper keys")])
@pytest.mark.parametrize("path", ["/v1/batch", "/v1/track", "/v1/decide"])
def test_a_wrong_key_is_told_so(door: Door, path: str, key: str, hint: str):
    body = {"batch": []} if path == "/v1/batch" else track()
    answer = door.ask("POST", path, key, json=body)
    assert answer.status_code == 401 and hint in answer.json()["hint"]


def test_a_key_that_cannot_be_read_is_not_said_to_be_missing(door: Door):
    answer = door.ask("POST", "/v1/track", "", content=b'{"writeKey": "wk_1", "event": "Looked",')
    assert answer.status_code == 401 and "truncated" in answer.json()["message"]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/t", "/v1/decide", "/v1/products", "/v1/stats/summary", "/healthz"])
def test_a_wrong_method_is_told_the_right_one(door: Door, path: str):
    answer = door.ask("DELETE", path)
    assert answer.status_code == 405 and answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"].split(", ")[0] in answer.json()["hint"]
    assert door.ask("HEAD", path).content == b""


def test_a_browser_may_ask_before_it_sends(door: Door):
    answer = door.ask("OPTIONS", "/v1/batch", headers={"origin": "https://shop.example"})
    assert answer.status_code == 204 and answer.headers["access-control-allow-origin"] == "*"


def test_an_unknown_place_is_told_so(door: Door):
    answer = door.get("/v1/" + "x" * 5000)
    assert answer.status_code == 404 and answer.json()["code"] == "not_found" and len(answer.content) < 1000


def test_a_communication_defined_later_gives_its_clicks_their_effect(door: Door):
    clicked = {"communication_id": "late-hero", "element_id": "button"}
    door.post("/v1/track", track(event="Communication Clicked", properties=clicked))
    assert [event.name for event in door.events()] == ["Communication Clicked"]
    door.shop.apply(parse_file(SHOP_YAML.replace("spring-hero:", "late-hero:")))
    rows = door.get("/v1/stats/communications").json()["rows"]
    assert [(row["communication"], row["clicks"]) for row in rows] == [("late-hero", 1)]
