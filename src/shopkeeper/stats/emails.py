"""E-mails: what their sender says became of them, beside clicks and credit."""

from __future__ import annotations

import msgspec

from shopkeeper.campaigns import Plan
from shopkeeper.model.events import POSTED
from shopkeeper.stats.rollup import Facts
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection

_FIGURES = {**{act: act for act in POSTED.values()}, "clicked": "clicks"}


class EmailRow(msgspec.Struct):
    """The figures of one e-mail. Minor units of the shop's currency, net of refunds.

    Acts count once for each session of whom they happened to, as everywhere: a report of them that comes twice is one.
    """

    communication: str
    campaign: str
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicks: int = 0
    orders: int = 0
    value: int = 0
    refunded: int = 0
    """Given back since; the gross value is the value and this."""
    unsubscribed: int = 0


def emails(conn: Connection, plan: Plan, window: Window) -> list[EmailRow]:
    """Every e-mail that is defined, and deleted ones that something happened to in the window."""
    rows = {
        id: EmailRow(id, versions[-1].campaign_id)
        for id, versions in sorted(plan.served.items())
        if versions[-1].communication.kind == "email"
    }
    if not rows:
        return []
    facts = Facts(conn, plan, window)
    defined = {id for campaign in plan.file.campaigns.values() for id in campaign.communications}
    met: set[str] = set()
    for place, counted in facts.acts(tuple(rows)).items():
        if figure := _FIGURES.get(place.act):
            row = rows[place.communication]
            setattr(row, figure, getattr(row, figure) + counted.sessions)
            met.add(place.communication)
    for (id, *_, currency), (orders, value, refunded) in facts.earned(tuple(rows)).items():
        if currency == plan.shop.currency:
            row = rows[id]
            row.orders, row.value, row.refunded = row.orders + orders, row.value + value, row.refunded + refunded
            met.add(id)
    return [row for id, row in rows.items() if id in defined or id in met]
