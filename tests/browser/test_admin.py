"""The admin in a real browser: its policy holds, definitions show, and it can be used by everybody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from shopkeeper.admin import admin, one_time_link
from tests.admin.seed import Little
from tests.needs import missing

AXE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
SEGMENTS = [
    "segments",
    "segments/returning-customers",
    "segments/price-sensitive",
    "why/high-value-customers?person=ada",
    "rule?text=all:%20[{orders:%201},%20{did:%20Danced}]",
    "rule?text=all:%20[]",
]
PATHS = [
    "",
    "campaigns",
    "campaigns/spring-tea",
    "orders/1001",
    "people",
    "people/u:ada",
    "reports",
    "reports/communications",
    "reports/click-total?by=element",
    "reports/behind?figure=instances&of=campaign&key=spring-tea",
    "attribution",
    "attribution?order_lookback=7d&model=linear",
    "attribution?order_lookback=400d",
    "audit?full=1",
    "doctor",
    *SEGMENTS,
    "rejects",
    "settings",
    "installation",
    "installation?url=ftp:",
    "installation?url=http://127.0.0.1:9/",
    "no",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Little]:
    """The tea shop with a small crowd."""
    shop = Little(tmp_path_factory.mktemp("shop"))
    shop.define()
    shop.ada()
    shop.crowd(20)
    shop.send({"type": "bogus", "messageId": "x"})
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def address(little: Little) -> Iterator[str]:
    """Where its admin is served."""
    app = Starlette(routes=[Mount("/admin", admin(little.shop, little.intake.counts))])
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console had to say, such as a policy that was broken."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    return said


@pytest.fixture
def home(page: Page, little: Little, address: str) -> Page:
    """Home, just signed in."""
    page.goto(one_time_link(little.shop, address))
    return page


def test_a_link_leads_home_and_signing_out_leads_away(home: Page):
    expect(home.get_by_role("heading", level=1)).to_have_text("Home")
    home.get_by_role("button", name="Sign out").click()
    expect(home.get_by_text("You are not signed in")).to_be_visible()


def test_the_policy_hinders_nothing_of_our_own(complaints: list[str], home: Page, address: str):
    for path in PATHS[:-1]:
        home.goto(f"{address}/admin/{path}", wait_until="networkidle")
    assert complaints == []


def test_a_definition_shows_on_focus_with_its_window_and_leaves_on_escape(home: Page):
    home.get_by_role("button", name="Revenue", exact=True).focus()
    tip = home.get_by_role("tooltip")
    expect(tip).to_contain_text("Value of all orders that count")
    expect(tip).to_contain_text("2026-01-30 13:00 to 2026-03-01 13:00, Europe/Amsterdam")
    home.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_content_is_previewed_in_a_frame(home: Page, address: str):
    home.goto(f"{address}/admin/campaigns/welcome")
    frame = home.frame_locator("iframe[title='Preview of welcome-hero']")
    expect(frame.get_by_text("Welcome to the shop")).to_be_visible()


def test_why_she_saw_it_opens_with_the_keyboard(home: Page, address: str):
    home.goto(f"{address}/admin/people/u:ada")
    reason = home.get_by_text("shown: the first to pass every test").first
    expect(reason).to_be_hidden()
    home.locator("details.why summary").first.focus()
    home.keyboard.press("Enter")
    expect(reason).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_window(home: Page, address: str, width: int):
    home.set_viewport_size({"width": width, "height": 800})
    for path in PATHS:
        home.goto(f"{address}/admin/{path}")
        assert home.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        tallest = home.evaluate("Math.max(0, ...[...document.querySelectorAll('.state')].map(e => e.offsetHeight))")
        assert tallest < 40, f"{path}: a label of a word or two is {tallest} pixels tall"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(home: Page, address: str, scheme: str):
    if not AXE.exists():
        missing("axe-core (npm ci in tests/clients)")
    home.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = []
    for path in PATHS:
        home.goto(f"{address}/admin/{path}")
        home.evaluate(AXE.read_text())
        result = home.evaluate("rules => axe.run(document, {runOnly: rules, iframes: false})", RULES)
        found += [f"{path}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in result["violations"]]
    assert not found
