"""Take the README's pictures anew, of a demo that runs for it: `python docs/pictures/take.py` (takes two minutes)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
PROGRAM = [sys.executable, "-u", "-m", "shopkeeper.cli.main"]
WIDE = {"width": 1280, "height": 800}
LIVED_MS = 90_000
"""How long the crowd lives before a picture: purchase intent and recommenders want something to go by."""

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""A browser without a window says so, and is taken for a robot: of those nothing is recorded."""


@contextmanager
def demo(folder: str) -> Iterator[tuple[str, str]]:
    """A running demo: the address of its shop, and the link that opens its admin."""
    command = [*PROGRAM, "--data", f"{folder}/data", "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = ""
            assert process.stdout is not None, "asked for"
            while "The admin" not in said:
                said += process.stdout.readline() or sys.exit("the demo ended")
            yield re.findall(r"http://\S+/shop/", said)[0], re.findall(r"http://\S+/admin/sign-in/\S+", said)[0]
        finally:
            process.terminate()


def take(page: Page, name: str) -> None:
    """One picture of what stands in the window."""
    page.screenshot(path=HERE / f"{name}.png")
    sys.stdout.write(f"wrote docs/pictures/{name}.png\n")


def main() -> None:
    """All of them."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, demo(folder) as (shop, admin), sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport=WIDE, user_agent=PERSON)
        page.wait_for_timeout(LIVED_MS)
        page.goto(shop)
        page.wait_for_timeout(3_000)
        take(page, "demo-shop")
        page.get_by_role("link", name="tea").first.click()
        page.wait_for_timeout(1_500)
        page.goto(shop.replace("/shop/", "/demo/"))
        page.wait_for_timeout(4_000)
        take(page, "split-view")
        page.goto(admin)
        base = page.url.partition("/admin")[0] + "/admin"
        take(page, "admin-home")
        page.goto(f"{base}/intent?search=tea")
        take(page, "admin-intent")
        page.goto(f"{base}/people")
        page.locator("table a").first.click()
        page.wait_for_load_state()
        take(page, "admin-person")
        browser.close()


if __name__ == "__main__":
    main()
