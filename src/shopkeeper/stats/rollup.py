"""Rollups: hours summed up ahead, and the counted facts of any window made of them and of the rows they leave out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import add
from typing import NamedTuple, TypeVar, cast

from shopkeeper import attribution, orders
from shopkeeper.attribution import Money
from shopkeeper.campaigns import Plan
from shopkeeper.model.time import HOUR
from shopkeeper.stats import store
from shopkeeper.stats.rules import (
    NONE,
    Carried,
    Counts,
    Days,
    Pair,
    Row,
    Tally,
    Window,
    add_up,
    by_day,
    in_runs,
    roll_up,
    stretches,
    tally,
)
from shopkeeper.stats.store import Clicked, Earned, Sold
from shopkeeper.storage import Connection, hours

CLICKED_BY = ("element", "communication", "campaign", "zone", "site")
"""What click totals are kept by: an order with lines of two elements is one order of their communication."""
Key = TypeVar("Key")
Sums = TypeVar("Sums", tuple[int, int, int], tuple[int, int, int, int])


def next_unsummed(conn: Connection, until: int, limit: int) -> list[int]:
    """The oldest hours that ended by `until`, lie within the time on record and are not summed up."""
    extents = [extent for extent in (orders.order_extent(conn), attribution.extent(conn)) if extent]
    if not extents:
        return []
    first = min(low for low, _ in extents) // HOUR * HOUR
    last = min(max(high for _, high in extents) // HOUR * HOUR + HOUR, until // HOUR * HOUR)
    done = hours.summed(conn, first, last)
    if len(done) == (last - first) // HOUR:
        return []
    have, found = set(done), []
    for hour in range(first, last, HOUR):
        if hour not in have:
            found.append(hour)
            if len(found) == limit:
                break
    return found


class OfHour(NamedTuple):
    """What the acts of an hour come to: the counts of its own, and the sessions carried into it."""

    counts: Counts
    carried: list[Carried]


def hour_of(conn: Connection, plan: Plan, hour: int) -> OfHour:
    """The acts of an hour, counted from its rows."""
    return OfHour(*roll_up(_tally(conn, plan, Window(hour, hour + HOUR), ()), hour))


def sum_up(conn: Connection, plan: Plan, hour: int) -> int:
    """Sum an hour up; from now on windows take it as one. Answers how many acts it had."""
    store.clear(conn, hour)
    span = Window(hour, hour + HOUR)
    found = hour_of(conn, plan, hour)
    store.put_acts(conn, hour, *found)
    store.put_money(
        conn, hour, _earned(conn, plan, [span], ()), _clicked(conn, plan, [span]), _sold(conn, plan, [span])
    )
    hours.note(conn, hour)
    return sum(counted.raw for counted in found.counts.values())


class Facts:
    """The counted facts of one window; each is looked up when it is first asked for."""

    def __init__(self, conn: Connection, plan: Plan, window: Window, *, from_rows: bool = False) -> None:
        """`from_rows` leaves the rollups aside: the same figures, counted from every row."""
        self._conn = conn
        self._plan = plan
        self.window = window
        self.hours = [] if from_rows else hours.summed(conn, *window)
        """The hours taken from rollups."""
        self._runs, self._gaps = stretches(self.hours, window)

    def acts(self, communications: Sequence[str] = ()) -> Counts:
        """Sessions and raw acts by communication, act, zone, device class, variant and day."""
        conn = self._conn
        summed: Counts = {}
        carried: list[Carried] = []
        for run in self._runs:
            for place, counted in store.acts(conn, run, communications).items():
                summed[place] = summed.get(place, NONE).plus(*counted)
            carried += store.carried(conn, run, self._gaps, self.window.start, communications)
        between = [_tally(conn, self._plan, gap, communications) for gap in self._gaps]
        return add_up(summed, carried, between, in_runs(self._runs))

    def earned(self, communications: Sequence[str] = ()) -> Earned:
        """Order credit by communication, zone, device class, variant, day of the order, and currency."""
        found = _earned(self._conn, self._plan, self._gaps, communications)
        for run in self._runs:
            _sum(found, store.earned(self._conn, run, communications).items())
        return found

    def clicked(self, kind: str) -> dict[str, dict[str, Money]]:
        """Product credit: key -> currency -> money; `kind` is one of CLICKED_BY."""
        found: dict[str, dict[str, Money]] = {}
        for (_, key, _, currency), (lines, count, value, refunded) in self.clicked_days(kind).items():
            have = found.setdefault(key, {}).get(currency, Money())
            found[key][currency] = Money(
                have.orders + count, have.value + value, have.lines + lines, have.refunded + refunded
            )
        return found

    def clicked_days(self, kind: str) -> Clicked:
        """Product credit by key, day of the order, and currency."""
        found = _clicked(self._conn, self._plan, self._gaps, (kind,))
        for run in self._runs:
            _sum(found, store.clicked(self._conn, run, kind).items())
        return found

    def sold(self) -> Sold:
        """Orders that count, by day and currency."""
        found = _sold(self._conn, self._plan, self._gaps)
        for run in self._runs:
            _sum(found, store.sold(self._conn, run).items())
        return found


def _tally(conn: Connection, plan: Plan, span: Window, communications: Sequence[str]) -> Tally:
    rows = attribution.acts_between(conn, *span, communications)
    firsts: dict[Pair, Row] = {}
    for pair in {Pair(*row[:4]) for row in rows if row[3] < span.start}:
        first = attribution.first_act(conn, *pair)
        if first:
            firsts[pair] = first
    return tally(rows, firsts, Days(plan.zone))


def _earned(conn: Connection, plan: Plan, spans: Sequence[Window], communications: Sequence[str]) -> Earned:
    found: Earned = {}
    for day, span in _days(plan, spans):
        rows = attribution.order_credit_places(conn, *span, communications)
        _sum(
            found,
            (
                ((e.communication, e.zone, e.device_class, e.variant, day, e.currency), (e.orders, e.value, e.refunded))
                for e in rows
            ),
        )
    return found


def _clicked(conn: Connection, plan: Plan, spans: Sequence[Window], kinds: Sequence[str] = CLICKED_BY) -> Clicked:
    found: Clicked = {}
    for day, span in _days(plan, spans):
        for kind in kinds:
            for key, by_currency in attribution.product_credits(conn, kind, *span).items():
                rows = {(kind, key, day, c): (m.lines, m.orders, m.value, m.refunded) for c, m in by_currency.items()}
                _sum(found, rows.items())
    return found


def _sold(conn: Connection, plan: Plan, spans: Sequence[Window]) -> Sold:
    found: Sold = {}
    for day, span in _days(plan, spans):
        rows = orders.counting_totals(conn, *span)
        _sum(found, (((day, currency), (count, net, refunded)) for currency, count, _, net, refunded in rows))
    return found


def _days(plan: Plan, spans: Sequence[Window]) -> Iterable[tuple[str, Window]]:
    return (part for span in spans for part in by_day(span, plan.zone))


def _sum(into: dict[Key, Sums], more: Iterable[tuple[Key, Sums]]) -> None:
    for key, sums in more:
        have = into.get(key)
        into[key] = sums if have is None else cast(Sums, tuple(map(add, have, sums)))
