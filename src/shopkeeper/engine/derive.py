"""What events change: from new facts to people, sessions, orders, interactions, effects and credit. One transaction.

State is a function of the set of events. Events in their usual order are added to what is there; where a late event
gives a stretch of a device's past to somebody else, or a copy corrects a time, the people concerned are derived again
from the log (`refold`). Both paths share `_absorb`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter

import msgspec

from shopkeeper import attribution, catalogue, events, insights, orders, segments, timelines, visitors
from shopkeeper.attribution import Cause, Interaction
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.intent import interests
from shopkeeper.model.content import Element
from shopkeeper.model.definitions import CAPTURE
from shopkeeper.model.events import CAPTURED_EMAIL, ORDER_EVENTS, POSTED, Event
from shopkeeper.model.time import HOUR, parse_local, to_datetime
from shopkeeper.orders import Derived, Order, RateFrom, Reading, Said
from shopkeeper.segments import Book
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.storage.hours import disturb
from shopkeeper.timelines import LINE, ORDER, Bought, Fact, facts_of
from shopkeeper.visitors import Profile, SessionBook
from shopkeeper.visitors.profile import would_be
from shopkeeper.visitors.rules import address_in, appear, join, set_attribute

ALWAYS = 1 << 62
_ORDER = attrgetter("occurred_at", "event_id")
_WITHOUT_EFFECT = frozenset(("discarded", *POSTED.values()))


class Desk(msgspec.Struct, frozen=True):
    """What derivation needs besides the events: the definitions and the log's older half."""

    plan: Plan
    catalogue: Catalogue
    history: History
    book: Book
    now: int
    """When what is derived is written down; it decides nothing."""
    ledger: bool = True
    """False while a rebuild goes through the past again."""
    read: Mapping[tuple[int, str], Said] = {}
    """What was read of order events when they were checked, by the identity of the event and the shop's currency."""


class Changes:
    """For each person the range of time in which touches or orders are not what they were."""

    def __init__(self) -> None:
        self.ranges: dict[str, tuple[int, int]] = {}
        self.carts: dict[str, int] = {}
        """The last moment at which what lay in somebody's cart is not what it was."""
        self.buyers: set[str] = set()
        self.orders: set[tuple[str, int]] = set()
        """(person, at) of every order that is or was another one."""
        self.stitched: set[str] = set()
        """People whose past became another for who they are, not for what was said."""
        self.placed: dict[str, set[str]] = {}
        self.spoken: dict[str, set[str]] = {}
        self.standing: dict[str, tuple[str, Order]] = {}
        """(person, order) by id: orders that were derived, as they stand."""

    def touch(self, person: str, start: int, end: int) -> None:
        """Touches in [start, end] changed; ALWAYS where the reach is not that of a click."""
        low, high = self.ranges.get(person, (start, end))
        self.ranges[person] = (min(low, start), max(high, end))

    def cart(self, person: str, at: int) -> None:
        """A cart changed: what every click up to the next order may earn."""
        self.touch(person, at, at)
        self.carts[person] = max(self.carts.get(person, at), at)

    def order(self, person: str, at: int) -> None:
        """An order changed: it uses clicks up and empties the cart."""
        self.cart(person, at)
        self.buyers.add(person)
        self.orders.add((person, at))

    def told(self, derived: Derived) -> None:
        """Orders about which something new was said."""
        self.standing.update(derived.orders)
        for person, at, order_id, placed in derived.changed:
            self.order(person, at)
            self.spoken.setdefault(person, set()).add(order_id)
            if placed:
                self.placed.setdefault(person, set()).add(order_id)

    def stitch(self, person: str, since: int) -> None:
        """Somebody's past became another since then."""
        self.order(person, since)
        self.touch(person, since, ALWAYS)
        self.stitched.add(person)

    def cause(self, person: str, desk: Desk) -> Cause:
        """Why a person's credit is derived again."""
        return Cause(
            desk.now,
            "stitched" if person in self.stitched else "",
            frozenset(self.placed.get(person, ())),
            frozenset(self.spoken.get(person, ())),
            desk.ledger,
        )


