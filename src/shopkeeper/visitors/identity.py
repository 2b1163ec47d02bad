"""Stitching: which devices belong to whom, and what has to move when that changes."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence

import msgspec

from shopkeeper.model.events import IDENTIFYING, Event
from shopkeeper.storage import Connection
from shopkeeper.visitors import store
from shopkeeper.visitors.rules import (
    AFTER_ALL,
    Claim,
    anonymous_person,
    claim_of,
    device_owner,
    known_person,
    moves_past,
    owner,
)


class Claimed(msgspec.Struct):
    """The claims on the devices of a batch after its own were added, and what they changed."""

    claims: dict[str, list[Claim]]
    first: list[tuple[str, str]] = []
    """(anonymous person, known person): a device's first identification; all of the former becomes the latter."""
    contested: list[str] = []
    """Devices of which a stretch of time may have gone from one person to another."""


def claim(conn: Connection, events: Sequence[Event]) -> Claimed:
    """Record the identifications among new events and say what they move."""
    devices = sorted({e.device for e in events})
    claims = store.claims(conn, devices)
    result = Claimed(claims)
    had_none = {device for device in devices if device not in claims}
    made: list[tuple[str, Claim]] = []
    for event in events:
        new = claim_of(event) if event.name in IDENTIFYING else None
        if new is None:
            continue
        held = claims.setdefault(event.device, [])
        if event.device not in had_none and moves_past(held, new):
            result.contested.append(event.device)
        insort(held, new)
        made.append((event.device, new))
    if made:
        store.add_claims(conn, made)
    for device in sorted(had_none & claims.keys()):
        result.first.append((anonymous_person(device), known_person(claims[device][0].user)))
        if len({c.user for c in claims[device]}) > 1:
            result.contested.append(device)
    result.contested = sorted(set(result.contested))
    return result


def unclaim(conn: Connection, device: str) -> None:
    """Forget a device's claims; the caller adds them again from the log."""
    store.delete_claims(conn, device)


def owners(conn: Connection, events: Sequence[Event]) -> dict[bytes, str]:
    """event_id -> the person it belongs to, by the claims on record."""
    claims: Mapping[str, Sequence[Claim]] = store.claims(conn, sorted({e.device for e in events}))
    return {e.event_id: owner(e, claims) for e in events}


def devices_of(conn: Connection, persons: Sequence[str]) -> list[str]:
    """Every device these people were seen on."""
    return store.devices_of(conn, persons)


def persons_of(conn: Connection, devices: Sequence[str]) -> list[str]:
    """Everybody seen on these devices."""
    return store.persons_of(conn, devices)


def person_now(conn: Connection, device: str, at: int) -> str:
    """The person a device belongs to at a moment."""
    return device_owner(device, store.claims_on(conn, device), at, AFTER_ALL)


def persons_by_now(conn: Connection, persons: Sequence[str]) -> list[str]:
    """The same people in order, each once, with visitors who have become known meanwhile under their new names."""
    devices = {person[2:]: person for person in persons if person.startswith(anonymous_person(""))}
    claims = store.claims(conn, sorted(devices))
    known = {devices[device]: known_person(held[0].user) for device, held in claims.items()}
    return sorted({known.get(person, person) for person in persons})
