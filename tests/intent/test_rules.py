"""Time frames: whole days of shop time, both ends included; what cannot be is refused in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from shopkeeper.intent.rules import frame
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import format_time, parse_local

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = parse_local("2026-03-30T10:00", ZONE)


def days(**said: object) -> tuple[str, str]:
    """First and last instant of a frame, in shop time."""
    found = frame({name.strip("_"): value for name, value in said.items()}, NOW, ZONE)
    return format_time(found.first, ZONE)[:10], format_time(found.end - 1, ZONE)[:10]


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ({"on": "2026-03-29"}, "2026-03-29", "2026-03-29"),
        ({"last_days": 1}, "2026-03-30", "2026-03-30"),
        ({"last_days": 30}, "2026-03-01", "2026-03-30"),
        ({"days_ago": 30}, "2026-02-28", "2026-02-28"),
        ({"from_": "2026-01-01", "until": "2026-01-31"}, "2026-01-01", "2026-01-31"),
    ],
)
def test_a_frame_is_whole_days_of_shop_time(said: dict[str, object], first: str, last: str):
    assert days(**said) == (first, last)


def test_before_and_after_include_their_day():
    on = frame({"on": "2026-03-29"}, NOW, ZONE)
    assert frame({"before": "2026-03-29"}, NOW, ZONE).end == on.end
    assert frame({"after": "2026-03-29"}, NOW, ZONE).first == on.first


def test_a_day_of_changing_clocks_has_23_hours():
    on = frame({"on": "2026-03-29"}, NOW, ZONE)
    assert on.end - on.first == 23 * 3_600_000_000


@pytest.mark.parametrize(
    "said",
    [
        {"on": "2027-01-01"},
        {"after": "2026-04-01"},
        {"from": "2026-02-01", "until": "2026-01-01"},
        {"from": "2026-02-01"},
        {"until": "2026-02-01"},
        {"last_days": 0},
        {"last_days": "many"},
        {"on": "yesterday"},
        {"on": "2026-03-01", "last_days": 3},
        {"ever": True},
    ],
)
def test_a_frame_that_cannot_be_is_refused_in_words(said: dict[str, object]):
    with pytest.raises(BadInput) as refused:
        frame(said, NOW, ZONE)
    assert not refused.value.message.startswith(("from do", "until do"))
    assert refused.value.code == "bad_time_frame"
    assert refused.value.hint
