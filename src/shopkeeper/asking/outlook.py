"""What is foretold of one customer, or in words why it is not."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from shopkeeper import intent
from shopkeeper.engine.shop import Shop
from shopkeeper.intent import Customer
from shopkeeper.model.errors import NotFound, Unavailable
from shopkeeper.storage import Connection

_EPOCH = date(1970, 1, 1)


class Outlook(msgspec.Struct, frozen=True):
    """What a customer will do, or why that is not known."""

    customer: Customer | None
    why_not: str = ""

    @property
    def day(self) -> date:
        """It knows everything before this day."""
        return _EPOCH + timedelta(self.customer.day if self.customer else 0)

    def after(self, days: int) -> date:
        """The day so many days later."""
        return self.day + timedelta(days)


def outlook(shop: Shop, conn: Connection, person: str) -> Outlook:
    """What the current model foretells of a person."""
    try:
        found = intent.customer(conn, shop.models.current(conn), person)
    except (NotFound, Unavailable) as error:  # the rest of a person's page does without
        return Outlook(None, str(error))
    return Outlook(found, why_not(found))


def why_not(found: Customer) -> str:
    """Why nothing is foretold but what is due; empty where something is."""
    if found.span is None:
        return "The past is too short to foretell what customers do: 84 days are needed."
    if found.churn is None or found.value is None:
        return "There is no order yet to foretell anything by."
    return ""
