"""Pages of the tiny shop, and how they are visited."""

from __future__ import annotations

from playwright.sync_api import Page

from shopkeeper.api.tag import TagFiles
from tests.browser.recorder import SCRIPT, Recorder

HERO = '<div data-sk-zone="hero"><p>Default</p></div>'
LOADER = f"<script>{TagFiles().loader}</script>"


def visit(page: Page, shop: Recorder, body: str = HERO, head: str = SCRIPT, marks: str = "") -> None:
    """Opens the home page and waits until its zones are decided."""
    shop.page("/", body, head, marks)
    page.goto("/")
    shop.until(lambda: shop.questions)


def tag(**options: str) -> str:
    """The script element with options, as `consent="pending"`."""
    said = "".join(f' data-{name}="{value}"' for name, value in options.items())
    return SCRIPT.replace(" data-key", f"{said} data-key")


def pointer_leaves(page: Page) -> None:
    """The mouse goes out through the top of the window."""
    page.evaluate("document.dispatchEvent(new PointerEvent('pointerout', {pointerType: 'mouse', clientY: -1}))")
