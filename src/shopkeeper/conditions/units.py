"""From what people write to what is compared: durations, periods, bounds, values and money. Pure.

Raises ValueError with a sentence for people; whoever knows the place in the rule adds it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from math import inf, isinf
from typing import NamedTuple
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


class Natural(NamedTuple):
    """The numbers that something countable or measurable can be."""

    what: str
    """In the plural, to begin a sentence with."""
    least: float = 0
    most: float = inf
    whole: bool = False


TIMES = Natural("Counts", whole=True)
MINUTES = Natural("Minutes")
SHARE = Natural("Shares", most=1)
PERCENT = Natural("Percentages", most=100)
GAPS = Natural("Multiples of the usual gap")


def bounds(numbers: Numbers, natural: Natural | None = None) -> Range:
    """The range that is meant. ValueError where no number, or none of the `natural` ones, lies inside."""
    found = Range(exactly=numbers) if isinstance(numbers, int | float) else numbers
    for number in _parts(found):
        _sane(number)
    if found.empty:
        raise ValueError("a range needs a bound, such as {at_least: 1}")
    if not _possible(found):
        raise ValueError("no number lies within these bounds")
    if natural is not None:
        _check_natural(found, natural)
    return found


def _check_natural(found: Range, natural: Natural) -> None:
    """ValueError where a bound is no such number, or no such number lies within the bounds."""
    step = 1 if natural.whole else 0
    if natural.whole:
        for number in _parts(found):
            if number is not None and number != int(number):
                raise ValueError(f"{natural.what} are whole numbers; {number:g} is none")
        # Above 1 is from 2 on: whole numbers leave no room between neighbours.
        found = Range(
            _highest(found.at_least, None if found.above is None else found.above + step, found.exactly),
            _lowest(found.at_most, None if found.below is None else found.below - step, found.exactly),
        )
    if not isinf(natural.most):
        for number in _parts(found):
            if number is not None and not natural.least <= number <= natural.most:
                raise ValueError(f"{natural.what} go from {natural.least:g} to {natural.most:g}; {number:g} is none")
    for end in (Range(at_least=natural.least), Range(at_most=natural.most)):
        if not _possible(_both(found, end)):
            upper = " up" if isinf(natural.most) else f" to {natural.most:g}"
            raise ValueError(f"{natural.what} go from {natural.least:g}{upper}; none lies within these bounds")


def _both(one: Range, other: Range) -> Range:
    """The numbers that lie in two ranges, of which the other only has closed ends."""
    return Range(
        _highest(one.at_least, other.at_least),
        _lowest(one.at_most, other.at_most),
        one.above,
        one.below,
        one.exactly,
    )


def _highest(*numbers: float | None) -> float | None:
    return max((number for number in numbers if number is not None), default=None)


def _lowest(*numbers: float | None) -> float | None:
    return min((number for number in numbers if number is not None), default=None)


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


def _possible(found: Range) -> bool:
    """Whether any number lies inside: bounds that meet in one number must all include it."""
    low = _highest(found.at_least, found.above, found.exactly)
    high = _lowest(found.at_most, found.below, found.exactly)
    return low is None or high is None or low < high or (low == high and found.holds(low))


def check(tests: Tests, *, folded: bool = True, currency: str = "") -> Check:
    """What a value has to be. `folded` for text that is compared without regard to case; money with a currency."""
    said = tests if isinstance(tests, Test) else Test(is_=tests)
    if said.empty:
        raise ValueError("a test needs something to ask for, such as {at_least: 1}")
    numbers = Range(said.at_least, said.at_most, said.above, said.below)
    if not numbers.empty:
        numbers = money(numbers, currency) if currency else bounds(numbers)
    text = fold if folded else str
    values, excluded = _values(said.is_, folded, currency), _values(said.not_, folded, currency)
    asked = Test(said.is_, None, said.contains, said.starts_with, said.at_least, said.at_most, said.above, said.below)
    if said.exists is False and not asked.empty:
        raise ValueError("what does not exist passes no other test; leave one of them out, or say or_missing")
    if values is not None and excluded is not None and all(_among(value, excluded) for value in values):
        raise ValueError("no value is among those it has to be and not among those it must not be")
    return Check(
        values=values,
        excluded=excluded,
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


def _among(value: Scalar, values: frozenset[Scalar]) -> bool:
    """Whether a value is one of these; true is not 1."""
    return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in values)


def _value(value: Scalar, folded: bool, currency: str) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        _sane(value)
        return minor_units(value, currency) if currency else value
    return fold(value) if folded else value
