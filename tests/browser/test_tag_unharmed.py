"""The shop's page is never harmed, and the tag holds out on hostile ones."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shopkeeper.api.tag import TagFiles
from tests.browser.answers import answer
from tests.browser.pages import HERO, LOADER, visit
from tests.browser.recorder import SCRIPT, Recorder
from tests.serving import Served

POLICY = (
    "default-src 'none'; script-src 'nonce-abc'; connect-src 'self'; img-src data:; "
    "require-trusted-types-for 'script'; trusted-types shopkeeper"
)
SHIFTS = """
    shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (shift += entry.value)))
      .observe({type: 'layout-shift', buffered: true});
"""
ANCIENT = """
    Array.prototype.toJSON = function () { return '[' + this.join() + ']' };
    String.prototype.toJSON = function () { return '"' + this + '"' };
    Array.prototype.each = Array.prototype.forEach;
    Object.prototype.extend = function () {};
    $ = $$ = () => { throw Error('not for you') };
"""


def test_a_strict_policy_with_a_nonce_and_trusted_types_hinders_nothing(page: Page, shop: Recorder) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    shop.headers = {"content-security-policy": POLICY}
    shop.zones = {
        "hero": answer(content={"html": "<p>Fresh <b>leaves</b></p>"}),
        "overlay": answer("popup", trigger={"on": "event", "name": "Now"}),
    }
    scripts = (LOADER + SCRIPT).replace("<script", '<script nonce="abc"')
    visit(page, shop, HERO, head=f'{scripts}<link rel="icon" href="data:,">')
    expect(page.get_by_text("Fresh leaves").first).to_be_visible()
    page.wait_for_timeout(400)
    page.evaluate("shopkeeper.track('Now')")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.get_by_role("dialog").evaluate("(box) => getComputedStyle(box).width") == "480px"
    assert [text for text in said if "icon" not in text] == []


def test_ancient_libraries_garble_nothing(page: Page, shop: Recorder) -> None:
    page.add_init_script(ANCIENT)
    shop.zones = {"hero": answer()}
    visit(page, shop)
    page.evaluate("shopkeeper.track('Cart Viewed', {products: [{product_id: 'p1'}], note: 'a'})")
    assert shop.got("Cart Viewed")["properties"] == {"products": [{"product_id": "p1"}], "note": "a"}
    assert shop.got("Communication Shown")["properties"]["zone"] == "hero"
    assert page.evaluate("[[].toJSON, ''.toJSON].map((there) => typeof there)") == ["function", "function"]


@pytest.mark.parametrize(
    "broken",
    [
        "Array.prototype.map = () => { throw Error('no') }",
        "JSON.stringify = () => { throw Error('no') }",
        "fetch = null",
        "crypto.getRandomValues = () => { throw Error('no') }",
        "IntersectionObserver = undefined",
        "CSSStyleSheet = undefined",
        "AbortController = undefined",
    ],
)
def test_a_page_that_breaks_the_browser_breaks_only_the_tag(page: Page, shop: Recorder, broken: str) -> None:
    page.add_init_script(broken)
    shop.zones = {"hero": answer()}
    shop.page("/", f"{HERO}<button onclick=\"this.textContent = 'Works'\">Try</button>")
    page.goto("/")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_role("button", name="Works")).to_be_visible()
    expect(page.get_by_text(re.compile("Default|Spring tea"))).to_be_visible()


@pytest.mark.parametrize("scheduler", ["undefined", "{unstable_now: Date.now}"])
def test_a_browser_or_page_without_the_scheduler_of_today_is_served_as_well(
    page: Page, shop: Recorder, scheduler: str
) -> None:
    page.add_init_script(f"Object.defineProperty(window, 'scheduler', {{value: {scheduler}}})")
    shop.zones = {"hero": answer()}
    visit(page, shop)
    expect(page.get_by_text("Spring tea")).to_be_visible()
    shop.got("page")


def test_dangerous_keys_change_no_prototype(page: Page, shop: Recorder) -> None:
    visit(page, shop)
    page.evaluate("""
      const bad = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}');
      shopkeeper.track('Bad', bad); shopkeeper.identify('u1', bad); shopkeeper.consent(bad); shopkeeper.page('Bad', bad);
      shopkeeper.track('Cyclic', (bad.self = bad));
      shopkeeper.track(); shopkeeper.track(null, null); shopkeeper.identify(); shopkeeper.consent(); shopkeeper.page(null, 7);
    """)
    shop.got("Bad")
    assert page.evaluate("({}).polluted") is None


def test_an_element_with_the_tags_name_is_in_nobodys_way(page: Page, shop: Recorder) -> None:
    visit(page, shop, '<div id="shopkeeper"></div>' + HERO)
    shop.got("page")


def test_a_server_that_never_answers_is_given_up_in_time(page: Page, shop: Recorder) -> None:
    shop.decide_seconds = 30
    shop.zones = {"hero": answer()}
    shop.page("/", HERO)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/sk/d"), timeout=20_000):
        page.goto("/")
    asked = page.evaluate(
        "performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('/sk/d')).duration"
    )
    assert 1400 < asked < 5000
    expect(page.get_by_text("Default")).to_be_visible()


def test_a_zone_nobody_defined_keeps_what_the_shop_put_there(page: Page, shop: Recorder, shared_server: Served) -> None:
    snippet = TagFiles().snippet(shared_server.base, "/sk", shared_server.keys.write, pinned=False, ask_first=False)
    zones = '<div data-sk-zone="nowhere">Default</div><div data-sk-zone="home-hero"></div><div data-sk-zone></div>'
    shop.page("/", zones, snippet)
    page.goto("/")
    expect(page.get_by_role("heading", name="First flush")).to_be_visible()
    expect(page.get_by_text("Default")).to_be_visible()


@pytest.mark.parametrize("changed", [True, False])
def test_a_pinned_tag_runs_no_extra_that_was_changed(page: Page, shop: Recorder, changed: bool) -> None:
    shop.appended = {"product": "// changed"} if changed else {}
    shop.headers = {"content-security-policy": POLICY}
    pinned = TagFiles().snippet("", "/sk", "wk_test", pinned=True, ask_first=False)
    data = '<script type="application/ld+json">{"@type": "Product", "sku": "p1", "name": "Sencha"}</script>'
    visit(page, shop, HERO, head=pinned.replace("<script", '<script nonce="abc"') + data)
    shop.got("page")
    page.wait_for_timeout(400)
    assert [event["properties"]["name"] for event in shop.events("Product Viewed")] == ([] if changed else ["Sencha"])


# Nothing moves


def test_content_of_another_height_shifts_nothing_where_room_is_reserved(page: Page, shop: Recorder) -> None:
    page.add_init_script(SHIFTS)
    style = "<style>[data-sk-zone] {min-height: 300px; display: flow-root}</style>"
    shop.zones = {"hero": answer()}
    visit(page, shop, f"{HERO}<p>Below</p>", head=style + SCRIPT)
    shop.got("Communication Shown")
    assert page.evaluate("shift") == 0


def test_content_smaller_than_the_default_shifts_nothing(page: Page, shop: Recorder) -> None:
    page.add_init_script(SHIFTS)
    shop.zones = {"hero": answer()}
    visit(page, shop, '<div data-sk-zone="hero"><div style="height:400px">Default</div></div><p>Below</p>')
    shop.got("Communication Shown")
    assert page.evaluate("shift") == 0


def test_the_room_a_zone_needed_is_reserved_on_the_next_page(page: Page, shop: Recorder) -> None:
    page.add_init_script(SHIFTS)
    shop.zones = {"hero": answer()}
    visit(page, shop, '<div data-sk-zone="hero"></div><p>Below</p>', head=LOADER + SCRIPT)
    shop.got("Communication Shown")
    height = page.locator("[data-sk-zone]").evaluate("(zone) => zone.offsetHeight")
    page.reload()
    assert page.locator("[data-sk-zone]").evaluate("(zone) => zone.offsetHeight") == height > 50
    shop.until(lambda: shop.acts().count("Shown") == 2)
    assert page.evaluate("shift") == 0


# What counts as seen


def seen(page: Page, shop: Recorder, height: int, show: int) -> list[str]:
    """The acts after a zone of that height stood for a while with so many pixels of it in the window."""
    shop.zones = {"hero": answer()}
    zone = f'<div data-sk-zone="hero" style="height:{height}px;overflow:hidden"></div>'
    head = f"{SCRIPT}<style>body {{margin: 0}} [data-sk-zone] .sk-box {{height: {height}px; box-sizing: border-box}}</style>"
    visit(page, shop, f'<div style="height:{700 - show}px"></div>{zone}<div style="height:3000px"></div>', head)
    page.wait_for_timeout(1500)
    return shop.acts()


@pytest.mark.parametrize(("show", "acts"), [(90, []), (110, ["Shown"])])
def test_half_of_a_block_has_to_be_visible(page: Page, shop: Recorder, show: int, acts: list[str]) -> None:
    assert seen(page, shop, 200, show) == acts


@pytest.mark.parametrize(("show", "acts"), [(130, []), (170, ["Shown"])])
def test_of_a_large_block_a_third(page: Page, shop: Recorder, show: int, acts: list[str]) -> None:
    assert seen(page, shop, 500, show) == acts  # 1000 pixels wide


def test_no_thanks_is_a_discard_and_no_click(page: Page, shop: Recorder) -> None:
    html = '<p><a href="#" data-sk-element="no" data-sk-close>No thanks</a></p>'
    shop.zones = {"overlay": answer("popup", content={"html": html, "button": ""})}
    visit(page, shop)
    page.get_by_text("No thanks").click()
    shop.got("Communication Discarded")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "Clicked" not in shop.acts()


def test_a_finger_hovers_nothing(browser: Browser, shop: Recorder) -> None:
    context = browser.new_context(
        base_url=shop.origin, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    )
    page: Any = context.new_page()
    shop.zones = {"corner": answer("notification")}
    visit(page, shop)
    page.get_by_text("Fresh leaves").tap()
    page.wait_for_timeout(700)
    assert "Hovered" not in shop.acts()
    context.close()
