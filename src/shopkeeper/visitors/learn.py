"""Profiles: load, let them learn from events, save; all inside the writing transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.model.events import Event
from shopkeeper.model.time import SESSION_GAP
from shopkeeper.storage import Connection, State
from shopkeeper.visitors import store
from shopkeeper.visitors.profile import Profile
from shopkeeper.visitors.rules import AFTER_ALL, device_owner, merge, observe

_SEARCHED = ("email", "name", "first_name", "last_name", "firstName", "lastName", "phone")


def load(conn: Connection, persons: Iterable[str], create: bool = True) -> dict[str, Profile]:
    """The documents of these people; missing ones are begun unless `create` is false."""
    wanted = sorted(set(persons))
    found = store.profiles(conn, wanted)
    if create:
        for person in wanted:
            if person not in found:
                found[person] = Profile(person, user=person[2:] if person.startswith("u:") else None)
    return found


def glance(state: State, device: str, known: str | None, now: int) -> tuple[Profile, int]:
    """Who is looking: the profile of `known`, else of the device's owner now, and the start of the running session.

    The session start is `now` when the next event begins a new session.
    """
    with state.read() as conn:
        person = known or device_owner(device, store.claims_on(conn, device), now, AFTER_ALL)
        profile = store.profile(conn, person)
        span = store.last_span(conn, device, now)
    if profile is None:
        profile = Profile(person, user=person[2:] if person.startswith("u:") else None)
    return profile, span.start if span and now - span.end < SESSION_GAP else now


def learn(profile: Profile, event: Event) -> None:
    """Take one event into the profile it belongs to."""
    observe(profile, event)


def save(conn: Connection, profiles: Iterable[Profile]) -> None:
    """Store documents together with the rows derived from them."""
    profiles = list(profiles)
    store.put_profiles(conn, [(p, _label(p)) for p in profiles])
    store.add_devices(conn, [(device, p.person) for p in profiles for device in p.devices])
    store.put_audiences(
        conn, [(name, p.person, joined.at) for p in profiles for name, joined in sorted(p.audiences.items())]
    )


def merge_anonymous(conn: Connection, anonymous: str, known: str) -> int | None:
    """Make an anonymous person part of a known one; since when the former lived, or None when it did not."""
    both = store.profiles(conn, (anonymous, known))
    other = both.get(anonymous)
    if other is None:
        return None
    target = both.get(known) or Profile(known, user=known[2:])
    merge(target, other)
    store.delete_persons(conn, (anonymous,))
    save(conn, (target,))
    return other.first_at


def forget(conn: Connection, persons: Sequence[str]) -> None:
    """Drop what is derived about these people; the caller lets them learn again from the log."""
    store.delete_persons(conn, persons)


def _label(profile: Profile) -> str:
    """Lower-case text people search looks into: ids, names, addresses."""
    parts = [profile.user or "", *(str(profile.attribute(name) or "") for name in _SEARCHED), *profile.devices[:3]]
    return " ".join(part for part in parts if part).lower()[:500]
