"""Which hours are summed up: a room that changes rows says whose hours are no longer what they were.

Rollups (see the stats room) hold for the hours listed here and for no other. What is not listed is counted from the rows
themselves, so a figure is right whether or not its hours have been summed up yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from shopkeeper.model.time import HOUR
from shopkeeper.storage.state import Connection, Migration

MIGRATIONS = (Migration("hours", 1, ("CREATE TABLE hours_summed (hour BIGINT NOT NULL PRIMARY KEY)",)),)


def disturb(conn: Connection, moments: Iterable[int]) -> None:
    """Rows of these moments (microseconds) came, went or changed: their hours have to be summed up again."""
    hours = {at - at % HOUR for at in moments}
    if hours:
        conn.many("DELETE FROM hours_summed WHERE hour = ?", [(hour,) for hour in sorted(hours)])


def disturb_all(conn: Connection) -> None:
    """Nothing summed up so far holds any longer."""
    conn.run("DELETE FROM hours_summed")


def note(conn: Connection, hour: int) -> None:
    """The hour is summed up from now on."""
    conn.run("INSERT INTO hours_summed VALUES (?) ON CONFLICT DO NOTHING", (hour,))


def summed(conn: Connection, start: int, end: int) -> list[int]:
    """The hours that are summed up and lie wholly in [start, end), in order."""
    sql = "SELECT hour FROM hours_summed WHERE hour >= ? AND hour <= ? ORDER BY hour"
    return [row[0] for row in conn.rows(sql, (start, end - HOUR))]
