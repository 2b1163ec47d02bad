"""Choices on measurement: from when on a device may be learnt from, and from when on not.

A choice holds on its device until the next one, whoever the device belongs to. An event that carries a choice of its own
is judged by that; an event of a server rests on the shop's own ground.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from shopkeeper.model.events import Event, Flag
from shopkeeper.storage import Connection
from shopkeeper.visitors import store
from shopkeeper.visitors.rules import Choice, choice_of, in_force

_SERVER = int(Flag.SERVER)


def heed(conn: Connection, events: Sequence[Event]) -> tuple[list[Event], list[str]]:
    """Record the choices among new events, which come in order; the events that may be learnt from, and the devices where choices changed.

    On those devices, what came after the choice and was learnt before it arrived has to be looked at again.
    """
    made = [(e.device, choice) for e in events if "consent" in e.context and (choice := choice_of(e))]
    since = {event.device: event.occurred_at for event in reversed(events)}
    choices = store.choices(conn, since)
    if not (made or choices):
        return list(events), []
    changed: set[str] = set()
    for device, choice in made:
        held = choices.setdefault(device, [])
        if in_force(held, choice.at, choice.event_id) != choice.granted:
            changed.add(device)
        insort(held, choice)
    if made:
        store.add_choices(conn, made)
    return [event for event in events if _permitted(event, choices.get(event.device, ()))], sorted(changed)


def unheed(conn: Connection, device: str) -> None:
    """Forget a device's choices; the caller records them again from the log."""
    store.delete_choices(conn, device)


def _permitted(event: Event, choices: Sequence[Choice]) -> bool:
    if event.flags & _SERVER or choice_of(event) is not None or not choices:
        return True
    return in_force(choices, event.occurred_at, event.event_id)
