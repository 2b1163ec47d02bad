"""Interactions: which events are one, what they say, and keeping them with their person and session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from shopkeeper.attribution import store
from shopkeeper.attribution.rules.words import Interaction
from shopkeeper.campaigns import Plan
from shopkeeper.model.content import Element
from shopkeeper.model.events import ACTS, OURS, PRODUCT_ADDED, PRODUCT_REMOVED, STANDARD, Event, version_said
from shopkeeper.storage import Connection
from shopkeeper.storage.hours import disturb

DEVICE_CLASSES = ("desktop", "mobile", "tablet")
MOST_OFFERED = 48
"""A recommender shows no more."""
_CART = {PRODUCT_ADDED: "added", PRODUCT_REMOVED: "removed"}
CONCERNED = frozenset((*_CART, *ACTS, *STANDARD))
"""Names of events that can be an interaction."""


def interaction_of(event: Event, plan: Plan, person: str, session: int) -> Interaction | None:
    """The interaction an event is, or None.

    Of any communication, defined or not, and of any promotion or e-mail: its id may become a communication's later.
    """
    cart = _CART.get(event.name)
    if cart:
        product = _text(event, "product_id") or _text(event, "sku")
        if not product or not event.counted:
            return None
        return Interaction(event.occurred_at, event.event_id, cart, person, event.device, session, product=product)
    naming = STANDARD.get(event.name, OURS)
    act = ACTS.get(naming.event or event.name)
    if act is None or not event.counted:
        return None
    communication = _text(event, naming.communication)
    if not communication:
        return None
    version, variant = version_said(event.properties)
    return Interaction(
        event.occurred_at,
        event.event_id,
        act,
        person,
        event.device,
        session,
        communication,
        _text(event, naming.element),
        _text(event, "product_id"),
        _text(event, "zone") or _zone(plan, communication, version, event.occurred_at),
        version,
        _class(event),
        _offered(event) if act in ("shown", "clicked") else "",
        plan.variant(communication, variant, version, event.occurred_at),
    )


def clicked_element(interaction: Interaction, plan: Plan) -> Element | None:
    """The element a click was made on, as it was when served; None for other acts and unknown elements."""
    if interaction.act != "clicked" or not interaction.element:
        return None
    i = interaction
    return plan.element(i.communication, i.element, i.version, i.at, i.variant)


def record(conn: Connection, interactions: Iterable[Interaction]) -> None:
    """Keep interactions; one already kept is left as it is.

    The caller says which hours that disturbs: it knows how far the sessions reach.
    """
    store.add(conn, interactions)


def rename_sessions(conn: Connection, renamed: Iterable[tuple[str, int, int]]) -> None:
    """Sessions (device, old start, new start) that began earlier than thought or were joined with another."""
    for device, old, new in renamed:
        store.rename_session(conn, device, old, new)
        disturb(conn, store.moments_of_session(conn, device, new))


def rename_person(conn: Connection, old: str, new: str) -> None:
    """Everything recorded for `old` becomes `new`'s."""
    store.rename_person(conn, old, new)


def forget(conn: Connection, persons: Sequence[str]) -> None:
    """Drop interactions of these people; the caller records them again from the log, then credits all their orders."""
    disturb(conn, store.moments_of_persons(conn, persons))
    store.delete_interactions(conn, persons)


def persons_with(conn: Connection, meant: Sequence[tuple[str, int, int]]) -> list[str]:
    """People with interactions on these (communication, since, version): at or after `since`, or naming the version."""
    return sorted({person for each in meant for person in store.persons_with(conn, *each)})


def clickers(conn: Connection, communications: Sequence[str], element: str, limit: int) -> list[tuple[str, str, int]]:
    """(person, communication, at) of the latest clicks on an element, newest first, each person once a communication."""
    return store.clickers(conn, communications, element, limit) if communications else []


def persons_on(conn: Connection, devices: Sequence[str]) -> list[str]:
    """People with interactions on these devices."""
    return store.persons_on(conn, devices)


def _zone(plan: Plan, communication: str, version: int | None, at: int) -> str:
    """Where a communication stood when it was served, for senders that do not say where it was met."""
    served = plan.served_as(communication, version, at)
    return served.communication.zone if served else ""


def _class(event: Event) -> str:
    """The device class that was derived at intake or stands in the event's own context."""
    found = event.context.get("device_class")
    return found if isinstance(found, str) and found in DEVICE_CLASSES else ""


def _offered(event: Event) -> str:
    """The products that stood there, as ids, [id, strategy] pairs or Segment's product objects; others are left out."""
    products = event.properties.get("products")
    if not isinstance(products, list):
        return ""
    pairs = [pair for pair in map(_offer, products[:MOST_OFFERED]) if pair[0]]
    return msgspec.json.encode(pairs).decode() if pairs else ""


def _offer(said: object) -> tuple[str, str]:
    if isinstance(said, dict):
        said = [said.get("product_id"), said.get("strategy")]
    product, strategy = [*said, "", ""][:2] if isinstance(said, list) else (said, "")
    return (product[:255] if isinstance(product, str) else "", strategy[:64] if isinstance(strategy, str) else "")


def _text(event: Event, name: str) -> str:
    value = event.properties.get(name)
    if type(value) is str:
        return value[:255]
    return str(value)[:255] if type(value) is int else ""
