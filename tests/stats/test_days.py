"""Days of shop time: what is remembered of them is what the calendar says, also where clocks change at midnight."""

from __future__ import annotations

import random
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from shopkeeper.model.time import DAY, MINUTE, parse_time
from shopkeeper.stats.rules import Days, Window, by_day, day_name

YEAR = parse_time("2025-01-01T00:00:00Z")
ZONES = ["UTC", "Europe/Amsterdam", "Asia/Kolkata", "Asia/Kathmandu", "America/Havana", "Asia/Beirut", "Pacific/Apia"]


@pytest.mark.parametrize("name", ZONES)
def test_a_remembered_day_is_the_calendars(name: str):
    zone = ZoneInfo(name)
    moments = [YEAR + quarter * 15 * MINUTE + us for quarter in range(0, 370 * 96, 3) for us in (-1, 0)]
    random.Random(1).shuffle(moments)
    day_of = Days(zone)
    assert [day_of(at) for at in moments] == [day_name(at, zone) for at in moments]


@pytest.mark.parametrize("name", ZONES)
def test_a_year_is_cut_at_its_midnights(name: str):
    zone = ZoneInfo(name)
    parts = by_day(Window(YEAR, YEAR + 365 * DAY), zone)
    assert len({day for day, _ in parts}) in (365, 366)
    assert all(day_name(part.start, zone) == day_name(part.end - 1, zone) == day for day, part in parts)
    assert all(a.end == b.start for (_, a), (_, b) in pairwise(parts))
