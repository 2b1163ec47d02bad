"""The debug view in a real browser: under a strict policy, for everybody, explaining all and counting nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from shopkeeper import decisions
from shopkeeper.engine import clock, debug
from shopkeeper.engine.shop import DERIVED, Shop
from shopkeeper.model.time import HOUR
from tests.browser.test_tag_access import violations
from tests.journeys.conftest import PERSON
from tests.serving import Served, run, serving
from tests.verify.site import Site

YAML = """
shop: {name: Debugged, currency: EUR}
settings: {hosts: ["HOST"]}
zones:
  hero: {kind: block, title: "Home page, top"}
  foot: {kind: block}
  over: {kind: popup, title: Pop-ups}
segments:
  on-mobile: {name: On a phone, rule: {visitor: device, is: mobile}}
  regulars: {name: Regulars, rule: {orders: {at_least: 1}}}
campaigns:
  phones:
    status: published
    segment: on-mobile
    communications:
      phone-hero: {kind: block, zone: hero, content: {heading: On the go}}
  regulars:
    status: published
    segment: regulars
    communications:
      regular-hero: {kind: block, zone: hero, content: {heading: Good to see you}}
  lovers:
    status: published
    segment: audience:tea-lovers
    communications:
      lover-hero: {kind: block, zone: hero, content: {heading: You love tea}}
  spring:
    status: published
    communications:
      spring-hero:
        kind: block
        zone: hero
        content: {heading: First flush, button: See, href: /}
        cap: {times: 1, per: day}
        elements: {button: {href: /, join: tea-lovers}}
      later-hero: {kind: block, zone: hero, content: {heading: Later}}
      pop: {kind: popup, zone: over, content: {heading: Hello there}, trigger: {on: event, name: Now}, cap: {times: 1, per: day}}
"""
BODY = (
    "<main><h1>Shop</h1><button>Before</button>"
    "<div data-sk-zone=hero><p>Default</p></div><div data-sk-zone=foot><p>Foot</p></div>"
    "<div data-sk-zone=fooot><p>Typo</p></div></main>"
)


class Debugged:
    """A shop, its page and the ways into it."""

    def __init__(self, server: Served, site: Site) -> None:
        self.server = server
        self.site = site

    def token(self, ago: int = 0) -> str:
        return debug.token(self.server.keys.secret, clock.now() - ago)

    def path(self, token: str = "") -> str:
        """The page's path, served under a policy that forbids almost everything."""
        tag = f'<script async nonce=abc src="{self.server.base}/sk/t.js" data-key="{self.server.keys.write}"></script>'
        policy = (
            f"default-src 'none'; style-src 'none'; script-src 'nonce-abc'; connect-src {self.server.base};"
            " require-trusted-types-for 'script'; trusted-types shopkeeper"
        )
        head = f'<meta charset=utf-8><meta name=color-scheme content="light dark"><title>Shop</title>{tag}'
        path = f"/?x=1&sk_debug={token}" if token else "/?x=1"
        for each in (path, "/?x=1", "/"):
            html = f"<!doctype html><html lang=en>{head}<body data-sk-page=home>{BODY}"
            self.site.page(html, each, content_security_policy=policy)
        return path

    def kept(self) -> dict[str, Any]:
        """Whatever a visit could leave behind."""
        shop = Shop.open(self.server.data)
        tables = ("events_log", "visitors_audiences", *DERIVED)
        try:
            with shop.state.read() as conn:
                counts = {name: conn.rows(f"SELECT COUNT(*) FROM {name}")[0][0] for name in tables}
                counts["decisions"] = decisions.count_decisions(conn)
        finally:
            shop.close()
        return counts | {"figures": self.server.get("/v1/stats/communications").json()["rows"]}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Debugged]:
    site = Site()
    with serving(tmp_path_factory.mktemp("debugged") / "shop", YAML.replace("HOST", site.host)) as server:
        yield Debugged(server, site)
    site.close()


@pytest.fixture
def said() -> list[str]:
    """What the console said, violations of the policy among it."""
    return []


