"""From what people write to what is compared: durations, periods, bounds, values and money. Pure.

Raises ValueError with a sentence for people; whoever knows the place in the rule adds it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from shopkeeper.conditions.leaves import Check, Period
from shopkeeper.model.money import minor_units
from shopkeeper.model.segments import Numbers, Range, Scalar, Test, Tests
from shopkeeper.model.time import DAY, HOUR, LATEST, MINUTE, SECOND, parse_local
from shopkeeper.timelines.facts import LARGEST, fold, possible

_UNITS = {"second": SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_DURATION = re.compile(r"^\s*(\d{1,9}(?:\.\d{1,3})?)\s*(second|minute|hour|day|week)s?\s*$")
LONGEST = 10 * 366 * DAY


def duration(text: str) -> int:
    """Microseconds of `30 days`, `12 hours` and the like; a day is 24 hours."""
    found = _DURATION.match(text)
    if not found:
        raise ValueError(f"{text!r} is not a length of time; write one such as 30 days, 12 hours or 30 minutes")
    length = round(float(found[1]) * _UNITS[found[2]])
    if not 0 < length <= LONGEST:
        raise ValueError(f"{text!r} must be more than nothing and at most ten years")
    return length


def moment(text: str, zone: ZoneInfo) -> int:
    """Microseconds of a date or time in shop time."""
    try:
        at = parse_local(text, zone)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a date or time; write 2026-03-01 or 2026-03-01T09:30") from None
    if not 0 <= at < LATEST:
        raise ValueError(f"{text!r} lies outside the years 1970 to 9999")
    return at


def period(within: str | None, older_than: str | None, start: str | None, end: str | None, zone: ZoneInfo) -> Period:
    """The period these words mean; a last date is included whole."""
    last = None
    if end is not None:
        bare = re.fullmatch(r"\d{4}-\d{2}-\d{2}", end)
        last = moment(_day_after(end) if bare else end, zone) + (0 if bare else 1)
    found = Period(
        duration(within) if within else None,
        duration(older_than) if older_than else None,
        moment(start, zone) if start else None,
        last,
    )
    if found.within is not None and found.older_than is not None and found.older_than >= found.within:
        raise ValueError("nothing is at most so long ago and longer ago at once; older_than must be less than within")
    if found.start is not None and found.end is not None and found.start >= found.end:
        raise ValueError("the period ends before it begins; until must not lie before from")
    return found


def _day_after(day: str) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day  # `moment` says what is wrong with it


def bounds(numbers: Numbers, scale: int = 1) -> Range:
    """The range that is meant, each bound times `scale`."""
    found = Range(exactly=numbers) if isinstance(numbers, int | float) else numbers
    for number in _parts(found):
        _sane(number)
    if found.empty:
        raise ValueError("a range needs a bound, such as {at_least: 1}")
    low = max((n for n in (found.at_least, found.above, found.exactly) if n is not None), default=None)
    high = min((n for n in (found.at_most, found.below, found.exactly) if n is not None), default=None)
    if low is not None and high is not None and (low > high or not _possible(found, low)):
        raise ValueError("no number lies within these bounds")
    if scale == 1:
        return found
    return Range(*(None if n is None else n * scale for n in _parts(found)))


def _sane(number: float | None) -> None:
    """ValueError for a number no fact can hold."""
    if number is not None and not possible(number):
        raise ValueError(f"{number!r} is not a possible number; numbers lie between -{LARGEST:,} and {LARGEST:,}")


def money(numbers: Numbers, currency: str) -> Range:
    """Bounds in minor units of amounts as people write them."""
    found = bounds(numbers)
    return Range(*(None if n is None else minor_units(n, currency) for n in _parts(found)))


def _parts(found: Range) -> tuple[float | None, ...]:
    return (found.at_least, found.at_most, found.above, found.below, found.exactly)


def _possible(found: Range, low: float) -> bool:
    """Bounds that meet in one number must all include it."""
    high = min(n for n in (found.at_most, found.below, found.exactly) if n is not None)
    return low < high or found.holds(low)


def check(tests: Tests, *, folded: bool = True, currency: str = "") -> Check:
    """What a value has to be. `folded` for text that is compared without regard to case; money with a currency."""
    said = tests if isinstance(tests, Test) else Test(is_=tests)
    if said.empty:
        raise ValueError("a test needs something to ask for, such as {at_least: 1}")
    numbers = Range(said.at_least, said.at_most, said.above, said.below)
    if not numbers.empty:
        numbers = money(numbers, currency) if currency else bounds(numbers)
    text = fold if folded else str
    return Check(
        values=_values(said.is_, folded, currency),
        excluded=_values(said.not_, folded, currency),
        contains=text(said.contains) if said.contains else None,
        starts_with=text(said.starts_with) if said.starts_with else None,
        bounds=numbers,
        exists=said.exists,
        or_missing=said.or_missing,
    )


def _values(said: Scalar | list[Scalar] | None, folded: bool, currency: str) -> frozenset[Scalar] | None:
    if said is None:
        return None
    values = said if isinstance(said, list) else [said]
    if not values:
        raise ValueError("a list of values may not be empty")
    if len(values) > 10_000:
        raise ValueError("a list may hold 10,000 values")
    if len({isinstance(value, bool) for value in values if not isinstance(value, str)}) > 1:
        raise ValueError("true and false do not stand in one list with numbers; join two conditions by any")
    return frozenset(_value(value, folded, currency) for value in values)


def _value(value: Scalar, folded: bool, currency: str) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        _sane(value)
        return minor_units(value, currency) if currency else value
    return fold(value) if folded else value
