"""Panels: instances, clicks, hovered, started, profiles, orders and value, over a window. One definition each.

Source: PRODUCT.md section 4. Values are minor units of the shop's currency, net of refunds and cancellations;
credit in other currencies is listed apart and never summed.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shopkeeper import attribution, orders
from shopkeeper.attribution import Money
from shopkeeper.campaigns import Plan
from shopkeeper.model.definitions import Sequence
from shopkeeper.model.time import REPORT_WINDOW
from shopkeeper.stats.panels import ACTS
from shopkeeper.stats.rollup import Facts
from shopkeeper.stats.rules import NONE, Counted, Window
from shopkeeper.storage import Connection


class CommunicationRow(msgspec.Struct, frozen=True):
    """The figures of one communication."""

    communication: str
    campaign: str
    kind: str
    zone: str
    instances: int
    clicks: int
    hovered: int | None
    """Notifications only."""
    orders: int
    value: int
    refunded: int
    """Given back since; the gross value is the value and this."""
    raw: dict[str, int]
    """Raw counts of acts beside the session counts."""
    withheld: int = 0
    """Sessions in which it would have appeared to somebody held out."""
    other_currencies: dict[str, int] = {}


class SequenceRow(msgspec.Struct, frozen=True):
    """The figures of one sequence: sums of its communications, but people are unique."""

    campaign: str
    sequence: str
    name: str
    started: int
    profiles: int
    clicks: int
    orders: int
    value: int


class CampaignRow(msgspec.Struct, frozen=True):
    """The figures of one campaign: sums of its communications, but people are unique."""

    campaign: str
    name: str
    status: str
    started: int
    profiles: int
    instances: int
    clicks: int
    hovered: int
    orders: int
    value: int
    held_out: int = 0
    """People who would have been shown something of it and were held out."""


class Figures(msgspec.Struct, frozen=True):
    """Everything the panels show for one window."""

    start: int
    end: int
    currency: str
    orders: int
    customers: int
    revenue: int
    communications: list[CommunicationRow]
    sequences: list[SequenceRow]
    campaigns: list[CampaignRow]


DEFINITIONS = {
    "instances": "Sessions in which it really appeared.",
    "clicks": "Sessions with at least one click on it.",
    "hovered": "Sessions in which the pointer moved into it or it got the keyboard focus (notifications).",
    "sent": "E-mails sent, as whoever sends them says.",
    "delivered": "E-mails that the receiver's server took.",
    "opened": "Sessions in which it was opened. Not reliable: many programs load pictures for nobody, and many never do.",
    "unsubscribed": "E-mails somebody unsubscribed from.",
    "orders": "Orders whose last touch before them, within the lookback, was on it.",
    "value": "The whole value of those orders, net of refunds.",
    "started": "Sessions in which a communication of it really appeared; an e-mail, was delivered.",
    "profiles": "Different people among those.",
    "withheld": "Sessions in which it would have appeared to somebody who was held out.",
    "held_out": "Different people who would have been shown something of it, and were held out to measure it.",
    "people": "Different people it really appeared to, or for a holdout, would have.",
    "mixed": "Those among them who met another variant too, or both met and were denied it: they count on both sides, and a comparison leaves them out.",
    "weight": "The share of visitors who belong to it by the definitions in force.",
    "revenue": "Value of all orders that count, net of refunds, in the shop's currency.",
    "attributed": "The part of the revenue whose orders' last touch, within the lookback, was on a communication.",
    "incremental": "What the campaigns brought that would not have come without them, measured against a holdout.",
    "shop_orders": "Orders that count: placed, not cancelled, confirmed where the shop confirms its orders.",
    "gross": "What an order was worth when placed, after discounts and before refunds.",
    "net": "An order's value less refunds; nothing when it was cancelled.",
    "spent": "The net value of a person's orders that count, in the shop's currency.",
    "sessions": "Visits of a person's devices; half an hour without an event ends one.",
    "share": "Its part of the shop's revenue in the same window.",
    "previous": "The same figure in the period of equal length just before.",
    "refunded": "What was given back of it since; the value is less that already.",
    "raw": "Every single act, beside the sessions that are counted once.",
    "involved": "Orders with at least one line credited to it.",
    "lines": "Order lines credited to it.",
    "average_with": "The average net value of the orders involved, all their lines.",
    "average_without": "The average net value of all other orders of the window.",
    "organic": "What nobody earned: credited and organic add up to the revenue.",
    "impressions": "Recommended products shown, each time one was.",
    "product_clicks": "Clicks on recommended products.",
    "click_through": "Clicks per impression.",
    "bought": "Clicks whose product was bought after them, within the product lookback.",
    "clicked_to_bought": "Clicks that led to a purchase of their product, per click.",
    "units": "Pieces in the order lines credited to it.",
    "margin": "Revenue less cost of those lines whose product's cost is known.",
    "margin_of": "The revenue of the lines whose product's cost is known.",
    "click_total": "Value of the order lines whose product was clicked before, within the product lookback.",
}
"""The sentence shown with each figure."""


def rolling(now: int) -> Window:
    """The panels' window: the last 30 x 24 hours, `now` excluded."""
    return Window(now - REPORT_WINDOW, now)


