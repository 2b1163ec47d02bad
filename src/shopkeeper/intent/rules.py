"""Time frames as people say them, in days of shop time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import LATEST, from_datetime, to_datetime

FRAMES = ("on", "last_days", "days_ago", "before", "after", "from", "until")
HINT = (
    "Say one of on: <date>, last_days: <n>, days_ago: <n>, before: <date>, after: <date>, or from: and until: <dates>."
)


class Frame(NamedTuple):
    """Instants [first, end) in microseconds."""

    first: int
    end: int


def frame(said: Mapping[str, Any], now: int, zone: ZoneInfo) -> Frame:
    """The instants a time frame means; dates are whole days of shop time, both ends included.

    `on` one day; `last_days` the N days that end today; `days_ago` the one day N days before today; `before` and
    `after` up to and from a day on; `from` and `until` all days between; nothing for all time.
    Raises BadInput for what cannot be understood, lies in the future or ends before it begins.
    """
    words = {name: value for name, value in said.items() if value is not None and value != ""}
    today = to_datetime(now, zone).date()
    for name in words:
        if name not in FRAMES:
            raise _refuse(f"there is no time frame {name!r}", name)
    kind = set(words)
    if not kind:
        return Frame(0, LATEST)
    if kind == {"on"}:
        first = last = _date(words, "on")
    elif kind == {"last_days"}:
        first, last = today - timedelta(_days(words, "last_days", 1) - 1), today
    elif kind == {"days_ago"}:
        first = last = today - timedelta(_days(words, "days_ago", 0))
    elif kind == {"before"}:
        return Frame(0, _begins(_date(words, "before") + timedelta(1), zone))
    elif kind == {"after"}:
        first, last = _date(words, "after"), date(9998, 12, 31)
    elif kind == {"from", "until"}:
        first, last = _date(words, "from"), _date(words, "until")
    else:
        joint = "do not go together" if len(kind) > 1 else "says one end only; before and after do that"
        raise _refuse(f"{' and '.join(sorted(kind))} {joint}", min(kind))
    if last < first:
        raise _refuse(f"the time frame ends on {last} before it begins on {first}", "until")
    if first > today:
        raise _refuse(f"the time frame begins on {first}, which has not come yet", min(kind))
    return Frame(_begins(first, zone), _begins(last + timedelta(1), zone))


def _date(words: Mapping[str, Any], name: str) -> date:
    value = words[name]
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        found = date.fromisoformat(str(value))
    except ValueError:
        raise _refuse(f"{str(value)[:40]!r} is not a date such as 2026-03-31", name) from None
    if not 1970 <= found.year <= 9998:
        raise _refuse(f"{found} is not a day any shop was open", name)
    return found


def _days(words: Mapping[str, Any], name: str, least: int) -> int:
    value = words[name]
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 36_500:
        raise _refuse(f"{str(value)[:40]!r} is not a number of days from {least} to 36,500", name)
    return value


def _begins(day: date, zone: ZoneInfo) -> int:
    return max(from_datetime(datetime(day.year, day.month, day.day, tzinfo=zone)), 0)


def _refuse(message: str, name: str) -> BadInput:
    return BadInput("bad_time_frame", message, where=name, hint=HINT)
