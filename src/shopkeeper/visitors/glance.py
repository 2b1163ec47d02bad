"""Who is looking: what a decision needs to know of a visitor, without waiting for anything.

A page asks for decisions far more often than its visitor does something, so what was found is remembered by the process
until a write changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from shopkeeper.model.time import SESSION_GAP
from shopkeeper.storage import Connection, State
from shopkeeper.visitors import store
from shopkeeper.visitors.profile import Profile
from shopkeeper.visitors.rules import AFTER_ALL, Claim, device_owner

Read = Callable[[Connection, str], Any]
Find = Callable[[Hashable, Read, str], Any]
"""What is remembered under a key, or else read of a device or person."""


def glance(state: State, device: str, known: str | None, now: int) -> tuple[Profile, int]:
    """The profile of `known`, else of the device's owner now, and the start of the running session.

    The session start is `now` when the next event begins a new session. The profile is shared: it must not be changed.
    """
    memory = state.memory
    if memory is None:
        with state.read() as conn:
            return _look(lambda _key, read, id: read(conn, id), lambda read, id: read(conn, id), device, known, now)

    def find(key: Hashable, read: Read, id: str) -> Any:
        held = memory.held(key)
        return memory.recall(key, lambda: fresh(read, id)) if held is None else held

    def fresh(read: Read, id: str) -> Any:
        with state.read() as conn:
            return read(conn, id)

    while True:
        before = memory.writes
        found = _look(find, fresh, device, known, now)
        if memory.writes == before:  # else what was found may not belong together
            return found


def _look(
    find: Find, fresh: Callable[[Read, str], Any], device: str, known: str | None, now: int
) -> tuple[Profile, int]:
    claims: Sequence[Claim] = find(store.claims_of(device), store.claims_on, device)
    visits: store.Visits = find(store.visits_of(device), store.latest_visits, device)
    if visits.since > now - SESSION_GAP:  # remembered of a moment that clocks will reach yet
        visits = fresh(store.latest_visits, device)
    person = known or device_owner(device, claims, now, AFTER_ALL)
    profile = find(store.of_person(person), _of_person, person)
    for span in reversed(visits.spans):
        if span.start <= now:
            return profile, span.start if now - span.end < SESSION_GAP else now
    return profile, now


def _of_person(conn: Connection, person: str) -> Profile:
    return store.profile(conn, person) or Profile.begun(person)
