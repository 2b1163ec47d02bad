"""A visitor meets a campaign in a real browser, clicks, buys; the shop knows what earned it and can say why."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Running


def until(ask: Callable[[], Any], seconds: float = 20) -> Any:
    """The first true answer; the tag sends in its own time."""
    end = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def row(demo: Running, communication: str) -> dict[str, Any]:
    rows = demo.ask("/v1/stats/communications")["rows"]
    return next(r for r in rows if r["communication"] == communication)


def explanation(demo: Running, order_id: str, enough: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Why the order was credited so; a page left at once sends its last events again from the next one."""
    explained: dict[str, Any] = {}

    def told() -> bool:
        explained.update(demo.ask(f"/v1/orders/{order_id}/explain"))
        return bool(enough(explained))

    until(told)
    return explained


def whys(explained: dict[str, Any]) -> list[str]:
    return [touch["why"] for touch in explained["considered"]]


def hero(page: Page) -> Any:
    return page.locator('[data-sk-zone="home-hero"]')


def test_a_click_changes_the_very_next_page_and_the_order_is_credited_to_it(
    visitor: BrowserContext, demo: Running
) -> None:
    page = visitor.new_page()
    page.goto("/shop/")
    expect(hero(page)).to_contain_text("A slow cup for a short day")
    assert until(lambda: row(demo, "spring-tea-hero")["instances"]), "half visible for a second is an appearance"

    hero(page).get_by_role("link", name="See the teas").click()
    page.wait_for_url("**/shop/c/tea")
    page.goto("/shop/")
    expect(hero(page)).to_contain_text("The new harvest, for you first")  # the click joined the tea lovers

    hero(page).get_by_role("link", name="Try the new harvest").click()
    page.wait_for_url("**/shop/p/garden-sencha")
    order_id = buy_what_is_shown(page)

    explained = explanation(demo, order_id, lambda why: why["order_credit"])
    assert explained["order_credit"] == {"campaign": "tea-club", "communication": "tea-lovers-hero"}
    assert [line["credited"] for line in explained["lines"] if line["product"] == "garden-sencha"] == [True]
    acts = explained["considered"]
    assert [act["at"] for act in acts] == sorted(act["at"] for act in acts), "acts are told in the order they happened"
    [winner] = [place for place, act in enumerate(acts) if act["order_credit"]]
    assert whys(explained)[winner] == "the last touch before the order"
    # The cart page may show something on the way; nothing that could have earned the order comes after the winner.
    assert all(why.endswith("is not a touch") for why in whys(explained)[winner + 1 :])
    credited = row(demo, "tea-lovers-hero")
    assert credited["orders"] >= 1, "somebody of the crowd may have bought as well"
    assert credited["value"] >= explained["net"]


def test_a_discarded_pop_up_earns_nothing(visitor: BrowserContext, demo: Running) -> None:
    page = visitor.new_page()
    page.goto("/shop/")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.goto("/shop/p/garden-sencha")
    order_id = buy_what_is_shown(page)
    explained = explanation(demo, order_id, lambda why: "a discard earns nothing" in whys(why))
    assert "a discard earns nothing" in whys(explained)
    assert explained["order_credit"] is None


def test_nothing_is_thrown_into_the_shops_pages(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in ("/shop/", "/shop/c/tea", "/shop/p/garden-sencha", "/shop/cart"):
        page.goto(path)
        page.wait_for_timeout(400)
    assert errors == []


def buy_what_is_shown(page: Page) -> str:
    """Put the product of the page into the cart, check out, and read the order's number."""
    with page.expect_response("**/shop/cart/lines"):  # leaving at once could stop it from being sent
        page.get_by_role("button", name="Add to cart").click()
    page.goto("/shop/cart")
    page.get_by_role("link", name="Check out").click()
    page.get_by_role("button", name="Order and pretend to pay").click()
    page.wait_for_url("**/thanks/**")
    return page.url.rstrip("/").rsplit("/", 1)[1]
