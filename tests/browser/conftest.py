"""Pages of new persons, and a shop that records what the tag sends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.recorder import Recorder


@pytest.fixture
def shop() -> Iterator[Recorder]:
    """A page's server that records what the tag sends and answers what it is told to."""
    recorder = Recorder()
    yield recorder
    recorder.close()


@pytest.fixture
def page(browser: Browser, shop: Recorder) -> Iterator[Page]:
    """A page of a new person in that shop. An uncaught error of a script on it fails the test."""
    context = browser.new_context(base_url=shop.origin, viewport={"width": 1000, "height": 700}, locale="en-GB")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"scripts of the page raised: {errors}"
