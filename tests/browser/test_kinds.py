"""Every kind of content in a real browser: seen, clicked, by keyboard alone, in the dark, from right to left, and under a
strict policy.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from shopkeeper.content.html import tag
from shopkeeper.model.definitions import Product
from shopkeeper.model.time import parse_local
from tests.browser.answers import answer
from tests.browser.recorder import SCRIPT, Recorder
from tests.content.stage import BERLIN
from tests.needs import missing

AXE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
HERO = '<main><h1>Shop</h1><p><button id="first" type="button">First</button></p><div data-sk-zone="hero"><p>Default</p></div></main>'
NONCE = '<script async src="/sk/t.js" data-key="wk_test" nonce="abc"></script>'
STRICT = (
    "default-src 'none'; script-src 'nonce-abc'; style-src 'none'; img-src *; connect-src 'self';"
    " require-trusted-types-for 'script'; trusted-types shopkeeper; base-uri 'none'; form-action 'none'"
)
TEAS = [
    Product(f"t{n}", f"Tea <script>{n}</script>", url=f"#t{n}", image="/p.png", price=100 * n, currency="EUR")
    for n in range(1, 13)
]
ONLY = {"heading": "", "text": "", "button": "", "href": ""}
QUIZ: dict[str, Any] = {
    "questions": {
        "drink": {
            "text": "Tea or coffee?",
            "answers": {"tea": {"text": "Tea", "set": {"favourite": "tea"}, "next": "when"}, "coffee": {"text": "Coffee", "next": "beans"}},
        },
        "when": {
            "text": "When do you drink it?",
            "multiple": True,
            "answers": {"am": {"text": "Mornings"}, "pm": {"text": "Evenings"}},
            "next": "leaves",
        },
    },
    "results": {
        "beans": {"heading": "Coffee for you", "button": "See beans", "href": "#beans"},
        "leaves": {"heading": "Tea for you", "text": "These fit.", "recommender": {"max": 3}},
    },
}  # fmt: skip
COLUMNS = [
    {"heading": f"Column {n}", "text": "Text", "button": "More", "href": f"#c{n}", "element": f"c{n}"}
    for n in range(12)
]
COLLAGE = [{"image": "/p.png", "alt": f"Picture {n}", "href": f"#p{n}", "element": f"p{n}"} for n in range(3)]
CASES = Path(__file__).parents[2] / "cases" / "quiz"
KINDS: dict[str, dict[str, Any]] = {
    "html": answer(content={"html": '<p style="color: rgb(0, 90, 0)">Green <b data-sk-element="b">part</b></p>'}),
    "image": answer(content={"image": "/p.png", "image_alt": "A cup of tea", "button": ""}),
    "collage": answer(content={**ONLY, "collage": COLLAGE}),
    "columns": answer(content={**ONLY, "columns": COLUMNS}),
    "banner": answer(content={"image": "/p.png", "banner": True}),
    "countdown": answer(content={"countdown": {"until": "2027-01-01", "label": "Sale ends"}}),
    "progress": answer(content={"progress": {"goal": 50}}, cart=2000),
    "recommender": answer("recommender", products=TEAS[:4]),
    "slider": answer("recommender", products=TEAS, recommender={"slider": True, "max": 12}),
    "quiz": answer("quiz", content=ONLY, quiz=QUIZ, products=TEAS[:3]),
    "capture": answer(content={"capture": {"consent": "Yes, send me news"}, "button": ""}),
    "popup": answer("popup"),
    "notification": answer("notification", close_after_s=60),
    "quiz in a pop-up": answer("quiz", content=ONLY, quiz=QUIZ, products=TEAS[:3], over="popup"),
}


def visit(
    page: Page, shop: Recorder, said: dict[str, Any], head: str = SCRIPT, body: str = HERO, marks: str = ""
) -> None:
    """Opens a page whose zones hold this answer, and waits until it is there."""
    shop.zones = {"hero" if said["kind"] not in ("popup", "notification") else "over": said}
    shop.page("/", body, head, marks)
    page.goto("/")
    page.wait_for_selector(".sk-box")


def clicked(shop: Recorder) -> dict[str, Any]:
    properties: dict[str, Any] = shop.got("Communication Clicked")["properties"]
    return properties


# Every kind alike


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_kind(page: Page, shop: Recorder, kind: str, scheme: str):
    if not AXE.exists():
        missing("axe-core (npm ci in tests/clients)")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, shop, KINDS[kind], head=f'<meta name="color-scheme" content="light dark">{SCRIPT}')
    page.wait_for_timeout(150)
    page.evaluate(AXE.read_text())
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    assert not [(v["id"], v["nodes"][0]["html"][:150]) for v in found["violations"]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_works_under_a_strict_policy_with_trusted_types(page: Page, shop: Recorder, kind: str):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    shop.headers = {"content-security-policy": STRICT}
    visit(page, shop, KINDS[kind], head=NONCE)
    page.wait_for_timeout(200)
    assert page.locator(".sk-box").first.evaluate("box => getComputedStyle(box).gap") == "16px"
    if kind == "html":
        assert page.get_by_text("Green").evaluate("p => getComputedStyle(p).color") == "rgb(0, 90, 0)"
        expect(page.get_by_role("button", name="part")).to_be_visible()
    assert not [text for text in complaints if "404" not in text]


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_wider_than_a_phone(page: Page, shop: Recorder, kind: str):
    page.set_viewport_size({"width": 320, "height": 640})
    visit(page, shop, KINDS[kind], head=f'<meta name="viewport" content="width=device-width">{SCRIPT}')
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_counts_as_shown(page: Page, shop: Recorder, kind: str):
    visit(page, shop, KINDS[kind])
    page.locator(".sk-box").scroll_into_view_if_needed()
    assert shop.got("Communication Shown")["properties"]["communication_id"] == "spring"


@pytest.mark.parametrize("kind", ["popup", "notification"])
def test_a_box_over_a_page_from_right_to_left_is_mirrored(page: Page, shop: Recorder, kind: str):
    visit(page, shop, answer(kind, language="he"), body='<div dir="rtl">x</div>', marks='dir="rtl"')
    page.evaluate("document.documentElement.dir = 'rtl'")
    close = page.get_by_role("button", name="סגירה").bounding_box()
    box = page.locator(".sk-over").bounding_box()
    assert close and box
    assert close["x"] < box["x"] + box["width"] / 2
    if kind == "notification":
        assert box["x"] < 100


# Blocks


def test_each_column_and_picture_is_an_element(page: Page, shop: Recorder):
    visit(page, shop, KINDS["columns"])
    page.get_by_role("link", name="More").nth(7).click()
    assert clicked(shop)["element_id"] == "c7"
    visit(page, shop, KINDS["collage"])
    page.get_by_role("link", name="Picture 2").focus()
    page.keyboard.press("Enter")
    shop.until(lambda: any(e["properties"].get("element_id") == "p2" for e in shop.events("Communication Clicked")))


def test_a_picture_that_does_not_come_leaves_its_description(page: Page, shop: Recorder):
    visit(page, shop, KINDS["image"])
    expect(page.get_by_role("link", name="A cup of tea")).to_be_visible()
    expect(page.get_by_role("heading", name="Spring tea")).to_be_visible()


def test_a_countdown_counts_by_the_clock_of_the_server(page: Page, shop: Recorder):
    visit(page, shop, KINDS["countdown"])
    timer = page.get_by_role("timer")
    expect(timer).to_have_text(re.compile(r"30 days\s*1[12] hours\s*\d\d minutes\s*\d\d seconds"))
    before = timer.inner_text()
    expect(timer).not_to_have_text(before)


def test_a_countdown_that_ends_says_so(page: Page, shop: Recorder):
    end = parse_local("2027-01-01", BERLIN)
    said = {"until": "2027-01-01", "ended": "The sale is over"}
    visit(page, shop, answer(content={"countdown": said}, now=end - 2_000_000))
    expect(page.get_by_role("timer")).to_be_visible()
    expect(page.get_by_text("The sale is over")).to_be_visible()


def test_progress_tells_how_far(page: Page, shop: Recorder):
    visit(page, shop, KINDS["progress"])
    bar = page.get_by_role("progressbar", name="Only €30.00 to free delivery.")
    assert bar.evaluate("bar => [bar.value, bar.max]") == [2000, 5000]


# Recommenders


def test_names_of_products_are_text(page: Page, shop: Recorder):
    visit(page, shop, KINDS["recommender"])
    page.get_by_role("link", name="Tea <script>3</script> €3.00").click()
    found = clicked(shop)
    assert (found["element_id"], found["product_id"]) == ("product", "t3")
    assert [product for product, _ in found["products"]] == ["t1", "t2", "t3", "t4"]


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_slider_is_pushed_along_by_buttons_which_are_no_clicks(page: Page, shop: Recorder, direction: str):
    visit(page, shop, KINDS["slider"])
    page.evaluate(f"document.documentElement.dir = '{direction}'")
    last = page.get_by_role("link", name="Tea <script>12")
    expect(last).not_to_be_in_viewport()
    onward = page.get_by_role("button", name="Next")
    while onward.get_attribute("aria-disabled") == "false":
        onward.click()
        page.wait_for_timeout(500)
    expect(last).to_be_in_viewport()
    page.get_by_role("button", name="Previous").focus()
    page.keyboard.press("Enter")
    expect(last).not_to_be_in_viewport()
    page.wait_for_timeout(300)
    assert "Clicked" not in shop.acts()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_slider_glides_only_where_motion_is_welcome(page: Page, shop: Recorder, motion: str):
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    visit(page, shop, KINDS["slider"])
    smooth = page.locator(".sk-row").evaluate("row => getComputedStyle(row).scrollBehavior")
    assert smooth == ("auto" if motion == "reduce" else "smooth")


# Quiz


def answers(shop: Recorder) -> list[str]:
    return [event["properties"].get("element_id") for event in shop.events("Communication Clicked")]


@pytest.mark.parametrize("kind", ["quiz", "quiz in a pop-up"])
def test_a_quiz_branches_and_reports_every_answer_by_keyboard_alone(page: Page, shop: Recorder, kind: str):
    visit(page, shop, KINDS[kind])
    expect(page.get_by_role("group", name="Tea or coffee?")).to_be_visible()
    page.wait_for_timeout(150)
    page.get_by_role("button", name="Tea").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="When do you drink it?")).to_be_visible()
    expect(page.get_by_text("Tea or coffee?")).to_be_hidden()
    shop.until(lambda: answers(shop) == ["drink.tea"])
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tea for you")).to_be_focused()
    expect(page.get_by_role("link", name="Tea <script>2")).to_be_visible()
    shop.until(lambda: answers(shop) == ["drink.tea", "when.am", "when.pm"])


def test_another_answer_leads_elsewhere_and_the_quiz_may_be_taken_again(page: Page, shop: Recorder):
    visit(page, shop, KINDS["quiz"])
    page.wait_for_timeout(150)
    page.get_by_role("button", name="Coffee").click()
    expect(page.get_by_role("heading", name="Coffee for you")).to_be_focused()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("group", name="Tea or coffee?")).to_be_visible()
    page.get_by_role("button", name="Tea").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Choose at least one answer.")).to_be_visible()
    shop.until(lambda: answers(shop) == ["drink.coffee", "drink.tea"])


# E-mail addresses


@pytest.mark.parametrize("over", ["", "popup"])
def test_an_address_is_given_once_it_is_one_and_agreed_to(page: Page, shop: Recorder, over: str):
    kind = over or "block"
    visit(page, shop, answer(kind, content={"capture": {"consent": "Yes, news"}, "button": ""}))
    page.wait_for_timeout(150)
    field = page.get_by_label("E-mail address")
    field.fill("ada")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Please enter an e-mail address")).to_be_visible()
    expect(field).to_be_focused()
    field.fill("ada@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Yes, news")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("status").first).to_contain_text("Please confirm your address")
    found = clicked(shop)
    assert (found["element_id"], found["email"]) == ("capture", "ada@example.com")
    assert shop.acts().count("Clicked") == 1


# Boxes over the page


def test_a_pop_up_keeps_the_focus_and_gives_it_back(page: Page, shop: Recorder):
    body = HERO.replace('id="first"', 'id="first" autofocus')
    visit(page, shop, answer("popup", trigger={"on": "delay", "seconds": 0.3}), body=body)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#first")).to_be_focused()


def test_tab_stays_inside_a_pop_up(page: Page, shop: Recorder):
    visit(page, shop, KINDS["popup"])
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement?.shadowRoot != null || document.activeElement === document.body")


def test_a_part_marked_as_no_thanks_discards_and_is_no_click(page: Page, shop: Recorder):
    visit(
        page, shop, answer("popup", content={"html": '<button data-sk-close data-sk-element="no">No thanks</button>'})
    )
    page.get_by_text("No thanks").click()
    shop.got("Communication Discarded")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "Clicked" not in shop.acts()


def test_a_notification_stays_while_the_focus_is_on_it_and_leaves_by_esc(page: Page, shop: Recorder):
    visit(page, shop, answer("notification", close_after_s=1))
    page.get_by_role("link", name="See").focus()
    page.wait_for_timeout(1500)
    expect(page.get_by_role("status")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("status")).to_have_count(0)
    shop.got("Communication Discarded")


def test_a_notification_stays_seven_seconds_unless_told_otherwise(page: Page, shop: Recorder):
    assert answer("notification")["close_after_s"] == 7


# What merchants and catalogues may bring


def test_a_megabyte_of_content_is_shown_and_breaks_nothing(page: Page, shop: Recorder):
    begun = time.monotonic()
    visit(page, shop, answer(content={"html": "<p>tea</p>" * 99_000}))
    expect(page.get_by_role("heading", name="Spring tea")).to_be_visible()
    assert time.monotonic() - begun < 30, "a page that hangs is broken"


def test_nested_quotes_stay_what_they_are(page: Page, shop: Recorder):
    text = """She said "it's <'tea'>" & "“tea”" """
    visit(page, shop, answer(content={"heading": text, "image": "/p.png", "image_alt": text}))
    expect(page.get_by_role("heading")).to_have_count(2)
    assert page.locator(".sk-box h2").inner_text() == text.strip()
    assert page.locator(".sk-box img").get_attribute("alt") == text


@pytest.mark.parametrize("permitted", [True, False])
def test_custom_code_runs_where_the_shop_permits_it_and_nowhere_else(page: Page, shop: Recorder, permitted: bool):
    html = "<p>Hi</p><script>document.title = 'ran'</script><img src=x onerror=\"document.title='ran'\">"
    said = answer(content={"html": html}, custom_code=permitted, settings={"custom_code": permitted})
    visit(page, shop, said)
    page.wait_for_timeout(300)
    assert page.title() == ("ran" if permitted else "/")


# Put into the page by the shop's own server


def test_what_the_server_of_the_shop_put_in_is_measured_as_it_stands(page: Page, shop: Recorder):
    told = answer(content={"html": '<b style="color: rgb(0, 90, 0)">Green</b>'}) | {"decision_id": "d9"}
    served = tag("div", {"data-sk-served": json.dumps({k: v for k, v in told.items() if k != "html"})}, told["html"])
    visit(page, shop, answer(content={"heading": "Asked"}), body=f'<div data-sk-zone="hero">{served}</div>')
    shown = shop.got("Communication Shown")["properties"]
    assert (shown["communication_id"], shown["decision_id"], shown["zone"]) == ("spring", "d9", "hero")
    assert page.get_by_text("Green").evaluate("p => getComputedStyle(p).color") == "rgb(0, 90, 0)"
    assert shop.questions[0]["zones"] == [] and page.get_by_text("Asked").count() == 0
    page.get_by_role("link", name="See").click()
    assert clicked(shop)["decision_id"] == "d9"


# Golden cases


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_every_way_through_a_quiz_is_that_of_its_golden_case(page: Page, shop: Recorder, case: Path):
    said = json.loads(case.read_text())
    visit(page, shop, answer("quiz", content=ONLY, quiz=said["quiz"]))
    page.wait_for_timeout(150)
    step = page.locator("[data-sk-step]:visible")
    for walk in said["walks"]:
        for given, name in zip(walk["answers"], walk["steps"], strict=False):
            assert step.get_attribute("data-sk-step") == name
            question = said["quiz"]["questions"][name]
            for each in given:
                role = "checkbox" if question.get("multiple") else "button"
                step.get_by_role(role, name=question["answers"][each]["text"]).click()  # type: ignore[arg-type]
            if question.get("multiple"):
                step.get_by_role("button", name="Next").click()
        assert step.get_attribute("data-sk-step") == walk["steps"][-1]
        step.get_by_role("button", name="Start again").click()


def test_a_page_that_allows_no_markup_keeps_its_default_content(page: Page, shop: Recorder):
    shop.headers = {"content-security-policy": STRICT.replace("trusted-types shopkeeper", "trusted-types 'none'")}
    shop.zones = {"hero": KINDS["columns"]}
    shop.page("/", HERO, NONCE)
    page.goto("/")
    shop.got("page")
    page.wait_for_timeout(500)
    expect(page.get_by_text("Default")).to_be_visible()


@pytest.mark.parametrize("kind", ["slider", "quiz", "capture", "html"])
def test_what_comes_later_moves_nothing(page: Page, shop: Recorder, kind: str):
    below = HERO.replace("</main>", "<p id=below>Below</p></main>")

    def late(route: Route) -> None:
        time.sleep(0.4)
        route.continue_()

    page.route("**/kinds.*.js", late)
    visit(page, shop, KINDS[kind], body=below)
    place = page.locator("#below").bounding_box()
    page.wait_for_timeout(900)
    assert page.locator("#below").bounding_box() == place
