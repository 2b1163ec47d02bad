"""Owns the HTTP API: wire shapes and answers, no rules and no SQL.

May touch the engine and what lies below it. Start reading in `app.py`; the two hot routes are in `hot.py`.
"""

from shopkeeper.api.app import build_app

__all__ = ["build_app"]
