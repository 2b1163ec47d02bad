"""The list of checks, and running it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.reports.doctor import of_events, of_orders
from shopkeeper.reports.doctor.case import Case, Found
from shopkeeper.stats import Window
from shopkeeper.storage import Connection


class Check(NamedTuple):
    """One check with its words."""

    run: Callable[[Case], Found]
    title: str
    fix: str


class Finding(msgspec.Struct, frozen=True):
    """What a check came to; nothing is wrong where `count` is 0."""

    check: str
    title: str
    count: int
    of: int
    """How many things it looked at: orders, products, or the latest events of the kind it is about."""
    example: str
    fix: str


CHECKS: dict[str, Check] = {
    "orders-without-products": Check(
        of_orders.without_products,
        "Orders without product ids",
        "Send products with product_id in every Order Completed; without them no product credit can be given.",
    ),
    "unknown-products": Check(
        of_orders.unknown_products,
        "Products that were ordered but are not in the catalogue",
        "Send the catalogue with POST /v1/products or `shopkeeper import products`, under the ids that orders use.",
    ),
    "double-tags": Check(
        of_events.double_tags,
        "Pages reported twice at once",
        "Look for a second script tag in the theme or the tag manager, and for sk.page() beside the automatic one.",
    ),
    "clicks-without-views": Check(
        of_events.clicks_without_views,
        "Clicks that no view followed",
        "Put the tag on the pages the clicks lead to as well; a click that leaves the shop shows here too.",
    ),
    "clock-skew": Check(
        of_events.clock_skew,
        "Events from clocks that are wrong",
        "Send sentAt with every batch, then the sender's clock is corrected; set the clock of a server that is wrong.",
    ),
    "missing-currency": Check(
        of_orders.missing_currency,
        "Orders without a currency",
        "Send currency (ISO 4217) with every order; without it the shop's own is assumed.",
    ),
    "currency-without-rate": Check(
        of_orders.without_rate,
        "Orders in a currency without a rate",
        "Give the currency a rate under rates: in shop.yaml; until then these orders are shown apart.",
    ),
    "never-confirmed": Check(
        of_orders.never_confirmed,
        "Orders claimed by browsers that no server confirmed",
        "Send Order Completed for every order from the shop's server, with the secret key and the same order_id.",
    ),
    "impressions-without-decisions": Check(
        of_events.without_decisions,
        "Appearances without a decision",
        "Use the tag of this shop, or send the decision_id of the answer with each Communication Shown.",
    ),
    "undefined-communications": Check(
        of_events.undefined_communications,
        "Acts upon communications nobody defined",
        "Apply the shop.yaml that defines them, or send the id that shop.yaml uses.",
    ),
}


def examine(conn: Connection, plan: Plan, catalogue: Catalogue, window: Window) -> list[Finding]:
    """Run every check over a window; those that found something come first, the most frequent at the top."""
    return findings(Case(conn, plan, catalogue, window))


def findings(case: Case) -> list[Finding]:
    """The same, over a case somebody looks at in other ways as well."""
    found = []
    for name, check in CHECKS.items():
        times, of, example = check.run(case)
        found.append(Finding(name, check.title, times, of, example, check.fix))
    return sorted(found, key=lambda finding: -finding.count)
