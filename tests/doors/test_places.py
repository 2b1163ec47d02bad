"""Where somebody is: from the CDN's headers, or from what the event itself says."""

from __future__ import annotations

import json

from shopkeeper.api.request import sender_context
from shopkeeper.events import Sender, decode_event, read_event


def read(call: dict, sender: Sender) -> dict:
    return read_event(decode_event(json.dumps(call).encode()), sender, "m1").context


def test_headers_of_a_cdn_say_country_and_region():
    headers = {b"cf-ipcountry": b"NL", b"cf-region": b"Noord-Holland"}
    assert sender_context(headers) == {"country": "NL", "region": "Noord-Holland"}


def test_a_region_with_an_accent_arrives_whole():
    assert sender_context({b"cf-region": "Île-de-France".encode()})["region"] == "Île-de-France"


def test_what_the_event_says_of_its_place_wins():
    sender = Sender(server=False, received_at=10**15, context={"country": "NL", "region": "Utrecht"})
    call = {"type": "page", "anonymousId": "a", "context": {"location": {"country": "BE", "region": "Antwerpen"}}}
    context = read(call, sender)
    assert (context["country"], context["region"]) == ("BE", "Antwerpen")


def test_a_place_that_is_no_text_is_left_out():
    sender = Sender(server=False, received_at=10**15)
    assert read({"type": "page", "anonymousId": "a", "context": {"location": {"region": 7}}}, sender) == {}
