"""The list of reports."""

from __future__ import annotations

from shopkeeper import attribution, segments, stats, visitors
from shopkeeper.intent import interests
from shopkeeper.model.errors import NotFound
from shopkeeper.reports import doctor
from shopkeeper.reports.report import Asked, Field, Report

EVERYBODY = 1 << 40
_PANEL = (
    Field("instances", "Instances", "number", "instances"),
    Field("clicks", "Clicks", "number", "clicks"),
    Field("hovered", "Hovered", "number", "hovered"),
    Field("orders", "Orders", "number", "orders"),
    Field("value", "Value", "money", "value"),
    Field("refunded", "Refunded", "money", "refunded"),
    Field("withheld", "Held out", "number", "withheld"),
    Field("raw_shown", "Appearances", "number", "raw"),
    Field("raw_clicked", "Raw clicks", "number", "raw"),
    Field("raw_hovered", "Raw hovers", "number", "raw"),
    Field("raw_discarded", "Raw discards", "number", "raw"),
    Field("raw_withheld", "Raw would-be appearances", "number", "raw"),
)
_WHOLE = (
    Field("started", "Started", "number", "started"),
    Field("profiles", "People", "number", "profiles"),
)
_SUMS = (
    Field("clicks", "Clicks", "number", "clicks"),
    Field("orders", "Orders", "number", "orders"),
    Field("value", "Value", "money", "value"),
)


def _figures(asked: Asked) -> stats.Figures:
    return stats.figures(asked.conn, asked.plan, asked.window)


def _panel(asked: Asked) -> list[stats.PanelRow]:
    return stats.panel(asked.conn, asked.plan, asked.window, asked.chosen["by"], _only(asked))


def _only(asked: Asked) -> tuple[str, ...]:
    """The communication asked about; none for all."""
    only = asked.chosen["communication"]
    if only and only not in asked.plan.served:
        raise NotFound("unknown_object", f"There is no communication {only[:64]!r}.")
    return (only,) if only else ()


def _by_segment(asked: Asked) -> list[stats.PanelRow]:
    """A row for each segment whose members are followed, of those who are in it now."""
    conn, plan = asked.conn, asked.plan
    book = segments.build_book(plan, asked.catalogue, visitors.audience_sizes(conn), interests.doors(conn))
    groups = {
        id: [person for person, _ in segments.followed_members(conn, book.segments[id], EVERYBODY)]
        for id in segments.followed(conn, book)
    }
    return stats.panel_of_groups(conn, plan, asked.window, groups, _only(asked))


def _reckoned(under: str) -> tuple[Field, ...]:
    """The columns of order credit that was reckoned in several ways."""
    return (
        Field("under", under),
        Field("currency", "Currency"),
        Field("campaign", "Campaign"),
        Field("communication", "Communication"),
        Field("orders", "Orders", "number", "orders"),
        Field("value", "Value", "money", "value"),
    )


