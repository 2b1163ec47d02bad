"""What the checks say a page's policy forbids is what Chromium forbids: the browser is the referee."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from shopkeeper.api.tag import TagFiles
from shopkeeper.verify.rules.page import Answered, Look, Own, judge
from tests.serving import Served
from tests.verify.site import Site

TAG = TagFiles()
LOADER_HASH = f"'sha256-{base64.b64encode(hashlib.sha256(TAG.loader.encode()).digest()).decode()}'"
POLICIES = [
    "default-src 'none'",
    "default-src 'self'",
    "default-src *",
    "default-src * 'unsafe-inline'",
    "script-src 'self'",
    "script-src {server}",
    "script-src {server}/sk/",
    "script-src {server}/sk/t.js 'unsafe-inline'",
    "script-src {server}/other/",
    "script-src {host}:*",
    "script-src {host}",
    "script-src {host}:1",
    "script-src *.{host}:*",
    "script-src http:",
    "script-src https:",
    "script-src http: 'unsafe-inline'",
    "script-src 'nonce-abc'",
    "script-src 'nonce-other' {server}",
    "script-src 'nonce-abc' 'strict-dynamic' 'unsafe-inline' http:",
    "script-src 'strict-dynamic' {server}",
    "script-src {server} {loader}",
    "script-src {server} {loader} 'unsafe-inline'",
    "script-src 'none'; script-src-elem {server} 'nonce-abc'",
    "script-src-elem 'none'; script-src {server} 'nonce-abc'",
    "script-src {integrity}",
    "connect-src 'none'",
    "connect-src 'self'",
    "connect-src {server}",
    "connect-src {server}/sk/",
    "connect-src {server}/sk/b",
    "connect-src ws:",
    "default-src 'none'; script-src 'nonce-abc'; connect-src {server}",
    "script-src *, script-src 'nonce-abc'",
    "SCRIPT-SRC 'NONE'",
    "img-src 'none'; ; upgrade; report-uri /x",
    "script-src {server} 'unsafe-inline'; require-trusted-types-for 'script'",
    "script-src {server} 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types shopkeeper other",
    "script-src {server} 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types other",
    "script-src {server} 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'",
    "script-src {server} 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types *",
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.mark.parametrize("nonce", ["", "abc"])
def test_the_browser_and_the_checks_agree(browser: Browser, site: Site, shared_server: Served, nonce: str) -> None:
    page = browser.new_page()
    apart = []
    for policy in POLICIES:
        html, said = built(policy, nonce, shared_server)
        url = site.page(html, content_security_policy=said)
        page.goto(url, wait_until="load")
        page.wait_for_timeout(30)
        if (seen := lived(page)) != (judged := foretold(url, html, said)):
            apart.append(f"{said}: the browser {seen}, the checks {judged}")
    page.close()
    assert not apart


def built(policy: str, nonce: str, server: Served) -> tuple[str, str]:
    """The page and its policy."""
    host = server.base.removeprefix("http://").partition(":")[0]
    words = {"server": server.base, "host": host, "loader": LOADER_HASH, "integrity": f"'{TAG.integrity}'"}
    said = policy
    for name, value in words.items():
        said = said.replace(f"{{{name}}}", value)
    mark = f' nonce="{nonce}"' if nonce else ""
    integrity = f' integrity="{TAG.integrity}" crossorigin'
    tag = f'<script{mark} src="{server.base}/sk/t.js"{integrity} data-key="{server.keys.write}"></script>'
    return f"<!doctype html><script{mark}>{TAG.loader}</script>{tag}<body><p data-sk-zone=home-hero>Default", said


def lived(page: Any) -> dict[str, bool]:
    """What the browser let happen; what could not be tried is left out."""
    loader = page.evaluate("!!window.shopkeeper?.room")
    tag = page.evaluate("!!window.shopkeeper?.decide")
    found = {"csp-script": loader and tag}
    if tag:
        answered = page.evaluate("shopkeeper.decide(['home-hero'], {html: true}).then(() => true, () => false)")
        found["csp-connect"] = answered
        if answered:
            page.wait_for_timeout(250)
            found["csp-content"] = page.evaluate("!!document.querySelector('[data-sk-zone] h2, [data-sk-zone] h3')")
    return found


def foretold(url: str, html: str, policy: str) -> dict[str, bool]:
    """What the checks say of it, of the same parts."""
    own = Own("wk", "sk", "/sk", TAG.version, TAG.integrity, {}, (), 0, False)
    verdicts = {
        v.check: v for v in judge(Look(own, Answered(url, 200, [("content-security-policy", policy)], html), False), {})
    }
    said = {name: verdicts[name].result == "passed" for name in ("csp-script", "csp-connect", "csp-content")}
    evidence = verdicts["csp-script"].evidence
    runs = said["csp-script"] or "forbids the inline script" in evidence
    if not runs:
        return {"csp-script": False}
    return said if said["csp-connect"] else {name: said[name] for name in ("csp-script", "csp-connect")}
