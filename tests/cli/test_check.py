"""`shopkeeper check`: a table for people, JSON for programs, an exit code that means something."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.serving import Served, run
from tests.verify.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def test_an_installation_is_checked_and_mended(served: Served, site: Site):
    tag = f'<script src="{served.base}/sk/t.js" data-key="{{}}"></script><p data-sk-zone=home-hero></p>'
    url = site.page(tag.format("wk_wrong"))
    done = run("--data", served.data, "check", url)
    assert done.returncode == 1
    assert "✗  The tag has this shop's write key" in done.stdout
    assert "Found: The page has data-key='wk_wrong'" in done.stdout
    assert "Fix: Put the write key of this shop into data-key" in done.stdout
    assert "2 failed" not in done.stdout and "3 failed" in done.stdout  # no views from there, none from anywhere

    site.page(tag.format(served.keys.write))
    page = {"type": "page", "anonymousId": "a", "context": {"page": {"url": url}}}
    served.post("/v1/batch", {"batch": [page]})
    done = run("--data", served.data, "check", url, "--json")
    assert done.returncode == 0, done.stdout
    found = {verdict["check"]: verdict["result"] for verdict in json.loads(done.stdout)}
    assert found["wrong-key"] == found["no-page-views"] == found["zones-not-found"] == "passed"


def test_a_page_that_cannot_be_reached_fails(served: Served):
    done = run("--data", served.data, "check", "http://127.0.0.1:9/")
    assert done.returncode == 1 and "Nothing answers at 127.0.0.1:9" in done.stdout


def test_what_is_no_address_is_a_mistake(served: Served):
    done = run("--data", served.data, "check", "ftp://shop")
    assert (done.returncode, done.stdout) == (2, "")
    assert "https://shop.example.com/page" in done.stderr


def test_a_debug_link_is_printed(served: Served):
    done = run("--data", served.data, "debug-link", "https://shop.example/p?a=1")
    assert done.stdout.startswith("https://shop.example/p?a=1&sk_debug=")
    token = done.stdout.strip().partition("sk_debug=")[2]
    answer = served.post("/v1/decide", {"anonymousId": "a", "zones": ["home-hero"], "debug": token})
    assert answer.json()["explain"]["home-hero"][0]["result"] == "chosen"
    refused = served.post("/v1/decide", {"anonymousId": "a", "zones": ["home-hero"], "debug": token + "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "debug_invalid")
