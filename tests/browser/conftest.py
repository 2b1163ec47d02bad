"""A real browser for the tests of the tag and the pages: the Chromium of the machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.recorder import Recorder
from tests.needs import missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Chromium's program; the tests that ask for it are skipped, or in CI fail, where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing(f"Chromium (one of {', '.join(NAMES)})")
    return Path(found)


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """One browser process for the whole run."""
    with sync_playwright() as playwright:
        # Containers run tests as root and with a tiny /dev/shm; both need a flag.
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A new person: no cookies, nothing stored."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    yield context
    context.close()


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
