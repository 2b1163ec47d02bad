"""Owns the demo's split view: the shop, and beside it what becomes of whoever uses this browser.

May touch every room below and the pages of the admin, among which its template and script lie. Start reading in `page.py`.
"""

from shopkeeper.live.page import life, live

__all__ = ["life", "live"]
