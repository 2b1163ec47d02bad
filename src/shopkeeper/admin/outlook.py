"""What is foretold of one customer, as the page of a person shows it."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from shopkeeper import intent
from shopkeeper.intent import Customer
from shopkeeper.model.errors import NotFound
from shopkeeper.pages.page import Ask
from shopkeeper.pages.table import Column, Empty, Row, Table, address
from shopkeeper.visitors import Profile

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


def outlook(ask: Ask, profile: Profile) -> Outlook | None:
    """None for visitors who are not identified, as nothing is foretold of them."""
    if not profile.user:
        return None
    try:
        found = intent.customer(ask.conn, ask.shop.models.current(ask.conn), profile.person)
    except NotFound as error:
        return Outlook(None, str(error))
    if found.span is None:
        return Outlook(found, "The past is too short to foretell what customers do: 84 days are needed.")
    if found.churn is None:
        return Outlook(found, "There was no order yet to foretell anything by when the model was trained.")
    return Outlook(found)


def due(told: Outlook | None) -> Table:
    """What a customer buys again and again, the most urgent first."""
    columns = (
        Column("name", "Product"),
        Column("times", "Times", "number"),
        Column("last", "Last"),
        Column("every", "Every, days", "number"),
        Column("due", "Due"),
    )
    found = told.customer.due if told and told.customer else ()
    rows: list[Row] = [
        {
            "name": each.name,
            "times": each.times,
            "last": str(told.after(-each.last)),
            "every": round(each.every, 1),
            "due": f"{told.after(each.due)}{', overdue' if each.due < 0 else ''}",
            "links": {"name": address("products", each.product)},
        }
        for each in found
        if told
    ]
    return Table("due", "Due again", columns, rows, Empty("Nothing was bought on two days or more."))
