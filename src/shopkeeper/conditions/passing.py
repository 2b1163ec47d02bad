"""Whether one value passes a check, and one fact its tests: the live half of what `populations` says in SQL. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import floor
from operator import attrgetter
from typing import Any

from shopkeeper.conditions.leaves import Check, FieldTest
from shopkeeper.model.segments import Range
from shopkeeper.timelines.facts import Fact

Value = str | int | float | bool | None
MILLION = 1_000_000


def passes(check: Check, value: Value) -> bool:
    """Whether a value is what the check asks for."""
    if value is None:
        return check.or_missing or (check.exists is False and _nothing_else(check))
    if check.exists is False:
        return False
    return (
        (check.values is None or _among(value, check.values))
        and (check.excluded is None or not _among(value, check.excluded))
        and (check.contains is None or (isinstance(value, str) and check.contains in value))
        and (check.starts_with is None or (isinstance(value, str) and value.startswith(check.starts_with)))
        and (check.bounds.empty or (_number(value) and check.bounds.holds(value)))  # type: ignore[arg-type]
    )


def fact_test(tests: Sequence[FieldTest]) -> Callable[[Fact], bool]:
    """What tells whether a fact passes all tests: made once for the many facts of a person that go through it."""
    each = [_fact_test(test) for test in tests]
    return each[0] if len(each) == 1 else lambda fact: all(test(fact) for test in each)


def _fact_test(test: FieldTest) -> Callable[[Fact], bool]:
    read, value_passes, products = reader(test.field), _value_test(test.check), test.products
    if products is None:
        return lambda fact: value_passes(read(fact))

    def passes_(fact: Fact) -> bool:
        value = read(fact)
        if value is None and fact.product is not None:
            return fact.product in products
        return value_passes(value)

    return passes_


def _value_test(check: Check) -> Callable[[Value], bool]:
    """`passes` for a check that is known; most ask for one of some values, or for a bound."""
    values, within = check.values, check.bounds.holds
    if values is not None and check == Check(values=values):
        return lambda value: value in values and (type(value) is str or _among(value, values))
    if check == Check(bounds=check.bounds) and not check.bounds.empty:
        return lambda value: value is not None and _number(value) and within(value)  # type: ignore[arg-type]
    return lambda value: passes(check, value)


def field_of(fact: Fact, field: str) -> Value:
    """A column of a fact, or one of its properties."""
    return reader(field)(fact)


@lru_cache(maxsize=4096)
def reader(field: str) -> Callable[[Fact], Value]:
    """What reads a field."""
    if not field.startswith("properties."):
        return attrgetter(field)
    name = field.removeprefix("properties.")
    return lambda fact: fact.properties.get(name)


def half_up(amount: float) -> int:
    """The nearest whole number, halves away from zero as SQL rounds (`round` takes them to the even one)."""
    whole = floor(abs(amount))
    away = whole + (abs(amount) - whole >= 0.5)
    return away if amount >= 0 else -away


def millionths(number: float) -> int:
    """A number as it is added up."""
    return number * MILLION if isinstance(number, int) else half_up(number * 1e6)


@lru_cache(maxsize=4096)
def in_millionths(bounds: Range) -> Range:
    """Bounds of a sum of millionths."""
    parts = (bounds.at_least, bounds.at_most, bounds.above, bounds.below, bounds.exactly)
    return Range(*(None if part is None else millionths(part) for part in parts))


def _nothing_else(check: Check) -> bool:
    return check.values is None and check.contains is None and check.starts_with is None and check.bounds.empty


def _among(value: Value, values: frozenset[Any]) -> bool:
    """Equal and of one kind: in Python True equals 1."""
    if value not in values:
        return False
    return isinstance(value, str) or any(value == v and isinstance(value, bool) == isinstance(v, bool) for v in values)


def _number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
