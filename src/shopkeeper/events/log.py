"""The durable log: every event once, whatever arrives how often and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from shopkeeper.events import store
from shopkeeper.events.history import from_row
from shopkeeper.events.rules import settle
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, day_of, day_start
from shopkeeper.storage import Connection, marks, parts
from shopkeeper.storage.history import History

NEW, DUPLICATE, CONFLICT = "new", "duplicate", "conflict"


class Appended(msgspec.Struct):
    """What became of the events of one append."""

    verdicts: list[str]
    """One per event given: new, duplicate, or conflict (its id is taken by another content; it is not in the log)."""
    new: list[Event]
    corrected: list[Event]
    """Events that were in the log already and that a copy has changed there: what is derived from them is stale."""


def append(conn: Connection, history: History, events: Sequence[Event]) -> Appended:
    """Write the events that are new, and what their copies add to those that are known (`rules.settle`)."""
    ids = [e.event_id for e in events]
    known = store.known(conn, ids)
    known.update(_in_history(conn, history, [e for e in events if e.event_id not in known]))
    if not known and len(set(ids)) == len(ids):  # as mostly
        store.insert(conn, events)
        return Appended([NEW] * len(ids), list(events), [])
    before = dict(known)
    verdicts = []
    for event in events:
        have = known.get(event.event_id)
        if have is None:
            known[event.event_id] = event
            verdicts.append(NEW)
        elif have.digest != event.digest:
            verdicts.append(CONFLICT)
        else:
            known[event.event_id] = settle(have, event)
            verdicts.append(DUPLICATE)
    new = [event for event in known.values() if event.event_id not in before]
    corrected = [event for key, event in known.items() if key in before and event != before[key]]
    store.insert(conn, new)
    for event in corrected:
        _correct(conn, before[event.event_id], event)
    return Appended(verdicts, new, corrected)


def _correct(conn: Connection, old: Event, event: Event) -> None:
    """Put the corrected event in the place of the old one, also when that has left for a day file."""
    moved = store.moved(conn, event.event_id)
    if moved is None:
        store.insert(conn, [event])
    else:
        store.rewrite(conn, event)
    if moved is not False:
        store.mark_stale(conn, event.event_id, day_of(old.occurred_at))


def has_others(conn: Connection, device: str, since: int, apart_from: int) -> bool:
    """Whether the log holds events of a device at or after `since` besides the `apart_from` ones just appended.

    Also true when they might have left the log: it is a hint that saves work, not a fact.
    """
    return since < store.horizon(conn) or store.count_since(conn, device, since) > apart_from


def of_devices(conn: Connection, history: History, devices: Sequence[str]) -> list[Event]:
    """Every event of these devices, in order."""
    events = {e.event_id: e for e in store.of_devices(conn, devices)}
    before = store.horizon(conn)
    if before and devices:
        sql = f"SELECT * FROM {{history}} WHERE device IN ({marks(len(devices))}) AND occurred_at < ?"
        for row in history.query(conn, sql, (*devices, before), last_day=day_of(before)):
            event = from_row(row)
            events.setdefault(event.event_id, event)
    return sorted(events.values(), key=_order)


def recent(conn: Connection, devices: Sequence[str]) -> list[Event]:
    """The events of these devices that the log still holds, in order: days, and no file is opened."""
    return sorted(store.of_devices(conn, devices), key=_order)


def stream(conn: Connection, history: History, size: int) -> Iterator[list[Event]]:
    """The whole log in order, each event once, in lists of at most `size`: what a rebuild reads."""
    rest = sorted(store.unmoved(conn), key=_order)
    stale = store.stale(conn)
    for day in sorted({file.day for file in history.files(conn, "events")}):
        rows = history.query(conn, "SELECT * FROM {history}", first_day=day, last_day=day)
        old = frozenset(stale.get(day, ()))
        events = [event for event in map(from_row, rows) if event.event_id not in old]
        while rest and day_of(rest[0].occurred_at) <= day:
            events.append(rest.pop(0))
        events.sort(key=_order)
        for start in range(0, len(events), size):
            yield events[start : start + size]
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def count(conn: Connection, history: History) -> tuple[int, int]:
    """(events in all, of them not yet in history)."""
    in_files = sum(file.rows for file in history.files(conn, "events"))
    in_files -= sum(len(ids) for ids in store.stale(conn).values())
    _, waiting = store.totals(conn)
    return in_files + waiting, waiting


def last_arrived(conn: Connection) -> Event | None:
    """The event that arrived last, while the log still holds it."""
    return store.last_arrived(conn)


def latest(conn: Connection, limit: int) -> list[Event]:
    """The events that arrived last, newest first, as far as the log still holds them."""
    return store.latest(conn, limit)


def _in_history(conn: Connection, history: History, events: list[Event]) -> dict[bytes, Event]:
    """What the day files hold of these ids; asked only for events older than the log reaches back."""
    before = store.horizon(conn)
    old = [e for e in events if e.occurred_at < before + DAY] if before else []
    found: dict[bytes, Event] = {}
    for day, group in groupby(sorted(old, key=_order), key=lambda e: day_of(e.occurred_at)):
        ids = [e.event_id for e in group]
        for part in parts(ids):
            sql = f"SELECT * FROM {{history}} WHERE event_id IN ({marks(len(part))})"
            for row in _days(conn, history, sql, part, _noon(day)):
                event = from_row(row)
                found[event.event_id] = event
    return found


def _noon(day: str) -> int:
    return day_start(day) + DAY // 2


def _days(conn: Connection, history: History, sql: str, params: Sequence[object], around: int) -> list[tuple]:  # type: ignore[type-arg]
    """Rows of the day files next to a moment: copies of one event differ by clock jitter, not by more than a day."""
    return history.query(conn, sql, params, first_day=day_of(around - DAY), last_day=day_of(around + DAY))


def _order(event: Event) -> tuple[int, bytes]:
    return (event.occurred_at, event.event_id)
