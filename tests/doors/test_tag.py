"""The tag over HTTP: its files and their lives, its prefix, the snippet, and the visitor's signed cookie."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx
import pytest

from shopkeeper.api.tag import TagFiles
from tests.serving import SHOP_YAML, Served, run, serving

ZONES = {"anonymousId": "0192-aa", "zones": ["home-hero"]}


def ask(server: Served, cookies: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    """A decision as a page of the server's own origin asks for it."""
    said = "; ".join(f"{name}={value}" for name, value in {"a": "b", **(cookies or {})}.items())
    headers = {"sec-fetch-site": "same-origin", "cookie": said}
    return httpx.post(f"{server.base}/sk/d", json={"writeKey": server.keys.write, **ZONES, **body}, headers=headers)


def kept(answer: httpx.Response) -> dict[str, str]:
    """The cookies the answer sets."""
    return dict(re.findall(r"(sk_\w+)=([^;]+)", answer.headers.get("set-cookie", "")))


def test_the_alias_lives_for_minutes_and_a_version_for_ever(shared_server: Served):
    tag = TagFiles()
    for name, cached in (
        ("t.js", "max-age=300"),
        ("look.css", "max-age=300"),
        (f"t.{tag.version}.js", "immutable"),
        (f"look.{tag.version}.css", "immutable"),
    ):
        answer = httpx.get(f"{shared_server.base}/sk/{name}")
        assert answer.status_code == 200 and cached in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip" and answer.headers["access-control-allow-origin"] == "*"


def test_a_version_that_is_gone_says_so(shared_server: Served):
    assert httpx.get(f"{shared_server.base}/sk/t.0000000.js").json()["code"] == "not_found"


def test_the_pinned_snippet_names_what_is_served(shared_server: Served):
    told = run("--data", shared_server.data, "tag", "--url", shared_server.base, "--pinned").stdout
    found = re.search(r'<script async src="([^"]+)" integrity="sha384-([^"]+)" crossorigin data-key="([^"]+)">', told)
    assert found, told
    served = httpx.get(found[1])
    assert b64encode(hashlib.sha384(served.content).digest()).decode() == found[2]
    assert found[3] == shared_server.keys.write
    extras = re.search(r'<script type="importmap">(.+)</script>', told)
    assert extras
    for address, known in json.loads(extras[1])["integrity"].items():
        assert known == "sha384-" + b64encode(hashlib.sha384(httpx.get(address).content).digest()).decode()


def test_the_loader_is_small():
    assert len(TagFiles().loader.encode()) < 400


def test_another_prefix(tmp_path: Path):
    yaml = SHOP_YAML + "settings: {tag_prefix: /assets/corner}\n"
    with serving(tmp_path / "shop", yaml) as server:
        assert httpx.get(f"{server.base}/assets/corner/t.js").status_code == 200
        body = {"writeKey": server.keys.write, **ZONES}
        assert httpx.post(f"{server.base}/assets/corner/d", json=body).json()["zones"]["home-hero"]
        assert httpx.post(f"{server.base}/sk/d", json=body).status_code == 404
        assert "/assets/corner/t.js" in run("--data", server.data, "tag").stdout


def test_an_id_is_signed_and_kept_where_the_shop_serves_the_tag_itself(shared_server: Served):
    first = ask(shared_server)
    assert kept(first)["sk_id"] == "0192-aa" and len(kept(first)["sk_is"]) == 22
    assert "Max-Age=31536000" in first.headers["set-cookie"] and "SameSite=Lax" in first.headers["set-cookie"]
    assert kept(ask(shared_server, kept(first))) == kept(first)


def test_a_forged_cookie_is_a_stranger_and_gets_an_id_of_its_own(shared_server: Served):
    answer = ask(shared_server, {"sk_id": "0192-aa", "sk_is": "A" * 22})
    assert answer.status_code == 200 and kept(answer)["sk_id"] != "0192-aa"


@pytest.mark.parametrize(
    "body", [{"consent": {"measurement": False}}, {"anonymousId": "a; Domain=evil"}, {"anonymousId": None}]
)
def test_no_cookie_without_consent_or_for_what_is_no_id(shared_server: Served, body: dict[str, Any]):
    assert "set-cookie" not in ask(shared_server, **body).headers


def test_other_origins_get_no_cookie(shared_server: Served):
    body = {"writeKey": shared_server.keys.write, **ZONES}
    assert "set-cookie" not in httpx.post(f"{shared_server.base}/sk/d", json=body).headers
