"""When people come: the shape of a day and of a week, in shop time."""

from __future__ import annotations

import random
from zoneinfo import ZoneInfo

from shopkeeper.model.time import DAY, HOUR, from_datetime, to_datetime

_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 12, 11, 10, 10, 11, 12, 14, 18, 21, 20, 13, 6)
_WEEKDAYS = (1.0, 0.95, 0.95, 1.0, 0.9, 1.1, 1.3)
_GROWTH = 0.25
"""The last day has this much more traffic than the first."""


def moments(rng: random.Random, now: int, days: int, per_day: float, zone: ZoneInfo) -> list[int]:
    """Moments of visits in the `days` before `now`, in order: busier in the evening, on Sundays, and towards the end."""
    found: list[int] = []
    midnight = to_datetime(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(days, -1, -1):
        start = from_datetime(midnight) - back * DAY
        weekday = to_datetime(start + 12 * HOUR, zone).weekday()
        busy = per_day * _WEEKDAYS[weekday] * (1 + _GROWTH * (days - back) / max(1, days))
        hours = rng.choices(range(24), _HOURS, k=round(busy))
        found += [start + hour * HOUR + rng.randrange(HOUR) for hour in hours]
    return sorted(at for at in found if now - days * DAY <= at < now)
