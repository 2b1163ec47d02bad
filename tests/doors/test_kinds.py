"""Kinds of content over HTTP: decided, fallen through, rendered for a shop's server, and what answering them changes."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest

from shopkeeper import visitors
from shopkeeper.addresses import link_of
from shopkeeper.campaigns import read_file
from shopkeeper.visitors import Profile
from tests.doors.conftest import Door

QUIZ = {
    "questions": {
        "drink": {
            "text": "Tea or coffee?",
            "answers": {"tea": {"text": "Tea", "set": {"favourite": "tea"}, "join": "tea-lovers"}, "coffee": {"text": "Coffee"}},
        }
    },
    "results": {"done": {"heading": "Thank you"}},
}  # fmt: skip


def define(door: Door, *communications: dict[str, Any], segment: str = "everyone", **more: Any) -> None:
    """One zone and these communications in it, the first before the others."""
    campaigns = {
        f"c{n}": {
            "status": "published",
            "segment": said.pop("segment", segment),
            "communications": {f"x{n}": {"kind": "block", "zone": "hero"} | said},
        }
        for n, said in enumerate(communications)
    }
    door.shop.apply(read_file({"zones": {"hero": {"kind": "block"}}, "campaigns": campaigns} | more))


def decide(door: Door, who: str = "ann", key: str = "write", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = door.post("/v1/decide", {"anonymousId": who, "zones": ["hero"]} | more, key).json()
    return answer


def send(door: Door, event: str, who: str = "ann", **properties: Any) -> None:
    call = {"type": "track", "event": event, "anonymousId": who, "properties": properties}
    assert door.post("/v1/batch", {"batch": [call]}).json()["accepted"] == 1


def profile(door: Door, person: str = "a:ann") -> Profile:
    with door.shop.state.read() as conn:
        return visitors.load(conn, [person])[person]


def test_a_template_speaks_of_who_looks_and_of_nobody_else(door: Door):
    define(door, {"content": {"heading": "Hello {{ visitor.attributes.first_name | default: 'you' }}"}})
    call = {"type": "identify", "anonymousId": "ann", "traits": {"first_name": "<b>Ada</b>"}}
    door.post("/v1/batch", {"batch": [call]})
    assert decide(door)["zones"]["hero"]["content"]["heading"] == "Hello <b>Ada</b>"
    assert "Hello &lt;b&gt;Ada&lt;/b&gt;" in decide(door, html=True)["zones"]["hero"]["html"]
    assert decide(door, "bob")["zones"]["hero"]["content"]["heading"] == "Hello you"
    denied = decide(door, consent={"personalisation": False})
    assert denied["zones"]["hero"]["content"]["heading"] == "Hello you"


def test_a_template_that_breaks_falls_through_and_the_decision_says_where(door: Door):
    loops = "Fine\n{% for i in (1..9999) %}x{% endfor %}"
    define(door, {"content": {"text": loops}}, {"content": {"heading": "Next"}})
    said = door.post("/v1/decide?explain=1", {"anonymousId": "ann", "zones": ["hero"]}, "secret").json()
    assert said["zones"]["hero"]["communication"] == "x1"
    first = said["explain"]["hero"][0]
    assert first["test"] == "content"
    assert first["reason"] == "the template content.text is broken: line 2, column 4: loop iteration limit reached"


def test_progress_knows_the_cart(door: Door):
    define(door, {"content": {"progress": {"goal": 50, "missing": "{{ cart.missing | money }} to go"}}})
    assert "Free delivery from €50.00." in decide(door, html=True)["zones"]["hero"]["html"]
    send(door, "Product Added", product_id="tea", price=15.5, quantity=2)
    assert "€19.00 to go" in decide(door, html=True)["zones"]["hero"]["html"]


def test_a_countdown_that_is_over_falls_through(door: Door):
    define(door, {"content": {"countdown": {"until": "2020-01-01"}}}, {"content": {"heading": "Next"}})
    assert decide(door)["zones"]["hero"]["communication"] == "x1"


def test_an_answer_changes_the_very_next_decision(door: Door):
    tea = {"segment": "audience:tea-lovers", "content": {"heading": "For tea lovers"}}
    define(door, tea, {"kind": "quiz", "quiz": QUIZ})
    shown = decide(door)["zones"]["hero"]
    assert (shown["communication"], shown["kind"]) == ("x1", "quiz")
    send(door, "Communication Clicked", communication_id="x1", element_id="drink.tea", version=1)
    assert profile(door).attribute("favourite") == "tea"
    assert decide(door)["zones"]["hero"]["communication"] == "x0"


def test_a_browser_cannot_name_the_effects_of_an_answer(door: Door):
    define(door, {"kind": "quiz", "quiz": QUIZ})
    send(door, "Communication Clicked", communication_id="x0", element_id="drink.gold", set={"favourite": "gold"})
    assert profile(door).attribute("favourite") is None


# For shops that put it into their pages themselves


def test_a_shop_s_server_gets_markup_that_says_what_it_is(door: Door):
    define(door, {"content": {"heading": "Spring"}})
    answer = door.post("/v1/render", {"anonymousId": "ann", "zones": ["hero", "nowhere"]}, "secret").json()
    html = answer["zones"]["hero"]
    assert html.endswith('<div class="sk-box sk-is-block"><div class="sk-body"><h2>Spring</h2></div></div></div>')
    told = json.loads(unescape(html.split('data-sk-served="')[1].split('"')[0]))
    assert (told["communication"], told["version"], told["decision_id"]) == ("x0", 1, answer["decision_id"])
    assert [error["zone"] for error in answer["errors"]] == ["nowhere"]


# E-mail addresses


def captured(door: Door, email: str = "ada@example.com", who: str = "ann") -> None:
    send(door, "Communication Clicked", who, communication_id="x0", element_id="capture", email=email)


@pytest.fixture
def asking(door: Door) -> Door:
    define(door, {"content": {"capture": {"join": "newsletter", "set": {"source": "hero"}}}})
    return door


def test_an_address_waits_until_its_owner_confirms_it(asking: Door):
    captured(asking)
    assert profile(asking).attribute("captured_email") == "ada@example.com"
    assert profile(asking).attribute("source") == "hero"
    (row,) = asking.get("/v1/confirmations").json()["rows"]
    assert (row["email"], row["person"], row["communication"]) == ("ada@example.com", "a:ann", "x0")
    page = asking.get(row["link"], key="")
    assert (
        "Is ada@example.com your address?" in page.text
        and "default-src 'none'" in page.headers["content-security-policy"]
    )
    assert profile(asking).attribute("confirmed_email") is None, "opening a link changes nothing"
    for _ in range(2):
        assert asking.ask("POST", row["link"], key="").status_code == 200
    assert profile(asking).attribute("confirmed_email") == profile(asking).attribute("email") == "ada@example.com"
    assert asking.get("/v1/confirmations").json()["rows"] == []


def test_another_address_waits_again(asking: Door):
    captured(asking)
    asking.ask("POST", asking.get("/v1/confirmations").json()["rows"][0]["link"], key="")
    captured(asking, "ada@other.example")
    (row,) = asking.get("/v1/confirmations").json()["rows"]
    assert row["email"] == "ada@other.example"


@pytest.mark.parametrize(
    "said", ["", "ada", "a@b", "a b@example.com", "<ada@example.com>", "x" * 250 + "@example.com", 5, None]
)
def test_what_is_no_address_is_not_kept(asking: Door, said: Any):
    captured(asking, said)
    assert profile(asking).attribute("captured_email") is None


def test_a_browser_cannot_confirm_by_itself(asking: Door):
    traits = {"confirmed_email": "x@example.com", "captured_email": "x@example.com", "colour": "red"}
    asking.post("/v1/batch", {"batch": [{"type": "identify", "anonymousId": "ann", "traits": traits}]})
    assert {*profile(asking).attributes} == {"colour"}


@pytest.mark.parametrize("token", ["", "x", "WyJhbm4iLCJhQGIuY29tIl0.aaaa.bbbb"])
def test_a_link_we_did_not_sign_confirms_nothing(asking: Door, token: str):
    for method in ("GET", "POST"):
        answer = asking.ask(method, f"/v1/confirm?token={token}", key="")
        assert (answer.status_code, "not valid" in answer.text) == (400, True)


def test_an_address_is_never_markup_on_the_page(asking: Door):
    link = link_of(asking.shop.keys.secret, Profile("a:ann", devices=["ann"]), "<script>@example.com")
    assert "<script>" not in asking.get(link, key="").text


def test_the_list_is_for_servers(asking: Door):
    assert asking.get("/v1/confirmations", key="write").status_code == 403
