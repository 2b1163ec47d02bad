"""Fetching a page is bounded in time, size and redirects, and goes only where it may."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from shopkeeper.model.errors import BadInput
from shopkeeper.verify import Refused, anywhere, fetch, only
from shopkeeper.verify.fetch import MOST_BYTES, checked
from tests.needs import missing
from tests.verify.conftest import Installation
from tests.verify.site import Site


def refusal(url: str, guard=anywhere, **more) -> Refused:
    with pytest.raises(Refused) as raised:
        fetch(url, guard, **more)
    return raised.value


def test_a_page_comes_with_its_headers_and_its_characters(site: Site):
    answered = fetch(site.page("tëa".encode("latin-1"), content_type="text/html; charset=latin-1"), anywhere)
    assert (answered.status, answered.text, answered.cut) == (200, "tëa", False)
    assert answered.header("content-type") == "text/html; charset=latin-1"


def test_a_large_page_is_cut(site: Site):
    answered = fetch(site.page(b"x" * 10_000_000), anywhere)
    assert answered.cut and len(answered.text) == MOST_BYTES


def test_a_small_page_that_unpacks_to_a_large_one_is_cut(site: Site):
    answered = fetch(site.page(gzip.compress(b"x" * 50_000_000), content_encoding="gzip"), anywhere)
    assert answered.cut and len(answered.text) == MOST_BYTES


def test_a_page_that_trickles_is_given_up(site: Site):
    url = site.page("x" * 200, pause_s=0.1)
    begun = time.monotonic()
    assert refusal(url, seconds=0.5).code == "too_slow"
    assert time.monotonic() - begun < 5, "it would have taken twenty seconds"


def test_redirects_are_followed_so_far(site: Site):
    site.page("there", "/there")
    assert fetch(site.page("", "/go", status=301, location="/there"), anywhere).url == f"{site.origin}/there"
    assert refusal(site.page("", "/round", status=302, location="/round")).code == "too_many_redirects"


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://x/", "http://[bad", "http://a:b@c/"])
def test_a_redirect_leads_to_web_pages_only(site: Site, location: str):
    assert refusal(site.page("", status=302, location=location)).code == "bad_redirect"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://shop/",
        "javascript:alert(1)",
        "https://",
        "http://a b/",
        "http://u:p@h/",
        "http://h:x",
        "http://h/a\nb",
    ],
)
def test_what_is_no_address_is_an_error(address: str):
    with pytest.raises(BadInput):
        checked(address)


@pytest.mark.parametrize(
    ("typed", "fetched"),
    [
        ("shop.example", "https://shop.example"),
        (" http://Shop.Example:8080/a#part ", "http://shop.example:8080/a"),
        ("https://bücher.example/grüner%20tee", "https://xn--bcher-kva.example/gr%C3%BCner%20tee"),
        ("http://[::1]:80/?q=ä&r=%2F", "http://[::1]:80/?q=%C3%A4&r=%2F"),
    ],
)
def test_an_address_is_taken_as_people_write_it(typed: str, fetched: str):
    assert checked(typed) == fetched


def test_a_redirect_may_hold_any_letters(site: Site):
    site.page("there", "/gr%C3%BCn")
    assert fetch(site.page("", "/go", status=301, location="/gr\u00c3\u00bcn"), anywhere).text == "there"


def test_what_cannot_be_reached_says_so(monkeypatch: pytest.MonkeyPatch):
    assert "Nothing answers at 127.0.0.1:9" in str(refusal("http://127.0.0.1:9/"))
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "There is no host nowhere.invalid" in str(refusal("http://nowhere.invalid/"))


def unknown(*_where: object, **_how: object) -> None:
    """What resolvers say of such a name; this machine's own may be out of reach."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_resolver_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_where, **_how: [over.wait()][1:])
    assert refusal("http://nowhere.invalid/", seconds=0.1).code == "too_slow"
    over.set()


def test_a_certificate_has_to_be_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    openssl = shutil.which("openssl") or missing("openssl")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run(
        [str(openssl), *made, *files, "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True
    )
    secure = Site()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    secure.server.socket = context.wrap_socket(secure.server.socket, server_side=True)
    secure.page("secret")
    url = f"https://localhost:{secure.server.server_port}/"
    assert refusal(url).code == "bad_certificate"
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    assert fetch(url, anywhere).text == "secret"
    secure.close()


def test_a_host_without_tls_is_named(site: Site):
    assert site.host in str(refusal(f"https://{site.host}/"))


def test_the_admin_goes_to_hosts_of_the_shop_only(site: Site):
    url = site.page("page")
    assert "not known as a host of the shop" in str(refusal(url, only([], [])))
    assert "private network" in str(refusal(url, only([], [site.host])))
    assert fetch(url, only([site.host], [])).text == "page"


def test_a_redirect_leads_nowhere_the_first_address_could_not(site: Site):
    """The metadata service of a cloud, by way of the shop's own site."""
    url = site.page("", "/out", status=302, location="http://169.254.169.254/latest/meta-data/")
    assert "not known as a host of the shop" in str(refusal(url, only([site.host], [])))
    assert "private network" in str(refusal(url, only([site.host], ["169.254.169.254"])))


def test_a_page_that_cannot_be_had_is_a_finding(well: Installation):
    found = {
        well.site.page("", "/gone", status=404): "It answered 404.",
        well.site.page("{}", "/data", content_type="application/json"): "It is application/json, no HTML.",
        "http://127.0.0.1:9/": "Nothing answers",
    }
    for url, said in found.items():
        assert said in well.wrong(url)["page-unreachable"].evidence


def test_a_tag_elsewhere_is_not_asked_by_the_admin(well: Installation):
    verdicts = {v.check: v for v in well.look(well.site.page(well.html()), guard=only([well.site.host], []))}
    assert verdicts["tag-not-served"].result == "not checked"
    assert "not known as a host of the shop" in verdicts["tag-not-served"].evidence
