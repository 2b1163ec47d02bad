"""The mover: from the log to daily Parquet files, each event in exactly one file, listed in one transaction with its mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from shopkeeper.events import store
from shopkeeper.events.history import HISTORY_SCHEMAS, table_of_ids, to_table
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, day_of
from shopkeeper.storage import Connection, State
from shopkeeper.storage.history import Draft, History, ManifestFile

__all__ = ["HISTORY_SCHEMAS", "compact", "move", "move_waiting"]

KEEP = 7 * DAY
"""How long a moved event stays in the log, where its id and body are found fastest."""
CHUNK = 100_000
"""Events moved in one transaction, by default."""
MANY_FILES = 8
TRIES = 3
"""How often files are written anew because somebody else changed meanwhile what they hold; then others have to wait."""


class Prepared(NamedTuple):
    """What is to be moved, written into files that are not listed yet."""

    rows: list[tuple[int, bytes]]
    """(number in the log, body), as the log held them."""
    added: list[Draft | None]
    struck: list[Struck]


class Struck(NamedTuple):
    """A day of which the files hold old copies of corrected events."""

    day: str
    ids: list[bytes]
    files: list[ManifestFile]
    """They held them when the draft was made, which does not."""
    draft: Draft | None


def move(
    state: State,
    history: History,
    now: int,
    keep: int = KEEP,
    chunk: int = CHUNK,
    rest: Callable[[], None] | None = None,
) -> int:
    """Move everything that waits, `chunk` by chunk, and return how many events moved.

    Files are written before the transaction that lists them, so that whoever else writes hardly waits; after each chunk
    `rest` is called. A crash between file and transaction leaves an orphan file that `History.sweep` removes; nothing is
    moved twice.
    """
    moved = 0
    while True:
        count = _move_some(state, history, chunk)
        moved += count
        if count < chunk:
            with state.write() as conn:
                store.purge(conn, now - keep)
            return moved
        if rest is not None:
            rest()


def move_waiting(conn: Connection, history: History, chunk: int = CHUNK) -> int:
    """Move up to `chunk` of the events that wait, all in the transaction of `conn`, and return how many there were."""
    prepared = _prepare(conn, history, chunk)
    _settle(conn, history, prepared)
    return len(prepared.rows)


def compact(state: State, history: History, many: int = MANY_FILES) -> int:
    """Merge the files of every day that has at least `many`; returns how many days were merged.

    A day that somebody else changes meanwhile is left for the next time.
    """
    with state.read() as conn:
        counts: dict[str, int] = defaultdict(int)
        for file in history.files(conn, "events"):
            counts[file.day] += 1
    merged = 0
    for day in [day for day, files in counts.items() if files >= many]:
        with state.read() as conn:
            found = _without(conn, history, day, [])
        with state.write() as conn:
            if stands := history.files(conn, "events", day, day) == found.files:
                history.replace(conn, "events", day, found.draft)
        if not stands:
            history.discard([found.draft])
        merged += stands
    return merged


def _move_some(state: State, history: History, chunk: int) -> int:
    for _ in range(TRIES):
        with state.read() as conn:
            prepared = _prepare(conn, history, chunk)
        if not prepared.rows and not prepared.struck:
            return 0
        with state.write() as conn:
            if stands := _stands(conn, history, prepared):
                _settle(conn, history, prepared)
        if stands:
            return len(prepared.rows)
        history.discard([*prepared.added, *(each.draft for each in prepared.struck)])
    with state.write() as conn:
        return move_waiting(conn, history, chunk)


def _prepare(conn: Connection, history: History, chunk: int) -> Prepared:
    """Write the files for up to `chunk` of the events that wait, and those that do without old copies."""
    struck = [_without(conn, history, day, ids) for day, ids in store.stale(conn).items()]
    rows = store.waiting(conn, chunk)
    days: dict[str, list[Event]] = defaultdict(list)
    for _, body in rows:
        event = store.decode(body)
        days[day_of(event.occurred_at)].append(event)
    added = []
    for day, events in sorted(days.items()):
        events.sort(key=lambda e: (e.occurred_at, e.event_id))
        added.append(history.draft("events", day, to_table(events)))
    return Prepared(rows, added, struck)


def _stands(conn: Connection, history: History, prepared: Prepared) -> bool:
    """Whether the log and the files still say what the drafts were made from."""
    return (
        store.waiting(conn, len(prepared.rows)) == prepared.rows
        and store.stale(conn) == {each.day: each.ids for each in prepared.struck}
        and all(history.files(conn, "events", each.day, each.day) == each.files for each in prepared.struck)
    )


def _settle(conn: Connection, history: History, prepared: Prepared) -> None:
    """List the files and mark what they hold.

    Old copies of corrected events leave their files first, in the same transaction: a correction that came between
    the two would be listed twice, or struck out with its old copy.
    """
    for each in prepared.struck:
        history.replace(conn, "events", each.day, each.draft)
        store.clear_stale(conn, each.day)
    for draft in prepared.added:
        history.enter(conn, draft)
    store.mark_moved(conn, [seq for seq, _ in prepared.rows])


def _without(conn: Connection, history: History, day: str, ids: list[bytes]) -> Struck:
    """The files of a day in one, without some events."""
    files = history.files(conn, "events", day, day)
    table = history.table(
        conn,
        "SELECT * FROM {history} AS h WHERE event_id NOT IN (SELECT event_id FROM struck) ORDER BY occurred_at, event_id",
        first_day=day,
        last_day=day,
        tables={"struck": table_of_ids(ids)},
    )
    return Struck(day, ids, files, history.draft("events", day, table))
