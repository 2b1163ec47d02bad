"""Campaigns: every zone's communications in priority order, one campaign's page, and previews of content."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import attribution, decisions, experiments
from shopkeeper.campaigns import Placed, Plan, Served, campaign_history, schedule_state
from shopkeeper.campaigns.rules import hours
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import CONTROL, Campaign, Communication, Schedule
from shopkeeper.model.errors import NotFound
from shopkeeper.model.triggers import Trigger
from shopkeeper.pages.page import Ask, Page, html
from shopkeeper.pages.table import Column, Empty, Row, Table, address, behind
from shopkeeper.pages.wording import KINDS
from shopkeeper.reports import LISTED
from shopkeeper.stats import FIGURES as BEHIND
from shopkeeper.stats import ClickTotal, CommunicationRow, click_totals, figures, variants

FIGURES = (
    Column("instances", "Instances", "number", "instances"),
    Column("clicks", "Clicks", "number", "clicks"),
    Column("hovered", "Hovered", "number", "hovered"),
    Column("orders", "Orders", "number", "orders"),
    Column("value", "Value", "money", "value"),
)
IN_ZONE = (
    Column("place", "#", "number"),
    Column("communication", "Communication"),
    Column("campaign", "Campaign"),
    Column("kind", "Kind"),
    Column("state", "State"),
    Column("segment", "Segment"),
    *FIGURES,
)
OFF_SITE = "off-site"
DELETED = "deleted"


def listing(ask: Ask) -> Page:
    """Per zone what competes for it, the first candidate first."""
    rows = {row.communication: row for row in figures(ask.conn, ask.plan, ask.window).communications}
    clicked = {total.key: total for total in click_totals(ask.conn, ask.plan, ask.window, "zone")}
    tables, zones = [], []
    for name, placed in ask.plan.candidates.items():
        zone = ask.plan.zones[name]
        title = zone.title or name
        empty = Empty(f"No communication names the zone {name}.", "How to add one", "/settings#campaigns")
        listed = [_row(ask, rows[p.id], place) for place, p in enumerate(placed, 1)]
        tables.append(Table(name, f"{title}, in priority order", IN_ZONE, listed, empty))
        total = clicked.get(name, ClickTotal(name, 0, 0, 0, 0.0, 0))
        zones.append({"name": name, "title": title, "kind": KINDS[zone.kind], "total": total})
    placed_ids = {p.id for placed in ask.plan.candidates.values() for p in placed}
    defined = {id_ for campaign in ask.plan.file.campaigns.values() for id_ in campaign.communications}
    for name, title, ids in (
        (OFF_SITE, "Not shown on the site", [id_ for id_ in rows if id_ in defined - placed_ids]),
        (DELETED, "Deleted, but met in this window", [id_ for id_ in rows if id_ not in defined]),
    ):
        if ids:
            rest = [_row(ask, rows[id_], None) for id_ in ids]
            tables.append(Table(name, title, IN_ZONE[1:], rest, Empty("")))
            zones.append({"name": name, "title": title, "kind": "", "total": None})
    elsewhere = [total for key, total in clicked.items() if key not in ask.plan.zones]
    context = {"zones": zones, "elsewhere": elsewhere}
    return Page(
        "campaigns.html", "Campaigns", "campaigns", tuple(tables), context, {"click_totals": list(clicked.values())}
    )


def _row(ask: Ask, figures_: CommunicationRow, place: int | None) -> Row:
    campaign = ask.plan.file.campaigns.get(figures_.campaign)
    reason = _state(ask, campaign) if campaign else "deleted"
    segment = ask.shop.book.get(campaign.segment) if campaign else None
    return {
        "place": place,
        "communication": figures_.communication,
        "campaign": (campaign.name if campaign else "") or figures_.campaign,
        "kind": KINDS.get(figures_.kind, figures_.kind),
        "state": reason or "live",
        "segment": segment.name if segment else (campaign.segment if campaign else None),
        "instances": figures_.instances,
        "clicks": figures_.clicks,
        "hovered": figures_.hovered,
        "orders": figures_.orders,
        "value": figures_.value,
        "quiet": bool(reason),
        "links": _figures_behind(figures_)
        | (
            {
                "communication": address("campaigns", figures_.campaign, figures_.communication),
                "campaign": address("campaigns", figures_.campaign),
            }
            if campaign
            else {}
        ),
    }


def _figures_behind(row: CommunicationRow) -> dict[str, str]:
    """Links from figures that are not zero to what stands behind them."""
    names = ("instances", "clicks", "hovered", "orders", "value")
    return {name: behind(name, "communication", row.communication) for name in names if getattr(row, name)}


def _state(ask: Ask, campaign: Campaign) -> str:
    """Empty when live, else why not, without the words every reason begins with."""
    reason = schedule_state(campaign, hours(campaign.schedule, ask.plan.zone), ask.plan.zone, ask.now)
    return reason.removeprefix("the campaign ").removeprefix("is ")


def one(ask: Ask) -> Page:
    """One campaign: figures, sequences, what it says and does, when, its versions and the orders it earned."""
    campaign = ask.plan.file.campaigns.get(ask.id)
    if campaign is None:
        raise NotFound("no_campaign", f"There is no campaign {ask.id!r}.", hint="It may have been deleted.")
    panels = figures(ask.conn, ask.plan, ask.window)
    row = next(row for row in panels.campaigns if row.campaign == ask.id)
    own = [r for r in panels.communications if r.campaign == ask.id and r.communication in campaign.communications]
    totals = {total.key: total for total in click_totals(ask.conn, ask.plan, ask.window, "campaign")}
    segment = ask.shop.book.get(campaign.segment)
    context: dict[str, Any] = {
        "id": ask.id,
        "campaign": campaign,
        "row": row,
        "total": totals.get(ask.id, ClickTotal(ask.id, 0, 0, 0, 0.0, 0)),
        "state": _state(ask, campaign) or "live",
        "segment": segment,
        "schedule": describe_schedule(campaign.schedule),
        "rules": {id_: describe_rules(c) for id_, c in campaign.communications.items()},
        "faults": _faults(ask, campaign),
        "kinds": KINDS,
        "many_sequences": len(campaign.sequences) > 1,
        "holdout": describe_holdout(campaign, ask.plan.settings.holdout),
        "attribution": ask.plan.attribution,
    }
    tables = (
        _communications(ask, own),
        _variants(ask),
        _sequences(panels.sequences, ask.id),
        _elements(campaign),
        _earned(ask),
        _versions(ask),
    )
    data = {"campaign": ask.id, "definition": campaign, "figures": row, "click_total": context["total"]}
    return Page("campaign.html", campaign.name or ask.id, "campaigns", tables, context, data)


def _faults(ask: Ask, campaign: Campaign) -> dict[str, str]:
    """Communication -> why it cannot be shown, of those that cannot."""
    found: dict[str, str] = {}
    for id_, communication in campaign.communications.items():
        for name in communication.faces():
            placed = _placed(ask.plan, id_, ask.plan.served[id_][-1], name)
            _, reason = decisions.preview(ask.shop.board, placed, ask.now)
            if reason:
                found[id_] = f"{name}: {reason}" if name else reason
    return found


def _communications(ask: Ask, own: list[CommunicationRow]) -> Table:
    columns = (Column("communication", "Communication"), Column("kind", "Kind"), Column("zone", "Zone"), *FIGURES)
    rows = [_row(ask, row, None) | {"zone": row.zone or None, "quiet": False} for row in own]
    for row in rows:
        row["links"] |= {"communication": address("campaigns", ask.id, row["communication"])}
    return Table("communications", "Communications", columns, rows, Empty("The campaign has no communication yet."))


def _variants(ask: Ask) -> Table:
    """The sides of this campaign's tests, with the columns of the report."""
    columns = tuple(Column(*field) for field in LISTED["variants"].fields if field.key != "campaign")
    rows: list[Row] = [
        msgspec.structs.asdict(row) for row in variants(ask.conn, ask.plan, ask.window) if row.campaign == ask.id
    ]
    for row in rows:
        side = f"{row['communication']}/{row['variant']}"
        row["links"] = {"communication": address("campaigns", ask.id, row["communication"])} | {
            name: behind(name, "variant", side) for name in BEHIND if row.get(name)
        }
    return Table("variants", "Variants and holdout", columns, rows, Empty("Nothing of it is tested."))


