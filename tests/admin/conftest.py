"""The tea shop with its admin, signed in to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from shopkeeper.admin import admin, one_time_link
from tests.admin.seed import Little

BASE = "http://testserver"


@pytest.fixture
def little(tmp_path: Path) -> Iterator[Little]:
    """A shop without definitions or events."""
    shop = Little(tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def stranger(little: Little) -> Iterator[TestClient]:
    """A browser nobody has signed in with."""
    app = Starlette(routes=[Mount("/admin", admin(little.shop, little.intake.counts))])
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


@pytest.fixture
def marketer(little: Little, stranger: TestClient) -> TestClient:
    """A browser that opened a sign-in link."""
    stranger.get(one_time_link(little.shop, BASE))
    return stranger


@pytest.fixture
def lively(little: Little) -> Little:
    """Campaigns, Ada's life and a small crowd."""
    little.define()
    little.ada()
    little.crowd(30)
    return little


@pytest.fixture
def text(marketer: TestClient) -> Callable[[str], str]:
    """The HTML of a page that must exist."""

    def read(path: str) -> str:
        answer = marketer.get(f"/admin{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    return read
