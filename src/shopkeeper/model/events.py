"""What happened: the event as every room knows it, after intake has corrected its time and cleaned its names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import IntFlag
from typing import Any, NamedTuple

import msgspec


class Flag(IntFlag):
    """Facts about how an event came in, kept with it because rules depend on them."""

    NONE = 0
    SERVER = 1
    """Sent with the secret key."""
    VERIFIED = 2
    """Its user id may be believed: secret key, signed browser identity, or the shop accepts unsigned ones."""
    BOT = 4
    STAFF = 8
    UNTIMED = 16
    """The sender gave no time of its own; `occurred_at` is the time of arrival."""


# Plain integers, as testing a bit with an IntFlag costs as much as reading the event it belongs to.
UNCOUNTED = int(Flag.BOT | Flag.STAFF)
"""Events with one of these are served and kept, never counted."""
_VERIFIED = int(Flag.VERIFIED)


class Event(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An immutable fact.

    Order everywhere is `(occurred_at, event_id)`. `device` is the anonymous id, or `user:<id>` where an event has none.
    `user` is the user id as sent; whether it may be believed is in `flags`.
    """

    event_id: bytes
    occurred_at: int
    received_at: int
    name: str
    """The tracked name (`Product Viewed`), or `$page`, `$identify`, `$alias`, `$group` for the other calls."""
    device: str
    user: str | None = None
    flags: int = 0
    properties: dict[str, Any] = {}
    """`properties` of track and page, `traits` of identify, `previousId` of alias under `previous_id`."""
    context: dict[str, Any] = {}
    """What intake derived: url, referrer, title, utm_*, device_class, browser, os, country, language, consent."""
    digest: bytes = b""
    """8 bytes over what the sender said, to tell a re-sent event from another one under the same id."""
    message_id: str = ""

    @property
    def order(self) -> tuple[int, bytes]:
        """The position of the event among all events."""
        return (self.occurred_at, self.event_id)

    @property
    def counted(self) -> bool:
        return not self.flags & UNCOUNTED

    @property
    def verified(self) -> bool:
        return bool(self.flags & _VERIFIED)


PAGE = "$page"
IDENTIFY = "$identify"
ALIAS = "$alias"
GROUP = "$group"
CONSENT = "$consent"
"""What is kept of any call made under denied measurement consent: the denial, nothing else."""

SHOWN = "Communication Shown"
CLICKED = "Communication Clicked"
HOVERED = "Communication Hovered"
DISCARDED = "Communication Discarded"
WITHHELD = "Communication Withheld"
"""A held-out visitor would have been shown it. Only the server says so."""
SENT = "Communication Sent"
DELIVERED = "Communication Delivered"
OPENED = "Communication Opened"
UNSUBSCRIBED = "Communication Unsubscribed"
SUBSCRIBED = "Communication Subscribed"
"""Messages are wanted again after an unsubscribing; `Subscribed` says the same."""
POSTED = {SENT: "sent", DELIVERED: "delivered", OPENED: "opened", UNSUBSCRIBED: "unsubscribed"}
"""What becomes of an e-mail, said by whoever sends them."""
ACTS = {
    SHOWN: "shown",
    CLICKED: "clicked",
    HOVERED: "hovered",
    DISCARDED: "discarded",
    WITHHELD: "withheld",
    **POSTED,
}
"""Our own events and the act each stands for."""


class Naming(NamedTuple):
    """Another name of one of our own events, and the properties that name the communication and its element there."""

    event: str
    communication: str
    element: str


OURS = Naming("", "communication_id", "element_id")
STANDARD = {
    "Promotion Viewed": Naming(SHOWN, "promotion_id", "element_id"),
    "Promotion Clicked": Naming(CLICKED, "promotion_id", "element_id"),
    "Email Delivered": Naming(DELIVERED, "email_id", "link_id"),
    "Email Opened": Naming(OPENED, "email_id", "link_id"),
    "Email Link Clicked": Naming(CLICKED, "email_id", "link_id"),
    "Unsubscribed": Naming(UNSUBSCRIBED, "email_id", "link_id"),
}
"""Events of the Segment spec (e-commerce and e-mail) that say what ours say."""


def names_of(event: str) -> frozenset[str]:
    """The names under which one of our own events arrives."""
    return frozenset((event, *(name for name, naming in STANDARD.items() if naming.event == event)))


LEAVING, RETURNING = names_of(UNSUBSCRIBED), frozenset((SUBSCRIBED, "Subscribed"))
"""Events by which somebody wants no more messages, and wants them again."""


PRODUCT_VIEWED = "Product Viewed"
PRODUCT_CLICKED = "Product Clicked"
PRODUCTS_SEARCHED = "Products Searched"
PRODUCT_ADDED = "Product Added"
PRODUCT_REMOVED = "Product Removed"
ORDER_COMPLETED = "Order Completed"
ORDER_UPDATED = "Order Updated"
ORDER_REFUNDED = "Order Refunded"
ORDER_CANCELLED = "Order Cancelled"
ORDER_EVENTS = frozenset({ORDER_COMPLETED, ORDER_UPDATED, ORDER_REFUNDED, ORDER_CANCELLED})
IDENTIFYING = frozenset({IDENTIFY, ALIAS, ORDER_COMPLETED})
"""Events that stitch a device to a user when they carry both ids and the user id is verified."""


CAPTURED_EMAIL, CONFIRMED_EMAIL = "captured_email", "confirmed_email"
"""Attributes: the address somebody typed into a field of ours, and the one whose owner confirmed it. An address is
pending while they differ. Browsers can set neither by name.
"""


def version_text(version: int, variant: str) -> int | str:
    """What answers call the version of a communication: its number, and after a slash the variant where there are any.

    Whoever shows a communication sends it back with every act upon it.
    """
    return f"{version}/{variant}" if variant else version


def version_said(properties: Mapping[str, Any]) -> tuple[int | None, str]:
    """(version, variant) as an act says it: in one, or with the variant beside; None and nothing where it does not."""
    version, variant = properties.get("version"), properties.get("variant")
    if isinstance(version, str):
        number, _, own = version.partition("/")
        version = int(number) if number.isascii() and number.isdigit() and len(number) < 11 else None
        variant = own or variant
    number_fits = type(version) is int and 0 < version < 2**31
    return version if number_fits else None, variant[:64] if isinstance(variant, str) else ""


def id_bytes(message_id: str) -> bytes:
    """The 16 bytes of a message id: those of the UUID it is, else a BLAKE2b hash of its text."""
    if len(message_id) in (32, 36):
        try:
            raw = bytes.fromhex(message_id.replace("-", ""))
        except ValueError:
            raw = b""
        if len(raw) == 16:
            return raw
    return hashlib.blake2b(message_id.encode(), digest_size=16).digest()


def user_device(user: str) -> str:
    """The session key of events that carry a user id but no anonymous id."""
    return f"user:{user}"