def take_in(conn: Connection, desk: Desk, arrived: Sequence[Event]) -> list[str]:
    """Append events to the log and derive all they change; one verdict per event."""
    appended = events.append(conn, desk.history, arrived)
    catalogue.notice(conn, desk.catalogue, appended.new, desk.plan.shop.currency)
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
    ordered = sorted(batch, key=_ORDER)
    ordered, chosen = visitors.heed(conn, ordered)
    claimed = visitors.claim(conn, ordered)
    changes = Changes()
    for anonymous, known in claimed.first:
        lived = visitors.merge_anonymous(conn, anonymous, known)
        if lived is not None:
            device = anonymous[2:]
            attribution.rename_person(conn, anonymous, known)
            orders.rename_person(conn, anonymous, known, device)
            timelines.rename_person(conn, anonymous, known)
            segments.rename_person(conn, anonymous, known)
            insights.rename_person(conn, anonymous, known)
            changes.stitch(known, lived)
    book = visitors.record_sessions(conn, ordered)
    attribution.rename_sessions(conn, book.renamed)
    if desk.plan.attribution.order_lookback == "session":
        # An event lengthens its session, and so gives its touches a longer arm; whoever made them.
        first = {e.device: e.occurred_at for e in reversed(ordered)}
        for person in attribution.persons_on(conn, [*first]):
            changes.touch(person, min(first.values()), ALWAYS)
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
    timelines.forget(conn, persons)
    segments.ask_anew(conn, persons)
    for changed in orders.forget(conn, everywhere, reading(desk.plan)).changed:
        changes.order(changed.person, changed.at)
    for person in persons:
        changes.stitch(person, 0)
    book = visitors.sessions_of(conn, everywhere)
    concerned = set(persons)
    own = [e for e in log if people[e.event_id] in concerned or e.name in ORDER_EVENTS]
    _absorb(conn, desk, own, people, book, changes, only=concerned)
    interests.restore(conn, persons)


def reattribute(conn: Connection, desk: Desk, because: str) -> None:
    """Derive the credit of all orders again."""
    cause = Cause(desk.now, because, ledger=desk.ledger)
    attribution.credit_everybody(conn, desk.history, desk.plan, desk.catalogue, cause)


def revalue(conn: Connection, desk: Desk) -> None:
    """Derive all orders again, what their buyers spent, and their credit: what an order is worth has changed."""
    changed, standing = orders.derive_all(conn, reading(desk.plan))
    keep_orders(conn, desk.plan, {(each.person, each.at) for each in changed}, standing)
    segments.ask_anew(conn, sorted({each.person for each in changed}))
    buyers = orders.buyers(conn)
    profiles = visitors.load(conn, buyers, create=False)
    _total(conn, desk, profiles)
    visitors.save(conn, profiles.values())
    reattribute(conn, desk, "order values changed")


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
    facts: dict[str, list[Fact]] = {}
    places: dict[int, timelines.Place] = {}
    currency = desk.plan.shop.currency
    for event in ordered:
        person = people[event.event_id]
        if event.name in ORDER_EVENTS:
            said.append((desk.read.get((id(event), currency)) or orders.read_order(event, currency), person))
            if only is not None and person not in only:
                continue
        profile = profiles[person]
        visitors.learn(profile, event)
        own = facts.get(person)
        if own is None:
            own = facts[person] = []
        own += facts_of(event, currency, places)
        if event.name not in attribution.CONCERNED:
            continue
        session = book.span_of(event.device, event.occurred_at)
        interaction = attribution.interaction_of(event, desk.plan, person, session.start)
        if interaction:
            interactions.append(interaction)
            # What came first in a session decides how its later hours are counted.
            hours.update(range(interaction.at - interaction.at % HOUR, session.end + 1, HOUR))
            own.extend(_effects(desk.plan, profile, event, interaction, changes))
    timelines.add(conn, facts)
    if interactions:
        attribution.record(conn, interactions)
        disturb(conn, hours)
    if said:
        changes.told(orders.record(conn, said, reading(desk.plan)))
    _credit(conn, desk, profiles, changes)
    keep_orders(conn, desk.plan, changes.orders, changes.standing)
    segments.touch(conn, desk.book, _named(facts, changes.orders))
    visitors.save(conn, profiles.values())