@pytest.fixture
def page(browser: Browser, shop: Debugged, said: list[str]) -> Iterator[Page]:
    """A page of somebody new, no robot; an uncaught error on it fails the test."""
    context = browser.new_context(
        base_url=shop.site.origin, viewport={"width": 1100, "height": 800}, locale="en-GB", user_agent=PERSON
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    yield page
    context.close()
    assert not errors


@pytest.fixture
def panel(page: Page, shop: Debugged) -> Any:
    """The debug view, open."""
    page.goto(shop.path(shop.token()))
    panel = page.get_by_role("complementary", name="shopkeeper debug view")
    expect(panel.get_by_text("decided in")).to_be_visible()
    return panel


def pose(panel: Any) -> None:
    """Opens the persona's part."""
    panel.get_by_text("See the page as").click()


def zone(panel: Any, name: str) -> Any:
    return panel.locator("section.zone").filter(has=panel.page.locator("h3", has_text=name))


def test_zones_are_outlined_and_explain_themselves(page: Page, panel: Any, said: list[str]) -> None:
    hero = zone(panel, "Home page, top")
    rows = hero.locator("li")
    expect(rows.filter(has_text="phone-hero").get_by_role("img", name="passed over")).to_have_text("✗")
    expect(rows.filter(has_text="phone-hero")).to_contain_text("segment: not among people who")
    expect(rows.filter(has_text="spring-hero").get_by_role("img", name="shown")).to_have_text("✓")
    expect(rows.filter(has_text="later-hero")).to_contain_text("something above it was shown")
    expect(zone(panel, "Pop-ups").locator("li")).to_contain_text("pop")
    expect(zone(panel, "Pop-ups")).to_contain_text("It comes forward on: event name Now.")
    expect(panel.locator("section.zone", has_text="There is no zone 'fooot'")).to_be_visible()
    expect(panel.locator("section.zone", has_text="No campaign has content for it")).to_contain_text("foot")

    expect(page.get_by_role("heading", name="First flush")).to_be_visible()
    labels = page.get_by_role("navigation", name="Zones of the page").get_by_role("button")
    expect(labels).to_have_text(["hero: spring-hero", "foot: default content", "fooot: default content"])
    page.wait_for_timeout(400)  # until it has settled
    frame = page.locator(".frame.filled").bounding_box()
    there = page.locator("[data-sk-zone=hero]").bounding_box()
    assert frame and there and abs(frame["y"] - there["y"]) < 2 and abs(frame["height"] - there["height"]) < 2
    assert said == [], "the policy forbids nothing of it"


def test_the_token_leaves_the_address_and_the_view_stays_for_the_tab(page: Page, panel: Any) -> None:
    assert page.url.endswith("/?x=1")
    page.reload()
    expect(panel.get_by_text("decided in")).to_be_visible()
    panel.get_by_role("button", name="Leave").click()
    expect(panel).to_have_count(0)
    page.reload()
    page.wait_for_timeout(600)
    expect(panel).to_have_count(0)


def test_what_happens_is_written_down(page: Page, panel: Any) -> None:
    log = panel.locator(".log")
    expect(log.locator("li").last).to_contain_text("Page view")
    expect(log.locator("li", has_text="Communication Shown")).to_contain_text("spring-hero")
    page.evaluate("shopkeeper.track('Product Added', {product_id: 'tea-1', price: 8.75})")
    added = log.locator("li", has_text="Product Added")
    expect(added).to_contain_text("tea-1")
    added.locator("summary").click()
    expect(added.locator("pre")).to_contain_text('"price": 8.75')


def test_the_page_is_seen_as_somebody_else(page: Page, panel: Any) -> None:
    pose(panel)
    panel.get_by_label("Device").select_option("mobile")
    panel.get_by_role("button", name="See it so").click()
    expect(page.get_by_role("heading", name="On the go")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="On the go")).to_be_visible()
    pose(panel)
    expect(panel.get_by_label("Device")).to_have_value("mobile")

    panel.get_by_label("On a phone").select_option("out")
    panel.get_by_label("Regulars").select_option("in")
    panel.get_by_role("button", name="See it so").click()
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()
    expect(panel.get_by_text("they are in: Regulars.")).to_be_visible()

    panel.get_by_role("button", name="As I am").click()
    expect(page.get_by_role("heading", name="First flush")).to_be_visible()
    panel.get_by_label("tea-lovers", exact=True).check()
    panel.get_by_role("button", name="See it so").click()
    expect(page.get_by_role("heading", name="You love tea")).to_be_visible()


