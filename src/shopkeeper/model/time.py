"""Time: integer microseconds UTC inside, shop time at the edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

SESSION_GAP = 30 * MINUTE
"""A gap of this length or more between two events of one device starts the next session."""

REPORT_WINDOW = 30 * DAY
"""Panels look at the rolling window [now - 30 x 24 h, now)."""

LATEST = 253_370_764_800 * SECOND
"""The year 9999: no calendar of ours goes further."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def from_datetime(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime (a naive one is taken as UTC)."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(us: int, zone: ZoneInfo | None = None) -> datetime:
    """The aware datetime of `us`, in UTC or in `zone`."""
    moment = _EPOCH + timedelta(microseconds=us)
    return moment.astimezone(zone) if zone else moment


def parse_time(text: str) -> int:
    """Microseconds of an ISO 8601 time; without an offset it is UTC.

    Raises ValueError when it is not one.
    """
    return from_datetime(datetime.fromisoformat(text))


def parse_local(text: str, zone: ZoneInfo) -> int:
    """Microseconds of an ISO date or time that is meant in shop time unless it has an offset of its own.

    A time inside the hour skipped by daylight saving counts as the moment of the change, and of a repeated hour
    the first one is meant (PEP 495 with fold=0).
    """
    moment = datetime.fromisoformat(text)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def format_time(us: int, zone: ZoneInfo | None = None) -> str:
    """ISO 8601 with offset (`Z` for UTC), to the millisecond, or finer when the value needs it."""
    moment = to_datetime(us, zone)
    text = moment.isoformat(timespec="milliseconds" if us % 1000 == 0 else "microseconds")
    return text.removesuffix("+00:00") + "Z" if zone is None else text


def span_of(text: str) -> int:
    """Microseconds of a length of time such as `24h` or `7d`."""
    return int(text[:-1]) * (HOUR if text[-1] == "h" else DAY)


def day_of(us: int) -> str:
    """The UTC day of `us`, `YYYY-MM-DD`: the name of its history folder."""
    return _day_name(us // DAY)


def month_of(us: int) -> str:
    """The UTC month of `us`, `YYYY-MM`: what the names of its days begin with."""
    return day_of(us)[:7]


@lru_cache(maxsize=4096)
def _day_name(day: int) -> str:
    """Of the days since the epoch: moments come by the million, days do not."""
    return to_datetime(day * DAY).strftime("%Y-%m-%d")


def day_start(day: str) -> int:
    """Microseconds at which the UTC day `YYYY-MM-DD` begins."""
    return from_datetime(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC))
