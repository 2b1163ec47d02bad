"""The one writer: requests that arrive together are committed together, and answered when the disk has them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue

import msgspec

from shopkeeper import decisions, events
from shopkeeper.decisions import Logged
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import CONFLICT, Reject
from shopkeeper.model.events import Event
from shopkeeper.storage import Connection

GROUP = 4_000
"""Events committed together at most."""
log = logging.getLogger(__name__)


class Parcel(msgspec.Struct):
    """What one request wants written: events that were accepted so far, with their raw text, and rejects."""

    events: list[Event]
    raw: list[bytes]
    rejects: list[Reject]
    verdicts: list[str] = []
    """One per event, once written: new, duplicate or conflict."""


class Writer:
    """A thread that owns the writing transaction. `submit` returns a future that is done when the parcel is durable."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._queue: SimpleQueue[tuple[Parcel, Future[Parcel]] | Logged | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, parcel: Parcel) -> Future[Parcel]:
        """Queue a parcel; the future fails when it could not be written."""
        done: Future[Parcel] = Future()
        self._queue.put((parcel, done))
        return done

    def note(self, decision: Logged) -> None:
        """Queue the record of a decision; nobody waits for it."""
        self._queue.put(decision)

    def close(self) -> None:
        """Write what is queued and stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            parcels, logged, open_ = self._gather()
            try:
                self._write([parcel for parcel, _ in parcels], logged)
            except Exception:
                log.exception("a group could not be written; trying its parts one by one")
                self._write_apart(parcels, logged)
            else:
                for parcel, done in parcels:
                    done.set_result(parcel)

    def _gather(self) -> tuple[list[tuple[Parcel, Future[Parcel]]], list[Logged], bool]:
        """Wait for something to do, then take all that is there."""
        parcels: list[tuple[Parcel, Future[Parcel]]] = []
        logged: list[Logged] = []
        item = self._queue.get()
        size = 0
        while item is not None:
            if isinstance(item, Logged):
                logged.append(item)
            else:
                parcels.append(item)
                size += len(item[0].events)
            if size >= GROUP:
                return parcels, logged, True
            try:
                item = self._queue.get_nowait()
            except Empty:
                return parcels, logged, True
        return parcels, logged, False

    def _write_apart(self, parcels: Sequence[tuple[Parcel, Future[Parcel]]], logged: list[Logged]) -> None:
        attempts: list[tuple[Callable[[], None], Future[Parcel] | None, Parcel | None]] = [
            (lambda p=parcel: self._write([p], []), done, parcel)  # type: ignore[misc]
            for parcel, done in parcels
        ]
        attempts.append((lambda: self._write([], logged), None, None))
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

    def _write(self, parcels: Sequence[Parcel], logged: Sequence[Logged]) -> None:
        if not parcels and not logged:
            return
        with self._shop.state.write() as conn:
            self._shop.refresh(conn)
            if logged:
                decisions.keep_decisions(conn, logged)
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
