"""The report pages: every report of the list has one, figures lead to what stands behind them, and nothing is hidden."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from shopkeeper import stats
from shopkeeper.engine.jobs import fill_segments
from shopkeeper.model.time import DAY
from shopkeeper.reports import LISTED
from tests.admin.seed import NOW, Little

Read = Callable[[str], str]
ONE = "figure=orders&of=campaign&key=spring-tea"


def twin(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(f"/admin{path}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("name", LISTED)
def test_every_report_has_a_page_with_twins(lively: Little, text: Read, marketer: TestClient, name: str):
    fill_segments(lively.shop)
    query = f"?{ONE}" if name == "behind" else ""
    assert LISTED[name].about.split(",")[0] in unescape(text(f"/reports/{name}{query}"))
    assert twin(marketer, f"/reports/{name}.csv{query}")
    assert marketer.get(f"/admin/reports/{name}.json{query}").json()["tables"][name]


@pytest.mark.parametrize("name", LISTED)
def test_an_empty_report_says_what_would_fill_it(text: Read, little: Little, name: str):
    little.define()
    page = text(f"/reports/{name}{'?' + ONE if name == 'behind' else ''}")
    assert 'class="empty"' in page or "<td" in page


def test_a_figure_leads_to_as_many_rows_as_it_counts(lively: Little, text: Read, marketer: TestClient):
    page = text("/reports/communications")
    links = {unescape(link): int(n) for link, n in re.findall(r'href="/admin(/reports/behind[^"]+)">(\d+)</a>', page)}
    assert len(links) > 8
    for link, count in links.items():
        parts = urlsplit(link)
        assert len(twin(marketer, f"{parts.path}.csv?{parts.query}")) == count, link


def test_the_value_is_the_sum_of_what_stands_behind_it(lively: Little, marketer: TestClient):
    with lively.shop.state.read() as conn:
        rows = stats.figures(conn, lively.shop.plan, stats.rolling(NOW)).campaigns
    best = max(rows, key=lambda row: row.value)
    behind = twin(marketer, f"/reports/behind.csv?figure=value&of=campaign&key={best.campaign}")
    assert round(sum(float(row["value"]) for row in behind) * 100) == best.value


def test_a_segment_has_the_figures_of_those_who_are_in_it(lively: Little, marketer: TestClient):
    fill_segments(lively.shop)
    rows = {row["key"]: row for row in twin(marketer, "/reports/segments.csv")}
    whole = twin(marketer, "/reports/panel.csv?by=zone")
    everyone = sum(int(row["orders"]) for row in whole)
    assert 0 < int(rows["returning-customers"]["orders"]) == everyone
    assert int(rows["returning-customers"]["instances"]) < sum(int(row["instances"]) for row in whole)


def test_a_click_total_of_other_days_is_another(lively: Little, marketer: TestClient):
    month, day = (twin(marketer, f"/reports/click-total.csv?by=site&days={days}")[0] for days in (30, 1))
    assert float(month["value"]) > float(day["value"])


def test_a_window_in_shop_time_may_be_given(lively: Little, text: Read):
    assert "2026-01-01 00:00 to 2026-02-01 00:00" in text("/reports/panel?from=2026-01-01&until=2026-02-01")


@pytest.mark.parametrize("query", ["days=0", "days=x", "from=2026-02-01&until=2026-01-01", "by=moon", "figure=x"])
def test_a_question_without_sense_is_answered_in_words(lively: Little, marketer: TestClient, query: str):
    name = "behind" if "figure" in query else "click-total"
    answer = marketer.get(f"/admin/reports/{name}?{query}")
    assert answer.status_code == 400
    assert "error" in answer.text or "not" in answer.text


def test_an_object_nobody_knows_is_not_found(lively: Little, marketer: TestClient):
    assert marketer.get("/admin/reports/behind?figure=clicks&of=zone&key=x").status_code == 200
    assert marketer.get("/admin/reports/behind?figure=clicks&of=campaign&key=x").status_code == 404
    assert marketer.get("/admin/reports/nonsense").status_code == 404


def test_the_audit_page_says_where_a_difference_lies(lively: Little, text: Read):
    assert "everything holds" in text("/audit")
    with lively.shop.state.write() as conn:
        conn.run("UPDATE attribution_order_credits SET value = value + 1 WHERE order_id = '1001'")
    page = text("/audit")
    assert "order 1001" in page
    assert "everything holds" not in page


def test_other_rules_are_shown_beside_those_in_force_and_switched_to(lively: Little, text: Read, marketer: TestClient):
    page = text("/attribution")
    assert "These are the rules in force" in page
    asked = "order_lookback=session&model=linear&kinds=block&kinds=popup"
    page = unescape(text(f"/attribution?{asked}"))
    assert "order lookback: 24h → <b>session</b>" in page
    assert "kinds: block,popup,notification,recommender,quiz,email → <b>block,popup</b>" in page
    rows = twin(marketer, f"/attribution.csv?{asked}&table=preview")
    assert any(row["orders_now"] != row["orders_then"] for row in rows)
    before = lively.shop.plan.attribution
    assert before.model == "last"
    form = {"order_lookback": "session", "model": "linear", "kinds": "block,popup"}
    answer = marketer.post("/admin/attribution", data=form, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303
    after = lively.shop.plan.attribution
    assert (after.model, after.kinds) == ("linear", ("block", "popup"))
    with lively.shop.state.read() as conn:
        found = stats.figures(conn, lively.shop.plan, stats.rolling(NOW)).communications
    orders = {row["communication"]: row["orders_then"] for row in rows if row["communication"]}
    assert {row.communication: str(row.orders) for row in found if row.orders} == {
        name: count for name, count in orders.items() if count != "0"
    }


def test_rules_that_cannot_be_are_told_in_words(little: Little, text: Read, marketer: TestClient):
    little.define()
    page = unescape(text("/attribution?order_lookback=400d"))
    assert 'role="alert"' in page
    assert "90d" in page
    assert 'value="400d"' in page, "what was typed is kept to be mended"
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert marketer.post("/admin/attribution", data={"model": "linear"}, headers=elsewhere).status_code == 403
    assert little.shop.plan.attribution.model == "last"


def test_what_became_of_an_email_leads_to_its_people(lively: Little, text: Read, marketer: TestClient):
    lively.send(
        *(
            lively.event(NOW - DAY, "post", f"Email {act}", userId="ada", properties={"email_id": "autumn-letter"})
            for act in ("Delivered", "Opened", "Link Clicked")
        )
    )
    (row,) = twin(marketer, "/reports/emails.csv?days=90")
    assert (row["sent"], row["delivered"], row["opened"], row["clicks"]) == ("0", "1", "1", "1")
    assert "figure=opened&amp;of=communication&amp;key=autumn-letter" in text("/reports/emails")
    (behind,) = twin(marketer, "/reports/behind.csv?figure=opened&of=communication&key=autumn-letter")
    assert behind["person"] == "u:ada"