def describe_holdout(campaign: Campaign, shop: float) -> list[str]:
    """Whom it shows nothing, in words."""
    instead = "nothing" if campaign.held_out == "nothing" else "what stands next in the zone"
    own = (
        [f"{campaign.holdout * 100:.4g}% of visitors are held out of it and see {instead}"] if campaign.holdout else []
    )
    return own + ([f"{shop * 100:.4g}% of visitors are held out of every campaign"] if shop else [])


def _sequences(rows: list[Any], campaign: str) -> Table:
    columns = (
        Column("name", "Sequence"),
        Column("started", "Started", "number", "started"),
        Column("profiles", "People", "number", "profiles"),
        Column("clicks", "Clicks", "number", "clicks"),
        Column("orders", "Orders", "number", "orders"),
        Column("value", "Value", "money", "value"),
    )
    own = [{c.key: getattr(row, c.key) for c in columns} for row in rows if row.campaign == campaign]
    return Table("sequences", "Sequences", columns, own, Empty("The campaign has no sequence."))


def _elements(campaign: Campaign) -> Table:
    columns = (
        Column("communication", "Communication"),
        Column("element", "Element"),
        Column("href", "Leads to"),
        Column("join", "Joins the audience"),
        Column("set", "Sets"),
        Column("products", "Counts as a click on"),
    )
    rows = [
        {
            "communication": id_,
            "element": name,
            "href": element.href or None,
            "join": element.join or None,
            "set": ", ".join(f"{key} = {value}" for key, value in element.set.items()) or None,
            "products": ", ".join(element.products) or None,
        }
        for id_, communication in campaign.communications.items()
        for name, element in communication.elements.items()
    ]
    empty = Empty(
        "Nothing in it can be clicked, so it causes no effects.", "How to add elements", "/settings#campaigns"
    )
    return Table("elements", "Elements and their effects", columns, rows, empty)


