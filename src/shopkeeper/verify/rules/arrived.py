"""What arrived from the shop says of the installation. Pure.

Figures that the data doctor has are its own: here it is only said from when on they are a fault of the installation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from shopkeeper.model.time import DAY
from shopkeeper.verify.rules.words import Verdict, failed, passed, unknown

DAYS = 7
"""How far back one looks."""
SILENT = DAY
ENOUGH_VIEWS = 200
"""Page views after which a shop without an order is no accident."""
ENOUGH_CHOICES = 20
NOBODY = 0.95
"""From this share of refusals on, a choice is not what visitors make but what the page does."""
OFTEN = 0.05
"""From this share on, what the doctor finds is a fault of the installation, below it one of some visitors."""


class Doctored(NamedTuple):
    """A finding of the data doctor."""

    times: int
    of: int
    example: str
    fix: str


class Arrived(NamedTuple):
    """What is known of the last days."""

    at: int
    """Now."""
    last: int | None
    """When the latest event arrived."""
    views: Mapping[str, int]
    """Host and port of the page -> page views that browsers reported."""
    agreed: int
    """Devices that are measured."""
    refused: int
    """Devices that refused to be."""
    orders: int
    doctor: Mapping[str, Doctored]
    rejects: Mapping[str, int]
    asked: Mapping[str, int]
    """Zone -> decisions that asked for it, of the latest ones."""
    wanted: Mapping[str, str]
    """Zone in the page -> a live campaign with content for it."""


def judge(arrived: Arrived, found: Iterable[str] = ()) -> list[Verdict]:
    """All checks of what arrived; `found` are zones seen on pages just now."""
    return [*_flow(arrived), *_consent(arrived), *_orders(arrived), *_doctor(arrived), _zones(arrived, set(found))]


def of_host(arrived: Arrived, host: str, page: str, waiting: str) -> Iterator[Verdict]:
    """The checks of what arrived from one host; `waiting` is the page's data-consent, where it has one."""
    count = arrived.views.get(host, 0)
    if count:
        yield passed("no-page-views", f"{count:,} from {host} in the last {DAYS} days", page)
        return
    others = ", ".join(list(arrived.views)[:3])
    yield failed("no-page-views", f"None from {host}" + (f"; others came from {others}." if others else "."), page)
    if waiting:
        evidence = f"The tag waits for a choice (data-consent={waiting[:64]!r}), and none has arrived from {host}."
        yield failed("consent-withheld", evidence, page)


def _flow(arrived: Arrived) -> Iterator[Verdict]:
    views = sum(arrived.views.values())
    hosts = ", ".join(list(arrived.views)[:3])
    if views:
        yield passed("no-page-views", f"{views:,} in the last {DAYS} days, from {hosts}")
    else:
        yield failed("no-page-views", "None from any page.")
    if arrived.last is None:
        yield unknown("silence", "No event has arrived yet.")
    elif arrived.at - arrived.last > SILENT:
        yield failed("silence", f"The last event arrived {_days(arrived.at - arrived.last)} ago.")
    else:
        yield passed("silence")
    refused = sum(arrived.rejects.values())
    codes = ", ".join(f"{code} {count:,}" for code, count in arrived.rejects.items())
    yield failed("refused-events", codes[:200]) if refused else passed("refused-events")


def _consent(arrived: Arrived) -> Iterator[Verdict]:
    asked = arrived.agreed + arrived.refused
    if arrived.refused < ENOUGH_CHOICES:
        yield passed("consent-withheld") if arrived.agreed else unknown("consent-withheld", "Nobody has come yet.")
    elif arrived.refused >= NOBODY * asked:
        yield failed("consent-withheld", f"{arrived.refused:,} of {asked:,} visitors refused.")
    else:
        yield passed("consent-withheld", f"{arrived.agreed:,} of {asked:,} visitors")


def _orders(arrived: Arrived) -> Iterator[Verdict]:
    views = sum(arrived.views.values())
    if arrived.orders:
        yield passed("orders-missing", f"{arrived.orders:,} in the last {DAYS} days")
    elif views >= ENOUGH_VIEWS:
        yield failed("orders-missing", f"{views:,} page views and no order in the last {DAYS} days.")
    else:
        yield unknown(
            "orders-missing",
            f"Too few have come to tell: {views:,} page view{'s' * (views != 1)} in the last {DAYS} days.",
        )


DOCTORED = {
    "never-confirmed": "orders-unconfirmed",
    "clock-skew": "clock-skew",
    "double-tags": "two-installations",
    "unknown-products": "unknown-orders",
}
"""Check of the data doctor -> check here."""


def _doctor(arrived: Arrived) -> Iterator[Verdict]:
    for theirs, ours in DOCTORED.items():
        count, of, example, fix = arrived.doctor[theirs]
        if count:
            evidence = f"{count:,} of {of:,}, such as {example}"
            yield failed(ours, evidence, fix=fix, serious=None if count >= OFTEN * of else False)
        elif of:
            yield passed(ours)
        else:
            yield unknown(ours, "Nothing has come that could tell.")


def _zones(arrived: Arrived, found: set[str]) -> Verdict:
    missing = {zone: campaign for zone, campaign in arrived.wanted.items() if zone not in found | set(arrived.asked)}
    if not arrived.wanted:
        return unknown("zones-not-found", "No live campaign has content for a zone in the page.")
    if not arrived.asked and not found:
        return unknown("zones-not-found", "No page has asked for a zone yet.")
    if missing:
        told = ", ".join(f"{zone} (campaign {campaign})" for zone, campaign in missing.items())
        return failed("zones-not-found", told[:300])
    return passed("zones-not-found", ", ".join(arrived.wanted)[:200])


def _days(span: int) -> str:
    days = span // DAY
    return "a day" if days == 1 else f"{days} days"
