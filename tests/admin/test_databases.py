"""The pages do not depend on the database below them."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from shopkeeper import stats
from shopkeeper.admin import admin, one_time_link
from shopkeeper.engine.jobs import fill_segments, sum_hours
from shopkeeper.reports import LISTED
from tests.admin.seed import Little

BASE = "http://testserver"
PAGES = ["home", "campaigns", "campaigns/spring-tea", "orders/1001", "people", "people/u:ada", "rejects", "doctor"]
PAGES += ["installation"]
REPORTS = [f"reports/{name}" for name in LISTED if name != "behind"]


def said(little: Little) -> dict[str, object]:
    """All the pages say of a little shop, as data."""
    little.define()
    little.ada()
    little.crowd(10)
    little.send({"type": "bogus", "messageId": "x"})
    client = TestClient(Starlette(routes=[Mount("/admin", admin(little.shop))]), base_url=BASE)
    client.get(one_time_link(little.shop, BASE))
    pages = {page: client.get(f"/admin/{page}.json").json() for page in PAGES}
    fill_segments(little.shop)
    pages |= {f"{page}, counted": client.get(f"/admin/{page}.json").json() for page in REPORTS}
    while sum_hours(little.shop, 1_000):
        pass
    pages |= {f"{page}, from rollups": client.get(f"/admin/{page}.json").json() for page in REPORTS}
    with little.shop.state.read() as conn:
        found = stats.audit(conn, little.shop.plan)
    assert found.clean and found.hours > 100
    client.post("/admin/sign-out")
    assert client.get("/admin/people.json").url.path == "/admin/sign-in"
    little.close()
    return pages


def test_the_pages_say_the_same_on_both_databases(tmp_path: Path, postgres_url: str):
    one, other = said(Little(tmp_path / "one")), said(Little(tmp_path / "other", postgres_url))
    assert one == other
    assert all(one[f"{page}, counted"] == one[f"{page}, from rollups"] for page in REPORTS)
