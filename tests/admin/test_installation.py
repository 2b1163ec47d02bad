"""Settings, Installation: how to install, what is wrong with it, and the way behind a page; fetching is kept to the shop."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from shopkeeper import catalogue
from shopkeeper.admin import admin, one_time_link
from shopkeeper.api.tag import TagFiles
from shopkeeper.engine import debug
from shopkeeper.model.time import MINUTE
from shopkeeper.verify import Hosts
from tests.admin.conftest import BASE
from tests.admin.seed import NOW, Little
from tests.reports.test_doctor import browse
from tests.verify.site import Site

Text = Callable[[str], str]


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def little(tmp_path: Path, site: Site) -> Iterator[Little]:
    """The tea shop, which names its host."""
    shop = Little(tmp_path)
    shop.define()
    file = shop.shop.plan.file
    shop.shop.apply(replace(file, settings=replace(file.settings, hosts=(site.host,))))
    yield shop
    shop.close()


@pytest.fixture
def marketer(little: Little) -> Iterator[TestClient]:
    """A browser that is signed in, at a server that knows its tag."""
    app = Starlette(routes=[Mount("/admin", admin(little.shop, little.intake.counts, TagFiles()))])
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        client.get(one_time_link(little.shop, BASE))
        yield client


def page(little: Little, site: Site, key: str = "") -> str:
    """A page of the shop; its tag comes from nowhere."""
    return site.page(
        f'<html><script src="{site.origin}/sk/t.js" data-key="{key or little.shop.keys.write}"></script>'
        '<p data-sk-zone="home-hero">'
    )


def test_before_anything_arrived_it_says_how_to_install(text: Text, little: Little):
    said = html.unescape(text("/installation"))
    tag = TagFiles()
    assert "No page view has arrived yet" in said
    assert f'src="{BASE}/sk/t.js" data-key="{little.shop.keys.write}"' in said
    assert f'src="{BASE}/sk/t.{tag.version}.js" integrity="{tag.integrity}" crossorigin' in said


def test_a_fault_stands_with_cause_evidence_fix_and_the_way_on(text: Text, little: Little, site: Site):
    said = html.unescape(text(f"/installation?url={page(little, site, 'wk_wrong')}"))
    assert "The key in the page is not this shop's write key" in said
    assert "data-key='wk_wrong'" in said and "Put the write key of this shop into data-key" in said
    assert '<a href="/admin/settings#keys">See the keys</a>' in said
    assert said.count('aria-label="failed"') >= 3  # the key, the script that is not there, no views


def test_its_twins_say_the_same(marketer: TestClient, little: Little, site: Site):
    address = page(little, site)
    rows = marketer.get(f"/admin/installation.json?url={address}").json()["tables"]["checks"]
    assert {row["check"]: row["result"] for row in rows}["tag-not-served"] == "failed"
    assert "sk_debug" not in str(rows)
    assert marketer.get(f"/admin/installation.csv?url={address}").text.startswith("about,check,result")


def test_the_page_opens_in_the_debug_view(text: Text, little: Little, site: Site):
    address = page(little, site)
    found = re.search(
        r'href="([^"]+)\?sk_debug=([^"]+)" target="_blank" rel="noreferrer', text(f"/installation?url={address}")
    )
    assert found and found[1] == address
    assert debug.permitted_until(little.shop.keys.secret, found[2], NOW) == NOW + debug.VALID


def test_a_page_without_the_tag_is_handed_no_token(text: Text, site: Site):
    assert "sk_debug" not in text(f"/installation?url={site.page('<html><p>no tag')}")


def test_nothing_of_a_page_is_shown_but_what_the_checks_say(text: Text, little: Little, site: Site):
    address = site.page("<html><p>internal: 4711</p>")
    assert "4711" not in text(f"/installation?url={address}")


def test_other_hosts_are_not_fetched(text: Text, little: Little, site: Site):
    other = Site()
    other.page("page")
    said = html.unescape(text(f"/installation?url={other.origin}/"))
    other.close()
    assert "is not known as a host of the shop" in said and "Name the host under settings.hosts" in said
    assert other.seen == []


def test_a_page_view_makes_no_private_host_known(text: Text, little: Little):
    other = Site()
    other.page("page")
    browse(little, little.event(NOW - MINUTE, "p", context={"page": {"url": f"{other.origin}/"}}))
    said = html.unescape(text(f"/installation?url={other.origin}/"))
    other.close()
    assert "lies in a private network" in said and other.seen == []


def test_the_catalogue_names_hosts_of_the_shop(little: Little):
    product = catalogue.read_product({"id": "x", "name": "X", "url": "https://Shop.example/p/x"}, "EUR", NOW)
    little.shop.put_products([product])
    known = Hosts({}, little.shop.catalogue)
    assert "shop.example" in known and "hop.example" not in known and "shop.example.evil" not in known


def test_another_site_cannot_make_it_fetch(marketer: TestClient, little: Little, site: Site):
    address = page(little, site)
    answer = marketer.get(f"/admin/installation?url={address}", headers={"sec-fetch-site": "cross-site"})
    assert "Another site led here" in answer.text and site.seen == []


def test_what_is_no_address_is_said_so(text: Text):
    said = html.unescape(text("/installation?url=ftp://shop"))
    assert "'ftp://shop' is not the address of a page" in said and 'aria-invalid="true"' in said
