"""People: search, and one person with their reasons."""

from __future__ import annotations

from typing import Any

from shopkeeper import attribution, orders, visitors
from shopkeeper.admin.outlook import due
from shopkeeper.admin.segments import membership_table
from shopkeeper.asking.outlook import outlook
from shopkeeper.journal import timeline
from shopkeeper.model.errors import NotFound
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.paging import page_number, paging
from shopkeeper.pages.table import EVER, Column, Empty, Table, address
from shopkeeper.visitors import Profile, name_of
from shopkeeper.visitors.profile import PURPOSES

FOUND = 50
SESSIONS_A_PAGE = 10


def listing(ask: Ask) -> Page:
    """People whose names, e-mails or ids contain what was asked for."""
    text = ask.request.query_params.get("q", "").strip()[:200]
    number = page_number(ask)
    found = visitors.search_people(ask.conn, text, FOUND + 1, (number - 1) * FOUND)
    part = paging(ask, FOUND, found=len(found))
    found = found[:FOUND]
    people, customers = visitors.count_people(ask.conn)
    columns = (
        Column("name", "Person"),
        Column("id", "Id", "id"),
        Column("known", "Known"),
        Column("last_at", "Last seen", "time"),
        Column("orders", "Orders", "number", "shop_orders", EVER),
        Column("spent", "Spent", "money", "spent", EVER),
        Column("audiences", "Audiences", "number"),
    )
    rows = [
        {
            "name": name_of(profile),
            "id": profile.person[2:],
            "known": "customer" if profile.user else "visitor",
            "last_at": profile.last_at or None,
            "orders": profile.orders,
            "spent": profile.spent,
            "audiences": len(profile.audiences),
            "links": {"name": address("people", profile.person)},
        }
        for profile in found
    ]
    if text:
        empty = Empty(f"Nobody's name, e-mail or id contains “{text}”.", "Show the latest people", "/people")
    else:
        empty = Empty("People appear here with the first event of theirs.", "Install the tag", "/settings")
    context = {"q": text, "people": people, "customers": customers, "paging": part}
    caption = "Seen last first" + (
        f", {part.start + 1:,} to {part.start + len(rows):,}" if part.before or part.after else ""
    )
    return Page(
        "people.html", "People", "people", (Table("people", caption, columns, rows, part.empty(empty)),), context
    )


def one(ask: Ask) -> Page:
    """One person: who they are, what they bought, and their life by session with the reasons of each decision."""
    profile = visitors.load(ask.conn, [ask.id], create=False).get(ask.id)
    if profile is None:
        raise NotFound("no_person", f"There is nobody with the id {ask.id!r}.", hint="Search for a part of the name.")
    number = page_number(ask)
    sessions = timeline(ask, profile)
    start = (number - 1) * SESSIONS_A_PAGE
    shown = sessions[start : start + SESSIONS_A_PAGE]
    will = outlook(ask.shop, ask.conn, profile.person) if profile.user else None  # of visitors nothing is foretold
    context: dict[str, Any] = {
        "profile": profile,
        "ever": EVER,
        "name": name_of(profile),
        "outlook": will,
        "sessions": shown,
        "number": number,
        "pages": max(1, -(-len(sessions) // SESSIONS_A_PAGE)),
        "total_sessions": len(sessions),
        "purposes": [(p, profile.choice(p)) for p in PURPOSES],
        "consent_default": ask.plan.settings.consent_default,
    }
    tables = (
        _orders(ask, profile),
        _attributes(profile),
        due(will),
        _audiences(profile),
        membership_table(ask, profile.person),
        _timeline_table(shown),
    )
    data: dict[str, Any] = {
        "person": profile.person,
        "user": profile.user,
        "devices": profile.devices,
        "sessions": shown,
    }
    if will is not None and will.customer is not None:
        data["outlook"] = will.customer
    return Page("person.html", context["name"], "people", tables, context, data)


def _orders(ask: Ask, profile: Profile) -> Table:
    columns = (
        Column("order_id", "Order"),
        Column("at", "Placed", "time"),
        Column("state", "State"),
        Column("credit", "Order credit"),
        Column("value", "Value", "money", "gross", EVER),
        Column("net", "Net", "money", "net", EVER),
    )
    found = orders.person_orders(ask.conn, profile.person)[::-1]
    won = attribution.winners(ask.conn, [order.order_id for order in found])
    rows = []
    for order in found:
        campaign, communication = won.get(order.order_id, ("", ""))
        state = "cancelled" if order.cancelled else "waits for the shop's word" if order.waiting else ""
        links = {"order_id": address("orders", order.order_id), "credit": address("campaigns", campaign)}
        rows.append(
            {
                "order_id": order.order_id,
                "at": order.at,
                "state": state or ("not counted" if not order.counted else "refunded" if order.refunded else "counts"),
                "credit": communication or None,
                "value": order.value,
                "net": order.net,
                "currency": order.currency,
                "links": links if campaign else {"order_id": links["order_id"]},
            }
        )
    return Table("orders", "Orders", columns, rows, Empty("No order of this person is on record."))


def _attributes(profile: Profile) -> Table:
    columns = (Column("name", "Attribute"), Column("value", "Value"), Column("at", "Set", "time"))
    rows = [
        {"name": name, "value": str(held.value), "at": held.at}
        for name, held in sorted(profile.attributes.items())
        if held.value is not None
    ]
    empty = Empty("No attributes. They come with identify calls and with the effects of elements.")
    return Table("attributes", "Attributes", columns, rows, empty)


def _audiences(profile: Profile) -> Table:
    columns = (Column("audience", "Audience"), Column("joined_at", "Joined", "time"))
    rows = [{"audience": name, "joined_at": joined.at} for name, joined in sorted(profile.audiences.items())]
    empty = Empty("In no audience. A click on an element that joins one adds them.")
    return Table("audiences", "Audiences", columns, rows, empty)


def _timeline_table(sessions: list[Any]) -> Table:
    columns = (
        Column("at", "Time", "time"),
        Column("device", "Device"),
        Column("what", "What happened"),
        Column("detail", "Detail"),
    )
    rows = [
        {"at": moment.at, "device": session.device, "what": moment.what, "detail": moment.detail or None}
        for session in sessions
        for moment in session.moments
    ]
    return Table("timeline", "Timeline", columns, rows, Empty("Nothing is on record for this person."))
