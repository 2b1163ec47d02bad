"""The demo's split view in a real browser: what is done in the shop stands beside it as data, and changes the next page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from playwright.sync_api import TimeoutError as PatienceError

from tests.browser.test_admin import AXE, RULES
from tests.journeys.conftest import PERSON, Running, demo
from tests.needs import missing

__all__ = ["demo"]


@pytest.fixture
def split(browser: Browser, demo: Running) -> Iterator[Page]:
    """A new visitor, with the split view open."""
    context = browser.new_context(
        base_url=demo.base, viewport={"width": 1500, "height": 950}, locale="en-GB", user_agent=PERSON
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/demo/")
    yield page
    context.close()


def shop_in(split: Page) -> FrameLocator:
    return split.frame_locator("iframe")


def happened(split: Page, what: str, detail: str) -> None:
    """Waits until it stands among what happened."""
    expect(split.locator("[data-events] li", has_text=what).filter(has_text=detail).first).to_be_visible()


def test_an_answer_and_a_click_are_felt_on_the_next_page_and_told_beside_it(split: Page) -> None:
    shop, told = shop_in(split), split.locator(".live-life")
    expect(told.locator("[data-segments]")).to_contain_text("Has not said tea or coffee")
    expect(told.locator("[data-decided]")).to_have_text(re.compile(r"^/shop/ · \d+ zones decided in \d+\.\d\d ms"))
    hero = told.locator(".live-zone", has_text="Home page, top")
    expect(hero.locator("li", has_text="coffee-people-hero")).to_contain_text("✗")
    expect(hero.locator("li", has_text="coffee-people-hero")).to_contain_text("not among people who")
    expect(hero.locator("li", has_text="spring-tea-hero")).to_contain_text("✓")

    shop.get_by_role("button", name="Coffee").click()
    expect(shop.get_by_text("We roast none")).to_be_visible()
    happened(split, "Clicked", "tea-or-coffee, drink.coffee")
    happened(split, "Entered", "Audience coffee-people")
    happened(split, "Left", "Has not said tea or coffee")
    expect(told.locator("[data-attributes]")).to_contain_text("favourite: coffee")

    shop.get_by_role("link", name="Men's running shoes").click()
    expect(shop.get_by_role("heading", name="You run. So does the Cirrus 2.")).to_be_visible()
    happened(split, "Entered", "Audience male-running")
    shop.get_by_role("link", name="Fern & Fable").first.click()
    expect(shop.get_by_role("heading", name="A cup that keeps up with your coffee")).to_be_visible()
    expect(shop.get_by_role("heading", name="Picked for your runs")).to_be_attached()
    expect(shop.get_by_text("Something on your mind?")).to_be_visible()


def test_every_kind_is_met_on_the_way(split: Page) -> None:
    shop = shop_in(split)
    expect(shop.locator(".sk-quiz")).to_be_attached()
    expect(shop.locator('[data-sk-zone="home-recommend"] .sk-slider')).to_be_attached()
    expect(shop.locator('[data-sk-zone="home-promise"] .sk-columns > div')).to_have_count(3)
    expect(shop.locator('[data-sk-zone="letter"] input[type=email]')).to_be_attached()
    shop.get_by_role("dialog").get_by_role("button", name="Close").click()
    happened(split, "Discarded", "welcome-popup")

    split.goto("/shop/p/mushroom-table-lamp")
    expect(split.get_by_role("timer")).to_contain_text("hours")
    split.get_by_role("button", name="Add to cart").click()
    expect(split.get_by_text("Delivery is free now")).to_be_visible(timeout=20_000)
    split.goto("/shop/cart")
    expect(split.locator('[data-sk-zone="cart-progress"] progress')).to_be_visible()


def look_again(page: Page) -> None:
    """Reloads until it is the fourth page, with or without the one inside the split view; there the note appears, once."""
    for _ in range(3):
        with page.expect_response("**/sk/d"):
            page.reload()
        with suppress(PatienceError):
            page.get_by_role("status", name="Looking for something?").wait_for(timeout=3_000)
            return


ACTS: dict[str, tuple[str, Callable[[Page], Any]]] = {
    "/shop/c/lamps": ("Warm bulbs included", lambda page: page.mouse.wheel(0, 6000)),
    "/shop/c/plants": ("They travel well", lambda page: page.locator(".card").nth(8).scroll_into_view_if_needed()),
    "/shop/c/paper": ("Take your time", lambda page: page.wait_for_timeout(4000)),
    "/shop/c/vitamins": ("A jar lasts two months", lambda page: page.mouse.wheel(0, 3000)),
    "/shop/p/tidal-mug": ("No two handles alike", lambda page: page.locator(".product .frame").click()),
    "/shop/p/garden-sencha": ("A mug for it?", lambda page: page.get_by_role("button", name="Add to cart").click()),
    "/shop/p/cirrus-2-running-shoe": ("Free returns on shoes", lambda page: page.wait_for_timeout(3000)),
    "/shop/c/pantry": ("Looking for something?", look_again),
}
"""Page of the shop -> the notification that waits there, and the act that brings it forward."""


@pytest.mark.parametrize("path", ACTS)
def test_every_trigger_brings_its_note(split: Page, path: str) -> None:
    heading, act = ACTS[path]
    with split.expect_response("**/sk/d"):
        split.goto(path)
    split.wait_for_timeout(700)  # until it is listened for
    if path != "/shop/c/pantry":
        expect(split.get_by_role("status", name=heading)).to_be_hidden()
    act(split)
    expect(split.get_by_role("status", name=heading)).to_be_visible(timeout=15_000)


def test_leaving_a_product_asks_for_an_address(split: Page) -> None:
    split.goto("/shop/p/boston-fern")
    dialog = split.get_by_role("dialog", name="Not today?")
    for _ in range(20):  # nobody leaves in the first 3 s of a page, and a slow machine begins late
        split.wait_for_timeout(1000)
        split.evaluate(
            "document.dispatchEvent(new PointerEvent('pointerout', {pointerType: 'mouse', clientY: -1, bubbles: true}))"
        )
        if dialog.is_visible():
            break
    dialog.get_by_label("E-mail address").fill("ada@example.com")
    dialog.get_by_role("button", name="Write to me").click()
    split.goto("/demo/")
    happened(split, "Clicked", "letter-popup, capture")
    expect(split.locator("[data-segments]")).to_contain_text("Audience letter-readers")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_split_view(split: Page, scheme: str) -> None:
    if not AXE.exists():
        missing("axe-core (npm ci in tests/clients)")
    split.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    expect(split.locator("[data-segments] li").first).to_be_visible()
    split.evaluate(AXE.read_text())
    result = split.evaluate("rules => axe.run(document, {runOnly: rules, iframes: false})", RULES)
    assert [f"{v['id']} {v['nodes'][0]['html'][:120]}" for v in result["violations"]] == []
