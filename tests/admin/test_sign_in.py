"""Who may enter: a link works once, for a quarter of an hour, and opens a session that can be closed."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from shopkeeper.admin import admin, one_time_link
from shopkeeper.engine.sessions import LINK_LIFE, SESSION_LIFE
from tests.admin.conftest import BASE
from tests.admin.seed import Little

PAGES = ["/", "/campaigns", "/campaigns/x", "/orders/1", "/people", "/people/u:x", "/rejects", "/settings"]


@pytest.mark.parametrize("path", [*PAGES, "/home.json", "/people.csv", "/preview/x", "/nowhere"])
def test_a_stranger_is_shown_the_way_in(stranger: TestClient, path: str):
    answer = stranger.get(f"/admin{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/sign-in")


def test_the_way_in_says_how_to_get_a_link(stranger: TestClient):
    assert "shopkeeper link" in stranger.get("/admin/sign-in").text


def test_a_link_signs_in_once(little: Little, stranger: TestClient):
    link = one_time_link(little.shop, BASE)
    assert stranger.get(link).headers["location"] == "/admin/"
    assert stranger.get("/admin/").status_code == 200
    stranger.cookies.clear()
    again = stranger.get(link)
    assert again.status_code == 403
    assert "used before" in again.text


def test_a_link_expires(little: Little, stranger: TestClient):
    link = one_time_link(little.shop, BASE)
    little.now += LINK_LIFE
    assert stranger.get(link).status_code == 403


def test_a_session_expires(little: Little, marketer: TestClient):
    little.now += SESSION_LIFE
    assert marketer.get("/admin/").status_code == 303


def test_an_invented_link_or_session_opens_nothing(stranger: TestClient):
    assert stranger.get("/admin/sign-in/guess").status_code == 403
    stranger.cookies.set("shopkeeper-80", "guess")
    assert stranger.get("/admin/").status_code == 303


@pytest.mark.parametrize("fetched", [{"method": "HEAD"}, {"method": "GET", "headers": {"Sec-Purpose": "prefetch"}}])
def test_fetching_a_link_ahead_does_not_use_it(little: Little, stranger: TestClient, fetched: dict):
    link = one_time_link(little.shop, BASE)
    stranger.request(url=link, **fetched)
    assert stranger.get(link).status_code == 303


def test_signing_out_closes_the_session_itself(marketer: TestClient):
    kept = dict(marketer.cookies)
    marketer.post("/admin/sign-out")
    marketer.cookies.update(kept)
    assert marketer.get("/admin/").status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_another_site_cannot_sign_anybody_out(marketer: TestClient, headers: dict):
    assert marketer.post("/admin/sign-out", headers=headers).status_code == 403
    assert marketer.get("/admin/").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(little: Little, stranger: TestClient):
    cookie = stranger.get(one_time_link(little.shop, BASE)).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_bound_to_the_host(little: Little):
    app = Starlette(routes=[Mount("/admin", admin(little.shop))])
    client = TestClient(app, base_url="https://shop.example", follow_redirects=False)
    cookie = client.get(one_time_link(little.shop, "https://shop.example")).headers["set-cookie"]
    assert cookie.startswith("__Host-shopkeeper=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie
    assert client.get("/admin/").status_code == 200


def test_the_database_holds_no_token(little: Little):
    token = one_time_link(little.shop, BASE).rsplit("/", 1)[1]
    with little.shop.state.read() as conn:
        held = conn.row("SELECT hash FROM sessions_links")
    assert held is not None
    assert token.encode() not in bytes(held[0])


@pytest.mark.parametrize("path", ["/sign-in", "/", "/settings", "/nowhere"])
def test_only_scripts_and_styles_of_our_own_run(marketer: TestClient, path: str):
    answer = marketer.get(f"/admin{path}")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in answer.text
    assert marketer.get(f"/admin{path}").headers["content-security-policy"] != policy
