"""One value of a file: times, quantities and amounts, from what a spreadsheet, a database or a person wrote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from shopkeeper.model.money import minor_units
from shopkeeper.model.time import format_time, from_datetime, parse_local

REMEMBERED = 50_000
"""Values of each kind whose meaning is kept in mind: in such files they repeat a lot."""


def plain(value: Any) -> Any:
    """A cell as it is meant: text without spaces around it, None where there is none."""
    return (value.strip() or None) if isinstance(value, str) else value


def text(value: Any) -> str | None:
    """A cell as text; whole numbers without a fraction, as ids are written."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def time_reader(zone: ZoneInfo, layout: str = "") -> Callable[[Any], str | None]:
    """A reader of times: ISO 8601, or `layout` (strptime). Without an offset shop time is meant. Gives ISO in UTC."""

    def read(value: Any) -> str | None:
        if value is None:
            return None
        try:
            return format_time(_moment(value, zone, layout))
        except (ValueError, OverflowError):
            wanted = f"like {layout}" if layout else "as 2026-03-01 or 2026-03-01T09:30:00+01:00"
            raise ValueError(f"{value!r} is not a time written {wanted}") from None

    return lru_cache(REMEMBERED, typed=True)(read)


def _moment(value: Any, zone: ZoneInfo, layout: str) -> int:
    if isinstance(value, str):
        if not layout:
            return parse_local(value, zone)
        value = datetime.strptime(value, layout)  # noqa: DTZ007 - shop time is added below
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - likewise
    if not isinstance(value, datetime):
        raise ValueError
    return from_datetime(value if value.tzinfo else value.replace(tzinfo=zone))


@lru_cache(REMEMBERED, typed=True)
def quantity(value: Any) -> float | None:
    """A number of units that were bought."""
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a quantity") from None
    if not -1e9 < number < 1e9:
        raise ValueError(f"{value!r} is not a possible quantity")
    if number < 0:  # some exports write returns so; an order that nobody placed must not come of it
        raise ValueError(f"{value!r} is less than none; tell what was given back as an Order Refunded event")
    return number


@lru_cache(REMEMBERED, typed=True)
def amount(value: Any) -> str | None:
    """An amount of money as decimal text; whether it suits the currency is said later."""
    if value is None:
        return None
    minor_units(value, "EUR")
    return str(value)


@lru_cache(REMEMBERED, typed=True)
def currency(value: Any) -> str | None:
    """An ISO 4217 code."""
    if value is None:
        return None
    code = str(value).upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise ValueError(f"{value!r} is not an ISO 4217 currency such as EUR")
    return code