def _earned(ask: Ask) -> Table:
    columns = (
        Column("order_id", "Order"),
        Column("at", "Placed", "time"),
        Column("person", "Person"),
        Column("communication", "Last touch on"),
        Column("value", "Value", "money", "value"),
    )
    rows = [
        {
            "order_id": earned.order_id,
            "at": earned.at,
            "person": earned.person[2:],
            "communication": earned.communication,
            "value": earned.value,
            "currency": earned.currency,
            "links": {
                "order_id": address("orders", earned.order_id),
                "person": address("people", earned.person),
            },
        }
        for earned in attribution.top_orders(ask.conn, ask.id, *ask.window)
    ]
    lookback = ask.plan.attribution.order_lookback
    why = f"No order in this window followed a touch of this campaign within its lookback ({lookback})."
    return Table("orders", "Largest credited orders", columns, rows, Empty(why))


def _versions(ask: Ask) -> Table:
    columns = (Column("version", "Version"), Column("at", "Made", "time"), Column("what", "What happened"))
    history = campaign_history(ask.conn, ask.id)
    rows = [
        {"version": version, "at": at, "what": "deleted" if gone else "created" if version == 1 else "changed"}
        for version, at, gone in history
    ]
    return Table("versions", "History", columns, rows, Empty(""))


def describe_schedule(schedule: Schedule) -> list[str]:
    """The schedule in words, shop time, its end exclusive."""
    words = []
    if schedule.from_ or schedule.until:
        start = f"from {schedule.from_}" if schedule.from_ else ""
        end = f"until {schedule.until}" if schedule.until else ""
        words.append(f"{start} {end}".strip())
    words += [f"{', '.join(part.days)} {part.from_} to {part.until}" for part in schedule.day_parts]
    return words or ["always"]


