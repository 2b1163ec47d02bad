"""The one writer: requests that arrive together are committed together, and answered when the disk has them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from queue import Empty, SimpleQueue
from typing import NamedTuple

import msgspec

from shopkeeper import events
from shopkeeper.decisions import Made, Recorder
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import CONFLICT, Reject
from shopkeeper.model.events import Event
from shopkeeper.storage import Connection

GROUP = 4_000
"""Events committed together at most."""
DECISIONS_WAIT_S = 0.2
"""How long a decision's record waits for others to be written with; nobody waits for it."""
log = logging.getLogger(__name__)


class Parcel(msgspec.Struct):
    """What one request wants written: events that were accepted so far, with their raw text, and rejects."""

    events: list[Event]
    raw: list[bytes]
    rejects: list[Reject]
    verdicts: list[str] = []
    """One per event, once written: new, duplicate or conflict."""


class Waiting(NamedTuple):
    """A parcel in the queue, and who waits for it."""

    parcel: Parcel
    done: asyncio.Future[Parcel]


class Wake(Enum):
    """Why the writer is woken without a parcel."""

    DECISIONS = 1
    CLOSE = 2


class Writer:
    """A thread that owns the writing transaction, for callers on an event loop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._recorder = Recorder()
        self._made: deque[Made] = deque()
        self._queue: SimpleQueue[Waiting | Wake] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, parcel: Parcel) -> asyncio.Future[Parcel]:
        """Queue a parcel; the future is done when it is durable and fails when it could not be written."""
        done: asyncio.Future[Parcel] = asyncio.get_running_loop().create_future()
        self._queue.put(Waiting(parcel, done))
        return done

    def note(self, decision: Made) -> None:
        """Keep a decision to be written with the next group; nobody waits for it, so the thread is rarely woken."""
        self._made.append(decision)
        if len(self._made) == 1:
            self._queue.put(Wake.DECISIONS)

    def close(self) -> None:
        """Write what is queued and stop."""
        self._queue.put(Wake.CLOSE)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            group, made, open_ = self._gather()
            try:
                self._write([waiting.parcel for waiting in group], made)
            except Exception:
                log.exception("a group could not be written; trying its parts one by one")
                self._recorder.forget()
                self._write_apart(group, made)
            else:
                _tell(group)

    def _gather(self) -> tuple[list[Waiting], list[Made], bool]:
        """Wait for something to do, then take all that is there. Decisions alone wait for company."""
        group: list[Waiting] = []
        size, open_ = 0, True
        item = self._queue.get()
        if item is Wake.DECISIONS:
            try:
                item = self._queue.get(timeout=DECISIONS_WAIT_S)
            except Empty:
                item = Wake.DECISIONS
        while True:
            if item is Wake.CLOSE:
                open_ = False
            elif not isinstance(item, Wake):
                group.append(item)
                size += len(item.parcel.events)
            if size >= GROUP or not open_:
                break
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
        made = [self._made.popleft() for _ in range(len(self._made))]
        return group, made, open_

    def _write_apart(self, group: Sequence[Waiting], made: list[Made]) -> None:
        for waiting in group:
            try:
                self._write([waiting.parcel], [])
            except Exception as error:
                log.exception("a parcel could not be written")
                _tell([waiting], error)
            else:
                _tell([waiting])
        try:
            self._write([], made)
        except Exception:
            log.exception("%d decisions could not be recorded", len(made))

    def _write(self, parcels: Sequence[Parcel], made: Sequence[Made]) -> None:
        if not parcels and not made:
            return
        with self._shop.state.write() as conn:
            self._shop.refresh(conn)
            if made:
                self._recorder.keep(conn, made)
            write_parcels(conn, self._shop, parcels)


def _tell(group: Sequence[Waiting], error: Exception | None = None) -> None:
    """Wake the loop once for all who wait: a wake-up each would cost more than their writes."""
    for loop in {waiting.done.get_loop() for waiting in group}:
        # A loop that was closed meanwhile has nobody left to tell.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, [w for w in group if w.done.get_loop() is loop], error)


def _settle(group: Sequence[Waiting], error: Exception | None) -> None:
    for parcel, done in group:
        if done.done():  # cancelled: its sender has gone
            continue
        if error:
            done.set_exception(error)
        else:
            done.set_result(parcel)


def write_parcels(conn: Connection, shop: Shop, parcels: Sequence[Parcel]) -> None:
    """Write parcels inside a transaction and note their verdicts. Events whose id is taken are kept as rejects."""
    together = [event for parcel in parcels for event in parcel.events]
    verdicts = iter(take_in(conn, shop.desk(), together) if together else ())
    for parcel in parcels:
        parcel.verdicts = [next(verdicts) for _ in parcel.events]
        reused = [
            Reject(
                event.received_at,
                "id_reused",
                f"The id {event.message_id!r} was used before for another event.",
                event.verified and bool(event.flags & 1),
                "",
                None,
                raw,
            )
            for event, raw, verdict in zip(parcel.events, parcel.raw, parcel.verdicts, strict=True)
            if verdict == CONFLICT
        ]
        if parcel.rejects or reused:
            events.keep_rejects(conn, [*parcel.rejects, *reused])
