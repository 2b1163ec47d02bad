"""Behind a figure: the people and events it counts, one row for each unit of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shopkeeper import attribution
from shopkeeper.attribution import Credit, Interaction
from shopkeeper.campaigns import Plan
from shopkeeper.model.definitions import Sequence as Steps
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.events import POSTED
from shopkeeper.stats.rules import Window
from shopkeeper.stats.variants import UNASSIGNED, side_of
from shopkeeper.storage import Connection

_ACT = {
    "instances": "shown",
    "clicks": "clicked",
    "hovered": "hovered",
    "discarded": "discarded",
    "withheld": "withheld",
    "held_out": "withheld",
    **{act: act for act in POSTED.values()},
}
_OF_SIDES = ("people", "mixed")
FIGURES = (*_ACT, "started", "profiles", "orders", "value", "click_total", *_OF_SIDES)
OBJECTS = ("communication", "sequence", "campaign", "zone", "variant")


class BehindRow(msgspec.Struct, frozen=True):
    """One unit of a figure: a session's first act, a person's first appearance, or an order with its credit."""

    at: int
    person: str
    what: str
    """The act, or order."""
    campaign: str
    communication: str
    element: str = ""
    zone: str = ""
    product: str = ""
    device: str = ""
    session: int | None = None
    """Start of the session, microseconds."""
    acts: int | None = None
    """How many such acts the session has in the window: the raw count."""
    order_id: str = ""
    currency: str = ""
    value: int | None = None
    """Minor units, net of refunds."""


def behind(conn: Connection, plan: Plan, window: Window, figure: str, kind: str, key: str) -> list[BehindRow]:
    """What one figure of one object counts, in the order it happened. `value` lists what adds up to it.

    Raises BadInput for a figure or a kind of object there is none of, NotFound for an object nobody knows.
    """
    if figure not in FIGURES or kind not in OBJECTS or (figure in _OF_SIDES and kind != "variant"):
        raise BadInput(
            "bad_parameter",
            f"There is no figure {figure!r} of a {kind!r}.",
            hint=f"Figures: {', '.join(FIGURES)}. Objects: {', '.join(OBJECTS)}.",
        )
    ids = _communications(plan, kind, key)
    if figure in ("orders", "value", "click_total"):
        return _orders(conn, plan, window, figure, kind, key, ids)
    if figure in _OF_SIDES:
        return _first(plan, _people(conn, window, figure, ids, key), figure)
    acts = (_ACT[figure],) if figure in _ACT else attribution.MET
    met = attribution.interactions_between(conn, *window, ids, acts)
    if kind == "zone" and figure not in _ACT:
        met = [i for i in met if i.zone == key]
    elif kind in ("zone", "variant"):
        began = _began(conn, window, ids, acts, met)
        met = [i for i in met if key == (began[_pair(i)].zone if kind == "zone" else _variant(began[_pair(i)]))]
    return _first(plan, met, figure)


def _pair(i: Interaction) -> tuple[str, int, str]:
    return i.device, i.session, i.communication


def _began(
    conn: Connection, window: Window, ids: Sequence[str], acts: Sequence[str], met: Sequence[Interaction]
) -> dict[tuple[str, int, str], Interaction]:
    """The first such act of each session and communication, where the session counts; it may lie before the window."""
    since = min((i.session for i in met), default=window.start)
    first: dict[tuple[str, int, str], Interaction] = {}
    for i in attribution.interactions_between(conn, since, window.end, ids, acts):
        first.setdefault(_pair(i), i)
    return first


def _people(conn: Connection, window: Window, figure: str, ids: Sequence[str], key: str) -> list[Interaction]:
    """How the people on one side of a test met it, or were denied it; of all, or of those on another side too."""
    met = attribution.interactions_between(conn, *window, ids, ("shown", "withheld"))
    here = [i for i in met if _variant(i) == key]
    if figure == "people":
        return here
    unassigned = f"{ids[0]}/{UNASSIGNED}"
    others = {i.person for i in met if _variant(i) not in (key, unassigned)}
    return [i for i in here if i.person in others and key != unassigned]


def _variant(i: Interaction) -> str:
    return f"{i.communication}/{side_of(i.variant, i.act == 'withheld')}"


def _communications(plan: Plan, kind: str, key: str) -> Sequence[str]:
    """The communications an object consists of, also deleted ones."""
    if kind == "zone":
        return list(plan.served)
    if kind == "communication" and key in plan.served:
        return [key]
    if kind == "variant" and key.partition("/")[0] in plan.served:
        return [key.partition("/")[0]]
    if kind == "campaign":
        own = [id_ for id_, versions in plan.served.items() if versions[-1].campaign_id == key]
        if own:
            return own
    if kind == "sequence":
        campaign_id, _, name = key.partition("/")
        campaign = plan.file.campaigns.get(campaign_id)
        named = campaign.sequences or {"main": Steps(steps=tuple(campaign.communications))} if campaign else {}
        if name in named:
            return named[name].steps
    raise NotFound(
        "unknown_object",
        f"There is no {kind} {key[:128]!r}.",
        hint="A sequence is named campaign/sequence, a variant communication/variant.",
    )


def _first(plan: Plan, met: Sequence[Interaction], figure: str) -> list[BehindRow]:
    """The first of each session and communication, of each session, or of each person."""

    def unit(i: Interaction) -> tuple[object, ...]:
        if figure in ("profiles", "held_out", *_OF_SIDES):
            return (i.person,)
        return (i.device, i.session) if figure == "started" else _pair(i)

    first: dict[tuple[object, ...], Interaction] = {}
    raw: dict[tuple[object, ...], int] = {}
    for i in met:
        first.setdefault(unit(i), i)
        raw[unit(i)] = raw.get(unit(i), 0) + 1
    return [
        BehindRow(
            i.at,
            i.person,
            i.act,
            plan.served[i.communication][-1].campaign_id,
            i.communication,
            i.element,
            i.zone,
            i.product,
            i.device,
            i.session,
            raw[key],
        )
        for key, i in first.items()
    ]


def _orders(
    conn: Connection, plan: Plan, window: Window, figure: str, kind: str, key: str, ids: Sequence[str]
) -> list[BehindRow]:
    """Order credit by whole orders, product credit by lines, in the shop's currency."""
    wanted = set(ids)
    rows = [
        BehindRow(
            c.at,
            c.person,
            "order",
            c.campaign,
            c.communication,
            c.element,
            c.zone,
            c.product,
            order_id=c.order_id,
            currency=c.currency,
            value=c.value,
        )
        for c in attribution.credits_between(conn, *window)
        if (c.line == attribution.WHOLE_ORDER) == (figure != "click_total")
        and (c.campaign == key if kind == "campaign" and figure == "click_total" else c.communication in wanted)
        and c.currency == plan.shop.currency
        and (kind != "zone" or c.zone == key)
        and (kind != "variant" or _credited(conn, c) == key)
        and (figure != "orders" or c.leads)
    ]
    return sorted(rows, key=lambda row: (row.at, row.order_id))


def _credited(conn: Connection, credit: Credit) -> str:
    """The variant whose touch earned an entry."""
    touch = attribution.touch(conn, credit)
    return f"{credit.communication}/{side_of(touch.variant if touch else '', withheld=False)}"
