"""Communications under test, by variant; and what was withheld from those who are held out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from shopkeeper import attribution, experiments
from shopkeeper.attribution import Exposed
from shopkeeper.campaigns import Plan
from shopkeeper.stats.panels import PanelRow, panel
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection

HELD_OUT = "held out"
"""The row of those from whom it was withheld; no variant has a blank in its name."""
UNASSIGNED = "none"


class VariantRow(msgspec.Struct, frozen=True):
    """One side of a test: the figures of whoever met a variant of a communication, or was held out of it.

    Minor units of the shop's currency, net of refunds.
    """

    campaign: str
    communication: str
    variant: str
    """`held out` for those from whom it was withheld, `none` for those who take no part in the test."""
    weight: float | None
    """Its share of visitors by the definitions in force; None where nothing says it."""
    people: int
    mixed: int
    """Those among them who were on another side of this test too."""
    instances: int
    clicks: int
    hovered: int
    orders: int
    value: int
    refunded: int
    withheld: int
    """Sessions in which it would have appeared to those held out."""


def variants(conn: Connection, plan: Plan, window: Window) -> list[VariantRow]:
    """The sides of every communication that has variants or a holdout, now or met in the window."""
    people = _people(attribution.exposures(conn, list(plan.served), *window))
    rows = {row.key: row for row in panel(conn, plan, window, "variant")}
    return [row for id in _tested(plan, people) for row in _sides(plan, id, people.get(id, {}), rows)]


def side_of(variant: str, withheld: bool) -> str:
    """The side somebody is on who met this variant, or from whom it was withheld."""
    return HELD_OUT if withheld else variant or UNASSIGNED


Sides = Mapping[str, set[str]]
"""Side -> the people on it."""


def _people(exposures: list[Exposed]) -> dict[str, dict[str, set[str]]]:
    """Communication -> side -> people."""
    found: dict[str, dict[str, set[str]]] = {}
    for one in exposures:
        side = side_of(one.variant, one.withheld)
        found.setdefault(one.communication, {}).setdefault(side, set()).add(one.person)
    return found


def _tested(plan: Plan, people: Mapping[str, Sides]) -> list[str]:
    """Communications under test in the order of their definition, then those that were in the window."""
    shop = plan.settings.holdout
    defined = [
        id
        for campaign in plan.file.campaigns.values()
        for id, communication in campaign.communications.items()
        if communication.zone and (communication.variants or campaign.holdout or shop)
    ]
    met = {id for id, sides in people.items() if sides.keys() - {UNASSIGNED}}
    return [*defined, *sorted(met - set(defined))]


def _sides(plan: Plan, id: str, people: Sides, rows: Mapping[str, PanelRow]) -> Iterator[VariantRow]:
    served = plan.served[id][-1]
    campaign = plan.file.campaigns.get(served.campaign_id)
    current = campaign.communications.get(id) if campaign else None
    of_all: dict[str, float | None] = {**experiments.shares(current.weights())} if current else {}
    if (campaign and campaign.holdout) or plan.settings.holdout:
        own, shop = campaign.holdout if campaign else 0, plan.settings.holdout
        of_all[HELD_OUT] = own + shop - own * shop  # two draws that know nothing of each other
    for side in [*of_all, *sorted(people.keys() - of_all.keys())]:
        met = people.get(side, set())
        others = set().union(*(found for name, found in people.items() if name not in (side, UNASSIGNED)))
        key = id if side in (UNASSIGNED, HELD_OUT) else f"{id}/{side}"
        row = PanelRow(key) if side == HELD_OUT else rows.get(key, PanelRow(key))
        yield VariantRow(
            served.campaign_id,
            id,
            side,
            of_all.get(side),
            len(met),
            len(met & others) if side != UNASSIGNED else 0,
            row.instances,
            row.clicks,
            row.hovered,
            row.orders,
            row.value,
            row.refunded,
            sum(r.withheld for r in rows.values() if r.key.partition("/")[0] == id) if side == HELD_OUT else 0,
        )
