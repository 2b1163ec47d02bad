"""What events change: from new facts to people, sessions, orders, interactions, effects and credit. One transaction.

State is a function of the set of events. Events in their usual order are added to what is there; where a late event
gives a stretch of a device's past to somebody else, or a copy corrects a time, the people concerned are derived again
from the log (`refold`). Both paths share `_absorb`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from shopkeeper import attribution, events, orders, visitors
from shopkeeper.attribution import Interaction
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.definitions import Element
from shopkeeper.model.events import ORDER_EVENTS, Event
from shopkeeper.model.time import HOUR
from shopkeeper.orders import Said
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.storage.hours import disturb
from shopkeeper.visitors import Profile, SessionBook
from shopkeeper.visitors.rules import appear, join, set_attribute

ALWAYS = 1 << 62


class Desk(msgspec.Struct, frozen=True):
    """What derivation needs besides the events: the definitions and the log's older half."""

    plan: Plan
    catalogue: Catalogue
    history: History


class Changes:
    """For each person the range of time in which touches or orders are not what they were."""

    def __init__(self) -> None:
        self.ranges: dict[str, tuple[int, int]] = {}
        self.buyers: set[str] = set()

    def touch(self, person: str, start: int, end: int) -> None:
        """Touches in [start, end] changed; ALWAYS where the reach is not that of a click."""
        low, high = self.ranges.get(person, (start, end))
        self.ranges[person] = (min(low, start), max(high, end))

    def order(self, person: str, at: int) -> None:
        """An order changed: it empties the cart, and so reaches every later click."""
        self.touch(person, at, ALWAYS)
        self.buyers.add(person)


def take_in(conn: Connection, desk: Desk, arrived: Sequence[Event]) -> list[str]:
    """Append events to the log and derive all they change; one verdict per event."""
    appended = events.append(conn, desk.history, arrived)
    again = {event.device for event in appended.corrected}
    if appended.new:
        contested = add_known(conn, desk, appended.new)
        again.update(device for device in contested if _has_past(conn, device, appended.new))
    if again:
        refold(conn, desk, sorted(again))
    return appended.verdicts


def add_known(conn: Connection, desk: Desk, batch: Sequence[Event]) -> list[str]:
    """Derive what events that are in the log change: the whole of a rebuild, which reads them in order.

    Returns the devices of which the batch may have given a stretch of time to somebody else, or on which it changed
    what may be learnt. What happened then is right already where it came after the claims, as in a rebuild; else these devices are to be folded again.
    """
    ordered = sorted(batch, key=lambda e: (e.occurred_at, e.event_id))
    ordered, chosen = visitors.heed(conn, ordered)
    claimed = visitors.claim(conn, ordered)
    changes = Changes()
    for anonymous, known in claimed.first:
        lived = visitors.merge_anonymous(conn, anonymous, known)
        if lived is not None:
            device = anonymous[2:]
            attribution.rename_person(conn, anonymous, known)
            orders.rename_person(conn, anonymous, known, device)
            changes.order(known, lived)
    book = visitors.record_sessions(conn, ordered)
    attribution.rename_sessions(conn, book.renamed)
    people = {e.event_id: visitors.owner(e, claimed.claims) for e in ordered}
    _absorb(conn, desk, ordered, people, book, changes)
    return sorted({*claimed.contested, *chosen})


def refold(conn: Connection, desk: Desk, devices: Sequence[str]) -> None:
    """Derive everybody ever seen on these devices again, from the log."""
    log = events.of_devices(conn, desk.history, devices)
    for device in devices:
        visitors.unheed(conn, device)
        visitors.unclaim(conn, device)
        visitors.forget_sessions(conn, device)
    log, _ = visitors.heed(conn, log)
    visitors.claim(conn, log)
    visitors.record_sessions(conn, log)
    persons = sorted({*visitors.persons_of(conn, devices), *visitors.owners(conn, log).values()})
    everywhere = sorted({*devices, *visitors.devices_of(conn, persons)})
    log, _ = visitors.heed(conn, events.of_devices(conn, desk.history, everywhere))
    people = visitors.owners(conn, log)
    changes = Changes()
    visitors.forget(conn, persons)
    attribution.forget(conn, persons)
    for person, at in orders.forget(conn, everywhere, **_order_rules(desk.plan)):
        changes.order(person, at)
    for person in persons:
        changes.order(person, 0)
    book = visitors.sessions_of(conn, everywhere)
    concerned = set(persons)
    own = [e for e in log if people[e.event_id] in concerned or e.name in ORDER_EVENTS]
    _absorb(conn, desk, own, people, book, changes, only=concerned)


