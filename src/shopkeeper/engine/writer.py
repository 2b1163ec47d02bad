"""The one writer: requests that arrive together are committed together, and answered when the disk has them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import Enum
from itertools import islice
from queue import Empty, SimpleQueue
from typing import NamedTuple

import msgspec

from shopkeeper import events
from shopkeeper.decisions import Made, Recorder
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.events import CONFLICT, Reject
from shopkeeper.model.errors import ShopkeeperError
from shopkeeper.model.events import Event
from shopkeeper.orders import Said
from shopkeeper.storage import Connection

GROUP = 4_000
"""Events committed together at most."""
COMPANY = 512
"""Decisions that are worth a write of their own, when no event takes them along; and as many as the loop writes in one
go, which takes it about a millisecond. Fewer would cost a commit more often than they cost themselves."""
HERE = 256
"""Events written on the loop in one go: other answers wait for some 6 ms then."""
PATIENCE_S = 0.03
"""How long the loop waits for whoever is writing, usually a job that is done in a few milliseconds, before the thread
waits in its place: once the thread has work it competes with the loop, and a busy server would stay like that."""
LOOK_AGAIN_S = 0.001
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
    read: dict[tuple[int, str], Said] = {}
    """See `Desk.read`."""


class Waiting(NamedTuple):
    """A parcel in the queue, and who is told on which loop when it is durable, or why it could not be written."""

    parcel: Parcel
    told: Callable[[BaseException | None], None]
    loop: asyncio.AbstractEventLoop


class Wake(Enum):
    """Why the writer is woken without a parcel."""

    DECISIONS = 1
    CLOSE = 2


class Writer:
    """The one that writes, for callers on an event loop: on the loop while that is quick, else in a thread."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._recorder = Recorder()
        self._made: deque[Made] = deque()
        self._queue: SimpleQueue[Waiting | Wake] = SimpleQueue()
        self._pending: list[Waiting] = []
        self._committing = False
        self._scheduled = False
        """The loop is going to write in its next turn."""
        self._since: float | None = None
        """Since when the loop has been waiting for another writer."""
        self._woken = False
        """The thread is going to look for decisions."""
        self._failed = False
        """The loop could not write some: the thread finds out which, and goes without it."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """Where decisions are made, if that is a loop that may write."""
        self._disk = ThreadPoolExecutor(1, "disk")
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, parcel: Parcel, told: Callable[[BaseException | None], None]) -> None:
        """Queue a parcel; `told` is called on the running loop when it is durable, or with why it could not be written."""
        loop = asyncio.get_running_loop()
        self._pending.append(Waiting(parcel, told, loop))
        if not self._scheduled and not self._committing:
            self._scheduled = True
            loop.call_soon(self._write_here, loop)  # what else arrives in this turn of the loop goes with it

    def _write_here(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what is pending on the loop itself, and leave only the wait for the disk to a thread.

        Two threads that both compute take the interpreter's lock from each other at every statement, which cost more
        than the statements. Where the write would have to wait for somebody, the writer's own thread does all of it.
        """
        self._scheduled = False
        if self._committing or not (self._pending or self._made):
            return
        begun, broken = None, False
        try:
            begun = self._shop.state.write_at_once()
        except Exception:  # noqa: BLE001 - the thread meets the same trouble, and tells whoever waits
            broken = self._failed = True
        if begun is None and self._shop.state.at_once and not self._pending:
            self._wake()  # nobody waits for decisions: in a moment
            return
        if begun is None and not broken and self._is_patient(loop):
            return
        self._since = None
        group = self._next_group()
        if begun is None:
            self._to_thread(group)
        else:
            made = self._take_made(COMPANY)
            try:
                self._put(begun.conn, [waiting.parcel for waiting in group], made)
            except Exception as error:  # noqa: BLE001 - the thread finds out which parcel it is, and tells
                with suppress(Exception):  # the same trouble in words; raised on, nobody here would be answered
                    begun.__exit__(type(error), error, error.__traceback__)
                self._recorder.forget()
                self._made.extend(made)
                self._to_thread(group)
                self._failed = True
                self._wake()
            else:
                self._committing = True
                commit = loop.run_in_executor(self._disk, begun.__exit__, None, None, None)
                commit.add_done_callback(lambda done: self._committed(loop, group, done))
                return
        if self._pending:
            self._scheduled = True
            loop.call_soon(self._write_here, loop)

    def _is_patient(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Look again in a moment, unless that was done for long enough or the database is never written at once."""
        now = loop.time()
        self._since = self._since or now
        if not self._shop.state.at_once or now - self._since > PATIENCE_S:
            return False
        self._scheduled = True
        loop.call_later(LOOK_AGAIN_S, self._write_here, loop)
        return True

    def _next_group(self) -> list[Waiting]:
        """The pending parcels that are written together: as many as keep the loop for a moment only."""
        size = count = 0
        for waiting in self._pending:
            size += len(waiting.parcel.events)
            if count and size > HERE:
                break
            count += 1
        group, self._pending = self._pending[:count], self._pending[count:]
        return group

    def _committed(
        self, loop: asyncio.AbstractEventLoop, group: Sequence[Waiting], commit: asyncio.Future[None]
    ) -> None:
        self._committing = False
        error = commit.exception()
        if error is not None:
            _note("a group could not be committed", error)
            self._recorder.forget()
        _settle(group, error)
        if self._pending or len(self._made) >= COMPANY:
            self._write_here(loop)

    def _to_thread(self, group: Sequence[Waiting]) -> None:
        for waiting in group:
            self._queue.put(waiting)

    def note(self, decision: Made) -> None:
        """Keep a decision to be written with the next group, or with other decisions; nobody waits for it."""
        self._made.append(decision)
        self._loop = None
        if self._shop.state.at_once:
            with suppress(RuntimeError):  # called off the loop
                self._loop = loop = asyncio.get_running_loop()
                if len(self._made) >= COMPANY and not self._committing and not self._scheduled:
                    self._scheduled = True
                    loop.call_soon(self._write_here, loop)
        self._wake()

    def _left_to_loop(self) -> bool:
        """Have the loop write decisions that found no company, where there is one: this thread would compete with it."""
        loop = self._loop
        failed, self._failed = self._failed, False
        if failed or loop is None or not loop.is_running():
            return False
        with suppress(RuntimeError):  # closed just now
            loop.call_soon_threadsafe(self._write_alone, loop)
            return True
        return False

    def _write_alone(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._scheduled:
            self._write_here(loop)

    def _wake(self) -> None:
        """Have the thread look for decisions in a moment."""
        if not self._woken:
            self._woken = True
            self._queue.put(Wake.DECISIONS)

    def close(self) -> None:
        """Write what is queued and stop."""
        self._disk.shutdown()
        self._to_thread(self._pending)
        self._queue.put(Wake.CLOSE)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            group, made, open_ = self._gather()
            try:
                self._write([waiting.parcel for waiting in group], made)
            except Exception as error:  # noqa: BLE001 - its parts say what it was
                _note("a group could not be written; trying its parts one by one", error)
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
                self._woken = False
                if self._left_to_loop():
                    return [], [], True
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
        self._woken = False
        return group, self._take_made(), open_

    def _take_made(self, most: int | None = None) -> list[Made]:
        """The decisions to be written, the oldest `most` of them."""
        made: list[Made] = []
        with suppress(IndexError):  # the loop and the thread may both be taking
            while most is None or len(made) < most:
                made.append(self._made.popleft())
        return made

    def _write_apart(self, group: Sequence[Waiting], made: list[Made]) -> None:
        for waiting in group:
            try:
                self._write([waiting.parcel], [])
            except Exception as error:  # noqa: BLE001 - its sender is told
                _note("a parcel could not be written", error)
                _tell([waiting], error)
            else:
                _tell([waiting])
        try:
            self._write([], made)
        except Exception as error:  # noqa: BLE001 - nobody waits for them
            _note(f"{len(made)} decisions could not be recorded", error)

    def _write(self, parcels: Sequence[Parcel], made: Sequence[Made]) -> None:
        if not parcels and not made:
            return
        with self._shop.state.write() as conn:
            self._put(conn, parcels, made)

    def _put(self, conn: Connection, parcels: Sequence[Parcel], made: Sequence[Made]) -> None:
        self._shop.refresh(conn)
        if made:
            self._recorder.keep(conn, made)
            withheld = [event for decision in made for event in decision.withheld]
            parcels = [*parcels, Parcel(withheld, [b""] * len(withheld), [])] if withheld else parcels
        write_parcels(conn, self._shop, parcels)


def _tell(group: Sequence[Waiting], error: Exception | None = None) -> None:
    """Wake the loop once for all who wait: a wake-up each would cost more than their writes."""
    for loop in {waiting.loop for waiting in group}:
        # A loop that was closed meanwhile has nobody left to tell.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, [w for w in group if w.loop is loop], error)


def _settle(group: Sequence[Waiting], error: BaseException | None) -> None:
    for waiting in group:
        try:
            waiting.told(error)
        except Exception:
            log.exception("somebody could not be told; the others are")


def write_parcels(conn: Connection, shop: Shop, parcels: Sequence[Parcel]) -> None:
    """Write parcels inside a transaction and note their verdicts. Events whose id is taken are kept as rejects."""
    together = [event for parcel in parcels for event in parcel.events]
    read = {key: said for parcel in parcels for key, said in parcel.read.items()}
    verdicts = iter(take_in(conn, shop.desk(read), together) if together else ())
    for parcel in parcels:
        parcel.verdicts = list(islice(verdicts, len(parcel.events)))
        if CONFLICT not in parcel.verdicts:
            if parcel.rejects:
                events.keep_rejects(conn, parcel.rejects)
            continue
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
        events.keep_rejects(conn, [*parcel.rejects, *reused])


def _note(what: str, error: BaseException) -> None:
    """Into the log: in words where there are words for it, such as a full disk, else with the way to it."""
    log.error("%s: %s", what, error, exc_info=None if isinstance(error, ShopkeeperError) else error)
