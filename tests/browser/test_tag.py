"""The tag's promises, in a real browser: what it reports, what it leaves alone, and what it survives."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from shopkeeper.model.definitions import Product
from tests.browser.answers import answer
from tests.browser.pages import HERO, LOADER, visit
from tests.browser.recorder import SCRIPT, Recorder


def moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["timestamp"])


# Collecting


def test_a_page_view_and_its_context_arrive_under_a_first_party_id(page: Page, shop: Recorder) -> None:
    visit(page, shop, head=SCRIPT + '<meta name="sk:page_type" content="home">')
    event = shop.got("page")
    assert event["properties"]["page_type"] == "home"
    assert event["context"]["page"]["path"] == "/"
    assert UUID(event["messageId"]).version == 7
    cookie = page.context.cookies()[0]
    assert (cookie["name"], cookie["value"], cookie["sameSite"]) == ("sk_id", event["anonymousId"], "Lax")
    assert shop.batches[0]["writeKey"] == "wk_test"
    assert shop.batches[0]["sentAt"] >= event["timestamp"]
    assert shop.content_types == {"text/plain"}


def test_a_product_page_is_a_product_view_with_its_json_ld(page: Page, shop: Recorder) -> None:
    data = '{"@graph":[{"@type":"Product","name":"Sencha","offers":{"price":"12.50","priceCurrency":"EUR"}}]}'
    linked = f'<script type="application/ld+json">{{broken</script><script type="application/ld+json">{data}</script>'
    visit(page, shop, linked, marks='data-sk-page=product data-sk-product=tea-1 data-sk-category="Green tea"')
    viewed = shop.got("Product Viewed")["properties"]
    assert (viewed["product_id"], viewed["category"]) == ("tea-1", "Green tea")
    assert (viewed["name"], viewed["price"], viewed["currency"]) == ("Sencha", 12.5, "EUR")
    assert shop.questions[0]["page"]["product"] == "tea-1"


def test_calls_made_before_the_tag_came_are_kept(page: Page, shop: Recorder) -> None:
    calls = "shopkeeper.identify('u1', {name: 'Ada'}, {signature: 'abc'}); shopkeeper.track('Cart Viewed')"
    visit(page, shop, head=f"{LOADER}<script>{calls}</script>{SCRIPT}")
    assert shop.got("identify")["traits"] == {"name": "Ada"}
    event = shop.got("Cart Viewed")
    assert (event["userId"], event["context"]["signature"]) == ("u1", "abc")
    assert shop.questions[0]["userId"] == "u1"


def test_a_reset_makes_somebody_else_of_the_next_visitor(page: Page, shop: Recorder) -> None:
    visit(page, shop)
    before = shop.got("page")["anonymousId"]
    page.evaluate("shopkeeper.identify('u1'); shopkeeper.reset(); shopkeeper.track('Later')")
    event = shop.got("Later")
    assert event["anonymousId"] != before
    assert "userId" not in event


def test_single_page_navigation_is_a_page_view_with_new_decisions(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer()}
    visit(page, shop)
    expect(page.get_by_text("Spring tea")).to_be_visible()
    shop.zones = {"hero": None}
    page.evaluate("history.pushState({}, '', '/tea?x=1')")
    expect(page.get_by_text("Default")).to_be_visible()
    page.go_back()
    shop.until(lambda: len(shop.events("page")) == 3)
    assert [event["context"]["page"]["path"] for event in shop.events("page")] == ["/", "/tea", "/"]
    assert shop.events("page")[1]["context"]["page"]["referrer"] == f"{shop.origin}/"


def test_what_a_failing_server_refused_is_sent_again_unchanged(page: Page, shop: Recorder) -> None:
    shop.intake_status = 503
    visit(page, shop)
    first = shop.until(lambda: shop.refused)[0]["batch"]
    shop.intake_status = 200
    shop.page("/other", "", "")
    page.goto("/other")
    page.goto("/")
    shop.until(lambda: len(shop.events("page")) == 2)
    assert shop.events("page")[0] == first[0]


def test_a_refusal_of_measurement_is_told_once_and_leaves_nothing_behind(page: Page, shop: Recorder) -> None:
    visit(page, shop)
    shop.got("page")
    page.evaluate("shopkeeper.consent({measurement: false}); shopkeeper.track('Secret')")
    assert shop.got("Consent Changed")["context"]["consent"] == {"measurement": False}
    shop.until(lambda: len(shop.questions) == 2)
    page.reload()
    shop.until(lambda: len(shop.questions) == 3)
    assert [question["consent"] for question in shop.questions[1:]] == [{"measurement": False}] * 2
    assert "anonymousId" not in shop.questions[2]
    page.wait_for_timeout(400)
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == ["sk_consent"]
    assert len(shop.events()) == 2


# Zones


def test_a_block_counts_as_shown_after_a_second_in_view(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer()}
    visit(page, shop)
    expect(page.get_by_role("heading", name="Spring tea")).to_be_visible()
    expect(page.get_by_text("Default")).to_have_count(0)
    event = shop.got("Communication Shown")
    assert moment(event) - moment(shop.got("page")) >= timedelta(seconds=1)
    assert event["properties"] == {"communication_id": "spring", "version": 3, "zone": "hero", "decision_id": "d1"}
    page.mouse.wheel(0, 2000)
    page.mouse.wheel(0, -2000)
    page.wait_for_timeout(1500)
    assert shop.acts() == ["Shown"]


def test_a_version_that_names_a_variant_comes_back_as_it_was_told(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer() | {"version": "3/loud"}}
    visit(page, shop)
    assert shop.got("Communication Shown")["properties"]["version"] == "3/loud"
    page.get_by_role("link").click()
    assert shop.got("Communication Clicked")["properties"]["version"] == "3/loud"


def test_a_block_below_the_fold_is_shown_only_when_scrolled_to(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer()}
    visit(page, shop, f'<div style="height:2000px"></div>{HERO}')
    page.wait_for_timeout(1500)
    assert shop.acts() == []
    page.get_by_text("Spring tea").scroll_into_view_if_needed()
    shop.got("Communication Shown")


def test_a_click_survives_the_navigation_it_causes(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer()}
    shop.page("/tea", "Tea", head="")
    visit(page, shop)
    page.get_by_role("link", name="See").click()
    page.wait_for_url("**/tea")
    assert shop.got("Communication Clicked")["properties"]["element_id"] == "button"


def test_parts_of_html_are_clickable_elements(page: Page, shop: Recorder) -> None:
    source = '<p>Tea or <span data-sk-element="coffee">coffee</span>?</p>'
    shop.zones = {"hero": answer(content={"html": source}, elements={"coffee": {}})}
    visit(page, shop)
    page.get_by_role("button", name="coffee").focus()
    page.keyboard.press("Enter")
    assert shop.got("Communication Clicked")["properties"]["element_id"] == "coffee"


def test_a_product_card_reports_its_product(page: Page, shop: Recorder) -> None:
    product = Product("p1", "Sencha <b>", url="#p1", image="/p.png", price=1250, currency="EUR")
    shop.zones = {"hero": answer("recommender", content={"text": "", "button": ""}, products=[product])}
    visit(page, shop)
    page.get_by_role("link", name="Sencha <b> €12.50").click()
    clicked = shop.got("Communication Clicked")["properties"]
    assert (clicked["element_id"], clicked["product_id"]) == ("product", "p1")


def test_an_address_that_is_a_script_is_not_a_link(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer(content={"href": "javascript:alert(1)"})}
    visit(page, shop)
    expect(page.get_by_role("button", name="See")).to_be_visible()


# Hovering


def test_a_pointer_that_moves_in_and_stays_hovers_once(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer()}
    visit(page, shop)
    expect(page.get_by_text("Spring tea")).to_be_visible()
    for _ in range(2):
        page.mouse.move(500, 600)
        page.get_by_text("Fresh leaves").hover()
        page.wait_for_timeout(500)
    shop.got("Communication Hovered")
    assert shop.acts().count("Hovered") == 1


def test_a_pointer_that_passes_through_does_not_hover(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": answer()}
    visit(page, shop)
    page.mouse.move(500, 600)
    page.get_by_text("Fresh leaves").hover()
    page.mouse.move(500, 600)
    shop.got("Communication Shown")
    assert "Hovered" not in shop.acts()


def test_a_box_that_opens_under_a_still_pointer_is_not_hovered(page: Page, shop: Recorder) -> None:
    shop.zones = {"overlay": answer("popup", trigger={"on": "delay", "seconds": 0.3})}
    visit(page, shop)
    page.mouse.move(490, 340)
    page.mouse.move(500, 350)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(600)
    page.mouse.move(501, 351)
    page.wait_for_timeout(800)
    assert shop.acts() == ["Shown"]


def test_focus_brought_by_tab_hovers_and_focus_given_by_opening_does_not(page: Page, shop: Recorder) -> None:
    shop.zones = {"overlay": answer("popup")}
    visit(page, shop)
    expect(page.get_by_role("link", name="See")).to_be_focused()
    page.wait_for_timeout(600)
    assert shop.acts() == ["Shown"]
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    shop.got("Communication Hovered")


# Pop-ups and notifications


@pytest.mark.parametrize("how", ["esc", "close", "backdrop"])
def test_a_pop_up_sent_away_is_discarded_once(page: Page, shop: Recorder, how: str) -> None:
    shop.zones = {"overlay": answer("popup")}
    visit(page, shop)
    expect(page.get_by_role("dialog", name="Spring tea")).to_be_visible()
    if how == "esc":
        page.keyboard.press("Escape")
    elif how == "close":
        page.get_by_role("button", name="Close").click()
    else:
        page.mouse.click(5, 690)
    expect(page.get_by_role("dialog")).to_have_count(0)
    shop.got("Communication Discarded")
    page.wait_for_timeout(400)
    assert [act for act in shop.acts() if act != "Hovered"] == ["Shown", "Discarded"]


def test_a_notification_that_leaves_by_itself_is_neither_clicked_nor_discarded(page: Page, shop: Recorder) -> None:
    shop.zones = {"corner": answer("notification", close_after_s=1)}
    visit(page, shop)
    expect(page.get_by_role("status")).to_contain_text("Spring tea")
    expect(page.get_by_role("status")).to_have_count(0)
    page.wait_for_timeout(400)
    assert shop.acts() == ["Shown"]


def test_a_notification_stays_while_the_pointer_is_on_it(page: Page, shop: Recorder) -> None:
    shop.zones = {"corner": answer("notification", close_after_s=1)}
    visit(page, shop)
    page.mouse.move(10, 10)
    page.get_by_role("status").hover()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("status")).to_be_visible()
    shop.got("Communication Hovered")
    page.mouse.move(10, 10)
    expect(page.get_by_role("status")).to_have_count(0)


def test_scrolling_brings_a_notification_forward(page: Page, shop: Recorder) -> None:
    shop.zones = {"corner": answer("notification", trigger={"on": "scroll", "share": 0.5})}
    visit(page, shop, '<div style="height:3000px"></div>')
    page.wait_for_timeout(300)
    expect(page.get_by_role("status")).to_have_count(0)
    page.mouse.wheel(0, 1600)
    expect(page.get_by_role("status")).to_be_visible()


def test_a_pointer_leaving_through_the_top_is_an_exit_but_not_at_once(page: Page, shop: Recorder) -> None:
    shop.zones = {"overlay": answer("popup", trigger={"on": "exit_intent"})}
    visit(page, shop, '<div style="height:600px">Shop</div>')
    leave = "document.dispatchEvent(new PointerEvent('pointerout', {pointerType: 'mouse', clientY: -1}))"
    page.evaluate(leave)
    page.wait_for_timeout(2200)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate(leave)
    expect(page.get_by_role("dialog")).to_be_visible()


# A page unharmed


@pytest.mark.parametrize("trouble", ["dead", "failing", "slow"])
def test_without_an_answer_the_default_content_stays(page: Page, shop: Recorder, trouble: str) -> None:
    shop.zones = {"hero": answer()}
    shop.decide_status = 500 if trouble == "failing" else 200
    shop.decide_seconds = 2.5 if trouble == "slow" else 0
    if trouble == "dead":
        page.route(re.compile(r"/sk/[bd]$"), lambda route: route.abort())
    shop.page("/", HERO)
    page.goto("/")
    page.wait_for_timeout(2800 if trouble == "slow" else 500)
    expect(page.get_by_text("Default")).to_be_visible()


def test_unknown_content_leaves_the_default_and_other_zones_alone(page: Page, shop: Recorder) -> None:
    shop.zones = {"hero": {"kind": "block", "html": None}, "foot": answer()}
    visit(page, shop, HERO + '<div data-sk-zone="foot"></div>')
    expect(page.get_by_text("Spring tea")).to_be_visible()
    expect(page.get_by_text("Default")).to_be_visible()


def test_blocked_storage_costs_memory_not_function(page: Page, shop: Recorder) -> None:
    page.add_init_script("""
        for (const [target, name] of [[window, "localStorage"], [Document.prototype, "cookie"]])
          Object.defineProperty(target, name, {get() { throw Error("blocked") }, set() { throw Error("blocked") }});
    """)
    shop.zones = {"hero": answer()}
    visit(page, shop)
    shown = shop.got("Communication Shown")
    assert shown["anonymousId"] == shop.got("page")["anonymousId"] == shop.questions[0]["anonymousId"]


@pytest.mark.parametrize("script", [SCRIPT, SCRIPT.replace("async ", "")])
def test_two_tags_on_one_page_count_once(page: Page, shop: Recorder, script: str) -> None:
    visit(page, shop, head=script + script)
    page.wait_for_timeout(600)
    assert len(shop.events("page")) == len(shop.questions) == 1
