"""Rejects: the events that were not accepted, word for word, with the reason."""

from __future__ import annotations

from shopkeeper import events
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import Column, Empty, Table

SHOWN = 100


def listing(ask: Ask) -> Page:
    """The newest rejects."""
    columns = (
        Column("received_at", "Arrived", "time"),
        Column("code", "Code"),
        Column("message", "What was wrong"),
        Column("sender", "Sent by"),
        Column("raw", "As it arrived", "code"),
    )
    rows = [
        {
            "received_at": reject.received_at,
            "code": reject.code,
            "message": reject.message,
            "sender": "server" if reject.server else "browser",
            "raw": reject.raw.decode("utf-8", "replace"),
        }
        for reject in events.newest_rejects(ask.conn, SHOWN)
    ]
    counts = events.count_rejects(ask.conn)
    empty = Empty("Every event that arrived was accepted. Those that cannot be will be kept here, word for word.")
    table = Table("rejects", "Rejected events, the newest first", columns, rows, empty)
    return Page("rejects.html", "Rejects", "rejects", (table,), {"counts": counts}, {"counts": counts})