def _effects(plan: Plan, profile: Profile, event: Event, interaction: Interaction, changes: Changes) -> list[Fact]:
    """What an interaction does to the profile at once: caps, audiences, attributes; and that credit may change.
    The effects as facts.
    """
    if interaction.act == "shown":
        if interaction.communication in plan.served:
            appear(profile, interaction.communication, interaction.at)
        return []
    if interaction.act == "withheld":
        appear(profile, would_be(interaction.communication), interaction.at)
        return []
    if interaction.act in _WITHOUT_EFFECT:
        return []
    if interaction.act in ("added", "removed"):
        changes.cart(interaction.person, interaction.at)
    else:
        changes.touch(interaction.person, interaction.at, interaction.at)
    element: Element | None = attribution.clicked_element(interaction, plan)
    if element is None:
        return []
    found = []
    place = (interaction.at, interaction.event_id)
    if element.join:
        join(profile, element.join, *place)
        found.append(timelines.joined(element.join, *place, interaction.device))
    given = dict(element.set)
    if interaction.element == CAPTURE and (address := address_in(event.properties)):
        given[CAPTURED_EMAIL] = address
    for name, value in given.items():
        set_attribute(profile, name, value, *place)
    if given:
        found.append(timelines.set_value(given, *place, interaction.device))
    return found


def _named(facts: Mapping[str, Sequence[Fact]], changed: Iterable[tuple[str, int]]) -> dict[str, set[str]]:
    """By person, the names of their new facts."""
    names = {person: {fact.name for fact in found} for person, found in facts.items()}
    for person, _ in changed:
        names.setdefault(person, set()).update((ORDER, LINE))
    return names


def keep_orders(
    conn: Connection, plan: Plan, changed: Collection[tuple[str, int]], standing: Mapping[str, tuple[str, Order]]
) -> None:
    """Keep orders that changed, at these (person, at), as facts of whoever placed them."""
    if not changed:
        return
    now = {
        order.order_id: (person, order.at, _order_facts(order, plan))
        for person, order in orders.orders_at(conn, sorted(changed), standing)
        if order.counts
    }
    timelines.put_orders(conn, changed, now)


def _order_facts(order: Order, plan: Plan) -> list[Fact]:
    return timelines.order_facts(
        order.order_id,
        order.at,
        order.event_id,
        order.device,
        value=order.net,
        refunded=order.refunded,
        discount=order.discount,
        month=to_datetime(order.at, plan.zone).month,
        in_shop_currency=order.currency == plan.shop.currency,
        lines=[Bought(line.product, line.quantity, line.net, line.refunded) for line in order.lines],
    )


def _credit(conn: Connection, desk: Desk, profiles: dict[str, Profile], changes: Changes) -> None:
    """Bring order totals and both ledgers up to date for everybody whose touches or orders changed."""
    missing = changes.buyers - profiles.keys()
    if missing:
        profiles.update(visitors.load(conn, missing, create=False))
    _total(conn, desk, {person: profiles[person] for person in changes.buyers & profiles.keys()})
    for person, (start, end) in changes.ranges.items():
        known = profiles.get(person)
        if person in changes.buyers or known is None or (known.last_order_at or -1) >= start:
            until = max(end, _emptied(conn, person, changes))
            attribution.credit(conn, desk.plan, desk.catalogue, (person,), start, until, changes.cause(person, desk))


def _emptied(conn: Connection, person: str, changes: Changes) -> int:
    """Up to when clicks are concerned by what changed of somebody's cart: their next order.

    It empties the cart whatever lay in it. Clicks that are free or used up by what changed came before it, and those that
    they displace, or that take their place, came earlier still: the last wins.
    """
    changed = changes.carts.get(person)
    return 0 if changed is None else orders.next_placing(conn, person, changed) or 0


def _total(conn: Connection, desk: Desk, profiles: Mapping[str, Profile]) -> None:
    for person, profile in profiles.items():
        totals = orders.person_totals(conn, person, desk.plan.shop.currency)
        profile.orders, profile.spent, profile.first_order_at, profile.last_order_at = totals


def reading(plan: Plan) -> Reading:
    """How this shop reads its orders."""
    rates = tuple(RateFrom(r.currency, parse_local(r.from_, plan.zone), repr(r.rate)) for r in plan.file.rates)
    return Reading(plan.shop.currency, rates, plan.settings.without_tax_and_shipping)


def _has_past(conn: Connection, device: str, batch: Sequence[Event]) -> bool:
    """Whether the log may hold older arrivals that a claim in the batch gives to somebody else.

    None when the device was quiet before the batch from its first moment on: then nothing it did can change hands.
    """
    times = [e.occurred_at for e in batch if e.device == device]
    return events.has_others(conn, device, min(times), len(times))
