"""Bringing in many events at once: a shop's past, an export of another system.

They take the way of every other event (read, check, write), only in larger groups: what the reader of a file hands in
is a call in the wire shape, as a server with the secret key would send it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from shopkeeper import events
from shopkeeper.engine.intake import check_event
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Parcel, write_parcels
from shopkeeper.events import CONFLICT, DUPLICATE, NEW, Sender
from shopkeeper.model.errors import BadEvent
from shopkeeper.model.events import Event

GROUP = 10_000
"""Events of one transaction: enough that each person is looked at seldom, few enough that a running server can wait."""
LARGEST_GROUP = 16 << 20
"""Bytes of the calls of one transaction, beyond which it has fewer: read, they take some ten times that."""

Place = TypeVar("Place")


class Call(NamedTuple, Generic[Place]):
    """One call in the wire shape, as JSON; `place` tells its reader where it came from. It must have a messageId."""

    place: Place
    raw: bytes


class Imported(msgspec.Struct, frozen=True):
    """What became of the calls of an import."""

    new: int = 0
    known: int = 0
    """They were in the log already; nothing changed."""
    refused: int = 0


Refuse = Callable[[Place, BadEvent], None]
"""Told of each call that could not be taken."""
Progress = Callable[[int], None]
"""Told how many calls are done."""


def import_calls(
    shop: Shop,
    calls: Iterable[Call[Place]],
    refuse: Refuse[Place],
    progress: Progress = lambda _done: None,
    *,
    dry_run: bool = False,
) -> Imported:
    """Take all calls in, group by group, each group durable before the next. A dry run writes nothing.

    Calls in the order of their times are fastest: the log looks for copies of old events day by day.
    """
    done = 0
    tally: Counter[str] = Counter()
    for group in _groups(calls):
        taken, parcel = _read(shop, group, refuse)
        if dry_run:
            parcel.verdicts = _try(shop, parcel.events)
        elif parcel.events:
            with shop.state.write() as conn:
                shop.refresh(conn)
                write_parcels(conn, shop, [parcel])
        for call, verdict in zip(taken, parcel.verdicts, strict=True):
            if verdict == CONFLICT:
                refuse(call.place, BadEvent("id_reused", "It was brought in before with other content."))
        tally.update(parcel.verdicts)
        done += len(group)
        progress(done)
    return Imported(tally[NEW], tally[DUPLICATE], done - tally[NEW] - tally[DUPLICATE])


def _groups(calls: Iterable[Call[Place]]) -> Iterator[list[Call[Place]]]:
    group: list[Call[Place]] = []
    size = 0
    for call in calls:
        group.append(call)
        size += len(call.raw)
        if len(group) == GROUP or size > LARGEST_GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


def _read(shop: Shop, group: list[Call[Place]], refuse: Refuse[Place]) -> tuple[list[Call[Place]], Parcel]:
    """The calls that are good events, and the parcel of those events."""
    sender = Sender(server=True, received_at=shop.now())
    taken: list[Call[Place]] = []
    parcel = Parcel([], [], [])
    for call in group:
        try:
            wire = events.decode_event(call.raw)
            event = events.read_event(wire, sender, "")
            check_event(event, shop.plan.shop.currency, parcel.read)
        except BadEvent as error:
            refuse(call.place, error)
        else:
            taken.append(call)
            parcel.events.append(event)
            parcel.raw.append(call.raw)
    return taken, parcel


class _UndoneError(Exception):
    """Ends the transaction of a dry run."""


def _try(shop: Shop, arrived: list[Event]) -> list[str]:
    """What the log would say to these events."""
    verdicts: list[str] = []
    try:
        with shop.state.write() as conn:
            verdicts = events.append(conn, shop.history, arrived).verdicts
            raise _UndoneError
    except _UndoneError:
        return verdicts
