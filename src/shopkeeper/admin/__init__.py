"""Owns the pages a marketer sees: home, campaigns, orders and people with their reasons, rejects and settings.

May touch every room below through its public verbs; holds no rules and no SQL. Start reading in `app.py`.
"""

from shopkeeper.admin.app import admin
from shopkeeper.admin.sign_in import one_time_link

__all__ = ["admin", "one_time_link"]
