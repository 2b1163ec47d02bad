"""Pages that browsers keep for the way back, and pages they prepare before anybody asked: views are what was looked at."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.answers import answer
from tests.browser.pages import HERO, visit
from tests.browser.recorder import SCRIPT, Recorder
from tests.chromium import FLAGS


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """Chromium as people have it; Playwright takes the memory of pages away unless told not to."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        browser.close()


def paths(shop: Recorder) -> list[str]:
    """The addresses viewed so far."""
    return [event["context"]["page"]["path"] for event in shop.events("page")]


def test_a_page_that_comes_back_from_the_browsers_memory_is_viewed_and_decided_again(
    page: Page, shop: Recorder
) -> None:
    shop.zones = {"hero": answer()}
    visit(page, shop)
    shop.got("Communication Shown")
    page.evaluate("window.kept = true; shopkeeper.track('Last')")
    shop.page("/other", "Other")
    page.goto("/other")
    shop.until(lambda: paths(shop) == ["/", "/other"])
    shop.zones = {"hero": answer(content={"heading": "Summer tea"})}
    page.go_back(wait_until="commit")  # no page is loaded
    page.get_by_role("heading", name="Summer tea").wait_for()
    assert page.evaluate("window.kept"), "this is to be the very page that was left"
    shop.until(lambda: paths(shop) == ["/", "/other", "/"])
    shop.until(lambda: shop.acts() == ["Shown", "Shown"])
    assert len(shop.events("Last")) == 1


@contextmanager
def opened(program: Path, folder: Path, url: str) -> Iterator[None]:
    """Chromium at this address, driven by nobody: whoever drives it keeps it from preparing pages."""
    command = [str(program), "--headless=new", *FLAGS, f"--user-data-dir={folder}", url]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_a_prepared_page_is_viewed_once_it_is_looked_at_and_never_before(
    chromium_path: Path, tmp_path: Path, shop: Recorder
) -> None:
    rules = '<script type="speculationrules">{"prerender": [{"urls": ["/next", "/unseen"], "eagerness": "immediate"}]}</script>'
    ready = (
        "<script>const prepared = document.prerendering; onload = () => fetch('/ready' + location.pathname)</script>"
    )
    told = "<script>shopkeeper = {q: [['track', ['Prepared', {prepared}]]]}</script>"
    wait = "<script>setInterval(() => fetch('/go').then(({ok}) => ok && (location.href = '/next')), 100)</script>"
    shop.page("/", rules + wait)
    for path in ("/next", "/unseen"):
        shop.page(path, HERO, head=ready + told + SCRIPT)
    with opened(chromium_path, tmp_path, shop.origin):
        shop.until(lambda: {"/ready/next", "/ready/unseen"} <= {*shop.fetched}, seconds=20)
        shop.until(lambda: paths(shop) == ["/"])
        assert shop.events("Prepared") == [] and len(shop.questions) == 1
        shop.page("/go", "")
        assert shop.got("Prepared")["properties"] == {"prepared": True}
        shop.until(lambda: paths(shop) == ["/", "/next"])
        shop.until(lambda: len(shop.questions) == 2)
    assert paths(shop) == ["/", "/next"]