def whole_period(conn: Connection) -> Window:
    """From the first to the last order or interaction on record, both included; empty when there is none."""
    extents = [extent for extent in (orders.order_extent(conn), attribution.extent(conn)) if extent]
    if not extents:
        return Window(0, 0)
    return Window(min(first for first, _ in extents), max(last for _, last in extents) + 1)


def figures(conn: Connection, plan: Plan, window: Window) -> Figures:
    """All panels for a window, also of communications that are deleted by now but were met in it."""
    facts = Facts(conn, plan, window)
    acts = _acts(facts)
    credits = _credits(facts)
    currency = plan.shop.currency
    rows = [
        _communication(plan, id, acts.get(id, {}), credits.get(id, {})) for id in _communications(plan, acts, credits)
    ]
    by_id = {row.communication: row for row in rows}
    totals = [t for t in orders.counting_totals(conn, *window) if t[0] == currency]
    count, customers, revenue = (totals[0][1], totals[0][2], totals[0][3]) if totals else (0, 0, 0)
    return Figures(
        start=window.start,
        end=window.end,
        currency=currency,
        orders=count,
        customers=customers,
        revenue=revenue,
        communications=rows,
        sequences=list(_sequences(conn, plan, by_id, window)),
        campaigns=list(_campaigns(conn, plan, by_id, window)),
    )


def _acts(facts: Facts) -> dict[str, dict[str, Counted]]:
    """Communication -> act -> counts."""
    found: dict[str, dict[str, Counted]] = {}
    for place, counted in facts.acts().items():
        acts = found.setdefault(place.communication, {})
        acts[place.act] = acts.get(place.act, NONE).plus(*counted)
    return found


def _credits(facts: Facts) -> dict[str, dict[str, Money]]:
    """Communication -> currency -> order credit."""
    found: dict[str, dict[str, Money]] = {}
    for (communication, *_, currency), (count, value, refunded) in facts.earned().items():
        have = found.setdefault(communication, {}).get(currency, Money())
        found[communication][currency] = Money(have.orders + count, have.value + value, 0, have.refunded + refunded)
    return found


def _communications(
    plan: Plan, *met: dict[str, object] | dict[str, dict[str, Counted]] | dict[str, dict[str, Money]]
) -> list[str]:
    """Current communications in the order of their definition, then deleted ones that were met."""
    current = [id for campaign in plan.file.campaigns.values() for id in campaign.communications]
    gone = sorted({id for found in met for id in found} - set(current))
    return [*current, *(id for id in gone if id in plan.served)]


def _communication(plan: Plan, id: str, acts: dict[str, Counted], credits: dict[str, Money]) -> CommunicationRow:
    served = plan.served[id][-1]
    own = credits.get(plan.shop.currency, Money())
    kind = served.communication.kind
    return CommunicationRow(
        communication=id,
        campaign=served.campaign_id,
        kind=kind,
        zone=served.communication.zone,
        instances=acts.get("shown", NONE).sessions,
        clicks=acts.get("clicked", NONE).sessions,
        hovered=acts.get("hovered", NONE).sessions if kind == "notification" else None,
        orders=own.orders,
        value=own.value,
        refunded=own.refunded,
        withheld=acts.get("withheld", NONE).sessions,
        raw={act: acts.get(act, NONE).raw for act in ACTS},
        other_currencies={c: money.value for c, money in credits.items() if c != plan.shop.currency},
    )


def _sequences(
    conn: Connection, plan: Plan, rows: dict[str, CommunicationRow], window: Window
) -> Iterator[SequenceRow]:
    for id, campaign in plan.file.campaigns.items():
        named = campaign.sequences or {"main": Sequence(steps=tuple(campaign.communications))}
        for name, sequence in named.items():
            started, profiles = attribution.reach(conn, sequence.steps, *window)
            own = [rows[step] for step in sequence.steps]
            yield SequenceRow(
                campaign=id,
                sequence=name,
                name=sequence.name or name,
                started=started,
                profiles=profiles,
                clicks=sum(row.clicks for row in own),
                orders=sum(row.orders for row in own),
                value=sum(row.value for row in own),
            )


def _campaigns(
    conn: Connection, plan: Plan, rows: dict[str, CommunicationRow], window: Window
) -> Iterator[CampaignRow]:
    current = plan.file.campaigns
    for id in [*current, *sorted({row.campaign for row in rows.values()} - current.keys())]:
        own = [row for row in rows.values() if row.campaign == id]
        ids = [row.communication for row in own]
        started, profiles = attribution.reach(conn, ids, *window)
        yield CampaignRow(
            campaign=id,
            name=current[id].name or id if id in current else id,
            status=current[id].status if id in current else "deleted",
            started=started,
            profiles=profiles,
            instances=sum(row.instances for row in own),
            clicks=sum(row.clicks for row in own),
            hovered=sum(row.hovered or 0 for row in own),
            orders=sum(row.orders for row in own),
            value=sum(row.value for row in own),
            held_out=attribution.reach(conn, ids, *window, acts=("withheld",))[1],
        )
