"""From the wire to an event: identity, corrected time, cleaned names. Pure: no clock, no storage."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

import msgspec

from shopkeeper.events.wire import MAX_ID, MAX_NAME, WireEvent
from shopkeeper.model.errors import BadEvent
from shopkeeper.model.events import (
    ALIAS,
    CAPTURED_EMAIL,
    CONFIRMED_EMAIL,
    CONSENT,
    GROUP,
    IDENTIFY,
    ORDER_EVENTS,
    PAGE,
    UNCOUNTED,
    WITHHELD,
    Event,
    Flag,
    id_bytes,
    user_device,
)
from shopkeeper.model.time import MINUTE, parse_time

FUTURE_TOLERANCE = 5 * MINUTE
EARLIEST = 1
"""Nothing happened in a web shop in 1970 or before; such stamps are clock errors and are refused."""

_CALLS = {"page": PAGE, "screen": PAGE, "identify": IDENTIFY, "alias": ALIAS, "group": GROUP}
_UNTIMED, _VERIFIED, _FROM_SERVER = int(Flag.UNTIMED), int(Flag.VERIFIED), int(Flag.SERVER | Flag.VERIFIED)
_UTM = tuple(f"utm_{field}" for field in ("source", "medium", "campaign", "term", "content", "name"))
_PAGE = ("url", "title", "referrer")
_NOTHING: dict[str, Any] = {}
PAGES = 50
"""Contexts a sender remembers at most."""
_FURTHER = frozenset(("campaign", "location", "consent"))
"""What makes a context more than that of its page and request."""
_OURS = frozenset((CAPTURED_EMAIL, CONFIRMED_EMAIL))
"""Attributes a browser cannot set by naming them."""
_NO_TEXT = ("", "null", "undefined", "None")
_encode = msgspec.json.Encoder(order="deterministic").encode


class Sender(msgspec.Struct, frozen=True):
    """What the request itself says about every event in it."""

    server: bool
    """It carried the secret key."""
    received_at: int
    sent_at: str | None = None
    flags: int = 0
    """Bot and staff flags derived from the request."""
    context: dict[str, Any] = {}
    """Device class, browser, country ... derived from headers; an event's own context wins."""
    secret_key: str = ""
    trusting: bool = False
    """The shop accepts unsigned browser identities (a setting)."""
    unasked_is_denied: bool = False
    """The shop measures nobody who did not permit it (a setting)."""
    pages: dict[tuple[Any, ...], dict[str, Any]] = {}
    """The contexts of its events so far, by what they say of their page: those of one page share one object. Senders
    with the same context may share it.
    """


def may_be_kept(wire: WireEvent, sender: Sender) -> bool:
    """Whether anything of a call may be kept: not of a visitor who was not asked, in a shop that asks first.

    What a server sends rests on the shop's own ground (an order has to be kept), so the setting is about browsers.
    """
    if sender.server or not sender.unasked_is_denied:
        return True
    consent = (wire.context or {}).get("consent")
    return isinstance(consent, dict) and isinstance(consent.get("measurement"), bool)


