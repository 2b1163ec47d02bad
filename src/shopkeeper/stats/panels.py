"""Panels cut another way: by zone, device class or day, of one communication or of all, or by groups of people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from shopkeeper import attribution
from shopkeeper.campaigns import Plan
from shopkeeper.stats.rollup import Facts
from shopkeeper.stats.rules import Window
from shopkeeper.storage import Connection

ACTS = ("shown", "clicked", "hovered", "discarded", "withheld")


class PanelRow(msgspec.Struct, frozen=True):
    """The figures of one slice; its rows add up to the whole. Minor units of the shop's currency, net of refunds."""

    key: str
    """The communication, zone, device class (empty where nobody said), `communication/variant` (the communication alone
    where whoever met it belonged to none) or day of shop time.
    """
    instances: int = 0
    clicks: int = 0
    hovered: int = 0
    orders: int = 0
    value: int = 0
    refunded: int = 0
    """Given back since; the gross value is the value and this."""
    withheld: int = 0
    """Sessions in which it would have appeared to somebody held out."""
    raw_shown: int = 0
    raw_clicked: int = 0
    raw_hovered: int = 0
    raw_discarded: int = 0
    raw_withheld: int = 0


SLICES: dict[str, tuple[Callable[..., str], Callable[..., str]]] = {
    "communication": (lambda place: place.communication, lambda key: key[0]),
    "zone": (lambda place: place.zone, lambda key: key[1]),
    "device": (lambda place: place.device_class, lambda key: key[2]),
    "variant": (lambda place: _named(place.communication, place.variant), lambda key: _named(key[0], key[3])),
    "day": (lambda place: place.day, lambda key: key[4]),
}
"""What a panel can be cut by: how a count's place and how an order credit's key name the slice.

A session counts on the day it began, an order on the day it was placed.
"""


def _named(communication: str, variant: str) -> str:
    return f"{communication}/{variant}" if variant else communication


def panel(
    conn: Connection, plan: Plan, window: Window, by: str, communications: Collection[str] = ()
) -> list[PanelRow]:
    """The figures of a window cut by one of SLICES; of these communications, or of all that are defined."""
    facts = Facts(conn, plan, window)
    of_place, of_credit = SLICES[by]
    found = _Slices()
    for place, counted in facts.acts(tuple(communications)).items():
        if place.communication in plan.served:
            found.act(of_place(place), place.act, counted.sessions, counted.raw)
    for key, (count, value, refunded) in facts.earned(tuple(communications)).items():
        if key[-1] == plan.shop.currency:
            found.earned(of_credit(key), count, value, refunded)
    return found.rows()


def panel_of_groups(
    conn: Connection, plan: Plan, window: Window, groups: Mapping[str, Collection[str]], communications: Collection[str]
) -> list[PanelRow]:
    """The figures of groups of people (the members of segments), one row each, counted from the rows.

    Somebody may be in several groups: these rows do not add up.
    """
    found, met, wanted = _Slices(), set(), set(communications or plan.served)
    groups_of: dict[str, list[str]] = {}
    for group, people in groups.items():
        for person in people:
            groups_of.setdefault(person, []).append(group)
    for i in attribution.interactions_between(conn, *window, sorted(wanted), ACTS):
        for group in groups_of.get(i.person, ()):
            # A session that two people share counts once for a group, and once for each group they are in.
            session = (group, i.communication, i.act, i.device, i.session)
            found.act(group, i.act, int(session not in met), 1)
            met.add(session)
    for c in attribution.credits_between(conn, *window):
        own = c.line == attribution.WHOLE_ORDER and c.communication in wanted and c.currency == plan.shop.currency
        for group in groups_of.get(c.person, ()) if own else ():
            found.earned(group, int(c.leads), c.value, c.refunded)
    return found.rows()


_FIGURES = {"shown": "instances", "clicked": "clicks", "hovered": "hovered", "withheld": "withheld"}
"""Acts whose sessions are figures of their own."""


class _Slices:
    """Figures being added up by slice."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, int]] = {}

    def act(self, key: str, act: str, sessions: int, raw: int) -> None:
        if act not in ACTS:  # what becomes of e-mails has a report of its own
            return
        figure = _FIGURES.get(act)
        if figure:
            self._add(key, figure, sessions)
        self._add(key, f"raw_{act}", raw)

    def earned(self, key: str, orders: int, value: int, refunded: int) -> None:
        for figure, amount in (("orders", orders), ("value", value), ("refunded", refunded)):
            self._add(key, figure, amount)

    def rows(self) -> list[PanelRow]:
        return [PanelRow(key, **sums) for key, sums in sorted(self._sums.items())]

    def _add(self, key: str, figure: str, amount: int) -> None:
        sums = self._sums.setdefault(key, {})
        sums[figure] = sums.get(figure, 0) + amount
