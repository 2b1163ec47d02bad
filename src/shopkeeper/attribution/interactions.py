"""Interactions: which events are one, what they say, and keeping them with their person and session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopkeeper.attribution import store
from shopkeeper.attribution.rules import Interaction
from shopkeeper.campaigns import Plan
from shopkeeper.model.definitions import Element
from shopkeeper.model.events import ACTS, PRODUCT_ADDED, PRODUCT_REMOVED, PROMOTIONS, Event
from shopkeeper.storage import Connection

_CART = {PRODUCT_ADDED: "added", PRODUCT_REMOVED: "removed"}


def interaction_of(event: Event, plan: Plan, person: str, session: int) -> Interaction | None:
    """The interaction an event is, or None. A promotion counts when its id is a communication's."""
    cart = _CART.get(event.name)
    if cart:
        product = _text(event, "product_id") or _text(event, "sku")
        if not product or not event.counted:
            return None
        return Interaction(event.occurred_at, event.event_id, cart, person, event.device, session, product=product)
    name = PROMOTIONS.get(event.name, event.name)
    act = ACTS.get(name)
    if act is None or not event.counted:
        return None
    promotion = name != event.name
    communication = _text(event, "promotion_id" if promotion else "communication_id")
    if not communication or (promotion and communication not in plan.served):
        return None
    return Interaction(
        event.occurred_at,
        event.event_id,
        act,
        person,
        event.device,
        session,
        communication,
        _text(event, "element_id"),
        _text(event, "product_id"),
        _text(event, "zone") or _zone(plan, communication),
        _version(event),
    )


def clicked_element(interaction: Interaction, plan: Plan) -> Element | None:
    """The element a click was made on, as it was when served; None for other acts and unknown elements."""
    if interaction.act != "clicked" or not interaction.element:
        return None
    return plan.element(interaction.communication, interaction.element, interaction.version, interaction.at)


def record(conn: Connection, interactions: Iterable[Interaction]) -> None:
    """Keep interactions; one already kept is left as it is."""
    store.add(conn, interactions)


def rename_sessions(conn: Connection, renamed: Iterable[tuple[str, int, int]]) -> None:
    """Sessions (device, old start, new start) that began earlier than thought or were joined with another."""
    for device, old, new in renamed:
        store.rename_session(conn, device, old, new)


def rename_person(conn: Connection, old: str, new: str) -> None:
    """Everything recorded for `old` becomes `new`'s."""
    store.rename_person(conn, old, new)


def forget(conn: Connection, persons: Sequence[str]) -> None:
    """Drop interactions and credits of these people; the caller records them again from the log."""
    store.delete_persons(conn, persons)


def interactions_of(conn: Connection, person: str, start: int, end: int) -> list[Interaction]:
    """A person's interactions with communications in [start, end], in order."""
    return store.of_person(conn, person, start, end)


def persons_with(conn: Connection, communications: Sequence[str]) -> list[str]:
    """People with interactions on these communications."""
    return store.persons_with(conn, communications)


def _zone(plan: Plan, communication: str) -> str:
    """Where a communication stands, for senders that do not say where it was met."""
    versions = plan.served.get(communication)
    return versions[-1].communication.zone if versions else ""


def _version(event: Event) -> int | None:
    """The version of the campaign that was served, where the sender names a possible one."""
    version = event.properties.get("version")
    return version if type(version) is int and 0 < version < 2**31 else None


def _text(event: Event, name: str) -> str:
    value = event.properties.get(name)
    return str(value)[:255] if isinstance(value, str | int) and not isinstance(value, bool) else ""
