"""Who an event belongs to and what it changes on a profile. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shopkeeper.model.events import IDENTIFY, IDENTIFYING, LEAVING, RETURNING, Event, user_device
from shopkeeper.model.time import SESSION_GAP
from shopkeeper.visitors.profile import RECENT_APPEARANCES, UNSUBSCRIBED, Claimed, Joined, Profile, Value


class Claim(NamedTuple):
    """A user was identified on a device at a moment. Ordered by (at, event_id)."""

    at: int
    event_id: bytes
    user: str


LONGEST_ADDRESS = 254
"""Characters of an e-mail address (RFC 5321)."""
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[^\s@<>\"(),:;\\\[\]]+\.[^\s@<>\"(),:;\\\[\]]{2,}")
_SUBSCRIBING = LEAVING | RETURNING
AFTER_ALL = b"\xff" * 16
"""Sorts after every event id of its microsecond."""


class Choice(NamedTuple):
    """Measurement was permitted or denied on a device. Ordered by (at, event_id)."""

    at: int
    event_id: bytes
    granted: bool


class Span(NamedTuple):
    """One session's extent: first and last event, microseconds, both inclusive."""

    start: int
    end: int


def known_person(user: str) -> str:
    return f"u:{user}"


def anonymous_person(device: str) -> str:
    return f"a:{device}"


def claim_of(event: Event) -> Claim | None:
    """The claim an event makes on its device: identify, alias and orders that carry both ids, if they can be believed."""
    if event.name in IDENTIFYING and event.user and event.verified and event.device != user_device(event.user):
        return Claim(event.occurred_at, event.event_id, event.user)
    return None


def choice_of(event: Event) -> Choice | None:
    """The choice on measurement an event carries."""
    consent = event.context.get("consent")
    granted = consent.get("measurement") if consent else None
    return None if granted is None else Choice(event.occurred_at, event.event_id, granted)


def in_force(choices: Sequence[Choice], at: int, event_id: bytes) -> bool:
    """What the last choice before a moment says; `choices` ascending. Where none was made, measuring goes on."""
    position = bisect_left(choices, (at, event_id))
    return choices[position - 1].granted if position else True


def device_owner(device: str, claims: Sequence[Claim], at: int, event_id: bytes) -> str:
    """The person a device belongs to at a moment: the user last identified on it, before the first one that first one.

    `claims` is ascending. A device nobody was identified on is a person of its own.
    """
    if not claims:
        return anonymous_person(device)
    latest = claims[0].user
    for claim in claims:
        if (claim.at, claim.event_id) > (at, event_id):
            break
        latest = claim.user
    return known_person(latest)


def owner(event: Event, claims: Mapping[str, Sequence[Claim]]) -> str:
    """The person an event belongs to: the verified user it names, else the owner of its device at that moment."""
    if event.user and event.verified:
        return known_person(event.user)
    held = claims.get(event.device)
    if not held:
        return anonymous_person(event.device)
    return device_owner(event.device, held, event.occurred_at, event.event_id)


def moves_past(claims: Sequence[Claim], new: Claim) -> bool:
    """Whether adding a claim gives any moment of the device's past or future to somebody else, `new` itself excluded.

    False only when it repeats the user who owns the device around that moment anyway.
    """
    if not claims:
        return True
    position = bisect_left(claims, new)
    before = claims[max(position - 1, 0)].user
    return before != new.user


def extend_spans(spans: Sequence[Span], times: Sequence[int]) -> list[Span]:
    """The sessions of a device after events at `times` were added to sessions `spans`; both ascending.

    Two events belong to one session when less than the session gap lies between neighbours; events between two
    sessions can join them. The result does not depend on the order of arrival.
    """
    first, last = times[0], times[-1]
    *before, (start, end) = spans or (Span(first, first),)
    within = start - first < SESSION_GAP and last - end < SESSION_GAP
    if within and not (before and first - before[-1].end < SESSION_GAP):  # as mostly: all belong to the latest
        return [*before, Span(min(start, first), max(end, last))]
    points = sorted([*spans, *(Span(t, t) for t in times)])
    merged: list[Span] = []
    for span in points:
        if merged and span.start - merged[-1].end < SESSION_GAP:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def observe(profile: Profile, event: Event) -> None:
    """Take an event into the profile it belongs to: when seen, on which device, attributes and consent."""
    at = event.occurred_at
    if event.counted:
        if not profile.first_at or at < profile.first_at:
            profile.first_at = at
        profile.last_at = max(profile.last_at, at)
    if event.device not in profile.devices:
        insort(profile.devices, event.device)
    if event.name in IDENTIFYING:
        claim = claim_of(event)
        if claim:
            identified(profile, Claimed(claim.at, claim.event_id, event.device))
        if event.name == IDENTIFY:
            for name, value in event.properties.items():
                set_attribute(profile, name, value, at, event.event_id)
    consent = event.context.get("consent")
    if consent:
        for purpose, choice in consent.items():
            write(profile.consent, purpose, Value(choice, at, event.event_id))
    if event.counted and event.name in _SUBSCRIBING:
        write(profile.consent, UNSUBSCRIBED, Value(event.name in LEAVING, at, event.event_id))


def set_attribute(profile: Profile, name: str, value: Any, at: int, event_id: bytes) -> None:
    """Last write by (at, event_id) wins; writing None removes the value but remembers when."""
    write(profile.attributes, name[:100], Value(value, at, event_id))


def write(registers: dict[str, Value], name: str, new: Value) -> None:
    """Put a write into its register if it is the latest."""
    held = registers.get(name)
    if held is None or (held.at, held.event_id) < (new.at, new.event_id):
        registers[name] = new


def join(profile: Profile, audience: str, at: int, event_id: bytes) -> None:
    """Join an audience; the earliest join is kept."""
    held = profile.audiences.get(audience)
    if held is None or (at, event_id) < held:
        profile.audiences[audience] = Joined(at, event_id)


def identified(profile: Profile, claimed: Claimed) -> None:
    """Note where the person was identified; the first time is kept."""
    if profile.claimed is None or claimed < profile.claimed:
        profile.claimed = claimed


def address_in(properties: Mapping[str, Any]) -> str | None:
    """The e-mail address an event carries, or None for what cannot be one."""
    said = properties.get("email")
    found = said.strip() if isinstance(said, str) else ""
    return found if len(found) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(found) else None


def appear(profile: Profile, communication: str, at: int) -> None:
    """Note an appearance for the frequency caps."""
    times = [*profile.appearances.get(communication, ())]
    insort(times, at)
    profile.appearances[communication] = times[-RECENT_APPEARANCES:]


def merge(known: Profile, other: Profile) -> None:
    """Take everything of `other` into `known`: what `known` would be had it seen the events of both."""
    if other.first_at:
        known.first_at = min(known.first_at or other.first_at, other.first_at)
    known.last_at = max(known.last_at, other.last_at)
    for name, value in other.attributes.items():
        write(known.attributes, name, value)
    for purpose, value in other.consent.items():
        write(known.consent, purpose, value)
    for audience, joined in other.audiences.items():
        join(known, audience, joined.at, joined.event_id)
    known.devices = sorted({*known.devices, *other.devices})
    if other.claimed is not None:
        identified(known, other.claimed)
    for communication, times in other.appearances.items():
        both = sorted([*known.appearances.get(communication, ()), *times])
        known.appearances[communication] = both[-RECENT_APPEARANCES:]
