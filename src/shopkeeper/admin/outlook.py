"""What a customer buys again and again, as the page of a person shows it."""

from __future__ import annotations

from shopkeeper.asking.outlook import Outlook
from shopkeeper.pages.table import Column, Empty, Row, Table, address


def due(told: Outlook | None) -> Table:
    """The most urgent first."""
    columns = (
        Column("name", "Product"),
        Column("times", "Times", "number"),
        Column("last", "Last", "id"),
        Column("every", "Every, days", "number"),
        Column("due", "Due"),
    )
    rows: list[Row] = [
        {
            "name": each.name,
            "times": each.times,
            "last": str(told.after(-each.last)),
            "every": round(each.every, 1),
            "due": f"{told.after(each.due)}{', overdue' if each.due < 0 else ''}",
            "links": {"name": address("products", each.product)},
        }
        for each in (told.customer.due if told and told.customer else ())
        if told
    ]
    return Table("due", "Due again", columns, rows, Empty("Nothing was bought on two days or more."))
