"""The browser the other tests stand on works at all."""

from __future__ import annotations

from playwright.sync_api import Page


def test_a_page_shows_what_it_was_given(page: Page):
    page.set_content("<h1>Fern &amp; Fable</h1>")
    assert page.get_by_role("heading").inner_text() == "Fern & Fable"