LISTED: dict[str, Report] = {
    "communications": Report(
        "Communications",
        "Every communication's panel.",
        stats.CommunicationRow,
        (
            Field("communication", "Communication"),
            Field("campaign", "Campaign"),
            Field("kind", "Kind"),
            Field("zone", "Zone"),
            *_PANEL,
        ),
        lambda asked: _figures(asked).communications,
    ),
    "sequences": Report(
        "Sequences",
        "Every sequence: sums of its communications, people counted once.",
        stats.SequenceRow,
        (Field("campaign", "Campaign"), Field("sequence", "Sequence"), Field("name", "Name"), *_WHOLE, *_SUMS),
        lambda asked: _figures(asked).sequences,
    ),
    "campaigns": Report(
        "Campaigns",
        "Every campaign: sums of its communications, people counted once.",
        stats.CampaignRow,
        (
            Field("campaign", "Campaign"),
            Field("name", "Name"),
            Field("status", "Status"),
            *_WHOLE,
            Field("instances", "Instances", "number", "instances"),
            *_SUMS,
            Field("held_out", "Held out", "number", "held_out"),
        ),
        lambda asked: _figures(asked).campaigns,
    ),
    "panel": Report(
        "Panel by day, device, zone or variant",
        "The panel of one communication, or of all together, cut so that the rows add up to the whole.",
        stats.PanelRow,
        (Field("key", "Slice"), *_PANEL),
        _panel,
        {"by": ("day", "device", "zone", "communication", "variant"), "communication": ()},
    ),
    "emails": Report(
        "E-mails",
        "Every e-mail's panel, from what its sender reports and from clicks and orders.",
        stats.EmailRow,
        (
            Field("communication", "E-mail"),
            Field("campaign", "Campaign"),
            Field("sent", "Sent", "number", "sent"),
            Field("delivered", "Delivered", "number", "delivered"),
            Field("opened", "Opened", "number", "opened"),
            Field("clicks", "Clicks", "number", "clicks"),
            Field("orders", "Orders", "number", "orders"),
            Field("value", "Value", "money", "value"),
            Field("refunded", "Refunded", "money", "refunded"),
            Field("unsubscribed", "Unsubscribed", "number", "unsubscribed"),
        ),
        lambda asked: stats.emails(asked.conn, asked.plan, asked.window),
    ),
    "variants": Report(
        "Variants and holdouts",
        "Every communication under test by variant, and what was withheld from those held out, with people counted once.",
        stats.VariantRow,
        (
            Field("campaign", "Campaign"),
            Field("communication", "Communication"),
            Field("variant", "Variant"),
            Field("weight", "Weight", "share", "weight"),
            Field("people", "People", "number", "people"),
            Field("mixed", "Mixed", "number", "mixed"),
            *_PANEL[:7],
        ),
        lambda asked: stats.variants(asked.conn, asked.plan, asked.window),
    ),
    "segments": Report(
        "Panel by segment",
        "The panel of the people who are in each segment now; somebody may be in several, so the rows do not add up.",
        stats.PanelRow,
        (Field("key", "Segment"), *_PANEL),
        _by_segment,
        {"communication": ()},
    ),
    "click-total": Report(
        "Click total",
        "Product credit: what clicks on products earned.",
        stats.ClickTotal,
        (
            Field("key", "Of"),
            Field("value", "Click total", "money", "click_total"),
            Field("share", "Of revenue", "share", "share"),
            Field("previous", "Period before", "money", "previous"),
            Field("orders", "Orders involved", "number", "involved"),
            Field("lines", "Lines", "number", "lines"),
            Field("average_with", "Average order with", "money", "average_with"),
            Field("average_without", "without", "money", "average_without"),
            Field("refunded", "Refunded", "money", "refunded"),
        ),
        lambda asked: stats.click_totals(asked.conn, asked.plan, asked.window, asked.chosen["by"]),
        {"by": ("zone", "campaign", "communication", "element", "site")},
    ),
    "recommenders": Report(
        "Recommenders",
        "What recommended products were shown, clicked and bought, and what that brought.",
        stats.RecommenderRow,
        (
            Field("key", "Of"),
            Field("impressions", "Impressions", "number", "impressions"),
            Field("clicks", "Clicks", "number", "product_clicks"),
            Field("click_through", "Click-through", "share", "click_through"),
            Field("bought", "Bought", "number", "bought"),
            Field("clicked_to_bought", "Clicked to bought", "share", "clicked_to_bought"),
            Field("units", "Units", "number", "units"),
            Field("revenue", "Revenue", "money", "click_total"),
            Field("margin", "Margin", "money", "margin"),
            Field("margin_of", "Margin known of", "money", "margin_of"),
        ),
        lambda asked: stats.recommender_roi(asked.conn, asked.plan, asked.catalogue, asked.window, asked.chosen["by"]),
        {"by": ("communication", "campaign", "zone", "strategy", "slot", "product")},
    ),
    "reconciliation": Report(
        "Reconciliation",
        "Credited and organic add up to the shop's revenue, in both ledgers, per currency.",
        stats.Reconciliation,
        (
            Field("currency", "Currency"),
            Field("orders", "Orders", "number", "shop_orders"),
            Field("revenue", "Revenue", "money", "revenue"),
            Field("refunded", "Refunded", "money", "refunded"),
            Field("order_credit", "Order credit", "money", "attributed"),
            Field("order_organic", "Organic", "money", "organic"),
            Field("product_credit", "Product credit", "money", "click_total"),
            Field("product_organic", "Organic", "money", "organic"),
        ),
        lambda asked: stats.reconcile(asked.conn, asked.window)[1],
    ),
    "models": Report(
        "Models compared",
        "Order credit by every model over the same touches.",
        attribution.Reckoned,
        _reckoned("Model"),
        lambda asked: attribution.model_comparison(asked.conn, asked.plan, asked.catalogue, *asked.window),
    ),
    "lookbacks": Report(
        "Lookback strip",
        "Order credit by the model in force with other lookbacks: how much of a figure is the window's.",
        attribution.Reckoned,
        _reckoned("Lookback"),
        lambda asked: attribution.lookback_strip(asked.conn, asked.plan, asked.catalogue, *asked.window),
    ),
    "behind": Report(
        "Behind a figure",
        "The people and events a figure counts, one row for each unit of it.",
        stats.BehindRow,
        (
            Field("at", "Time", "time"),
            Field("person", "Person"),
            Field("what", "What"),
            Field("campaign", "Campaign"),
            Field("communication", "Communication"),
            Field("element", "Element"),
            Field("zone", "Zone"),
            Field("product", "Product"),
            Field("device", "Device"),
            Field("session", "Session began", "time"),
            Field("acts", "Acts in it", "number"),
            Field("order_id", "Order"),
            Field("currency", "Currency"),
            Field("value", "Value", "money", "value"),
        ),
        lambda asked: stats.behind(
            asked.conn, asked.plan, asked.window, asked.chosen["figure"], asked.chosen["of"], asked.chosen["key"]
        ),
        {"figure": stats.FIGURES, "of": stats.OBJECTS, "key": ()},
    ),
    "doctor": Report(
        "Data doctor",
        "What is wrong with the data that comes in: how often, an example, and what to do.",
        doctor.Finding,
        (
            Field("check", "Check"),
            Field("title", "What was found"),
            Field("count", "How often", "number"),
            Field("example", "Example"),
            Field("fix", "What to do"),
        ),
        lambda asked: doctor.examine(asked.conn, asked.plan, asked.catalogue, asked.window),
    ),
}
