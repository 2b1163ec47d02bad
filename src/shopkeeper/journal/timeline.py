"""One person's life by session: each event in words, and each decision with its candidates and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from shopkeeper import decisions, events, visitors
from shopkeeper.campaigns import Served
from shopkeeper.catalogue import Catalogue
from shopkeeper.decisions import Logged
from shopkeeper.model.events import (
    ACTS,
    ALIAS,
    CONSENT,
    GROUP,
    IDENTIFY,
    ORDER_EVENTS,
    OURS,
    PAGE,
    STANDARD,
    Event,
    version_said,
)
from shopkeeper.model.time import SESSION_GAP
from shopkeeper.pages.page import Ask
from shopkeeper.pages.table import address
from shopkeeper.visitors import Profile

DECISIONS = 1_000
"""The latest decisions looked at; they are forgotten after 30 days anyway."""


class Tested(msgspec.Struct, frozen=True):
    """One candidate of a zone: `test` is the one it failed, empty for the one shown."""

    communication: str
    campaign: str
    test: str
    reason: str
    variant: str = ""
    """The variant shown or withheld."""


class Choice(msgspec.Struct, frozen=True):
    """What one zone came to, candidates in priority order down to the one chosen."""

    zone: str
    chosen: str
    tested: list[Tested]


class Moment(msgspec.Struct, frozen=True):
    """Something that happened, or a decision (then with choices)."""

    at: int
    what: str
    detail: str = ""
    link: str = ""
    counted: bool = True
    choices: list[Choice] = []


class Sitting(msgspec.Struct, frozen=True):
    """A session as the page shows it."""

    device: str
    start: int
    end: int
    about: str
    """Device class, browser and country, where they are known."""
    moments: list[Moment]


def timeline(ask: Ask, profile: Profile) -> list[Sitting]:
    """The person's sessions, the latest first, each with its moments in order."""
    conn, devices = ask.conn, profile.devices
    lived = events.of_devices(conn, ask.shop.history, devices)
    owner = visitors.owners(conn, lived)
    lived = [event for event in lived if owner[event.event_id] == profile.person]
    start_of = visitors.session_starts(conn, devices)
    sittings: dict[tuple[str, int], list[Moment]] = {}
    about: dict[tuple[str, int], str] = {}
    for event in lived:
        key = (event.device, start_of(event.device, event.occurred_at))
        sittings.setdefault(key, []).append(_moment(ask, event))
        about.setdefault(key, _about(event))
    for logged in _decisions(ask, profile):
        key = _sitting_of(logged, sittings, start_of(logged.device, logged.at))
        sittings.setdefault(key, []).append(_decision(ask, logged))
    found = [_sitting(key[0], about.get(key, ""), moments) for key, moments in sittings.items()]
    return sorted(found, key=lambda sitting: -sitting.end)


def _sitting(device: str, about: str, moments: list[Moment]) -> Sitting:
    ordered = sorted(moments, key=lambda moment: moment.at)
    return Sitting(device, ordered[0].at, ordered[-1].at, about, ordered)


def _sitting_of(logged: Logged, known: Iterable[tuple[str, int]], start: int) -> tuple[str, int]:
    """A decision belongs to the sitting around it; one that came just before the first event, to the one it opened."""
    near = [key for key in known if key[0] == logged.device and abs(key[1] - logged.at) < SESSION_GAP]
    if (logged.device, start) in near or not near:
        return (logged.device, start)
    return min(near, key=lambda key: abs(key[1] - logged.at))


def _decisions(ask: Ask, profile: Profile) -> list[Logged]:
    """Those made for this person; a device several people use has others too."""
    logged = decisions.decisions_of(ask.conn, profile.devices, DECISIONS)
    if visitors.persons_of(ask.conn, profile.devices) == [profile.person]:
        return logged
    return [one for one in logged if visitors.person_now(ask.conn, one.device, one.at) == profile.person]


def _decision(ask: Ask, logged: Logged) -> Moment:
    served = ask.plan.served
    choices = []
    for zone, walked in logged.zones.items():
        tested = [
            Tested(c.communication, served[c.communication][-1].campaign_id, c.test, c.reason, c.variant)
            for c in walked
            if c.communication in served
        ]
        chosen = tested[-1].communication if tested and not tested[-1].test else ""
        choices.append(Choice(zone, chosen, tested))
    shown = [choice.chosen for choice in choices if choice.chosen]
    detail = ", ".join(shown) if shown else "nothing qualified"
    return Moment(logged.at, "Decided what to show", detail, choices=choices)


def _moment(ask: Ask, event: Event) -> Moment:
    what, detail, link = describe(event, ask.shop.catalogue, ask.plan.served)
    return Moment(event.occurred_at, what, detail, link, event.counted)


def describe(event: Event, catalogue: Catalogue, served: Mapping[str, Sequence[Served]]) -> tuple[str, str, str]:
    """(what happened, detail, address below the admin) of an event in words people use."""
    p = event.properties
    naming = STANDARD.get(event.name, OURS)
    if (name := naming.event or event.name) in ACTS:
        communication = str(p.get(naming.communication) or "")
        element = f", {said}" if (said := p.get(naming.element)) else ""
        campaign = served[communication][-1].campaign_id if communication in served else ""
        variant = f", {said}" if (said := version_said(p)[1]) else ""
        return (
            ACTS[name].capitalize(),
            communication + variant + element,
            address("campaigns", campaign) if campaign else "",
        )
    if event.name in ORDER_EVENTS:
        order_id = str(p.get("order_id") or p.get("orderId") or "")
        return event.name, order_id, address("orders", order_id)
    if event.name == PAGE:
        return "Page", str(event.context.get("title") or p.get("title") or p.get("name") or _place(event)), ""
    if event.name == IDENTIFY:
        return "Identified", ", ".join(f"{key}: {value}" for key, value in list(p.items())[:6]), ""
    plain = {ALIAS: "Joined two ids", GROUP: "Joined a group", CONSENT: "Refused to be measured"}
    if event.name in plain:
        return plain[event.name], "", ""
    product = str(p.get("product_id") or p.get("sku") or "")
    if product:
        known = catalogue.products.get(product)
        return event.name, known.name if known else str(p.get("name") or product), ""
    return event.name, str(p.get("query") or p.get("category") or ""), ""


def _place(event: Event) -> str:
    return str(event.context.get("url") or event.properties.get("url") or event.properties.get("path") or "")


def _about(event: Event) -> str:
    context = event.context
    parts = (context.get(name) for name in ("device_class", "browser", "os", "country"))
    return ", ".join(str(part) for part in parts if part)
