"""The debug view: a signed link opens it, it explains and counts nothing, and a persona changes what is decided only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import campaigns, decisions, visitors
from shopkeeper.engine import debug, decide
from shopkeeper.model.errors import NotAllowed
from shopkeeper.model.time import HOUR, MINUTE
from tests.admin.seed import FILE, NOW, Little

MORE = """
segments:
  on-mobile: {rule: {visitor: device, is: mobile}}
"""
CAMPAIGN = """  phones:
    status: published
    segment: on-mobile
    communications:
      phone-hero: {kind: block, zone: home-hero, content: {heading: On the go}}
  drinkers:
    status: published
    segment: audience:tea-lovers
    communications:
      tea-hero: {kind: block, zone: home-hero, content: {heading: Tea}}
  spring-tea:
"""


@pytest.fixture
def little(tmp_path: Path) -> Iterator[Little]:
    """The tea shop, with Ada's life in it."""
    shop = Little(tmp_path)
    shop.define()
    shop.ada()
    yield shop
    shop.close()


def asked(little: Little, device: str = "ada-phone", **more: Any) -> dict[str, Any]:
    """The answer to a page that carries a debug token."""
    token = debug.token(little.shop.keys.secret, little.now)
    body = {"anonymousId": device, "zones": ["home-hero"], "page": {"type": "home"}, "overlays": True, "debug": token}
    caller = decide.Caller(little.shop.keys.write)
    return dict(json.loads(decide.answer(little.shop, little.writer, caller, json.dumps(body | more).encode())))


def results(answer: dict[str, Any], zone: str = "home-hero") -> dict[str, str]:
    return {row["communication"]: row["result"] for row in answer["explain"][zone]}


def test_every_candidate_is_explained_to_the_page(little: Little):
    answer = asked(little, device="somebody-new")
    rows = {row["communication"]: row for row in answer["explain"]["home-hero"]}
    assert rows["spring-hero"]["result"] == "failed" and "not among people who" in rows["spring-hero"]["reason"]
    assert rows["welcome-hero"]["result"] == "chosen"
    assert rows["popular-now"]["result"] == "not reached"
    assert set(answer["explain"]) == {"home-hero", "overlay", "corner"}
    assert answer["debug"]["left_ms"] == 8 * HOUR // 1000
    assert answer["debug"]["zones"]["home-hero"] == {"title": "Home page, top", "kind": "block"}


def test_nothing_of_it_is_kept(little: Little):
    def state() -> list[Any]:
        little.writer.close()
        with little.shop.state.read() as conn:
            profile = visitors.load(conn, ["u:ada"], create=False)["u:ada"]
            counts = decisions.count_decisions(conn), visitors.count_people(conn)
            return [*counts, profile, conn.rows("SELECT COUNT(*) FROM events_log")]

    before = state()
    for persona in ({}, {"new": True}, {"audiences": ["tea-lovers"]}):
        asked(little, persona=persona)
        asked(little, device="somebody-new", persona=persona)
    assert state() == before


def test_somebody_new_has_met_nothing(little: Little):
    met = [little.act(NOW - MINUTE, "ada-phone", "Shown", "exit-pop")]
    little.send(*met)
    assert results(asked(little), "overlay") == {"exit-pop": "failed"}
    assert results(asked(little, persona={"new": True}), "overlay") == {"exit-pop": "chosen"}
    assert results(asked(little), "overlay") == {"exit-pop": "failed"}


def test_a_segment_may_be_given_and_taken(little: Little):
    assert results(asked(little))["spring-hero"] == "chosen", "she has bought"
    taken = asked(little, persona={"segments": {"returning-customers": False, "no-such": True}})
    assert results(taken)["spring-hero"] == "failed"
    (told,) = taken["debug"]["segments"]
    assert (told["id"], told["name"], told["inside"]) == ("returning-customers", "Returning Customers", False)
    given = asked(little, device="somebody-new", persona={"segments": {"returning-customers": True}})
    assert results(given)["spring-hero"] == "chosen"


def test_a_device_and_an_audience_are_what_rules_ask_for(little: Little):
    little.shop.apply(campaigns.parse_file(FILE.replace("  spring-tea:\n", CAMPAIGN, 1) + MORE))
    nobody = {"new": True}
    assert results(asked(little, persona=nobody))["phone-hero"] == "failed"
    assert results(asked(little, persona=nobody | {"device": "mobile"}))["phone-hero"] == "chosen"
    assert results(asked(little, persona=nobody | {"device": "desktop"}))["phone-hero"] == "failed"
    assert results(asked(little, persona=nobody | {"audiences": ["tea-lovers"]}))["tea-hero"] == "chosen"
    assert "tea-lovers" in asked(little)["debug"]["audiences"]


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda _: "nonsense", "debug_invalid"),
        (lambda _: debug.token("sk_of_another_shop", NOW), "debug_invalid"),
        (lambda secret: debug.token(secret, NOW)[:-1], "debug_invalid"),
        (lambda secret: debug.token(secret, NOW - 9 * HOUR), "debug_expired"),
    ],
)
def test_other_tokens_are_refused(little: Little, forge: Any, code: str):
    with pytest.raises(NotAllowed) as raised:
        asked(little, debug=forge(little.shop.keys.secret))
    assert (raised.value.code, raised.value.status) == (code, 403)


def test_a_link_keeps_what_the_address_says(little: Little):
    url = debug.link("https://shop.example/p?x=1&sk_debug=old#top", "sk_x", NOW)
    assert url.startswith("https://shop.example/p?x=1&sk_debug=") and url.endswith("#top")
    assert "old" not in url
