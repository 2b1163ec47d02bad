"""Each fault of a page is named with its cause and its fix, and a healthy page has none."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from shopkeeper.model.definitions import ShopFile
from shopkeeper.verify import CHECKS
from tests.verify.conftest import TAG, Installation

PINNED = 'integrity="{integrity}" crossorigin'
NONCE = "script-src 'nonce-abc'; connect-src *"
STRICT = {"content-security-policy": "default-src 'none'; script-src 'nonce-abc'; connect-src {base}"}


def page(well: Installation, **changes: Any) -> str:
    """The address of a healthy page, but for what is given: parts of the page and `headers`, with {words} filled in."""
    words = {
        "base": well.server.base,
        "key": well.key,
        "secret": well.server.keys.secret,
        "version": TAG.version,
        "integrity": TAG.integrity,
        "site": well.site.origin,
        "tag": well.tag,
    }

    def filled(text: str) -> str:
        for name, value in words.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    headers: dict[str, Any] = {
        name.replace("-", "_"): filled(value) for name, value in changes.pop("headers", {}).items()
    }
    parts = {name: filled(value) for name, value in changes.items() if name != "nonce"}
    html = well.html(**parts)
    if changes.get("nonce"):
        html = html.replace("<script", '<script nonce="abc"')
    return well.site.page(html, **headers)


def test_a_healthy_page_has_a_tick_everywhere(well: Installation):
    verdicts = well.look(page(well))
    assert {v.check: v for v in verdicts if v.result != "passed"} == {}
    assert len(verdicts) >= 20


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": '<script async src="{base}/sk/t.{version}.js" integrity="{integrity}" data-key="{key}"></script>'},
        {"headers": STRICT, "nonce": True},
        {"headers": {"content-security-policy-report-only": "default-src 'none'"}},
        {"headers": {"content-security-policy": "script-src 'unsafe-inline' {base}; connect-src {base}/sk/"}},
        {"headers": {"cache-control": "public, max-age=86400"}},
        {"body": '<div data-sk-zone=home-hero data-sk-served="{}"></div>', "headers": {"cache-control": "private"}},
        {"head": "<!-- {tag} --><template>{tag}</template><noscript>{tag}</noscript>"},
        {"tag": '<script async src="{base}/sk/t.js" data-key="{key}" data-consent="google tcf"></script>'},
        {"linked": '{"@graph": [{"@type": ["Thing", "Product"], "sku": "other", "hasVariant": [{"sku": "tea-1"}]}]}'},
        {
            "linked": '[null, {"mainEntity": {"@type": "https://schema.org/Product", "sku": "", "productID": ["tea-1"]}}]'
        },
    ],
    ids=[
        "pinned",
        "nonces",
        "only reported",
        "hosts",
        "alias cached",
        "private answers",
        "inert",
        "consent",
        "variant",
        "main entity",
    ],
)
def test_what_is_well_in_another_way_is_no_fault(well: Installation, changes: dict[str, Any]):
    assert well.wrong(page(well, **changes)) == {}


OTHER = '<script async src="{base}/sk/t.js" data-key="wk_of_another_shop"></script>'
SERVED = '<div data-sk-zone=home-hero><div data-sk-served="{}"></div></div>'
FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "missing": ({"tag": ""}, "snippet-missing", "a tag manager may put it in"),
    "two copies": ({"head": "{tag}"}, "two-copies", "line 1: http"),
    "wrong key": ({"tag": OTHER}, "wrong-key", "wk_of_another_shop"),
    "no key": ({"tag": '<script src="{base}/sk/t.js" data-key></script>'}, "wrong-key", "data-key=''"),
    "secret in a script": ({"head": "<script>const key = '{secret}'</script>"}, "secret-key", "It begins sk_"),
    "not passed on": ({"tag": '<script src="/sk/t.js" data-key="{key}"></script>'}, "tag-not-served", "it answers 404"),
    "gone version": (
        {"tag": '<script src="{base}/sk/t.0000000.js" data-key="{key}"></script>', "headers": {"age": "900"}},
        "stale-version",
        "The page names 0000000, served is",
    ),
    "other hash": (
        {"tag": '<script src="{base}/sk/t.{version}.js" integrity="sha384-AAAA" data-key="{key}"></script>'},
        "stale-version",
        "The hash in the page",
    ),
    "policy against scripts": (
        {"headers": {"content-security-policy": NONCE}},
        "csp-script",
        "script-src 'nonce-abc' forbids http",
    ),
    "policy in the page": (
        {"head": "<meta http-equiv=content-security-policy content=\"script-src 'self'; connect-src *\">"},
        "csp-script",
        "script-src 'self' forbids http",
    ),
    "policy against the loader": (
        {"headers": {"content-security-policy": "script-src {base}"}},
        "csp-script",
        "forbids the inline script in line 1",
    ),
    "second policy": (
        {"headers": {"content-security-policy": "script-src *  'unsafe-inline', connect-src 'self'"}},
        "csp-connect",
        "connect-src 'self' forbids",
    ),
    "policy against markup": (
        {"headers": {"content-security-policy": "require-trusted-types-for 'script'; trusted-types shop"}},
        "csp-content",
        "trusted-types shop does not name shopkeeper",
    ),
    "policy against the style sheet": (
        {
            "head": '<link rel=stylesheet href="{base}/sk/look.css">',
            "headers": {"content-security-policy": "style-src 'self'"},
        },
        "csp-content",
        "style-src 'self' forbids",
    ),
    "pinned and cached": (
        {
            "tag": '<script src="{base}/sk/t.{version}.js" data-key="{key}"></script>',
            "headers": {"cache-control": "public, s-maxage=86400"},
        },
        "cached-page",
        "s-maxage=86400",
    ),
    "answers cached": (
        {"body": SERVED, "headers": {"cache-control": "public, max-age=60"}},
        "cached-answer",
        "public, max-age=60",
    ),
    "unknown consent tool": (
        {"tag": '<script src="{base}/sk/t.js" data-key="{key}" data-consent="googel"></script>'},
        "consent-tool",
        "did you mean google?",
    ),
    "no product data": ({"linked": ""}, "no-json-ld", "There is none"),
    "broken product data": (
        {"linked": "{broken", "head": "<meta name=sk:product content=tea-1>"},
        "no-json-ld",
        "line 1",
    ),
    "unknown product": ({"linked": '{"@type": "Product", "sku": "tea-99"}'}, "unknown-products", "tea-99 is not in"),
    "product without an id": ({"linked": '{"@type": "Product", "name": "Tea"}'}, "unknown-products", "neither a mark"),
    "unknown zone": ({"body": "<p data-sk-zone=home-heroo>"}, "unknown-zones", "did you mean home-hero?"),
    "zone of a notification": ({"body": "<p data-sk-zone=corner>"}, "unknown-zones", "needs no place in the page"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_cause_and_its_fix(well: Installation, fault: str):
    changes, check, found = FAULTS[fault]
    wrong = well.wrong(page(well, **changes))
    extra = {"unknown-products"} if fault == "no product data" else set()
    assert set(wrong) - extra == {check}
    verdict = wrong[check]
    assert found in verdict.evidence
    assert verdict.cause == CHECKS[check].cause and verdict.fix and verdict.about == f"{well.site.origin}/"


def test_the_server_of_another_shop_is_recognised(well: Installation, shared_server: Any):
    elsewhere = f'<script async src="{shared_server.base}/sk/t.js" data-key="{{key}}"></script>'
    wrong = well.wrong(page(well, tag=elsewhere))
    assert set(wrong) == {"another-host"}
    assert wrong["another-host"].evidence == f"{shared_server.base.removeprefix('http://')} refused the key."


def test_the_secret_key_is_not_sent_on(well: Installation):
    well.site.page("// shopkeeper", "/sk/t.js", content_type="text/javascript")
    well.site.seen.clear()
    leaked = '<script src="/sk/t.js" data-key="{secret}"></script>'
    wrong = well.wrong(page(well, tag=leaked))
    del well.site.pages["/sk/t.js"]
    assert {"secret-key", "wrong-key"} <= set(wrong)
    assert "/sk/d" not in well.site.seen
    assert well.server.keys.secret not in str(wrong)


def test_a_script_held_back_by_a_consent_tool_is_recognised(well: Installation):
    held = '<script type="text/plain" src="{base}/sk/t.js" data-key="{key}"></script>'
    wrong = well.wrong(page(well, tag=held))
    assert set(wrong) == {"snippet-missing", "consent-holds-tag"}


def test_a_shop_that_asks_first_and_does_not_is_told(new: Installation):
    new.shop.apply(with_settings(new, consent_default="denied"))
    assert "consent-not-asked" in new.wrong(new.site.page(new.html()))
    asking = new.html(tag=new.tag.replace(" data-key", ' data-consent="pending" data-key'))
    wrong = new.wrong(new.site.page(asking))
    assert "consent-not-asked" not in wrong
    assert "waits for a choice (data-consent='pending')" in wrong["consent-withheld"].evidence


def with_settings(new: Installation, **settings: Any) -> ShopFile:
    """The shop's file with other settings."""
    file = new.shop.plan.file
    return replace(file, settings=replace(file.settings, **settings))
