"""Home: the shop's figures beside those of the period before, how revenue ran, and what needs attention."""

from __future__ import annotations

from typing import Any, NamedTuple

from shopkeeper import events
from shopkeeper.admin.settings import snippet
from shopkeeper.campaigns import schedule_state
from shopkeeper.campaigns.rules import hours
from shopkeeper.pages.chart import Chart, draw
from shopkeeper.pages.page import Ask, Page
from shopkeeper.pages.table import Column, Empty, Table, address
from shopkeeper.stats import Figures, Headline, Series, figures, headline, series


class Concern(NamedTuple):
    """Something that needs a person."""

    text: str
    step: str
    link: str


def show(ask: Ask) -> Page:
    """The page one sees first."""
    now = headline(ask.conn, ask.plan, ask.window)
    before = headline(ask.conn, ask.plan, ask.window.before)
    run = series(ask.conn, ask.plan, ask.now)
    panels = figures(ask.conn, ask.plan, ask.window)
    last = events.last_arrived(ask.conn)
    arrived = last is not None or bool(ask.shop.history.files(ask.conn, "events"))
    context: dict[str, Any] = {
        "figures": now,
        "before": before,
        "series": run,
        "chart": _chart(ask, run) if now.orders else None,
        "concerns": _concerns(ask, panels),
        "arrived": arrived,
        "last": last,
        "snippet": snippet(ask),
        "holdout": ask.plan.settings.holdout or any(c.holdout for c in ask.plan.file.campaigns.values()),
    }
    data = {"figures": now, "previous": before, "window": ask.window, "incremental": None}
    return Page("home.html", "Home", "", (_days(run), _best(panels, now)), context, data)


def _chart(ask: Ask, run: Series) -> Chart:
    by = "%H:%M" if run.by == "quarter" else "%-d %b"
    return draw(
        {
            "revenue": [point.revenue for point in run.points],
            "attributed": [point.attributed for point in run.points],
        },
        [point.start for point in run.points],
        ask.plan,
        by,
    )


def _days(run: Series) -> Table:
    caption = "Revenue by day, shop time" if run.by == "day" else "Revenue by quarter of an hour, shop time"
    step = "the day or quarter of an hour of the row"
    columns = (
        Column("start", "From", "time"),
        Column("orders", "Orders", "number", "shop_orders", step),
        Column("revenue", "Revenue", "money", "revenue", step),
        Column("attributed", "Order credit", "money", "attributed", step),
    )
    rows = [
        {"start": p.start, "orders": p.orders, "revenue": p.revenue, "attributed": p.attributed}
        for p in reversed(run.points)
    ]
    return Table("series", caption, columns, rows, Empty("There are no days to show."))


def _best(panels: Figures, now: Headline) -> Table:
    columns = (
        Column("name", "Campaign"),
        Column("profiles", "People", "number", "profiles"),
        Column("orders", "Orders", "number", "orders"),
        Column("value", "Value", "money", "value"),
        Column("share", "Of revenue", "share", "share"),
    )
    best = sorted((row for row in panels.campaigns if row.value), key=lambda row: -row.value)[:5]
    rows = [
        {
            "name": f"{row.name} (deleted)" if row.status == "deleted" else row.name,
            "profiles": row.profiles,
            "orders": row.orders,
            "value": row.value,
            "share": row.value / now.revenue if now.revenue else None,
            "links": {} if row.status == "deleted" else {"name": address("campaigns", row.campaign)},
        }
        for row in best
    ]
    empty = Empty(
        "No order has been credited to a campaign in this window yet.",
        "See which campaigns are live",
        "/campaigns",
    )
    return Table("campaigns", "Campaigns by order credit", columns, rows, empty)


def _concerns(ask: Ask, panels: Figures) -> list[Concern]:
    found = []
    kept = sum(events.count_rejects(ask.conn).values())
    if kept:
        what = "1 event was" if kept == 1 else f"{kept:,} events were"
        found.append(Concern(f"{what} not accepted; nothing of them is lost.", "See why", "/rejects"))
    for row in panels.campaigns:
        campaign = ask.plan.file.campaigns.get(row.campaign)
        if campaign is None:
            continue  # deleted, with figures of its time
        live = not schedule_state(campaign, hours(campaign.schedule, ask.plan.zone), ask.plan.zone, ask.now)
        on_site = any(communication.zone for communication in campaign.communications.values())
        if live and on_site and not row.instances:
            text = f"“{row.name}” is live but was not shown to anybody in this window."
            found.append(Concern(text, "Look at the campaign", address("campaigns", row.campaign)))
    if not ask.plan.file.campaigns:
        found.append(Concern("There is no campaign yet.", "How to make one", "/campaigns"))
    return found
