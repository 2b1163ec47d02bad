"""Recommender ROI: what recommended products were shown, clicked and bought, and what that brought.

Source: PRODUCT.md section 4.8. An impression is one product shown once; where it stood and which strategy chose it is
what the appearance said, and a click's place is that of the last appearance before it in its session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from shopkeeper import attribution, orders
from shopkeeper.attribution import Credit, Interaction
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.time import DAY
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection


class RecommenderRow(msgspec.Struct, frozen=True):
    """The figures of one slice; money in minor units of the shop's currency, net of refunds."""

    key: str
    impressions: int
    """Products shown, each time one was."""
    clicks: int
    """Clicks on products."""
    click_through: float | None
    """Clicks per impression."""
    bought: int
    """Clicks of the window whose product was bought after them, within the lookback."""
    clicked_to_bought: float | None
    """Bought per click."""
    units: float
    """Pieces in the credited lines of orders placed in the window."""
    revenue: int
    """Their product credit; the click total of recommenders."""
    margin: int | None
    """Revenue less cost, of the lines whose product's cost is known; None when none is."""
    margin_of: int
    """The revenue of those lines."""


class Spot(NamedTuple):
    """Where a product was met."""

    campaign: str
    communication: str
    zone: str
    strategy: str
    """Empty where the appearance did not say."""
    slot: str
    """From 1; empty where nobody knows."""
    product: str


SLICES: dict[str, Callable[[Spot], str]] = {
    "campaign": lambda spot: spot.campaign,
    "communication": lambda spot: spot.communication,
    "zone": lambda spot: spot.zone,
    "strategy": lambda spot: spot.strategy,
    "slot": lambda spot: spot.slot,
    "product": lambda spot: spot.product,
}
_pairs = msgspec.json.Decoder(list[tuple[str, str]]).decode


def recommender_roi(
    conn: Connection, plan: Plan, catalogue: Catalogue, window: Window, by: str
) -> list[RecommenderRow]:
    """The figures by one of SLICES, the largest revenue first."""
    own = [id_ for id_, versions in plan.served.items() if any(v.communication.recommender for v in versions)]
    # Who clicked in the window may have been shown the products just before it.
    acts = attribution.interactions_between(conn, window.start - DAY, window.end, own, ("shown", "clicked"))
    spots = Spots(plan, acts)
    sums = _Sums(SLICES[by])
    earning = attribution.earning_touches(conn, *window)
    for act in acts:
        if act.at < window.start:
            continue
        if act.act == "shown":
            for spot in spots.shown(act):
                sums.add(spot, impressions=1)
        elif act.product:
            sums.add(spots.clicked(act), clicks=1, bought=int(act.event_id in earning))
    lines = [c for c in attribution.credits_between(conn, *window) if _recommended(c, set(own), plan)]
    _bought(conn, catalogue, lines, spots, sums)
    return sums.rows()


class Spots:
    """Where the products of some acts were met."""

    def __init__(self, plan: Plan, acts: Iterable[Interaction]) -> None:
        """`acts` in order."""
        self._plan = plan
        self._shown: dict[tuple[str, str, int], list[Interaction]] = {}
        for act in acts:
            if act.offered and act.act == "shown":
                self._shown.setdefault((act.communication, act.device, act.session), []).append(act)

    def shown(self, act: Interaction) -> list[Spot]:
        """One spot a product shown."""
        pairs = _pairs(act.offered) if act.offered else []
        return [self._spot(act, s, str(number), p) for number, (p, s) in enumerate(pairs, 1)]

    def clicked(self, act: Interaction) -> Spot:
        """The spot of the product clicked: as the click says, else in the last appearance before that held it."""
        before = self._shown.get((act.communication, act.device, act.session), [])
        for shown in (act, *reversed(before)):
            if shown.offered and shown.order <= act.order:
                for number, (product, strategy) in enumerate(_pairs(shown.offered), 1):
                    if product == act.product:
                        return self._spot(act, strategy, str(number), product)
        return self._spot(act, "", "", act.product)

    def _spot(self, act: Interaction, strategy: str, slot: str, product: str) -> Spot:
        served = self._plan.served_as(act.communication, act.version, act.at)
        return Spot(served.campaign_id if served else "", act.communication, act.zone, strategy, slot, product)


def _recommended(credit: Credit, own: set[str], plan: Plan) -> bool:
    return (
        credit.line != attribution.WHOLE_ORDER and credit.communication in own and credit.currency == plan.shop.currency
    )


def _bought(conn: Connection, catalogue: Catalogue, lines: list[Credit], spots: Spots, sums: _Sums) -> None:
    """Add what the credited lines brought."""
    pieces = orders.quantities(conn, sorted({line.order_id for line in lines}))
    for line in lines:
        click = attribution.touch(conn, line)
        spot = spots.clicked(click) if click else Spot(line.campaign, line.communication, line.zone, "", "", "")
        units = pieces.get((line.order_id, line.line), 0.0)
        product = catalogue.products.get(line.product)
        known = product is not None and product.cost is not None and product.currency == line.currency
        cost = round(product.cost * units) if known and product and product.cost is not None else 0
        sums.add(spot._replace(campaign=line.campaign), units=units, revenue=line.value)
        if known:
            sums.add(spot._replace(campaign=line.campaign), margin=line.value - cost, margin_of=line.value, known=1)


class _Sums:
    def __init__(self, slice_: Callable[[Spot], str]) -> None:
        self._slice = slice_
        self._sums: dict[str, dict[str, float]] = {}

    def add(self, spot: Spot, **amounts: float) -> None:
        sums = self._sums.setdefault(self._slice(spot), {})
        for figure, amount in amounts.items():
            sums[figure] = sums.get(figure, 0) + amount

    def rows(self) -> list[RecommenderRow]:
        rows = [_row(key, sums) for key, sums in self._sums.items()]
        return sorted(rows, key=lambda row: (-row.revenue, -row.impressions, row.key))


def _row(key: str, sums: Mapping[str, float]) -> RecommenderRow:
    def count(figure: str) -> int:
        return int(sums.get(figure, 0))

    impressions, clicks, bought = count("impressions"), count("clicks"), count("bought")
    return RecommenderRow(
        key,
        impressions,
        clicks,
        clicks / impressions if impressions else None,
        bought,
        bought / clicks if clicks else None,
        sums.get("units", 0.0),
        count("revenue"),
        count("margin") if sums.get("known") else None,
        count("margin_of"),
    )