def reattribute(conn: Connection, desk: Desk, persons: Iterable[str]) -> None:
    """Derive the credit of all orders of these people again."""
    for person in persons:
        attribution.credit(conn, desk.plan, desk.catalogue, person, 0, ALWAYS)


def _absorb(
    conn: Connection,
    desk: Desk,
    ordered: Sequence[Event],
    people: dict[bytes, str],
    book: SessionBook,
    changes: Changes,
    only: set[str] | None = None,
) -> None:
    """Let people learn from events that were not yet learnt from. Order events are recorded for everybody;
    profiles and interactions only of `only`, when given.
    """
    profiles = visitors.load(conn, [p for p in people.values() if only is None or p in only])
    interactions: list[Interaction] = []
    hours: set[int] = set()
    said: list[tuple[Said, str]] = []
    for event in ordered:
        person = people[event.event_id]
        if event.name in ORDER_EVENTS:
            said.append((orders.read_order(event, desk.plan.shop.currency), person))
            if only is not None and person not in only:
                continue
        profile = profiles[person]
        visitors.learn(profile, event)
        session = book.span_of(event.device, event.occurred_at)
        interaction = attribution.interaction_of(event, desk.plan, person, session.start)
        if interaction:
            interactions.append(interaction)
            # What came first in a session decides how its later hours are counted.
            hours.update(range(interaction.at - interaction.at % HOUR, session.end + 1, HOUR))
            _effects(desk.plan, profile, interaction, changes)
    if interactions:
        attribution.record(conn, interactions)
        disturb(conn, hours)
    if said:
        for person, at in orders.record(conn, said, **_order_rules(desk.plan)):
            changes.order(person, at)
    _credit(conn, desk, profiles, changes)
    visitors.save(conn, profiles.values())


def _effects(plan: Plan, profile: Profile, interaction: Interaction, changes: Changes) -> None:
    """What an interaction does to the profile at once: caps, audiences, attributes; and that credit may change."""
    if interaction.act == "shown":
        if interaction.communication in plan.served:
            appear(profile, interaction.communication, interaction.at)
        return
    if interaction.act != "discarded":
        in_cart = interaction.act in ("added", "removed")
        changes.touch(interaction.person, interaction.at, ALWAYS if in_cart else interaction.at)
    element: Element | None = attribution.clicked_element(interaction, plan)
    if element is None:
        return
    if element.join:
        join(profile, element.join, interaction.at, interaction.event_id)
    for name, value in element.set.items():
        set_attribute(profile, name, value, interaction.at, interaction.event_id)


def _credit(conn: Connection, desk: Desk, profiles: dict[str, Profile], changes: Changes) -> None:
    """Bring order totals and both ledgers up to date for everybody whose touches or orders changed."""
    missing = changes.buyers - profiles.keys()
    if missing:
        profiles.update(visitors.load(conn, missing, create=False))
    for person in changes.buyers & profiles.keys():
        profile = profiles[person]
        totals = orders.person_totals(conn, person, desk.plan.shop.currency)
        profile.orders, profile.spent, profile.first_order_at, profile.last_order_at = totals
    for person, (start, end) in changes.ranges.items():
        known = profiles.get(person)
        if person in changes.buyers or known is None or (known.last_order_at or -1) >= start:
            attribution.credit(conn, desk.plan, desk.catalogue, person, start, end)


def _order_rules(plan: Plan) -> dict[str, bool]:
    return {"without_tax_and_shipping": plan.settings.without_tax_and_shipping}


def _has_past(conn: Connection, device: str, batch: Sequence[Event]) -> bool:
    """Whether the log may hold older arrivals that a claim in the batch gives to somebody else.

    None when the device was quiet before the batch from its first moment on: then nothing it did can change hands.
    """
    times = [e.occurred_at for e in batch if e.device == device]
    return events.has_others(conn, device, min(times), len(times))
