"""Profiles: load, let them learn from events, save; all inside the writing transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.storage import Connection
from shopkeeper.visitors import store
from shopkeeper.visitors.profile import Profile
from shopkeeper.visitors.rules import merge

_NOBODY = Profile("")
_SEARCHED = ("email", "name", "first_name", "last_name", "firstName", "lastName", "phone")


def load(conn: Connection, persons: Iterable[str], create: bool = True) -> dict[str, Profile]:
    """The documents of these people; missing ones are begun unless `create` is false."""
    wanted = sorted(set(persons))
    found = store.profiles(conn, wanted)
    if create:
        for person in wanted:
            if person not in found:
                found[person] = Profile.begun(person)
    return found


def save(conn: Connection, profiles: Iterable[Profile]) -> None:
    """Store documents together with the rows derived from them."""
    rows: list[tuple[Profile, str]] = []
    devices: list[tuple[str, str]] = []
    joins: list[tuple[str, str, int]] = []
    for p in profiles:
        before = store.stored(conn, p.person) or _NOBODY
        same = p.devices == before.devices and p.attributes == before.attributes
        rows.append((p, "" if same else _label(p)))
        if p.devices != before.devices:
            devices += [(device, p.person) for device in p.devices]
        if p.audiences != before.audiences:
            joins += [(name, p.person, joined.at) for name, joined in sorted(p.audiences.items())]
    store.put_profiles(conn, rows)
    store.add_devices(conn, devices)
    store.put_audiences(conn, joins)


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
    told = [str(profile.attribute(name) or "") for name in _SEARCHED if name in profile.attributes]
    parts = [profile.user or "", *told, *profile.devices[:3]]
    return " ".join(part for part in parts if part).lower()[:500]
