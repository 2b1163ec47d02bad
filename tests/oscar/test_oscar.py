"""A shop that is not ours: the tag in django-oscar, installed as the guide says, and a shopper in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.oscar.conftest import Pair


def until(ask: Callable[[], Any], seconds: float = 20) -> Any:
    """The first true answer; browsers and servers send in their own time."""
    end = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def figures(pair: Pair, communication: str) -> dict[str, Any]:
    rows = pair.served.get("/v1/stats/communications").json()["rows"]
    return next(row for row in rows if row["communication"] == communication)


def explanation(pair: Pair, number: str) -> dict[str, Any]:
    return until(lambda: (answer := pair.served.get(f"/v1/orders/{number}/explain")).is_success and answer.json())


def look_at(page: Page, product: str) -> None:
    page.goto("/")
    page.get_by_role("link", name=product).last.click()
    page.wait_for_url("**/catalogue/*_*/")


def leave_through_the_top(page: Page) -> None:
    """A mouse that goes to the top of the window and out of it, after having been on the page for a while."""
    page.wait_for_timeout(2200)
    page.mouse.move(600, 400)
    page.mouse.move(600, 5, steps=5)
    page.mouse.move(600, -5)


def check_out(page: Page) -> str:
    """As a guest, by every step of oscar's checkout; answers the order's number."""
    page.goto("/checkout/")
    page.get_by_label("Email address").fill("ada@example.com")
    page.get_by_role("button", name="Continue").click()
    for label, said in {
        "First name": "Ada",
        "Last name": "Byron",
        "First line of address": "Canal 1",
        "City": "Amsterdam",
        "Post/Zip-code": "1015 CJ",
    }.items():
        page.get_by_label(label).fill(said)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/thank-you/")
    return page.locator("p.lead strong").inner_text().strip()


def told(pair: Pair, name: str) -> list[dict[str, Any]]:
    """The properties of what the server has been told under this name."""
    return [event.properties for event in pair.served.events() if event.name == name]


def test_a_shopper_who_wanted_to_leave_stays_and_the_pop_up_earns_the_order(page: Page, pair: Pair) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="First flush is here")).to_be_visible()
    assert until(lambda: figures(pair, "first-flush-banner")["instances"])
    look_at(page, "Sencha")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_text("has been added to your basket")).to_be_visible()
    leave_through_the_top(page)
    expect(page.get_by_role("dialog", name="Before you go")).to_be_visible()
    page.get_by_role("link", name="Look at it").click()
    page.wait_for_url("**/basket/")
    number = check_out(page)

    explained = explanation(pair, number)
    assert explained["order_credit"] == {"campaign": "before-you-go", "communication": "before-you-go-popup"}
    assert (explained["currency"], explained["value"], explained["counts"]) == ("EUR", 1250, True)
    assert [line["product"] for line in explained["lines"]] == ["tea-1"]
    earned = figures(pair, "before-you-go-popup")
    assert [earned[name] for name in ("instances", "clicks", "orders", "value")] == [1, 1, 1, 1250]
    # Oscar tells Google Analytics of the order, the tag repeats it, and the server's word is the one that counts.
    assert until(lambda: len(told(pair, "Order Completed")) == 2)
    assert pair.served.get("/v1/stats/summary").json()["orders"] == 1
    viewed = {"product_id": "tea-1", "name": "Sencha", "price": 12.5, "currency": "EUR", "category": "Tea and cups"}
    assert told(pair, "Product Viewed") == [viewed, viewed]  # adding to the basket comes back to the page
    [added] = told(pair, "Product Added")
    assert added == {"product_id": "tea-1", "name": "Sencha", "price": 12.5, "currency": "EUR", "quantity": 1}


def test_a_name_that_is_a_script_breaks_neither_the_page_nor_the_data(page: Page, pair: Pair) -> None:
    look_at(page, "Cup")
    assert until(lambda: [each for each in told(pair, "Product Viewed") if each["product_id"] == "cup-1"])
    assert told(pair, "Product Viewed")[-1]["name"] == page.get_by_role("heading", level=1).inner_text()
    assert page.title() != "broken"