def read_event(wire: WireEvent, sender: Sender, fresh_id: str, default_type: str = "") -> Event:
    """The event meant by one call, or BadEvent.

    `fresh_id` is used when the sender gave no id. A call made under denied consent keeps nothing but that denial; an
    order from a server stays an order, as the shop has to keep its books.
    """
    kind = wire.type or default_type
    name = _name(wire, kind)
    user = _id(wire.user_id, "userId")
    anonymous = _id(wire.anonymous_id, "anonymousId")
    if kind == "alias":
        anonymous = _id(wire.previous_id, "previousId") or anonymous
        if not (user and anonymous):
            raise BadEvent("missing_identity", "alias needs userId and previousId.")
    if not user and not anonymous:
        raise BadEvent("missing_identity", "The event has neither anonymousId nor userId.", hint="Send one of them.")
    if name == WITHHELD and not sender.server:
        raise BadEvent("reserved_name", f"Only the server says {WITHHELD!r}.", hint="Decisions write it themselves.")
    message_id = wire.message_id or fresh_id
    if len(message_id) > MAX_ID:
        raise BadEvent("id_too_long", f"messageId may have {MAX_ID} characters.")

    said = wire.context or {}
    stamp = wire.original_timestamp or wire.timestamp
    occurred_at, untimed = _occurred_at(wire, stamp, sender)
    flags = sender.flags | (_UNTIMED if untimed else 0)
    if sender.server:
        # Its program and address are not the visitor's: a script or the office is no reason not to count an order.
        flags = flags & ~UNCOUNTED | _FROM_SERVER
    elif user and (sender.trusting or signed(user, said.get("signature"), sender.secret_key)):
        flags |= _VERIFIED
    properties = (wire.traits if kind in ("identify", "group") else wire.properties) or {}
    if kind == "identify" and not properties and isinstance(said.get("traits"), dict):
        properties = said["traits"]
    if kind == "identify" and not sender.server:
        properties = {key: value for key, value in properties.items() if key not in _OURS}
    context = _context(said, properties if name == PAGE else _NOTHING, sender)
    digest = hashlib.blake2b(_encode((kind, name, user, anonymous, stamp, properties)), digest_size=8).digest()
    consent = context.get("consent")
    if consent and consent.get("measurement") is False and not (sender.server and name in ORDER_EVENTS):
        name, properties, context = CONSENT, {}, {"consent": consent}
    return Event(  # by position, as names cost as much as the rest of it
        id_bytes(message_id),
        occurred_at,
        sender.received_at,
        name,
        anonymous or user_device(user or ""),
        user,
        flags,
        properties,
        context,
        digest,
        message_id,
    )


def settle(kept: Event, copy: Event) -> Event:
    """What two copies of one event say together, whichever came first.

    The smallest corrected time wins; one trusted copy is enough for trust, one counted copy for counting. Where they
    differ in content (a request adds context, consent was withdrawn between two tries) a denial of consent stands, else
    the smaller content, so that a third copy cannot change what depends on none of them.
    """
    content = min(kept, copy, key=_content)
    trusted = (kept.flags | copy.flags) & ~UNCOUNTED
    return msgspec.structs.replace(
        kept,
        occurred_at=min(kept.occurred_at, copy.occurred_at),
        flags=int(trusted | (kept.flags & copy.flags & UNCOUNTED)),
        name=content.name,
        properties=content.properties,
        context=content.context,
    )


def _content(event: Event) -> tuple[bool, bytes]:
    return (event.name != CONSENT, _encode((event.name, event.properties, event.context)))


def signed(user: str, signature: object, secret_key: str) -> bool:
    """Whether a browser's identity carries the shop's signature: hex HMAC-SHA256(secret key, user id)."""
    if not isinstance(signature, str) or not secret_key:
        return False
    return hmac.compare_digest(sign(user, secret_key), signature.lower().encode())


def sign(user: str, secret_key: str) -> bytes:
    """The signature a shop puts into its page for a logged-in user."""
    return hmac.new(secret_key.encode(), user.encode(), "sha256").hexdigest().encode()


def corrected(timestamp: int | None, sent_at: int | None, received_at: int) -> int:
    """When it happened by our clock: the sender's own delay is kept, the error of its clock is not.

    With both stamps, `received - (sent - timestamp)`; with one, that; clamped to five minutes in the future.
    """
    if timestamp is None:
        return received_at
    moment = received_at - (sent_at - timestamp) if sent_at is not None else timestamp
    return min(moment, received_at + FUTURE_TOLERANCE)


def _occurred_at(wire: WireEvent, stamp: str | None, sender: Sender) -> tuple[int, bool]:
    sent = wire.sent_at or sender.sent_at
    timestamp = _time(stamp, "timestamp") if stamp else None
    moment = corrected(timestamp, _time(sent, "sentAt") if sent else None, sender.received_at)
    if moment < EARLIEST:
        raise BadEvent("bad_time", f"timestamp {stamp!r} is not after 1970-01-01.", hint="Check the sender's clock.")
    return moment, timestamp is None


