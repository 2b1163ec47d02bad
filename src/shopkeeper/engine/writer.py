"""The one writer: requests that arrive together are committed together, and answered when the disk has them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from enum import Enum
from queue import Empty, SimpleQueue

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


class Wake(Enum):
    """Why the writer is woken without a parcel."""

    DECISIONS = 1
    CLOSE = 2


class Writer:
    """A thread that owns the writing transaction. `submit` returns a future that is done when the parcel is durable."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._recorder = Recorder()
        self._made: deque[Made] = deque()
        self._queue: SimpleQueue[tuple[Parcel, Future[Parcel]] | Wake] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, parcel: Parcel) -> Future[Parcel]:
        """Queue a parcel; the future fails when it could not be written."""
        done: Future[Parcel] = Future()
        done.set_running_or_notify_cancel()  # a client that goes away must not take the future, and us, with it
        self._queue.put((parcel, done))
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
            parcels, made, open_ = self._gather()
            try:
                self._write([parcel for parcel, _ in parcels], made)
            except Exception:
                log.exception("a group could not be written; trying its parts one by one")
                self._recorder.forget()
                self._write_apart(parcels, made)
            else:
                for parcel, done in parcels:
                    done.set_result(parcel)

    def _gather(self) -> tuple[list[tuple[Parcel, Future[Parcel]]], list[Made], bool]:
        """Wait for something to do, then take all that is there. Decisions alone wait for company."""
        parcels: list[tuple[Parcel, Future[Parcel]]] = []
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
                parcels.append(item)
                size += len(item[0].events)
            if size >= GROUP or not open_:
                break
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
        made = [self._made.popleft() for _ in range(len(self._made))]
        return parcels, made, open_

    def _write_apart(self, parcels: Sequence[tuple[Parcel, Future[Parcel]]], made: list[Made]) -> None:
        attempts: list[tuple[Callable[[], None], Future[Parcel] | None, Parcel | None]] = [
            (lambda p=parcel: self._write([p], []), done, parcel)  # type: ignore[misc]
            for parcel, done in parcels
        ]
        attempts.append((lambda: self._write([], made), None, None))
        for attempt, done, parcel in attempts:
            try:
                attempt()
            except Exception as error:
                log.exception("a parcel could not be written")
                if done:
                    done.set_exception(error)
            else:
                if done and parcel:
                    done.set_result(parcel)

    def _write(self, parcels: Sequence[Parcel], made: Sequence[Made]) -> None:
        if not parcels and not made:
            return
        with self._shop.state.write() as conn:
            self._shop.refresh(conn)
            if made:
                self._recorder.keep(conn, made)
            write_parcels(conn, self._shop, parcels)


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
