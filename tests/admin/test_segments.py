"""The pages about segments: sizes and sentences, figures beside the shop's, why, trying a rule, and taking people along."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from pyarrow import parquet
from starlette.testclient import TestClient

from shopkeeper import segments
from shopkeeper.engine.jobs import follow_segments
from shopkeeper.engine.segments import ask
from shopkeeper.insights import telling
from shopkeeper.model.time import DAY
from shopkeeper.pages.wording import Wording
from tests.admin.seed import NOW, Little

Read = Callable[[str], str]


def twin(client: TestClient, path: str) -> Any:
    return client.get(f"/admin{path}").json()


def test_the_list_shows_what_the_api_tells(lively: Little, text: Read, marketer: TestClient):
    told = ask(lively.shop, telling.listing)
    page = text("/segments")
    rows = twin(marketer, "/segments.json")["tables"]["segments"]
    assert [(row["name"], row["size"]) for row in rows] == [(one.name, one.size) for one in told.segments]
    assert "are in the top 10% by net spend within 365 days" in page
    assert "campaign spring-tea" in page and "No list yet" in page


def test_a_segment_stands_beside_the_shop(lively: Little, text: Read):
    told = ask(lively.shop, telling.insights, "loyalty-one-time", NOW - 30 * DAY, NOW)
    page, wording = text("/segments/loyalty-one-time"), Wording(lively.shop.plan)
    assert 0 < told.segment.revenue < told.shop.revenue
    assert (
        f"<strong>{wording.money(told.segment.revenue)}</strong> <span>shop {wording.money(told.shop.revenue)}" in page
    )
    assert f"<strong>{told.segment.people}</strong>" in page
    assert "orders: 1" in page and told.products[0].name in page


def test_members_lead_to_the_person_and_to_why(lively: Little, text: Read):
    page = text("/segments/returning-customers")
    assert '/people/u:ada"' in page and "/why/returning-customers?person=u%3Aada" in page
    why = text("/why/returning-customers?person=u%3Aada")
    assert "is in Returning Customers" in why and "1 found, the last" in why
    assert "is not in High-Value Customers" in text("/why/high-value-customers?person=ada")


def test_who_entered_and_left_is_told_with_the_cause(lively: Little, text: Read):
    shop = lively.shop
    segments.renew_thresholds(shop.state, shop.history, shop.book, NOW)
    segments.backfill(shop.state, shop.history, shop.book, NOW)
    lively.send(lively.order(NOW, "ada-phone", "1002", "ada", ("tea-3", 7.5)))
    follow_segments(shop)
    page = text("/segments/loyalty-loyal")
    assert "who entered last first" in page and "an order" in page and "first counted" in page
    rows = text("/people/u:ada")
    assert "Loyal Customers" in rows and "/why/loyalty-loyal?person=u%3Aada" in rows


def test_orders_without_products_are_not_said_to_be_none(little: Little, text: Read):
    little.define()
    little.send(
        little.event(NOW - DAY, "bo-phone", "Order Completed", userId="bo", properties={"order_id": "9", "total": 5})
    )
    assert "Their orders in this window name no products." in text("/segments/loyalty-one-time")
    assert "Nobody of them bought anything" in text("/segments/sale-seekers")


def test_an_empty_segment_leads_to_the_reason(lively: Little, text: Read):
    page = text("/segments/sale-seekers")
    assert "Nobody is inside now." in page and "/rule?text=did%3A" in page


def test_a_rule_is_tried_by_its_address(lively: Little, text: Read):
    page = text(f"/rule?text={quote('all: [{orders: {at_least: 1}}, {did: Danced}]')}")
    assert "People who have at least 1 order, and did Danced." in page
    assert "Nobody on record meets “did Danced” ($.all[1])." in page
    assert "u:ada" in text(f"/rule?text={quote('attribute: email' + chr(10) + 'is: ada@example.com')}")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("all: []", "<code>$.all</code>"),
        ("all: [{orders: many}]", "<code>$.all[0].orders</code>"),
        ("did: page\n did: x", "not YAML"),
        ("segment: <b>", "no segment &#39;&lt;b&gt;&#39;"),
        ("[" * 3000, "not YAML"),
    ],
)
def test_a_bad_rule_is_told_its_place(lively: Little, text: Read, rule: str, said: str):
    assert said in text(f"/rule?text={quote(rule)}")


def test_people_are_taken_along_as_a_file(lively: Little, marketer: TestClient):
    size = ask(lively.shop, telling.shown, "returning-customers").size
    rows = list(csv.DictReader(io.StringIO(marketer.get("/admin/export/returning-customers.csv").text)))
    assert len(rows) == size and {row["email"] for row in rows} >= {"ada@example.com"}
    body = marketer.get("/admin/export/audience:tea-lovers.parquet").content
    assert "u:ada" in parquet.read_table(io.BytesIO(body)).column("person").to_pylist()


def test_people_are_frozen_to_a_list(lively: Little, marketer: TestClient, text: Read):
    answer = marketer.post("/admin/freeze/returning-customers", data={"as": "letter"})
    assert answer.status_code == 303 and answer.headers["location"].endswith("/lists/letter")
    assert "ada@example.com" in text("/lists/letter") and "letter" in text("/segments")
    assert marketer.post("/admin/freeze/returning-customers", data={"as": "letter"}).status_code == 409
    assert marketer.post("/admin/freeze/returning-customers", data={"as": "A b"}).status_code == 400
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert marketer.post("/admin/freeze/everyone", data={"as": "x"}, headers=elsewhere).status_code == 403


def test_long_lists_are_shown_page_by_page_and_written_whole(lively: Little, marketer: TestClient, text: Read):
    lively.crowd(120, seed=3)
    marketer.post("/admin/freeze/everyone", data={"as": "all"})
    size = len(list(csv.DictReader(io.StringIO(marketer.get("/admin/lists/all.csv").text))))
    assert size > 100
    for path in ("/segments/everyone", "/lists/all"):
        assert f"51 to 100 of {size} people" in text(f"{path}?page=2")
        assert 'href="?page=3" rel="next"' in text(f"{path}?page=2")
        assert text(path) != text(f"{path}?page=2")
    assert "There is no page 99 of them" in text("/lists/all?page=99")


@pytest.mark.parametrize("path", ["/segments/nobody", "/lists/nobody", "/why/everyone?person=nobody", "/export/no.csv"])
def test_what_is_not_there_is_told_so(lively: Little, marketer: TestClient, path: str):
    assert marketer.get(f"/admin{path}").status_code == 404


def test_a_stranger_sees_nothing(lively: Little, stranger: TestClient):
    for path in ("/segments", "/export/everyone.csv", "/rule"):
        assert stranger.get(f"/admin{path}").status_code == 303
    assert stranger.post("/admin/freeze/everyone", data={"as": "x"}).status_code == 303
