"""The way in for events: a named list of short steps, each counted and timed, each drop with its reason.

unpack > authorise > read > check > write. The first four are quick and pure but for the clock; the last one waits until
the events are durable.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

import msgspec

from shopkeeper import events, orders
from shopkeeper.engine import clock
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Parcel, Writer
from shopkeeper.events import CONFLICT, DUPLICATE, NEW, Batch, Reject, Sender
from shopkeeper.model.errors import BadEvent, NotAllowed
from shopkeeper.model.events import ORDER_EVENTS, Event
from shopkeeper.orders import Said

STEPS = ("unpack", "authorise", "read", "check", "write")


class Request(msgspec.Struct, frozen=True):
    """A request for intake, free of HTTP."""

    body: bytes
    single: bool
    """One call instead of a batch."""
    call: str = ""
    """The call a single route stands for (track, page ...)."""
    encoding: str = ""
    key: str | None = None
    """The key from the Authorization header."""
    context: dict[str, Any] = {}
    """Device class, browser, country ... from the headers."""
    flags: int = 0
    pages: dict[tuple[Any, ...], dict[str, Any]] = {}
    """See `Sender.pages`: requests with the same context may share it."""


class Rejected(msgspec.Struct, rename="camel"):
    """Why one event of a request was not accepted."""

    index: int
    message_id: str | None
    code: str
    message: str


class Answer(msgspec.Struct):
    """What the sender is told."""

    success: bool
    accepted: int
    duplicates: int
    rejected: list[Rejected]


class Counts:
    """How many events each step let through or dropped, by reason, and the time it took in all."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.dropped: Counter[tuple[str, str]] = Counter()
        self.nanoseconds: Counter[str] = Counter()

    def timed(self, step: str, begun: int) -> int:
        """A step that began at `begun` (nanoseconds) has ended; the time, at which the next begins."""
        now = perf_counter_ns()
        self.nanoseconds[step] += now - begun
        return now

    def listing(self) -> list[dict[str, Any]]:
        """One entry a step, in order: events through, dropped by reason, milliseconds."""
        return [
            {
                "step": step,
                "events": self.taken[step],
                "dropped": {reason: n for (at, reason), n in sorted(self.dropped.items()) if at == step},
                "ms": round(self.nanoseconds[step] / 1e6, 3),
            }
            for step in STEPS
        ]


class Intake:
    """Takes requests in; `receive` does all that can be said at once, the writer makes it durable."""

    def __init__(self, shop: Shop, writer: Writer) -> None:
        self.shop = shop
        self.writer = writer
        self.counts = Counts()

    async def receive(self, request: Request) -> Answer:
        """Take a request in and answer when its events are durable."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def told(outcome: Answer | BaseException) -> None:
            if answered.done():  # cancelled: nobody waits any more
                return
            if isinstance(outcome, Answer):
                answered.set_result(outcome)
            else:
                answered.set_exception(outcome)

        self.take(request, told)
        return await answered

    def take(self, request: Request, told: Callable[[Answer | BaseException], None]) -> None:
        """Take a request in on the running loop; `told` is called once, when its events are durable or could not be
        written. Raises what `prepare` does.
        """
        parcel, rejected, places = self.prepare(request)
        begun = perf_counter_ns()

        def written(error: BaseException | None) -> None:
            self.counts.timed("write", begun)
            told(error or self.answer(parcel, rejected, places))

        self.writer.submit(parcel, written)

    def prepare(self, request: Request) -> tuple[Parcel, list[Rejected], list[int]]:
        """All steps before the write: the parcel, what was rejected, and each accepted event's place in the request.

        Raises BadInput when the body as a whole cannot be read, NotAllowed when its key is not one of the shop's.
        """
        counts, plan = self.counts, self.shop.plan
        self.shop.served += 1
        begun = perf_counter_ns()
        decode = events.decode_one if request.single else events.decode_batch
        batch = decode(request.body, request.encoding)
        begun = counts.timed("unpack", begun)
        counts.taken["unpack"] += len(batch.events)
        server = self._authorise(request, batch)
        begun = counts.timed("authorise", begun)
        counts.taken["authorise"] += len(batch.events)
        sender = Sender(
            server,
            self.shop.now(),
            batch.sent_at,
            # A server speaks for the visitor: its own address, program and country say nothing of the person.
            0 if server else request.flags,
            {} if server else request.context,
            self.shop.keys.secret,
            plan.settings.accept_unsigned_identities,
            plan.settings.consent_default == "denied",
            {} if server else request.pages,
        )
        parcel = Parcel([], [], [])
        rejected: list[Rejected] = []
        places: list[int] = []
        for index, raw in enumerate(batch.events):
            message_id = None
            try:
                wire = events.decode_event(raw, odd=batch.odd)
                message_id = wire.message_id
                if not events.may_be_kept(wire, sender):
                    counts.dropped["read", "no_consent"] += 1
                    continue
                event = events.read_event(wire, sender, "" if message_id else clock.fresh_id().hex(), request.call)
                check_event(event, plan.shop.currency, parcel.read)
            except BadEvent as error:
                counts.dropped["check" if error.where else "read", error.code] += 1
                rejected.append(Rejected(index, message_id, error.code, str(error)))
                parcel.rejects.append(
                    Reject(sender.received_at, error.code, str(error), server, request.call, batch.sent_at, raw)
                )
            else:
                parcel.events.append(event)
                parcel.raw.append(raw)
                places.append(index)
        counts.timed("read", begun)
        counts.taken["read"] += len(parcel.events)
        counts.taken["check"] += len(parcel.events)
        return parcel, rejected, places

    def answer(self, parcel: Parcel, rejected: list[Rejected], places: list[int]) -> Answer:
        """What to tell the sender of a parcel that was written."""
        new = parcel.verdicts.count(NEW)
        self.counts.taken["write"] += new
        if new == len(parcel.verdicts):
            return Answer(not rejected, new, 0, rejected)
        tally = Counter(parcel.verdicts)
        for verdict in (DUPLICATE, CONFLICT):
            if tally[verdict]:
                self.counts.dropped["write", verdict] += tally[verdict]
        if tally[CONFLICT]:
            for event, verdict, index in zip(parcel.events, parcel.verdicts, places, strict=True):
                if verdict == CONFLICT:
                    message = "This messageId was used before for another event; the event is kept among the rejects."
                    rejected.append(Rejected(index, event.message_id, "id_reused", message))
        return Answer(not rejected, new + tally[DUPLICATE], tally[DUPLICATE], rejected)

    def _authorise(self, request: Request, batch: Batch) -> bool:
        """Whether the sender is a server. The key may stand in the header, the body, or its first event."""
        key = request.key or batch.write_key
        if not key and batch.events:
            key = _key_of(batch.events[0])
        return self.shop.keys.server(key)


def check_event(event: Event, currency: str, read: dict[tuple[int, str], Said]) -> None:
    """What other rooms ask of an event before it may enter the log; BadEvent when they cannot use it. What they read is
    put into `read`, for those who derive.
    """
    if event.name in ORDER_EVENTS:
        read[id(event), currency] = orders.read_order(event, currency)


def _key_of(raw: bytes) -> str | None:
    """The key in an event. NotAllowed says so where the event cannot be read: the key may well stand in it."""
    try:
        return events.decode_event(raw).write_key
    except BadEvent as error:
        hint = "Send it by Basic auth, so that what cannot be read is kept, or mend the body."
        raise NotAllowed("unknown_key", f"No key can be found in the request: {error}", hint=hint) from None
