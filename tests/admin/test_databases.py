"""The pages do not depend on the database below them."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from shopkeeper.admin import admin, one_time_link
from tests.admin.seed import Little

BASE = "http://testserver"
PAGES = ["home", "campaigns", "campaigns/spring-tea", "orders/1001", "people", "people/u:ada", "rejects"]


def said(little: Little) -> dict[str, object]:
    """All the pages say of a little shop, as data."""
    little.define()
    little.ada()
    little.crowd(10)
    little.send({"type": "bogus", "messageId": "x"})
    client = TestClient(Starlette(routes=[Mount("/admin", admin(little.shop))]), base_url=BASE)
    client.get(one_time_link(little.shop, BASE))
    pages = {page: client.get(f"/admin/{page}.json").json() for page in PAGES}
    client.post("/admin/sign-out")
    assert client.get("/admin/people.json").url.path == "/admin/sign-in"
    little.close()
    return pages


def test_the_pages_say_the_same_on_both_databases(tmp_path: Path, postgres_url: str):
    assert said(Little(tmp_path / "one")) == said(Little(tmp_path / "other", postgres_url))
