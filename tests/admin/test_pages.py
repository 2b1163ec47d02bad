"""What the pages say: the engine's figures, the reasons, and what to do where nothing is yet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from shopkeeper import stats
from shopkeeper.admin import admin, one_time_link
from shopkeeper.campaigns import parse_file
from shopkeeper.engine.shop import Shop
from shopkeeper.model.money import decimal_text
from shopkeeper.pages.wording import Wording
from tests.admin.conftest import BASE
from tests.admin.seed import FILE, NOW, Little

Read = Callable[[str], str]
PAGES = [
    "/",
    "/campaigns",
    "/campaigns/spring-tea",
    "/orders/1001",
    "/people",
    "/people/u:ada",
    "/products",
    "/products/tea-1",
    "/product-set",
    "/segments",
    "/segments/returning-customers",
    "/segments/audience:tea-lovers",
    "/rule",
    "/intent",
    "/reports",
    "/reports/click-total",
    "/audit",
    "/doctor",
    "/rejects",
    "/settings",
]


def figures(little: Little) -> stats.Figures:
    with little.shop.state.read() as conn:
        return stats.figures(conn, little.shop.plan, stats.rolling(NOW))


def rows(client: TestClient, path: str, table: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/admin{path}", params={"table": table} if table else None)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_home_shows_the_shops_figures(lively: Little, text: Read):
    with lively.shop.state.read() as conn:
        now = stats.headline(conn, lively.shop.plan, stats.rolling(NOW))
    page = text("/")
    wording = Wording(lively.shop.plan)
    for amount in (now.revenue, now.attributed, now.click_total):
        assert amount > 0
        assert f"<strong>{wording.money(amount)}</strong>" in page
    assert f"<strong>{now.orders}</strong>" in page
    assert "not measured yet: no holdout" in page


def test_the_headline_agrees_with_the_panels(lively: Little):
    panels = figures(lively)
    with lively.shop.state.read() as conn:
        head = stats.headline(conn, lively.shop.plan, stats.rolling(NOW))
    assert (head.orders, head.revenue) == (panels.orders, panels.revenue)
    assert head.attributed == sum(row.value for row in panels.communications)
    assert head.attributed_orders == sum(row.orders for row in panels.communications)


def test_the_series_sums_to_the_revenue_of_its_days(lively: Little):
    with lively.shop.state.read() as conn:
        run = stats.series(conn, lively.shop.plan, NOW)
        whole = stats.headline(conn, lively.shop.plan, stats.Window(run.points[0].start, run.points[-1].end))
    assert (run.by, len(run.points)) == ("day", 30)
    assert sum(point.revenue for point in run.points) == whole.revenue
    assert sum(point.attributed for point in run.points) == whole.attributed
    assert run.points[-1].start <= NOW < run.points[-1].end


def test_a_shop_of_one_day_is_drawn_by_the_quarter_of_an_hour(little: Little, text: Read):
    little.define()
    little.send(little.order(NOW - 3_600_000_000, "d", "1", "u", ("tea-1", 5.5)))
    with little.shop.state.read() as conn:
        assert stats.series(conn, little.shop.plan, NOW).by == "quarter"
    assert "by quarter of an hour" in text("/")


def test_zones_list_their_communications_in_priority_order_with_the_panels_figures(
    lively: Little, marketer: TestClient
):
    listed = rows(marketer, "/campaigns.csv", "home-hero")
    assert [row["communication"] for row in listed] == ["spring-hero", "welcome-hero", "popular-now", "autumn-hero"]
    by_id = {row.communication: row for row in figures(lively).communications}
    for row in listed:
        own = by_id[row["communication"]]
        shown = (row["instances"], row["clicks"], row["orders"], row["value"])
        assert shown == (str(own.instances), str(own.clicks), str(own.orders), decimal_text(own.value, "EUR"))
    assert listed[3]["state"] == "paused"


def test_the_page_shows_the_same_figures_as_its_twin(lively: Little, text: Read):
    own = next(row for row in figures(lively).communications if row.communication == "spring-corner")
    row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*>spring-corner<.*?</tr>", text("/campaigns"), re.DOTALL)
    assert row is not None
    cells = re.findall(r'<td class="number">(?:<a[^>]*>)?([^<]*)(?:</a>)?</td>', row[0])
    value = Wording(lively.shop.plan).amount(own.value)
    assert cells == ["1", *map(str, (own.instances, own.clicks, own.hovered, own.orders)), value]


def test_a_campaign_shows_its_rules_effects_and_earned_orders(lively: Little, text: Read):
    page = text("/campaigns/spring-tea")
    for said in ("Returning Customers", "from 2025-12-01 until 2026-06-01", "tea-lovers", "favourite = tea"):
        assert said in page
    assert 'href="/admin/orders/1001"' in page
    assert 'id="table-sequences"' not in page


def test_content_is_previewed_where_no_script_can_run(lively: Little, marketer: TestClient):
    assert 'sandbox title="Preview of welcome-hero"' in marketer.get("/admin/campaigns/welcome").text
    preview = marketer.get("/admin/preview/welcome-hero")
    assert "<b>Welcome</b>" in preview.text
    assert preview.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "script-src" not in preview.headers["content-security-policy"]


def test_an_order_explains_itself(lively: Little, text: Read):
    page = text("/orders/1001")
    assert "the last touch before the order" in page
    assert "✓ order credit; ✓ product credit, line 1" in page
    assert "last touch within 24h" in page


@pytest.mark.parametrize("part", ["lovel", "ADA@exa", "ada-pho"])
def test_people_are_found_by_part_of_name_address_or_id(lively: Little, marketer: TestClient, part: str):
    found = rows(marketer, f"/people.csv?q={part}")
    assert [row["id"] for row in found] == ["ada"]


def test_people_are_shown_page_by_page(lively: Little, marketer: TestClient, text: Read):
    lively.crowd(120, seed=3)
    seen = [row["id"] for page in (1, 2, 3, 4) for row in rows(marketer, f"/people.csv?page={page}")]
    assert len(seen) == len(set(seen)) > 100
    assert 'href="?page=2" rel="next"' in text("/people") and 'rel="prev"' not in text("/people")
    assert "Seen last first, 51 to 100" in text("/people?page=2")
    assert 'href="?q=customer&amp;page=2"' in text("/people?q=customer")
    assert "There is no page 99 of them" in text("/people?page=99")


def test_the_reason_does_not_stick_to_the_name(lively: Little, text: Read):
    page = re.sub(r"<[^>]+>", "", text("/people/u:ada"))
    assert re.search(r"welcome-hero\s+shown: the first", page)


def test_home_does_not_deny_a_holdout(lively: Little, text: Read):
    assert "not measured yet: no holdout" in text("/")
    lively.shop.apply(parse_file(FILE + "\nsettings: {holdout: 0.1}\n"))
    assert "no holdout" not in text("/") and "not measured yet" in text("/")


def test_a_persons_timeline_says_why_she_saw_what_she_saw(lively: Little, text: Read):
    page = text("/people/u:ada")
    assert "Decided what to show: <b>welcome-hero, exit-pop</b>" in page
    assert "passed over at the test “segment”" in page
    assert "shown: the first to pass every test" in page
    assert page.index("Clicked") < page.index("Decided what to show") < page.index("Order Completed")


def test_a_person_on_a_shared_device_sees_only_her_own_life(lively: Little, text: Read):
    lively.send(lively.order(NOW - 3_600_000_000, "ada-phone", "1002", "bo", ("tea-3", 7.5)))
    lively.decide(NOW - 3_500_000_000, "ada-phone")
    assert "1002" not in text("/people/u:ada")
    assert text("/people/u:ada").count("Decided what to show") == 1
    assert "1002" in text("/people/u:bo")


def test_values_are_escaped(lively: Little, text: Read):
    page = text("/people/u:ada")
    assert "Ada &lt;Lovelace&gt;" in page
    assert "<Lovelace>" not in page


@pytest.mark.parametrize("page", ["people", "products", "orders", "segments", "campaigns"])
def test_nothing_has_an_id_with_the_nul_character(postgres_url: str, tmp_path: Path, page: str):
    shop = Shop.open(tmp_path, postgres_url)
    with TestClient(Starlette(routes=[Mount("/admin", admin(shop))]), base_url=BASE, follow_redirects=False) as client:
        client.get(one_time_link(shop, BASE))
        assert client.get(f"/admin/{page}/tea%00").status_code == 404
    shop.close()


def test_ids_with_marks_of_addresses_can_be_opened(lively: Little, marketer: TestClient):
    at = NOW - 60_000_000
    lively.send(lively.order(at, "x", "a/b?c #1.json", "p/q.csv", ("tea-1", 5.5)))
    link = re.search(r'href="(/admin/orders/a[^"]+)"', marketer.get("/admin/people/u:p%2Fq.csv").text)
    assert link is not None
    page = marketer.get(link[1])
    assert page.headers["content-type"].startswith("text/html")
    assert "Order a/b?c #1.json" in page.text
    assert marketer.get(link[1] + ".json").json()["data"]["order_id"] == "a/b?c #1.json"


def test_rejects_are_shown_with_what_arrived(little: Little, text: Read):
    little.send({"type": "bogus", "messageId": "<script>"})
    page = text("/rejects")
    assert "unknown_type" in page
    assert "&lt;script&gt;" in page
    assert "1 event was not accepted" in text("/")


def test_the_secret_key_is_shown_only_when_asked_for(little: Little, text: Read):
    assert little.shop.keys.write in text("/settings")
    assert little.shop.keys.secret not in text("/settings")
    assert little.shop.keys.secret in text("/settings?secret=shown")


@pytest.mark.parametrize("path", ["/campaigns/nope", "/orders/nope", "/people/u:nope", "/preview/nope", "/nope"])
def test_what_does_not_exist_is_said_kindly(marketer: TestClient, path: str):
    answer = marketer.get(f"/admin{path}")
    assert answer.status_code == 404
    assert "There is" in answer.text
    assert 'href="/admin/campaigns"' in answer.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "No event has arrived yet"),
        ("/campaigns", "There are no zones yet"),
        ("/people", "People appear here with the first event of theirs"),
        ("/people?q=zz", "Nobody&#39;s name"),
        ("/rejects", "Every event that arrived was accepted"),
        ("/settings", "No event has arrived yet"),
    ],
)
def test_an_empty_page_says_what_would_fill_it(text: Read, path: str, said: str):
    assert said in text(path)


def test_a_shop_without_events_is_given_the_line_to_paste(little: Little, text: Read):
    assert f"data-key=&#34;{little.shop.keys.write}&#34;" in text("/")


def test_a_campaign_nobody_was_shown_needs_attention(little: Little, text: Read):
    little.define()
    assert "“Welcome” is live but was not shown" in text("/")
    assert "“Autumn leaves” is live" not in text("/")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_twin_for_programs(lively: Little, marketer: TestClient, path: str):
    name = "/home" if path == "/" else path
    said = marketer.get(f"/admin{name}.json").json()
    tables = re.findall(r'\.csv\?table=([\w-]+)"', marketer.get(f"/admin{path}").text)
    assert set(tables) <= set(said["tables"])
    for table in tables:
        assert len(rows(marketer, f"{name}.csv", table)) == len(said["tables"][table])


def test_a_table_that_is_not_there_is_said(lively: Little, marketer: TestClient):
    assert marketer.get("/admin/campaigns.csv?table=nope").status_code == 404


def test_a_spreadsheet_takes_no_name_for_a_formula(lively: Little, marketer: TestClient):
    traits = {"name": "=HYPERLINK(1)"}
    lively.send(lively.event(NOW, "evil", type="identify", userId="evil", traits=traits))
    assert rows(marketer, "/people.csv?q=hyper")[0]["name"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("path", PAGES)
def test_every_figure_names_a_definition_that_is_on_the_page(lively: Little, text: Read, path: str):
    page = text(path)
    for name in set(re.findall(r'aria-describedby="([^"]+)"', page)):
        assert f'id="{name}"' in page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_inline_style_or_handler_and_no_address_elsewhere(lively: Little, text: Read, path: str):
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            for name, value in attrs:
                foreign = name in ("src", "href") and "//" in (value or "")
                if name == "style" or name.startswith("on") or foreign:
                    found.append(f"{tag} {name}={value}")

    Reader().feed(text(path))
    assert not found


def test_a_deleted_campaign_keeps_its_figures_and_leads_nowhere(lively: Little, text: Read, marketer: TestClient):
    lively.shop.apply(msgspec.structs.replace(lively.shop.plan.file, campaigns={}, zones={}))
    deleted = next(row for row in figures(lively).campaigns if row.value)
    assert deleted.status == "deleted"
    assert f"{deleted.campaign} (deleted)" in text("/")
    assert f"/campaigns/{deleted.campaign}" not in text("/")
    assert marketer.get(f"/admin/campaigns/{deleted.campaign}").status_code == 404


def test_what_cannot_be_shown_is_told_beside_its_preview(little: Little, marketer: TestClient):
    little.define()
    broken = FILE.replace("text: Only today.", "text: \"{{ visitor.name | date: '%Y' }}\"")
    little.shop.apply(parse_file(broken))
    page = marketer.get("/admin/campaigns/exit-offer").text
    assert "Not shown: the template content.text is broken: line 1, column 19" in page
    assert "Nothing is shown" in marketer.get("/admin/preview/exit-pop").text
    fine = marketer.get("/admin/preview/welcome-hero").text
    assert '<p style="color: #12694b">' in fine and "Not shown" not in marketer.get("/admin/campaigns/welcome").text
