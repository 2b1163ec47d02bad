"""What brings pop-ups and notifications forward, and what keeps them from being a nuisance."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.answers import answer
from tests.browser.pages import pointer_leaves, tag, visit
from tests.browser.recorder import SCRIPT, Recorder

LONG = '<a href="#x">Link</a><input aria-label="Search"><div style="height:3000px"></div><p id="end">The end</p>'


def waits(page: Page, shop: Recorder, trigger: dict[str, Any], body: str = LONG, head: str = SCRIPT) -> None:
    """A page on which a pop-up waits for a trigger, and does not come at once."""
    shop.zones = {"overlay": answer("popup", trigger=trigger)}
    visit(page, shop, body, head)
    page.wait_for_timeout(400)
    expect(page.get_by_role("dialog")).to_have_count(0)


def comes(page: Page) -> None:
    expect(page.get_by_role("dialog")).to_be_visible()


def stays_away(page: Page, ms: int = 400) -> None:
    page.wait_for_timeout(ms)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_delay(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "delay", "seconds": 0.8})
    comes(page)


def test_an_element_seen(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "seen", "selector": "#end"})
    page.get_by_text("The end").scroll_into_view_if_needed()
    comes(page)


def test_inactivity_starts_anew_with_every_move(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "inactivity", "seconds": 1.2})
    for place in range(5):
        page.mouse.move(100 + place, 100)
        stays_away(page, 300)
    comes(page)


def test_a_click_on_an_element(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "click", "selector": "a"})
    page.get_by_role("link", name="Link").click()
    comes(page)


def test_the_third_page_view(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "page_view", "count": 3})
    page.reload()
    stays_away(page)
    page.reload()
    comes(page)


def test_a_cart_that_reaches_a_value(page: Page, shop: Recorder) -> None:
    shop.more = {"cart": 12.5}
    waits(page, shop, {"on": "cart_value", "value": 30})
    page.evaluate("shopkeeper.track('Product Added', {product_id: 'p', price: 8.75})")
    stays_away(page)
    page.evaluate("shopkeeper.track('Product Added', {product_id: 'p', price: '8.75', quantity: 1})")
    comes(page)


def test_a_cart_that_reached_it_before(page: Page, shop: Recorder) -> None:
    shop.more = {"cart": 30}
    shop.zones = {"overlay": answer("popup", trigger={"on": "cart_value", "value": 30})}
    visit(page, shop)
    comes(page)


def test_an_event_of_the_shop(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "event", "name": "Size Chosen"})
    page.evaluate("shopkeeper.track('Colour Chosen')")
    stays_away(page)
    page.evaluate("shopkeeper.track('Size Chosen')")
    comes(page)


def test_any_of_two_suffices(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"any": [{"on": "delay", "seconds": 60}, {"on": "event", "name": "Now"}]})
    page.evaluate("shopkeeper.track('Now')")
    comes(page)


def test_all_of_them_in_any_order(page: Page, shop: Recorder) -> None:
    parts = [{"on": "scroll", "share": 0.5}, {"any": [{"on": "event", "name": "Now"}]}]
    waits(page, shop, {"all": parts})
    page.evaluate("shopkeeper.track('Now'); shopkeeper.track('Now')")
    stays_away(page)
    page.mouse.wheel(0, 2500)
    comes(page)


def test_a_pointer_leaving_is_no_exit_while_somebody_types(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "exit_intent", "seconds": 0.2})
    page.get_by_role("textbox").focus()
    pointer_leaves(page)
    stays_away(page)
    page.evaluate("document.activeElement.blur()")
    pointer_leaves(page)
    comes(page)


def test_a_pointer_leaving_is_no_exit_after_a_click(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "exit_intent", "seconds": 0.2})
    page.get_by_role("link", name="Link").click()
    pointer_leaves(page)
    stays_away(page, 1100)
    pointer_leaves(page)
    comes(page)


@pytest.mark.parametrize("how", ["away", "side"])
def test_a_pointer_leaving_elsewhere_is_no_exit(page: Page, shop: Recorder, how: str) -> None:
    waits(page, shop, {"on": "exit_intent", "seconds": 0.2})
    kind, y = ("touch", -1) if how == "away" else ("mouse", 300)
    page.evaluate(f"document.dispatchEvent(new PointerEvent('pointerout', {{pointerType: '{kind}', clientY: {y}}}))")
    stays_away(page)


@pytest.mark.parametrize("asked", [True, False])
def test_a_quick_scroll_up_is_an_exit_by_touch_where_asked_for(browser: Browser, shop: Recorder, asked: bool) -> None:
    context = browser.new_context(
        base_url=shop.origin, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    mobile = '<meta name="viewport" content="width=device-width">' + SCRIPT
    waits(page, shop, {"on": "exit_intent", "seconds": 0.1, "touch": asked}, head=mobile)
    page.evaluate("scrollTo(0, 2000)")
    page.wait_for_timeout(500)
    page.evaluate("scrollTo(0, 1500)")
    comes(page) if asked else stays_away(page)
    context.close()


# Not a nuisance


def test_one_pop_up_at_a_time_and_a_gap_between_them(page: Page, shop: Recorder) -> None:
    shop.more = {"gap_s": 1.5}
    shop.zones = {"one": answer("popup"), "two": answer("popup") | {"communication": "autumn"}}
    visit(page, shop)
    comes(page)
    page.wait_for_timeout(1600)
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    comes(page)
    shop.until(lambda: shop.acts().count("Shown") == 2)


def test_the_gap_holds_over_pages(page: Page, shop: Recorder) -> None:
    shop.more = {"gap_s": 60}
    shop.zones = {"one": answer("popup")}
    visit(page, shop)
    comes(page)
    page.reload()
    stays_away(page, 1000)


def test_no_more_than_there_is_left_of_the_attention_budget(page: Page, shop: Recorder) -> None:
    shop.more = {"left": 1}
    shop.zones = {"one": answer("popup"), "corner": answer("notification") | {"communication": "note"}}
    visit(page, shop)
    comes(page)
    page.keyboard.press("Escape")
    page.wait_for_timeout(1000)
    expect(page.get_by_role("status")).to_have_count(0)


def test_what_waited_on_the_page_before_never_comes(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "event", "name": "Now"})
    shop.zones = {}
    page.evaluate("history.pushState({}, '', '/next')")
    shop.until(lambda: len(shop.questions) == 2)
    page.evaluate("shopkeeper.track('Now')")
    stays_away(page)


def test_another_name_for_the_tag(page: Page, shop: Recorder) -> None:
    waits(page, shop, {"on": "event", "name": "Now"}, head=tag(name="corner"))
    page.evaluate("corner.track('Now')")
    comes(page)
    assert page.evaluate("window.shopkeeper") is None