def test_nothing_of_it_counts(page: Page, shop: Debugged) -> None:
    before = shop.kept()
    page.goto(shop.path(shop.token()))
    panel = page.get_by_role("complementary", name="shopkeeper debug view")
    expect(panel.locator(".log li", has_text="Communication Shown").first).to_be_visible()
    page.evaluate("shopkeeper.track('Now')")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="See").click()
    expect(panel.locator(".log li", has_text="Page view")).to_have_count(1)
    pose(panel)
    panel.get_by_label("Somebody new").check()
    panel.get_by_role("button", name="See it so").click()
    expect(page.get_by_role("heading", name="First flush")).to_be_visible()  # no cap was used up
    page.close()  # what a closing page sends must be nothing either
    time.sleep(1)
    assert shop.kept() == before


def test_a_visit_without_it_does_count(page: Page, shop: Debugged) -> None:
    before = shop.kept()
    page.goto(shop.path())
    expect(page.get_by_role("heading", name="First flush")).to_be_visible()
    end = time.monotonic() + 20
    while (after := shop.kept())["attribution_interactions"] == before["attribution_interactions"]:
        assert time.monotonic() < end, "an appearance should have arrived"
        time.sleep(0.1)
    assert after["events_log"] > before["events_log"] and after["decisions"] > before["decisions"]


def test_what_waited_to_be_sent_is_not_lost_in_it(page: Page, shop: Debugged) -> None:
    """Events of the time before the debug view are real ones."""
    page.goto(shop.path())
    expect(page.get_by_role("heading", name="First flush")).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("shopkeeper.track('Before')")
    page.wait_for_timeout(400)
    page.context.set_offline(False)
    page.goto(shop.path(shop.token()))
    expect(page.get_by_role("heading", name="First flush")).to_be_visible()
    page.evaluate("shopkeeper.track('Within')")
    deadline = time.monotonic() + 20
    while "Before" not in (names := [event.name for event in shop.server.events()]):
        assert time.monotonic() < deadline, names
        time.sleep(0.1)
    assert "Within" not in names


def test_the_admin_leads_into_it(page: Page, shop: Debugged) -> None:
    shop.path()
    page.goto(run("--data", shop.server.data, "link", "--url", shop.server.base).stdout.strip())
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Verify the installation").click()
    page.get_by_label("Address").fill(shop.site.origin)
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="The tag has this shop's write key")).to_contain_text("✓")
    with page.context.expect_page() as opened:
        link = page.get_by_role("link", name="Open the shop in the debug view")
        address = link.get_attribute("href") or ""
        shop.site.pages[address.removeprefix(shop.site.origin)] = shop.site.pages["/"]
        link.click()
    expect(opened.value.get_by_role("complementary", name="shopkeeper debug view")).to_be_visible()


@pytest.mark.parametrize("state", ["nonsense", "expired"])
def test_other_links_leave_the_page_as_it_is(page: Page, shop: Debugged, said: list[str], state: str) -> None:
    before = shop.kept()["events_log"]
    page.goto(shop.path("nonsense" if state == "nonsense" else shop.token(9 * HOUR)))
    expect(page.get_by_role("heading", name="First flush")).to_be_visible()
    expect(page.get_by_role("complementary")).to_have_count(0)
    hint = "was not made by this shop" if state == "nonsense" else "has expired"
    assert any("there is no debug view" in text and hint in text for text in said)
    assert page.url.endswith("/?x=1")
    deadline = time.monotonic() + 20
    while shop.kept()["events_log"] == before:
        assert time.monotonic() < deadline, "the visit counts"
        time.sleep(0.1)


def test_it_can_be_used_with_the_keyboard(page: Page, panel: Any) -> None:
    page.get_by_role("button", name="hero: spring-hero").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("h3", has_text="Home page, top")).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Go to hero on the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".frame.marked")).to_have_count(1)
    fold = panel.get_by_role("button", name="Fold")
    fold.focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Unfold")).to_have_attribute("aria-expanded", "false")
    expect(panel.get_by_text("decided in")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, shop: Debugged, scheme: Literal["light", "dark"]) -> None:
    # The policy of the page would forbid axe itself.
    context = browser.new_context(
        base_url=shop.site.origin, bypass_csp=True, color_scheme=scheme, viewport={"width": 1100, "height": 800}
    )
    page = context.new_page()
    page.goto(shop.path(shop.token()))
    expect(page.locator("aside .log li")).to_have_count(2)
    page.locator("aside .log summary").first.click()
    assert violations(page) == []
    context.close()
