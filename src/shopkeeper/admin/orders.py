"""One order: what it was worth, and why it was credited as it was."""

from __future__ import annotations

from shopkeeper import attribution
from shopkeeper import orders as book
from shopkeeper.model.errors import NotFound
from shopkeeper.model.time import parse_time
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import EVER, Column, Empty, Table, address


def one(ask: Ask) -> Page:
    """The order with every touch considered, the winner and the rule."""
    found = book.get_order(ask.conn, ask.id)
    why = attribution.explain(ask.conn, ask.plan, ask.shop.catalogue, ask.id)
    if found is None or why is None:
        raise NotFound("no_order", f"There is no order {ask.id!r}.", hint="Order ids are as the shop sent them.")
    order, person = found
    products = ask.shop.catalogue.products
    line_columns = (
        Column("place", "Line"),
        Column("product", "Product"),
        Column("quantity", "Quantity", "number"),
        Column("value", "Value", "money"),
        Column("refunded", "Refunded", "money"),
        Column("credit", "Product credit"),
    )
    earner = {number: touch for touch in why["considered"] for number in touch["product_credit_lines"]}
    lines = [
        {
            "place": line.number + 1,
            "product": products[line.product].name if line.product in products else line.product or "(no product id)",
            "quantity": line.quantity,
            "value": line.value,
            "refunded": line.refunded or None,
            "credit": earner[line.number]["communication"] if line.number in earner else None,
            "currency": order.currency,
            "links": {"credit": address("campaigns", earner[line.number]["campaign"])} if line.number in earner else {},
        }
        for line in order.lines
    ]
    touch_columns = (
        Column("at", "Time", "time"),
        Column("act", "Act"),
        Column("communication", "Communication"),
        Column("element", "Element"),
        Column("product", "Product"),
        Column("result", "Result"),
        Column("why", "Why"),
    )
    touches = [
        {
            "at": parse_time(touch["at"]),
            "act": touch["act"],
            "communication": touch["communication"],
            "element": touch["element"] or None,
            "product": touch["product"] or None,
            "result": _result(touch["order_credit"], touch["product_credit_lines"]),
            "why": touch["why"],
            "quiet": not touch["order_credit"] and not touch["product_credit_lines"],
            "links": {"communication": address("campaigns", touch["campaign"])} if touch["campaign"] else {},
        }
        for touch in reversed(why["considered"])
    ]
    nobody = Empty("This person met no communication within the lookback before the order.")
    tables = (
        Table("touches", "What was considered, the latest first", touch_columns, touches, nobody),
        Table("lines", "Lines", line_columns, lines, Empty("The order was sent without products.")),
    )
    context = {"ever": EVER, "order": order, "person": person, "why": why}
    return Page("order.html", f"Order {ask.id}", "", tables, context, why)


def _result(won: bool, lines: list[int]) -> str:
    parts = ["✓ order credit"] if won else []
    if lines:
        parts.append(f"✓ product credit, line {', '.join(str(number + 1) for number in lines)}")
    return "; ".join(parts) or "✗ nothing"
