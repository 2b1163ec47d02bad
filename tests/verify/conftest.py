"""A shop served for real, its pages on a web server of their own, and the checks between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shopkeeper import verify
from shopkeeper.api.tag import TagFiles
from shopkeeper.engine.shop import Shop
from shopkeeper.verify import Installed, Verdict
from tests.serving import Served, serving
from tests.verify.site import Site

TAG = TagFiles()
INSTALLED = Installed(TAG.version, TAG.integrity)
YAML = """
shop: {name: Checked, currency: EUR}
zones: {home-hero: {kind: block}, corner: {kind: notification}}
campaigns:
  spring:
    status: published
    communications:
      spring-hero: {kind: block, zone: home-hero, content: {heading: Spring}}
      spring-note: {kind: notification, zone: corner, content: {heading: Spring}}
"""
PRODUCT = '{"@type": "Product", "sku": "tea-1", "name": "Sencha", "offers": {"price": "8.75", "priceCurrency": "EUR"}}'


class Installation:
    """A served shop and its site."""

    def __init__(self, server: Served, site: Site) -> None:
        self.server = server
        self.site = site
        self.shop = Shop.open(server.data)
        self.key = server.keys.write
        self.tag = f'<script async src="{server.base}/sk/t.js" data-key="{self.key}"></script>'

    def html(self, *, tag: str | None = None, head: str = "", body: str = "", linked: str = PRODUCT) -> str:
        """A healthy product page, but for what is given."""
        data = f'<script type="application/ld+json">{linked}</script>' if linked else ""
        loader = f"<script>{TAG.loader}</script>"
        return (
            f'<!doctype html><html lang=en><head><meta name="sk:page_type" content="product">{head}{loader}'
            f"{self.tag if tag is None else tag}{data}</head><body>"
            f"{body or '<div data-sk-zone=home-hero>Default</div>'}</body></html>"
        )

    def look(self, *urls: str, guard: verify.Guard = verify.anywhere) -> list[Verdict]:
        """What the checks come to."""
        self.shop.refresh()
        with self.shop.state.read() as conn:
            had = verify.arrived(conn, self.shop)
        return verify.look(self.shop, INSTALLED, had, list(urls), guard)

    def wrong(self, *urls: str, guard: verify.Guard = verify.anywhere) -> dict[str, Verdict]:
        """What does not hold, by check."""
        return {v.check: v for v in self.look(*urls, guard=guard) if v.result in ("failed", "warning")}

    def send(self, *calls: dict[str, Any], key: str = "write") -> None:
        assert self.server.post("/v1/batch", {"batch": list(calls)}, key).json()["success"]

    def viewed(self, url: str, device: str = "ann") -> None:
        """A browser reports a page view, and asked for its zone."""
        self.send({"type": "page", "anonymousId": device, "context": {"page": {"url": url}}})
        self.server.post("/v1/decide", {"anonymousId": device, "zones": ["home-hero"]})


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def installation(folder: Any, site: Site) -> Iterator[Installation]:
    with serving(folder / "shop", YAML) as server:
        made = Installation(server, site)
        yield made
        made.shop.close()


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Installation]:
    """An installation from which everything arrives that should."""
    for made in installation(tmp_path_factory.mktemp("well"), site):
        assert made.server.post("/v1/products", [{"id": "tea-1", "name": "Sencha", "price": 8.75}], "secret").is_success
        made.viewed(site.origin + "/")
        line = {"product_id": "tea-1", "price": 8.75, "quantity": 1}
        order = {"order_id": "1001", "total": 8.75, "currency": "EUR", "products": [line]}
        call = {"type": "track", "event": "Order Completed", "userId": "ada", "properties": order}
        made.send(call, key="secret")
        yield made


@pytest.fixture
def new(tmp_path: Any, site: Site) -> Iterator[Installation]:
    """An installation nothing has arrived from."""
    yield from installation(tmp_path, site)
