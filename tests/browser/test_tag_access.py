"""Boxes over the page for everybody: by keyboard alone, read aloud, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.answers import answer
from tests.browser.pages import HERO, visit
from tests.browser.recorder import SCRIPT, Recorder
from tests.needs import missing

AXE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MAIN = f"<main><h1>Shop</h1><button>Before</button>{HERO}</main>"


def violations(page: Page) -> list[str]:
    """What axe has to say."""
    if not AXE.exists():
        missing("axe-core (npm ci in tests/clients)")
    page.evaluate(AXE.read_text())
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{found['id']}: {found['nodes'][0]['html'][:200]}" for found in result["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["block", "popup", "notification"])
def test_axe_finds_nothing(page: Page, shop: Recorder, kind: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    shop.zones = {"hero": answer()} if kind == "block" else {"over": answer(kind)}
    visit(page, shop, MAIN, head='<meta name="color-scheme" content="light dark">' + SCRIPT)
    expect(page.get_by_text("Spring tea")).to_be_visible()
    assert violations(page) == []


def test_a_pop_up_keeps_the_focus_and_gives_it_back(page: Page, shop: Recorder) -> None:
    shop.zones = {"over": answer("popup", trigger={"on": "event", "name": "Now"})}
    visit(page, shop, MAIN)
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Before").focus()
    page.evaluate("shopkeeper.track('Now')")
    expect(page.get_by_role("link", name="See")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || !!document.activeElement.shadowRoot"
        assert page.evaluate(inside), "the focus may leave for the browser, never for the page below"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Before")).to_be_focused()
    shop.got("Communication Discarded")


def test_a_notification_takes_no_focus_and_can_be_reached_and_closed(page: Page, shop: Recorder) -> None:
    shop.zones = {"over": answer("notification", close_after_s=2)}
    visit(page, shop, MAIN)
    page.get_by_role("button", name="Before").focus()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_role("button", name="Before")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="See")).to_be_focused()
    page.wait_for_timeout(2500)
    expect(page.get_by_role("status")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_count(0)
    shop.until(lambda: set(shop.acts()) >= {"Shown", "Hovered", "Discarded"})