def describe_trigger(trigger: Trigger) -> str:
    """What brings a pop-up or notification forward, in words."""
    if trigger.any:
        return ", or ".join(map(describe_trigger, trigger.any))
    if trigger.all:
        return ", and ".join(map(describe_trigger, trigger.all))
    seconds = trigger.seconds or 0
    words = {
        "load": "when the page has loaded",
        "delay": f"after {seconds:g} s",
        "scroll": f"after scrolling {trigger.share:.0%} of the page",
        "seen": f"when {trigger.selector} is seen",
        "exit_intent": f"when the pointer leaves the page{', or a finger seems to' if trigger.touch else ''}",
        "inactivity": f"after {seconds:g} s without doing anything",
        "click": f"on a click on {trigger.selector}",
        "page_view": f"from page view {trigger.count} of the visit on",
        "cart_value": f"when the cart is worth {trigger.value or 0:g} or more",
        "event": f"on the event {trigger.name}",
    }
    return words[trigger.on or "load"]


def describe_rules(communication: Communication) -> list[tuple[str, str]]:
    """What a communication asks of page and visitor, and how it behaves: (name, words)."""
    when, trigger = communication.when, communication.trigger
    words = [
        ("Page type", " or ".join(when.page_types)),
        ("Address", when.url),
        ("Category", " or ".join(when.categories)),
        ("Product", " or ".join(when.products)),
    ]
    if communication.variants:
        of_all = experiments.shares(communication.weights())
        words.append(("Variants", ", ".join(f"{name} {share:.0%}" for name, share in of_all.items())))
    if communication.cap:
        words.append(("Cap", f"{communication.cap.times} x per {communication.cap.per}"))
    if communication.quiz:
        words.append(("Asks", " ".join(question.text for question in communication.quiz.questions.values())))
    if communication.content.capture:
        words.append(("Asks for", "an e-mail address"))
    if communication.content.countdown:
        words.append(("Counts down to", communication.content.countdown.until))
    if communication.custom_code:
        words.append(("Code", "its html is not cleaned, and its scripts run in the shop"))
    if communication.kind in ("popup", "notification"):
        words.append(("Appears", describe_trigger(trigger)))
    if communication.kind == "notification":
        words.append(("Closes", f"after {communication.close_after_s:g} s"))
    if communication.recommender:
        r = communication.recommender
        words.append(("Products", f"{r.min} to {r.max} by {', then '.join(s.replace('_', ' ') for s in r.strategies)}"))
        if r.category:
            words.append(("From", "the page's category" if r.category == "page" else f"category {r.category}"))
    return [(name, text) for name, text in words if text]


def preview(shop: Shop, request: Request) -> Response:
    """One communication as an invented customer would see it, for a sandboxed frame.

    The merchant's cleaned HTML may carry style attributes, so this answer, unlike every page, permits inline styles; no
    script can run in it, also where the shop permits custom code.
    """
    served = shop.plan.served.get(request.path_params["id"])
    if not served:
        raise NotFound("no_communication", "There is no such communication.")
    placed = _placed(shop.plan, request.path_params["id"], served[-1], request.query_params.get("variant", CONTROL))
    markup, reason = decisions.preview(shop.board, placed, shop.now())
    shown = Markup(markup.replace(" data-sk-style=", " style="))  # noqa: S704 - cleaned, or custom code in a sandbox
    response = html(request, "preview.html", {"markup": shown, "reason": reason, "look": Markup(_look())})  # noqa: S704
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response


def _placed(plan: Plan, id: str, served: Served, variant: str) -> Placed:
    """The communication, as one of its variants if it has any, in the place it has, or had before it was deleted."""
    campaign = plan.file.campaigns.get(served.campaign_id, Campaign())
    face = served.communication.as_variant(variant)
    return Placed(id, served.campaign_id, campaign, face, served.version, hours(Schedule(), plan.zone))


@cache
def _look() -> str:
    """The style sheet that the tag brings to the shop's pages."""
    return files("shopkeeper.api").joinpath("static/look.css").read_text(encoding="utf-8")
