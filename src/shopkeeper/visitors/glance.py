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

Find = Callable[[Hashable, Callable[[Connection], Any]], Any]
"""What is remembered under a key, or else read."""


def glance(state: State, device: str, known: str | None, now: int) -> tuple[Profile, int]:
    """The profile of `known`, else of the device's owner now, and the start of the running session.

    The session start is `now` when the next event begins a new session. The profile is shared: it must not be changed.
    """
    memory = state.memory
    if memory is None:
        with state.read() as conn:
            return _look(lambda _key, read: read(conn), device, known, now)
    while True:
        before = memory.writes
        found = _look(lambda key, read: memory.recall(key, lambda: _fresh(state, read)), device, known, now)
        if memory.writes == before:  # else what was found may not belong together
            return found


def _look(find: Find, device: str, known: str | None, now: int) -> tuple[Profile, int]:
    claims: list[Claim]
    latest: list[Span]
    claims, latest = find(
        store.of_device(device), lambda conn: (store.claims_on(conn, device), store.latest_spans(conn, device))
    )
    person = known or device_owner(device, claims, now, AFTER_ALL)
    profile = find(store.of_person(person), lambda conn: store.profile(conn, person) or Profile.begun(person))
    span = next((span for span in latest if span.start <= now), None)
    return profile, span.start if span and now - span.end < SESSION_GAP else now


def _fresh(state: State, read: Callable[[Connection], Any]) -> Any:
    with state.read() as conn:
        return read(conn)
