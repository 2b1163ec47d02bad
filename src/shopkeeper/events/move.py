"""The mover: from the log to daily Parquet files, each event in exactly one file, in one transaction with its mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from shopkeeper.events import store
from shopkeeper.events.history import HISTORY_SCHEMAS, from_row, to_table
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, day_of
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import History

__all__ = ["HISTORY_SCHEMAS", "compact", "move", "move_waiting"]

KEEP = 7 * DAY
"""How long a moved event stays in the log, where its id and body are found fastest."""
CHUNK = 100_000
"""Events moved in one transaction, by default."""
MANY_FILES = 8


def move(
    state: State,
    history: History,
    now: int,
    keep: int = KEEP,
    chunk: int = CHUNK,
    rest: Callable[[], None] | None = None,
) -> int:
    """Move everything that waits, `chunk` by chunk, and return how many events moved.

    Whoever else writes waits for a chunk, after which `rest` is called; each leaves a file for each of its days.
    A crash between file and transaction leaves an orphan file that `History.sweep` removes; nothing is moved twice.
    """
    moved = 0
    while True:
        with state.write() as conn:
            count = move_waiting(conn, history, chunk)
            if count < chunk:
                store.purge(conn, now - keep)
        moved += count
        if count < chunk:
            return moved
        if rest is not None:
            rest()


def move_waiting(conn: Connection, history: History, chunk: int = CHUNK) -> int:
    """Move up to `chunk` of the events that wait and return how many there were.

    Old copies of corrected events leave their files first, in the same transaction: a correction that came between
    the two would be listed twice, or struck out with its old copy.
    """
    for day, ids in store.stale(conn).items():
        _rewrite_day(conn, history, day, without=frozenset(ids))
        store.clear_stale(conn, day)
    rows = store.waiting(conn, chunk)
    days: dict[str, list[Event]] = defaultdict(list)
    for _, event in rows:
        days[day_of(event.occurred_at)].append(event)
    for day, events in sorted(days.items()):
        events.sort(key=lambda e: (e.occurred_at, e.event_id))
        history.add(conn, "events", day, to_table(events))
    store.mark_moved(conn, [seq for seq, _ in rows])
    return len(rows)


def compact(state: State, history: History, many: int = MANY_FILES) -> int:
    """Merge the files of every day that has at least `many`; returns how many days were merged."""
    with state.read() as conn:
        counts: dict[str, int] = defaultdict(int)
        for file in history.files(conn, "events"):
            counts[file.day] += 1
    days = [day for day, files in counts.items() if files >= many]
    for day in days:
        with state.write() as conn:
            _rewrite_day(conn, history, day, without=frozenset())
    return len(days)


def _rewrite_day(conn: Connection, history: History, day: str, without: frozenset[bytes]) -> None:
    sql = "SELECT * FROM {history} ORDER BY occurred_at, event_id"
    rows = history.query(conn, sql, first_day=day, last_day=day)
    kept = [event for event in map(from_row, rows) if event.event_id not in without]
    history.replace(conn, "events", day, to_table(kept) if kept else None)
