"""The profile document: what a decision needs to know of one person in one keyed read."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

PURPOSES = ("measurement", "personalisation", "marketing")
UNSUBSCRIBED = "unsubscribed"
"""Kept beside the purposes: whether messages are unwanted, by the latest (un)subscribing."""
RECENT_APPEARANCES = 50
"""Appearances kept per communication for frequency caps: the newest ones, so no cap may allow more."""


def would_be(communication: str) -> str:
    """The name under which it is remembered that a communication was withheld; no id begins like it."""
    return f"~{communication}"


class Value(NamedTuple):
    """A last-write-wins register: the write with the greatest (at, event_id) is the value."""

    value: Any
    at: int
    event_id: bytes


class Joined(NamedTuple):
    """When an audience was joined first, and by which event."""

    at: int
    event_id: bytes


class Claimed(NamedTuple):
    """The person was identified on a device, by an event."""

    at: int
    event_id: bytes
    device: str


class Profile(msgspec.Struct, array_like=True):
    """The stored state of one person.

    Every field is built by operations that commute (minimum, maximum, last write, union), so that the document is the
    same whatever the order in which events arrive, and two documents can be merged when a visitor becomes known.
    """

    person: str
    user: str | None = None
    first_at: int = 0
    last_at: int = 0
    attributes: dict[str, Value] = {}
    audiences: dict[str, Joined] = {}
    consent: dict[str, Value] = {}
    devices: list[str] = []
    """Session keys this person was seen on, sorted."""
    appearances: dict[str, list[int]] = {}
    """Communication -> times of its latest appearances, ascending; a list is replaced, never changed."""
    orders: int = 0
    """Orders that count (placed and not cancelled); kept in step with the orders room."""
    spent: int = 0
    """Their net value in the shop's currency, minor units."""
    first_order_at: int | None = None
    last_order_at: int | None = None
    claimed: Claimed | None = None
    """Where they were identified first: by that device's id they keep their variants over log-in."""

    @classmethod
    def begun(cls, person: str) -> Profile:
        """The empty document of a person."""
        return cls(person, user=person[2:] if person.startswith("u:") else None)

    def copy(self) -> Profile:
        """Another document that says the same and may be changed on its own."""
        return Profile(
            self.person,
            self.user,
            self.first_at,
            self.last_at,
            self.attributes.copy(),
            self.audiences.copy(),
            self.consent.copy(),
            self.devices.copy(),
            self.appearances.copy(),
            self.orders,
            self.spent,
            self.first_order_at,
            self.last_order_at,
            self.claimed,
        )

    def attribute(self, name: str) -> Any:
        """The current value of an attribute, or None."""
        held = self.attributes.get(name)
        return held.value if held else None

    def choice(self, purpose: str) -> Value | None:
        """The choice on a purpose that stands, None where the person made none.

        Browsers say with every call what was once chosen in a banner, so unsubscribing is not undone by that.
        """
        left = self.consent.get(UNSUBSCRIBED) if purpose == "marketing" else None
        return Value(False, left.at, left.event_id) if left and left.value else self.consent.get(purpose)

    def allows(self, purpose: str, default: bool) -> bool:
        """Whether the person's choice, else the shop's default, permits the purpose."""
        held = self.choice(purpose)
        return bool(held.value) if held else default


def name_of(profile: Profile) -> str:
    """What people call them: a name, else the e-mail, else the id, shortened for those nobody knows."""
    first = profile.attribute("first_name") or profile.attribute("firstName") or ""
    last = profile.attribute("last_name") or profile.attribute("lastName") or ""
    said = profile.attribute("name") or f"{first} {last}".strip() or profile.attribute("email") or profile.user
    return str(said) if said else f"Visitor {profile.person[2:][-8:]}"