# A batch says when it was sent for each of its events, and they often share a second.
_parsed = lru_cache(maxsize=1024)(parse_time)


def _time(text: str, field: str) -> int:
    try:
        return _parsed(text)
    except (ValueError, OverflowError):
        raise BadEvent("bad_time", f"{field} {text[:40]!r} is not a time.", hint="Use ISO 8601.") from None


def _name(wire: WireEvent, kind: str) -> str:
    if kind == "track":
        name = (wire.event or "").strip()
        if not name:
            raise BadEvent("missing_event", "A track call needs an event name in `event`.")
        if len(name) > MAX_NAME:
            raise BadEvent("name_too_long", f"An event name may have {MAX_NAME} characters.")
        if name.startswith(("$", "=")):
            raise BadEvent("reserved_name", f"Event names may not begin with $ or = ({name!r}).")
        return name
    if kind not in _CALLS:
        known = ", ".join(["track", *_CALLS])
        raise BadEvent("unknown_type", f"The call type {kind[:40]!r} is not known.", hint=f"Use one of {known}.")
    return _CALLS[kind]


def _id(value: str | int | None, field: str) -> str | None:
    if value is None:
        return None
    text = str(value).strip()
    if text in _NO_TEXT:
        return None
    if len(text) > MAX_ID:
        raise BadEvent("id_too_long", f"{field} may have {MAX_ID} characters.")
    return text


def _context(said: dict[str, Any], page_properties: dict[str, Any], sender: Sender) -> dict[str, Any]:
    """The few derived facts rules and reports use, from the event's context and the request. Not to be changed."""
    page = said.get("page")
    told = page.get if isinstance(page, dict) else _NOTHING.get
    if page_properties:
        more = page_properties.get
        url, title, referrer = (more(field) or told(field) for field in _PAGE)
    else:
        url, title, referrer = told("url"), told("title"), told("referrer")
    own = (url, title, referrer, said.get("locale"))
    if not _FURTHER.isdisjoint(said):
        return _of_page(own, said, sender)
    try:
        found = sender.pages.get(own)
    except TypeError:  # what should be text is a list or an object
        return _of_page(own, said, sender)
    if found is None:
        if len(sender.pages) >= PAGES:
            sender.pages.clear()
        found = sender.pages[own] = _of_page(own, said, sender)
    return found


def _of_page(own: tuple[Any, ...], said: dict[str, Any], sender: Sender) -> dict[str, Any]:
    """The context of an event: the url, title, referrer and locale it says, what else it says, and the request."""
    context = {} if sender.server else dict(sender.context)
    for field, value in zip(_PAGE, own, strict=False):
        if isinstance(value, str) and value:
            context[field] = value[:2000]
    utm = _utm(said.get("campaign"), context.get("url", ""))
    for field in _UTM if utm else ():
        if field in utm:
            context["utm_campaign" if field == "utm_name" else field] = utm[field][:200]
    if isinstance(own[3], str):
        context["language"] = own[3][:20]
    location = said.get("location")
    if isinstance(location, dict):
        for field in ("country", "region"):
            if isinstance(location.get(field), str) and location[field]:
                context[field] = location[field][:100]
    consent = said.get("consent")
    if isinstance(consent, dict):
        purposes = ("measurement", "personalisation", "marketing")
        context["consent"] = {p: consent[p] for p in purposes if isinstance(consent.get(p), bool)}
    return context


def _utm(campaign: Any, url: str) -> dict[str, str]:
    """What the event says of the campaign that brought the visitor, else what its URL says."""
    if isinstance(campaign, dict) and campaign:
        said = {f"utm_{k}": v for k, v in campaign.items() if isinstance(v, str)}
        if said:
            return said
    if "utm_" not in url:
        return {}
    # Not urlsplit: it refuses addresses that browsers show all the same.
    query = parse_qs(url.partition("?")[2].partition("#")[0])
    return {k: v[0] for k, v in query.items() if k.startswith("utm_")}
