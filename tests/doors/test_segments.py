"""Segments at the API: which there are, who is inside and why, trying rules, definitions and lists; and bad input."""

from __future__ import annotations

from typing import Any

import pytest

from shopkeeper.campaigns import export_file, parse_file, to_yaml
from shopkeeper.model.errors import BadInput
from shopkeeper.segments import PREBUILT
from tests.doors.conftest import Door
from tests.serving import SHOP_YAML

BUYER: dict[str, Any] = {"orders": {"at_least": 1}}


def told(door: Door, path: str, method: str = "GET", **options: Any) -> Any:
    """The answer of the API, which must be a good one."""
    answer = door.ask(method, f"/v1/{path}", "secret", **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(door: Door, path: str, method: str = "GET", **options: Any) -> tuple[int, dict[str, Any]]:
    answer = door.ask(method, f"/v1/{path}", "secret", **options)
    body = answer.json()
    assert body["code"] and body["message"]
    return answer.status_code, body


@pytest.fixture
def lively(door: Door) -> Door:
    """Ann bought tea for 12 euros and looked at a pot, Bob only looked."""
    door.post(
        "/v1/batch",
        {
            "batch": [
                {"type": "identify", "userId": "ann", "traits": {"name": "Ann", "email": "ann@example.com"}},
                {"type": "track", "event": "Product Viewed", "userId": "ann", "properties": {"product_id": "pot"}},
                {
                    "type": "track",
                    "event": "Order Completed",
                    "userId": "ann",
                    "properties": {"order_id": "1", "total": 12, "products": [{"product_id": "tea", "price": 12}]},
                },
                {"type": "track", "event": "Product Viewed", "userId": "bob", "properties": {"product_id": "tea"}},
            ]
        },
        "secret",
    )
    return door


def test_the_list_tells_every_segment_with_its_size_and_sentence(lively: Door):
    found = told(lively, "segments")
    assert found["everybody"] == 2
    rows = {row["id"]: row for row in found["segments"]}
    assert set(PREBUILT) <= set(rows)
    assert (rows["everyone"]["size"], rows["returning-customers"]["size"]) == (2, 1)
    assert rows["returning-customers"]["sentence"] == "have at least 1 order"
    assert rows["returning-customers"]["share"] == 0.5


def test_one_segment_tells_its_rule_and_who_uses_it(lively: Door):
    assert told(lively, "segments/returning-customers")["rule"] == PREBUILT["returning-customers"].rule
    assert told(lively, "segments/everyone")["used_by"] == ["campaign spring-tea"]


def test_members_come_with_names_by_pages(lively: Door):
    assert [
        (m["user_id"], m["name"], m["spent"]) for m in told(lively, "segments/returning-customers/members")["members"]
    ] == [("ann", "Ann", 1200)]
    pages = [told(lively, f"segments/everyone/members?limit=1&offset={offset}") for offset in (0, 1, 2)]
    assert [page["size"] for page in pages] == [2, 2, 2]
    assert {page["members"][0]["user_id"] for page in pages[:2]} == {"ann", "bob"} and pages[2]["members"] == []
    assert told(lively, "segments/everyone/members?at=2020-01-01")["size"] == 0


def test_a_preview_tells_the_size_of_each_condition_and_some_people(lively: Door):
    viewed = {"did": "Product Viewed"}
    found = told(lively, "segments/preview", "POST", json={"rule": {"all": [BUYER, {"not": {"not": viewed}}]}})
    assert (found["size"], found["everybody"], found["share"]) == (1, 2, 0.5)
    assert [(part["where"], part["size"]) for part in found["tree"]["parts"]] == [("$.all[0]", 1), ("$.all[1]", 2)]
    assert found["tree"]["parts"][1]["parts"][0]["parts"][0]["size"] == 2
    assert [person["name"] for person in found["sample"]] == ["Ann"] and found["empty_because"] == ""


def test_people_are_shown_also_for_a_rule_that_holds_for_who_did_nothing(lively: Door):
    found = told(lively, "segments/preview", "POST", json={"rule": {"not": {"did": "Danced"}}})
    assert found["size"] == 2 and {person["user_id"] for person in found["sample"]} == {"ann", "bob"}


@pytest.mark.parametrize(
    ("rule", "because"),
    [
        ({"did": "Danced"}, "Nobody on record meets “did Danced” ($)"),
        ({"all": [BUYER, {"any": [{"did": "Danced"}]}]}, "“did Danced” ($.all[1])"),
        (
            {"all": [BUYER, {"not": BUYER}]},
            "no one meets all of them. Without “have at least 1 order” it would be 1 person",
        ),
        ({"not": {"everybody": True}}, "all people are anybody"),
        ({"all": [{"segment": "sale-seekers"}]}, "Nobody on record meets “did Product Viewed with on sale"),
    ],
)
def test_an_empty_rule_is_explained(lively: Door, rule: Any, because: str):
    found = told(lively, "segments/preview", "POST", json={"rule": rule})
    assert found["size"] == 0 and because in found["empty_because"]


def test_why_names_every_condition_with_the_facts_behind_it(lively: Door):
    put = {"rule": {"all": [{"spend": {"at_least": 10}}, {"did": "Product Viewed", "within": "7 days"}]}}
    told(lively, "segments/spenders", "PUT", json=put)
    ann, bob = (told(lively, f"segments/spenders/members/{name}")["reason"] for name in ("ann", "u:bob"))
    spent, viewed = ann["parts"]
    assert (ann["holds"], spent["holds"], viewed["holds"]) == (True, True, True)
    assert (spent["evidence"]["value"], spent["evidence"]["money"], spent["until"]) == (1200, True, None)
    assert viewed["evidence"]["count"] == 1 and viewed["until"] > viewed["evidence"]["last"]
    assert (bob["holds"], bob["parts"][0]["holds"], bob["parts"][1]["holds"]) == (False, False, True)


def test_a_segment_is_put_changed_and_deleted(lively: Door):
    put = {"rule": BUYER, "name": "Buyers"}
    assert told(lively, "segments/buyers", "PUT", json=put)["created"] == ["segment buyers"]
    assert told(lively, "segments/buyers")["name"] == "Buyers"
    put["rule"] = {"not": BUYER}
    assert told(lively, "segments/buyers", "PUT", json=put)["changed"] == ["segment buyers"]
    assert told(lively, "segments/buyers")["size"] == 1
    assert told(lively, "segments/buyers", "DELETE")["deleted"] == ["segment buyers"]
    assert refused(lively, "segments/buyers")[0] == 404


def test_a_prebuilt_segment_is_changed_and_given_back(door: Door):
    told(door, "segments/loyalty-loyal", "PUT", json={"rule": {"orders": 3}})
    assert told(door, "segments/loyalty-loyal")["origin"] == "shop"
    told(door, "segments/loyalty-loyal", "DELETE")
    assert told(door, "segments/loyalty-loyal")["origin"] == "prebuilt"
    assert refused(door, "segments/loyalty-loyal", "DELETE")[1]["code"] == "prebuilt_segment"


def test_a_segment_in_use_is_not_deleted(door: Door):
    told(door, "segments/buyers", "PUT", json={"rule": BUYER})
    told(door, "segments/others", "PUT", json={"rule": {"not": {"segment": "buyers"}}})
    status, body = refused(door, "segments/buyers", "DELETE")
    assert (status, body["code"]) == (409, "segment_in_use") and "segment others" in body["message"]
    told(door, "segments/others", "DELETE")
    told(door, "segments/buyers", "DELETE")


def test_a_list_stays_as_it_was_frozen(lively: Door):
    frozen = told(lively, "segments/returning-customers/freeze", "POST", json={"as": "spring-letter"})
    assert (frozen["id"], frozen["size"]) == ("spring-letter", 1)
    order = {"order_id": "2", "total": 3}
    lively.post("/v1/track", {"event": "Order Completed", "userId": "bob", "properties": order}, "secret")
    assert told(lively, "segments/returning-customers")["size"] == 2
    assert [m["user_id"] for m in told(lively, "lists/spring-letter")["members"]] == ["ann"]
    assert refused(lively, "segments/everyone/freeze", "POST", json={"as": "spring-letter"})[1]["code"] == "list_exists"
    told(lively, "lists/spring-letter", "DELETE")
    assert told(lively, "lists")["lists"] == []


def test_figures_stand_beside_the_shops(lively: Door):
    found = told(lively, "segments/returning-customers/insights")
    assert (found["segment"]["people"], found["shop"]["people"]) == (1, 2)
    assert (found["segment"]["conversion"], found["shop"]["conversion"]) == (1, 0.5)
    assert found["segment"]["revenue"] == found["shop"]["revenue"] == told(lively, "stats/summary")["revenue"] == 1200
    assert [(p["product"], p["revenue"]) for p in found["products"]] == [("tea", 1200)]


def test_segments_are_told_beside_each_other(lively: Door):
    both = "?segments=everyone,returning-customers"
    overlap = told(lively, f"insights/overlap{both}")
    assert overlap["pairs"] == [
        {"segment": "everyone", "other": "returning-customers", "both": 1, "jaccard": 0.5, "lift": 1.0}
    ]
    places = told(lively, f"insights/sets{both}")["places"]
    assert [(place["segment"], place["size"]) for place in places] == [
        ("everyone", 2),
        ("returning-customers", 0),
        ("", 0),
    ]
    journeys = told(lively, f"insights/journeys{both}&days=2")
    assert [(s["origin"], s["target"], s["people"]) for s in journeys["steps"]] == [("", "everyone", 2)]
    rows = {row["segment"]: row for row in told(lively, "insights/by-segment")["rows"]}
    assert (rows["returning-customers"]["revenue"], rows["sale-seekers"]["revenue"]) == (1200, 0)


def test_denied_marketing_is_explained_by_the_unsubscribing(door: Door):
    banner = {"consent": {"marketing": True}}
    door.post("/v1/track", {"event": "Unsubscribed", "userId": "ann", "timestamp": "2026-01-01T10:00:00Z"}, "secret")
    door.post("/v1/page", {"userId": "ann", "context": banner, "timestamp": "2026-01-02T10:00:00Z"}, "secret")
    told(door, "segments/no-mail", "PUT", json={"rule": {"consent": "marketing", "is": "denied"}})
    reason = told(door, "segments/no-mail/members/ann")["reason"]
    assert reason["holds"] and reason["evidence"]["last"].startswith("2026-01-01T")


BAD_RULES: dict[str, tuple[Any, str, str]] = {
    "nothing": (None, "$", "a mapping"),
    "a list": ([], "$", "a mapping"),
    "empty": ({}, "$", "may not be empty"),
    "an empty tree": ({"all": []}, "$.all", "a list of one or more"),
    "an empty tree inside": ({"any": [{"not": {"all": []}}]}, "$.any[0].not.all", "a list of one or more"),
    "an unknown word": ({"all": [{"dud": "page"}]}, "$.all[0]", "'dud'"),
    "an unknown field": ({"all": [BUYER, {"did": "page", "wihtin": "1 day"}]}, "$.all[1]", "wihtin"),
    "a wrong type": ({"not": {"orders": "many"}}, "$.not.orders", "a number or a mapping, not text"),
    "a test of another kind": (
        {"did": "page", "where": {"size": "S", "cost": {"below": "x"}}},
        "$.where.cost.below",
        "a number",
    ),
    "a name that is empty": ({"did": "page", "where": {"": 1}}, "$.where", "not empty"),
    "a share of everybody beyond": ({"bucket": {"below": 110}}, "$", "110 is none"),
    "a price in words": ({"did": "Product Viewed", "where": {"price": "cheap"}}, "$.where", "price is a number"),
    "an order value in words": ({"orders": 1, "where": {"order_value": {"contains": "1"}}}, "$.where", "is a number"),
    "a quantity in words": ({"cart": "open", "where": {"quantity": {"not": ["one"]}}}, "$", "quantity is a number"),
    "a period that is none": ({"did": "page", "within": "soon"}, "$", "not a length of time"),
    "a period that cannot be": ({"did": "page", "within": "1 day", "older_than": "2 days"}, "$", "at once"),
    "a period before itself": ({"did": "page", "from": "2026-02-02", "until": "2026-02-01"}, "$", "before it begins"),
    "bounds nothing meets": ({"orders": {"at_least": 3, "at_most": 2}}, "$", "no number lies"),
    "an unknown segment": ({"all": [{"segment": "gone"}]}, "$.all[0]", "no segment 'gone'"),
    "an unknown campaign": ({"met": "saw", "campaign": "gone"}, "$.campaign", "no campaign 'gone'"),
    "a prediction not installed": ({"predicted": "churn", "is": 1}, "$", "no prediction"),
    "too large": ({"any": [{"did": "page"}] * 201}, "$", "200 conditions"),
    "infinity": ({"orders": {"at_least": 1e999}}, "", "JSON"),
}


@pytest.mark.parametrize(("rule", "where", "message"), BAD_RULES.values(), ids=BAD_RULES)
def test_a_bad_rule_is_refused_with_its_place(door: Door, rule: Any, where: str, message: str):
    beyond = {"content": b'{"rule": {"orders": {"at_least": 1e999}}}'}
    body = {"json": {"rule": rule}} if where else beyond
    status, said = refused(door, "segments/preview", "POST", **body)
    assert status == 400 and message in said["message"] and said["hint"]
    assert said.get("where", "") == where
    status, said = refused(door, "segments/bad", "PUT", **body)
    assert status == 400 and said["hint"] and said.get("where", "").startswith("$.segments.bad.rule" if where else "")
    assert refused(door, "segments/bad")[0] == 404


HINTS: dict[str, tuple[Any, str]] = {
    "a value that may not stand there": ({"met": "kissed"}, "Use one of saw, clicked, hovered, discarded, held_out"),
    "one of several": ({"clock": ["fryday"]}, "Use one of mon, tue"),
    "an unknown field": ({"consent": "marketing", "since": "x"}, "Beside consent there may be is."),
    "an unknown test": ({"did": "page", "where": {"size": {"blow": 3}}}, "Use is, not, contains, starts_with"),
    "an unknown bound": ({"orders": {"over": 3}}, "Use at_least, at_most, above, below, exactly"),
    "two conditions in one": ({"orders": 1, "spend": 2}, "Join them by all."),
}


@pytest.mark.parametrize(("rule", "hint"), HINTS.values(), ids=HINTS)
def test_a_bad_rule_is_told_what_to_write_instead(door: Door, rule: Any, hint: str):
    assert hint in refused(door, "segments/preview", "POST", json={"rule": rule})[1]["hint"]


def test_a_rule_too_deep_is_refused(door: Door):
    rule: Any = BUYER
    for _ in range(17):
        rule = {"not": rule}
    assert "16 deep" in refused(door, "segments/preview", "POST", json={"rule": rule})[1]["message"]
    deep = b'{"rule": ' + b'{"not": ' * 5000 + b"{}" + b"}" * 5001
    assert refused(door, "segments/preview", "POST", content=deep)[0] == 400


def test_segments_may_not_refer_to_each_other_in_a_circle(door: Door):
    told(door, "segments/one", "PUT", json={"rule": BUYER})
    told(door, "segments/two", "PUT", json={"rule": {"segment": "one"}})
    status, said = refused(door, "segments/one", "PUT", json={"rule": {"not": {"segment": "two"}}})
    assert status == 400 and "refers to itself" in said["message"] and "segments.two.rule" in said["where"]
    assert told(door, "segments/one")["rule"] == BUYER


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "segments/nobody", None, 404, "unknown_segment"),
        ("GET", "segments/nobody/members", None, 404, "unknown_segment"),
        ("GET", "segments/everyone/members?limit=0", None, 400, "bad_parameter"),
        ("GET", "segments/everyone/members?offset=-1", None, 400, "bad_parameter"),
        ("GET", "segments/everyone/members?at=soon", None, 400, "bad_time"),
        ("GET", "segments/everyone/members/nobody", None, 404, "unknown_person"),
        ("GET", "segments/everyone/members/%00", None, 404, "unknown_person"),
        ("POST", "segments/preview", {}, 400, "malformed"),
        ("POST", "segments/preview", [], 400, "malformed"),
        ("POST", "segments/everyone/freeze", {"as": "Spring Letter"}, 400, "bad_id"),
        ("PUT", "segments/Rich", {"rule": {"everybody": True}}, 400, "bad_definition"),
        ("PUT", "segments/rich", {"rule": {"everybody": True}, "colour": "red"}, 400, "bad_definition"),
        ("PUT", "segments/rich", {"rule": {"did": "a\0"}}, 400, "nul_character"),
        ("PUT", "segments/rich", 5, 400, "bad_definition"),
        ("PUT", "segments/schema.json", {"rule": {"everybody": True}}, 409, "reserved_id"),
        ("DELETE", "segments/nobody", None, 404, "unknown_segment"),
        ("GET", "segments/everyone/insights?from=2026-02-01&until=2026-01-01", None, 400, "bad_window"),
        ("GET", "insights/overlap?segments=everyone", None, 400, "bad_choice"),
        ("GET", "insights/overlap?segments=everyone,nobody", None, 404, "unknown_segment"),
        ("GET", "insights/sets", None, 400, "bad_choice"),
        ("GET", "insights/journeys?segments=everyone&days=1000", None, 400, "bad_parameter"),
        ("GET", "lists/nobody", None, 404, "unknown_list"),
        ("DELETE", "lists/nobody", None, 404, "unknown_list"),
    ],
)
def test_a_bad_wish_is_told_what_is_wrong(door: Door, method: str, path: str, body: Any, status: int, code: str):
    found, said = refused(door, path, method, **({} if body is None else {"json": body}))
    assert (found, said["code"]) == (status, code)


