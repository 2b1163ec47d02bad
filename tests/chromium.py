"""A real browser for the tests of the tag and the pages: the Chromium of the machine."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.needs import missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
"""Containers run tests as root and with a tiny /dev/shm; both need a flag."""
END_S = 30

expect.set_options(timeout=20_000)  # what comes true is seen at once: a long wait costs only what fails


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Chromium's program; the tests that ask for it are skipped, or in CI fail, where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing(f"Chromium (one of {', '.join(NAMES)})")
    return Path(found)


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """One browser process for a file of tests; while it lives, Playwright's event loop runs in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        # Now and then a browser does not end when it is asked to, and the call that asks knows no deadline.
        impatience = threading.Timer(END_S, _kill_browsers)
        impatience.start()
        browser.close()
        impatience.cancel()


def _kill_browsers() -> None:
    """Kill the browsers this process has started, by way of the driver that Playwright starts them with."""
    for driver in _children(os.getpid()):
        for child in _children(driver):
            with suppress(OSError):  # it has ended after all
                if "chrom" in Path(f"/proc/{child}/comm").read_text():
                    os.kill(child, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
