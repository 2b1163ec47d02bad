"""Who is looking: what a decision needs to know of a visitor, without waiting for anything.

A page asks for decisions far more often than its visitor does something, so what was found is remembered by the process
until a write changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from shopkeeper.model.time import SESSION_GAP
from shopkeeper.storage import Connection, State
from shopkeeper.visitors import store
from shopkeeper.visitors.profile import Profile
from shopkeeper.visitors.rules import AFTER_ALL, Claim, Span, device_owner

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
            return _look(lambda _key, read, id: read(conn, id), device, known, now)

    def find(key: Hashable, read: Read, id: str) -> Any:
        held = memory.held(key)
        return memory.recall(key, lambda: _fresh(state, read, id)) if held is None else held

    while True:
        before = memory.writes
        found = _look(find, device, known, now)
        if memory.writes == before:  # else what was found may not belong together
            return found


def _look(find: Find, device: str, known: str | None, now: int) -> tuple[Profile, int]:
    claims: list[Claim]
    latest: list[Span]
    claims, latest = find(store.of_device(device), _of_device, device)
    person = known or device_owner(device, claims, now, AFTER_ALL)
    profile = find(store.of_person(person), _of_person, person)
    for span in latest:
        if span.start <= now:
            return profile, span.start if now - span.end < SESSION_GAP else now
    return profile, now


def _of_device(conn: Connection, device: str) -> tuple[list[Claim], list[Span]]:
    return store.claims_on(conn, device), store.latest_spans(conn, device)


def _of_person(conn: Connection, person: str) -> Profile:
    return store.profile(conn, person) or Profile.begun(person)


def _fresh(state: State, read: Read, id: str) -> Any:
    with state.read() as conn:
        return read(conn, id)