@pytest.mark.parametrize(
    ("segments", "where", "message"),
    [
        ("a: {rule: {all: []}}", "$.segments.a.rule.all", "one or more"),
        ("a: {rule: {}}", "$.segments.a.rule", "may not be empty"),
        ("a: {rule: {any: [{did: page}, {orders: many}]}}", "$.segments.a.rule.any[1].orders", "not text"),
        ("a: {rule: {did: page, wihtin: 1 day}}", "$.segments.a.rule", "wihtin"),
        ("a: {rule: {did: page, within: 1 day, older_than: 1 week}}", "$.segments.a.rule", "at once"),
        ("a: {rule: {not: {segment: b}}, rul: 1}", "$.segments.a", "rul"),
        ("a: {rule: {not: {segment: b}}}", "$.segments.a.rule.not", "no segment 'b'"),
        ("a: {rule: {segment: b}}, b: {rule: {not: {segment: a}}}", "$.segments.b.rule.not", "a > b > a"),
        ("a: {rule: {met: saw, campaign: gone}}", "$.segments.a.rule.campaign", "no campaign 'gone'"),
    ],
)
def test_a_file_with_a_bad_segment_changes_nothing(door: Door, segments: str, where: str, message: str):
    before = door.shop.plan
    with pytest.raises(BadInput) as refused:
        door.shop.apply(parse_file(SHOP_YAML + f"\nsegments: {{{segments}}}\n"))
    assert refused.value.where == where and message in refused.value.message and refused.value.hint
    door.shop.refresh()
    assert door.shop.plan is before


def test_a_file_may_not_leave_out_a_segment_that_its_campaign_uses(door: Door):
    used = SHOP_YAML.replace("spring-tea:\n", "spring-tea:\n    segment: buyers\n", 1)
    door.shop.apply(parse_file(used + "\nsegments: {buyers: {rule: {orders: 1}}}\n"))
    assert told(door, "segments/buyers")["used_by"] == ["campaign spring-tea"]
    assert refused(door, "segments/buyers", "DELETE")[1]["code"] == "segment_in_use"
    with pytest.raises(BadInput) as said:
        door.shop.apply(parse_file(used))
    assert (said.value.where, said.value.message) == ("$.campaigns.spring-tea.segment", "there is no segment 'buyers'")


def test_definitions_put_at_the_api_are_exported_as_code(door: Door):
    told(door, "segments/buyers", "PUT", json={"rule": {"orders": {"at_least": 1}}, "name": "Buyers"})
    exported = to_yaml(export_file(door.shop.plan))
    told(door, "segments/buyers", "DELETE")
    assert door.shop.apply(parse_file(exported)).changed == ["segment buyers"]
    assert told(door, "segments/buyers")["name"] == "Buyers"
